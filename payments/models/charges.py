"""What a dossier owes: frozen lines, claimed exemptions, waivers."""

from collections.abc import Collection, Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.secret import EncryptedField
from dossiers.models import Dossier
from offices.models import Unit
from procedures.models import FeeExemption, FeeKind, FeeUnit

from ..querysets import ChargeQuerySet


class ChargeStatus(models.TextChoices):
    """Where a charge stands; written by ``payments.charges`` alone, from the ledger's balance."""

    OPEN = "open", _("To be paid")
    PARTLY_PAID = "partly_paid", _("Partly paid")
    PAID = "paid", _("Paid")
    PARTLY_REFUNDED = "partly_refunded", _("Partly paid back")
    REFUNDED = "refunded", _("Paid back")
    WAIVED = "waived", pgettext_lazy("fee", "Waived")
    CANCELLED = "cancelled", _("No longer due")


class ChargeKind(models.TextChoices):
    """Why a charge was opened."""

    FILING = "filing", _("Fee of the dossier")
    COPIES = "copies", _("Paper copies of the result")


# Named once: what is still owed, and what money has reached.
OWED = (ChargeStatus.OPEN, ChargeStatus.PARTLY_PAID)
SETTLED = (ChargeStatus.PAID, ChargeStatus.PARTLY_REFUNDED, ChargeStatus.REFUNDED, ChargeStatus.WAIVED)


class Charge(models.Model):
    """One sum owed for a dossier to its unit, assessed once; another assessment is another charge that ``replaces`` it.

    ``amount_vnd`` is the sum of its lines, at most what was paid once its dossier has ended without a result;
    ``paid_vnd`` and ``refunded_vnd`` what the ledger holds for it: kept with it so that lists need no sum, compared
    every night. ``is_complete`` is False while a line waits for an officer.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="charges")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    n = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=ChargeKind.choices, default=ChargeKind.FILING)
    status = models.CharField(max_length=15, choices=ChargeStatus.choices, default=ChargeStatus.OPEN)
    amount_vnd = models.PositiveBigIntegerField()
    paid_vnd = models.PositiveBigIntegerField(default=0)
    refunded_vnd = models.PositiveBigIntegerField(default=0)
    is_complete = models.BooleanField(default=True)
    # What its lines were counted by: {key or unit: number, or [[pages, copies], …] of originals}.
    quantities = models.JSONField(default=dict)
    assessed_at = models.DateTimeField()
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True, default="")
    # Then ``assessed_by`` and ``reason`` are those of the waiver.
    waived_at = models.DateTimeField(null=True, blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    # Who pays, where it is not the applicant; on the receipt.
    payer_name = models.CharField(max_length=160, blank=True, default="")
    payer_address = EncryptedField(blank=True, default="")

    objects = ChargeQuerySet.as_manager()

    class Meta:
        ordering = ["dossier", "n"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "n"], name="charge_n_once"),
            models.CheckConstraint(condition=Q(status__in=ChargeStatus.values), name="charge_status"),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="charge_of_something"),
            models.CheckConstraint(condition=Q(paid_vnd__lte=F("amount_vnd")), name="charge_not_overpaid"),
            models.CheckConstraint(condition=Q(refunded_vnd__lte=F("paid_vnd")), name="charge_refund_of_paid"),
            models.CheckConstraint(
                condition=~Q(status="waived") | Q(waived_at__isnull=False), name="charge_waived_on_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "id"], condition=Q(status__in=["open", "partly_paid"]), name="charge_owed")
        ]

    def __str__(self) -> str:
        return f"{self.dossier} {self.n}"

    @property
    def owed_vnd(self) -> int:
        """What is still to be paid."""
        return self.amount_vnd - self.paid_vnd if self.status in OWED else 0

    @property
    def is_owed(self) -> bool:
        return self.status in OWED

    @property
    def is_rest(self) -> bool:
        """Whether it is what corrected answers cost beside what was paid; it has no counts of its own."""
        return self.n > 1 and self.replaces_id is None and not self.quantities


def added_among(every: Iterable[Charge]) -> set[int]:
    """Return, of all charges of a dossier, those that officers added with counts of their own, and what replaces those.

    By their primary keys; pure.
    """
    found: set[int] = set()
    for row in sorted(every, key=lambda row: row.n):
        if row.replaces_id in found or (row.n > 1 and row.replaces_id is None and row.quantities):
            found.add(row.pk)
    return found


def last_assessed(every: Collection[Charge]) -> Charge | None:
    """Return, of all charges of a dossier, the last one by its answers, which the next may replace; pure."""
    taken = added_among(every) | {row.replaces_id for row in every}
    mine = (row for row in every if row.pk not in taken and not row.is_rest)
    return max(mine, key=lambda row: row.n, default=None)


class ChargeLine(models.Model):
    """One assessed fee of a charge, as :class:`~procedures.fees.AssessedLine` gave it; never changes."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="lines")
    n = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=6, choices=FeeKind.choices)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=7, choices=FeeUnit.choices)
    quantity = models.PositiveIntegerField()
    # Null where tiers decide.
    unit_amount_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    # Null where nobody knows it yet.
    amount_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    why = models.CharField(max_length=9)
    resolution = models.CharField(max_length=200, blank=True, default="")
    exempt_as = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["charge", "n"]
        constraints = [models.UniqueConstraint(fields=["charge", "n"], name="charge_line_n_once")]

    def __str__(self) -> str:
        return self.name


class CopyOrder(models.Model):
    """Paper copies ordered with a dossier's result, until the desk has handed them over."""

    # A draft that is thrown away takes its order along.
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="copy_order")
    count = models.PositiveSmallIntegerField()
    ordered_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True, blank=True)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    handed_to = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(count__gt=0), name="copies_of_something")]

    def __str__(self) -> str:
        return f"{self.dossier} {self.count}"


class ExemptionClaim(models.Model):
    """What an applicant claims not to owe, until an officer has looked at the proof: ``granted`` is None."""

    # A draft that is thrown away takes its claims along.
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="exemption_claims")
    exemption = models.ForeignKey(FeeExemption, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    granted = models.BooleanField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["dossier", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "exemption"], name="exemption_claimed_once"),
            models.CheckConstraint(
                condition=Q(granted=None, decided_at=None) | Q(granted__isnull=False, decided_at__isnull=False),
                name="exemption_decided_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier} {self.exemption_id}"
