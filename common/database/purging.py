"""Clean-ups that delete by age have a measure: far more than usual stops them and becomes an alert.

A wrong clock or a database put back from an old copy makes everything look old. So a clean-up first says how much
would go out of how much there is, and deletes only when that is a usual share, or when an administrator has agreed
(``manage.py purge --yes``). Each package registers its own in ``AppConfig.ready()``.

Not measured, because nothing that somebody would miss goes with them: counters of tries, answered questions, ended
sessions, files between dry run and import, alerts that were acknowledged, and what is computed anew.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import clock
from ..alerts import clear_alert, raise_alert
from ..models import AlertKind

logger = logging.getLogger(__name__)

# A few may always go; up to half of a small table, and never fewer than these of a larger one.
FEW, LEAST = 3, 20
# The share of a large table that ends in one night.
PART = 0.2
# Clocks of two machines that are looked after differ by seconds.
APART = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Due:
    """What a clean-up would delete: ``count`` of ``standing``, ``part`` of which is usual, and how to do it."""

    count: int
    standing: int
    delete: Callable[[], int]
    part: float = PART

    @property
    def usual(self) -> int:
        """How many may go in one night: 3 of 4, 5 of 10, 20 of 40 to 100, then a fifth (or ``part``)."""
        return int(max(FEW, min(LEAST, self.standing / 2), self.standing * self.part))

    @property
    def is_usual(self) -> bool:
        """Whether no more would go than on other nights."""
        return self.count <= self.usual


Look = Callable[[datetime], Due]
_looks: dict[str, Look] = {}


class ClocksDiffer(Exception):
    """The clock of this process and that of the database are too far apart to tell what is old."""


def register(name: str, look: Look) -> None:
    """Add a clean-up under the name that alerts and the command call it by."""
    _looks[name] = look


def names() -> list[str]:
    """Return the names of all clean-ups."""
    return sorted(_looks)


def looks(now: datetime) -> Iterator[tuple[str, Due]]:
    """Yield what each clean-up would delete."""
    for name in names():
        yield name, _looks[name](now)


def run(name: str, now: datetime) -> int:
    """Delete what is due; returns how many. Deletes nothing and raises an alert when that is no usual share."""
    try:
        check_clocks(now)
    except ClocksDiffer as difference:
        return _stopped(name, str(difference), now)
    due = _looks[name](now)
    if not due.is_usual:
        return _stopped(name, f"{due.count} of {due.standing} would go, {due.usual} are usual", now)
    return _done(name, due)


def _stopped(name: str, why: str, now: datetime) -> int:
    raise_alert(AlertKind.MASS_DELETION, name, now=now, detail=why)
    return 0


def run_agreed(name: str, now: datetime) -> int:
    """Delete what is due, however much it is, and take the alert away; raises ClocksDiffer."""
    check_clocks(now)
    removed = _done(name, _looks[name](now))
    clear_alert(AlertKind.MASS_DELETION, name)
    return removed


def _done(name: str, due: Due) -> int:
    removed = due.delete()
    if removed:
        logger.info("Clean-up %s: %d of %d went", name, removed, due.standing)
    return removed


def check_clocks(now: datetime) -> None:
    """Compare a moment of this process with the database's; raises ClocksDiffer. One query.

    An embedded database has the clock of the process.
    """
    apart = abs(clock.recorded_now() - now)
    if apart > APART:
        raise ClocksDiffer(f"the clocks of this process and of the database differ by {apart}")
