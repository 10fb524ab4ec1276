"""What of a version is unverified. ``procedures/marks.py`` writes, clears and carries these rows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .catalogue import ProcedureVersion


class Confidence(models.TextChoices):
    """How surely a part is known that nobody has checked yet."""

    PARTIAL = "partial", _("Seen in part")
    OLDER = "older", _("From an older page")
    MEMORY = "memory", _("From memory")


class Mark(models.Model):
    """That a part of a version is unverified, until a publisher has checked it.

    ``part`` is one of ``marks.SECTIONS``, with the key of a question ('form:<question>',
    'form:<table>.<column>'), paper or fee after a colon; ``source`` says where it was taken from.
    """

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="marks")
    part = models.CharField(max_length=100)
    confidence = models.CharField(max_length=7, choices=Confidence.choices)
    source = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="marks_cleared"
    )
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["version", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "part"], condition=Q(cleared_at=None), name="mark_open_once"),
            models.CheckConstraint(
                condition=Q(cleared_by=None, cleared_at=None) | Q(cleared_by__isnull=False, cleared_at__isnull=False),
                name="mark_cleared_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.part
