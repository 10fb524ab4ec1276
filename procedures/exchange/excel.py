"""The catalogue as an Excel workbook: information, papers, fees and steps, a sheet each.

Written row by row with constant memory. The names of sheets and columns are
part of the format (docs/exchange.md) and stay Vietnamese in every language.
openpyxl is loaded by the first workbook: it takes 10 MB, and most processes never meet one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BufferedIOBase
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..models import Procedure, ProcedureVersion
from ..versions.serialising import Plain, plain_procedure, plain_version

MAX_ROWS = 100_000
# The first cell of the row that explains the columns begins so; it is skipped when the file is read.
EXPLAINS = "Giải thích:"
# Between the parts of an exemption.
BAR = "|"
YES_NO = {True: "Có", False: "Không"}
UNITS = {
    "working_days": "ngày làm việc",
    "days": "ngày",
    "hours": "giờ",
    "same_day": "trong ngày",
}
AUDIENCE = {"citizen": "công dân", "organisation": "tổ chức", "enterprise": "doanh nghiệp"}
CHANNELS = {"online": "trực tuyến", "direct": "trực tiếp", "post": "bưu chính"}
FEE_UNITS = {"dossier": "hồ sơ", "copy": "bản", "page": "trang", "person": "người"}
KINDS = {"phi": "phí", "le_phi": "lệ phí"}
BOOKS = {
    "": "không",
    "copies": "chứng thực bản sao",
    "signatures": "chứng thực chữ ký",
    "contracts": "chứng thực giao dịch",
    "extracts": "bản sao trích lục hộ tịch",
    "register": "bản sao từ sổ gốc",
    "other": "kết quả trả ngay khác",
}
ROLES = {
    "": "người nộp",
    "clerk": "cán bộ tiếp nhận",
    "specialist": "công chức chuyên môn",
    "leader": "lãnh đạo",
    "cashier": "cán bộ thu phí",
}
# As workbooks of 0.1.0 call them.
FORMER_ROLES = {"chuyên viên": "specialist", "thủ quỹ": "cashier"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``name`` of the value, its heading and explanation, how wide it is, what kind of value it holds.

    ``kind`` is text, lines (a list, one entry a line), number, hours, money,
    day, truth, tiers, exemptions, or one / several of ``known`` (stored value → word);
    ``former`` words (word → stored value) are still read.
    """

    name: str
    heading: str
    explanation: str
    width: int = 14
    kind: str = "text"
    known: Mapping[Any, str] | None = None
    former: Mapping[str, Any] | None = None


CODE = Column("code", "Mã thủ tục", f"{EXPLAINS} mã quốc gia (1.001193) hoặc mã của xã (XA-0001).", 18)
INFORMATION = (
    CODE,
    Column("sector", "Lĩnh vực", "Tên lĩnh vực; lĩnh vực chưa có sẽ được tạo.", 20),
    Column("name", "Tên thủ tục", "Tối đa 300 ký tự.", 50),
    Column("name_en", "Tên tiếng Anh", "Có thể để trống.", 30),
    Column("level", "Mức độ", "1 đến 4.", 9, "number", {1: "1", 2: "2", 3: "3", 4: "4"}),
    Column("needs_presence", "Cần có mặt", "Có bước phải đến tận nơi: Có hoặc Không.", 10, "truth", YES_NO),
    Column(
        "audience", "Đối tượng", f"Cách nhau bằng dấu phẩy: {', '.join(AUDIENCE.values())}.", 22, "several", AUDIENCE
    ),
    Column(
        "channels", "Cách nộp", f"Cách nhau bằng dấu phẩy: {', '.join(CHANNELS.values())}.", 22, "several", CHANNELS
    ),
    Column("processing_amount", "Thời hạn", "Số nguyên; 0 khi trả trong ngày.", 9, "number"),
    Column("processing_unit", "Đơn vị thời hạn", f"{', '.join(UNITS.values())}.", 15, "one", UNITS),
    Column("processing_note", "Ghi chú thời hạn", "Có thể để trống.", 30),
    Column("processing_note_en", "Ghi chú thời hạn tiếng Anh", "Có thể để trống.", 30),
    Column("outcome", "Kết quả", "Giấy tờ người dân nhận được.", 30),
    Column("outcome_en", "Kết quả tiếng Anh", "Có thể để trống.", 20),
    Column("conditions", "Yêu cầu, điều kiện", "Có thể để trống.", 30),
    Column("conditions_en", "Yêu cầu, điều kiện tiếng Anh", "Có thể để trống.", 30),
    Column("note", "Ghi chú", "Có thể để trống.", 30),
    Column("note_en", "Ghi chú tiếng Anh", "Có thể để trống.", 30),
    Column("legal_bases", "Căn cứ pháp lý", "Mỗi dòng một văn bản (Alt+Enter để xuống dòng).", 30, "lines"),
    Column("dossier_sets", "Số bộ hồ sơ", "Số nguyên.", 9, "number"),
    Column(
        "book",
        "Sổ ghi khi trả ngay",
        f"Sổ của việc giải quyết xong tại quầy: {', '.join(BOOKS.values())}.",
        22,
        "one",
        BOOKS,
    ),
    Column("effective_from", "Có hiệu lực từ", "Ngày/tháng/năm.", 13, "day"),
    Column("synonyms", "Tên gọi khác", "Từ người dân hay tìm, mỗi dòng một từ.", 30, "lines"),
    Column("notice", "Thông báo", "Hiện ở đầu trang thủ tục; có thể để trống.", 30),
    Column("accept_until", "Nhận hồ sơ đến hết ngày", "Ngày/tháng/năm; để trống nếu không có.", 13, "day"),
    Column(
        "supplement_days", "Ngày chờ bổ sung", "Số ngày làm việc, 1 đến 250; để trống thì giữ nguyên.", 12, "number"
    ),
)
PAPERS = (
    CODE,
    Column("key", "Mã giấy tờ", "Không đổi với giấy tờ đã có; để trống với giấy tờ mới.", 22),
    Column("name", "Tên giấy tờ", "Tối đa 400 ký tự.", 60),
    Column("name_en", "Tên tiếng Anh", "Có thể để trống.", 30),
    Column("originals", "Bản chính", "Số nguyên.", 9, "number"),
    Column("copies", "Bản sao", "Số nguyên.", 9, "number"),
    Column("is_required", "Bắt buộc", "Có hoặc Không.", 9, "truth", YES_NO),
    Column("condition", "Khi nào cần", "Bằng lời; để trống nếu luôn cần.", 40),
    Column("condition_en", "Khi nào cần, tiếng Anh", "Có thể để trống.", 30),
    Column("from_form", "Lập từ tờ khai", "Có: cổng lập giấy này từ tờ khai.", 10, "truth", YES_NO),
    Column("may_bring_original", "Được mang bản giấy", "Có: có thể hẹn mang bản giấy đến.", 11, "truth", YES_NO),
    Column("valid_days", "Có giá trị (ngày)", "Số nguyên; 0 nếu không có quy định.", 9, "number"),
)
FEES = (
    CODE,
    Column("key", "Mã khoản thu", "Không đổi với khoản đã có; để trống với khoản mới.", 18),
    Column("kind", "Loại", "phí hoặc lệ phí.", 9, "one", KINDS),
    Column("name", "Tên khoản thu", "Tối đa 200 ký tự.", 40),
    Column("name_en", "Tên tiếng Anh", "Có thể để trống.", 30),
    Column("amount_vnd", "Mức thu (đồng)", "Số nguyên, ví dụ 8000 hoặc 8.000.", 14, "money"),
    Column("amount_online_vnd", "Mức thu khi nộp trực tuyến", "Để trống nếu như nhau.", 14, "money"),
    Column("unit", "Tính cho", f"{', '.join(FEE_UNITS.values())}.", 12, "one", FEE_UNITS),
    Column("tiers", "Bậc", "Mỗi dòng một bậc, ví dụ 1-2: 2000, dòng cuối 3-: 1000; có thể để trống.", 16, "tiers"),
    Column("cap_vnd", "Tối đa mỗi bản (đồng)", "Chỉ khi tính theo trang; có thể để trống.", 14, "money"),
    Column("is_optional", "Chỉ khi yêu cầu", "Có: chỉ thu cho phần được yêu cầu.", 10, "truth", YES_NO),
    Column("applies", "Khi nào thu", "Bằng lời; để trống nếu luôn thu.", 40),
    Column("applies_en", "Khi nào thu, tiếng Anh", "Có thể để trống.", 30),
    Column("is_guide", "Do tỉnh quy định", "Có hoặc Không.", 10, "truth", YES_NO),
    Column("note", "Ghi chú", "Có thể để trống.", 30),
    Column("note_en", "Ghi chú tiếng Anh", "Có thể để trống.", 30),
    Column(
        "exemptions",
        "Miễn, giảm",
        "Mỗi dòng một đối tượng: ai | giấy tờ chứng minh | từ ngày | đến ngày | trực tuyến. Chỉ phần đầu là bắt buộc.",
        60,
        "exemptions",
    ),
)
STEPS = (
    CODE,
    Column("role", "Người thực hiện", f"{', '.join(ROLES.values())}.", 24, "one", ROLES, FORMER_ROLES),
    Column("text", "Nội dung", "Tối đa 400 ký tự; các bước theo thứ tự dòng.", 70),
    Column("text_en", "Nội dung tiếng Anh", "Có thể để trống.", 40),
    Column("allotted", "Số giờ làm việc", "Ví dụ 4 hoặc 1,5.", 9, "hours"),
)
# Part of a version ('' is the procedure itself) → name of the sheet and its columns.
SHEETS: dict[str, tuple[str, tuple[Column, ...]]] = {
    "": ("Thủ tục", INFORMATION),
    "papers": ("Thành phần hồ sơ", PAPERS),
    "fees": ("Phí, lệ phí", FEES),
    "steps": ("Các bước", STEPS),
}
# Part of a version → value → the screen's box, where that bears another name than the column.
BOXES: dict[str, dict[str, Any]] = {
    "": {
        "needs_presence": _("One step needs the applicant in person"),
        "audience": _("Who may file"),
        "processing_amount": _("Processing time"),
        "note": _("Good to know"),
        "book": _("Settled in one visit and entered in a book"),
        "effective_from": _("Applies from"),
        "synonyms": _("Search words people use"),
    },
    "papers": {
        "is_required": _("Is it needed?"),
        "condition": _("When, in words"),
        "from_form": _("It is made from the answers of the online form"),
        "may_bring_original": _("The applicant may bring the paper to the desk instead of sending a photo"),
    },
    "fees": {
        "amount_vnd": _("Amount in đồng"),
        "amount_online_vnd": _("Amount when filed online"),
        "is_optional": _("Charged only for what is asked"),
        "applies": _("When it is due, in words"),
        "is_guide": _("The provincial council sets the amount"),
        "exemptions": _("Who is exempt"),
    },
    "steps": {"text": _("What is done")},
}
# Of the first sheet: what belongs to the procedure and not to its version.
OF_PROCEDURE = ("code", "sector", "synonyms", "notice", "accept_until", "supplement_days")

_FORMATS = {"day": "dd/mm/yyyy", "money": "#,##0", "hours": "0.0"}


@cache
def _looks() -> dict[str, dict[str, Any]]:
    """Return what sets the cells of headings, explanations and long texts apart."""
    from openpyxl.styles import Alignment, Font, PatternFill

    return {
        "heading": {
            "font": Font(bold=True, color="FFFFFF"),
            "fill": PatternFill("solid", fgColor="1A4F8B"),
            "alignment": Alignment(vertical="center", wrap_text=True),
        },
        "explanation": {
            "font": Font(italic=True, color="5A5349"),
            "fill": PatternFill("solid", fgColor="F6F4EF"),
            "alignment": Alignment(vertical="top", wrap_text=True),
        },
        "long": {"alignment": Alignment(vertical="top", wrap_text=True)},
    }


def write_workbook(entries: Iterable[tuple[Procedure, ProcedureVersion]], target: BufferedIOBase | Any) -> int:
    """Write a workbook into an open file; returns how many procedures it holds.

    ``entries`` are those of :func:`exchange.entries`. About 3 ms a procedure.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheets = {}
    for part, (title, columns) in SHEETS.items():
        sheets[part] = _sheet(book, title, columns)
    count = 0
    for procedure, version in entries:
        count += 1
        about, said = plain_procedure(procedure), plain_version(version, _no_template)
        about["sector"] = about["sector"]["name"]
        sheets[""].append(_cells(sheets[""], INFORMATION, said | about))
        for part in ("papers", "fees", "steps"):
            for row in said[part]:
                sheets[part].append(_cells(sheets[part], SHEETS[part][1], {"code": about["code"]} | row))
    book.save(target)
    return count


def _no_template(paper: Any) -> None:
    return None


def _sheet(book: Any, title: str, columns: tuple[Column, ...]) -> Any:
    """Begin a sheet: frozen headings, widths, explanations, lists to choose from."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B3"
    for n, column in enumerate(columns, start=1):
        letter = get_column_letter(n)
        sheet.column_dimensions[letter].width = column.width
        if column.known and column.kind != "several":
            words = ",".join(column.known.values())
            choices = DataValidation("list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=True)
            choices.add(f"{letter}3:{letter}{MAX_ROWS}")
            sheet.data_validations.append(choices)
    sheet.row_dimensions[1].height = 32
    sheet.row_dimensions[2].height = 62
    sheet.append([_cell(sheet, column.heading, "heading") for column in columns])
    sheet.append([_cell(sheet, column.explanation, "explanation") for column in columns])
    return sheet


def _cell(sheet: Any, text: str, look: str) -> Any:
    cell = _text_cell(sheet, text)
    for name, value in _looks()[look].items():
        setattr(cell, name, value)
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    """Return a cell that is a text whatever it begins with: never a formula, not even after it was edited."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell = WriteOnlyCell(sheet, value=text or None)
    if text:
        cell.data_type = "s"
        if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")):
            cell.quotePrefix = True
    return cell


def _cells(sheet: Any, columns: tuple[Column, ...], values: Plain) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell

    made = []
    for column in columns:
        value = _SHOWN.get(column.kind, _plain)(values[column.name], column)
        if isinstance(value, str):
            cell = _cell(sheet, value, "long") if column.width >= 30 else _text_cell(sheet, value)
        elif value is None:
            cell = None
        else:
            cell = WriteOnlyCell(sheet, value=value)
            if column.kind in _FORMATS:
                cell.number_format = _FORMATS[column.kind]
        made.append(cell)
    return made


def _plain(value: Any, column: Column) -> Any:
    return value


def _day(value: Any, column: Column) -> Any:
    return date.fromisoformat(value) if value else None


def _word(value: Any, column: Column) -> str:
    return (column.known or {})[value]


def _words(value: Any, column: Column) -> str:
    return ", ".join((column.known or {}).get(entry, entry) for entry in value)


def _lines(value: Any, column: Column) -> str:
    return "\n".join(value)


def _tiers(value: Any, column: Column) -> str:
    return "\n".join(f"{tier['from']}-{tier['to'] or ''}: {tier['amount_vnd']}" for tier in value)


def _exemptions(value: Any, column: Column) -> str:
    return "\n".join(_exemption(row) for row in value)


def _exemption(row: Plain) -> str:
    """Write an exemption as parts between bars; what is empty at the end is left out."""
    days = [f"{date.fromisoformat(row[name]):%d/%m/%Y}" if row[name] else "" for name in ("since", "until")]
    texts = [row[name].replace(BAR, "/") for name in ("who", "proof")]
    parts = [*texts, *days, CHANNELS[row["channel"]] if row["channel"] else ""]
    return f" {BAR} ".join(parts).rstrip(f" {BAR}")


_SHOWN: dict[str, Callable[[Any, Column], Any]] = {
    "day": _day,
    "one": _word,
    "truth": _word,
    "several": _words,
    "lines": _lines,
    "tiers": _tiers,
    "exemptions": _exemptions,
}
