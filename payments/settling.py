"""The one function by which money is believed: :func:`apply` takes what a provider says about an attempt.

Notifications, answers to questions, statements and the counter all end here. Locks come in one order: the charges by
their ids, then the attempt.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from common.database.contention import once_more
from dossiers.models import Dossier

from . import charging, ledger, receipting
from .models import LIVE, Attempt, AttemptLine, AttemptStatus, Charge, DiscrepancyKind
from .providers.base import Answer, Outcome, ProviderState
from .reconciling import found_wrong

logger = logging.getLogger(__name__)

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
        if state.outcome in (Outcome.SUCCEEDED, Outcome.REVIEW) and state.amount_vnd != attempt.amount_vnd:
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
        _move(attempt, STATUS[state.outcome], state, now)
        if state.outcome == Outcome.SUCCEEDED:
            _capture(attempt, state, now, account or ledger.clearing(attempt.provider), by)
    return Applied(Answer.TAKEN, attempt)


def expire(attempt: Attempt, now: datetime) -> bool:
    """End an attempt whose provider says definitely that nothing will come; tell whether it was still live."""
    with transaction.atomic():
        fresh = _locked(attempt.ref)
        if fresh is None or fresh.status not in (AttemptStatus.CREATED, AttemptStatus.PENDING):
            return False
        _move(fresh, AttemptStatus.EXPIRED, ProviderState(fresh.ref, Outcome.UNKNOWN_THERE), now)
    return True


def _locked(ref: str) -> Attempt | None:
    """Return an attempt, read anew, with its dossiers, charges and itself locked in this order; four queries."""
    lines = list(AttemptLine.objects.filter(attempt__ref=ref).values_list("charge_id", "charge__dossier_id"))
    list(lock(Dossier.objects.filter(pk__in={dossier for _charge, dossier in lines})))
    list(lock(Charge.objects.filter(pk__in={charge for charge, _dossier in lines})))
    return Attempt.objects.select_for_update(of=("self",)).select_related("unit").filter(ref=ref).first()


def lock(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the primary keys of rows, to be read under a lock in their order."""
    return rows.select_for_update().order_by("pk").values_list("pk", flat=True)


def _move(attempt: Attempt, status: AttemptStatus, state: ProviderState, now: datetime) -> None:
    """Set an attempt's status; what ended is asked about no more, and its charges are free for another attempt."""
    is_live = status in LIVE
    changes = {
        "status": status,
        "provider_ref": state.provider_ref or attempt.provider_ref,
        "outcome": state.code[:20],
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
    for charge in Charge.objects.select_related("dossier__applicant", "unit").filter(pk__in=taken).order_by("pk"):
        if part := taken[charge.pk]:
            charging.paid(charge, part, now)
            receipting.issue(charge, attempt, part, now, by)
