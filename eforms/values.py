"""Checks of single answers: one per field type, and the closed list of rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
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
from common.text import clean_text, plain
from common.values import divisions, partial_date
from common.values.identity import compact

from .parts import _BOOK, _TIME, LENGTHS, MAX_NUMBER, Answers, Question, is_empty, show


def clean_value(field: Question, value: Any, known: Answers, *, today: date) -> Any:
    """Return one answer in its stored shape, or None when it is empty.

    ``known`` holds the answers before it, for rules that compare. Raises
    ValidationError with a sentence that says what to do.
    """
    if field.derive is not None:
        return derived(field.derive, known)
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


def derived(derive: Mapping[str, str], known: Answers) -> str | None:
    """Return an answer that is made from another one, or None."""
    return partial_date.in_words(known.get(derive["of"], "")) or None


def missing_message(field: Question) -> str:
    """Say what to do about an empty answer: 'Nhập họ và tên', 'Chọn giới tính'."""
    label = field.label.say(_language()).strip()
    if label.endswith("?"):
        return _("Answer the question “%(label)s”") % {"label": label}
    label = label if label[:2].isupper() else label[0].lower() + label[1:]
    if field.type in ("choice", "yes_no", "choices"):
        if len(field.options) == 1:
            return _("Tick the box to go on: “%(label)s”") % {"label": field.options[0].label.say(_language())}
        return _("Choose: %(label)s") % {"label": label}
    if field.type == "person":
        return _("Enter the full name: %(label)s") % {"label": label}
    if field.type == "date" and not field.partial:
        return _("Enter %(label)s, for example 27 3 1990") % {"label": label}
    return _("Enter %(label)s") % {"label": label}


def _language() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def _refuse_unless(condition: bool, message: str) -> None:
    if not condition:
        raise ValidationError(message)


def _clean_text(field: Question, value: Any, today: date) -> str:
    _refuse_unless(isinstance(value, str), _("Enter words here."))
    value = _as_code(field, value)
    longest = LENGTHS[field.type]
    _refuse_unless(len(value) <= longest, _("Use %(count)d characters or fewer.") % {"count": longest})
    return value


def _as_code(field: Question, value: str) -> str:
    """Return a text as its rules read it: digits without what stands between them, numbers and times in plain signs."""
    rules = {rule.name for rule in field.rules}
    if "digits" in rules:
        return compact(value)
    return plain(value) if rules & {"book_number", "time"} else value


def _clean_number(field: Question, value: Any, today: date) -> int:
    _refuse_unless(isinstance(value, int) and not isinstance(value, bool), _("Enter a whole number, for example 2."))
    _refuse_unless(abs(value) <= MAX_NUMBER, _("This number is too large."))
    _refuse_unless(field.type != "money" or value >= 0, _("Enter an amount of 0 đồng or more."))
    return value


def _clean_date(field: Question, value: Any, today: date) -> str:
    try:
        iso = partial_date.check(value)
    except ValueError as error:
        raise ValidationError(_("Enter a date that exists, for example 27 3 1990.")) from error
    _refuse_unless(field.partial or partial_date.is_whole(iso), _("Enter the day, the month and the year."))
    return iso


def _clean_choice(field: Question, value: Any, today: date) -> str:
    _refuse_unless(any(value == option.value for option in field.options), _("Choose one of the answers listed."))
    return value


def _clean_choices(field: Question, value: Any, today: date) -> list[str]:
    allowed = [option.value for option in field.options]
    is_listed = isinstance(value, list) and all(item in allowed for item in value)
    _refuse_unless(is_listed, _("Choose among the answers listed."))
    return [item for item in allowed if item in value]


def _clean_address(field: Question, value: Any, today: date) -> dict[str, str]:
    _refuse_unless(divisions.is_address(value), _("Choose the province and enter the commune."))
    if "elsewhere" in value:
        kept = {"elsewhere": clean_text(value["elsewhere"])}
    else:
        kept = {key: clean_text(value.get(key, "")) for key in ("province", "commune", "detail")}
    _refuse_unless(
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
        _refuse_unless(isinstance(value, str), _("Enter words here."))
        return check(value)

    return clean


def _clean_identity(field: Question, value: Any, today: date) -> str:
    # Where the kind of paper is asked too, the rule id_kind checks the number against it.
    has_kind = any(rule.name == "id_kind" for rule in field.rules)
    number = check_identity_paper(value)
    return number if has_kind else check_identity_paper_of_kind(number, "")


def _clean_table(field: Question, value: Any, today: date) -> list[dict[str, Any]]:
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


_CLEANERS: dict[str, Callable[[Question, Any, date], Any]] = {
    "text": _clean_text,
    "long_text": _clean_text,
    "number": _clean_number,
    "money": _clean_number,
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


# Rules --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuleKind:
    """A check: for which field types, with which arguments, and how.

    ``args`` names the kind of each argument: int, field (an earlier one of a
    type in ``reads``) or condition.
    """

    title: Any
    types: frozenset[str]
    args: tuple[str, ...]
    check: Callable[[Any, tuple[Any, ...], Answers, date], None]
    reads: frozenset[str] = frozenset()


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
    _refuse_unless(len(value) <= args[0], _("Use %(count)d characters or fewer.") % {"count": args[0]})


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


def _age(value: Any, today: date, day: Callable[[str], date]) -> int | None:
    """Return the age of a date or of a person; ``day`` picks the earliest or latest birth a partial date may mean."""
    iso = value.get("birth", "") if isinstance(value, Mapping) else value
    if not iso:
        return None
    born = day(iso)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _check_age(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    age = _age(value, today, partial_date.earliest)
    message = _("This person must be at least %(age)d years old.") % {"age": args[0]}
    _refuse_unless(age is None or age >= args[0], message)


def _check_age_at_most(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    age = _age(value, today, partial_date.latest)
    message = _("This person must be at most %(age)d years old.") % {"age": args[0]}
    _refuse_unless(age is None or age <= args[0], message)


def _check_not_before(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    other = known.get(args[0])
    if other:
        _refuse_unless(
            partial_date.latest(value) >= partial_date.earliest(other),
            _("Enter a date that is not before %(date)s.") % {"date": partial_date.display(other)},
        )


def _check_not_after(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    other = known.get(args[0])
    if other:
        _refuse_unless(
            partial_date.earliest(value) <= partial_date.latest(other),
            _("Enter a date that is not after %(date)s.") % {"date": partial_date.display(other)},
        )


def _shifted(today: date, days: int) -> date:
    """Return a day so many days away, the first or last one of the calendar when that is beyond it."""
    return date.fromordinal(min(max(today.toordinal() + days, 1), date.max.toordinal()))


def _check_days_ago(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    first = _shifted(today, -args[0])
    _refuse_unless(
        partial_date.latest(value) >= first,
        _("Enter a date from %(date)s on.") % {"date": partial_date.display(first.isoformat())},
    )


def _check_days_ahead(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    first = _shifted(today, args[0])
    _refuse_unless(
        partial_date.latest(value) >= first,
        _("Enter a date at least %(count)d days after today.") % {"count": args[0]},
    )


def _check_days_ahead_at_most(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    last = _shifted(today, args[0])
    _refuse_unless(
        partial_date.earliest(value) <= last,
        _("Enter a date at most %(count)d days after today.") % {"count": args[0]},
    )


def _check_at_least_field(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    other = known.get(args[0])
    _refuse_unless(other is None or value >= other, _("Enter a number of at least %(limit)s.") % {"limit": other})


def _check_at_most_field(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    other = known.get(args[0])
    _refuse_unless(other is None or value <= other, _("Enter a number of at most %(limit)s.") % {"limit": other})


def _check_digits(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(value.isascii() and value.isdigit(), _("Enter digits only, without spaces."))


def _check_length(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(len(value) == args[0], _("Write exactly %(count)d characters.") % {"count": args[0]})


def _check_min_choices(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(len(value) >= args[0], _("Choose at least %(count)d of them.") % {"count": args[0]})


def _check_max_choices(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    _refuse_unless(len(value) <= args[0], _("Choose at most %(count)d of them.") % {"count": args[0]})


def _check_id_kind(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    check_identity_paper_of_kind(value, str(known.get(args[0], "khac")))


_DATES, _NUMBERS, _TEXTS = frozenset({"date"}), frozenset({"number", "money"}), frozenset({"text", "long_text"})
_LINES, _MANY = frozenset({"text"}), frozenset({"choices"})
RULES: dict[str, RuleKind] = {
    "min": RuleKind(gettext_lazy("Smallest number"), _NUMBERS, ("int",), _check_min),
    "max": RuleKind(gettext_lazy("Largest number"), _NUMBERS, ("int",), _check_max),
    "max_if": RuleKind(gettext_lazy("Largest number under a condition"), _NUMBERS, ("int", "condition"), _check_max_if),
    "at_least_field": RuleKind(
        gettext_lazy("Not less than another answer"), _NUMBERS, ("field",), _check_at_least_field, _NUMBERS
    ),
    "at_most_field": RuleKind(
        gettext_lazy("Not more than another answer"), _NUMBERS, ("field",), _check_at_most_field, _NUMBERS
    ),
    "min_length": RuleKind(gettext_lazy("Fewest characters"), _TEXTS, ("int",), _check_min_length),
    "max_length": RuleKind(gettext_lazy("Most characters"), _TEXTS, ("int",), _check_max_length),
    "length": RuleKind(gettext_lazy("Exact number of characters"), _LINES, ("int",), _check_length),
    "digits": RuleKind(gettext_lazy("Digits only"), _LINES, (), _check_digits),
    "book_number": RuleKind(gettext_lazy("Number in a register"), _LINES, (), _check_book_number),
    "time": RuleKind(gettext_lazy("Time of day"), _LINES, (), _check_time),
    "not_future": RuleKind(gettext_lazy("Not after today"), _DATES, (), _check_not_future),
    "not_past": RuleKind(gettext_lazy("Not before today"), _DATES, (), _check_not_past),
    "weekday": RuleKind(gettext_lazy("Monday to Friday"), _DATES, (), _check_weekday),
    "age_at_least": RuleKind(gettext_lazy("Youngest age in years"), _DATES | {"person"}, ("int",), _check_age),
    "age_at_most": RuleKind(gettext_lazy("Oldest age in years"), _DATES | {"person"}, ("int",), _check_age_at_most),
    "not_before": RuleKind(gettext_lazy("Not before another date"), _DATES, ("field",), _check_not_before, _DATES),
    "not_after": RuleKind(gettext_lazy("Not after another date"), _DATES, ("field",), _check_not_after, _DATES),
    "days_ago_at_most": RuleKind(gettext_lazy("At most so many days ago"), _DATES, ("int",), _check_days_ago),
    "days_ahead_at_least": RuleKind(
        gettext_lazy("At least so many days after today"), _DATES, ("int",), _check_days_ahead
    ),
    "days_ahead_at_most": RuleKind(
        gettext_lazy("At most so many days after today"), _DATES, ("int",), _check_days_ahead_at_most
    ),
    "min_choices": RuleKind(gettext_lazy("Fewest answers to tick"), _MANY, ("int",), _check_min_choices),
    "max_choices": RuleKind(gettext_lazy("Most answers to tick"), _MANY, ("int",), _check_max_choices),
    "id_kind": RuleKind(
        gettext_lazy("Number fits the kind of paper"),
        frozenset({"id_number"}),
        ("field",),
        _check_id_kind,
        frozenset({"choice"}),
    ),
}
