"""Scheduler of the periodic tasks that a wrong system clock does not stop."""

import time
from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler
from celery.utils.log import get_logger
from celery.utils.time import maybe_make_aware

logger = get_logger(__name__)

# Small corrections of a clock are no news.
SLACK = timedelta(seconds=60)


class Scheduler(PersistentScheduler):
    """Celery's scheduler, but a run noted in the future counts as a run of now.

    Celery waits until the noted time has come: a clock that was a year ahead for a minute would stop every task for a
    year, in the running process and, through the schedule's file, after each restart.
    """

    _ahead: float | None = None

    def setup_schedule(self) -> None:
        super().setup_schedule()
        if self.forget_the_future():
            self.sync()

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Run what is due, with the waiting times computed anew after the clock was set."""
        ahead = time.time() - time.monotonic()
        if self._ahead is None or abs(ahead - self._ahead) > SLACK.total_seconds():
            self.forget_the_future()
            self._heap = None
            self._ahead = ahead
        return super().tick(*args, **kwargs)

    def forget_the_future(self) -> int:
        """Set last runs that lie in the future to now; returns how many did."""
        found = 0
        for entry in self.schedule.values():
            now = maybe_make_aware(entry.default_now())
            if maybe_make_aware(entry.last_run_at) > now + SLACK:
                entry.last_run_at = now
                found += 1
        if found:
            logger.warning("The clock was set back: %d tasks are timed anew", found)
        return found
