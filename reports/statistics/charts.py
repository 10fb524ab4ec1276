"""A bar for each row: how many were resolved early, on time and late. Drawn as SVG, without a style or a script."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

# In units of the drawing: its width, what a bar may take of it, the height of a row.
WIDTH, LONGEST, ROW, BAR = 360, 300, 42, 18
MOST_ROWS = 12
LONGEST_NAME = 46


@dataclass(frozen=True)
class Part:
    """A stretch of a bar; ``kind`` names its pattern. Numbers are texts: no language writes them with a comma."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True)
class Bar:
    """One row: its name, its parts, and the number written behind them; ``y`` is where it begins."""

    name: str
    y: int
    parts: list[Part]
    end: str
    number: str


@dataclass(frozen=True)
class Chart:
    """What the template draws: title and description are read out."""

    title: str
    description: str
    bars: list[Bar]
    legend: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Height of the drawing."""
        return ROW * len(self.bars) + 4


def all_shown(parts: Iterable[tuple[str, int | None]]) -> bool:
    """Tell whether no part of a bar is withheld."""
    return all(count is not None for _kind, count in parts)


def bar_chart(title: str, rows: Iterable[tuple[str, list[tuple[str, int | None]]]], legend: dict[str, Any]) -> Chart:
    """Return the chart of rows: (name, [(kind, count)]); a count of None is withheld, and then the whole bar is.

    At most MOST_ROWS bars.
    """
    kept = list(rows)[:MOST_ROWS]
    sums = [sum(count or 0 for _kind, count in parts) for _name, parts in kept]
    most = max(sums, default=0) or 1
    bars, said = [], []
    for n, (name, parts) in enumerate(kept):
        x, drawn = 0.0, []
        is_shown = all_shown(parts)
        for kind, count in parts if is_shown else ():
            width = round(LONGEST * (count or 0) / most, 1)
            drawn += [Part(kind, f"{x:.1f}", f"{width:.1f}")] if width else []
            x += width
        number = str(sums[n]) if is_shown else _("withheld")
        short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
        bars.append(Bar(short, n * ROW, drawn, f"{x + (6 if drawn else 0):.1f}", number))
        said.append(f"{name}: {number}")
    return Chart(title, "; ".join(said), bars, list(legend.items()))
