"""The form schema of docs/form-schema.md: parsed, checked, shown, cleaned and put in words.

Pure: no database. :func:`load` refuses faulty data with every reason at once;
what it returns is immutable. Answers are plain JSON values in the shapes the
document lists.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from common import clock, divisions, partial_date
from common.form_checks import (
    check_bank_account,
    check_email,
    check_full_name,
    check_identity_paper,
    check_identity_paper_of_kind,
    check_phone,
    check_tax_code,
)
from common.text import nfc

from .lists import named_lists

TYPES = frozenset(
    "text long_text number money date choice choices yes_no full_name id_number tax_code phone email address "
    "bank_account table note".split()
)
COLUMN_TYPES = TYPES - {"table", "note", "address", "bank_account", "choices", "long_text"}
PREFILLS = frozenset(
    "full_name birth sex personal_number phone email address organisation_name tax_code representative_position".split()
)
DERIVATIONS = frozenset({"date_in_words"})
YES_NO = ("co", "khong")
MAX_SECTIONS, MAX_FIELDS, MAX_OPTIONS, MAX_ROWS, MAX_DEPTH, MAX_TEXT = 20, 60, 300, 20, 6, 600
MAX_NUMBER = 10**12
LENGTHS = {"text": 300, "long_text": 5000}
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_BOOK = re.compile(r"[0-9A-Za-zĐđ/.\- ]{1,30}")
_TIME = re.compile(r"([01]?\d|2[0-3])[:hg.]\s?([0-5]\d)", re.ASCII)

Answers = Mapping[str, Any]


class SchemaError(ValueError):
    """A form schema that cannot be used; ``reasons`` lists every fault as 'place: reason'."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Vietnamese and English; English falls back to Vietnamese."""

    vi: str = ""
    en: str = ""

    def say(self, language: str) -> str:
        """Return the text in a language."""
        return (self.en or self.vi) if language == "en" else self.vi

    def __bool__(self) -> bool:
        return bool(self.vi)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen."""

    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class Rule:
    """One check of the closed list :data:`RULES`."""

    name: str
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One question, or a note (``type`` 'note') that asks nothing."""

    key: str
    type: str
    label: Words
    help: Words
    example: Words
    is_required: bool
    options: tuple[Option, ...]
    rules: tuple[Rule, ...]
    show_if: Mapping[str, Any] | None
    prefill: str
    default: str
    partial: bool
    derive: Mapping[str, str] | None
    prints: bool
    columns: tuple["Field", ...]
    min_rows: int
    max_rows: int

    @property
    def is_asked(self) -> bool:
        """Whether the applicant answers it: not a note, not made from another answer."""
        return self.type != "note" and self.derive is None

    def option_label(self, value: str, language: str) -> str:
        """Return the label of an option; the value itself when it is none of them."""
        return next((option.label.say(language) for option in self.options if option.value == value), value)


@dataclass(frozen=True, slots=True)
class Section:
    """One topic, shown as one page."""

    key: str
    title: Words
    intro: Words
    show_if: Mapping[str, Any] | None
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field:
        """Return a field by its key; raises KeyError."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Schema:
    """A whole form."""

    title: Words
    basis: str
    sections: tuple[Section, ...]

    def section(self, key: str) -> Section:
        """Return a section by its key; raises KeyError."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)

    def fields(self) -> Iterator[tuple[Section, Field]]:
        """Yield every field with its section, in order."""
        for section in self.sections:
            for field in section.fields:
                yield section, field

    def visible_sections(self, answers: Answers) -> tuple[Section, ...]:
        """Return the sections that the answers so far call for."""
        live = live_answers(self, answers)
        return tuple(section for section in self.sections if show(section.show_if, live))


# Conditions ---------------------------------------------------------------------------------------------------------


def show(condition: Mapping[str, Any] | None, answers: Answers) -> bool:
    """Tell whether a condition holds; None always does.

    A comparison with a question that is unanswered is false, whatever the
    operator, except ``empty``.
    """
    if condition is None:
        return True
    if "all" in condition:
        return all(show(part, answers) for part in condition["all"])
    if "any" in condition:
        return any(show(part, answers) for part in condition["any"])
    if "not" in condition:
        return not show(condition["not"], answers)
    found, wanted = answers.get(condition["field"]), condition.get("value")
    is_empty = found is None or found == "" or found == []
    match condition["op"]:
        case "empty":
            return is_empty
        case "filled":
            return not is_empty
        case _ if is_empty:
            return False
        case "eq":
            return bool(found == wanted)
        case "ne":
            return bool(found != wanted)
        case "in":
            return found in wanted
        case "contains":
            return isinstance(found, list) and wanted in found
        case "gt" | "gte" | "lt" | "lte" as op:
            return _compare(found, op, wanted)
    raise AssertionError(condition)


def _compare(found: Any, op: str, wanted: Any) -> bool:
    if not isinstance(found, type(wanted)):
        return False
    return bool({"gt": found > wanted, "gte": found >= wanted, "lt": found < wanted, "lte": found <= wanted}[op])


def condition_fields(condition: Mapping[str, Any] | None) -> set[str]:
    """Return the keys of the fields that a condition reads."""
    if condition is None:
        return set()
    if "not" in condition:
        return condition_fields(condition["not"])
    parts = condition.get("all") or condition.get("any")
    return set().union(*(condition_fields(part) for part in parts)) if parts else {condition["field"]}


def condition_words(schema: Schema, condition: Mapping[str, Any], language: str) -> str:
    """Put a condition in words: 'Loại giấy tờ là Giấy báo tử', parts joined by 'và' / 'hoặc'."""
    if "not" in condition:
        return _("not (%(part)s)") % {"part": condition_words(schema, condition["not"], language)}
    for name, joint in (("all", _(" and ")), ("any", _(" or "))):
        if name in condition:
            return joint.join(condition_words(schema, part, language) for part in condition[name])
    field = next(field for _section, field in schema.fields() if field.key == condition["field"])
    value = condition.get("value")
    values = value if isinstance(value, list) else [value]
    labels = _(" or ").join(f"“{_option_or_value(field, item, language)}”" for item in values)
    pattern = {
        "eq": _("“%(label)s” is %(value)s"),
        "in": _("“%(label)s” is %(value)s"),
        "ne": _("“%(label)s” is not %(value)s"),
        "contains": _("“%(label)s” has %(value)s"),
        "gt": _("“%(label)s” is over %(value)s"),
        "gte": _("“%(label)s” is at least %(value)s"),
        "lt": _("“%(label)s” is under %(value)s"),
        "lte": _("“%(label)s” is at most %(value)s"),
        "filled": _("“%(label)s” is answered"),
        "empty": _("“%(label)s” is left empty"),
    }[condition["op"]]
    return pattern % {"label": field.label.say(language).rstrip("?"), "value": labels}


def _option_or_value(field: Field, value: Any, language: str) -> str:
    return field.option_label(value, language) if isinstance(value, str) else str(value)


def visible_fields(section: Section, answers: Answers) -> tuple[Field, ...]:
    """Return the fields of a section that the answers call for; a hidden answer shows nothing further."""
    known = dict(answers)
    shown = []
    for field in section.fields:
        if show(field.show_if, known):
            shown.append(field)
        else:
            known.pop(field.key, None)
    return tuple(shown)


def live_answers(schema: Schema, answers: Answers) -> dict[str, Any]:
    """Return the answers without those of hidden sections and fields."""
    live = dict(answers)
    for section in schema.sections:
        is_shown = show(section.show_if, live)
        for field in section.fields:
            if not (is_shown and show(field.show_if, live)):
                live.pop(field.key, None)
    return live


# Answers ------------------------------------------------------------------------------------------------------------


def clean_all(
    schema: Schema, answers: Answers, *, today: date | None = None
) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Check every answer that counts.

    Returns the answers kept (hidden ones and unknown keys dropped, derived ones
    made) and the faults as ``{section key: {field key: message}}``, in the
    active language. ``today`` is the local day that 'not in the future' means.
    """
    today = today or clock.local_day(clock.now())
    kept: dict[str, Any] = {}
    errors: dict[str, dict[str, str]] = {}
    for section in schema.sections:
        if not show(section.show_if, kept):
            continue
        for field in section.fields:
            if field.type == "note" or not show(field.show_if, kept):
                continue
            try:
                value = clean_value(field, answers.get(field.key), kept, today=today)
            except ValidationError as error:
                errors.setdefault(section.key, {})[field.key] = " ".join(error.messages)
                continue
            if not is_empty(value):
                kept[field.key] = value
    return kept, errors


def is_empty(value: Any) -> bool:
    """Tell whether a value is no answer."""
    return value is None or value in ("", [], {})


def clean_value(field: Field, value: Any, known: Answers, *, today: date) -> Any:
    """Return one answer in its stored shape, or None when it is empty.

    ``known`` holds the answers before it, for rules that compare. Raises
    ValidationError with a sentence that says what to do.
    """
    if field.derive is not None:
        return _derive(field.derive, known)
    if isinstance(value, str):
        value = nfc(value).strip()
    if is_empty(value):
        if field.is_required:
            raise ValidationError(missing_message(field))
        return None
    value = _CLEANERS[field.type](field, value, today)
    for rule in field.rules:
        RULES[rule.name].check(value, rule.args, known, today)
    return value


def _derive(derive: Mapping[str, str], known: Answers) -> str | None:
    return partial_date.in_words(known.get(derive["of"], "")) or None


def missing_message(field: Field) -> str:
    """Say what to do about an empty answer: 'Nhập họ và tên', 'Chọn giới tính'."""
    label = field.label.say(_language()).strip()
    if label.endswith("?"):
        return _("Answer the question “%(label)s”") % {"label": label}
    label = label if label[:2].isupper() else label[0].lower() + label[1:]
    if field.type in ("choice", "yes_no", "choices"):
        if len(field.options) == 1:
            return _("Tick the box to go on: “%(label)s”") % {"label": field.options[0].label.say(_language())}
        return _("Choose: %(label)s") % {"label": label}
    if field.type == "date" and not field.partial:
        return _("Enter %(label)s, for example 27 3 1990") % {"label": label}
    return _("Enter %(label)s") % {"label": label}


def _language() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def _refuse_unless(condition: bool, message: str) -> None:
    if not condition:
        raise ValidationError(message)


def _clean_text(field: Field, value: Any, today: date) -> str:
    _refuse_unless(isinstance(value, str), _("Enter words here."))
    _refuse_unless(
        not any(ch == "\0" or 0xD800 <= ord(ch) <= 0xDFFF for ch in value),
        _("This text has characters that cannot be kept."),
    )
    if field.type == "text":
        value = " ".join(value.split())
    longest = LENGTHS[field.type]
    _refuse_unless(len(value) <= longest, _("Write at most %(count)d characters.") % {"count": longest})
    return value


def _clean_number(field: Field, value: Any, today: date) -> int:
    _refuse_unless(isinstance(value, int) and not isinstance(value, bool), _("Enter a whole number, for example 2."))
    _refuse_unless(abs(value) <= MAX_NUMBER, _("This number is too large."))
    _refuse_unless(field.type != "money" or value >= 0, _("Enter an amount of 0 đồng or more."))
    return value


def _clean_date(field: Field, value: Any, today: date) -> str:
    try:
        iso = partial_date.check(value)
    except ValueError as error:
        raise ValidationError(_("Enter a date that exists, for example 27 3 1990.")) from error
    _refuse_unless(field.partial or partial_date.is_whole(iso), _("Enter the day, the month and the year."))
    return iso


def _clean_choice(field: Field, value: Any, today: date) -> str:
    _refuse_unless(any(value == option.value for option in field.options), _("Choose one of the answers listed."))
    return value


def _clean_choices(field: Field, value: Any, today: date) -> list[str]:
    allowed = [option.value for option in field.options]
    is_listed = isinstance(value, list) and all(item in allowed for item in value)
    _refuse_unless(is_listed, _("Choose among the answers listed."))
    return [item for item in allowed if item in value]


def _clean_address(field: Field, value: Any, today: date) -> dict[str, str]:
    _refuse_unless(divisions.is_address(value), _("Choose the province and enter the commune."))
    if "elsewhere" in value:
        kept = {"elsewhere": nfc(value["elsewhere"]).strip()}
    else:
        kept = {key: nfc(value.get(key, "")).strip() for key in ("province", "commune", "detail")}
    _refuse_unless(
        all(len(text) <= 200 for text in kept.values()), _("Write at most %(count)d characters.") % {"count": 200}
    )
    return kept


def _by_check(check: Callable[[Any], Any]) -> Callable[[Field, Any, date], Any]:
    def clean(field: Field, value: Any, today: date) -> Any:
        return check(value)

    return clean


def _by_text_check(check: Callable[[str], str]) -> Callable[[Field, Any, date], str]:
    def clean(field: Field, value: Any, today: date) -> str:
        _refuse_unless(isinstance(value, str), _("Enter words here."))
        return check(value)

    return clean


def _clean_identity(field: Field, value: Any, today: date) -> str:
    # Where the kind of paper is asked too, the rule id_kind checks the number against it.
    has_kind = any(rule.name == "id_kind" for rule in field.rules)
    number = check_identity_paper(value)
    return number if has_kind else check_identity_paper_of_kind(number, "")


def _clean_table(field: Field, value: Any, today: date) -> list[dict[str, Any]]:
    _refuse_unless(isinstance(value, list) and all(isinstance(row, Mapping) for row in value), _("Fill in the table."))
    rows: list[dict[str, Any]] = []
    faults: list[str] = []
    for n, row in enumerate(value, start=1):
        kept: dict[str, Any] = {}
        for column in field.columns:
            if not show(column.show_if, kept):
                continue
            try:
                cell = clean_value(column, row.get(column.key), kept, today=today)
            except ValidationError as error:
                faults.append(_("Row %(n)d: %(message)s") % {"n": n, "message": " ".join(error.messages)})
                continue
            if not is_empty(cell):
                kept[column.key] = cell
        rows.append(kept)
    if faults:
        raise ValidationError(faults)
    _refuse_unless(len(rows) >= field.min_rows, _("Fill in at least %(count)d rows.") % {"count": field.min_rows})
    _refuse_unless(len(rows) <= field.max_rows, _("Fill in at most %(count)d rows.") % {"count": field.max_rows})
    return rows


_CLEANERS: dict[str, Callable[[Field, Any, date], Any]] = {
    "text": _clean_text,
    "long_text": _clean_text,
    "number": _clean_number,
    "money": _clean_number,
    "date": _clean_date,
    "choice": _clean_choice,
    "yes_no": _clean_choice,
    "choices": _clean_choices,
    "address": _clean_address,
    "table": _clean_table,
    "full_name": _by_check(check_full_name),
    "id_number": _clean_identity,
    "tax_code": _by_text_check(check_tax_code),
    "phone": _by_text_check(check_phone),
    "email": _by_check(check_email),
    "bank_account": _by_check(check_bank_account),
}


# Rules --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuleKind:
    """A check: for which field types, with which arguments, and how.

    ``args`` names the kind of each argument: int, field (an earlier one) or condition.
    """

    title: Any
    types: frozenset[str]
    args: tuple[str, ...]
    check: Callable[[Any, tuple[Any, ...], Answers, date], None]


def _check_min(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(value >= args[0], _("Enter a number of at least %(limit)s.") % {"limit": args[0]})


def _check_max(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(value <= args[0], _("Enter a number of at most %(limit)s.") % {"limit": args[0]})


def _check_max_if(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    if show(args[1], known):
        _check_max(value, args, known, today)


def _check_min_length(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(len(value) >= args[0], _("Write at least %(count)d characters.") % {"count": args[0]})


def _check_max_length(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(len(value) <= args[0], _("Write at most %(count)d characters.") % {"count": args[0]})


def _check_book_number(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(
        _BOOK.fullmatch(value) is not None,
        _("Enter the number as on the paper: at most 30 letters, digits and / . -"),
    )


def _check_time(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(_TIME.fullmatch(value) is not None, _("Enter the time as hours and minutes, for example 14:05."))


def _check_not_future(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(partial_date.earliest(value) <= today, _("Enter a date that is not after today."))


def _check_not_past(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(partial_date.latest(value) >= today, _("Enter today or a later date."))


def _check_weekday(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    is_weekday = not partial_date.is_whole(value) or partial_date.earliest(value).weekday() < 5
    _refuse_unless(is_weekday, _("Choose a day from Monday to Friday."))


def _check_age(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    born = partial_date.earliest(value)
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    _refuse_unless(age >= args[0], _("This person must be at least %(age)d years old.") % {"age": args[0]})


def _check_not_before(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    other = known.get(args[0])
    if other:
        _refuse_unless(
            partial_date.latest(value) >= partial_date.earliest(other),
            _("Enter a date that is not before %(date)s.") % {"date": partial_date.display(other)},
        )


def _check_id_kind(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    check_identity_paper_of_kind(value, str(known.get(args[0], "khac")))


_DATES, _NUMBERS, _TEXTS = frozenset({"date"}), frozenset({"number", "money"}), frozenset({"text", "long_text"})
RULES: dict[str, RuleKind] = {
    "min": RuleKind(gettext_lazy("Smallest number"), _NUMBERS, ("int",), _check_min),
    "max": RuleKind(gettext_lazy("Largest number"), _NUMBERS, ("int",), _check_max),
    "max_if": RuleKind(gettext_lazy("Largest number under a condition"), _NUMBERS, ("int", "condition"), _check_max_if),
    "min_length": RuleKind(gettext_lazy("Fewest characters"), _TEXTS, ("int",), _check_min_length),
    "max_length": RuleKind(gettext_lazy("Most characters"), _TEXTS, ("int",), _check_max_length),
    "book_number": RuleKind(gettext_lazy("Number in a register"), frozenset({"text"}), (), _check_book_number),
    "time": RuleKind(gettext_lazy("Time of day"), frozenset({"text"}), (), _check_time),
    "not_future": RuleKind(gettext_lazy("Not after today"), _DATES, (), _check_not_future),
    "not_past": RuleKind(gettext_lazy("Not before today"), _DATES, (), _check_not_past),
    "weekday": RuleKind(gettext_lazy("Monday to Friday"), _DATES, (), _check_weekday),
    "age_at_least": RuleKind(gettext_lazy("Youngest age in years"), _DATES, ("int",), _check_age),
    "not_before": RuleKind(gettext_lazy("Not before another date"), _DATES, ("field",), _check_not_before),
    "id_kind": RuleKind(
        gettext_lazy("Number fits the kind of paper"), frozenset({"id_number"}), ("field",), _check_id_kind
    ),
}


# Words --------------------------------------------------------------------------------------------------------------


def summary(schema: Schema, answers: Answers, language: str) -> list[tuple[Section, list[tuple[str, str, str]]]]:
    """Return the visible answers in words: per section, rows of (field key, label, text).

    Unanswered questions have an empty text; notes and empty derived fields are left out.
    """
    live = live_answers(schema, answers)
    found = []
    for section in schema.sections:
        if not show(section.show_if, live):
            continue
        rows = []
        for field in section.fields:
            if field.type == "note" or not show(field.show_if, live):
                continue
            value = _derive(field.derive, live) if field.derive else live.get(field.key)
            if field.derive is None or value:
                rows.append((field.key, field.label.say(language), answer_text(field, value, language)))
        found.append((section, rows))
    return found


def answer_text(field: Field, value: Any, language: str) -> str:
    """Put one answer in words; table rows on lines of their own."""
    if is_empty(value):
        return ""
    match field.type:
        case "choice" | "yes_no":
            return field.option_label(str(value), language)
        case "choices":
            return ", ".join(field.option_label(item, language) for item in value)
        case "date":
            return partial_date.display(str(value))
        case "number":
            return f"{value:,}".replace(",", ".")
        case "money":
            return f"{value:,} đồng".replace(",", ".")
        case "address":
            return divisions.address_text(value)
        case "bank_account":
            return " – ".join(value[part] for part in ("number", "bank", "holder") if value.get(part))
        case "table":
            return "\n".join(f"{n}. {_row_text(field, row, language)}" for n, row in enumerate(value, start=1))
    return str(value)


def _row_text(field: Field, row: Answers, language: str) -> str:
    cells = ((column, row.get(column.key)) for column in field.columns)
    return "; ".join(
        f"{column.label.say(language)}: {answer_text(column, cell, language)}"
        for column, cell in cells
        if not is_empty(cell)
    )


# Parsing ------------------------------------------------------------------------------------------------------------


def load(data: Any) -> Schema:
    """Parse and check a form schema; raises SchemaError with every reason."""
    return _Loader().load(data)


class _Loader:
    """One pass over the data that gathers faults instead of stopping at the first."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.section_keys: set[str] = set()
        # Fields met so far, by key: conditions and rules may only look back.
        self.earlier: dict[str, Field] = {}
        self.keys: set[str] = set()

    def fault(self, place: str, reason: str) -> None:
        self.reasons.append(f"{place}: {reason}")

    def load(self, data: Any) -> Schema:
        if not isinstance(data, Mapping):
            raise SchemaError(["form: not an object"])
        if data.get("schema") != 1 or isinstance(data.get("schema"), bool):
            self.fault("form", "schema must be 1")
        self.only(data, {"schema", "title", "basis", "sections"}, "form")
        title = self.words(data.get("title"), "form title", needed=True)
        basis = data.get("basis", "")
        if not isinstance(basis, str) or len(basis) > 1000:
            self.fault("form", "basis must be a text of at most 1000 characters")
        sections = tuple(
            self.section(item, n)
            for n, item in enumerate(self.items(data.get("sections"), "form sections", MAX_SECTIONS))
        )
        if self.reasons:
            raise SchemaError(self.reasons)
        return Schema(title, basis, sections)

    def items(self, found: Any, place: str, most: int) -> list[Mapping[str, Any]]:
        if not isinstance(found, list) or not found:
            self.fault(place, "a list with at least one entry is needed")
            return []
        if len(found) > most:
            self.fault(place, f"at most {most} entries")
        for item in found:
            if not isinstance(item, Mapping):
                self.fault(place, "every entry must be an object")
        return [item for item in found[:most] if isinstance(item, Mapping)]

    def only(self, data: Mapping[str, Any], allowed: set[str], place: str) -> None:
        for name in data:
            if name not in allowed:
                self.fault(place, f"unknown property {name!r}")

    def words(self, found: Any, place: str, *, needed: bool = False) -> Words:
        if found is None and not needed:
            return Words()
        if not isinstance(found, Mapping) or not isinstance(found.get("vi"), str) or not found["vi"].strip():
            self.fault(place, "a text with 'vi' is needed")
            return Words(place)
        vi, en = found["vi"], found.get("en", "")
        if not isinstance(en, str) or set(found) - {"vi", "en"}:
            self.fault(place, "a text has 'vi' and 'en' only")
            return Words(place)
        for text in (vi, en):
            if len(text) > MAX_TEXT or any(ord(ch) < 32 and ch != "\n" or 0xD800 <= ord(ch) <= 0xDFFF for ch in text):
                self.fault(place, f"a text has at most {MAX_TEXT} characters and no control characters")
        return Words(nfc(vi), nfc(en))

    def key(self, found: Any, place: str, taken: set[str]) -> str:
        if not isinstance(found, str) or not _KEY.fullmatch(found):
            self.fault(place, "key must be lower-case letters, digits and _, at most 40, beginning with a letter")
            return ""
        if found in taken:
            self.fault(place, f"key {found!r} is used twice")
        taken.add(found)
        return found

    def section(self, data: Mapping[str, Any], n: int) -> Section:
        place = f"section {data.get('key') or n + 1}"
        self.only(data, {"key", "title", "intro", "show_if", "fields"}, place)
        key = self.key(data.get("key"), place, self.section_keys)
        show_if = self.condition(data.get("show_if"), place)
        fields = []
        for item in self.items(data.get("fields"), f"{place} fields", MAX_FIELDS):
            field = self.field(item, f"{place}, field {item.get('key') or len(fields) + 1}", self.keys, self.earlier)
            fields.append(field)
            self.earlier.setdefault(field.key, field)
        if fields and all(field.type == "note" for field in fields):
            self.fault(place, "a section needs at least one question")
        return Section(
            key,
            self.words(data.get("title"), f"{place} title", needed=True),
            self.words(data.get("intro"), f"{place} intro"),
            show_if,
            tuple(fields),
        )

    def field(
        self,
        data: Mapping[str, Any],
        place: str,
        taken: set[str],
        earlier: dict[str, Field],
        *,
        is_column: bool = False,
    ) -> Field:
        self.only(data, _PROPERTIES, place)
        kind = data.get("type")
        if not isinstance(kind, str) or kind not in (COLUMN_TYPES if is_column else TYPES):
            self.fault(place, f"unknown type {kind!r}")
            kind = "text"
        for name in ("required", "partial", "prints"):
            if not isinstance(data.get(name, False), bool):
                self.fault(place, f"{name} must be true or false")
        options = self.options(data, kind, place)
        derive = self.derive(data.get("derive"), kind, place, earlier)
        prefill = self.prefill(data.get("prefill", ""), place, earlier)
        default = data.get("default", "")
        if not isinstance(default, str) or (default and default not in {option.value for option in options}):
            self.fault(place, "default must be the value of one of the options")
            default = ""
        if data.get("partial") and kind != "date":
            self.fault(place, "partial belongs to dates")
        columns, least, most = self.table(data, kind, place)
        return Field(
            key=self.key(data.get("key"), place, taken),
            type=kind,
            label=self.words(data.get("label"), f"{place} label", needed=True),
            help=self.words(data.get("help"), f"{place} help"),
            example=self.words(data.get("example"), f"{place} example"),
            is_required=data.get("required") is True and kind != "note",
            options=options,
            rules=self.rules(data.get("rules", []), kind, place, earlier),
            show_if=self.condition(data.get("show_if"), place, earlier),
            prefill=prefill,
            default=default,
            partial=data.get("partial") is True,
            derive=derive,
            prints=data.get("prints", True) is not False,
            columns=columns,
            min_rows=least,
            max_rows=most,
        )

    def options(self, data: Mapping[str, Any], kind: str, place: str) -> tuple[Option, ...]:
        named = data.get("options_from")
        if kind == "yes_no":
            return (Option("co", Words("Có", "Yes")), Option("khong", Words("Không", "No")))
        if kind not in ("choice", "choices"):
            if "options" in data or named is not None:
                self.fault(place, "only choices have options")
            return ()
        if named is not None:
            if not isinstance(named, str) or named not in named_lists() or "options" in data:
                self.fault(place, f"unknown list {named!r}, or a list beside options")
                return ()
            return tuple(Option(row["value"], Words(row["vi"], row["en"])) for row in named_lists()[named])
        found = []
        values: set[str] = set()
        for item in self.items(data.get("options"), f"{place} options", MAX_OPTIONS):
            self.only(item, {"value", "label"}, f"{place} options")
            value = item.get("value")
            if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_\-]{1,40}", value, re.ASCII):
                self.fault(f"{place} options", "a value is letters, digits, _ and -, at most 40")
                value = ""
            elif value in values:
                self.fault(f"{place} options", f"value {value!r} is used twice")
            values.add(value)
            found.append(Option(value, self.words(item.get("label"), f"{place} option {value}", needed=True)))
        return tuple(found)

    def derive(self, found: Any, kind: str, place: str, earlier: dict[str, Field]) -> Mapping[str, str] | None:
        if found is None:
            return None
        is_known = (
            isinstance(found, Mapping)
            and set(found) == {"name", "of"}
            and isinstance(found["name"], str)
            and found["name"] in DERIVATIONS
            and isinstance(found["of"], str)
        )
        if not is_known or kind != "text":
            self.fault(place, "derive needs a text field, a known 'name' and 'of'")
            return None
        source = earlier.get(found["of"])
        if source is None or source.type != "date":
            self.fault(place, f"derive reads {found['of']!r}, which is no earlier date")
        return dict(found)

    def prefill(self, found: Any, place: str, earlier: dict[str, Field]) -> str:
        if not isinstance(found, str):
            self.fault(place, "prefill must be a text")
            return ""
        source = found.removeprefix("answer:")
        if found and (source not in earlier if found.startswith("answer:") else found not in PREFILLS):
            self.fault(place, f"unknown prefill {found!r}")
        return found

    def table(self, data: Mapping[str, Any], kind: str, place: str) -> tuple[tuple[Field, ...], int, int]:
        if kind != "table":
            if "columns" in data or "repeat" in data:
                self.fault(place, "only tables have columns and repeat")
            return (), 0, 0
        columns = []
        taken: set[str] = set()
        earlier: dict[str, Field] = {}
        for item in self.items(data.get("columns"), f"{place} columns", 12):
            where = f"{place}, column {item.get('key') or len(columns) + 1}"
            columns.append(self.field(item, where, taken, earlier, is_column=True))
            earlier.setdefault(columns[-1].key, columns[-1])
        repeat = data.get("repeat", {})
        least, most = (repeat.get("min", 0), repeat.get("max", 10)) if isinstance(repeat, Mapping) else (None, None)
        if not (_is_int(least) and _is_int(most) and 0 <= least <= most <= MAX_ROWS and most):
            self.fault(place, f"repeat needs 0 ≤ min ≤ max ≤ {MAX_ROWS}")
            return tuple(columns), 0, 1
        return tuple(columns), least, most

    def rules(self, found: Any, kind: str, place: str, earlier: dict[str, Field]) -> tuple[Rule, ...]:
        if not isinstance(found, list) or len(found) > 10:
            self.fault(place, "rules must be a list of at most 10")
            return ()
        kept = []
        for item in found:
            name = item.get("name") if isinstance(item, Mapping) else None
            rule = RULES.get(name) if isinstance(name, str) else None
            if rule is None or not isinstance(item, Mapping) or set(item) - {"name", "args"}:
                self.fault(place, f"unknown rule {name!r}")
                continue
            args = item.get("args", [])
            if kind not in rule.types:
                self.fault(place, f"rule {name} does not fit type {kind}")
            elif not isinstance(args, list) or len(args) != len(rule.args):
                self.fault(place, f"rule {name} needs {len(rule.args)} arguments")
            elif self.args_fit(rule, args, f"{place}, rule {name}", earlier):
                kept.append(Rule(str(name), tuple(args)))
        return tuple(kept)

    def args_fit(self, rule: RuleKind, args: list[Any], place: str, earlier: dict[str, Field]) -> bool:
        before = len(self.reasons)
        for kind, arg in zip(rule.args, args, strict=True):
            if kind == "int" and not (_is_int(arg) and abs(arg) <= MAX_NUMBER):
                self.fault(place, "a whole number is needed")
            if kind == "field":
                wanted = "date" if "date" in rule.types else "choice"
                source = earlier.get(arg) if isinstance(arg, str) else None
                if source is None or source.type != wanted:
                    self.fault(place, f"{arg!r} is no earlier {wanted}")
            if kind == "condition":
                if arg is None:
                    self.fault(place, "a condition is needed")
                self.condition(arg, place, earlier)
        return len(self.reasons) == before

    def condition(
        self, found: Any, place: str, earlier: dict[str, Field] | None = None, depth: int = 0
    ) -> Mapping[str, Any] | None:
        earlier = self.earlier if earlier is None else earlier
        if found is None and depth == 0:
            return None
        if not isinstance(found, Mapping) or depth > MAX_DEPTH:
            self.fault(place, f"a condition is an object, at most {MAX_DEPTH} deep")
            return None
        if set(found) in ({"all"}, {"any"}):
            for part in self.items(next(iter(found.values())), f"{place} condition", 20):
                self.condition(part, place, earlier, depth + 1)
        elif set(found) == {"not"}:
            self.condition(found["not"], place, earlier, depth + 1)
        else:
            self.comparison(found, place, earlier)
        return dict(found)

    def comparison(self, found: Mapping[str, Any], place: str, earlier: dict[str, Field]) -> None:
        key, op = found.get("field"), found.get("op")
        source = earlier.get(key) if isinstance(key, str) else None
        if not isinstance(op, str) or op not in _OPERATORS:
            self.fault(place, f"unknown comparison {op!r}")
            return
        if set(found) != ({"field", "op"} if op in ("filled", "empty") else {"field", "op", "value"}):
            self.fault(place, f"comparison {op} has the wrong parts")
            return
        if source is None:
            self.fault(place, f"condition on {key!r}, which is missing or comes later")
            return
        if source.type not in _OPERATORS[op]:
            self.fault(place, f"comparison {op} does not fit {key}, a {source.type}")
            return
        if op in ("filled", "empty"):
            return
        values = found["value"] if op == "in" else [found["value"]]
        if not isinstance(values, list) or not values or len(values) > MAX_OPTIONS:
            self.fault(place, f"comparison {op} needs a list")
            return
        for value in values:
            if source.options:
                if not isinstance(value, str) or value not in {option.value for option in source.options}:
                    self.fault(place, f"{value!r} is no option of {key}")
            elif not (_is_int(value) if source.type in ("number", "money") else isinstance(value, str)):
                self.fault(place, f"{value!r} does not fit {key}, a {source.type}")
            elif source.type == "date" and not _is_date(value):
                self.fault(place, f"{value!r} is no date")


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_date(value: Any) -> bool:
    try:
        partial_date.check(value)
    except ValueError:
        return False
    return True


_PROPERTIES = set(
    "key type label help example required options options_from rules show_if prefill default partial derive prints "
    "columns repeat".split()
)
_PLAIN = frozenset({"text", "choice", "yes_no", "full_name", "id_number", "tax_code", "phone", "email"})
_ORDERED = frozenset({"number", "money", "date"})
_OPERATORS: dict[str, frozenset[str]] = {
    "eq": _PLAIN | _ORDERED,
    "ne": _PLAIN | _ORDERED,
    "in": _PLAIN | _ORDERED,
    "contains": frozenset({"choices"}),
    "filled": TYPES - {"note"},
    "empty": TYPES - {"note"},
    **{op: _ORDERED for op in ("gt", "gte", "lt", "lte")},
}
