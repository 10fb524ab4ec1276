"""Pages by key instead of offset: the thousandth page costs what the first does.

A cursor is the key of a row in plain text ('2026-03-30T09:30:00.000000Z~123',
'~123' where the first column is empty): readable, unsigned, and harmless when
made up, since it only says where to start in rows that the queryset allows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from common.values.money import grouped

SEPARATOR = "~"
LARGEST = 2**63


@dataclass(frozen=True)
class Page:
    """Rows of one page and the cursors of its neighbours; an empty cursor means that there is none."""

    rows: list[Any]
    next: str
    previous: str


@dataclass(frozen=True)
class _Column:
    field: "models.Field[Any, Any]"
    name: str
    descending: bool

    @property
    def order(self) -> str:
        return f"-{self.name}" if self.descending else self.name

    @property
    def attribute(self) -> str:
        # A computed column has no attname.
        return getattr(self.field, "attname", self.name)

    def beyond(self, value: Any, *, inclusive: bool = False) -> Q:
        lookup = ("lt" if self.descending else "gt") + ("e" if inclusive else "")
        return Q((f"{self.name}__{lookup}", value))

    def place(self, row: Any) -> tuple[Any, ...]:
        """Return what sorts a row by this column, ascending: empty is the largest value."""
        value = getattr(row, self.attribute)
        return (True,) if value is None else (False, value)

    def flipped(self) -> "_Column":
        return _Column(self.field, self.name, not self.descending)


def keyset_page(
    found: models.QuerySet[Any] | Sequence[models.QuerySet[Any]],
    order: Sequence[str] = ("due_at", "id"),
    *,
    after: str = "",
    before: str = "",
    size: int = 50,
    has_empty: bool = True,
) -> Page:
    """Return the page after or before a cursor, else the first one.

    ``found`` is a queryset, or several of one model without a row in common: each is read from its own index and the
    beginnings are merged. ``order`` names own or annotated columns, '-' for descending, the last one unique; only
    the first may be empty, and empty counts as the largest value. A cursor
    that cannot be read gives the first page. One query a queryset, two where the rows
    with an empty first column begin; ``has_empty`` off says that there are no such rows.
    """
    parts = [found] if isinstance(found, models.QuerySet) else found
    columns = [_column(parts[0].model, name, parts[0].query.annotations) for name in order]
    forward = _read(after, columns, has_empty)
    backward = _read(before, columns, has_empty) if forward is None else None
    if backward is not None:
        read = _merged(parts, [column.flipped() for column in columns], backward, size + 1, has_empty)
        rows = read[:size][::-1]
        return Page(rows, next=_cursor(rows[-1:], columns), previous=_cursor(rows[:1] * (len(read) > size), columns))
    read = _merged(parts, columns, forward, size + 1, has_empty)
    rows = read[:size]
    return Page(
        rows,
        next=_cursor(rows[-1:] * (len(read) > size), columns),
        previous=_cursor(rows[:1] * (forward is not None), columns),
    )


def cursor_of(row: models.Model, order: Sequence[str] = ("due_at", "id")) -> str:
    """Return the cursor of a row: ``after`` and ``before`` it stand its neighbours."""
    return _cursor([row], [_column(type(row), name) for name in order])


def cursor_at(*key: Any) -> str:
    """Return the cursor of a row by its key, the values of the columns in their order."""
    return SEPARATOR.join(map(_text, key))


def capped_count(queryset: models.QuerySet[Any], cap: int = 1000) -> str:
    """Count rows up to a cap: '37', '1.000+'. One query that reads at most ``cap`` + 1 rows."""
    return count_words(queryset.order_by()[: cap + 1].count(), cap)


def count_words(count: int, cap: int) -> str:
    """Write a count up to a cap: '37', '1.000+'."""
    return f"{grouped(cap)}+" if count > cap else grouped(count)


def _column(model: type[models.Model], name: str, computed: Mapping[str, Any] = MappingProxyType({})) -> _Column:
    bare = name.removeprefix("-")
    if bare in computed:
        return _Column(computed[bare].output_field, bare, name.startswith("-"))
    field = model._meta.pk if bare == "pk" else model._meta.get_field(bare)
    assert isinstance(field, models.Field), f"{bare} is no column of its own"
    return _Column(field, bare, name.startswith("-"))


def _merged(
    parts: Sequence[models.QuerySet[Any]], columns: list[_Column], start: list[Any] | None, wanted: int, has_empty: bool
) -> list[Any]:
    """Read the first rows of each part beyond ``start`` and return the first of them all."""
    rows = [row for part in parts for row in _fetch(part, columns, start, wanted, has_empty)]
    if len(parts) > 1:
        for column in reversed(columns):
            rows.sort(key=column.place, reverse=column.descending)
    return rows[:wanted]


def _fetch(
    queryset: models.QuerySet[Any], columns: list[_Column], start: list[Any] | None, wanted: int, has_empty: bool
) -> list[Any]:
    """Read rows in the order of ``columns`` beyond ``start``.

    Rows whose first column is empty are read by a query of their own: so each
    query has a plain range on the index.
    """
    queryset = queryset.order_by(*(column.order for column in columns))
    first = columns[0]
    if not first.field.null or not has_empty:
        return list(queryset.filter(_beyond(columns, start))[:wanted])
    empty_parts = [True, False] if first.descending else [False, True]
    if start is not None and (start[0] is None) == empty_parts[1]:
        empty_parts = empty_parts[1:]
    rows: list[Any] = []
    for empty in empty_parts:
        part = queryset.filter(**{f"{first.name}__isnull": empty})
        if start is not None and (start[0] is None) == empty:
            part = part.filter(_beyond(columns[1:], start[1:]) if empty else _beyond(columns, start))
        rows += part[: wanted - len(rows)]
        if len(rows) == wanted:
            break
    return rows


def _beyond(columns: list[_Column], start: list[Any] | None) -> Q:
    """Build (a, b) > (x, y) as a >= x AND (a > x OR (a = x AND b > y)), which both engines answer from an index."""
    if start is None:
        return Q()
    condition = columns[-1].beyond(start[-1])
    for column, value in zip(reversed(columns[:-1]), reversed(start[:-1]), strict=True):
        condition = column.beyond(value) | (Q((column.name, value)) & condition)
    return columns[0].beyond(start[0], inclusive=True) & condition


def _cursor(rows: list[Any], columns: list[_Column]) -> str:
    return cursor_at(*(getattr(rows[0], column.attribute) for column in columns)) if rows else ""


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return "" if value is None else str(value)


def _read(cursor: str, columns: list[_Column], has_empty: bool) -> list[Any] | None:
    parts = cursor.rsplit(SEPARATOR, len(columns) - 1)
    if not cursor or len(parts) != len(columns):
        return None
    try:
        values = [
            None if part == "" and column.field.null and has_empty else _value(part, column.field)
            for part, column in zip(parts, columns, strict=True)
        ]
    except (ValidationError, ValueError, OverflowError):
        return None
    return None if any(value is None for value in values[1:]) else values


def _value(text: str, field: "models.Field[Any, Any]") -> Any:
    value = field.to_python(text)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(text)
        return value.astimezone(UTC)
    if isinstance(value, int) and not -LARGEST < value < LARGEST:
        raise ValueError(text)
    if value is None:
        raise ValueError(text)
    return value
