"""Carrying waiting messages out: lease, send, then mark.

A worker that dies between sending and marking sends again under the same
Message-ID; at least once is the promise.
"""

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from .channels import Carrier, ChannelDown, Refused, carrier_for
from .models import Notification, State

logger = logging.getLogger(__name__)


def deliver(pk: int, now: datetime, carriers: dict[str, Carrier] | None = None) -> bool:
    """Try to send one message; False when it is not due, done, or another worker has it.

    ``carriers`` keeps connections open over a batch. Three queries.
    """
    row = lease(pk, now)
    if row is None:
        return False
    own: dict[str, Carrier] = {} if carriers is None else carriers
    try:
        if row.channel not in own:
            own[row.channel] = carrier_for(row.channel)
        own[row.channel].carry(row)
    except Refused as error:
        give_up(row, str(error))
    except ChannelDown as error:
        put_off(row, str(error), now)
    else:
        _settle(row, state=State.SENT, sent_at=now, last_error="")
    finally:
        if carriers is None:
            close_all(own)
    return True


def lease(pk: int, now: datetime) -> Notification | None:
    """Claim a due message for a while; None when it is not due or claimed by another.

    The condition is in the UPDATE itself, so two workers never both win.
    """
    until = now + timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS)
    claimed = Notification.objects.due(now).filter(pk=pk).update(leased_until=until, attempts=F("attempts") + 1)
    return Notification.objects.get(pk=pk) if claimed else None


def put_off(row: Notification, error: str, now: datetime) -> None:
    """Try again later, each time after a longer pause, or give up after the last attempt."""
    if row.attempts >= settings.NOTIFICATION_MAX_ATTEMPTS:
        give_up(row, error)
        return
    pause = min(
        settings.NOTIFICATION_RETRY_SECONDS * 2 ** min(row.attempts - 1, 20),
        settings.NOTIFICATION_RETRY_SECONDS_MAX,
    )
    _settle(row, not_before=now + timedelta(seconds=pause), last_error=error[:300])


def give_up(row: Notification, error: str) -> None:
    """Mark a message as failed; officers see that somebody must call the person."""
    logger.warning("Message %s (%s) failed for good after %s attempts", row.pk, row.kind, row.attempts)
    _settle(row, state=State.FAILED, last_error=error[:300])


def _settle(row: Notification, **changes: object) -> None:
    # Only while waiting: a slow second sender must not turn a sent message back.
    Notification.objects.filter(pk=row.pk, state=State.WAITING).update(leased_until=None, **changes)


def sweep(now: datetime) -> int:
    """Deliver waiting messages whose time has come and that nobody holds; returns how many were tried.

    Works through one batch over shared connections and stops after
    ``NOTIFICATION_SWEEP_BUDGET_SECONDS``; what is left waits for the next sweep.
    """
    started = time.monotonic()
    carriers: dict[str, Carrier] = {}
    tried = 0
    waiting = Notification.objects.due(now).order_by("not_before", "id").values_list("pk", flat=True)
    try:
        for pk in list(waiting[: settings.NOTIFICATION_SWEEP_BATCH]):
            if time.monotonic() - started > settings.NOTIFICATION_SWEEP_BUDGET_SECONDS:
                break
            tried += deliver(pk, now, carriers)
    finally:
        close_all(carriers)
    return tried


def close_all(carriers: dict[str, Carrier]) -> None:
    """Close every carrier of a batch."""
    for carrier in carriers.values():
        carrier.close()
