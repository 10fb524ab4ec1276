"""Paying back: one officer asks, another approves, the provider is told once and asked until it says how it ended."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused
from dossiers.models import Dossier

from . import charging, ledger, receipting
from .ledger import Side, fee_sides
from .models import (
    ENDED_WITHOUT_MONEY,
    Attempt,
    AttemptStatus,
    Booking,
    Charge,
    ChargeStatus,
    LedgerTransaction,
    Receipt,
    Refund,
    RefundLine,
    RefundStatus,
)
from .providers.base import RefundOutcome, RefundState
from .settling import lock

# How long a repayment that is on its way waits for the next question.
ASK_AGAIN = timedelta(minutes=30)
STATUS = {
    RefundOutcome.PROCESSING: RefundStatus.PROCESSING,
    RefundOutcome.UNKNOWN: RefundStatus.UNKNOWN,
    RefundOutcome.SUCCEEDED: RefundStatus.SUCCEEDED,
    RefundOutcome.FAILED: RefundStatus.FAILED,
}
# Sent, its end not known.
ON_ITS_WAY = (RefundStatus.SUBMITTED, RefundStatus.PROCESSING, RefundStatus.UNKNOWN)


def request(
    attempt: Attempt, amounts: Mapping[int | None, int], *, by: User | None, reason: str, now: datetime
) -> Refund:
    """Ask for a repayment out of an attempt: so many đồng of each charge, None for what came beyond what was owed.

    Books what is to be paid back. Refused ('amount') beyond what the attempt brought and is not yet paid back,
    ('state') for an attempt that brought nothing, ('reason').
    """
    if not reason.strip():
        raise Refused(_("Enter the reason."), code="reason", field="reason")
    if not amounts or any(amount <= 0 for amount in amounts.values()):
        raise Refused(_("Enter how much is paid back."), code="amount", field="amount")
    with transaction.atomic():
        charges = {charge.pk: charge for charge in _locked_charges(attempt)}
        fresh = Attempt.objects.select_for_update(of=("self",)).select_related("unit").get(pk=attempt.pk)
        if fresh.status != AttemptStatus.SUCCEEDED:
            raise Refused(_("This payment has brought no money."), code="state")
        left = refundable(fresh)
        if any(amount > left.get(charge, 0) for charge, amount in amounts.items()):
            raise Refused(_("Not more can be paid back than was paid."), code="amount", field="amount")
        refund = Refund.objects.create(
            attempt=fresh,
            request_id=secrets.token_hex(16),
            amount_vnd=sum(amounts.values()),
            reason=reason,
            requested_by=by,
            requested_at=now,
        )
        RefundLine.objects.bulk_create(
            RefundLine(refund=refund, charge=charges.get(charge) if charge else None, amount_vnd=amount)
            for charge, amount in amounts.items()
        )
        sides = [Side(ledger.REFUNDS, -refund.amount_vnd)]
        for charge_id, amount in amounts.items():
            sides += _given_back(fresh, charges.get(charge_id) if charge_id else None, amount)
        ledger.book(Booking.REFUND_ASKED, _source(refund), fresh.unit, now, sides, by=by, note=reason[:300])
    return refund


def refundable(attempt: Attempt) -> dict[int | None, int]:
    """Return how much of each charge an attempt paid and was not asked back, None for the excess; three queries."""
    captured = {receipt.charge_id: receipt.amount_vnd for receipt in attempt.receipts.only("charge_id", "amount_vnd")}
    left: dict[int | None, int] = {**captured, None: attempt.amount_vnd - sum(captured.values())}
    asked = RefundLine.objects.filter(refund__attempt=attempt).exclude(refund__status__in=ENDED_WITHOUT_MONEY)
    for row in asked.values("charge").annotate(sum=Sum("amount_vnd")):
        left[row["charge"]] = left.get(row["charge"], 0) - row["sum"]
    return {charge: amount for charge, amount in left.items() if amount > 0}


def propose(dossier: Dossier, now: datetime, reason: str) -> list[Refund]:
    """Ask, in the system's name, for all that was paid for a dossier that ended without a result."""
    attempts = Attempt.objects.filter(lines__charge__dossier=dossier, status=AttemptStatus.SUCCEEDED).distinct()
    made = []
    own = set(Charge.objects.filter(dossier=dossier).values_list("pk", flat=True))
    for attempt in attempts.order_by("pk"):
        if amounts := {charge: amount for charge, amount in refundable(attempt).items() if charge in own}:
            made.append(request(attempt, amounts, by=None, reason=reason, now=now))
    return made


def decide(refund: Refund, *, approved: bool, by: User, now: datetime) -> None:
    """Approve or decline a repayment, once, by somebody else than who asked. Refused ('own', 'state')."""
    if refund.requested_by_id == by.pk:
        raise Refused(_("Somebody else than who asked for it must approve a repayment."), code="own")
    with transaction.atomic():
        status = RefundStatus.APPROVED if approved else RefundStatus.DECLINED
        changes = {"status": status, "decided_by": by, "decided_at": now, "ask_at": now if approved else None}
        if not Refund.objects.filter(pk=refund.pk, status=RefundStatus.REQUESTED).update(**changes):
            raise Refused(_("Somebody has already decided this."), code="state")
        if not approved:
            _undo(refund, now, by)


def submitting(refund: Refund, now: datetime) -> bool:
    """Mark an approved repayment as sent before it is sent; False when somebody else has. It is never sent again."""
    return bool(
        Refund.objects.filter(pk=refund.pk, status=RefundStatus.APPROVED).update(
            status=RefundStatus.SUBMITTED, submitted_at=now, ask_at=now + ASK_AGAIN
        )
    )


def apply(refund: Refund, state: RefundState, now: datetime) -> None:
    """Take what the provider says about a repayment that was sent; the same again changes nothing."""
    with transaction.atomic():
        charges = _locked_charges(refund.attempt)
        is_over = state.outcome in (RefundOutcome.SUCCEEDED, RefundOutcome.FAILED)
        changes = {
            "status": STATUS[state.outcome],
            "outcome": state.code,
            "ended_at": now if is_over else None,
            "ask_at": None if is_over else now + ASK_AGAIN,
        }
        if not Refund.objects.filter(pk=refund.pk, status__in=ON_ITS_WAY).update(**changes):
            return
        if state.outcome == RefundOutcome.SUCCEEDED:
            _pay_out(refund, charges, now, ledger.clearing(refund.attempt.provider), None)
        elif state.outcome == RefundOutcome.FAILED:
            _undo(refund, now, None)


def hand_out(refund: Refund, shift_account: str, *, by: User, now: datetime) -> None:
    """Pay an approved repayment in cash. Refused ('state') when it is not approved, or was paid."""
    with transaction.atomic():
        charges = _locked_charges(refund.attempt)
        changes = {"status": RefundStatus.SUCCEEDED, "submitted_at": now, "ended_at": now, "ask_at": None}
        if not Refund.objects.filter(pk=refund.pk, status=RefundStatus.APPROVED).update(**changes):
            raise Refused(_("This repayment is not waiting to be paid out."), code="state")
        _pay_out(refund, charges, now, shift_account, by)


def _pay_out(refund: Refund, charges: list[Charge], now: datetime, account: str, by: User | None) -> None:
    sides = [Side(ledger.REFUNDS, refund.amount_vnd), Side(account, -refund.amount_vnd)]
    ledger.book(Booking.REFUND_DONE, _source(refund), refund.attempt.unit, now, sides, by=by)
    by_key = {charge.pk: charge for charge in charges}
    for line in refund.lines.exclude(charge=None):
        charge = by_key[line.charge_id or 0]
        charging.refunded(charge, line.amount_vnd, now)
        if charge.status == ChargeStatus.REFUNDED:
            for receipt in Receipt.objects.filter(charge=charge, cancelled_at=None):
                receipting.cancel(receipt, by=by, reason=refund.reason[:300], now=now)


def _undo(refund: Refund, now: datetime, by: User | None) -> None:
    """Book that nothing is paid back after all."""
    asked = LedgerTransaction.objects.get(source=_source(refund), kind=Booking.REFUND_ASKED)
    sides = [
        Side(entry.account, entry.credit_vnd - entry.debit_vnd, entry.charge)
        for entry in asked.entries.select_related("charge")
    ]
    ledger.book(Booking.REFUND_FAILED, _source(refund), asked.unit, now, sides, by=by, reverses=asked)


def _given_back(attempt: Attempt, charge: Charge | None, amount: int) -> list[Side]:
    """Return the debits of money to be paid back: of a charge from its last line on, or of what was not owed."""
    if charge is None:
        return [Side(ledger.UNAPPLIED, amount)]
    asked = RefundLine.objects.filter(charge=charge).exclude(refund__status__in=ENDED_WITHOUT_MONEY)
    # With this one, whose lines are written already.
    left = charge.paid_vnd - (asked.aggregate(sum=Sum("amount_vnd"))["sum"] or 0)
    return [Side(side.account, -side.vnd, charge) for side in fee_sides(charge, left, amount)]


def _locked_charges(attempt: Attempt) -> list[Charge]:
    """Return an attempt's charges, their dossiers and themselves locked in the order of ``settling``; three queries."""
    ids = list(attempt.lines.values_list("charge_id", flat=True))
    list(lock(Dossier.objects.filter(charges__in=ids)))
    charges = Charge.objects.select_for_update(of=("self",)).select_related("dossier__version", "unit")
    return list(charges.filter(pk__in=ids).order_by("pk"))


def _source(refund: Refund) -> str:
    return f"refund:{refund.request_id}"
