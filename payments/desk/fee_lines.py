"""The lines of a fee in words, charged or only assessed."""

from collections.abc import Iterable
from dataclasses import dataclass

from common.values.money import format_vnd
from procedures.fees import AssessedLine, Why
from procedures.models import FeeUnit

from ..models import Charge, ChargeLine


@dataclass(frozen=True)
class Line:
    """One fee of a charge: its name, how it was counted, what it comes to or why it comes to nothing."""

    name: str
    counted: str
    amount: str
    why: str


def charge_lines(charge: Charge) -> list[Line]:
    """Return the lines of a charge in words. No query when prefetched."""
    return in_words(charge.lines.all())


def in_words(lines: Iterable[ChargeLine | AssessedLine]) -> list[Line]:
    """Return lines, charged or assessed, in words; those that nobody asked for are left out."""
    return [_line(line) for line in lines if line.why != Why.NOT_ASKED]


def _line(line: ChargeLine | AssessedLine) -> Line:
    each = "" if line.unit_amount_vnd is None else f" × {format_vnd(line.unit_amount_vnd)}"
    counted = f"{line.quantity} {FeeUnit(line.unit).label}{each}"
    why = "" if line.why == Why.CHARGED else str(Why(line.why).label)
    if line.exempt_as:
        why = f"{why}: {line.exempt_as}"
    if line.resolution:
        why = f"{why} {line.resolution}".strip()
    return Line(line.name, counted, "–" if line.amount_vnd is None else format_vnd(line.amount_vnd), why)
