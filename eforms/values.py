"""Checks of single answers, one per field type."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.forms.checks import (
    check_bank_account,
    check_email,
    check_full_name,
    check_identity_paper,
    check_identity_paper_of_kind,
    check_person,
    check_phone,
    check_tax_code,
)
from common.forms.missing import in_sentence, missing_words
from common.text import clean_text, page_language, plain
from common.values import divisions, partial_date
from common.values.identity import compact
from common.values.money import is_exact

from .across.calculating import derived
from .parts import LENGTHS, MAX_NUMBER, Answers, Question, is_empty, show
from .rules import RULES, refuse_unless


def clean_value(field: Question, value: Any, known: Answers, *, today: date) -> Any:
    """Return one answer in its stored shape, or None when it is empty.

    ``known`` holds the answers before it, for rules that compare. Raises
    ValidationError with a sentence that says what to do.
    """
    if field.derive is not None:
        return derived(field, known, today)
    if isinstance(value, str):
        value = clean_text(value, lines=field.type == "long_text")
    if is_empty(value):
        if field.is_required:
            raise ValidationError(missing_message(field))
        return None
    value = _CLEANERS[field.type](field, value, today)
    for rule in field.rules:
        RULES[rule.name].check(value, rule.args, known, today)
    return value


def missing_message(field: Question) -> str:
    """Say what to do about an empty answer: 'Nhập họ và tên', 'Chọn giới tính'."""
    label = field.label.say(page_language()).strip()
    if not label.endswith("?"):
        if field.type == "person":
            return _("Enter the full name: %(label)s") % {"label": in_sentence(label)}
        if field.type == "date" and not field.partial:
            return _("Enter %(label)s, for example 27 3 1990") % {"label": in_sentence(label)}
        if len(field.options) == 1:
            return missing_words(field.options[0].label.say(page_language()), is_ticked=True)
    return missing_words(label, is_chosen=field.type in ("choice", "yes_no", "choices"))


def _clean_text(field: Question, value: Any, today: date) -> str:
    refuse_unless(isinstance(value, str), _("Enter words here."))
    value = _as_code(field, value)
    longest = LENGTHS[field.type]
    refuse_unless(len(value) <= longest, _("Use %(count)d characters or fewer.") % {"count": longest})
    return value


def _as_code(field: Question, value: str) -> str:
    """Return a text as its rules read it: digits without what stands between them, numbers and times in plain signs."""
    rules = {rule.name for rule in field.rules}
    if "digits" in rules:
        return compact(value)
    return plain(value) if rules & {"book_number", "time"} else value


def _clean_number(field: Question, value: Any, today: date) -> int:
    refuse_unless(isinstance(value, int) and not isinstance(value, bool), _("Enter a whole number, for example 2."))
    refuse_unless(abs(value) <= MAX_NUMBER, _("This number is too large."))
    refuse_unless(field.type != "money" or value >= 0, _("Enter an amount of 0 đồng or more."))
    return value


def _clean_decimal(field: Question, value: Any, today: date) -> str:
    refuse_unless(is_exact(value), _("Enter a number, for example 120,5."))
    refuse_unless(Decimal(value) <= MAX_NUMBER, _("This number is too large."))
    digits = len(value.partition(".")[2])
    message = _("Write at most %(count)d digits after the comma.") % {"count": field.decimals}
    refuse_unless(digits <= field.decimals, message)
    return str(value)


def _clean_date(field: Question, value: Any, today: date) -> str:
    try:
        iso = partial_date.check(value)
    except ValueError as error:
        raise ValidationError(_("Enter a date that exists, for example 27 3 1990.")) from error
    refuse_unless(field.partial or partial_date.is_whole(iso), _("Enter the day, the month and the year."))
    return iso


def _clean_choice(field: Question, value: Any, today: date) -> str:
    refuse_unless(any(value == option.value for option in field.options), _("Choose one of the answers listed."))
    return value


def _clean_choices(field: Question, value: Any, today: date) -> list[str]:
    allowed = [option.value for option in field.options]
    is_listed = isinstance(value, list) and all(item in allowed for item in value)
    refuse_unless(is_listed, _("Choose among the answers listed."))
    return [item for item in allowed if item in value]


def _clean_address(field: Question, value: Any, today: date) -> dict[str, str]:
    refuse_unless(divisions.is_address(value), _("Choose the province and enter the commune."))
    if "elsewhere" in value:
        kept = {"elsewhere": clean_text(value["elsewhere"])}
    else:
        kept = {key: clean_text(value.get(key, "")) for key in ("province", "commune", "detail")}
    refuse_unless(
        all(len(text) <= 200 for text in kept.values()), _("Use %(count)d characters or fewer.") % {"count": 200}
    )
    return kept


def _clean_person(field: Question, value: Any, today: date) -> dict[str, str]:
    return check_person(value, today=today)


def _by_check(check: Callable[[Any], Any]) -> Callable[[Question, Any, date], Any]:
    def clean(field: Question, value: Any, today: date) -> Any:
        return check(value)

    return clean


def _by_text_check(check: Callable[[str], str]) -> Callable[[Question, Any, date], str]:
    def clean(field: Question, value: Any, today: date) -> str:
        refuse_unless(isinstance(value, str), _("Enter words here."))
        return check(value)

    return clean


def _clean_identity(field: Question, value: Any, today: date) -> str:
    # Where the kind of paper is asked too, the rule id_kind checks the number against it.
    has_kind = any(rule.name == "id_kind" for rule in field.rules)
    number = check_identity_paper(value)
    return number if has_kind else check_identity_paper_of_kind(number, "")


def _clean_table(field: Question, value: Any, today: date) -> list[dict[str, Any]]:
    refuse_unless(isinstance(value, list) and all(isinstance(row, Mapping) for row in value), _("Fill in the table."))
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
    refuse_unless(len(rows) >= field.min_rows, _("Fill in at least %(count)d rows.") % {"count": field.min_rows})
    refuse_unless(len(rows) <= field.max_rows, _("Fill in at most %(count)d rows.") % {"count": field.max_rows})
    return rows


_CLEANERS: dict[str, Callable[[Question, Any, date], Any]] = {
    "text": _clean_text,
    "long_text": _clean_text,
    "number": _clean_number,
    "money": _clean_number,
    "decimal": _clean_decimal,
    "date": _clean_date,
    "choice": _clean_choice,
    "yes_no": _clean_choice,
    "choices": _clean_choices,
    "address": _clean_address,
    "person": _clean_person,
    "table": _clean_table,
    "full_name": _by_check(check_full_name),
    "id_number": _clean_identity,
    "tax_code": _by_text_check(check_tax_code),
    "phone": _by_text_check(check_phone),
    "email": _by_check(check_email),
    "bank_account": _by_check(check_bank_account),
}
