"""Tables whose rows belong together in sums: what one column adds up to, another does, when the transaction commits.

On PostgreSQL deferred constraint triggers refuse the commit. SQLite has none: there whoever writes the rows checks
them before (the ledger's ``book``). :func:`register` names a table in ``AppConfig.ready()``; the triggers are made
after every ``migrate``, as those of ``append_only`` are.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from . import triggers
from .triggers import Guard, Trigger

RAISE = "RAISE EXCEPTION 'not balanced: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';"


@dataclass(frozen=True)
class Sums:
    """Rows of ``table`` with the same ``parent`` column, a row of ``parents``: sum of ``left`` = sum of ``right``."""

    table: str
    parent: str
    parents: str
    left: str
    right: str


_sums: dict[str, Sums] = {}


def register(table: str, *, parent: str, parents: str, left: str, right: str) -> None:
    """Name a table whose rows balance for each parent; a parent without rows is refused too. See :class:`Sums`."""
    _sums[table] = Sums(table, parent, parents, left, right)


def install(using: str = DEFAULT_DB_ALIAS) -> int:
    """Make the triggers that are missing or differ; returns how many tables were changed. None on SQLite."""
    return triggers.install(using, _guards(using))


def install_after_migrate(using: str, **kwargs: Any) -> None:
    """Receive ``post_migrate``: the one place where the triggers come from."""
    install(using)


def _guards(using: str) -> list[Guard]:
    if connections[using].vendor != "postgresql":
        return []
    existing = set(connections[using].introspection.table_names())
    found = []
    for sums in _sums.values():
        if {sums.table, sums.parents} <= existing:
            found.append(Guard(sums.table, f"{sums.table}_balanced", partial(_wanted, sums=sums, is_parent=False)))
            found.append(Guard(sums.parents, f"{sums.parents}_balanced", partial(_wanted, sums=sums, is_parent=True)))
    return found


def _wanted(cursor: Any, connection: BaseDatabaseWrapper, sums: Sums, is_parent: bool) -> dict[str, Trigger]:
    table, key = (sums.parents, "id") if is_parent else (sums.table, sums.parent)
    name = f"{table}_balanced"
    # A parent without rows has a sum of NULL, which is no balance either.
    source = (
        f' BEGIN IF (SELECT SUM("{sums.left}") - SUM("{sums.right}") FROM "{sums.table}" '
        f'WHERE "{sums.parent}" = NEW."{key}") IS DISTINCT FROM 0 THEN {RAISE} END IF; RETURN NULL; END '
    )
    # A constraint trigger cannot be replaced.
    sql = (
        f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"; '
        f'CREATE CONSTRAINT TRIGGER "{name}" AFTER INSERT OR UPDATE ON "{table}" DEFERRABLE INITIALLY DEFERRED '
        f"FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
    return {name: Trigger(sql, name, source)}
