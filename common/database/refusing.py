"""The triggers behind ``append_only``: what refuses a statement, in the SQL of both engines."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper

from .triggers import Guard, Trigger

if TYPE_CHECKING:
    from .append_only import Parent, Rule

FUNCTION = "append_only_refuse"
# The row that a REPLACE would push out, in the triggers of SQLite.
KEPT = "kept"
RAISE = "RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';"


def row_triggers(rule: "Rule") -> list[str]:
    """Return the names of the row triggers that keep a rule on either engine."""
    events = ["insert", "update", "delete"] if rule.parent else ["update", "delete"]
    return [f"{rule.table}_no_{event}" for event in events]


def guard(rule: "Rule") -> Guard:
    """Return the triggers that keep a rule."""
    return Guard(rule.table, f"{rule.table}_no_", partial(_wanted, rule=rule))


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
