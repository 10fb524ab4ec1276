"""The closed list of rules that an answer may have to keep, each with its check."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.checks import (
    check_identity_paper_of_kind,
)
from common.values import partial_date
from common.values.money import grouped

from .across.spans import years_between
from .parts import Answers, show

_BOOK = re.compile(r"[0-9A-Za-zĐđ/.\- ]{1,30}")
_TIME = re.compile(r"([01]?\d|2[0-3])[:hg.]\s?([0-5]\d)", re.ASCII)


def refuse_unless(condition: bool, message: str) -> None:
    """Raise ValidationError unless a condition holds."""
    if not condition:
        raise ValidationError(message)


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
    limit = {"limit": grouped(args[0])}
    refuse_unless(Decimal(value) >= args[0], _("Enter a number of at least %(limit)s.") % limit)


def _check_max(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    limit = {"limit": grouped(args[0])}
    refuse_unless(Decimal(value) <= args[0], _("Enter a number of at most %(limit)s.") % limit)


def _check_max_if(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    if show(args[1], known):
        _check_max(value, args, known, today)


def _check_min_length(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    refuse_unless(len(value) >= args[0], _("Write at least %(count)d characters.") % {"count": args[0]})


def _check_max_length(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    refuse_unless(len(value) <= args[0], _("Use %(count)d characters or fewer.") % {"count": args[0]})


def _check_book_number(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    refuse_unless(
        _BOOK.fullmatch(value) is not None,
        _("Enter the number as on the paper: at most 30 letters, digits and / . -"),
    )


def _check_time(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    refuse_unless(_TIME.fullmatch(value) is not None, _("Enter the time as hours and minutes, for example 14:05."))


def _check_not_future(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    refuse_unless(partial_date.earliest(value) <= today, _("Enter a date that is not after today."))


def _check_not_past(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    refuse_unless(partial_date.latest(value) >= today, _("Enter today or a later date."))


def _check_weekday(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    is_weekday = not partial_date.is_whole(value) or partial_date.earliest(value).weekday() < 5
    refuse_unless(is_weekday, _("Choose a day from Monday to Friday."))


def age(value: Any, today: date, day: Callable[[str], date]) -> int | None:
    """Return the age of a date or of a person; ``day`` picks the earliest or latest birth a partial date may mean."""
    iso = value.get("birth", "") if isinstance(value, Mapping) else value
    if not iso:
        return None
    return years_between(day(iso), today)


def _check_age(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    years = age(value, today, partial_date.earliest)
    message = _("This person must be at least %(age)d years old.") % {"age": args[0]}
    refuse_unless(years is None or years >= args[0], message)


def _check_age_at_most(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    years = age(value, today, partial_date.latest)
    message = _("This person must be at most %(age)d years old.") % {"age": args[0]}
    refuse_unless(years is None or years <= args[0], message)


def _check_not_before(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    other = known.get(args[0])
    if other:
        refuse_unless(
            partial_date.latest(value) >= partial_date.earliest(other),
            _("Enter a date that is not before %(date)s.") % {"date": partial_date.display(other)},
        )


def _check_not_after(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    other = known.get(args[0])
    if other:
        refuse_unless(
            partial_date.earliest(value) <= partial_date.latest(other),
            _("Enter a date that is not after %(date)s.") % {"date": partial_date.display(other)},
        )


def _shifted(today: date, days: int) -> date:
    """Return a day so many days away, the first or last one of the calendar when that is beyond it."""
    return date.fromordinal(min(max(today.toordinal() + days, 1), date.max.toordinal()))


def _check_days_ago(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    first = _shifted(today, -args[0])
    refuse_unless(
        partial_date.latest(value) >= first,
        _("Enter a date from %(date)s on.") % {"date": partial_date.display(first.isoformat())},
    )


def _check_days_ahead(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    first = _shifted(today, args[0])
    refuse_unless(
        partial_date.latest(value) >= first,
        _("Enter a date at least %(count)d days after today.") % {"count": args[0]},
    )


def _check_days_ahead_at_most(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    last = _shifted(today, args[0])
    refuse_unless(
        partial_date.earliest(value) <= last,
        _("Enter a date at most %(count)d days after today.") % {"count": args[0]},
    )


def _check_at_least_field(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    other = known.get(args[0])
    refuse_unless(other is None or value >= other, _("Enter a number of at least %(limit)s.") % {"limit": other})


def _check_at_most_field(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    other = known.get(args[0])
    refuse_unless(other is None or value <= other, _("Enter a number of at most %(limit)s.") % {"limit": other})


def _check_digits(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    refuse_unless(value.isascii() and value.isdigit(), _("Enter digits only, without spaces."))


def _check_length(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    refuse_unless(len(value) == args[0], _("Write exactly %(count)d characters.") % {"count": args[0]})


def _check_min_choices(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    refuse_unless(len(value) >= args[0], _("Choose at least %(count)d of them.") % {"count": args[0]})


def _check_max_choices(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    refuse_unless(len(value) <= args[0], _("Choose at most %(count)d of them.") % {"count": args[0]})


def _check_id_kind(value: Any, args: tuple[Any, ...], known: Answers, today: date) -> None:
    check_identity_paper_of_kind(value, str(known.get(args[0], "khac")))


_DATES, _NUMBERS, _TEXTS = frozenset({"date"}), frozenset({"number", "money"}), frozenset({"text", "long_text"})


_LINES, _MANY = frozenset({"text"}), frozenset({"choices"})


RULES: dict[str, RuleKind] = {
    "min": RuleKind(gettext_lazy("Smallest number"), _NUMBERS | {"decimal"}, ("int",), _check_min),
    "max": RuleKind(gettext_lazy("Largest number"), _NUMBERS | {"decimal"}, ("int",), _check_max),
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
