"""Reads a workbook that a person has changed: strict about what a file may hold, lenient about how values are typed.

The zip is looked at before anything is unpacked; macros, links to other files
and formulas are refused. Every fault names sheet, row and column.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.forms.fields import WholeNumberField
from common.refusals import Refused
from common.text import fold, plain
from common.values import partial_date

from ..versions.serialising import Plain
from .excel import BAR, BOXES, CHANNELS, CODE, EXPLAINS, INFORMATION, MAX_ROWS, OF_PROCEDURE, SHEETS, Column
from .item import MAX_BYTES, Fault, Heading, ImportItem, Row, checked, too_large, unreadable
from .reading import read_procedure

MAX_UNPACKED = 60 * 1024 * 1024
MAX_PARTS = 200
MAX_RATIO = 200
MAX_COLUMNS = 60
MAX_CELL = 32_767
# Parts of a workbook that run, or fetch, something.
_ACTIVE = re.compile(r"vbaproject|macrosheets|/activex|/embeddings|/ctrlprops", re.IGNORECASE)
_LINKS = re.compile(r"externallinks/|connections\.xml|/querytables/", re.IGNORECASE)
_TIER = re.compile(r"(\d{1,4})\s*-\s*(\d{1,4})?\s*:\s*([\d. ]{1,20})", re.ASCII)
_HOURS = re.compile(r"\d{1,5}(?:[.,]\d+)?", re.ASCII)


class _Bad(Exception):
    """A cell whose value is not taken; ``args[0]`` says why."""


def _bare(title: str) -> str:
    """Return the title of a sheet as it is compared; workbooks of before write that of the fees without its comma."""
    return " ".join(fold(title).replace(",", " ").split())


def read_excel(content: bytes) -> list[ImportItem]:
    """Read a workbook; raises Refused when it cannot be read as a whole."""
    book = open_workbook(content)
    try:
        sheets = {_bare(sheet.title): sheet for sheet in book.worksheets}
        if _bare(SHEETS[""][0]) not in sheets:
            raise unreadable(_("The workbook has no sheet “%(name)s”. Begin from an export.") % {"name": SHEETS[""][0]})
        tables = {
            part: _Table(part, sheets[_bare(title)]).read()
            for part, (title, _columns) in SHEETS.items()
            if _bare(title) in sheets
        }
    except Refused:
        raise
    except Exception as error:
        raise unreadable(_damaged()) from error
    finally:
        book.close()
    return checked(_parcels(tables))


def open_workbook(content: bytes) -> Any:
    """Return a workbook, looked at before it is unpacked and read row by row; close it. Raises Refused."""
    from openpyxl import load_workbook

    look_inside(content)
    try:
        return load_workbook(BytesIO(content), read_only=True, keep_links=False, rich_text=False)
    except Exception as error:
        # The library raises whatever it stumbles over; none of it says more than this.
        raise unreadable(_damaged()) from error


def look_inside(content: bytes) -> None:
    """Refuse what is no plain workbook, by the list of its parts: nothing is unpacked. Raises Refused."""
    if len(content) > MAX_BYTES:
        raise unreadable(too_large())
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            infos = parts.infolist()
            beginnings = [
                _beginning(parts, info) for info in infos[:MAX_PARTS] if info.filename.endswith((".xml", ".rels"))
            ]
    except Exception as error:
        raise unreadable(_("This is no Excel workbook (.xlsx). Save it as one, then send it again.")) from error
    unpacked = sum(info.file_size for info in infos)
    if (
        len(infos) > MAX_PARTS
        or unpacked > MAX_UNPACKED
        or any(info.file_size > MAX_RATIO * max(info.compress_size, 1024) for info in infos)
    ):
        raise unreadable(_("The workbook is too large when unpacked. Split it, for example by field."))
    if any(_ACTIVE.search(info.filename) for info in infos):
        raise unreadable(_("The workbook contains macros or other active parts. Save it as a plain .xlsx."))
    if any(_LINKS.search(info.filename) for info in infos):
        raise unreadable(
            _("The workbook refers to other files. Replace these cells by their values, then save it again.")
        )
    if any(
        b"<!DOCTYPE" in text or b"<!ENTITY" in text or text.startswith((b"\xff\xfe", b"\xfe\xff"))
        for text in beginnings
    ):
        raise unreadable(_damaged())


def _beginning(parts: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with parts.open(info) as part:
        return part.read(2048)


def _damaged() -> str:
    return _("The workbook is damaged, or of a kind that cannot be read. Save it again as .xlsx.")


@dataclass
class _Table:
    """One sheet: its rows by procedure, and the faults of those that belong to none."""

    part: str
    sheet: Any
    rows: dict[str, list[Row]] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    lost: list[Fault] = field(default_factory=list)

    def read(self) -> "_Table":
        self.title, columns = SHEETS[self.part]
        by_heading = {fold(column.heading): column for column in columns}
        headings: dict[int, Column] = {}
        for number, cells in self.lines():
            if not headings:
                headings = self.headings(cells, by_heading)
                continue
            first = next((cell.value for cell in cells if cell.value is not None), None)
            if first is None or (isinstance(first, str) and first.startswith(EXPLAINS)):
                continue
            self.line(number, cells, headings)
        if not headings:
            raise unreadable(_("The sheet “%(name)s” is empty.") % {"name": self.title})
        return self

    def lines(self) -> Iterator[tuple[int, Any]]:
        """Yield rows with their numbers; the size that the file states is not believed."""
        if not hasattr(self.sheet, "reset_dimensions"):
            raise unreadable(_damaged())
        self.sheet.reset_dimensions()
        for number, cells in enumerate(self.sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
            if number > MAX_ROWS:
                raise unreadable(
                    _("The sheet “%(name)s” has more than %(count)s rows.") % {"name": self.title, "count": "100.000"}
                )
            yield number, cells

    def headings(self, cells: Any, by_heading: dict[str, Column]) -> dict[int, Column]:
        found: dict[int, Column] = {}
        for place, cell in enumerate(cells):
            column = by_heading.get(fold(str(cell.value))) if cell.value is not None else None
            if column is not None and column not in found.values():
                found[place] = column
        if CODE not in found.values():
            raise unreadable(
                _("The first row of the sheet “%(name)s” must name the columns, “%(column)s” among them.")
                % {"name": self.title, "column": CODE.heading}
            )
        return found

    def line(self, number: int, cells: Any, headings: dict[int, Column]) -> None:
        from openpyxl.utils import get_column_letter

        boxes = BOXES[self.part]
        names = {column.name: Heading(column.heading) for column in SHEETS[self.part][1]}
        for place, column in headings.items():
            names[column.name] = Heading(column.heading, get_column_letter(place + 1), boxes.get(column.name, ""))
        row = Row({}, self.title, number, names)
        faults = []
        for place, column in headings.items():
            cell = cells[place] if place < len(cells) else None
            try:
                _put(row, column, _value(cell, column))
            except _Bad as bad:
                row.bad.add(column.name)
                faults.append(Fault(row.cell(column.name), str(bad)))
        code = plain(str(row.pop("code", "")))
        if not code:
            self.lost.append(faults[0] if faults else Fault(row.cell("code"), _("The code is missing.")))
            return
        self.rows.setdefault(code, []).append(row)
        self.faults.setdefault(code, []).extend(faults)


def _put(row: Row, column: Column, value: Any) -> None:
    """Store a value; an empty cell of what cannot be empty counts as missing."""
    if value is None:
        if column.name in ("amount_online_vnd", "cap_vnd", "accept_until"):
            row[column.name] = None
        elif column.kind in ("lines", "several", "tiers", "exemptions"):
            row[column.name] = []
        elif column.kind == "text" and column.name not in ("key", "name", "text", "sector", "code"):
            row[column.name] = ""
        return
    row[column.name] = value


def _value(cell: Any, column: Column) -> Any:
    """Return the value of a cell in the exchange format, None for an empty one; raises _Bad."""
    found = getattr(cell, "value", None)
    if found is None or (isinstance(found, str) and not plain(found)):
        return None
    if cell.data_type == "f":
        raise _Bad(_("Formulas are not taken. Replace it by its value."))
    if not isinstance(found, str | int | float | date | datetime):
        raise _Bad(_("A text is needed here."))
    if cell.data_type == "e":
        raise _Bad(_("The cell holds an error of Excel’s."))
    if isinstance(found, str) and len(found) > MAX_CELL:
        raise _Bad(_("Use %(count)d characters or fewer.") % {"count": MAX_CELL})
    return _READERS[column.kind](found, column)


def _text(found: Any, column: Column) -> str:
    if isinstance(found, bool):
        raise _Bad(_("A text is needed here."))
    if isinstance(found, datetime | date):
        raise _Bad(_("Excel has made a date of this. Format the cell as text and type it again."))
    if isinstance(found, float) and found.is_integer() and abs(found) < 1e15:
        return str(int(found))
    return str(found)


def _lines(found: Any, column: Column) -> list[str]:
    return [line.strip() for line in _text(found, column).splitlines() if line.strip()]


def _number(found: Any, column: Column) -> int:
    message = _("A whole number is needed here, for example 2.")
    if column.kind == "money":
        message = _("A whole number is needed here, for example 8000 or 8.000.")
    if isinstance(found, bool) or isinstance(found, datetime | date):
        raise _Bad(message)
    if isinstance(found, int | float):
        if isinstance(found, float) and not found.is_integer():
            raise _Bad(message)
        return int(found) if abs(found) < 1e15 else 10**15
    try:
        number = WholeNumberField().clean(found)
    except ValidationError as error:
        raise _Bad(message) from error
    if number is None:
        raise _Bad(message)
    return number


def _hours(found: Any, column: Column) -> Decimal:
    text = plain(str(found))
    if isinstance(found, bool) or isinstance(found, datetime | date) or not _HOURS.fullmatch(text):
        raise _Bad(_("A number of hours is needed here, for example 4 or 1,5."))
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise _Bad(_("A number of hours is needed here, for example 4 or 1,5.")) from error


def _day(found: Any, column: Column) -> str:
    if isinstance(found, datetime):
        return found.date().isoformat()
    if isinstance(found, date):
        return found.isoformat()
    try:
        iso = partial_date.parse(found) if isinstance(found, str) and len(found) <= 60 else ""
        if not partial_date.is_whole(iso):
            raise ValueError(found)
    except ValueError as error:
        raise _Bad(_("A day is needed here, for example 01/07/2026.")) from error
    return iso


def _one(found: Any, column: Column) -> Any:
    known = {fold(word): value for word, value in (column.former or {}).items()}
    known |= {fold(word): value for value, word in (column.known or {}).items()}
    word = fold(str(found))
    if word not in known:
        raise _Bad(_("One of these is needed here: %(known)s.") % {"known": ", ".join((column.known or {}).values())})
    return known[word]


def _several(found: Any, column: Column) -> list[Any]:
    parts = [part for part in re.split(r"[,;\n]", str(found)) if part.strip()]
    return [_one(part, column) for part in parts[:20]]


def _truth(found: Any, column: Column) -> bool:
    if isinstance(found, bool):
        return found
    words = {"co": True, "x": True, "1": True, "true": True, "khong": False, "0": False, "false": False}
    word = fold(_text(found, column))
    if word not in words:
        raise _Bad(_("“Có” or “Không” is needed here."))
    return words[word]


def _tiers(found: Any, column: Column) -> list[Plain]:
    tiers = []
    for line in _lines(found, column):
        match = _TIER.fullmatch(plain(line))
        if match is None:
            raise _Bad(_("A tier is written like 1-2: 2000, the last one like 3-: 1000."))
        first, last, amount = match.groups()
        tiers.append({"from": int(first), "to": int(last) if last else None, "amount_vnd": _number(amount, column)})
    return tiers


def _exemptions(found: Any, column: Column) -> list[Plain]:
    rows = []
    for line in _lines(found, column):
        parts = [part.strip() for part in line.split(BAR)]
        who, proof, since, until, channel = parts + [""] * (5 - len(parts)) if len(parts) <= 5 else [""] * 5
        if not who or (channel and fold(channel) != fold(CHANNELS["online"])):
            raise _Bad(_("An exemption is written as who | proof | first day | last day | trực tuyến."))
        days = {name: _day(day, column) if day else None for name, day in (("since", since), ("until", until))}
        rows.append({"who": who, "proof": proof, **days, "channel": "online" if channel else None})
    return rows


_READERS: dict[str, Callable[[Any, Column], Any]] = {
    "text": _text,
    "lines": _lines,
    "number": _number,
    "money": _number,
    "hours": _hours,
    "day": _day,
    "one": _one,
    "several": _several,
    "truth": _truth,
    "tiers": _tiers,
    "exemptions": _exemptions,
}


# Sheets become procedures ---------------------------------------------------------------------------------------------


def _parcels(tables: dict[str, _Table]) -> list[ImportItem]:
    """Gather the rows of each procedure, in the order of the first sheet; rows without a code are faults."""
    parcels = []
    codes = dict.fromkeys(tables[""].rows)
    for table in tables.values():
        codes |= dict.fromkeys(table.rows)
    for code in codes:
        parcels.append(_parcel(code, tables))
    for table in tables.values():
        parcels += [ImportItem("", fault.place, {}, [fault]) for fault in table.lost[:100]]
    return parcels


def _parcel(code: str, tables: dict[str, _Table]) -> ImportItem:
    mine = tables[""].rows.get(code, [])
    first = mine[0] if mine else None
    version: Plain = {part: table.rows.get(code, []) for part, table in tables.items() if part}
    about: Plain = {"code": code}
    cells = {"code": Heading(CODE.heading)}
    if first is not None:
        cells = dict(first.columns)
        for name, value in first.items():
            if name == "sector":
                about["sector"] = {"name": value}
            elif name in OF_PROCEDURE:
                about[name] = value
            else:
                version[name] = value
    else:
        first = next(rows[0] for table in tables.values() if (rows := table.rows.get(code)))
    # Faults inside name their cell, whichever record holds it.
    about["version"] = Row(version, first.sheet, first.number, cells)
    parcel = read_procedure(Row(about, first.sheet, first.number, cells), first.place)
    parcel.place = first.place
    parcel.headings = {column.name: column.heading for column in INFORMATION}
    for table in tables.values():
        parcel.faults += table.faults.get(code, [])
    parcel.faults += [Fault(row.place, _("The code %(code)s is there twice.") % {"code": code}) for row in mine[1:]]
    parcel.rows = [("", 0, row.place) for row in mine[:1]]
    parcel.rows += [
        (part, n, row.place) for part, table in tables.items() if part for n, row in enumerate(table.rows.get(code, []))
    ]
    return parcel
