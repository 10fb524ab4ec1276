"""The calendar of a unit, read from its opening hours and the days off."""

from collections.abc import Iterable
from datetime import date, datetime
from types import MappingProxyType

from django.db.models import Q

from common.clock import local_day
from common.kept import until_changed
from common.values.working_time import NeverOpen, OfficeCalendar, Stretch, YearNotEntered

from ..models import CalendarYear, Holiday, OpeningHours, Unit

__all__ = ["NeverOpen", "OfficeCalendar", "YearNotEntered", "calendar_of", "missing_years"]

# Terms run for months at most; rows of far years are not read.
YEARS_BEFORE, YEARS_AFTER = 2, 3
# From this month on the next year is missed as well: terms begin to reach into it.
NEXT_YEAR_FROM = 10


def calendar_of(unit: Unit, *, around: datetime) -> OfficeCalendar:
    """Return when a unit is open in the years around a moment; three queries when it is not kept.

    A department without hours of its own has those of the unit above it; a day
    entered for the unit wins over the same day entered for all. Raises
    ``NeverOpen`` when there are no hours. Counting through a year that has not
    been entered raises ``YearNotEntered`` later, when it is reached.
    """
    return _calendar(unit.pk, unit.parent_id, local_day(around).year)


@until_changed(OpeningHours, Holiday, CalendarYear)
def _calendar(unit: int, parent: int | None, year: int) -> OfficeCalendar:
    family = [pk for pk in (unit, parent) if pk is not None]
    hours = list(OpeningHours.objects.filter(unit__in=family).order_by("weekday", "opens"))
    hours = [row for row in hours if row.unit_id == unit] or hours
    holidays = Holiday.objects.filter(
        Q(unit=None) | Q(unit__in=family), day__year__gte=year - YEARS_BEFORE, day__year__lte=year + YEARS_AFTER
    )
    rank = {None: 0, parent: 1, unit: 2} if parent else {None: 0, unit: 2}
    days = {row.day: row for row in sorted(holidays, key=lambda row: rank[row.unit_id])}
    return OfficeCalendar(
        _week(row for row in hours if row.counts),
        MappingProxyType({day: row.kind for day, row in days.items()}),
        _entered_years(),
        _week(row for row in hours if not row.counts),
        MappingProxyType({day: row.replaces for day, row in days.items() if row.replaces is not None}),
    )


def _week(hours: Iterable[OpeningHours]) -> tuple[tuple[Stretch, ...], ...]:
    week: list[list[Stretch]] = [[] for _weekday in range(7)]
    for row in hours:
        week[row.weekday].append((row.opens, row.closes))
    return tuple(tuple(stretches) for stretches in week)


@until_changed(CalendarYear)
def _entered_years() -> frozenset[int]:
    return frozenset(CalendarYear.objects.values_list("year", flat=True))


def missing_years(day: date) -> list[int]:
    """Return the years whose days off should have been entered by a local day and have not: a fault to show.

    That is the present year, and from October on the next one. One query when they are not kept.
    """
    wanted = [day.year, day.year + 1] if day.month >= NEXT_YEAR_FROM else [day.year]
    entered = _entered_years()
    return [year for year in wanted if year not in entered]
