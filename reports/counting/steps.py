"""How long each step took against the time allotted to it: medians and the slowest tenth, measured nightly."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median

from django.db import transaction

from dossiers.models import Assignment, Dossier, Pause
from dossiers.records.assignments import pieces

from ..models import Counted, Measured, StepFigure
from . import monthly
from .hours import Clock, pauses_of

DAYS = 90
BATCH = 1000


@dataclass
class Tally:
    """What is measured of a step: working hours each time it was done, what was allotted, how often it was over."""

    hours: list[float] = field(default_factory=list)
    allotted: list[float] = field(default_factory=list)
    over: int = 0


def measure(now: datetime, since: date | None = None) -> int:
    """Write how long the steps that ended in the last DAYS took; returns how many rows there are.

    From ``since`` (a first day of a month; what :func:`monthly.first_month` says) on it also writes how steps kept to
    what was allotted, by month. Three queries for each thousand steps and four for the calendar of each unit. What a
    unit's calendar does not reach is left out. A step that went on after a recall counts once, as a whole; what was
    recalled or given back was not done and counts nowhere.
    """
    since, lately = since or monthly.first_month(now), now - timedelta(days=DAYS)
    tallies: dict[tuple[int, int | None, str], Tally] = defaultdict(Tally)
    kept: dict[monthly.Place, monthly.Tally] = defaultdict(lambda: (0, 0))
    clock = Clock(now)
    for rows in _batches(min(monthly.begin(since), lately), now):
        pauses = pauses_of({row.dossier_id for row in rows})
        resumed = _resumed({row.dossier_id for row in rows})
        for row in rows:
            others = resumed[row.dossier_id]
            if any(row.n in (other.continues, other.n - 1) for other in others if other.continues is not None):
                continue
            measured = [_hours(row.dossier, piece, pauses[row.dossier_id], clock) for piece in pieces(others, row)]
            found = [each for each in measured if each is not None]
            if not found or row.until is None:
                continue
            hours = sum(found)
            allotted = float(row.allotted) if row.allotted else None
            month = monthly.month_of(row.until)
            if allotted is not None and month >= since:
                points, count = kept[row.unit_id, month]
                kept[row.unit_id, month] = points + _points(hours, allotted), count + 1
            if row.until <= lately:
                continue
            for procedure in (row.dossier.version.procedure_id, None):
                tally = tallies[row.unit_id, procedure, row.role]
                tally.hours.append(hours)
                if allotted is not None:
                    tally.allotted.append(allotted)
                    tally.over += hours > allotted
    figures = [_figure(*key, tally) for key, tally in tallies.items()]
    monthly.write([Measured.STEPS], since, {Measured.STEPS: kept})
    with transaction.atomic():
        StepFigure.objects.all().delete()
        StepFigure.objects.bulk_create(figures, batch_size=500)
        Counted.objects.get_or_create(pk=1)
        Counted.objects.filter(pk=1).update(steps_at=now)
    return len(figures)


def _points(hours: float, allotted: float) -> int:
    """Return the points of a step: 2 for a shorter time than allotted, 1 for the same to a tenth, 0 for a longer."""
    taken, given = round(hours, 1), round(allotted, 1)
    return 2 if taken < given else 1 if taken == given else 0


def _batches(since: datetime, until: datetime) -> Iterator[list[Assignment]]:
    """Yield the steps that ended in a time, after reception; by key, so that no statement runs long."""
    ended = Assignment.objects.filter(until__gt=since, until__lte=until, step__gt=0)
    ended = ended.select_related("dossier__version").order_by("pk")
    columns = ("n", "continues", "unit", "role", "since", "until", "allotted")
    ended = ended.only(*columns, "dossier__received_at", "dossier__decided_at", "dossier__version__procedure")
    last = 0
    while rows := list(ended.filter(pk__gt=last)[:BATCH]):
        yield rows
        last = rows[-1].pk


def _resumed(dossiers: set[int]) -> dict[int, list[Assignment]]:
    """Return all steps of those dossiers in which one goes on that had been handed on before; one query."""
    found: dict[int, list[Assignment]] = defaultdict(list)
    again = Assignment.objects.filter(dossier__in=dossiers, continues__isnull=False).values("dossier")
    for row in Assignment.objects.filter(dossier__in=again):
        found[row.dossier_id].append(row)
    return found


def _hours(dossier: Dossier, row: Assignment, pauses: Iterable[Pause], clock: Clock) -> float | None:
    """Return the working hours of a step between reception and decision, without the pauses in it.

    None where the calendar does not reach, and for what lies wholly before or after.
    """
    until = row.until
    if until is None or dossier.received_at is None:
        return None
    begun, until = max(row.since, dossier.received_at), min(until, dossier.decided_at or until)
    return clock.hours(row.unit_id, begun, until, pauses) if begun < until else None


def slowest(hours: Sequence[float]) -> float:
    """Return the time that nine in ten did not exceed (nearest rank)."""
    found = sorted(hours)
    return found[-(-9 * len(found) // 10) - 1]


def _figure(unit: int, procedure: int | None, role: str, tally: Tally) -> StepFigure:
    return StepFigure(
        unit_id=unit,
        procedure_id=procedure,
        role=role,
        count=len(tally.hours),
        over=tally.over,
        allotted_hours=_tenth(median(tally.allotted)) if tally.allotted else None,
        median_hours=_tenth(median(tally.hours)),
        slow_hours=_tenth(slowest(tally.hours)),
    )


def _tenth(hours: float) -> Decimal:
    return round(Decimal(hours), 1)
