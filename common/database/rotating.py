"""Giving every encrypted column the newest of ``FIELD_KEYS``, while the portal works.

Each value is replaced only while it still is what was read, so that what
somebody writes meanwhile stays; they write with the newest key anyway. It may
be stopped and begun again at any time. Tables whose rows the database keeps as
they are lose their guard for the length of one batch's transaction, in which
nobody else can write to them; that needs the role that owns the tables.
"""

from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast

from ..secret import EncryptedField, EncryptedJSONField, is_newest, renewed
from . import append_only
from .contention import patiently, wait_briefly

# A guarded table is closed to writers for as long as a batch takes: some 100 ms.
BATCH = 200
TRIES = 10
PAUSE_SECONDS = 1.0


@dataclass
class Count:
    """What became of a column: values that got the newest key, had it already, or that no key opens."""

    column: str
    renewed: int = 0
    kept: int = 0
    unreadable: int = 0


def columns() -> list[tuple[type[models.Model], str]]:
    """Return every encrypted column as (model, field's name)."""
    return [
        (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedField | EncryptedJSONField)
    ]


def rotate() -> Generator[Count]:
    """Give every encrypted value the newest key; yields a count for each column. Three queries for 200 values."""
    for model, name in columns():
        count = Count(f"{model._meta.label}.{name}")
        rows = model._base_manager.annotate(token=Cast(F(name), TextField())).order_by("pk")
        left = rows
        while batch := list(left.values_list("pk", "token")[:BATCH]):
            wanted = _wanted(batch, count)
            if wanted:
                count.renewed += patiently(partial(_write, model, name, wanted), tries=TRIES, pause=PAUSE_SECONDS)
            left = rows.filter(pk__gt=batch[-1][0])
        yield count


def _wanted(batch: list[tuple[Any, str | None]], count: Count) -> dict[Any, tuple[str, str]]:
    """Return {primary key: (token, the new one)} of what needs the newest key."""
    wanted = {}
    for pk, token in batch:
        if not token:
            continue
        if is_newest(token):
            count.kept += 1
            continue
        try:
            wanted[pk] = (token, renewed(token))
        except InvalidToken:
            count.unreadable += 1
    return wanted


def _write(model: type[models.Model], name: str, wanted: dict[Any, tuple[str, str]]) -> int:
    """Write new tokens where the old ones still stand, in one transaction; returns how many."""
    table, written = model._meta.db_table, 0
    is_guarded = table in {rule.table for rule in append_only.rules()}
    with transaction.atomic(), connection.cursor() as cursor:
        wait_briefly(cursor, connection)
        guard = append_only.lifted(tables=[table]) if is_guarded else nullcontext()
        with guard:
            for pk, (old, new) in wanted.items():
                same = model._base_manager.annotate(token=Cast(F(name), TextField())).filter(pk=pk, token=old)
                written += same.update(**{name: Value(new, output_field=TextField())})
    return written
