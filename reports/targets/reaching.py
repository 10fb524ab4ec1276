"""How far each unit has come with its targets, where it is heading, and who has met them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from common.text import digits_in, in_order
from offices.models import Unit

from ..models import DailyFigure, Measure, Target
from ..statistics.asking import Options
from ..statistics.figures import CAME
from ..statistics.withholding import LEAST

FIRST_YEAR, LAST_YEAR = 2000, 2099
# From fewer days of a year nothing follows.
FIRST_DAYS = 28


@dataclass(frozen=True)
class Progress:
    """One target and how it stands: ``value`` so far; ``forecast`` at the year's end, None where nothing can be said.

    A count is forecast at the pace so far. A share is what it is: its forecast is its value.
    """

    target: Target
    value: int
    forecast: int | None
    is_over: bool
    # So few dossiers that the public is not told the number.
    is_small: bool = False

    @property
    def is_met(self) -> bool:
        """Whether so much has been reached: a count for good, a share as it now stands."""
        return self.value >= self.target.value

    @property
    def is_on_course(self) -> bool:
        """Whether the forecast reaches it."""
        return self.forecast is not None and self.forecast >= self.target.value

    @property
    def is_share(self) -> bool:
        """Whether it is told in percent."""
        return self.target.measure == Measure.SHARE


@dataclass(frozen=True)
class UnitProgress:
    """A unit with all its targets of a year."""

    unit: Unit
    rows: list[Progress]

    @property
    def is_met(self) -> bool:
        """Whether it meets every one."""
        return all(row.is_met for row in self.rows)


@dataclass(frozen=True)
class Reached:
    """The units that have targets in a year, by name."""

    units: list[UnitProgress]

    @property
    def met(self) -> int:
        """How many meet all of theirs."""
        return sum(each.is_met for each in self.units)

    @property
    def names(self) -> str:
        """Which ones, in a row."""
        return ", ".join(each.unit.name for each in self.units if each.is_met)


def reached(year: int, today: date, units: Iterable[int] | None = None) -> Reached:
    """Return how the targets of a year stand on a day, of these units or of all. Three queries.

    What the units below a unit received counts for it.
    """
    wanted = Target.objects.filter(year=year).select_related("unit").order_by("unit", "level", "measure")
    if units is not None:
        wanted = wanted.filter(unit__in=list(units))
    targets = list(wanted)
    options = Options(list(Unit.objects.order_by("pk")), ())
    came = _came(year)
    by_unit: dict[int, list[Target]] = {}
    for target in targets:
        by_unit.setdefault(target.unit_id, []).append(target)
    found = [
        UnitProgress(rows[0].unit, [_progress(row, came, options.below(rows[0].unit), today) for row in rows])
        for rows in by_unit.values()
    ]
    return Reached(in_order(found, name=lambda each: each.unit.name))


def _came(year: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Return how many dossiers came in a year by unit and level: online, and in all."""
    days = DailyFigure.objects.filter(day__gte=date(year, 1, 1), day__lte=date(year, 12, 31)).order_by()
    sums: Any = days.values("unit", "level").annotate(**{name: Sum(name) for name in CAME})
    return {(row["unit"], row["level"]): (row[CAME[0]], sum(row[name] for name in CAME)) for row in sums}


def _progress(target: Target, came: dict[tuple[int, int], tuple[int, int]], units: set[int], today: date) -> Progress:
    counts = [came.get((unit, target.level), (0, 0)) for unit in units]
    online, whole = sum(count[0] for count in counts), sum(count[1] for count in counts)
    is_over = today > date(target.year, 12, 31)
    if target.measure == Measure.SHARE:
        share = 100 * online // whole if whole else 0
        return Progress(target, share, share if whole else None, is_over, is_small=0 < whole < LEAST)
    return Progress(target, online, forecast(online, target.year, today), is_over, is_small=0 < online < LEAST)


def forecast(count: int, year: int, today: date) -> int | None:
    """Return what a count comes to at the year's end at the pace so far; None before the year's first weeks."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    if (today - first).days < FIRST_DAYS:
        return None
    days = (last - first).days + 1
    return count * days // min((today - first).days + 1, days)


def year_of(text: Any, otherwise: int) -> int:
    """Return the year that somebody asks for, another one where that is none."""
    year = digits_in(text, 4) or otherwise
    return year if FIRST_YEAR <= year <= LAST_YEAR else otherwise
