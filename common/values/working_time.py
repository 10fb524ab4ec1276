"""Working-time arithmetic: pure functions over the opening hours and days off of an office.

Moments are aware datetimes; opening hours are local times of Asia/Ho_Chi_Minh,
which has no daylight saving. A stretch is open from its first minute up to and
excluding its last, but a due time may fall on the last one: work that takes all
afternoon is due when the desk closes. A year whose days off have not been
entered raises :class:`YearNotEntered`; it is never taken as free of holidays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from ..clock import LOCAL, local_day

# How a day differs from its weekday; the words of the days-off table.
OFF = "off"
MORNING_OFF = "morning_off"
AFTERNOON_OFF = "afternoon_off"
WORKING = "working"

NOON = time(12)
FRIDAY = 4
# Civil status services without a term are solved the same day unless received later than this.
SAME_DAY_UNTIL = time(15)
DAY = timedelta(days=1)

Stretch = tuple[time, time]
Interval = tuple[datetime, datetime]


class CalendarError(ValueError):
    """Working time cannot be counted with this calendar."""


class YearNotEntered(CalendarError):
    """The days off of a year have not been entered yet."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the days off of {year} have not been entered")
        self.year = year


class NeverOpen(CalendarError):
    """The office has no opening hours."""


@dataclass(frozen=True)
class OfficeCalendar:
    """When an office is open.

    ``hours`` has seven entries from Monday, each a tuple of (opens, closes) in
    order; ``days`` says how single days differ (:data:`OFF`,
    :data:`MORNING_OFF`, :data:`AFTERNOON_OFF`, :data:`WORKING`); ``years`` are
    the years whose days off have been entered. Raises NeverOpen without hours.
    """

    hours: tuple[tuple[Stretch, ...], ...]
    days: Mapping[date, str] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not any(self.hours):
            raise NeverOpen("the office has no opening hours")

    def stretches(self, day: date) -> tuple[Stretch, ...]:
        """Return the local opening times of a day; empty on a day off. Raises YearNotEntered."""
        if day.year not in self.years:
            raise YearNotEntered(day.year)
        usual = self.hours[day.weekday()]
        kind = self.days.get(day)
        if kind is None:
            return usual
        if kind == OFF:
            return ()
        if kind == WORKING:
            # A make-up Saturday has the hours of a Friday.
            return usual or self.hours[FRIDAY]
        if kind == MORNING_OFF:
            return tuple((max(opens, NOON), closes) for opens, closes in usual if closes > NOON)
        return tuple((opens, min(closes, NOON)) for opens, closes in usual if opens < NOON)

    def is_working_day(self, day: date) -> bool:
        """Tell whether the office opens at all on a day. Raises YearNotEntered."""
        return bool(self.stretches(day))


def at(day: date, clock: time) -> datetime:
    """Return the moment of a local clock time on a day."""
    return datetime.combine(day, clock, tzinfo=LOCAL)


def _intervals(calendar: OfficeCalendar, day: date) -> Iterator[Interval]:
    """Yield the opening intervals from a day on, without end."""
    while True:
        for opens, closes in calendar.stretches(day):
            yield at(day, opens), at(day, closes)
        day += DAY


def is_open(calendar: OfficeCalendar, moment: datetime) -> bool:
    """Tell whether the office is open at a moment."""
    day = local_day(moment)
    return any(at(day, opens) <= moment < at(day, closes) for opens, closes in calendar.stretches(day))


def next_open(calendar: OfficeCalendar, moment: datetime) -> datetime:
    """Return the moment itself while open, else the next opening."""
    for opens, closes in _intervals(calendar, local_day(moment)):
        if moment < closes:
            return max(moment, opens).astimezone(LOCAL)
    raise AssertionError("unreachable: intervals never end")


def next_working_day(calendar: OfficeCalendar, day: date) -> date:
    """Return the first working day after a day."""
    day += DAY
    while not calendar.is_working_day(day):
        day += DAY
    return day


def closing(calendar: OfficeCalendar, day: date) -> datetime:
    """Return when the desk closes on a working day."""
    return at(day, calendar.stretches(day)[-1][1])


def clamp(calendar: OfficeCalendar, day: date, clock: time) -> datetime:
    """Return a clock time on a working day, moved into its desk hours.

    Before the first opening: the opening; in a break: its end; after closing: the closing.
    """
    stretches = calendar.stretches(day)
    for opens, closes in stretches:
        if clock <= closes:
            return at(day, max(opens, clock))
    return at(day, stretches[-1][1])


def add_working_time(calendar: OfficeCalendar, start: datetime, amount: timedelta) -> datetime:
    """Return the moment at which an amount of opening time has passed since ``start``."""
    left = amount
    for opens, closes in _intervals(calendar, local_day(start)):
        begin = max(start, opens)
        if begin >= closes:
            continue
        if begin + left <= closes:
            return (begin + left).astimezone(LOCAL)
        left -= closes - begin
    raise AssertionError("unreachable: intervals never end")


def add_working_hours(calendar: OfficeCalendar, start: datetime, hours: float) -> datetime:
    """Return the moment after so many desk hours."""
    return add_working_time(calendar, start, timedelta(hours=hours))


def add_working_days(calendar: OfficeCalendar, start: datetime, days: int) -> datetime:
    """Return the due time after so many working days, at the same clock time within desk hours.

    Day 1 is the working day after the start; a start outside opening hours counts from the next opening.
    """
    begin = next_open(calendar, start)
    day = local_day(begin)
    for _count in range(days):
        day = next_working_day(calendar, day)
    return clamp(calendar, day, begin.timetz().replace(tzinfo=None))


def add_calendar_days(calendar: OfficeCalendar, start: datetime, days: int) -> datetime:
    """Return the closing time of the last of so many calendar days; a last day off moves to the next working day.

    A term in days ends with its last day (Bộ luật Dân sự 2015, art. 148).
    """
    day = local_day(next_open(calendar, start)) + timedelta(days=days)
    if not calendar.is_working_day(day):
        day = next_working_day(calendar, day)
    return closing(calendar, day)


def same_day(calendar: OfficeCalendar, start: datetime) -> datetime:
    """Return the closing time of the day of reception, or of the next working day when received after 15:00."""
    begin = next_open(calendar, start)
    day = local_day(begin)
    if begin > at(day, SAME_DAY_UNTIL):
        day = next_working_day(calendar, day)
    return closing(calendar, day)


def working_time_between(calendar: OfficeCalendar, since: datetime, until: datetime) -> timedelta:
    """Return how long the office was open between two moments; nothing when they are not in order."""
    total = timedelta()
    if until <= since:
        return total
    last = local_day(until)
    day = local_day(since)
    while day <= last:
        for opens, closes in calendar.stretches(day):
            overlap = min(at(day, closes), until) - max(at(day, opens), since)
            total += max(overlap, timedelta())
        day += DAY
    return total


def working_days_between(calendar: OfficeCalendar, since: date, until: date) -> int:
    """Return the number of working days after ``since`` up to and including ``until``."""
    count = 0
    while since < until:
        since += DAY
        count += calendar.is_working_day(since)
    return count
