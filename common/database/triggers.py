"""Triggers as they should be: which of a table's are missing or differ, and making those alone.

SQLite keeps the text of a trigger, which is compared as it is. PostgreSQL
rewrites it; there a comment on each trigger holds a hash of what was asked for
and one of what became of it, so that neither changes unnoticed.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from .contention import patiently, wait_briefly

TRIES = 60
PAUSE_SECONDS = 0.5
DEFINER = "SECURITY DEFINER SET search_path FROM CURRENT"


@dataclass(frozen=True)
class Trigger:
    """One trigger: its statement, and on PostgreSQL the function that it calls with that function's source.

    ``is_definer``: the function has the rights of who made it, not of who meets it.
    """

    sql: str
    function: str = ""
    source: str = ""
    is_definer: bool = False

    @property
    def hash(self) -> str:
        """What identifies the wish."""
        return _short(self.sql, self.function, self.source, *([DEFINER] if self.is_definer else []))


@dataclass(frozen=True)
class Guard:
    """The triggers of one table that belong together: their names begin with ``begins``.

    ``wanted`` takes a cursor and its connection and returns the triggers that should be there, by name.
    """

    table: str
    begins: str
    wanted: Callable[[Any, BaseDatabaseWrapper], dict[str, Trigger]]


def install(using: str, guards: Iterable[Guard]) -> int:
    """Make the triggers that are missing or differ; returns how many guards were changed.

    Each in a short transaction of its own, tried again while others hold the
    table. Two or three queries a guard, and nothing else, when nothing differs.
    """
    changed = 0
    for guard in guards:
        if _differs(using, guard):
            patiently(partial(_make, using, guard), tries=TRIES, pause=PAUSE_SECONDS)
            changed += 1
    return changed


def lift(using: str, guards: Iterable[Guard]) -> None:
    """Put every trigger of the guards out of force until :func:`install`; on PostgreSQL others may go on reading."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Rows that still wait for the check of their foreign keys hold their table fast.
            connection.check_constraints()
        for guard in guards:
            for name in _found(cursor, connection, guard):
                if connection.vendor == "postgresql":
                    cursor.execute(f'ALTER TABLE "{guard.table}" DISABLE TRIGGER "{name}"')
                else:
                    _drop(cursor, connection, guard.table, name)


def _differs(using: str, guard: Guard) -> bool:
    """Tell whether a table lacks a trigger of its guard, or has one that is another, changed or disabled."""
    connection = connections[using]
    with connection.cursor() as cursor:
        wanted = guard.wanted(cursor, connection)
        found = _found(cursor, connection, guard)
    return set(found) != set(wanted) or not all(_is_right(found[name], trigger) for name, trigger in wanted.items())


def _make(using: str, guard: Guard) -> None:
    """Make the triggers that are missing or differ, and drop those of the guard's names that nobody wants."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        wait_briefly(cursor, connection)
        wanted = guard.wanted(cursor, connection)
        found = _found(cursor, connection, guard)
        wrong = [name for name, trigger in wanted.items() if name not in found or not _is_right(found[name], trigger)]
        for name in set(found) - set(wanted):
            _drop(cursor, connection, guard.table, name)
        if connection.vendor == "postgresql":
            _make_functions(cursor, wanted)
        for name in wrong:
            if connection.vendor == "sqlite":
                _drop(cursor, connection, guard.table, name)
            cursor.execute(wanted[name].sql)
        if connection.vendor == "postgresql" and wrong:
            states = _found(cursor, connection, guard)
            for name in wrong:
                comment = f"{wanted[name].hash} {states[name][1]}"
                cursor.execute(f'COMMENT ON TRIGGER "{name}" ON "{guard.table}" IS %s', [comment])


def _is_right(found: tuple[str, str], wanted: Trigger) -> bool:
    said, state = found
    return said == (f"{wanted.hash} {state}" if wanted.function else wanted.sql)


def _found(cursor: Any, connection: BaseDatabaseWrapper, guard: Guard) -> dict[str, tuple[str, str]]:
    """Return the triggers of a table that bear a guard's names: (comment, hash of the state), on SQLite (text, '')."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [guard.table])
        return {name: (sql, "") for name, sql in cursor.fetchall() if name.startswith(guard.begins)}
    cursor.execute(
        "SELECT tgname, COALESCE(obj_description(t.oid, 'pg_trigger'), ''), pg_get_triggerdef(t.oid), "
        "t.tgenabled::text, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND t.tgrelid = %s::regclass",
        [f'"{guard.table}"'],
    )
    return {name: (said, _short(*state)) for name, said, *state in cursor.fetchall() if name.startswith(guard.begins)}


def _make_functions(cursor: Any, wanted: dict[str, Trigger]) -> None:
    """Write the functions of triggers, but for those that stand as they should: their row is shared by all tables."""
    for function, source, is_definer in {(one.function, one.source, one.is_definer) for one in wanted.values()}:
        cursor.execute(
            "SELECT prosrc, prosecdef FROM pg_proc WHERE proname = %s "
            "AND pronamespace = current_schema()::regnamespace",
            [function],
        )
        if cursor.fetchone() != (source, is_definer):
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql "
                f"{DEFINER if is_definer else ''} AS $${source}$$"
            )


def _drop(cursor: Any, connection: BaseDatabaseWrapper, table: str, name: str) -> None:
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


def _short(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:24]
