"""Asking providers where things stand: outside transactions, and what they say goes through ``settling.apply``."""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q

from common import broker

from ..collecting import attempts, refunding, settling
from ..collecting.events import keep
from ..models import Attempt, AttemptStatus, EventChannel, Parcel, ProviderEvent, Refund, RefundStatus
from ..post import carrying
from ..providers import provider, providers
from ..providers.base import NotGenuine, Notice, Outcome, Unreachable

logger = logging.getLogger(__name__)

# Our own page of a payment waits longer than the gateway's, so that its last word can arrive.
LAPSE = timedelta(minutes=20)
# An attempt that was asked about so shortly before is not asked about again at somebody's wish.
PATIENCE = timedelta(seconds=10)
# An attempt that was to be asked about for the last time, and about which nobody answered.
ONCE_A_DAY = timedelta(days=1)


def ask(attempt: Attempt, now: datetime) -> Attempt:
    """Ask about an attempt and take the answer; returns it as it stands then. Expires it only after a definite answer.

    An ended attempt is asked about as well: money may have come late. A provider that does not answer changes
    nothing but the time of the next question.
    """
    parcel = Parcel.objects.filter(attempt=attempt).first()
    if parcel is not None:
        # Its money is where the parcel is.
        Attempt.objects.filter(pk=attempt.pk).update(ask_at=None)
        carrying.ask_now(parcel, now)
        return Attempt.objects.get(pk=attempt.pk)
    following = attempts.next_poll(attempt, now)
    # Whatever ends this in between: it is asked about again.
    Attempt.objects.filter(pk=attempt.pk).update(polled=F("polled") + 1, ask_at=following or now + ONCE_A_DAY)
    try:
        state = provider(attempt.provider).query(attempt, now)
    except (Unreachable, NotGenuine) as error:
        logger.info("Attempt %s could not be asked about: %s", attempt.ref, error)
        return Attempt.objects.get(pk=attempt.pk)
    if state.outcome not in (Outcome.PENDING, Outcome.UNKNOWN_THERE):
        answer = {
            "outcome": state.outcome,
            "code": state.code,
            "amount": state.amount_vnd,
            "number": state.provider_ref,
        }
        event = keep(attempt.provider, EventChannel.QUERY, Notice(attempt.ref, {"ref": attempt.ref, **answer}), now)
        ProviderEvent.objects.filter(pk=event.pk, handled_at=None).update(handled_at=now)
    settling.apply(state, now=now)
    is_over = state.outcome == Outcome.UNKNOWN_THERE or (state.outcome == Outcome.PENDING and following is None)
    if is_over and now >= attempt.begun_at + LAPSE:
        settling.expire(attempt, now)
    rows = Attempt.objects.filter(pk=attempt.pk)
    # Settled by a notification meanwhile, or answered at the end of the schedule: nothing is left to ask.
    (rows if following is None else rows.filter(status=AttemptStatus.SUCCEEDED)).update(ask_at=None)
    return Attempt.objects.get(pk=attempt.pk)


def ask_soon(attempt: Attempt, now: datetime) -> bool:
    """Have a worker ask about an attempt at once, at somebody's wish; tell whether it will. One or two queries.

    False for one that was asked about so within :data:`PATIENCE`, and for a provider that cannot be asked. The web
    process asks nobody itself: it has no way out, and no request waits for a provider.
    """
    if attempt.provider not in providers() or not provider(attempt.provider).capabilities.query:
        return False
    is_free = Q(wished_at=None) | Q(wished_at__lte=now - PATIENCE)
    if not Attempt.objects.filter(is_free, pk=attempt.pk).update(wished_at=now, ask_at=now):
        return False
    broker.wake("payments.tasks.ask_about_attempt", attempt.pk, expires=60)
    return True


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


def ask_about_refund_soon(refund: Refund, now: datetime) -> None:
    """Have a worker ask within a minute about a repayment that was sent, at somebody's wish; one query."""
    Refund.objects.filter(pk=refund.pk, status__in=refunding.ON_ITS_WAY).update(ask_at=now)


def due_refunds(now: datetime) -> list[Refund]:
    """Return the repayments to send or ask about; one query."""
    rows = Refund.objects.filter(ask_at__lte=now).select_related("attempt")
    return list(rows.order_by("ask_at")[:200])
