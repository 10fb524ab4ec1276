"""Rows that several requests may want to write at once: one statement decides who was first, on both engines."""

from typing import Any

from django.db import connection
from django.db.models import Model


def add_once(model: type[Model], **values: Any) -> bool:
    """Insert a row unless one with the same unique values stands; returns whether it was inserted. One statement.

    One that another transaction has inserted and not yet committed is waited for. What is not named stays as the
    database has it.
    """
    table, columns, parameters = _parts(model, values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({_marks(parameters)}) ON CONFLICT DO NOTHING",
            parameters,
        )
        return bool(cursor.rowcount == 1)


def raise_counter(model: type[Model], name: str, **key: Any) -> int:
    """Add one to the column ``name`` of the row with a unique key, and return what it then says. One statement.

    A row that is missing is made and begins with 1.
    """
    table, columns, parameters = _parts(model, key)
    counter, unique = connection.ops.quote_name(name), ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({unique}, {counter}) VALUES ({_marks(parameters)}, 1) "
            f"ON CONFLICT ({unique}) DO UPDATE SET {counter} = {table}.{counter} + 1 RETURNING {counter}",
            parameters,
        )
        return int(cursor.fetchone()[0])


def _parts(model: type[Model], values: dict[str, Any]) -> tuple[str, list[str], list[Any]]:
    quote = connection.ops.quote_name
    fields = [model._meta.get_field(name) for name in values]
    parameters = [field.get_db_prep_save(values[field.name], connection) for field in fields]
    return quote(model._meta.db_table), [quote(field.column) for field in fields], parameters


def _marks(parameters: list[Any]) -> str:
    return ", ".join(["%s"] * len(parameters))
