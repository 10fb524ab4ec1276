"""How each procedure went this year, shown in the catalogue, and how long units took: measured nightly."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from statistics import median
from typing import Any

from django.db import transaction
from django.db.models import Sum

from common.clock import local_day
from dossiers.models import Channel
from procedures.models import ProcedureFigures

from ..models import Course, DailyFigure, Ending, Measured
from . import monthly
from .courses import MEASURES
from .hours import Clock, pauses_of

BATCH = 1000
_COLUMNS = ("pk", "procedure_id", "unit_id", "channel", "ended_at", "dossier__received_at")


@dataclass
class Tally:
    """What days do not say of a procedure; ``hours`` has the working hours of every dossier with a result."""

    decided_online: int = 0
    hours: list[float] = field(default_factory=list)


def count(now: datetime, since: date | None = None) -> int:
    """Write the figures of the local year so far for every procedure; returns how many have any.

    Received, resolved and on time are those of the days. One pass over the results of the time from ``since`` (a first
    day of a month; what :func:`monthly.first_month` says) in batches, two queries each and four for the calendar of
    each unit: it also writes how long units took. Rows of procedures without a dossier this year go away.
    """
    since, year = since or monthly.first_month(now), local_day(now).year
    tallies: dict[int, Tally] = defaultdict(Tally)
    times: dict[monthly.Place, monthly.Tally] = defaultdict(lambda: (0, 0))
    clock = Clock(now)
    for rows in _batches(monthly.begin(since), now):
        pauses = pauses_of([row.pk for row in rows])
        for row in rows:
            hours = clock.hours(row.unit_id, row.dossier__received_at, row.ended_at, pauses[row.pk])
            if hours is not None:
                place = row.unit_id, monthly.month_of(row.ended_at)
                times[place] = times[place][0] + round(hours * 10), times[place][1] + 1
            if local_day(row.ended_at).year == year:
                tally = tallies[row.procedure_id]
                tally.decided_online += row.channel == Channel.ONLINE
                tally.hours += [] if hours is None else [hours]
    monthly.write([Measured.TIME], since, {Measured.TIME: times})
    return _write(_sums(year, now), tallies, year, now)


def _batches(since: datetime, until: datetime) -> Iterator[list[Any]]:
    """Yield what was resolved in a time, in batches by key: no statement runs long."""
    resolved = Course.objects.filter(ending=Ending.RESOLVED, ended_at__gte=since, ended_at__lte=until)
    ordered, last = resolved.order_by("pk").values_list(*_COLUMNS, named=True), 0
    while rows := list(ordered.filter(pk__gt=last)[:BATCH]):
        yield rows
        last = rows[-1].pk


def _sums(year: int, now: datetime) -> list[dict[str, Any]]:
    """Return what the days of a year say of each procedure; one query."""
    days = DailyFigure.objects.filter(day__gte=date(year, 1, 1), day__lte=local_day(now)).order_by()
    found: Any = days.values("procedure").annotate(**{f"{name}__sum": Sum(name) for name in MEASURES})
    return [{name.removesuffix("__sum"): value for name, value in row.items()} for row in found]


def _write(sums: list[dict[str, Any]], tallies: dict[int, Tally], year: int, now: datetime) -> int:
    rows = []
    for each in sums:
        tally = tallies[each["procedure"]]
        received = each["came_online"] + each["came_counter"] + each["came_post"]
        on_time = each["early"] + each["on_time"]
        if not received and not on_time and not each["late"]:
            continue
        rows.append(
            ProcedureFigures(
                procedure_id=each["procedure"],
                year=year,
                received=received,
                received_online=each["came_online"],
                decided=on_time + each["late"],
                decided_online=tally.decided_online,
                on_time=on_time,
                median_hours=round(Decimal(median(tally.hours)), 1) if tally.hours else None,
                counted_at=now,
            )
        )
    counted = ("year", "received", "received_online", "decided", "decided_online", "on_time", "median_hours")
    with transaction.atomic():
        ProcedureFigures.objects.exclude(procedure__in=[row.procedure_id for row in rows]).delete()
        ProcedureFigures.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["procedure"],
            update_fields=[*counted, "counted_at"],
        )
    return len(rows)
