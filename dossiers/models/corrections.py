"""That the owner of a filed dossier wants to correct something of it."""

from datetime import datetime

from django.conf import settings
from django.db import models

from common.secret import EncryptedJSONField
from procedures.models import RequiredPaper

from .dossier import Dossier


class CorrectionRequest(models.Model):
    """One section of the form or one paper that the owner wants to correct, and why; one open request at a time.

    It is open until it is declined, or accepted and the correction has come: ``closed_at``. ``changed`` keeps the
    answers of the section ``before`` and ``after``. For ``filing.supplements`` an accepted one is request and item in
    one: ``asked_at`` is when it was opened.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="corrections")
    required = models.ForeignKey(RequiredPaper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Key of a section of the form, when it is not a paper.
    section = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=400)
    reason = models.CharField(max_length=500)
    wished_at = models.DateTimeField()
    # None until an officer has answered.
    is_accepted = models.BooleanField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    changed = EncryptedJSONField(null=True, blank=True)

    class Meta:
        ordering = ["dossier", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dossier"], condition=models.Q(closed_at=None), name="correction_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier} {self.name}"

    @property
    def asked_at(self) -> datetime | None:
        """From when what is given counts for it."""
        return self.answered_at

    @property
    def items(self) -> "models.QuerySet[CorrectionRequest]":
        """What was opened: itself."""
        return CorrectionRequest.objects.filter(pk=self.pk)
