"""The time that figures are of: a month, a quarter, a year so far, or any; read from a query string."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.utils.translation import gettext as _

from common.values import partial_date

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From a local day until another, both included."""

    since: date
    until: date

    @classmethod
    def read(cls, values: Mapping[str, Any], today: date, *, by_months: bool) -> Self:
        """Read ``since`` and ``until``, in whatever order; the year so far where nothing fits.

        ``by_months``: only whole months. From figures of two periods that differ by a day, a day's could be found.
        """
        first, last = _span(values.get("since")), _span(values.get("until"))
        since = first[0] if first else date((last[1] if last else today).year, 1, 1)
        until = last[1] if last else (first[1] if first else today)
        since, until = min(since, until), max(since, until)
        if by_months:
            since, until = since.replace(day=1), month_end(until)
        return cls(since, min(until, max(today, since)))

    @property
    def is_whole(self) -> bool:
        """Whether it begins with a month."""
        return self.since.day == 1

    def words(self) -> str:
        """Return the period in words: a month, a quarter, a year, or from when until when."""
        year, is_to_end = self.since.year, self.until == month_end(self.until)
        months = self.until.month - self.since.month + 1 if year == self.until.year else 0
        if self.is_whole and months == 1 and is_to_end:
            return _("%(month)d/%(year)d") % {"month": self.since.month, "year": year}
        if self.is_whole and months == 3 and self.since.month % 3 == 1 and is_to_end:
            return _("quarter %(quarter)d of %(year)d") % {"quarter": self.since.month // 3 + 1, "year": year}
        if self.is_whole and months == 12 and is_to_end:
            return _("the year %(year)d") % {"year": year}
        return _("%(since)s to %(until)s") % {"since": f"{self.since:%d/%m/%Y}", "until": f"{self.until:%d/%m/%Y}"}

    def fields(self) -> list[tuple[str, str]]:
        """Return what a link says to ask for the same."""
        if self.is_whole and self.until == month_end(self.until):
            return [("since", f"{self.since:%m/%Y}"), ("until", f"{self.until:%m/%Y}")]
        return [("since", f"{self.since:%d/%m/%Y}"), ("until", f"{self.until:%d/%m/%Y}")]


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY


def months(period: Period) -> list[date]:
    """Return the first days of the months that a period touches."""
    found, day = [], period.since.replace(day=1)
    while day <= period.until:
        found.append(day)
        day = month_end(day) + DAY
    return found


def usual(today: date) -> list[tuple[str, Period]]:
    """Return the periods that are asked for mostly, with their names."""
    month, quarter = today.replace(day=1), today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    last = (month - DAY).replace(day=1)
    year = date(today.year, 1, 1)
    return [
        (_("This month"), Period(month, today)),
        (_("Last month"), Period(last, month_end(last))),
        (_("This quarter"), Period(quarter, today)),
        (_("Year to date"), Period(year, today)),
        (_("Last year"), Period(date(today.year - 1, 1, 1), year - DAY)),
    ]


def _span(text: Any) -> tuple[date, date] | None:
    """Return the first and the last day of what somebody typed: a day, a month or a year; None for anything else."""
    try:
        parsed = partial_date.parse(str(text or "")[:40])
        first = date.fromisoformat((parsed + "-01-01")[:10])
    except ValueError:
        return None
    if not EARLIEST <= first <= LATEST:
        return None
    last = {4: date(first.year, 12, 31), 7: month_end(first)}.get(len(parsed), first)
    return first, last
