"""The receiving units as the public pages show them."""

from collections.abc import Iterable
from datetime import time
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices.models import OpeningHours, Unit

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def unit_cards() -> list[dict[str, Any]]:
    """Return the units that receive dossiers with their opening hours in words. Two queries."""
    units = Unit.objects.receiving().prefetch_related("opening_hours").order_by("id")
    return [
        {"unit": unit, "phone_link": "".join(unit.phone.split()), "hours": hours_in_words(unit.opening_hours.all())}
        for unit in units
    ]


def hours_in_words(rows: Iterable[OpeningHours]) -> list[tuple[str, str]]:
    """Group neighbouring weekdays with the same hours: [('Monday to Friday', '7:00–11:30, 13:00–17:00')]."""
    by_day = {
        day: [(row.opens, row.closes) for row in stretches]
        for day, stretches in groupby(
            sorted(rows, key=lambda row: (row.weekday, row.opens)), key=lambda row: row.weekday
        )
    }
    groups: list[tuple[int, int, list[tuple[time, time]]]] = []
    for day, hours in by_day.items():
        if groups and groups[-1][1] == day - 1 and groups[-1][2] == hours:
            groups[-1] = (groups[-1][0], day, hours)
        else:
            groups.append((day, day, hours))
    return [
        (_days(first, last), ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in hours))
        for first, last, hours in groups
    ]


def _days(first: int, last: int) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    return _("%(first)s to %(last)s") % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}
