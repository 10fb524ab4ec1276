"""The declaration on paper, made from a form schema: blank to be filled in by hand or in a PDF reader, or filled.

Papers of the authority: always Vietnamese, whatever language the screen has.
Nothing here touches the database; what is stored is in ``blank_forms.py``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import translation

from common.qr import qr_svg

from . import schema as form_schema
from .schema import Answers, Question, Schema, label_of

BLANK_TEMPLATE = "declarations/blank.html"
PDF_TEMPLATE = "declarations/pdf.html"
# Longer lists are written in words on paper; a PDF reader still offers them to choose from.
BOXES_UP_TO = 7
# A list that opens shows nothing on paper: up to here its answers are printed beside it.
WORDS_UP_TO = 12
BLANK_ROWS = 3
# Shorter answers leave room for a second question on paper.
_SIZES = {
    "phone": "short", "number": "short", "decimal": "short", "money": "short", "tax_code": "short", "id_number": "half",
}  # fmt: skip
_LINES = {"long_text": 5, "address": 2}
_LONGEST = {
    "full_name": 80, "id_number": 40, "tax_code": 20, "phone": 30, "email": 254,
    "number": 18, "decimal": 24, "money": 18,
}  # fmt: skip
_DATE_PARTS = (("day", "ngày", 2), ("month", "tháng", 2), ("year", "năm", 4))
_BANK_PARTS = (("number", "Số tài khoản", 30), ("bank", "Tại ngân hàng", 100), ("holder", "Chủ tài khoản", 100))
_SEXES = (("nam", "Nam"), ("nu", "Nữ"))
UNDERTAKING = (
    "Tôi cam đoan những nội dung khai trên đây là đúng sự thật"
    " và chịu trách nhiệm trước pháp luật về cam đoan của mình."
)

HOW_TO_SIGN = "Ký, ghi rõ họ, chữ đệm, tên"


@dataclass(frozen=True, slots=True)
class Box:
    """A box to tick, or a part to fill in: its field name in the PDF, its words, how many characters."""

    name: str
    label: str
    value: str = ""
    is_on: bool = False
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One question as the paper has it.

    ``kind`` chooses the template's branch; ``text`` is the answer in words,
    ``name`` the field of a blank form.
    """

    kind: str
    name: str
    label: str
    help: str = ""
    text: str = ""
    size: str = ""
    longest: int = 0
    # How many dotted lines a long answer gets.
    rules: tuple[int, ...] = ()
    boxes: tuple[Box, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    lines: tuple["Line", ...] = ()

    @property
    def colon(self) -> str:
        """What stands between label and answer."""
        return "" if self.label.endswith(("?", ":")) else ":"


@dataclass(frozen=True, slots=True)
class Group:
    """Questions under one condition in words; '' when they are always asked."""

    when: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One numbered section of the paper."""

    number: str
    title: str
    intro: str
    when: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """One place to sign: who, and how, without the brackets."""

    who: str
    how: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """All places to sign, in rows of one to three: four stand two by two."""

    rows: tuple[tuple[Signature, ...], ...]

    @property
    def only(self) -> Signature | None:
        """The one signature; None when several sign."""
        return self.rows[0][0] if len(self.rows) == 1 and len(self.rows[0]) == 1 else None


@dataclass(frozen=True)
class Head:
    """What stands around the answers.

    ``procedure`` is its name; a general form fits several. ``filed_by`` names who files for another. ``mark`` is the
    code printed beside the QR of ``qr_text``, with ``mark_label`` before it;
    ``filed_at`` says that the declaration was handed in online then: of one
    signer no signature is awaited, several still have to sign.
    """

    procedure: str = ""
    unit: str = ""
    # Who files for another, as what, and how they are known, a line each.
    filed_by: tuple[str, ...] = ()
    place: str = ""
    mark: str = ""
    mark_label: str = ""
    qr_text: str = ""
    qr_hint: str = ""
    signer: str = ""
    filed_at: datetime | None = None


def context(schema: Schema, answers: Answers | None, head: Head | None = None) -> dict[str, Any]:
    """Return what the templates of a declaration read; ``answers`` None makes the blank one. No queries."""
    head = head or Head()
    with translation.override("vi"):
        parts = _blank_parts(schema) if answers is None else _filled_parts(schema, answers)
        return {
            "title": plain(schema.title.vi),
            "basis": plain(schema.basis),
            "parts": tuple(parts),
            "head": head,
            "qr": qr_svg(head.qr_text) if head.qr_text else "",
            "undertaking": UNDERTAKING,
            "signatures": _signatures(schema),
        }


def _signatures(schema: Schema) -> Signatures:
    found = tuple(signature(plain(words.vi)) for words in schema.signatures)
    return Signatures((found[:2], found[2:]) if len(found) == 4 else (found,))


def signature(text: str) -> Signature:
    """Read a signature: brackets at its end say how to sign; 'Người đại diện (Ký, đóng dấu)'."""
    who, bracket, how = text.partition("(")
    if bracket and who.strip() and how.rstrip().endswith(")"):
        return Signature(who.strip().upper(), how.rstrip()[:-1].strip() or HOW_TO_SIGN)
    return Signature(text.upper(), HOW_TO_SIGN)


def field_labels(parts: tuple[Part, ...]) -> dict[str, str]:
    """Return what each field of a blank form is called, by name: section, question and part."""
    labels = {"unit": "Kính gửi", "place": "Nơi khai", "date-day": "Ngày", "date-month": "Tháng", "date-year": "Năm"}
    for part in parts:
        for group in part.groups:
            for line in group.lines:
                labels |= {name: f"{part.title} – {label}" for name, label in _labels(line)}
    return labels


def _labels(line: Line) -> Iterator[tuple[str, str]]:
    if line.kind == "table":
        for n, row in enumerate(line.rows, start=1):
            for cell, head in zip(row, line.heads, strict=True):
                yield cell.name, f"{line.label}, dòng {n}: {head}"
    elif line.kind in ("date", "bank", "choices", "tick"):
        for box in line.boxes:
            yield box.name, f"{line.label}: {box.label}"
    elif line.kind == "person":
        for inner in line.lines:
            yield from ((name, f"{line.label}: {label}") for name, label in _labels(inner))
    elif line.kind != "note":
        yield line.name, line.label


def signer_of(schema: Schema, answers: Answers) -> str:
    """Return the name of the person who declares: the answer that an account would fill in with its holder's name."""
    live = form_schema.live_answers(schema, answers)
    for _section, field_ in schema.fields():
        value = live.get(field_.key)
        if field_.prefill == "person" and isinstance(value, dict):
            value = value.get("full_name")
        if field_.prefill in ("full_name", "person") and isinstance(value, str):
            return plain(value)
    return ""


def plain(text: str) -> str:
    """Return a text without what neither HTML nor a printer can show; line breaks stay."""
    return "".join(ch if ch == "\n" or ch.isprintable() else " " for ch in text).strip()


# Filled ---------------------------------------------------------------------------------------------------------------


def _filled_parts(schema: Schema, answers: Answers) -> Iterator[Part]:
    live = form_schema.live_answers(schema, answers)
    asked = [section for section in schema.sections if form_schema.show(section.show_if, live)]
    number = 0
    for section in asked:
        shown = [field_ for field_ in section.fields if field_.prints and form_schema.show(field_.show_if, live)]
        lines = tuple(line for line in (_filled(field_, live) for field_ in shown) if line is not None)
        if lines:
            number += 1
            yield Part(roman(number), plain(section.title.vi), plain(section.intro.vi), "", (Group("", lines),))


def _filled(field_: Question, live: Answers) -> Line | None:
    label = plain(field_.label.vi)
    if field_.type == "note":
        return Line("note", field_.key, label, plain(field_.help.vi))
    value: Any = form_schema.shown(field_, live)
    if field_.derive and form_schema.is_empty(value):
        return None
    if field_.type == "table":
        heads = tuple(plain(column.label.vi) for column in field_.columns)
        rows = tuple(
            tuple(_cell_text(column, row.get(column.key)) for column in field_.columns) for row in (value or [])
        )
        return Line("table", field_.key, label, heads=heads, rows=rows)
    if field_.type in ("choice", "yes_no", "choices") and len(field_.options) <= BOXES_UP_TO:
        chosen = value if isinstance(value, list) else [value]
        boxes = tuple(
            Box(field_.key, plain(option.label.vi), option.value, option.value in chosen) for option in field_.options
        )
        return Line("boxes", field_.key, label, boxes=boxes)
    return Line("text", field_.key, label, text=plain(form_schema.answer_text(field_, value, "vi")) or "–")


def _cell_text(column: Question, value: Any) -> str:
    return plain(form_schema.answer_text(column, value, "vi"))


# Blank ----------------------------------------------------------------------------------------------------------------


def _blank_parts(schema: Schema) -> Iterator[Part]:
    number = 0
    for section in schema.sections:
        printed = [field_ for field_ in section.fields if field_.prints]
        if not any(field_.type != "note" for field_ in printed):
            continue
        number += 1
        groups = tuple(
            Group(_when(schema, condition), tuple(_blank(field_) for field_ in fields))
            for condition, fields in groupby(printed, key=lambda field_: field_.show_if)
        )
        title, intro = plain(section.title.vi), plain(section.intro.vi)
        yield Part(roman(number), title, intro, _when(schema, section.show_if), groups)


def _when(schema: Schema, condition: Mapping[str, Any] | None) -> str:
    if condition is None:
        return ""
    return f"Chỉ khai nếu {plain(form_schema.condition_words(schema, condition, 'vi'))}"


def _blank(field_: Question) -> Line:
    key, label, help_ = field_.key, plain(label_of(field_, "vi")), plain(field_.help.vi)
    match field_.type:
        case "note":
            return Line("note", key, label, help_)
        case "table":
            heads = tuple(_head(column) for column in field_.columns)
            count = min(max(BLANK_ROWS, field_.min_rows), field_.max_rows)
            rows = tuple(
                tuple(_blank_cell(field_, n, column) for column in field_.columns) for n in range(1, count + 1)
            )
            return Line("table", key, label, help_, heads=heads, rows=rows)
        case "date":
            return Line("date", key, label, help_, boxes=_date_boxes(key))
        case "bank_account":
            boxes = tuple(Box(f"{key}-{part}", words, longest=longest) for part, words, longest in _BANK_PARTS)
            return Line("bank", key, label, help_, boxes=boxes)
        case "person":
            return Line("person", key, label, help_, lines=_blank_person(key))
        case "choice" | "yes_no" | "choices":
            return _blank_choice(field_, label, help_)
    return Line(
        "area" if field_.type in _LINES else "line",
        key,
        label,
        help_,
        size=_SIZES.get(field_.type, ""),
        longest=_longest(field_),
        rules=tuple(range(_LINES.get(field_.type, 0))),
    )


def _blank_choice(field_: Question, label: str, help_: str) -> Line:
    key = field_.key
    options = [(option.value, plain(option.label.vi)) for option in field_.options]
    if field_.type == "choices":
        return Line("choices", key, label, help_, boxes=tuple(Box(f"{key}-{value}", text) for value, text in options))
    if len(options) == 1:
        return Line("tick", key, label, help_, boxes=(Box(key, options[0][1], options[0][0]),))
    kind = "radios" if len(options) <= BOXES_UP_TO else "select"
    if kind == "select" and len(options) <= WORDS_UP_TO:
        help_ = f"{help_} Ghi một trong: {'; '.join(text for _value, text in options)}.".strip()
    return Line(kind, key, label, help_, boxes=tuple(Box(key, text, value) for value, text in options))


def _blank_person(key: str) -> tuple[Line, ...]:
    sex, birth = f"{key}-sex", f"{key}-birth"
    return (
        Line("line", f"{key}-full_name", "Họ, chữ đệm, tên", longest=_LONGEST["full_name"]),
        Line("date", birth, "Ngày sinh", boxes=_date_boxes(birth)),
        Line("radios", sex, "Giới tính", boxes=tuple(Box(sex, words, value) for value, words in _SEXES)),
        Line("line", f"{key}-id_number", "Giấy tờ tùy thân (loại giấy tờ, số)", longest=_LONGEST["id_number"]),
    )


def _blank_cell(table: Question, n: int, column: Question) -> Line:
    name = f"{table.key}-{n}-{column.key}"
    if column.type in ("choice", "yes_no"):
        boxes = tuple(Box(name, plain(option.label.vi), option.value) for option in column.options)
        return Line("select", name, plain(column.label.vi), boxes=boxes)
    return Line("line", name, plain(label_of(column, "vi")), longest=_longest(column))


def _head(column: Question) -> str:
    label = plain(label_of(column, "vi"))
    if 1 < len(column.options) <= BOXES_UP_TO:
        return f"{label} ({'/'.join(plain(option.label.vi) for option in column.options)})"
    return f"{label} (ngày/tháng/năm)" if column.type == "date" else label


def _date_boxes(key: str) -> tuple[Box, ...]:
    return tuple(Box(f"{key}-{part}", words, longest=longest) for part, words, longest in _DATE_PARTS)


def _longest(field_: Question) -> int:
    limits = [int(rule.args[0]) for rule in field_.rules if rule.name == "max_length"]
    own = form_schema.LENGTHS.get(field_.type) or _LONGEST.get(field_.type, 300)
    return min([own, *limits])


def roman(number: int) -> str:
    """Return a section's number as official forms write it; 1 to 39."""
    tens, ones = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]
