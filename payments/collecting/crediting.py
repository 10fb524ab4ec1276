"""What the bank's list of credits says during the day: each credit once, matched with an attempt by its reference.

Only what settles an attempt, or is too little for it, acts here. The finished list of a day is compared the night
after: what belongs to nobody, came twice or beyond what was asked is found there.
"""

import logging
from datetime import date, datetime, timedelta

from django.db import transaction

from ..models import LIVE, Attempt, AttemptStatus, EventChannel, ProviderEvent
from ..providers import VIETQR, provider, providers
from ..providers.base import Line, Notice, Outcome, ProviderState, Unreachable
from . import events, settling

logger = logging.getLogger(__name__)

# A code that nobody has paid by then is given up; money that comes later still revives it.
LAPSE = timedelta(days=7)


def fetch(days: list[date], now: datetime) -> int:
    """Read the bank's credits of some days and take what is new; return how many were. Outside transactions.

    When every day could be read, what nobody has paid for :data:`LAPSE` is given up. Two queries a day, about 25 a
    credit that settles something.
    """
    if VIETQR not in providers():
        return 0
    count = 0
    try:
        for day in days:
            content = provider(VIETQR).fetch_settlement(day)
            if content is not None:
                count += sum(take(line, now) for line in _unknown(provider(VIETQR).parse_settlement(content).lines))
    except (Unreachable, ValueError) as error:
        logger.warning("The bank's credits cannot be read: %s", error)
        return count
    lapsed = Attempt.objects.filter(provider=VIETQR, status__in=LIVE, begun_at__lte=now - LAPSE)
    for attempt in lapsed.exclude(status=AttemptStatus.REVIEW):
        settling.expire(attempt, now)
    return count


def take(line: Line, now: datetime) -> bool:
    """Take one credit, once, whoever else reads the same list; tell whether it was new."""
    facts = {"id": line.provider_ref, "reference": line.reference, "amount": line.amount_vnd, "day": f"{line.day}"}
    event = events.keep(VIETQR, EventChannel.FEED, Notice(line.reference, facts), now, key=_key(line))
    with transaction.atomic():
        fresh = ProviderEvent.objects.select_for_update().get(pk=event.pk)
        if fresh.handled_at is not None:
            return False
        answer = _applied(line, now) if line.reference else "no_reference"
        ProviderEvent.objects.filter(pk=fresh.pk).update(handled_at=now, answer=answer)
    return True


def _applied(line: Line, now: datetime) -> str:
    """Settle the attempt that a credit names; what is too little leaves it to an officer."""
    attempt = Attempt.objects.filter(provider=VIETQR, ref=line.reference).first()
    if attempt is None:
        return "not_found"
    is_enough = line.amount_vnd >= attempt.amount_vnd
    outcome = Outcome.SUCCEEDED if is_enough else Outcome.REVIEW
    state = ProviderState(
        attempt.ref,
        outcome,
        attempt.amount_vnd,
        line.provider_ref[:40],
        "credit" if is_enough else "credit_short",
        now,
        is_asked=True,
        short_vnd=0 if is_enough else line.amount_vnd,
    )
    return settling.apply(state, now=now).answer


def _unknown(lines: tuple[Line, ...]) -> list[Line]:
    """Return the credits that have not been taken yet; one query."""
    by_key = {events.dedupe_key(EventChannel.FEED, _key(line)): line for line in lines}
    taken = ProviderEvent.objects.filter(provider=VIETQR, dedupe_key__in=by_key).exclude(handled_at=None)
    known = set(taken.values_list("dedupe_key", flat=True))
    return [line for key, line in by_key.items() if key not in known]


def _key(line: Line) -> str:
    """Return what tells a credit from all others: the bank's number for it, whatever words it shows beside."""
    return f"credit {line.provider_ref}" if line.provider_ref else f"{line}"
