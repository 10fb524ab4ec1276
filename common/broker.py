"""Waking the worker after a commit, without ever waiting for a broker that is away."""

import logging
import time
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)

# After a failed nudge this process leaves the broker alone for a while: sweeps find the rows.
_rests_until = 0.0


def wake(task: str, pk: int, *, expires: int | None = None) -> None:
    """Send the task of this name with one id once the caller's transaction has committed.

    After ``expires`` seconds in the queue it is dropped. The name, not the task: what is woken imports what wakes it.
    """
    transaction.on_commit(partial(nudge, task, pk, expires=expires))


def nudge(task: str, pk: int, *, expires: int | None = None) -> None:
    """Send a task with one id now, unless the broker failed within ``BROKER_REST_SECONDS``; never raises."""
    global _rests_until
    if time.monotonic() < _rests_until:
        return
    try:
        current_app.send_task(task, (pk,), expires=expires, ignore_result=True)
    except Exception as error:  # Whatever a broker's client raises: the row waits for the sweep.
        _rests_until = time.monotonic() + settings.BROKER_REST_SECONDS
        logger.warning("The broker is down, %s %s waits for the sweep: %s", task, pk, type(error).__name__)
