"""What must be true of money at any time, asked of the tables themselves, every night and whenever somebody wants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce, Concat

from common.alerts import clear_alert, raise_alert, subjects
from common.models import AlertKind

from ..models import (
    ENDED_WITHOUT_MONEY,
    LIVE,
    Attempt,
    AttemptStatus,
    Booking,
    Charge,
    ChargeStatus,
    LedgerEntry,
    LedgerTransaction,
    Receipt,
    Refund,
    RefundLine,
    RefundStatus,
    Shift,
)
from . import ledger

# How long money that nobody owes may lie, a box stay open, a question stay without an answer.
UNAPPLIED_DAYS = timedelta(days=3)
SHIFT_DAY = timedelta(days=1)
QUESTION_DAYS = timedelta(days=3)
# One kind names no more rows than these in its detail.
NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be: its kind, whose (a unit's slug), which rows, and how much."""

    kind: str
    unit: str
    rows: tuple[str, ...]
    amount_vnd: int = 0

    @property
    def subject(self) -> str:
        """What an alert about it is called."""
        return f"{self.kind} {self.unit}"

    @property
    def detail(self) -> str:
        """The rows in technical words, without anybody's name."""
        more = len(self.rows) - NAMED
        return ", ".join(self.rows[:NAMED]) + (f" and {more} more" if more > 0 else "") + f"; {self.amount_vnd} VND"


def invariants(now: datetime) -> list[Finding]:
    """Return everything that is not as it must be, gathered by kind and unit; about a dozen queries over all rows."""
    gathered: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for kind, unit, row, amount in _found(now):
        gathered.setdefault((kind, unit), []).append((row, amount))
    return [
        Finding(kind, unit, tuple(row for row, _amount in rows), sum(amount for _row, amount in rows))
        for (kind, unit), rows in sorted(gathered.items())
    ]


def check(now: datetime) -> list[Finding]:
    """Look, and keep what was found as alerts; those whose cause is over go. Returns the findings."""
    found = invariants(now)
    for finding in found:
        raise_alert(AlertKind.MONEY, finding.subject, now=now, detail=finding.detail)
    for subject in subjects(AlertKind.MONEY) - {finding.subject for finding in found}:
        clear_alert(AlertKind.MONEY, subject)
    return found


Row = tuple[str, str, str, int]


def _found(now: datetime) -> Iterator[Row]:
    yield from _unbalanced()
    yield from _charges_that_differ()
    yield from _captures_without_receipt()
    yield from _payments_not_booked()
    yield from _unapplied(now)
    yield from _open_boxes(now)
    yield from _unanswered(now)


def _unbalanced() -> Iterator[Row]:
    """Transactions whose sides differ, or that have none: each unit's trial balance is 0 when there is no such row."""
    sides = Coalesce(Sum("entries__debit_vnd"), 0) - Coalesce(Sum("entries__credit_vnd"), 0)
    rows = LedgerTransaction.objects.annotate(rest=sides, biggest=Coalesce(Sum("entries__debit_vnd"), 0))
    for unit, source, rest in rows.filter(~Q(rest=0) | Q(biggest=0)).values_list("unit__slug", "source", "rest"):
        yield "unbalanced", unit, source, rest


def _charges_that_differ() -> Iterator[Row]:
    """Charges whose own sums are not what the ledger holds for them, or whose status is not what the sums say."""
    held = dict(
        LedgerEntry.objects.filter(account__startswith=ledger.revenue(""), charge__isnull=False)
        .values_list("charge")
        .annotate(held=Sum("credit_vnd") - Sum("debit_vnd"))
        .order_by("charge")
    )
    asked = RefundLine.objects.exclude(refund__status__in=ENDED_WITHOUT_MONEY).filter(charge__isnull=False)
    owed_back = dict(asked.values_list("charge").annotate(sum=Sum("amount_vnd")).order_by("charge"))
    paid_back = dict(
        asked.filter(refund__status=RefundStatus.SUCCEEDED)
        .values_list("charge")
        .annotate(sum=Sum("amount_vnd"))
        .order_by("charge")
    )
    touched = Charge.objects.filter(Q(pk__in=held) | Q(paid_vnd__gt=0) | Q(refunded_vnd__gt=0)).select_related("unit")
    for charge in touched.iterator(chunk_size=500):
        booked = held.get(charge.pk, 0) + owed_back.get(charge.pk, 0)
        name = f"charge {charge.pk}"
        if booked != charge.paid_vnd:
            yield "charge", charge.unit.slug, name, booked - charge.paid_vnd
        elif paid_back.get(charge.pk, 0) != charge.refunded_vnd:
            yield "charge", charge.unit.slug, name, paid_back.get(charge.pk, 0) - charge.refunded_vnd
        elif charge.status not in _statuses(charge):
            yield "charge", charge.unit.slug, name, 0


def _statuses(charge: Charge) -> set[str]:
    """Return the statuses that a charge's sums allow."""
    if charge.refunded_vnd:
        is_all = charge.refunded_vnd == charge.paid_vnd
        return {ChargeStatus.REFUNDED if is_all else ChargeStatus.PARTLY_REFUNDED}
    if charge.paid_vnd == charge.amount_vnd:
        return {ChargeStatus.PAID}
    if charge.paid_vnd:
        return {ChargeStatus.PARTLY_PAID, ChargeStatus.WAIVED}
    return {ChargeStatus.OPEN, ChargeStatus.WAIVED, ChargeStatus.CANCELLED}


def _captures_without_receipt() -> Iterator[Row]:
    """What a payment paid of a charge and no receipt says, of the same amount; cancelled ones say it too."""
    receipts = {
        (f"attempt:{ref}", charge): amount
        for ref, charge, amount in Receipt.objects.values_list("attempt__ref", "charge", "amount_vnd")
    }
    captured = (
        LedgerEntry.objects.filter(transaction__kind=Booking.CAPTURE, charge__isnull=False)
        .values_list("unit__slug", "transaction__source", "charge")
        .annotate(sum=Sum("credit_vnd"))
        .order_by("charge")
    )
    for unit, source, charge, amount in captured:
        if receipts.get((source, charge)) != amount:
            yield "receipt", unit, f"{source} charge {charge}", amount


def _payments_not_booked() -> Iterator[Row]:
    """Payments that succeeded and are not in the ledger."""
    source = Concat(Value("attempt:"), OuterRef("ref"))
    booked = LedgerTransaction.objects.filter(source=source, kind=Booking.CAPTURE)
    lost = Attempt.objects.filter(~Exists(booked), status=AttemptStatus.SUCCEEDED)
    for unit, ref, amount in lost.values_list("unit__slug", "ref", "amount_vnd"):
        yield "not_booked", unit, ref, amount


def _unapplied(now: datetime) -> Iterator[Row]:
    """Money beyond what was owed that has lain for days: what came first is taken to have gone first."""
    rows = LedgerEntry.objects.filter(account=ledger.UNAPPLIED).values_list("unit__slug")
    old = rows.filter(transaction__at__lte=now - UNAPPLIED_DAYS).annotate(sum=Sum("credit_vnd")).order_by("unit__slug")
    gone = dict(rows.annotate(sum=Sum("debit_vnd")).order_by("unit__slug"))
    for unit, came in old:
        if (left := came - gone.get(unit, 0)) > 0:
            yield "unapplied", unit, ledger.UNAPPLIED, left


def _open_boxes(now: datetime) -> Iterator[Row]:
    """Cashiers' boxes that were opened more than a day ago."""
    for unit, pk in Shift.objects.filter(closed_at=None, opened_at__lt=now - SHIFT_DAY).values_list("unit__slug", "pk"):
        yield "open_box", unit, ledger.cash(pk), ledger.balance(account=ledger.cash(pk))


def _unanswered(now: datetime) -> Iterator[Row]:
    """Payments and repayments whose end has been unknown for days, and about which nobody asks any more."""
    stuck = Attempt.objects.filter(
        Q(status=AttemptStatus.REVIEW) | Q(ask_at=None, parcel=None),
        status__in=LIVE,
        begun_at__lt=now - QUESTION_DAYS,
    )
    for unit, ref, amount in stuck.values_list("unit__slug", "ref", "amount_vnd"):
        yield "unanswered", unit, ref, amount
    unknown = Refund.objects.filter(status=RefundStatus.UNKNOWN, submitted_at__lt=now - QUESTION_DAYS)
    for unit, request, amount in unknown.values_list(F("attempt__unit__slug"), "request_id", "amount_vnd"):
        yield "unanswered", unit, f"refund {request}", amount
