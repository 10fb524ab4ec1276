"""The one function by which money is believed: :func:`apply` takes what a provider says about an attempt.

Notifications, answers to questions, statements and the counter all end here. Locks come in the order of ``locks``.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.database.contention import once_more
from common.refusals import Refused, stale
from dossiers.actions.payment import UNSETTLED
from dossiers.models import Status

from .. import notices
from ..books import ledger, receipting
from ..books.discrepancies import found_wrong
from ..charges import charging
from ..locks import lock_charges
from ..models import (
    DECIDED_AT_DESK,
    LIVE,
    OPEN,
    Attempt,
    AttemptLine,
    AttemptStatus,
    Charge,
    DiscrepancyKind,
    EventChannel,
    ProviderEvent,
)
from ..providers.base import Answer, Notice, Outcome, ProviderState
from . import refunding
from .events import keep

logger = logging.getLogger(__name__)

# Why money that came too late is paid back.
ENDED_BEFORE = gettext_lazy("The dossier ended without a result.")
# What an outcome makes of an attempt.
STATUS = {
    Outcome.PENDING: AttemptStatus.PENDING,
    Outcome.SUCCEEDED: AttemptStatus.SUCCEEDED,
    Outcome.FAILED: AttemptStatus.FAILED,
    Outcome.CANCELLED: AttemptStatus.CANCELLED,
    Outcome.REVIEW: AttemptStatus.REVIEW,
}
# Only an answer to our own question, or a statement, takes these back.
ENDED = (AttemptStatus.FAILED, AttemptStatus.CANCELLED, AttemptStatus.EXPIRED)


@dataclass(frozen=True)
class Applied:
    """What became of a state: the answer to whoever sent it, and the attempt as it stands now."""

    answer: Answer
    attempt: Attempt | None = None


def apply(state: ProviderState, *, now: datetime, account: str = "", by: User | None = None) -> Applied:
    """Take what is said about an attempt; the same again changes nothing. About 20 queries when money came.

    ``account`` is where the money lies, by default the provider's clearing account. A succeeded attempt stays so: a
    later word to the contrary is kept as a discrepancy. A wrong amount changes nothing and is one too. An attempt that
    had ended revives only when ``state.is_asked``; else WRONG word ALREADY is answered and the provider is asked.
    """
    return once_more(lambda: _apply(state, now=now, account=account, by=by))


def _apply(state: ProviderState, *, now: datetime, account: str, by: User | None) -> Applied:
    with transaction.atomic():
        attempt = _locked(state.ref)
        if attempt is None:
            return Applied(Answer.NOT_FOUND)
        if _is_wrong_amount(state, attempt):
            found_wrong(
                DiscrepancyKind.AMOUNT, attempt, now, ours=attempt.amount_vnd, theirs=state.amount_vnd, note=state.code
            )
            return Applied(Answer.WRONG_AMOUNT, attempt)
        if attempt.status == AttemptStatus.SUCCEEDED:
            if state.outcome in (Outcome.FAILED, Outcome.CANCELLED, Outcome.REVIEW):
                found_wrong(DiscrepancyKind.STATUS, attempt, now, note=state.code)
            return Applied(Answer.ALREADY, attempt)
        if attempt.status in ENDED:
            if state.outcome != Outcome.SUCCEEDED:
                return Applied(Answer.ALREADY, attempt)
            if not state.is_asked:
                # Believed once the provider has been asked: the next poll is now.
                Attempt.objects.filter(pk=attempt.pk).update(ask_at=now)
                return Applied(Answer.TAKEN, attempt)
        if state.outcome == Outcome.UNKNOWN_THERE:
            return Applied(Answer.TAKEN, attempt)
        if state.is_disputed:
            found_wrong(DiscrepancyKind.STATUS, attempt, now, ours=0, theirs=state.amount_vnd, note=state.code)
        _move(attempt, STATUS[state.outcome], state, now)
        if state.outcome == Outcome.SUCCEEDED:
            _capture(attempt, state, now, account or ledger.clearing(attempt.provider), by)
    return Applied(Answer.TAKEN, attempt)


def _is_wrong_amount(state: ProviderState, attempt: Attempt) -> bool:
    """Tell whether a provider names another sum; only where money came must it name one at all."""
    if state.amount_vnd is None:
        return state.outcome in (Outcome.SUCCEEDED, Outcome.REVIEW)
    return state.amount_vnd != attempt.amount_vnd


def decide_review(attempt: Attempt, *, is_paid: bool, by: User, reason: str, now: datetime) -> None:
    """End what is being looked into, by an officer who has asked the provider or the bank; kept with the reason.

    Of a transfer that was too small no more is booked than came; the rest stays owed. Refused ('reason') without one,
    ('state') when the payment is not being looked into (any more), (stale page) when more of it has come since.
    """
    if not reason.strip():
        raise Refused(_("Enter the reason."), code="reason", field="reason")
    with transaction.atomic():
        fresh = _locked(attempt.ref)
        if fresh is None or fresh.status != AttemptStatus.REVIEW:
            raise Refused(_("This payment is no longer being looked into."), code="state")
        if fresh.came_vnd != attempt.came_vnd:
            raise stale()
        facts = {"is_paid": is_paid, "reason": reason.strip(), "by": by.pk, "at": now.isoformat()}
        event = keep(fresh.provider, EventChannel.DESK, Notice(fresh.ref, facts), now, key=f"review {fresh.ref} {now}")
        ProviderEvent.objects.filter(pk=event.pk).update(handled_at=now, answer="paid" if is_paid else "not_paid")
        outcome = Outcome.SUCCEEDED if is_paid else Outcome.FAILED
        # What the bank has given back did not come.
        given_back = 0 if is_paid else fresh.came_vnd
        state = ProviderState(
            fresh.ref,
            outcome,
            fresh.amount_vnd,
            fresh.provider_ref,
            DECIDED_AT_DESK,
            now,
            is_asked=True,
            short_vnd=-given_back,
        )
        _move(fresh, STATUS[outcome], state, now)
        if is_paid:
            if fresh.came_vnd:
                fresh.amount_vnd = fresh.came_vnd
                fresh.save(update_fields=["amount_vnd"])
            _capture(fresh, state, now, ledger.clearing(fresh.provider), by)


def expire(attempt: Attempt, now: datetime) -> bool:
    """End an attempt whose provider says definitely that nothing will come; tell whether it was still open."""
    return _end(attempt, AttemptStatus.EXPIRED, now)


def give_up(attempt: Attempt, now: datetime) -> bool:
    """End an attempt at its payer's word; tell whether it was still open: money that has come is not given up."""
    return _end(attempt, AttemptStatus.CANCELLED, now)


def _end(attempt: Attempt, status: AttemptStatus, now: datetime) -> bool:
    with transaction.atomic():
        fresh = _locked(attempt.ref)
        if fresh is None or fresh.status not in OPEN:
            return False
        _move(fresh, status, ProviderState(fresh.ref, Outcome.UNKNOWN_THERE), now)
    return True


def _locked(ref: str) -> Attempt | None:
    """Return an attempt, read anew, with its dossiers, charges and itself locked in this order; four queries."""
    lock_charges(AttemptLine.objects.filter(attempt__ref=ref).values_list("charge_id", flat=True))
    return Attempt.objects.select_for_update(of=("self",)).select_related("unit").filter(ref=ref).first()


def _move(attempt: Attempt, status: AttemptStatus, state: ProviderState, now: datetime) -> None:
    """Set an attempt's status; what ended is asked about no more, and its charges are free for another attempt."""
    is_live = status in LIVE
    changes = {
        "status": status,
        "provider_ref": state.provider_ref or attempt.provider_ref,
        "outcome": state.code[:20],
        "came_vnd": attempt.came_vnd + state.short_vnd,
        "settled_at": None if is_live else now,
        "ask_at": attempt.ask_at if is_live else None,
    }
    Attempt.objects.filter(pk=attempt.pk).update(**changes)
    for name, value in changes.items():
        setattr(attempt, name, value)
    if not is_live:
        attempt.lines.filter(is_live=True).update(is_live=False)


def _capture(attempt: Attempt, state: ProviderState, now: datetime, account: str, by: User | None) -> None:
    taken = ledger.money_of(attempt, now, account, by)
    rows = Charge.objects.select_related("dossier__applicant", "dossier__owner", "dossier__received_by__parent", "unit")
    for charge in rows.filter(pk__in=taken).order_by("pk"):
        if part := taken[charge.pk]:
            was_awaited = charge.dossier.status == Status.AWAITING_PAYMENT
            charging.paid(charge, part, now)
            goes_on = was_awaited and charge.dossier.fee_state not in UNSETTLED
            notices.paid(receipting.issue(charge, attempt, part, now, by), was_awaited=goes_on, now=now)
    if sum(taken.values()) < attempt.amount_vnd:
        with translation.override("vi"):
            refunding.propose_excess(attempt, now, str(ENDED_BEFORE))
