"""Everything a provider says, kept once before it is acted on."""

import hashlib
import json
from datetime import datetime

from django.db import transaction
from django.db.models import F

from ..models import EventChannel, ProviderEvent
from ..providers.base import Notice


def keep(provider_key: str, channel: EventChannel, notice: Notice, now: datetime, *, key: str = "") -> ProviderEvent:
    """Keep a message; one that came before only counts. Two or three queries.

    ``key`` tells it from others; without one its whole content does.
    """
    key = key or json.dumps(notice.payload, sort_keys=True, separators=(",", ":"))
    with transaction.atomic():
        event, is_new = ProviderEvent.objects.get_or_create(
            provider=provider_key,
            dedupe_key=dedupe_key(channel, key),
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


def dedupe_key(channel: EventChannel, key: str) -> str:
    """Return the 64 characters under which a message is kept once."""
    return hashlib.sha256(f"{channel}|{key}".encode()).hexdigest()
