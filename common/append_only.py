"""Tables whose rows stay as they were written, kept so by triggers in the database.

Apps name their tables with :func:`register` in ``AppConfig.ready()``. After
every ``migrate`` the triggers are made anew on SQLite and PostgreSQL, because
a changed column rebuilds a SQLite table and drops its triggers. A refused
statement raises ``django.db.IntegrityError``.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

FUNCTION = "append_only_refuse"


@dataclass(frozen=True)
class Parent:
    """The row that a row belongs to: rows may not be added, changed or deleted while the parent matches ``when``.

    ``when`` is an SQL condition over the parent's columns, in words that both engines read.
    """

    table: str
    column: str
    when: str

    def matches(self, row: str) -> str:
        """Return the SQL that is true when the parent of OLD or NEW matches."""
        return f'EXISTS (SELECT 1 FROM "{self.table}" WHERE "id" = {row}."{self.column}" AND {self.when})'


@dataclass(frozen=True)
class Rule:
    """What may still change in a table.

    ``allowed_columns`` may change at any time, ``set_once`` only while empty
    (NULL or ''). ``when`` limits the rule to rows that match an SQL condition
    over OLD, in words that both engines read. With ``parent`` the parent
    decides alone, and additions are refused too.
    """

    table: str
    allowed_columns: tuple[str, ...] = ()
    set_once: tuple[str, ...] = ()
    when: str = ""
    parent: Parent | None = None


_rules: dict[str, Rule] = {}


def register(
    table: str,
    *,
    allowed_columns: Iterable[str] = (),
    set_once: Iterable[str] = (),
    when: str = "",
    parent: Parent | None = None,
) -> None:
    """Name a table whose rows may not be changed or deleted; see :class:`Rule`."""
    _rules[table] = Rule(table, tuple(allowed_columns), tuple(set_once), when, parent)


def rules() -> list[Rule]:
    """Return the rules of every registered table."""
    return list(_rules.values())


def triggers_of(rule: Rule) -> list[str]:
    """Return the names of the row triggers that keep a rule."""
    events = ["insert", "update", "delete"] if rule.parent else ["update", "delete"]
    return [f"{rule.table}_no_{event}" for event in events]


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Create the triggers of every registered table that exists, replacing older ones."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
                "END $$"
            )
        for rule in _rules.values():
            if rule.table not in existing:
                continue
            for statement in _drop_statements(connection, rule) + _create_statements(connection, cursor, rule):
                cursor.execute(statement)


def remove(using: str = DEFAULT_DB_ALIAS) -> None:
    """Drop the triggers of every registered table that exists."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for rule in _rules.values():
            if rule.table in existing:
                for statement in _drop_statements(connection, rule):
                    cursor.execute(statement)


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let rows be changed inside the block: for data migrations and the flush after a test."""
    remove(using)
    try:
        yield
    finally:
        install(using)


def lift_before_migrate(using: str, plan: Any = (), **kwargs: Any) -> None:
    """Receive ``pre_migrate``: a SQLite table that others' triggers name cannot be rebuilt while they stand."""
    if plan and connections[using].vendor == "sqlite":
        remove(using)


def install_after_migrate(using: str, **kwargs: Any) -> None:
    """Receive ``post_migrate``: the one place where the triggers come from."""
    install(using)


def _drop_statements(connection: BaseDatabaseWrapper, rule: Rule) -> list[str]:
    if connection.vendor == "postgresql":
        names = [*triggers_of(rule), f"{rule.table}_no_truncate"]
        return [f'DROP TRIGGER IF EXISTS "{name}" ON "{rule.table}"' for name in names]
    return [f'DROP TRIGGER IF EXISTS "{name}"' for name in triggers_of(rule)]


def _create_statements(connection: BaseDatabaseWrapper, cursor: Any, rule: Rule) -> list[str]:
    if rule.parent:
        return _parent_statements(connection, rule, rule.parent)
    update, delete = triggers_of(rule)
    changed = _changed_condition(connection, cursor, rule)
    made = [
        _trigger(connection, update, f'UPDATE ON "{rule.table}" FOR EACH ROW', rule, [rule.when, changed]),
        _trigger(connection, delete, f'DELETE ON "{rule.table}" FOR EACH ROW', rule, [rule.when]),
    ]
    if connection.vendor == "postgresql":
        event = f'TRUNCATE ON "{rule.table}" FOR EACH STATEMENT'
        made.append(_trigger(connection, f"{rule.table}_no_truncate", event, rule, []))
    return made


def _parent_statements(connection: BaseDatabaseWrapper, rule: Rule, parent: Parent) -> list[str]:
    names = triggers_of(rule)
    events = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}
    if connection.vendor == "postgresql":
        # WHEN may not ask other tables on PostgreSQL: a function of the table does.
        function = f"{FUNCTION}_{rule.table}"
        made = [
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP <> 'INSERT' AND {parent.matches('OLD')} OR TG_OP <> 'DELETE' AND {parent.matches('NEW')} "
            "THEN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
            "END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        ]
        return made + [
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{rule.table}" FOR EACH ROW EXECUTE FUNCTION {function}()'
            for name, event in zip(names, events, strict=True)
        ]
    return [
        _trigger(
            connection,
            name,
            f'{event} ON "{rule.table}" FOR EACH ROW',
            rule,
            [" OR ".join(parent.matches(row) for row in rows)],
        )
        for name, (event, rows) in zip(names, events.items(), strict=True)
    ]


def _trigger(connection: BaseDatabaseWrapper, name: str, event: str, rule: Rule, conditions: list[str]) -> str:
    given = " AND ".join(f"({condition})" for condition in conditions if condition)
    when = f" WHEN ({given})" if given else ""
    if connection.vendor == "postgresql":
        return f'CREATE TRIGGER "{name}" BEFORE {event}{when} EXECUTE FUNCTION {FUNCTION}()'
    refuse = f"SELECT RAISE(ABORT, 'append-only: {rule.table}')"
    return f'CREATE TRIGGER "{name}" BEFORE {event}{when} BEGIN {refuse}; END'


def _changed_condition(connection: BaseDatabaseWrapper, cursor: Any, rule: Rule) -> str:
    """Return the SQL that is true when an UPDATE touches a column it may not; empty refuses every UPDATE."""
    if not rule.allowed_columns and not rule.set_once:
        return ""
    differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    refused = []
    for column in connection.introspection.get_table_description(cursor, rule.table):
        change = f'OLD."{column.name}" {differs} NEW."{column.name}"'
        if column.name in rule.set_once:
            # As text: the comparison with '' must hold for columns of any type.
            refused.append(f"({change} AND COALESCE(CAST(OLD.\"{column.name}\" AS text), '') <> '')")
        elif column.name not in rule.allowed_columns:
            refused.append(change)
    return " OR ".join(refused)
