"""Files of providers and the bank, and what in them does not agree with the ledger."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.models import Unit

from .attempts import Attempt
from .refunds import Refund


class SettlementBatch(models.Model):
    """One file as it came: a gateway's day, a postal remittance, a bank statement; never changes."""

    provider = models.CharField(max_length=10)
    batch_id = models.CharField(max_length=60)
    day = models.DateField()
    total_vnd = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    is_genuine = models.BooleanField()
    fetched_at = models.DateTimeField()

    class Meta:
        ordering = ["day", "id"]
        constraints = [models.UniqueConstraint(fields=["provider", "batch_id"], name="settlement_batch_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.batch_id}"


class LineKind(models.TextChoices):
    """What a line of a file says happened."""

    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Repayment")
    COD = "cod", _("Collected on delivery")
    CREDIT = "credit", _("Credit on the account")


class SettlementLine(models.Model):
    """One line of a file; ``reference`` is ours as the provider gives it back."""

    batch = models.ForeignKey(SettlementBatch, on_delete=models.PROTECT, related_name="lines")
    n = models.PositiveIntegerField()
    kind = models.CharField(max_length=7, choices=LineKind.choices)
    reference = models.CharField(max_length=100)
    provider_ref = models.CharField(max_length=60, blank=True, default="")
    amount_vnd = models.PositiveBigIntegerField()
    withheld_vnd = models.PositiveBigIntegerField(default=0)
    day = models.DateField()

    class Meta:
        ordering = ["batch", "n"]
        constraints = [models.UniqueConstraint(fields=["batch", "n"], name="settlement_line_once")]
        indexes = [models.Index(fields=["reference"], name="settlement_reference")]

    def __str__(self) -> str:
        return f"{self.batch} {self.n}"


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


class Discrepancy(models.Model):
    """One disagreement, found once, until two persons have closed it; the correction is a ledger transaction."""

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
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "kind", "reference"], name="discrepancy_once"),
            models.CheckConstraint(
                condition=Q(closed_by=None)
                | (Q(proposed_by__isnull=False) & ~Q(closed_by=F("proposed_by")) & Q(closed_at__isnull=False)),
                name="discrepancy_closed_by_two",
            ),
        ]
        indexes = [models.Index(fields=["unit", "id"], condition=Q(closed_at=None), name="discrepancy_open")]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.reference}"
