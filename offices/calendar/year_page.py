"""A year of the calendar as months of weeks, for the page that shows it."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from ..models import DayKind, Holiday

# One letter in the cell of a day; the legend and the list say it in words.
LETTERS: dict[str, Any] = {
    DayKind.OFF: pgettext_lazy("letter of a day off", "O"),
    DayKind.MORNING_OFF: pgettext_lazy("letter of a morning off", "M"),
    DayKind.AFTERNOON_OFF: pgettext_lazy("letter of an afternoon off", "A"),
    DayKind.WORKING: pgettext_lazy("letter of a working day instead", "W"),
    DayKind.RECEIVING: pgettext_lazy("letter of a day that only receives", "R"),
    DayKind.COUNTING: pgettext_lazy("letter of a day that only counts", "C"),
}
WEEKDAYS = (
    (pgettext_lazy("short weekday", "Mo"), gettext_lazy("Monday")),
    (pgettext_lazy("short weekday", "Tu"), gettext_lazy("Tuesday")),
    (pgettext_lazy("short weekday", "We"), gettext_lazy("Wednesday")),
    (pgettext_lazy("short weekday", "Th"), gettext_lazy("Thursday")),
    (pgettext_lazy("short weekday", "Fr"), gettext_lazy("Friday")),
    (pgettext_lazy("short weekday", "Sa"), gettext_lazy("Saturday")),
    (pgettext_lazy("short weekday", "Su"), gettext_lazy("Sunday")),
)


@dataclass(frozen=True)
class Cell:
    """One day of a month; ``number`` 0 is a box of another month."""

    number: int
    kind: str = ""
    letter: Any = ""
    name: str = ""
    is_closed: bool = False
    is_today: bool = False


@dataclass(frozen=True)
class Month:
    """A month with its weeks from Monday."""

    number: int
    weeks: list[list[Cell]]


def months(year: int, days: Mapping[date, Holiday], open_weekdays: set[int], today: date) -> list[Month]:
    """Return the twelve months; ``open_weekdays`` are those on which the desk opens."""
    return [
        Month(
            number,
            [
                [_cell(day, number, days, open_weekdays, today) for day in week]
                for week in calendar.Calendar().monthdatescalendar(year, number)
            ],
        )
        for number in range(1, 13)
    ]


def _cell(day: date, month: int, days: Mapping[date, Holiday], open_weekdays: set[int], today: date) -> Cell:
    if day.month != month:
        return Cell(0)
    row = days.get(day)
    return Cell(
        day.day,
        row.kind if row else "",
        LETTERS[row.kind] if row else "",
        row.name if row else "",
        row is None and day.weekday() not in open_weekdays,
        day == today,
    )


def winning(rows: Iterable[Holiday], order: list[int | None]) -> dict[date, Holiday]:
    """Return the row that counts for each day: later units of ``order`` win over earlier ones."""
    rank = {unit_id: n for n, unit_id in enumerate(order)}
    fitting = [row for row in rows if row.unit_id in rank]
    return {row.day: row for row in sorted(fitting, key=lambda row: rank[row.unit_id])}
