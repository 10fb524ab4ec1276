"""Spans of time between two answers: which days a date may mean, and so many days, months or years after one."""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any

from common.values import partial_date

UNITS = ("days", "months", "years")
MAX_SPAN = 40_000


def iso_of(value: Any) -> str:
    """Return the date that an answer tells: a date, or a person's birth; '' for none."""
    return str(value.get("birth", "") if isinstance(value, Mapping) else value or "")


def days_of(value: Any) -> tuple[date, date] | None:
    """Return the first and the last day that an answer may mean; None when it tells no date."""
    iso = iso_of(value)
    return (partial_date.earliest(iso), partial_date.latest(iso)) if iso else None


def shifted(day: date, amount: int, unit: str) -> date:
    """Return the day so many days, months or years later, at most the last of the calendar.

    The 31st is followed by the last day of a shorter month.
    """
    if unit == "days":
        return date.fromordinal(min(day.toordinal() + amount, date.max.toordinal()))
    months = day.year * 12 + day.month - 1 + amount * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def years_between(born: date, day: date) -> int:
    """Return the completed years of age on a day; negative before the birth."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
