"""The closed list of comparisons between answers: an error refuses, a warning is only shown."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from common.values.identity import compact, sex_of

from ..parts import Answers, Check, Schema, Section, condition_fields, is_empty, live_answers, show
from . import spans
from .calculating import NUMBERS, number_of

SEXES = ("nam", "nu")
SEVERITIES = ("error", "warning")
_DATES = frozenset({"date", "person"})
_COUNTED = NUMBERS | {"table", "choices"}
_COMPARED = frozenset({"text", "choice", "yes_no", "full_name", "person", "id_number", "tax_code", "phone", "email"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A comparison: its name and what it is for, the types it takes, of how many questions, its argument, its test.

    ``argument`` is '', 'span' (an amount of days, months or years) or 'sex'. ``holds`` says whether answers that are
    all given are as they should be; what a partial date leaves open counts for the applicant.
    """

    title: Any
    hint: Any
    types: AbstractSet[str]
    least: int
    most: int
    holds: Callable[[Check, list[Any], date], bool]
    argument: str = ""


Days = tuple[date, date]


def _of_dates(holds: Callable[[Check, Days, Days], bool]) -> Callable[[Check, list[Any], date], bool]:
    """Return a comparison of two dates, each as its first and last possible day; the second is today when left out.

    A date that is not told breaks nothing.
    """

    def compare(check: Check, values: list[Any], today: date) -> bool:
        found = [spans.days_of(value) for value in values] + ([(today, today)] if len(values) == 1 else [])
        return not found[0] or not found[1] or holds(check, found[0], found[1])

    return compare


_before = _of_dates(lambda check, first, second: first[0] < second[1])
_not_after = _of_dates(lambda check, first, second: first[0] <= second[1])
_within = _of_dates(lambda check, first, second: second[0] <= spans.shifted(first[1], check.amount, check.unit))
_apart = _of_dates(lambda check, first, second: second[1] >= spans.shifted(first[0], check.amount, check.unit))


def _plain(value: Any) -> str:
    """Return an answer as it is compared with another: a person by the number, without it not at all."""
    text = str(value.get("id_number", "")) if isinstance(value, dict) else str(value)
    return compact(text)


def _differ(check: Check, values: list[Any], today: date) -> bool:
    first, second = map(_plain, values)
    return not first or first != second


def _same(check: Check, values: list[Any], today: date) -> bool:
    first, second = map(_plain, values)
    return not first or not second or first == second


def _not_more(check: Check, values: list[Any], today: date) -> bool:
    return number_of(values[0]) <= number_of(values[1])


def _as_many(check: Check, values: list[Any], today: date) -> bool:
    return number_of(values[0]) == number_of(values[1])


def _sex(check: Check, values: list[Any], today: date) -> bool:
    value = values[0]
    number = value.get("id_number", "") if isinstance(value, dict) else value
    told = (value.get("sex") if isinstance(value, dict) else value if value in SEXES else "") or sex_of(number)
    return not told or told == check.value


def _never(check: Check, values: list[Any], today: date) -> bool:
    return False


KINDS: dict[str, Kind] = {
    "before": Kind(
        gettext_lazy("One date before another"),
        gettext_lazy("The first date is before the second, such as a parent's birth before the child's."),
        _DATES, 2, 2, _before,
    ),
    "not_after": Kind(
        gettext_lazy("One date not after another"),
        gettext_lazy("The first date is the same as the second or before it, such as a birth and the day of issue."),
        _DATES, 2, 2, _not_after,
    ),
    "within": Kind(
        gettext_lazy("At most so much time between two dates"),
        gettext_lazy("Until the second date, or the day of filing, at most so many days, months or years pass."),
        _DATES, 1, 2, _within, "span",
    ),
    "apart": Kind(
        gettext_lazy("At least so much time between two dates"),
        gettext_lazy("The second date, or the day of filing, is at least so much later, as 16 years for a parent."),
        _DATES, 1, 2, _apart, "span",
    ),
    "differ": Kind(
        gettext_lazy("Two answers differ"),
        gettext_lazy("Such as the numbers of two persons; persons are compared by their number."),
        _COMPARED, 2, 2, _differ,
    ),
    "same": Kind(
        gettext_lazy("Two answers are the same"),
        gettext_lazy("Such as a name that is asked in two places."),
        _COMPARED, 2, 2, _same,
    ),
    "not_more": Kind(
        gettext_lazy("One number not above another"),
        gettext_lazy("Numbers and amounts; of a table the rows count, of several choices the ticks."),
        _COUNTED, 2, 2, _not_more,
    ),
    "as_many": Kind(
        gettext_lazy("Two numbers are equal"),
        gettext_lazy("Such as the number of children and the rows of their table."),
        _COUNTED, 2, 2, _as_many,
    ),
    "sex": Kind(
        gettext_lazy("A person's sex"),
        gettext_lazy("As answered, or as the personal number tells it."),
        frozenset({"choice", "person", "id_number"}), 1, 1, _sex, "sex",
    ),
    "never": Kind(
        gettext_lazy("Answers that exclude each other"),
        gettext_lazy("Nobody can answer as the condition says."),
        frozenset(), 0, 0, _never,
    ),
}  # fmt: skip


UNIT_WORDS = {"days": gettext_lazy("days"), "months": gettext_lazy("months"), "years": gettext_lazy("years")}
SEX_WORDS = {"nam": gettext_lazy("male"), "nu": gettext_lazy("female")}


def in_words(kind: str, names: list[str], amount: Any, unit: Any, value: Any) -> str:
    """Put in words what a check compares: 'At least so much time between two dates: “Ngày sinh”, “…”, 16 years'."""
    parts = [f"“{name}”" for name in names]
    found = KINDS.get(kind)
    if found and found.argument == "span":
        parts.append(f"{amount} {UNIT_WORDS.get(str(unit), unit)}")
    if found and found.argument == "sex":
        parts.append(str(SEX_WORDS.get(str(value), value)))
    title = str(found.title) if found else kind
    return f"{title}: {', '.join(parts)}" if parts else title


def is_broken(check: Check, known: Answers, today: date) -> bool:
    """Tell whether answers go against a check; one whose condition fails or whose answers are not given does not."""
    if not show(check.when, known):
        return False
    values = [known.get(key) for key in check.fields]
    try:
        return not any(is_empty(value) for value in values) and not KINDS[check.kind].holds(check, values, today)
    except (ArithmeticError, TypeError, ValueError):
        # An answer kept from before its question got another type.
        return False


def errors_at(schema: Schema, key: str, known: Answers, today: date) -> Iterator[Check]:
    """Yield the broken checks that refuse, of those whose last question is ``key``; the answers before it are known."""
    return (check for check in schema.checks if check.at == key and check.is_error and is_broken(check, known, today))


def errors_beyond(schema: Schema, section: Section, known: Answers, today: date) -> Iterator[tuple[Check, str]]:
    """Yield the broken checks that refuse in another section, with the last question of this one that they read."""
    own = [field.key for field in section.fields]
    for check in schema.checks:
        read = [key for key in own if key in {*check.fields, *condition_fields(check.when)}]
        if check.is_error and read and check.at not in own and is_broken(check, known, today):
            yield check, read[-1]


def warnings(schema: Schema, answers: Answers, today: date, section: Section | None = None) -> list[Check]:
    """Return the broken checks that warn, of one section those told there; ``answers`` with the calculated ones."""
    live = live_answers(schema, answers) if schema.checks else {}
    own = {field.key for field in section.fields} if section else None
    return [
        check
        for check in schema.checks
        if not check.is_error and (own is None or check.at in own) and is_broken(check, live, today)
    ]
