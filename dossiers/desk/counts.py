"""How many dossiers the desk's lists hold, all of a page's figures in one statement."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Value

from accounts.models import User
from common.values.money import grouped
from offices.models import Post

from ..models import FINAL, OPEN, WorklistRow
from ..querysets import WorklistQuerySet
from .lists import VIEWS
from .officer import Officer

CAP = 1000
# Names of the figures in their order, the statement and its values.
Statement = tuple[list[str], str, list[Any]]


def tab_counts(officer: Officer, views: tuple[str, ...]) -> dict[str, int]:
    """Count whole tabs; one query, whose statement is written once for each officer's posts."""
    posts = tuple((post.unit_id, post.role, tuple(post.sectors)) for post in officer.posts)
    return _asked(_tab_statement(officer.user.pk, posts, views))


def counted(officer: Officer, wanted: Mapping[str, tuple[str, Q]]) -> dict[str, int]:
    """Count lists, each named by its tab and what narrows it; one query."""
    return _asked(_statement(officer, wanted))


def shown_count(count: int) -> str:
    """Return a count as the tabs show it: '12', or '1.000+' beyond the cap."""
    return f"{grouped(CAP)}+" if count > CAP else str(count)


def _asked(statement: Statement) -> dict[str, int]:
    keys, sql, values = statement
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchone()
    counts = dict.fromkeys(keys, 0)
    for key, count in zip(keys, found, strict=True):
        counts[key] += count
    return counts


# Writing it takes longer than asking it: 2 ms for ten tabs.
@lru_cache(maxsize=200)
def _tab_statement(user: int, posts: tuple[tuple[int, str, tuple[str, ...]], ...], views: tuple[str, ...]) -> Statement:
    held = tuple(Post(unit_id=unit, role=role, sectors=list(sectors)) for unit, role, sectors in posts)
    return _statement(
        Officer(User(pk=user), held, datetime.min.replace(tzinfo=UTC)), {view: (view, Q()) for view in views}
    )


def _statement(officer: Officer, wanted: Mapping[str, tuple[str, Q]]) -> Statement:
    """Write the statement of several counts: exact up to :data:`CAP`, where the figures shown end.

    What is open in the officer's units is passed once, within one index, and so is what the officer holds. Of what
    has ended at most ``CAP`` + 1 rows are read; a tab that shows such rows is not narrowed.
    """
    listed: dict[str, Q] = {}
    held: dict[str, Q] = {}
    apart: dict[str, Q] = {}
    for key, (name, narrower) in wanted.items():
        view = VIEWS[name]
        parts = view.listed(officer)
        if view.is_apart:
            apart[key] = reduce(or_, parts) & narrower
        elif parts:
            listed[key] = reduce(or_, parts) & narrower
        if view.held is not None:
            held[key] = view.held & narrower
    keys: list[str] = []
    tables: list[str] = []
    values: list[Any] = []
    for rows, conditions in ((officer.listed().filter(status__in=OPEN), listed), (officer.held(), held)):
        if conditions:
            sql, params = _tally(rows, conditions).query.sql_with_params()
            keys += conditions
            tables.append(sql)
            values += params
    if ended := [key for key, (name, _narrower) in wanted.items() if VIEWS[name].has_ended]:
        sql, params = officer.listed().filter(status__in=FINAL).values("unit")[: CAP + 1].query.sql_with_params()
        keys += ended
        tables.append(f"SELECT {', '.join(['COUNT(*)'] * len(ended))} FROM ({sql}) ended")
        values += params
    for key, condition in apart.items():
        sql, params = officer.listed().filter(condition).values("unit")[: CAP + 1].query.sql_with_params()
        keys.append(key)
        tables.append(f"SELECT COUNT(*) FROM ({sql}) few")
        values += params
    return keys, f"SELECT * FROM {', '.join(f'({sql}) t{n}' for n, sql in enumerate(tables))}", values


def _tally(rows: WorklistQuerySet, conditions: Mapping[str, Q]) -> QuerySet[WorklistRow, Any]:
    """Return one row with the number of rows that meet each condition."""
    alone = rows.annotate(alone=Value(1)).values("alone")
    tallies = {f"n{n}": Count("unit", filter=each or None) for n, each in enumerate(conditions.values())}
    return alone.annotate(**tallies).values_list(*tallies)
