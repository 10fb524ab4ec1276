"""Working-time arithmetic: pure functions over the opening hours and days off of an office.

Moments are aware datetimes; opening hours are local times of Asia/Ho_Chi_Minh,
which has no daylight saving. A stretch is open from its first minute up to and
excluding its last, but a due time may fall on the last one: work that takes all
afternoon is due when the desk closes. That the desk receives and that time counts
are two facts of a day: *open* here means that time counts; :meth:`OfficeCalendar.receiving`
says when the desk takes papers (a Saturday morning may do so without counting). A year whose days off have not been
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
RECEIVING = "receiving"
COUNTING = "counting"

NOON = time(12)
FRIDAY, SATURDAY = 4, 5
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
    order; ``only_receiving`` likewise, of those in which the desk receives and no time
    counts. ``days`` says how single days differ (:data:`OFF`, :data:`MORNING_OFF`,
    :data:`AFTERNOON_OFF`, :data:`WORKING`, :data:`RECEIVING`, :data:`COUNTING`),
    ``replaced`` which day a make-up day stands in for; ``years`` are the years whose days
    off have been entered. Raises NeverOpen without hours that count.
    """

    hours: tuple[tuple[Stretch, ...], ...]
    days: Mapping[date, str] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    only_receiving: tuple[tuple[Stretch, ...], ...] = ((),) * 7
    replaced: Mapping[date, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not any(self.hours):
            raise NeverOpen("the office has no opening hours")

    def stretches(self, day: date) -> tuple[Stretch, ...]:
        """Return the local times of a day that count; empty on a day that does not. Raises YearNotEntered."""
        kind = self._kind(day)
        if kind in (OFF, RECEIVING):
            return ()
        if kind in (WORKING, COUNTING):
            return self._full(day)
        return _part(self.hours[day.weekday()], kind)

    def receiving(self, day: date) -> tuple[Stretch, ...]:
        """Return the local times of a day at which the desk receives, counted or not. Raises YearNotEntered."""
        kind = self._kind(day)
        if kind in (OFF, COUNTING):
            return ()
        if kind == WORKING:
            return self._full(day)
        usual = tuple(sorted(self.hours[day.weekday()] + self.only_receiving[day.weekday()]))
        if kind == RECEIVING:
            return usual or _part(self.hours[FRIDAY], AFTERNOON_OFF)
        return _part(usual, kind)

    def is_working_day(self, day: date) -> bool:
        """Tell whether a day counts at all. Raises YearNotEntered."""
        return bool(self.stretches(day))

    def _kind(self, day: date) -> str:
        if day.year not in self.years:
            raise YearNotEntered(day.year)
        return self.days.get(day, "")

    def _full(self, day: date) -> tuple[Stretch, ...]:
        """Return full hours: of the day replaced; else its weekday's, on a weekend those of a Friday."""
        usual = self.hours[day.weekday()]
        if day in self.replaced and self.hours[self.replaced[day].weekday()]:
            return self.hours[self.replaced[day].weekday()]
        return usual if usual and day.weekday() < SATURDAY else self.hours[FRIDAY] or usual


def _part(usual: tuple[Stretch, ...], kind: str) -> tuple[Stretch, ...]:
    """Return the half of a day that is left of its hours; all of them unless a half is off."""
    if kind == MORNING_OFF:
        return tuple((max(opens, NOON), closes) for opens, closes in usual if closes > NOON)
    if kind == AFTERNOON_OFF:
        return tuple((opens, min(closes, NOON)) for opens, closes in usual if opens < NOON)
    return usual


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
    """Tell whether time counts at a moment."""
    day = local_day(moment)
    return any(at(day, opens) <= moment < at(day, closes) for opens, closes in calendar.stretches(day))


def is_receiving(calendar: OfficeCalendar, moment: datetime) -> bool:
    """Tell whether the desk receives at a moment, whether or not time counts then."""
    day = local_day(moment)
    return any(at(day, opens) <= moment < at(day, closes) for opens, closes in calendar.receiving(day))


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
    """Return the moment at which an amount of opening time has passed since ``start``.

    No time at all leaves a closing as it is: a due time stays on its day.
    """
    left = amount
    for opens, closes in _intervals(calendar, local_day(start)):
        begin = max(start, opens)
        if begin > closes or (begin == closes and left):
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
