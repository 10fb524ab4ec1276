"""What indicators ask of ratings and of feedback; None means that it is not measured."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Answered:
    """Feedback whose answer was due in a time: ``on_time`` of ``whole``; how many are ``overdue`` and unanswered."""

    on_time: int
    whole: int
    overdue: int = 0


@dataclass(frozen=True)
class Rated:
    """Dossiers that were rated in a time, and how many of them by somebody dissatisfied."""

    whole: int
    dissatisfied: int


def feedback(unit_ids: Collection[int] | None, first: date, last: date) -> Answered | None:
    """Return how feedback of units (None: of all) was answered in a time; None where it is not measured."""
    return None


def ratings(unit_ids: Collection[int] | None, first: date, last: date) -> Rated | None:
    """Return how dossiers of units (None: of all) were rated in a time; None where it is not measured."""
    return None
