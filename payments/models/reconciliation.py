"""Files of providers and the bank, what in them does not agree with the ledger, and the report of each day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.files.stored import StoredFile
from offices.models import Unit

from .attempts import Attempt
from .refunds import Refund


class SettlementBatch(StoredFile):
    """One file as it came: a gateway's day, a postal remittance, a bank statement; never changes.

    ``sha256`` is of the file's bytes. ``is_genuine`` when the provider's signature covers it: a statement that
    somebody saved at the bank and brought (``brought_by``) has none. ``bank_ref`` names the transfer that pays it out.
    """

    folder = "settlements"

    provider = models.CharField(max_length=10)
    batch_id = models.CharField(max_length=60)
    day = models.DateField()
    total_vnd = models.BigIntegerField()
    bank_ref = models.CharField(max_length=60, blank=True, default="")
    is_genuine = models.BooleanField()
    fetched_at = models.DateTimeField()
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["day", "id"]
        constraints = [models.UniqueConstraint(fields=["provider", "batch_id"], name="settlement_batch_once")]
        indexes = [models.Index(fields=["provider", "day"], name="settlement_day")]

    def __str__(self) -> str:
        return f"{self.provider} {self.batch_id}"


class LineKind(models.TextChoices):
    """What a line of a file says happened."""

    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Repayment")
    COD = "cod", _("Collected on delivery")
    CREDIT = "credit", _("Credit on the account")


class DiscrepancyKind(models.TextChoices):
    """How a file and the ledger disagree."""

    MISSING_HERE = "missing_here", _("The provider has it, we do not")
    MISSING_THERE = "missing_there", _("We have it, the provider does not")
    AMOUNT = "amount", _("The amounts differ")
    STATUS = "status", _("The states differ")
    DUPLICATE = "duplicate", _("Named twice")
    WRONG_DATE = "wrong_date", _("On another day")
    UNKNOWN_REFERENCE = "unknown_ref", _("Reference not known")
    WRONG_TOTAL = "wrong_total", _("The file's sum is wrong")
    UNKNOWN_CODE = "unknown_code", _("Code of the carrier not known")
    MISSING_FILE = "missing_file", _("No file has come")
    CHANGED_FILE = "changed_file", _("The file came again with other content")
    NOT_GENUINE = "not_genuine", _("The file's signature is wrong")
    NOT_PAID_OUT = "not_paid_out", _("Not on the bank's statement")


# What a line of a file may have come to: it agrees, or the kind of its discrepancy.
MATCHED = "matched"


class SettlementLine(models.Model):
    """One line of a file; ``reference`` is ours as the provider gives it back, ``text`` the words of a transfer.

    ``result`` is empty until the line has been compared, then MATCHED or a :class:`DiscrepancyKind`, for good.
    """

    batch = models.ForeignKey(SettlementBatch, on_delete=models.PROTECT, related_name="lines")
    n = models.PositiveIntegerField()
    kind = models.CharField(max_length=7, choices=LineKind.choices)
    reference = models.CharField(max_length=100, blank=True, default="")
    provider_ref = models.CharField(max_length=60, blank=True, default="")
    text = models.CharField(max_length=200, blank=True, default="")
    amount_vnd = models.PositiveBigIntegerField()
    withheld_vnd = models.PositiveBigIntegerField(default=0)
    day = models.DateField()
    result = models.CharField(max_length=13, blank=True, default="")

    class Meta:
        ordering = ["batch", "n"]
        constraints = [models.UniqueConstraint(fields=["batch", "n"], name="settlement_line_once")]
        indexes = [
            models.Index(fields=["reference"], name="settlement_reference"),
            models.Index(fields=["id"], condition=Q(result=""), name="settlement_uncompared"),
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.n}"


class Resolution(models.TextChoices):
    """How a discrepancy is closed: what of it is booked."""

    SETTLED = "settled", _("Both agree now: book it as paid out")
    UNAPPLIED = "unapplied", _("Book what came; what belongs to no fee waits as money not assigned")
    DIFFERENCE = "difference", _("Book what came; write the rest off as a difference")
    NOTHING = "nothing", _("Book nothing; the note explains it")


class Discrepancy(models.Model):
    """One disagreement, found once, until two persons have closed it; the correction is a ledger transaction.

    ``note`` is what was found and what the owner adds. ``unit`` None belongs to the whole installation.
    The proposal of the first person stands in ``resolution``, ``reason`` and ``booked_in``, the unit whose books
    it moves.
    """

    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=13, choices=DiscrepancyKind.choices)
    provider = models.CharField(max_length=10)
    reference = models.CharField(max_length=100)
    line = models.ForeignKey(
        SettlementLine, null=True, blank=True, on_delete=models.PROTECT, related_name="discrepancies"
    )
    attempt = models.ForeignKey(Attempt, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    refund = models.ForeignKey(Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ours_vnd = models.BigIntegerField(null=True, blank=True)
    theirs_vnd = models.BigIntegerField(null=True, blank=True)
    found_at = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True, default="")
    revision = models.PositiveIntegerField(default=0)
    resolution = models.CharField(max_length=10, choices=Resolution.choices, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    booked_in = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind", "reference"], condition=Q(line=None), name="discrepancy_once"
            ),
            models.UniqueConstraint(fields=["line"], name="discrepancy_of_line_once"),
            models.CheckConstraint(
                condition=Q(closed_by=None)
                | (Q(proposed_by__isnull=False) & ~Q(closed_by=F("proposed_by")) & Q(closed_at__isnull=False)),
                name="discrepancy_closed_by_two",
            ),
        ]
        indexes = [models.Index(fields=["unit", "id"], condition=Q(closed_at=None), name="discrepancy_open")]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.reference}"


class DayReport(models.Model):
    """What the reconciliation of one day found, sealed with a key of the history; never changes.

    ``content`` is the report as ``payments.reconciling.reporting`` made it; ``seal`` is the HMAC-SHA256 of its
    canonical JSON with the key ``key_id``. A day that is reconciled again with another result gets the next ``n``.
    """

    day = models.DateField()
    n = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField()
    content = models.JSONField()
    key_id = models.CharField(max_length=12)
    seal = models.CharField(max_length=64)

    class Meta:
        ordering = ["-day", "-n"]
        constraints = [models.UniqueConstraint(fields=["day", "n"], name="day_report_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.n}"
