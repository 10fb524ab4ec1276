"""Asking providers where things stand: outside transactions, and what they say goes through ``settling.apply``."""

import logging
from datetime import datetime, timedelta

from . import attempts, refunding, settling
from .models import Attempt, AttemptStatus, Refund, RefundStatus
from .providers import provider
from .providers.base import NotGenuine, Outcome, Unreachable

logger = logging.getLogger(__name__)

# Our own page of a payment waits longer than the gateway's, so that its last word can arrive.
LAPSE = timedelta(minutes=20)
# An attempt that was asked about so shortly before is not asked about again at somebody's wish.
PATIENCE = timedelta(seconds=10)


def ask(attempt: Attempt, now: datetime) -> Attempt:
    """Ask about an attempt and take the answer; returns it as it stands then. Expires it only after a definite answer.

    An ended attempt is asked about as well: money may have come late. A provider that does not answer changes
    nothing but the time of the next question.
    """
    following = attempts.next_poll(attempt, now)
    Attempt.objects.filter(pk=attempt.pk).update(polled=attempt.polled + 1, ask_at=following)
    try:
        state = provider(attempt.provider).query(attempt, now)
    except (Unreachable, NotGenuine) as error:
        logger.info("Attempt %s could not be asked about: %s", attempt.ref, error)
    else:
        settling.apply(state, now=now)
        is_over = state.outcome == Outcome.UNKNOWN_THERE or (state.outcome == Outcome.PENDING and following is None)
        if is_over and now >= attempt.begun_at + LAPSE:
            settling.expire(attempt, now)
    return Attempt.objects.get(pk=attempt.pk)


def due(now: datetime) -> list[Attempt]:
    """Return the attempts whose next question is due; one query."""
    return list(Attempt.objects.filter(ask_at__lte=now).order_by("ask_at")[:200])


def settle_refund(refund: Refund, now: datetime) -> None:
    """Send an approved repayment once, or ask about one that was sent. Never sends twice."""
    spoken = provider(refund.attempt.provider)
    if not spoken.capabilities.refund:
        return
    try:
        if refund.status == RefundStatus.APPROVED:
            if not refunding.submitting(refund, now):
                return
            state = spoken.refund(refund, now)
        else:
            state = spoken.query_refund(refund, now)
    except (Unreachable, NotGenuine) as error:
        logger.warning("Repayment %s: outcome not known: %s", refund.request_id, error)
        Refund.objects.filter(pk=refund.pk, status=RefundStatus.SUBMITTED).update(status=RefundStatus.UNKNOWN)
        Refund.objects.filter(pk=refund.pk).update(ask_at=now + refunding.ASK_AGAIN)
        return
    refunding.apply(refund, state, now)


def due_refunds(now: datetime) -> list[Refund]:
    """Return the repayments to send or ask about; one query."""
    rows = Refund.objects.filter(ask_at__lte=now).select_related("attempt")
    return list(rows.order_by("ask_at")[:200])


def is_waiting(attempt: Attempt) -> bool:
    """Tell whether its end is not known yet."""
    return attempt.status in (AttemptStatus.CREATED, AttemptStatus.PENDING, AttemptStatus.REVIEW)
