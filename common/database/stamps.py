"""Stamps: what tells that rows of a table changed, raised by triggers in the database, whoever changes them and how.

Every watched table has a row in ``common_stamp``, with a random value that a
statement on the table replaces in its own transaction. A reader that finds the
value it has seen before knows that nothing was committed since; a number that
counts up would not do: two transactions, of which one is rolled back, can
count to the same. Nobody waits for anybody: on PostgreSQL a transaction adds
its own value and removes only those that no other is about to remove, so that
for a moment there may be several.

:func:`watch` names tables in ``AppConfig.ready()``; the triggers are made after every ``migrate``, as those of
``append_only`` are.
"""

from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from . import triggers
from .triggers import Guard, Trigger

FUNCTION = "raise_stamp"
# With the rights of its owner: a role that may write to a watched table need not be able to write here.
RAISE = (
    "DELETE FROM common_stamp WHERE id IN "
    "(SELECT id FROM common_stamp WHERE name = TG_TABLE_NAME FOR UPDATE SKIP LOCKED); "
    "INSERT INTO common_stamp (name, value) VALUES (TG_TABLE_NAME, gen_random_uuid()::text);"
)
Stamps = dict[str, frozenset[str]]

_watched: dict[str, str] = {}


def watch(table: str, *, when: str = "") -> None:
    """Have the changes of a table raise its stamp; with ``when`` those alone of rows that match before or after.

    ``when`` is an SQL condition over ``{row}``, in words that both engines read.
    """
    _watched[table] = when


def watched() -> frozenset[str]:
    """Return the names of the watched tables."""
    return frozenset(_watched)


def read(using: str = DEFAULT_DB_ALIAS) -> Stamps:
    """Return the stamps of the watched tables as this transaction sees them. One query."""
    found: dict[str, set[str]] = {}
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT name, value FROM common_stamp")
        for name, value in cursor.fetchall():
            found.setdefault(name, set()).add(value)
    return {name: frozenset(values) for name, values in found.items()}


def install(using: str = DEFAULT_DB_ALIAS) -> int:
    """Make the triggers of the watched tables that exist, but for what stands already; returns how many were changed.

    Without the table of stamps there are none.
    """
    return triggers.install(using, _guards(using))


def lift_before_migrate(using: str, plan: Any = (), **kwargs: Any) -> None:
    """Receive ``pre_migrate``: a SQLite table that others' triggers name cannot be rebuilt while they stand."""
    if plan and connections[using].vendor == "sqlite":
        triggers.lift(using, _guards(using))


def install_after_migrate(using: str, **kwargs: Any) -> None:
    """Receive ``post_migrate``: the one place where the triggers come from."""
    install(using)


def _guards(using: str) -> list[Guard]:
    existing = set(connections[using].introspection.table_names())
    has_stamps = "common_stamp" in existing
    return [
        Guard(table, f"{table}_raises", partial(_wanted, table=table, when=when) if has_stamps else lambda *_args: {})
        for table, when in _watched.items()
        if table in existing
    ]


def _wanted(cursor: Any, connection: BaseDatabaseWrapper, table: str, when: str) -> dict[str, Trigger]:
    sqlite = connection.vendor == "sqlite"
    return _wanted_on_sqlite(table, when) if sqlite else _wanted_on_postgresql(table, when)


def _wanted_on_postgresql(table: str, when: str) -> dict[str, Trigger]:
    """Once a statement, however many rows it changes; with a condition once a row."""
    function, each, source = FUNCTION, "STATEMENT", f" BEGIN {RAISE} RETURN NULL; END "
    if when:
        function, each = f"{FUNCTION}_{table}", "ROW"
        before, after = when.format(row="OLD"), when.format(row="NEW")
        is_meant = f"TG_OP = 'TRUNCATE' OR TG_OP <> 'INSERT' AND {before} OR TG_OP <> 'DELETE' AND {after}"
        source = f" BEGIN IF {is_meant} THEN {RAISE} END IF; RETURN NULL; END "
    events = {
        f"{table}_raises": ("INSERT OR UPDATE OR DELETE", each),
        f"{table}_raises_empty": ("TRUNCATE", "STATEMENT"),
    }
    return {
        name: Trigger(
            f'CREATE OR REPLACE TRIGGER "{name}" AFTER {event} ON "{table}" '
            f"FOR EACH {each} EXECUTE FUNCTION {function}()",
            function,
            source,
            is_definer=True,
        )
        for name, (event, each) in events.items()
    }


def _wanted_on_sqlite(table: str, when: str) -> dict[str, Trigger]:
    # Removed and added, not replaced: INSERT OR IGNORE on the table would ignore here too what is there already.
    body = (
        f"DELETE FROM common_stamp WHERE name = '{table}'; "
        f"INSERT INTO common_stamp (name, value) VALUES ('{table}', hex(randomblob(16))); "
    )
    before, after = when.format(row="OLD"), when.format(row="NEW")
    conditions = {"insert": after, "update": f"{before} OR {after}", "delete": before}
    return {
        f"{table}_raises_{event}": Trigger(
            f'CREATE TRIGGER "{table}_raises_{event}" AFTER {event.upper()} ON "{table}" FOR EACH ROW'
            f"{f' WHEN {condition}' if when else ''} BEGIN {body}END"
        )
        for event, condition in conditions.items()
    }
