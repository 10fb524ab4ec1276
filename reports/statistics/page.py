"""What a page of figures shows: sentence, chart, table, and the same as rows of a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.text import in_order
from common.values.money import grouped
from offices.access import units_below
from offices.models import Unit
from procedures.labels import level_name, share_words
from procedures.models import Sector

from ..counting.rollup import counted
from . import figures
from .asking import Asked, Options
from .charts import Chart, all_shown, bar_chart
from .figures import COLUMNS, By, Flow, Table
from .offer import on_offer
from .periods import Period, month_end
from .withholding import TOTAL, Cell, withheld
from .words import BY_WORDS, HEADINGS, names

RESULTS: dict[str, Any] = {
    "early": gettext_lazy("Resolved early"),
    "on_time": gettext_lazy("Resolved on time"),
    "late": gettext_lazy("Resolved late"),
}


@dataclass(frozen=True)
class Row:
    """One row as it is written; a cell is (heading, number), the number None where it is withheld."""

    name: str
    url: str
    cells: list[tuple[Any, int | None]]


@dataclass(frozen=True)
class Offered:
    """How many of the procedures on offer stand at a level."""

    level: str
    count: int
    whole: int


@dataclass(frozen=True)
class FiguresPage:
    """Everything that a page of figures shows."""

    asked: Asked
    table: Table
    names: dict[Any, str]
    hidden: frozenset[Cell]
    base: str
    counted_at: datetime | None
    options: Options

    def rows(self) -> list[Row]:
        """Return the rows in their order; each leads to what stands behind it."""
        return [
            Row(name, self._deeper(key), self._cells(key, self.table.rows.get(key, Flow())))
            for key, name in self.names.items()
        ]

    def total(self) -> Row:
        """Return the sum of the rows."""
        return Row(_("Together"), "", self._cells(TOTAL, self.table.total))

    def shown(self, name: str, key: Any = TOTAL) -> int | None:
        """Return a number as it is shown, of the sum or of a row; None where it is withheld."""
        flow = self.table.total if key == TOTAL else self.table.rows.get(key, Flow())
        return None if (key, name) in self.hidden else int(getattr(flow, name))

    def headline(self) -> str:
        """Say in a sentence how many dossiers came and how many were resolved in time."""
        period = self.asked.period.words()
        came, ended = self.shown_sum("online", "direct"), self.shown_sum(*RESULTS)
        if not came and not ended and came is not None and ended is not None:
            return _("%(period)s: no dossier was received or resolved.") % {"period": period}
        parts = []
        if came is not None:
            parts.append(_("%(count)s dossiers received") % {"count": grouped(came)})
        if ended is not None:
            in_time = ended - self.table.total.late
            share = share_words(in_time, ended) if ended else ""
            words = _("%(count)s resolved, %(share)s of them in time") if ended else _("%(count)s resolved")
            parts.append(words % {"count": grouped(ended), "share": share})
        if not parts:
            return _("%(period)s: too few dossiers for figures that tell of nobody.") % {"period": period}
        return _("%(period)s: %(facts)s.") % {"period": period, "facts": ", ".join(parts)}

    def online_share(self) -> str:
        """Return the share of what was received that came online; '' where it is withheld or nothing came."""
        came, online = self.shown_sum("online", "direct"), self.shown("online")
        return share_words(online, came) if came and online is not None else ""

    def chart(self) -> Chart:
        """Return the bars of what was resolved: months as they follow, else the longest first."""
        rows = [(name, [(kind, self.shown(kind, key)) for kind in RESULTS]) for key, name in self.names.items()]
        if self.asked.by != By.MONTH:
            rows.sort(key=lambda row: -sum(count or 0 for _kind, count in row[1]))
            rows = [row for row in rows if any(count for _kind, count in row[1]) and all_shown(row[1])]
        title = _("Resolved dossiers, %(period)s") % {"period": self.asked.period.words()}
        return bar_chart(title, rows, RESULTS)

    def head(self) -> list[str]:
        """Return the headings of a file."""
        return [str(BY_WORDS[self.asked.by]), *(str(HEADINGS[name]) for name in COLUMNS)]

    def lines(self) -> list[list[Any]]:
        """Return the rows of a file; a withheld number is written as a word."""
        gap = _("withheld")
        return [
            [row.name, *(gap if count is None else count for _heading, count in row.cells)]
            for row in (*self.rows(), self.total())
        ]

    def _cells(self, key: Any, flow: Flow) -> list[tuple[Any, int | None]]:
        return [(HEADINGS[name], None if (key, name) in self.hidden else getattr(flow, name)) for name in COLUMNS]

    def shown_sum(self, *columns: str) -> int | None:
        """Return numbers of the sum added up; None where one of them is withheld."""
        found = [self.shown(name) for name in columns]
        return None if None in found else sum(count or 0 for count in found)

    def _deeper(self, key: Any) -> str:
        """Return the address of what stands behind a row; '' for a procedure, behind which nothing stands."""
        by = self.asked.by
        if by == By.UNIT:
            unit = next(each for each in self.options.units if each.pk == key)
            return self.asked.url(self.base, by=By.FIELD, unit=unit)
        if by == By.FIELD:
            sector = next(each for each in self.options.sectors if each.pk == key)
            return self.asked.url(self.base, by=By.PROCEDURE, sector=sector)
        if by == By.LEVEL:
            return self.asked.url(self.base, by=By.FIELD, level=key)
        if by == By.MONTH:
            return self.asked.url(self.base, by=By.FIELD, period=Period(key, month_end(key)))
        return ""


def all_options() -> Options:
    """Return what the public chooses from: every unit, closed ones too, and every field; two queries."""
    units = in_order(Unit.objects.order_by("pk"), name=lambda unit: unit.name)
    return Options(units, _sectors())


def options_below(units: Sequence[int]) -> Options:
    """Return what somebody who leads these units chooses from: those and all below; two queries."""
    return Options(units_below(units, with_closed=True), _sectors())


def _sectors() -> list[Sector]:
    return in_order(Sector.objects.order_by("pk"), name=lambda sector: sector.name)


def figures_page(asked: Asked, options: Options, base: str, *, is_public: bool) -> FiguresPage:
    """Return the figures that were asked for; three queries. To the public small counts are withheld."""
    table = figures.table(asked.selection(options, is_all=is_public), asked.period, asked.by)
    below = options.below(asked.unit) if asked.unit else None
    among = Options([unit for unit in options.units if below is None or unit.pk in below], options.sectors)
    hidden = withheld(table) if is_public else frozenset()
    return FiguresPage(asked, table, names(table, among), hidden, base, counted().at, options)


def offered(asked: Asked, options: Options, day: date) -> list[Offered]:
    """Return how many of the procedures on offer stand at each level, the highest first; two queries.

    A procedure that several of the units offer counts once, at the highest of its levels.
    """
    units = options.below(asked.unit) if asked.unit else None
    levels = list(on_offer(units, day, asked.sector.pk if asked.sector else None).levels.values())
    return [
        Offered(level_name(str(level)), levels.count(level), len(levels)) for level in (4, 3, 2, 1) if level in levels
    ]
