"""Answers that the portal makes of others: shown and printed, never asked; made anew whenever answers are checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy

from common.values import partial_date
from common.values.money import exact
from common.values.words import amount_in_words, number_in_words

from ..parts import Answers, Derivation, Question, is_empty
from . import spans

NUMBERS = frozenset({"number", "decimal", "money"})
_DATES = frozenset({"date", "person"})
# Beyond these figures nothing is calculated: nobody has so much.
MAX_RESULT = 10**15


@dataclass(frozen=True, slots=True)
class Way:
    """A way of making an answer: the type it has, the types it is made of, how many of them, and how.

    ``make`` takes the values, of which the unanswered are None, today and the derivation. ``needs_all``: one that is
    unanswered leaves it unanswered. ``takes_columns``: a column of a table counts as the list of its cells.
    """

    title: Any
    types: frozenset[str]
    sources: frozenset[str]
    most: int
    make: Callable[[list[Any], date | None, Derivation], Any]
    least: int = 1
    needs_all: bool = True
    takes_columns: bool = False
    has_span: bool = False


def number_of(value: Any) -> Decimal:
    """Return an answer as a number; of a table how many rows it has, of several choices how many are ticked."""
    return Decimal(len(value) if isinstance(value, list) else value)


def _date_words(values: list[Any], today: date | None, how: Derivation) -> str | None:
    return partial_date.in_words(values[0])


def _words(values: list[Any], today: date | None, how: Derivation) -> str | None:
    number = values[0]
    if not 0 <= number < MAX_RESULT:
        return None
    return number_in_words(number) if how.name == "number_in_words" else amount_in_words(number)


def _sum(values: list[Any], today: date | None, how: Derivation) -> Decimal | None:
    cells = [cell for value in values for cell in (value if isinstance(value, list) else [value])]
    given = [number_of(cell) for cell in cells if not is_empty(cell)]
    return sum(given, Decimal(0)) if given else None


def _product(values: list[Any], today: date | None, how: Derivation) -> Decimal | None:
    made = Decimal(1)
    for value in values:
        made *= number_of(value)
    return made


def _count(values: list[Any], today: date | None, how: Derivation) -> Decimal | None:
    return number_of(values[0])


def _whole_days(values: list[Any], today: date | None) -> tuple[date, date] | None:
    """Return the two days between which time passes, the second today when it is not asked; None when one is unsure."""
    isos = [spans.iso_of(value) for value in values] + ([today.isoformat()] if today and len(values) == 1 else [])
    if len(isos) < 2 or not all(partial_date.is_whole(iso) for iso in isos):
        return None
    return date.fromisoformat(isos[0]), date.fromisoformat(isos[1])


def _age(values: list[Any], today: date | None, how: Derivation) -> Decimal | None:
    found = _whole_days(values, today)
    return Decimal(spans.years_between(*found)) if found and found[0] <= found[1] else None


def _days(values: list[Any], today: date | None, how: Derivation) -> Decimal | None:
    found = _whole_days(values, today)
    return Decimal((found[1] - found[0]).days) if found and found[0] <= found[1] else None


def _within(values: list[Any], today: date | None, how: Derivation) -> bool | None:
    found = _whole_days(values, today)
    return found[1] <= spans.shifted(found[0], how.amount, how.unit) if found and found[0] <= found[1] else None


_TEXT = frozenset({"text"})
WAYS: dict[str, Way] = {
    "date_in_words": Way(gettext_lazy("Date in words"), _TEXT, frozenset({"date"}), 1, _date_words),
    "number_in_words": Way(gettext_lazy("Number in words"), _TEXT, frozenset({"number"}), 1, _words),
    "amount_in_words": Way(gettext_lazy("Amount in words"), _TEXT, frozenset({"money"}), 1, _words),
    "sum": Way(gettext_lazy("Sum"), NUMBERS, NUMBERS, 12, _sum, needs_all=False, takes_columns=True),
    "product": Way(gettext_lazy("Product"), NUMBERS, NUMBERS | {"table"}, 3, _product, least=2),
    "count": Way(gettext_lazy("Number of rows"), frozenset({"number"}), frozenset({"table", "choices"}), 1, _count),
    "age": Way(gettext_lazy("Age in years"), frozenset({"number"}), _DATES, 2, _age),
    "days_between": Way(gettext_lazy("Days between two dates"), frozenset({"number"}), _DATES, 2, _days),
    "within": Way(
        gettext_lazy("In time or late"), frozenset({"choice"}), frozenset({"date"}), 2, _within, has_span=True
    ),
}


def derived(field: Question, known: Answers, today: date | None = None) -> Any:
    """Return a calculated answer in the shape of its type; None where what it needs is not known.

    Without ``today`` nothing that depends on the day is calculated.
    """
    assert field.derive is not None
    way, values = WAYS[field.derive.name], [_source(key, known) for key in field.derive.of]
    if all(is_empty(value) for value in values) or (way.needs_all and any(is_empty(value) for value in values)):
        return None
    try:
        return _shaped(field, way.make(values, today, field.derive))
    except (ArithmeticError, TypeError, ValueError):
        # An answer kept from before its question got another type.
        return None


def _source(key: str, known: Answers) -> Any:
    """Return an answer, or of 'table.column' the cells of a column."""
    table, _dot, column = key.partition(".")
    value = known.get(table)
    if column and isinstance(value, list):
        return [row.get(column) for row in value if isinstance(row, Mapping) and not is_empty(row.get(column))]
    return value


def _shaped(field: Question, made: Any) -> Any:
    """Return what was made as an answer of the field's type; of an in-time question its first answer or its second."""
    if isinstance(made, bool):
        return field.options[0 if made else 1].value
    if not isinstance(made, Decimal):
        return made or None
    if not 0 <= made < MAX_RESULT:
        return None
    return exact(made, field.decimals) if field.type == "decimal" else int(exact(made, 0))
