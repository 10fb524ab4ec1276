"""What a file is read into: procedures with the faults found in them and the places they came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from common.refusals import Refused

from ..versions.serialising import Plain

MAX_BYTES = 10 * 1024 * 1024


# More would hold the database, and the person, too long: an import is one transaction of about 7 ms a procedure.
MAX_PROCEDURES = 500


def unreadable(message: str) -> Refused:
    """Return the refusal of a file that cannot be read as a whole; ``message`` says why and what to do."""
    return Refused(message, code="unreadable")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a place of the file."""

    place: str
    reason: str


class Cell(str):
    """The place of a cell of a sheet, or of a line in it: what a cell holds has no names that a person sees."""


def entry_of(place: str, n: int) -> str:
    """Return the place of the n-th entry of a list, counted from 0."""
    if isinstance(place, Cell):
        return Cell(_("%(place)s, line %(n)d") % {"place": place, "n": n + 1})
    return f"{place}[{n}]"


def part_of(place: str, name: str) -> str:
    """Return the place of a named value inside another."""
    return place if isinstance(place, Cell) else f"{place}.{name}"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column as a person sees it: its heading, the letter above it, the screen's box where that is called otherwise.

    ``letter`` is empty for a column that the sheet lacks.
    """

    text: str
    letter: str = ""
    box: Any = ""

    def __str__(self) -> str:
        words = _("column %(letter)s “%(heading)s”") if self.letter else _("column “%(heading)s”")
        column = words % {"letter": self.letter, "heading": self.text}
        return _("%(column)s (on the screen: “%(box)s”)") % {"column": column, "box": self.box} if self.box else column


class Row(dict[str, Any]):
    """A record that was a row of a sheet: it knows where it and its cells stand."""

    def __init__(self, values: Mapping[str, Any], sheet: str, number: int, columns: Mapping[str, Heading]) -> None:
        super().__init__(values)
        self.sheet, self.number, self.columns = sheet, number, columns
        # Cells that are at fault already: they do not count as missing.
        self.bad: set[str] = set()

    @property
    def place(self) -> str:
        """Where the row stands."""
        return _("%(sheet)s, row %(n)d") % {"sheet": self.sheet, "n": self.number}

    def cell(self, name: str) -> str:
        """Where one value stands."""
        if name not in self.columns:
            return self.place
        return Cell(f"{self.place}, {self.columns[name]}")


@dataclass
class ImportItem:
    """One procedure of a file: its values, the faults in them, and the rows of sheets they came from.

    ``rows`` are (part, position in the part, place), part being '' or papers, fees, steps; ``headings`` name the
    values as the first sheet does, nothing for a file without sheets.
    """

    code: str
    place: str
    values: Plain
    faults: list[Fault] = field(default_factory=list)
    rows: list[tuple[str, int, str]] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)

    def place_of(self, part: str, n: int) -> str:
        """Return where the n-th row of a part stands; the procedure's own place in a file without sheets."""
        return next((place for named, at, place in self.rows if (named, at) == (part, n)), self.place)


def checked(parcels: list[ImportItem]) -> list[ImportItem]:
    """Check what procedures of a file are together; raises Refused for none or too many."""
    if not parcels:
        raise unreadable(_("The file holds no procedure."))
    if len(parcels) > MAX_PROCEDURES:
        raise unreadable(
            _("The file holds more than %(count)d procedures. Split it, for example by field.")
            % {"count": MAX_PROCEDURES}
        )
    met: set[str] = set()
    for parcel in parcels:
        if parcel.code and parcel.code in met:
            parcel.faults.append(Fault(parcel.place, _("The code %(code)s is there twice.") % {"code": parcel.code}))
        met.add(parcel.code)
    return parcels


def too_large() -> str:
    """Return the sentence for a file beyond the limit."""
    return _("The file is larger than %(count)d MB. Split it, for example by field.") % {"count": MAX_BYTES // 1024**2}
