"""Tasks note that their worker lives; administrators see which queue nobody serves (common/heartbeat.py)."""

import logging
import time
from typing import Any

from celery import Task
from django.db import Error

from common import clock, heartbeat

logger = logging.getLogger(__name__)

# Often enough for common/heartbeat.py, seldom enough to cost nothing.
NOTED_SECONDS = 30
_noted: dict[str, float] = {}


class LivingTask(Task):
    """A task whose start is a sign of life of the worker that serves its queue."""

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Note the sign of life; called by workers only."""
        note_life((self.request.delivery_info or {}).get("routing_key", ""))


def note_life(queue: str) -> None:
    """Note that a worker serves a queue; a database that is away stops no task. One query in half a minute."""
    if queue not in heartbeat.QUEUES or time.monotonic() - _noted.get(queue, -NOTED_SECONDS) < NOTED_SECONDS:
        return
    _noted[queue] = time.monotonic()
    try:
        heartbeat.note(queue, clock.now())
    except Error as error:
        logger.warning("A sign of life cannot be noted: %s", type(error).__name__)
