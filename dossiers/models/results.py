"""Slips issued along the way and the result at its end."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.files.stored import StoredFile
from common.secret import EncryptedField, EncryptedJSONField

from .dossier import Dossier


class SlipKind(models.TextChoices):
    """Forms of the one-stop desk; numbers differ between the sets of 2018 and 2025."""

    FILING = "filing", _("Filing slip")
    RECEIPT = "receipt", _("Receipt with return date")
    SUPPLEMENT = "supplement", _("Supplement request")
    REFUSAL = "refusal", _("Refusal of reception")
    APOLOGY = "apology", _("Apology and new date")
    STOP = "stop", _("Notice of stopping")


class Slip(StoredFile):
    """One issued form: number and data frozen in the transaction, PDF stored later by a worker.

    ``form_set`` ('2018', '2025') and the template's ``revision`` are those it was issued with: it prints the same
    later, crossed out once it is void (``voided_at``).
    """

    folder = "slips"

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="slips")
    kind = models.CharField(max_length=10, choices=SlipKind.choices)
    number = models.CharField(max_length=30)
    data = EncryptedJSONField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    form_set = models.CharField(max_length=4, default="", db_default="", blank=True)
    revision = models.PositiveSmallIntegerField(default=1, db_default=1)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["dossier", "id"]
        indexes = [models.Index(fields=["id"], condition=models.Q(file=""), name="slip_unrendered")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class ResultKind(models.TextChoices):
    """Where the result's PDF comes from."""

    UPLOAD = "upload", _("Uploaded file")
    LETTER = "letter", _("Letter made from the answers")


class Result(StoredFile):
    """The proposed, then approved decision.

    Written by propose, frozen by approve (``approved_at``, ``sha256``, ``check_code``). The code is shown nowhere
    until there is a page that checks it. ``text`` is the letter's own wording. Not digitally signed until signing
    exists.
    """

    folder = "results"

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="result")
    is_granted = models.BooleanField()
    reason = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=6, choices=ResultKind.choices)
    text = models.TextField(blank=True, default="")
    check_code = models.CharField(max_length=12, blank=True, default="")
    number = models.CharField(max_length=30, blank=True, default="")
    data = EncryptedJSONField(null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    # Who took it at the counter, with the ID shown; empty when downloaded.
    receiver_name = models.CharField(max_length=160, blank=True, default="")
    receiver_id = EncryptedField(blank=True, default="")
    returned_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.dossier}"
