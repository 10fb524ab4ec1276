"""How each procedure went this year: counted nightly, shown in the catalogue."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import Any

from django.db import transaction
from django.db.models import Q

from common.clock import local_day
from common.values.working_time import CalendarError, OfficeCalendar, YearNotEntered, at, working_time_between
from offices.calendar.office_calendar import calendar_of
from offices.models import Unit
from procedures.models import ProcedureFigures

from ..models import Channel, Dossier, Pause

BATCH = 1000
_COLUMNS = (
    "pk",
    "version__procedure_id",
    "unit_id",
    "channel",
    "received_at",
    "decided_at",
    "due_at",
    "counts_late",
    "was_late",
)


@dataclass
class Tally:
    """What is counted for one procedure; ``hours`` has the working hours of every decided dossier."""

    received: int = 0
    received_online: int = 0
    decided: int = 0
    decided_online: int = 0
    on_time: int = 0
    hours: list[float] = field(default_factory=list)


def count(now: datetime) -> int:
    """Write the figures of the local year so far for every procedure; returns how many have any.

    One pass over the year's dossiers in batches, two queries each, and three
    for the calendar of each unit. Rows of procedures without a dossier this
    year go away.
    """
    year = local_day(now).year
    tallies: dict[int, Tally] = defaultdict(Tally)
    calendars: dict[int, OfficeCalendar | None] = {}
    since = at(local_day(now).replace(month=1, day=1), datetime.min.time())
    for rows in _batches(since, now):
        pauses = _pauses(row.pk for row in rows)
        for row in rows:
            tally, is_online = tallies[row.version__procedure_id], row.channel == Channel.ONLINE
            if row.received_at >= since:
                tally.received += 1
                tally.received_online += is_online
            if row.decided_at is not None:
                tally.decided += 1
                tally.decided_online += is_online
                tally.on_time += _is_on_time(row)
                hours = _hours(row, pauses[row.pk], calendars, now)
                if hours is not None:
                    tally.hours.append(hours)
    _write(tallies, year, now)
    return len(tallies)


def _batches(since: datetime, until: datetime) -> Iterator[list[Any]]:
    """Yield what was received or decided in a time, in batches by key: no statement runs long.

    Nothing is decided that was not received (``dossier_received_at``), nor before.
    """
    dossiers = Dossier.objects.in_figures().filter(
        Q(received_at__gte=since, received_at__lte=until) | Q(decided_at__gte=since, decided_at__lte=until)
    )
    ordered, last = dossiers.order_by("pk").values_list(*_COLUMNS, named=True), 0
    while rows := list(ordered.filter(pk__gt=last)[:BATCH]):
        yield rows
        last = rows[-1].pk


def _pauses(pks: Iterable[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    found: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for dossier, since, until in Pause.objects.filter(dossier__in=list(pks)).values_list("dossier", "since", "until"):
        found[dossier].append((since, until))
    return found


def _is_on_time(row: Any) -> bool:
    """Tell whether a result came by every promised time; more than one supplement asked counts as late."""
    return not row.counts_late and not row.was_late and (row.due_at is None or row.decided_at <= row.due_at)


def _hours(
    row: Any,
    pauses: Iterable[tuple[datetime, datetime | None]],
    calendars: dict[int, OfficeCalendar | None],
    now: datetime,
) -> float | None:
    """Return the working hours from reception to result without pauses; None where the calendar does not reach."""
    if row.unit_id not in calendars:
        try:
            calendars[row.unit_id] = calendar_of(Unit.objects.get(pk=row.unit_id), around=now)
        except CalendarError:
            calendars[row.unit_id] = None
    calendar = calendars[row.unit_id]
    if calendar is None:
        return None
    try:
        worked = working_time_between(calendar, row.received_at, row.decided_at)
        for since, until in pauses:
            worked -= working_time_between(
                calendar, max(since, row.received_at), min(until or row.decided_at, row.decided_at)
            )
    except YearNotEntered:
        return None
    return max(worked.total_seconds(), 0) / 3600


def _write(tallies: dict[int, Tally], year: int, now: datetime) -> None:
    rows = [
        ProcedureFigures(
            procedure_id=procedure,
            year=year,
            received=tally.received,
            received_online=tally.received_online,
            decided=tally.decided,
            decided_online=tally.decided_online,
            on_time=tally.on_time,
            median_hours=round(Decimal(median(tally.hours)), 1) if tally.hours else None,
            counted_at=now,
        )
        for procedure, tally in sorted(tallies.items())
    ]
    counted = ("year", "received", "received_online", "decided", "decided_online", "on_time", "median_hours")
    with transaction.atomic():
        ProcedureFigures.objects.exclude(procedure__in=list(tallies)).delete()
        ProcedureFigures.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["procedure"],
            update_fields=[*counted, "counted_at"],
        )
