"""What the application's own database role may do, apart from the role that owns the tables (PostgreSQL).

It reads and writes rows. It changes no table, empties none, and in tables whose
rows stay as they were written it may add rows and fill the columns that the
table's rule leaves open: what the triggers keep, the rights keep once more.
Given by ``manage.py prepare``; only what differs is changed.
"""

from collections import defaultdict
from functools import partial
from typing import Any

from django.db import connection, transaction

from . import append_only
from .contention import patiently, wait_briefly

TRIES = 60
PAUSE_SECONDS = 0.5
ROWS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
# Which migrations have run is written by the owner, stamps by triggers that have the owner's rights.
READ_ONLY = frozenset({"django_migrations", "common_stamp"})
Rights = dict[str, frozenset[str]]


class RoleRefused(Exception):
    """The role cannot be made or used; the message says what to do."""


def prepare_role(role: str, password: str) -> int:
    """Make the role where it is missing and give it its rights; returns how many tables were changed.

    Three queries when nothing differs. Raises :class:`RoleRefused`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, to_regrole(quote_ident(%s)) IS NOT NULL", [role])
        owner, exists = cursor.fetchone()
        if role == owner:
            raise RoleRefused(f"{role} owns the tables: name another role in APP_DATABASE_ROLE.")
        if not exists:
            _create(cursor, role, password)
        _reach(cursor, role)
        found, changed = _found(cursor, role), 0
        for table, wanted in _wanted(cursor).items():
            if found.get(table, {}) != wanted:
                patiently(partial(_give, role, table, wanted), tries=TRIES, pause=PAUSE_SECONDS)
                changed += 1
        _sequences(cursor, role)
    return changed


def _create(cursor: Any, role: str, password: str) -> None:
    if not password:
        raise RoleRefused(f"There is no role {role}: make it, or give its password in APP_DATABASE_PASSWORD.")
    cursor.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
    if not cursor.fetchone()[0]:
        raise RoleRefused(f"This role may not make others: have an administrator run CREATE ROLE {role} LOGIN.")
    cursor.execute(f"CREATE ROLE {_quoted(role)} LOGIN PASSWORD %s", [password])


def _reach(cursor: Any, role: str) -> None:
    """Let the role into the database and its schema, where nobody but the owner makes anything."""
    cursor.execute(
        "SELECT current_database(), current_schema(), has_database_privilege(%s, current_database(), 'CONNECT'), "
        "has_schema_privilege(%s, current_schema(), 'USAGE'), has_schema_privilege(%s, current_schema(), 'CREATE')",
        [role, role, role],
    )
    database, schema, may_connect, may_use, may_create = cursor.fetchone()
    if not may_connect:
        cursor.execute(f"GRANT CONNECT ON DATABASE {_quoted(database)} TO {_quoted(role)}")
    if not may_use:
        cursor.execute(f"GRANT USAGE ON SCHEMA {_quoted(schema)} TO {_quoted(role)}")
    if may_create:
        cursor.execute(f"REVOKE CREATE ON SCHEMA {_quoted(schema)} FROM PUBLIC, {_quoted(role)}")


def _wanted(cursor: Any) -> dict[str, Rights]:
    """Return for each table {right: columns}; no columns mean the whole table."""
    rules = {rule.table: rule for rule in append_only.rules() if rule.is_total}
    wanted: dict[str, Rights] = {}
    for table in connection.introspection.table_names(cursor):
        rights: Rights = dict.fromkeys(ROWS, frozenset())
        if table in READ_ONLY:
            rights = {"SELECT": frozenset()}
        elif table in rules:
            rights = {"SELECT": frozenset(), "INSERT": frozenset()}
            if open_columns := frozenset((*rules[table].allowed_columns, *rules[table].set_once)):
                rights["UPDATE"] = open_columns
        wanted[table] = rights
    return wanted


def _found(cursor: Any, role: str) -> dict[str, Rights]:
    cursor.execute(
        "SELECT c.relname, a.privilege_type, '' FROM pg_class c, aclexplode(c.relacl) a "
        "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') "
        "AND a.grantee = to_regrole(quote_ident(%s))::oid "
        "UNION ALL SELECT c.relname, a.privilege_type, t.attname FROM pg_class c "
        "JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a "
        "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') "
        "AND a.grantee = to_regrole(quote_ident(%s))::oid",
        [role, role],
    )
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for table, right, column in cursor.fetchall():
        found[table][right].update({column} - {""})
    return {table: {right: frozenset(columns) for right, columns in rights.items()} for table, rights in found.items()}


def _give(role: str, table: str, wanted: Rights) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        wait_briefly(cursor, connection)
        cursor.execute(f"REVOKE ALL ON TABLE {_quoted(table)} FROM {_quoted(role)}")
        for right, columns in sorted(wanted.items()):
            of = f" ({', '.join(_quoted(column) for column in sorted(columns))})" if columns else ""
            cursor.execute(f"GRANT {right}{of} ON TABLE {_quoted(table)} TO {_quoted(role)}")


def _sequences(cursor: Any, role: str) -> None:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
        "AND CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege(%s, oid, 'USAGE') ELSE false END",
        [role],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"GRANT USAGE, SELECT ON SEQUENCE {_quoted(name)} TO {_quoted(role)}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
