"""The ledger: transactions of two or more entries, never changed, never deleted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models import Unit

from .charges import Charge


class Booking(models.TextChoices):
    """Why money moved; with its source it names a transaction once."""

    CAPTURE = "capture", _("Payment")
    SETTLEMENT = "settlement", _("Paid out by the provider")
    DEPOSIT = "deposit", _("Cash brought to the treasury")
    REFUND_ASKED = "refund_asked", _("Repayment asked for")
    REFUND_DONE = "refund_done", _("Repayment made")
    REFUND_FAILED = "refund_failed", _("Repayment failed")
    DIFFERENCE = "difference", _("Difference of a cashier's day")
    CORRECTION = "correction", _("Correction")


class LedgerTransaction(models.Model):
    """One movement of money in a unit: debits equal credits. ``source`` is what caused it, such as 'attempt:<ref>'."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=13, choices=Booking.choices)
    source = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "kind"], name="booked_once")]
        indexes = [models.Index(fields=["unit", "at"], name="ledger_of_unit")]

    def __str__(self) -> str:
        return f"{self.source} {self.kind}"


class LedgerEntry(models.Model):
    """One side of a transaction: exactly one of ``debit_vnd`` and ``credit_vnd`` is above 0.

    ``account`` is one of ``payments.books.ledger``'s names, such as 'clearing:vnpay'.
    """

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    account = models.CharField(max_length=60)
    debit_vnd = models.PositiveBigIntegerField(default=0)
    credit_vnd = models.PositiveBigIntegerField(default=0)
    charge = models.ForeignKey(Charge, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(debit_vnd=0, credit_vnd__gt=0) | Q(debit_vnd__gt=0, credit_vnd=0), name="entry_one_side"
            ),
        ]
        indexes = [models.Index(fields=["unit", "account"], name="entry_of_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.debit_vnd or -self.credit_vnd}"
