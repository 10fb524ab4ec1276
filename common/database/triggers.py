"""The triggers behind ``append_only``: their SQL on both engines, and whether a table has them as they should be.

SQLite keeps the text of a trigger, which is compared as it is. PostgreSQL
rewrites it; there a comment on each trigger holds a hash of what was asked for
and one of what became of it, so that neither changes unnoticed.
"""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from .append_only import Parent, Rule

FUNCTION = "append_only_refuse"
# The row that a REPLACE would push out, in the triggers of SQLite.
KEPT = "kept"
RAISE = "RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';"


@dataclass(frozen=True)
class Trigger:
    """One trigger: its statement, and on PostgreSQL the function that it calls with that function's source."""

    sql: str
    function: str = ""
    source: str = ""

    @property
    def hash(self) -> str:
        """What identifies the wish."""
        return _short(self.sql, self.function, self.source)


def row_triggers(rule: "Rule") -> list[str]:
    """Return the names of the row triggers that keep a rule on either engine."""
    events = ["insert", "update", "delete"] if rule.parent else ["update", "delete"]
    return [f"{rule.table}_no_{event}" for event in events]


def differs(using: str, rule: "Rule") -> bool:
    """Tell whether a table lacks a trigger of its rule, or has one that is another, changed or disabled."""
    connection = connections[using]
    with connection.cursor() as cursor:
        wanted = _wanted(cursor, connection, rule)
        found = _found(cursor, connection, rule)
    return set(found) != set(wanted) or not all(_is_right(found[name], trigger) for name, trigger in wanted.items())


def make(cursor: Any, connection: BaseDatabaseWrapper, rule: "Rule") -> None:
    """Make the triggers that are missing or differ, and drop those of the rule's names that nobody wants."""
    wanted = _wanted(cursor, connection, rule)
    found = _found(cursor, connection, rule)
    wrong = [name for name, trigger in wanted.items() if name not in found or not _is_right(found[name], trigger)]
    for name in set(found) - set(wanted):
        _drop(cursor, connection, rule.table, name)
    if connection.vendor == "postgresql":
        _make_functions(cursor, wanted)
    for name in wrong:
        if connection.vendor == "sqlite":
            _drop(cursor, connection, rule.table, name)
        cursor.execute(wanted[name].sql)
    if connection.vendor == "postgresql" and wrong:
        states = _found(cursor, connection, rule)
        for name in wrong:
            comment = f"{wanted[name].hash} {states[name][1]}"
            cursor.execute(f'COMMENT ON TRIGGER "{name}" ON "{rule.table}" IS %s', [comment])


def lift(cursor: Any, connection: BaseDatabaseWrapper, rule: "Rule") -> None:
    """Put every trigger of a rule out of force until :func:`make`; on PostgreSQL others may go on reading."""
    for name in _found(cursor, connection, rule):
        if connection.vendor == "postgresql":
            cursor.execute(f'ALTER TABLE "{rule.table}" DISABLE TRIGGER "{name}"')
        else:
            _drop(cursor, connection, rule.table, name)


def _is_right(found: tuple[str, str], wanted: Trigger) -> bool:
    said, state = found
    return said == (f"{wanted.hash} {state}" if wanted.function else wanted.sql)


def _found(cursor: Any, connection: BaseDatabaseWrapper, rule: "Rule") -> dict[str, tuple[str, str]]:
    """Return the triggers of a table that bear a rule's names: (comment, hash of the state), on SQLite (text, '')."""
    begins = f"{rule.table}_no_"
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [rule.table])
        return {name: (sql, "") for name, sql in cursor.fetchall() if name.startswith(begins)}
    cursor.execute(
        "SELECT tgname, COALESCE(obj_description(t.oid, 'pg_trigger'), ''), pg_get_triggerdef(t.oid), "
        "t.tgenabled::text, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND t.tgrelid = %s::regclass",
        [f'"{rule.table}"'],
    )
    return {name: (said, _short(*state)) for name, said, *state in cursor.fetchall() if name.startswith(begins)}


def _make_functions(cursor: Any, wanted: dict[str, Trigger]) -> None:
    """Write the functions of triggers, but for those that stand as they should: their row is shared by all tables."""
    for function, source in {(trigger.function, trigger.source) for trigger in wanted.values()}:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = %s AND pronamespace = current_schema()::regnamespace",
            [function],
        )
        if cursor.fetchone() != (source,):
            cursor.execute(f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $${source}$$")


def _drop(cursor: Any, connection: BaseDatabaseWrapper, table: str, name: str) -> None:
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


def _wanted(cursor: Any, connection: BaseDatabaseWrapper, rule: "Rule") -> dict[str, Trigger]:
    if connection.vendor == "postgresql":
        return _wanted_on_postgresql(cursor, connection, rule)
    return _wanted_on_sqlite(cursor, connection, rule)


def _wanted_on_postgresql(cursor: Any, connection: BaseDatabaseWrapper, rule: "Rule") -> dict[str, Trigger]:
    truncate = f"{rule.table}_no_truncate"
    made = {truncate: ("TRUNCATE", "STATEMENT", "", FUNCTION, f" BEGIN {RAISE} END ")}
    if rule.parent:
        function, source = f"{FUNCTION}_{rule.table}", _parent_source(rule.parent)
        for name, event in zip(row_triggers(rule), ("INSERT", "UPDATE", "DELETE"), strict=True):
            made[name] = (event, "ROW", "", function, source)
    else:
        update, delete = row_triggers(rule)
        for name, event, when in (
            (update, "UPDATE", _both(rule.when, _changed(cursor, connection, rule))),
            (delete, "DELETE", rule.when),
        ):
            made[name] = (event, "ROW", when, FUNCTION, f" BEGIN {RAISE} END ")
    return {
        name: Trigger(
            f'CREATE OR REPLACE TRIGGER "{name}" BEFORE {event} ON "{rule.table}" FOR EACH {each}'
            f"{f' WHEN ({when})' if when else ''} EXECUTE FUNCTION {function}()",
            function,
            source,
        )
        for name, (event, each, when, function, source) in made.items()
    }


def _parent_source(parent: "Parent") -> str:
    """Return the body of a table's own function: WHEN may not ask other tables on PostgreSQL."""
    return (
        f" BEGIN IF TG_OP <> 'INSERT' AND {parent.matches('OLD')} OR TG_OP <> 'DELETE' AND {parent.matches('NEW')} "
        f"THEN {RAISE} END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END "
    )


def _wanted_on_sqlite(cursor: Any, connection: BaseDatabaseWrapper, rule: "Rule") -> dict[str, Trigger]:
    parent = rule.parent
    if parent:
        insert, update, delete = row_triggers(rule)
        made = {
            insert: ("INSERT", parent.matches("NEW")),
            update: ("UPDATE", f"{parent.matches('OLD')} OR {parent.matches('NEW')}"),
            delete: ("DELETE", parent.matches("OLD")),
        }
    else:
        update, delete = row_triggers(rule)
        made = {
            update: ("UPDATE", _both(rule.when, _changed(cursor, connection, rule))),
            delete: ("DELETE", rule.when),
        }
    # A REPLACE deletes the rows in its way without a DELETE trigger.
    is_kept = parent.matches(KEPT) if parent else rule.when.replace("OLD.", f"{KEPT}.")
    pushed_out = _both(_same_keys(cursor, connection, rule.table), is_kept)
    in_the_way = f'EXISTS (SELECT 1 FROM "{rule.table}" AS {KEPT} WHERE {pushed_out}'
    made[f"{rule.table}_no_replace"] = ("INSERT", f"{in_the_way})")
    made[f"{rule.table}_no_replace_by_update"] = ("UPDATE", f'{in_the_way} AND {KEPT}."id" <> OLD."id")')
    refuse = f"SELECT RAISE(ABORT, 'append-only: {rule.table}')"
    return {
        name: Trigger(
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{rule.table}" FOR EACH ROW'
            f"{f' WHEN ({when})' if when else ''} BEGIN {refuse}; END"
        )
        for name, (event, when) in made.items()
    }


def _same_keys(cursor: Any, connection: BaseDatabaseWrapper, table: str) -> str:
    """Return the SQL that is true when a kept row and NEW share the primary key or a unique one."""
    keys = [f'{KEPT}."id" = NEW."id"']
    cursor.execute(f'PRAGMA index_list("{table}")')
    for _seq, index, is_unique, origin, is_partial in cursor.fetchall():
        if not is_unique or origin == "pk":
            continue
        cursor.execute(f'PRAGMA index_info("{index}")')
        columns = [column for _n, _cid, column in cursor.fetchall()]
        if None in columns:
            raise NotImplementedError(f"{table} has a unique expression, which a REPLACE could use: {index}")
        same = " AND ".join(f'{KEPT}."{column}" = NEW."{column}"' for column in columns)
        if is_partial:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [index])
            same += f" AND ({cursor.fetchone()[0].partition(' WHERE ')[2]})"
        keys.append(f"({same})")
    return " OR ".join(sorted(keys))


def _changed(cursor: Any, connection: BaseDatabaseWrapper, rule: "Rule") -> str:
    """Return the SQL that is true when an UPDATE touches a column it may not; empty refuses every UPDATE."""
    if not rule.allowed_columns and not rule.set_once:
        return ""
    differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    refused = []
    for column in connection.introspection.get_table_description(cursor, rule.table):
        change = f'OLD."{column.name}" {differs} NEW."{column.name}"'
        if column.name in rule.set_once:
            # As text: the comparison with '' must hold for columns of any type.
            refused.append(f"({change} AND COALESCE(CAST(OLD.\"{column.name}\" AS text), '') NOT IN ('', '0'))")
        elif column.name not in rule.allowed_columns:
            refused.append(change)
    return " OR ".join(refused)


def _both(one: str, other: str) -> str:
    """Return the SQL that is true when both conditions are; an empty one is no condition."""
    return " AND ".join(f"({condition})" for condition in (one, other) if condition)


def _short(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:24]
