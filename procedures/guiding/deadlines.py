"""The last day on which something may be done, as the Civil Code counts (2015, articles 147 and 148)."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from common.kept import until_changed
from offices.models import DayKind, Holiday

from ..models import SpanUnit

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day and how many days are left until it, negative once it has passed."""

    day: date
    left: int


def deadline(start: date, amount: int, unit: str, today: date) -> Deadline | None:
    """Return until when a time runs that a day begins; None beyond the calendar.

    The first day does not count; a last day off moves to the next working day. One query when days off are not kept.
    """
    try:
        day = months_later(start, amount) if unit == SpanUnit.MONTHS else start + timedelta(days=amount)
        while _is_off(day):
            day += timedelta(days=1)
    except (OverflowError, ValueError):
        return None
    return Deadline(day, (day - today).days)


def months_later(start: date, months: int) -> date:
    """Return the same day of a later month, an earlier one below 0; its last day where that month is shorter."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _is_off(day: date) -> bool:
    kind = _kinds_of_days().get(day)
    return not DayKind(kind).counts if kind else day.weekday() >= SATURDAY


@until_changed(Holiday)
def _kinds_of_days() -> Mapping[date, str]:
    """Return the days that differ from their weekday for all units. One query when they are not kept."""
    return MappingProxyType(dict(Holiday.objects.filter(unit=None).values_list("day", "kind")))
