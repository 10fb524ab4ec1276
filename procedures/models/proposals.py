"""What one publisher proposes and another one confirms, besides versions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from offices.models import Unit

from .catalogue import Procedure


class Proposal(models.Model):
    """That a procedure is to be retired or, with a ``unit``, offered there at a lower ``level``.

    ``on`` is the first day without it. The row goes once a second publisher has confirmed
    or declined; the log keeps both.
    """

    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="proposals")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")
    successor = models.ForeignKey(Procedure, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["procedure"], condition=Q(unit=None), name="proposal_to_retire_once"),
            models.UniqueConstraint(fields=["procedure", "unit"], name="proposal_of_level_once"),
            models.CheckConstraint(
                condition=Q(unit=None, level=None, on__isnull=False) | Q(unit__isnull=False, level__gte=1, on=None),
                name="proposal_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.unit or ''}".strip()
