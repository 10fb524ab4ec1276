"""What providers send: verified, kept, acted on, answered; the same message twice acts once."""

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import DatabaseError

from common import broker

from ..models import EventChannel, ProviderEvent
from ..providers import provider
from ..providers.base import Answer, NotGenuine
from . import settling
from .events import keep

logger = logging.getLogger(__name__)


def take(key: str, params: Mapping[str, str], body: bytes, now: datetime) -> Answer:
    """Take a provider's notification and return what becomes of it; about 25 queries when money came.

    The message is kept in a transaction of its own before it is acted on: what fails leaves its evidence. A hint,
    which has to be asked about, is acknowledged and left to the worker. What is not genuine writes nothing.
    """
    try:
        notice = provider(key).parse_notification(params, body)
    except NotGenuine:
        return Answer.NOT_GENUINE
    try:
        event = keep(key, EventChannel.NOTIFICATION, notice, now)
        if notice.state is None:
            broker.nudge("payments.tasks.hear_hint", event.pk, expires=60)
            return Answer.TAKEN
        answer = settling.apply(notice.state, now=now).answer
        ProviderEvent.objects.filter(pk=event.pk, handled_at=None).update(handled_at=now, answer=answer)
    except DatabaseError as error:
        logger.error("A notification of %s failed: %s", key, type(error).__name__)
        return Answer.ERROR
    return answer
