"""Rows as a file for spreadsheets: CSV and Excel; nothing in a cell is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# What spreadsheets take for a formula, full-width signs too; they skip white space before it.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would take a text for a formula."""
    return text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)


def csv_parts(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a CSV file line by line, with a BOM for spreadsheets; what looks like a formula is disarmed."""
    yield "\ufeff" + _csv_line(head)
    for row in rows:
        yield _csv_line(row)


def workbook(title: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return an Excel file of one sheet: a frozen head, numbers as numbers, all else as texts whatever they begin with.

    openpyxl is loaded by the first workbook: it takes 10 MB, and most processes never make one.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"

    def cell(value: Any, *, is_head: bool = False) -> Any:
        if isinstance(value, int):
            made = WriteOnlyCell(sheet, value=value)
            made.number_format = "#,##0"
            return made
        text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
        made = WriteOnlyCell(sheet, value=text or None)
        if text:
            made.data_type = "s"
            made.quotePrefix = is_formula(text)
        if is_head:
            made.font = Font(bold=True)
        return made

    for n in range(len(head)):
        sheet.column_dimensions[chr(ord("A") + n)].width = 24
    sheet.append([cell(value, is_head=True) for value in head])
    for row in rows:
        sheet.append([cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _csv_line(cells: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([value if isinstance(value, int) else _disarmed(str(value)) for value in cells])
    return out.getvalue()


def _disarmed(text: str) -> str:
    return f"'{text}" if is_formula(text) else text
