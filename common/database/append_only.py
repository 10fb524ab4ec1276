"""Tables whose rows stay as they were written, kept so by triggers in the database.

Apps name their tables with :func:`register` in ``AppConfig.ready()``. After
every ``migrate`` the triggers that are missing or differ are made on SQLite
and PostgreSQL (``refusing.py`` has their SQL); what stands as it should is
left alone, so that the portal may work meanwhile. A refused statement raises
``django.db.IntegrityError``.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from . import refusing, triggers


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
    (NULL, '' or 0). ``when`` limits the rule to rows that match an SQL condition
    over OLD, in words that both engines read. With ``parent`` the parent
    decides alone, and additions are refused too.
    """

    table: str
    allowed_columns: tuple[str, ...] = ()
    set_once: tuple[str, ...] = ()
    when: str = ""
    parent: Parent | None = None

    @property
    def is_total(self) -> bool:
        """Whether the rule holds for every row, whatever it says."""
        return not self.when and self.parent is None


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


def install(using: str = DEFAULT_DB_ALIAS, tables: Iterable[str] | None = None) -> int:
    """Make the triggers of the registered tables that exist, or of those named, but for what stands already.

    Returns how many tables were changed: each in a short transaction of its own,
    tried again while others hold the table. Three queries a table, and nothing
    else, when nothing differs.
    """
    return triggers.install(using, _guards(using, tables))


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS, tables: Iterable[str] | None = None) -> Iterator[None]:
    """Let rows be changed inside the block: for data migrations, new keys and the flush after a test.

    Inside a transaction nobody else can write to these tables until it ends, so the guard is down for the block alone.
    """
    triggers.lift(using, _guards(using, tables))
    try:
        yield
    finally:
        if not connections[using].needs_rollback:
            install(using, tables)


def lift_before_migrate(using: str, plan: Any = (), **kwargs: Any) -> None:
    """Receive ``pre_migrate``: a SQLite table that others' triggers name cannot be rebuilt while they stand."""
    if plan and connections[using].vendor == "sqlite":
        triggers.lift(using, _guards(using, None))


def install_after_migrate(using: str, **kwargs: Any) -> None:
    """Receive ``post_migrate``: the one place where the triggers come from."""
    install(using)


def _guards(using: str, tables: Iterable[str] | None) -> list[triggers.Guard]:
    existing = set(connections[using].introspection.table_names())
    if tables is not None:
        existing &= set(tables)
    return [refusing.guard(rule) for rule in _rules.values() if rule.table in existing]
