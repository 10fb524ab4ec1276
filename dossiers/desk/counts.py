"""How many dossiers the desk's lists hold, all of a page's figures in one statement."""

from collections.abc import Mapping
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Count, Q, Value

from common.values.money import grouped

from ..models import FINAL, OPEN
from ..querysets import WorklistQuerySet
from .lists import VIEWS
from .officer import Officer

CAP = 1000


def counted(officer: Officer, wanted: Mapping[str, tuple[str, Q]]) -> dict[str, int]:
    """Count lists, each named by its tab and what narrows it, in one statement; beyond :data:`CAP` not exactly.

    What is open in the officer's units is passed once, within one index, and so is what the officer holds. Of what
    has ended at most :data:`CAP` + 1 rows are read; a tab that shows such rows is not narrowed.
    """
    listed, held = {}, {}
    for key, (name, narrower) in wanted.items():
        if conditions := VIEWS[name].listed(officer):
            listed[key] = reduce(or_, conditions) & narrower
        if VIEWS[name].held is not None:
            held[key] = VIEWS[name].held & narrower
    parts = [
        (list(conditions), *_tally(rows, conditions).query.sql_with_params())
        for rows, conditions in ((officer.listed().filter(status__in=OPEN), listed), (officer.held(), held))
        if conditions
    ]
    if ended := [key for key, (name, _narrower) in wanted.items() if VIEWS[name].has_ended]:
        rows = officer.listed().filter(status__in=FINAL).values("unit")[: CAP + 1]
        sql, values = rows.query.sql_with_params()
        parts.append((ended, f"SELECT {', '.join(['COUNT(*)'] * len(ended))} FROM ({sql}) ended", values))
    counts = dict.fromkeys(wanted, 0)
    tables = ", ".join(f"({sql}) t{n}" for n, (_keys, sql, _values) in enumerate(parts))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {tables}", [value for _keys, _sql, values in parts for value in values])
        found = cursor.fetchone()
    for key, count in zip((key for keys, _sql, _values in parts for key in keys), found, strict=True):
        counts[key] += count
    return counts


def _tally(rows: WorklistQuerySet, conditions: Mapping[str, Q]) -> WorklistQuerySet:
    """Return one row with the number of rows that meet each condition."""
    alone = rows.annotate(alone=Value(1)).values("alone")
    tallies = {f"n{n}": Count("unit", filter=each or None) for n, each in enumerate(conditions.values())}
    return alone.annotate(**tallies).values_list(*tallies)


def shown_count(count: int) -> str:
    """Return a count as the tabs show it: '12', or '1.000+' beyond the cap."""
    return f"{grouped(CAP)}+" if count > CAP else str(count)
