"""Figures of a period, read from the daily ones: carried over + received = ended + pending, in every row."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Sum, When
from django.db.models.functions import ExtractMonth, ExtractYear

from ..counting.courses import MEASURES
from ..models import DailyFigure
from .periods import Period, months

CAME = ("came_online", "came_counter", "came_post")
# No month has this number.
BEFORE = 0
ENDED = ("early", "on_time", "late", "refused", "stopped", "withdrawn")


class By(StrEnum):
    """What the rows of a table are."""

    FIELD = "field"
    PROCEDURE = "procedure"
    UNIT = "unit"
    LEVEL = "level"
    MONTH = "month"


_COLUMN = {By.FIELD: "procedure__sector", By.PROCEDURE: "procedure", By.UNIT: "unit", By.LEVEL: "level"}


@dataclass(frozen=True)
class Flow:
    """Numbers of dossiers in a period, in the columns of the period report.

    ``carried`` were pending when it began. ``direct`` came at the counter or by post. Those ``pending`` when it ends
    are in time, or ``overdue``: late then or ever before.
    """

    carried: int = 0
    online: int = 0
    direct: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    refused: int = 0
    stopped: int = 0
    withdrawn: int = 0
    pending: int = 0
    overdue: int = 0

    @property
    def received(self) -> int:
        """Those that came in the period."""
        return self.online + self.direct

    @property
    def resolved(self) -> int:
        """Those with a result."""
        return self.early + self.on_time + self.late

    @property
    def in_time(self) -> int:
        """Those with a result that was not late."""
        return self.early + self.on_time


COLUMNS = tuple(each.name for each in fields(Flow))


@dataclass(frozen=True)
class Table:
    """The rows by their key (of a sector, procedure, unit; a level, a first day of a month), and all together."""

    by: By
    rows: dict[Any, Flow]
    total: Flow


@dataclass(frozen=True)
class Selection:
    """Which dossiers count: of these units, a sector, a procedure, a level; None for all."""

    units: Collection[int] | None = None
    sector: int | None = None
    procedure: int | None = None
    level: int | None = None

    def of(self, found: QuerySet[DailyFigure]) -> QuerySet[DailyFigure]:
        """Return what is selected of some figures."""
        if self.units is not None:
            found = found.filter(unit__in=self.units)
        for name, value in (("procedure__sector", self.sector), ("procedure", self.procedure), ("level", self.level)):
            if value is not None:
                found = found.filter(**{name: value})
        return found


def table(selected: Selection, period: Period, by: By) -> Table:
    """Return the figures of a period; one query, whatever the number of dossiers."""
    found = selected.of(DailyFigure.objects.filter(day__lte=period.until)).order_by()
    if by == By.MONTH:
        return _by_month(found, period)
    rows = {row.pop("key"): _flow(row) for row in _sums(found.values(key=F(_COLUMN[by])), period)}
    return Table(by, rows, together(rows.values()))


def _sums(groups: Any, period: Period) -> Iterable[dict[str, Any]]:
    """Return for each group the sums before and within a period."""
    before, within = Q(day__lt=period.since), Q(day__gte=period.since)
    sums = {f"{name}__sum": Sum(name, filter=within, default=0) for name in MEASURES}
    sums |= {f"{name}__before": Sum(name, filter=before, default=0) for name in MEASURES}
    found: Iterable[dict[str, Any]] = groups.annotate(**sums)
    return found


def _flow(row: dict[str, Any]) -> Flow:
    """Return the flow of a group's sums."""
    carried = sum(row[f"{name}__before"] for name in CAME) - sum(row[f"{name}__before"] for name in ENDED)
    carried_late = row["turned_late__before"] - row["late_ended__before"]
    return _after(carried, carried_late, {name.removesuffix("__sum"): row[name] for name in row if "__sum" in name})[0]


def _after(carried: int, carried_late: int, moved: dict[str, int]) -> tuple[Flow, int]:
    """Return the flow of a time that began with so many pending, and how many late ones it leaves."""
    overdue = carried_late + moved["turned_late"] - moved["late_ended"]
    left = carried + sum(moved[name] for name in CAME) - sum(moved[name] for name in ENDED)
    flow = Flow(
        carried=carried,
        online=moved["came_online"],
        direct=moved["came_counter"] + moved["came_post"],
        pending=left - overdue,
        overdue=overdue,
        **{name: moved[name] for name in ENDED},
    )
    return flow, overdue


def _by_month(found: QuerySet[DailyFigure], period: Period) -> Table:
    """Return a row for each month of a period: each is carried what the one before left."""
    # Months as numbers; what lies before the period is one group, however many years.
    month = ExtractYear("day") * 12 + ExtractMonth("day")
    groups: Any = found.values(
        n=Case(When(day__gte=period.since, then=month), default=BEFORE, output_field=IntegerField())
    )
    moved: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    for row in groups.annotate(**{f"{name}__sum": Sum(name) for name in MEASURES}):
        moved[row["n"]] = {name: row[f"{name}__sum"] for name in MEASURES}
    before = moved[BEFORE]
    carried = sum(before[name] for name in CAME) - sum(before[name] for name in ENDED)
    carried_late = before["turned_late"] - before["late_ended"]
    rows = {}
    for first in months(period):
        flow, carried_late = _after(carried, carried_late, moved[first.year * 12 + first.month])
        rows[first], carried = flow, flow.pending + flow.overdue
    return Table(By.MONTH, rows, _one_after_another(list(rows.values())))


def together(flows: Iterable[Flow]) -> Flow:
    """Return flows of the same time added up."""
    found = list(flows)
    return Flow(**{name: sum(getattr(flow, name) for flow in found) for name in COLUMNS})


def _one_after_another(flows: list[Flow]) -> Flow:
    """Return flows of times that follow each other added up: from the first's beginning to the last's end."""
    ends = {"carried": flows[0].carried, "pending": flows[-1].pending, "overdue": flows[-1].overdue}
    return Flow(**vars(together(flows)) | ends)
