"""The form schema of docs/form-schema.md: parsed, checked, shown, cleaned and put in words.

Pure: no database. :func:`load` refuses faulty data with every reason at once;
what it returns is immutable. Answers are plain JSON values in the shapes the
document lists.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from common.forms.person import person_text
from common.values import divisions, partial_date
from common.values.money import decimal_text, format_vnd, grouped

from .across.calculating import derived
from .across.checks import errors_at, errors_beyond, warnings
from .loading import load
from .parts import (
    LENGTHS,
    Answers,
    Place,
    Question,
    Schema,
    SchemaError,
    SchemaFault,
    Section,
    condition_fields,
    condition_words,
    is_empty,
    live_answers,
    show,
)
from .values import clean_value, missing_message

__all__ = [
    "Answers",
    "Question",
    "LENGTHS",
    "Place",
    "Schema",
    "SchemaError",
    "SchemaFault",
    "Section",
    "answer_text",
    "clean_all",
    "clean_value",
    "condition_fields",
    "condition_words",
    "derived",
    "errors_at",
    "errors_beyond",
    "is_empty",
    "label_of",
    "live_answers",
    "load",
    "missing_message",
    "show",
    "shown",
    "summary",
    "warnings",
    "with_calculated",
]


def clean_all(schema: Schema, answers: Answers, *, today: date) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Check every answer that counts.

    Returns the answers kept (hidden ones and unknown keys dropped, calculated ones
    made) and the faults as ``{section key: {field key: message}}``, in the
    active language. ``today`` is the local day that 'not in the future' means.
    """
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
            for check in errors_at(schema, field.key, kept, today):
                errors.setdefault(section.key, {}).setdefault(check.box, check.said)
            if field.key in errors.get(section.key, ()):
                kept.pop(field.key, None)
    return kept, errors


def with_calculated(schema: Schema, answers: Answers, *, today: date) -> dict[str, Any]:
    """Return answers with those calculated from them made anew; what was recorded of them before does not count."""
    made = {field.key for _section, field in schema.fields() if field.derive}
    known = {key: value for key, value in answers.items() if key not in made}
    if not made:
        return known
    live = dict(known)
    for section in schema.sections:
        is_shown = show(section.show_if, live)
        for field in section.fields:
            if not (is_shown and show(field.show_if, live)):
                live.pop(field.key, None)
            elif field.derive and not is_empty(value := derived(field, live, today)):
                known[field.key] = live[field.key] = value
    return known


def summary(schema: Schema, answers: Answers, language: str) -> list[tuple[Section, list[tuple[str, str, str]]]]:
    """Return the visible answers in words: per section, rows of (field key, label, text).

    Unanswered questions have an empty text; notes and what could not be calculated are left out.
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
            value = shown(field, live)
            if field.derive is None or not is_empty(value):
                rows.append((field.key, field.label.say(language), answer_text(field, value, language)))
        found.append((section, rows))
    return found


def label_of(field: Question, language: str) -> str:
    """Return what a question is called, with the unit of its figure unless its words say it."""
    label, unit = field.label.say(language), field.unit.say(language)
    return f"{label} ({unit})" if unit and unit not in label else label


def answer_text(field: Question, value: Any, language: str) -> str:
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
            return with_unit(grouped(value), field, language)
        case "decimal":
            return with_unit(decimal_text(value), field, language)
        case "money":
            return format_vnd(value)
        case "address":
            return divisions.address_text(value)
        case "bank_account":
            return " – ".join(value[part] for part in ("number", "bank", "holder") if value.get(part))
        case "person":
            return person_text(value, language)
        case "table":
            return "\n".join(f"{n}. {_row_text(field, row, language)}" for n, row in enumerate(value, start=1))
    return str(value)


def shown(field: Question, live: Answers) -> Any:
    """Return an answer to be shown; a calculated one made anew, or as recorded where it hangs on the day of filing."""
    made = derived(field, live) if field.derive else None
    return live.get(field.key) if made is None else made


def with_unit(text: str, field: Question, language: str) -> str:
    """Return a figure with the unit of its question."""
    return f"{text} {field.unit.say(language)}".rstrip()


def _row_text(field: Question, row: Answers, language: str) -> str:
    cells = ((column, row.get(column.key)) for column in field.columns)
    return "; ".join(
        f"{column.label.say(language)}: {answer_text(column, cell, language)}"
        for column, cell in cells
        if not is_empty(cell)
    )
