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
from common.values.money import format_vnd, grouped

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
from .values import clean_value, derived, missing_message

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
    "is_empty",
    "live_answers",
    "load",
    "missing_message",
    "show",
    "summary",
]


def clean_all(schema: Schema, answers: Answers, *, today: date) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Check every answer that counts.

    Returns the answers kept (hidden ones and unknown keys dropped, derived ones
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
    return kept, errors


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
            value = derived(field.derive, live) if field.derive else live.get(field.key)
            if field.derive is None or value:
                rows.append((field.key, field.label.say(language), answer_text(field, value, language)))
        found.append((section, rows))
    return found


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
            return grouped(value)
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


def _row_text(field: Question, row: Answers, language: str) -> str:
    cells = ((column, row.get(column.key)) for column in field.columns)
    return "; ".join(
        f"{column.label.say(language)}: {answer_text(column, cell, language)}"
        for column, cell in cells
        if not is_empty(cell)
    )
