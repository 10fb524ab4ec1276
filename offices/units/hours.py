"""Opening hours in words, and read from words."""

import re
from collections.abc import Iterable
from datetime import time
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.text import plain

from ..models import OpeningHours, Unit

SUNDAY = 6
_GROUP = re.compile(r"^(?:T(?:hứ)?\s*)?([2-7]|CN)(?:\s*[-–]\s*(?:T(?:hứ)?\s*)?([2-7]|CN))?\s*:?\s+(.+)$", re.IGNORECASE)
_STRETCH = re.compile(r"^(\d{1,2})(?::(\d{2}))?\s*[-–]\s*(\d{1,2})(?::(\d{2}))?(\s+\(?không tính\)?)?$")


def hours_lines(hours: Iterable[OpeningHours]) -> list[str]:
    """Return lines such as 'Thứ 2–6: 7:00–11:30, 13:00–17:00', days with equal hours together."""
    by_day: dict[int, list[str]] = {}
    for stretch in sorted(hours, key=lambda row: (row.weekday, row.opens)):
        times = f"{_clock(stretch.opens)}–{_clock(stretch.closes)}"
        text = times if stretch.counts else _("%(times)s (receives only)") % {"times": times}
        by_day.setdefault(stretch.weekday, []).append(text)
    days = [(day, ", ".join(stretches)) for day, stretches in by_day.items()]
    if len(days) == 7 and len({text for _day, text in days}) == 1:
        return [_("Every day: %(times)s") % {"times": days[0][1]}]
    lines = []
    # Neighbouring days with the same hours share the same distance between day and position.
    for _key, run in groupby(
        enumerate(days), key=lambda item: (item[1][0] - item[0], item[1][1], item[1][0] == SUNDAY)
    ):
        members = [day for _position, day in run]
        lines.append(_line(members[0][0], members[-1][0], members[0][1]))
    return lines


def parse_hours(text: str) -> list[OpeningHours]:
    """Return unsaved hours from 'T2-T6 7:00-11:30, 13:00-17:00; T7 7:00-11:30'.

    Days are T2 (Monday) to T7 and CN (Sunday). What is followed by 'không tính' does not count in
    terms. Raises ValueError with a sentence that names the part that cannot be read.
    """
    rows: dict[int, list[OpeningHours]] = {}
    for group in filter(None, (part.strip() for part in plain(text).split(";"))):
        match = _GROUP.match(group)
        if match is None:
            raise ValueError(_("Cannot read the opening hours “%(part)s”.") % {"part": group})
        first = _weekday(match[1])
        last = _weekday(match[2]) if match[2] else first
        stretches = [_stretch(part.strip()) for part in match[3].split(",")]
        if last < first or any(later[0] < earlier[1] for earlier, later in zip(stretches, stretches[1:], strict=False)):
            raise ValueError(_("The opening hours “%(part)s” are not in order.") % {"part": group})
        for day in range(first, last + 1):
            if day in rows:
                raise ValueError(_("The opening hours name a day twice: “%(part)s”.") % {"part": group})
            rows[day] = [
                OpeningHours(weekday=day, opens=opens, closes=closes, counts=counts)
                for opens, closes, counts in stretches
            ]
    if not rows:
        raise ValueError(_("Write the opening hours, for example T2-T6 7:00-11:30, 13:00-17:00."))
    return [row for day in sorted(rows) for row in rows[day]]


def set_hours(unit: Unit, rows: Iterable[OpeningHours]) -> None:
    """Replace the hours of a unit; call inside a transaction."""
    unit.opening_hours.all().delete()
    OpeningHours.objects.bulk_create(
        [
            OpeningHours(unit=unit, weekday=row.weekday, opens=row.opens, closes=row.closes, counts=row.counts)
            for row in rows
        ]
    )


def _together(position: int, day: int, times: str) -> tuple[int, str, bool]:
    return day - position, times, day == SUNDAY


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02}"


def _line(first: int, last: int, times: str) -> str:
    if first == SUNDAY:
        return _("Sunday: %(times)s") % {"times": times}
    days = _short_day(first) if first == last else f"{_short_day(first)}–{_short_day(last)}"
    return pgettext("opening hours", "%(days)s: %(times)s") % {"days": days, "times": times}


def _short_day(day: int) -> str:
    return [
        pgettext("opening hours", "Mon"),
        pgettext("opening hours", "Tue"),
        pgettext("opening hours", "Wed"),
        pgettext("opening hours", "Thu"),
        pgettext("opening hours", "Fri"),
        pgettext("opening hours", "Sat"),
    ][day]


def _weekday(text: str) -> int:
    return SUNDAY if text.upper() == "CN" else int(text) - 2


def _stretch(text: str) -> tuple[time, time, bool]:
    match = _STRETCH.match(text)
    try:
        if match is None:
            raise ValueError
        opens = time(int(match[1]), int(match[2] or 0))
        closes = time(int(match[3]), int(match[4] or 0))
        if closes <= opens:
            raise ValueError
    except ValueError as error:
        raise ValueError(_("Cannot read the opening hours “%(part)s”.") % {"part": text}) from error
    return opens, closes, match[5] is None
