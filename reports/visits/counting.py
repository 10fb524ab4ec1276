"""Visits as a process counts them, and how they get into the database.

A process counts in memory and writes down what it counted some seconds after the first visit, by one statement a
day; so a process that is killed loses at most these seconds. Who is there now is known by a mark, a keyed hash of
address and browser whose key is random, changes every day and rests in the cache alone; marks are forgotten after
five minutes.
"""

import atexit
import hashlib
import hmac
import logging
import secrets
import threading
from collections import Counter
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection, connections

from common import clock

from ..models import VisitCount

logger = logging.getLogger(__name__)

ONLINE = timedelta(minutes=5)
# Beyond so many people at once the number is a lower bound.
MOST_MARKS = 20_000
MARKS, COUNT, KEY = "visits:marks", "visits:online", "visits:key:"
DAY_SECONDS = 24 * 3600


class Tally:
    """What one process has counted and not written down yet, and whom it saw in the last minutes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._days: Counter[date] = Counter()
        self._marks: dict[str, float] = {}
        self._key: tuple[date, str] | None = None
        self._timer: threading.Timer | None = None

    def count(self, visitor: str, now: datetime) -> None:
        """Count a page opened by somebody at an address with a browser. No query."""
        day = clock.local_day(now)
        with self._lock:
            self._days[day] += 1
            mark = hmac.new(self._key_of(day).encode(), visitor.encode(), hashlib.sha256).hexdigest()[:16]
            self._marks[mark] = now.timestamp()
            if len(self._marks) > 2 * MOST_MARKS:
                # Nothing is written down, or everybody comes at once.
                self._marks = _fresh(self._marks, now)
            if settings.VISIT_SECONDS and self._timer is None:
                self._timer = threading.Timer(settings.VISIT_SECONDS, self._run)
                self._timer.daemon = True
                self._timer.start()

    def flush(self, now: datetime) -> None:
        """Write down what was counted: one statement for each day, one for whoever is there now. Never raises."""
        with self._lock:
            days, self._days = self._days, Counter()
            self._marks = _fresh(self._marks, now)
            own = dict(self._marks)
        for day, count in days.items():
            try:
                _add(day, count)
            except Error as error:
                logger.warning("%d visits wait to be written down: %s", count, type(error).__name__)
                with self._lock:
                    self._days[day] += count
        # Two processes may write at once; whom that loses, the next writing brings back.
        marks = _fresh((cache.get(MARKS) or {}) | own, now)
        cache.set_many({MARKS: marks, COUNT: len(marks)}, ONLINE.total_seconds())

    def close(self) -> None:
        """Write down the rest before the process ends; no timer is left behind."""
        with self._lock:
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            self.flush(clock.now())

    def _run(self) -> None:
        with self._lock:
            self._timer = None
        try:
            self.flush(clock.now())
        finally:
            # The thread ends: its connection would stay open.
            connections.close_all()

    def _key_of(self, day: date) -> str:
        if self._key is None or self._key[0] != day:
            name = f"{KEY}{day:%Y%m%d}"
            made = secrets.token_hex(16)
            # Whoever comes first makes it for all processes; without a cache each has its own.
            self._key = day, made if cache.add(name, made, DAY_SECONDS) else cache.get(name) or made
        return self._key[1]


def online() -> int:
    """Return how many people opened a page within the last minutes, at least the one who asks. No query."""
    return max(cache.get(COUNT) or 0, 1)


def _fresh(marks: dict[str, float], now: datetime) -> dict[str, float]:
    oldest = (now - ONLINE).timestamp()
    found = {mark: at for mark, at in marks.items() if at >= oldest}
    if len(found) > MOST_MARKS:
        found = dict(sorted(found.items(), key=lambda item: -item[1])[:MOST_MARKS])
    return found


def _add(day: date, count: int) -> None:
    """Add to the row of a day, which is made when it is missing. One statement."""
    table = connection.ops.quote_name(VisitCount._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (day, count) VALUES (%s, %s) "
            f"ON CONFLICT (day) DO UPDATE SET count = {table}.count + EXCLUDED.count",
            [VisitCount._meta.pk.get_db_prep_save(day, connection), count],
        )


tally = Tally()
atexit.register(tally.close)
