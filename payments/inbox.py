"""What providers send: verified, kept, acted on, answered; the same message twice acts once."""

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpResponse

from . import settling
from .models import EventChannel, ProviderEvent
from .providers import provider
from .providers.base import Answer, NotGenuine, Notice

logger = logging.getLogger(__name__)


def take(key: str, params: Mapping[str, str], body: bytes, now: datetime) -> HttpResponse:
    """Take a provider's notification and return the answer in its own words; about 25 queries when money came.

    The message is kept in a transaction of its own before it is acted on: what fails leaves its evidence. A hint,
    which has to be asked about, is acknowledged and left to the worker.
    """
    spoken = provider(key)
    try:
        notice = spoken.parse_notification(params, body)
    except NotGenuine:
        logger.warning("A notification of %s is not genuine", key)
        return spoken.acknowledge(Answer.NOT_GENUINE)
    try:
        event = keep(key, EventChannel.NOTIFICATION, notice, now)
        if notice.state is None:
            return spoken.acknowledge(Answer.TAKEN)
        answer = settling.apply(notice.state, now=now).answer
        ProviderEvent.objects.filter(pk=event.pk, handled_at=None).update(handled_at=now, answer=answer)
    except DatabaseError as error:
        logger.error("A notification of %s failed: %s", key, type(error).__name__)
        return spoken.acknowledge(Answer.ERROR)
    return spoken.acknowledge(answer)


def keep(key: str, channel: EventChannel, notice: Notice, now: datetime) -> ProviderEvent:
    """Keep a message; one that came before only counts. Two or three queries."""
    text = json.dumps(notice.payload, sort_keys=True, separators=(",", ":"))
    dedupe_key = hashlib.sha256(f"{channel}|{text}".encode()).hexdigest()
    with transaction.atomic():
        event, is_new = ProviderEvent.objects.get_or_create(
            provider=key,
            dedupe_key=dedupe_key,
            defaults={
                "channel": channel,
                "ref": notice.ref[:100],
                "payload": notice.payload,
                "is_genuine": True,
                "at": now,
                "last_at": now,
            },
        )
        if not is_new:
            ProviderEvent.objects.filter(pk=event.pk).update(repeats=F("repeats") + 1, last_at=now)
    return event
