"""How long each step took against the time allotted to it: medians and the slowest tenth, measured nightly."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

from django.db import transaction

from common.values.working_time import CalendarError, OfficeCalendar, YearNotEntered, working_time_between
from dossiers.models import Assignment, Dossier, Pause
from dossiers.records.assignments import pieces
from offices.calendar.office_calendar import calendar_of
from offices.models import Unit

from ..models import Counted, StepFigure

DAYS = 90
BATCH = 1000


@dataclass
class Tally:
    """What is measured of a step: working hours each time it was done, what was allotted, how often it was over."""

    hours: list[float] = field(default_factory=list)
    allotted: list[float] = field(default_factory=list)
    over: int = 0


def measure(now: datetime) -> int:
    """Write how long the steps that ended in the last DAYS took; returns how many rows there are.

    Three queries for each thousand steps and three for the calendar of each unit. What a unit's calendar does
    not reach is left out. A step that went on after a recall counts once, as a whole; what was recalled or given back
    was not done and counts nowhere.
    """
    tallies: dict[tuple[int, int | None, str], Tally] = defaultdict(Tally)
    units = Unit.objects.in_bulk()
    calendars: dict[int, OfficeCalendar | None] = {}
    for rows in _batches(now):
        pauses = _pauses({row.dossier_id for row in rows})
        resumed = _resumed({row.dossier_id for row in rows})
        for row in rows:
            others = resumed[row.dossier_id]
            if any(row.n in (other.continues, other.n - 1) for other in others if other.continues is not None):
                continue
            if row.unit_id not in calendars:
                calendars[row.unit_id] = _calendar(units[row.unit_id], now)
            measured = [
                _hours(row.dossier, piece, pauses[row.dossier_id], calendars[row.unit_id])
                for piece in pieces(others, row)
            ]
            found = [each for each in measured if each is not None]
            if not found:
                continue
            hours = sum(found)
            for procedure in (row.dossier.version.procedure_id, None):
                tally = tallies[row.unit_id, procedure, row.role]
                tally.hours.append(hours)
                if row.allotted:
                    tally.allotted.append(float(row.allotted))
                    tally.over += hours > float(row.allotted)
    figures = [_figure(*key, tally) for key, tally in tallies.items()]
    with transaction.atomic():
        StepFigure.objects.all().delete()
        StepFigure.objects.bulk_create(figures, batch_size=500)
        Counted.objects.get_or_create(pk=1)
        Counted.objects.filter(pk=1).update(steps_at=now)
    return len(figures)


def _batches(now: datetime) -> Iterator[list[Assignment]]:
    """Yield the steps that ended lately, after reception; by key, so that no statement runs long."""
    ended = Assignment.objects.filter(until__gt=now - timedelta(days=DAYS), until__lte=now, step__gt=0)
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


def _pauses(dossiers: set[int]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(dossier__in=dossiers):
        found[pause.dossier_id].append(pause)
    return found


def _calendar(unit: Unit, now: datetime) -> OfficeCalendar | None:
    try:
        return calendar_of(unit, around=now)
    except CalendarError:
        return None


def _hours(dossier: Dossier, row: Assignment, pauses: Sequence[Pause], calendar: OfficeCalendar | None) -> float | None:
    """Return the working hours of a step between reception and decision, without the pauses in it.

    None where the calendar does not reach, and for what lies wholly before or after.
    """
    until = row.until
    if calendar is None or until is None or dossier.received_at is None:
        return None
    begun, until = max(row.since, dossier.received_at), min(until, dossier.decided_at or until)
    if begun >= until:
        return None
    try:
        worked = working_time_between(calendar, begun, until)
        for pause in pauses:
            since, end = max(pause.since, begun), min(pause.until or until, until)
            if since < end:
                worked -= working_time_between(calendar, since, end)
    except YearNotEntered:
        return None
    return max(worked.total_seconds(), 0) / 3600


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
