"""Paying back: one officer asks, another approves, the provider is told once and asked until it says how it ended."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused
from dossiers.models import Dossier, Status

from .. import notices
from ..books import ledger, receipting
from ..books.ledger import Side
from ..charges import charging
from ..locks import lock_charges, require_not_own
from ..models import (
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
    Shift,
)
from ..providers import providers
from ..providers.base import RefundOutcome, RefundState

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
        for charge in charges.values():
            require_not_own(by, charge.dossier)
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
            sides += _given_back(charges[charge_id] if charge_id else None, amount)
        ledger.book(Booking.REFUND_ASKED, _source(refund), fresh.unit, now, sides, by=by, note=reason[:300])
        notices.refund("refund_asked", refund, now)
    return refund


def refundable(attempt: Attempt) -> dict[int | None, int]:
    """Return how much of each charge an attempt paid and was not asked back, None for the excess; three queries."""
    left: dict[int | None, int] = dict(attempt.receipts.values_list("charge_id", "amount_vnd"))
    left[None] = attempt.amount_vnd - sum(left.values())
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
        amounts: dict[int | None, int] = {pk: vnd for pk, vnd in refundable(attempt).items() if pk in own}
        if amounts:
            made.append(request(attempt, amounts, by=None, reason=reason, now=now))
    return made


def propose_excess(attempt: Attempt, now: datetime, reason: str) -> Refund | None:
    """Ask, in the system's name, for what an attempt brought when all its dossiers had ended without a result."""
    excess = refundable(attempt).get(None, 0)
    is_open = attempt.lines.exclude(charge__dossier__status__in=(Status.REFUSED, Status.STOPPED)).exists()
    return None if is_open or not excess else request(attempt, {None: excess}, by=None, reason=reason, now=now)


def decide(refund: Refund, *, approved: bool, by: User, now: datetime) -> None:
    """Approve or decline a repayment, once, by somebody else than who asked. Refused ('own', 'state')."""
    if refund.requested_by_id == by.pk:
        raise Refused(_("Somebody else than who asked for it must approve a repayment."), code="own")
    with transaction.atomic():
        for charge in _locked_charges(refund.attempt):
            require_not_own(by, charge.dossier)
        status = RefundStatus.APPROVED if approved else RefundStatus.DECLINED
        # What no provider sends waits for an officer, who pays it out.
        ask_at = now if approved and is_sent(refund) else None
        changes = {"status": status, "decided_by": by, "decided_at": now, "ask_at": ask_at}
        if not Refund.objects.filter(pk=refund.pk, status=RefundStatus.REQUESTED).update(**changes):
            raise Refused(_("Somebody has already decided this."), code="state")
        if not approved:
            _undo(refund, now, by)
            notices.refund("refund_declined", refund, now)


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


def is_sent(refund: Refund) -> bool:
    """Tell whether its provider pays a repayment back by itself; else an officer does, in cash or by transfer."""
    spoken = providers().get(refund.attempt.provider)
    return spoken is not None and spoken.capabilities.refund


def hand_out(refund: Refund, shift: Shift, now: datetime) -> None:
    """Pay an approved repayment in cash out of an open box, by its cashier.

    Refused ('shift') when the box is closed, of another unit or has not so much in it, ('state') when it is not
    approved, was paid, or is sent by its provider.
    """
    with transaction.atomic():
        box = Shift.objects.select_for_update().get(pk=shift.pk)
        charges = _locked_charges(refund.attempt)
        if box.closed_at is not None or box.unit_id != refund.attempt.unit_id:
            raise Refused(_("Open your box first."), code="shift")
        account = ledger.cash(box.pk)
        if box.opening_vnd + ledger.balance(account=account) < refund.amount_vnd:
            raise Refused(_("There is not so much in your box."), code="shift")
        _end_by_hand(refund, now)
        _pay_out(refund, charges, now, account, box.cashier, way="cash")


def transferred(refund: Refund, bank_ref: str, *, by: User, now: datetime) -> None:
    """Note that an officer has paid an approved repayment by bank transfer; ``bank_ref`` is the bank's reference.

    It leaves the treasury's account. Refused ('bank_ref') without one, ('state') like :func:`hand_out`.
    """
    if not bank_ref.strip():
        raise Refused(_("Enter the bank's reference."), code="bank_ref", field="bank_ref")
    with transaction.atomic():
        charges = _locked_charges(refund.attempt)
        _end_by_hand(refund, now, bank_ref=bank_ref.strip()[:40])
        _pay_out(refund, charges, now, ledger.TREASURY, by, way="transfer")


def _end_by_hand(refund: Refund, now: datetime, **columns: str) -> None:
    changes = {"status": RefundStatus.SUCCEEDED, "submitted_at": now, "ended_at": now, "ask_at": None, **columns}
    taken = not is_sent(refund) and Refund.objects.filter(pk=refund.pk, status=RefundStatus.APPROVED).update(**changes)
    if not taken:
        raise Refused(_("This repayment is not waiting to be paid out."), code="state")


def _pay_out(
    refund: Refund, charges: list[Charge], now: datetime, account: str, by: User | None, *, way: str = ""
) -> None:
    sides = [Side(ledger.REFUNDS, refund.amount_vnd), Side(account, -refund.amount_vnd)]
    ledger.book(Booking.REFUND_DONE, _source(refund), refund.attempt.unit, now, sides, by=by)
    by_key = {charge.pk: charge for charge in charges}
    for line in refund.lines.exclude(charge=None):
        charge = by_key[line.charge_id or 0]
        charging.refunded(charge, line.amount_vnd, now)
        if charge.status == ChargeStatus.REFUNDED:
            for receipt in Receipt.objects.filter(charge=charge, cancelled_at=None):
                receipting.cancel(receipt, by=by, reason=refund.reason[:300], now=now)
    notices.refund("refund_done", refund, now, way)


def _undo(refund: Refund, now: datetime, by: User | None) -> None:
    """Book that nothing is paid back after all."""
    asked = LedgerTransaction.objects.get(source=_source(refund), kind=Booking.REFUND_ASKED)
    ledger.reverse(asked, Booking.REFUND_FAILED, now, by=by)


def _given_back(charge: Charge | None, amount: int) -> list[Side]:
    """Return the debits of money to be paid back: of a charge from its last line on, or of what was not owed.

    What a line still holds is what the ledger says.
    """
    if charge is None:
        return [Side(ledger.UNAPPLIED, amount)]
    held = ledger.revenue_of(charge)
    sides = []
    for line in reversed(charge.lines.all()):
        account = ledger.revenue(line.key)
        if part := min(amount, held.get(account, 0)):
            sides.append(Side(account, part, charge))
            amount -= part
    return sides


def _locked_charges(attempt: Attempt) -> list[Charge]:
    """Return an attempt's charges, their dossiers and themselves locked in the order of ``settling``; three queries."""
    ids = list(attempt.lines.values_list("charge_id", flat=True))
    lock_charges(ids)
    charges = Charge.objects.select_related("dossier__applicant", "unit")
    return list(charges.filter(pk__in=ids).order_by("pk"))


def _source(refund: Refund) -> str:
    return f"refund:{refund.request_id}"
