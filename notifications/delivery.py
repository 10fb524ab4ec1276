"""Carrying waiting messages out: lease, send, then mark.

A worker that dies between sending and marking sends again under the same
Message-ID; at least once is the promise. Whatever goes wrong with one message
settles that message and no other.
"""

import logging
import time
import traceback
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum
from itertools import chain, zip_longest

from django.conf import settings
from django.db.models import Count, F, Min, Q

from common import alerts
from common.models import AlertKind

from .channels import Carrier, ChannelDown, ServerDown, Undeliverable, carrier_for
from .models import Notification, State
from .querysets import NotificationQuerySet

logger = logging.getLogger(__name__)

# How long nothing is tried on a channel whose server is away: shorter than the time between two sweeps.
DOWN_REST = timedelta(seconds=20)
# A domain that costs so many seconds and then fails rests, so that the others get their turn.
SLOW_SECONDS = 5
SLOW_REST = timedelta(seconds=120)
# A message due for as long has no worker; one written as long ago has no mail server that takes it.
OVERDUE = timedelta(minutes=5)
STUCK = timedelta(minutes=15)

# (channel, domain) or (channel, "") → when this process tries it again, and how long that is.
_rests: dict[tuple[str, str], tuple[datetime, timedelta]] = {}


class Outcome(Enum):
    """What became of one try."""

    NOT_MINE = "not due, done, or another worker has it"
    SETTLED = "sent or given up"
    PUT_OFF = "tried again later"
    SERVER_DOWN = "nothing can leave on this channel"


def deliver(pk: int, now: datetime) -> bool:
    """Try to send one message; False when it is not due, done, held by another worker, or its server rests.

    Three queries; one more while something rests.
    """
    if _rests:
        route = Notification.objects.filter(pk=pk).values_list("channel", "to_address").first()
        if route is not None and is_resting(*route, now):
            return False
    carriers: dict[str, Carrier] = {}
    try:
        return attempt(pk, now, carriers) != Outcome.NOT_MINE
    finally:
        close_all(carriers)


def attempt(pk: int, now: datetime, carriers: dict[str, Carrier]) -> Outcome:
    """Try to send one message whatever rests; ``carriers`` keeps connections open over a batch."""
    row = lease(pk, now)
    if row is None:
        return Outcome.NOT_MINE
    started = time.monotonic()
    try:
        if row.channel not in carriers:
            carriers[row.channel] = carrier_for(row.channel)
        carriers[row.channel].carry(row)
    except Undeliverable as error:
        give_up(row, str(error))
        return Outcome.SETTLED
    except ServerDown as error:
        put_off(row, str(error), now)
        _rest(row.channel, "", now, DOWN_REST)
        return Outcome.SERVER_DOWN
    except Exception as error:
        # A failure that nobody foresaw may name a person in its words: only its type is kept.
        if not isinstance(error, ChannelDown):
            where = traceback.extract_tb(error.__traceback__)[-1]
            logger.error(
                "Message %s (%s): %s in %s:%s", row.pk, row.kind, type(error).__name__, where.filename, where.lineno
            )
        put_off(row, str(error) if isinstance(error, ChannelDown) else type(error).__name__, now)
        if time.monotonic() - started >= SLOW_SECONDS:
            _rest(row.channel, domain_of(row.to_address), now, SLOW_REST)
        return Outcome.PUT_OFF
    _settle(row, state=State.SENT, sent_at=now, last_error="")
    return Outcome.SETTLED


def lease(pk: int, now: datetime) -> Notification | None:
    """Claim a due message for a while; None when it is not due or claimed by another.

    The condition is in the UPDATE itself, so two workers never both win. The text is loaded when it is asked for: one
    that cannot be decrypted is the carrier's failure.
    """
    until = now + timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS)
    claimed = Notification.objects.due(now).filter(pk=pk).update(leased_until=until, attempts=F("attempts") + 1)
    return Notification.objects.defer("body").get(pk=pk) if claimed else None


def put_off(row: Notification, error: str, now: datetime) -> None:
    """Try again later, each time after a longer pause, or give up after the last attempt."""
    if row.attempts >= settings.NOTIFICATION_MAX_ATTEMPTS:
        give_up(row, error)
        return
    pause = min(settings.NOTIFICATION_RETRY_SECONDS * 2 ** (row.attempts - 1), settings.NOTIFICATION_RETRY_SECONDS_MAX)
    _settle(row, not_before=now + timedelta(seconds=pause), last_error=_one_line(error))


def give_up(row: Notification, error: str) -> None:
    """Mark a message as failed; officers see that somebody must call the person."""
    logger.warning("Message %s (%s) failed for good after %s attempts", row.pk, row.kind, row.attempts)
    _settle(row, state=State.FAILED, last_error=_one_line(error))


def _one_line(error: str) -> str:
    """Return what a server said as a column takes it: no NUL, no control characters."""
    return "".join(ch if ch.isprintable() else " " for ch in error)[:300]


def _settle(row: Notification, **changes: object) -> None:
    # Only while waiting: a slow second sender must not turn a sent message back.
    Notification.objects.filter(pk=row.pk, state=State.WAITING).update(leased_until=None, **changes)


def domain_of(address: str) -> str:
    """Return what stands after the @, in lower case; empty for a phone number."""
    return address.rpartition("@")[2].lower() if "@" in address else ""


def _rest(channel: str, domain: str, now: datetime, length: timedelta) -> None:
    _rests[channel, domain] = (now + length, length)


def is_resting(channel: str, address: str, now: datetime) -> bool:
    """Tell whether this process leaves a channel or the domain of an address alone for a while."""
    for key in {(channel, ""), (channel, domain_of(address))}:
        until, length = _rests.get(key, (now, SLOW_REST))
        # One that ends later than it can was noted by a clock that has been set back.
        if now < until <= now + length:
            return True
        _rests.pop(key, None)
    return False


def sweep(now: datetime) -> int:
    """Deliver waiting messages whose time has come and that nobody holds; returns how many were tried.

    New messages and repeated ones take turns, and what rests is left out, so that nothing starves. Works through one
    batch over shared connections and stops after ``NOTIFICATION_SWEEP_BUDGET_SECONDS``; what is left waits for the
    next sweep.
    """
    started = time.monotonic()
    carriers: dict[str, Carrier] = {}
    tried = 0
    try:
        for pk, channel, address in batch(now):
            spent = time.monotonic() - started
            if spent > settings.NOTIFICATION_SWEEP_BUDGET_SECONDS:
                break
            moment = now + timedelta(seconds=int(spent))
            if is_resting(channel, address, moment):
                continue
            try:
                tried += attempt(pk, moment, carriers) != Outcome.NOT_MINE
            except Exception as error:
                # Not even its failure could be written; its lease runs out by itself.
                tried += 1
                logger.error("Message %s cannot be settled: %s", pk, type(error).__name__)
    finally:
        close_all(carriers)
    return tried


def batch(now: datetime) -> Iterator[tuple[int, str, str]]:
    """Yield (pk, channel, address) of due messages: in turns one never tried and one tried before, oldest first."""
    due: NotificationQuerySet = Notification.objects.due(now)
    for channel, domain in list(_rests):
        if is_resting(channel, f"@{domain}", now):
            due = due.exclude(channel=channel, **({"to_address__iendswith": f"@{domain}"} if domain else {}))
    size = settings.NOTIFICATION_SWEEP_BATCH
    routes = due.order_by("not_before", "id").values_list("pk", "channel", "to_address")
    turns = zip_longest(routes.filter(attempts=0)[:size], routes.filter(attempts__gt=0)[:size])
    yield from [route for route in chain.from_iterable(turns) if route is not None][:size]


def close_all(carriers: dict[str, Carrier]) -> None:
    """Close every carrier of a batch."""
    for carrier in carriers.values():
        try:
            carrier.close()
        except Exception as error:
            logger.warning("A connection could not be closed: %s", type(error).__name__)


def watch(now: datetime) -> None:
    """Tell administrators when messages do not leave, and when they do again; free what a wrong clock postponed."""
    waiting = Notification.objects.filter(state=State.WAITING)
    # No pause and no lease is as long: these times were written while the clock was ahead.
    latest = now + timedelta(seconds=settings.NOTIFICATION_RETRY_SECONDS_MAX) + OVERDUE
    waiting.filter(not_before__gt=latest).update(not_before=now)
    waiting.filter(leased_until__gt=now + timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS) + OVERDUE).update(
        leased_until=None
    )
    stuck = waiting.filter(Q(not_before__lt=now - OVERDUE) | Q(created_at__lt=now - STUCK))
    found = stuck.aggregate(count=Count("pk"), oldest=Min("created_at"))
    if found["count"]:
        detail = f"{found['count']} × since {found['oldest'].isoformat(timespec='minutes')}"
        alerts.raise_alert(AlertKind.MAIL_STUCK, now=now, detail=detail)
    else:
        alerts.clear_alert(AlertKind.MAIL_STUCK)
