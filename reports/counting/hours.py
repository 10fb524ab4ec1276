"""Working hours of dossiers and steps, without the time in which somebody else is awaited."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from common.values.working_time import CalendarError, OfficeCalendar, YearNotEntered, working_time_between
from dossiers.models import Pause
from offices.calendar.office_calendar import calendar_of
from offices.models import Unit


class Clock:
    """The hours of every unit, each calendar read once: four queries at its first use."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._calendars: dict[int, OfficeCalendar | None] = {}

    def hours(self, unit: int, since: datetime, until: datetime, pauses: Iterable[Pause]) -> float | None:
        """Return the working hours between two moments without the pauses; None where the calendar does not reach."""
        calendar = self._calendar(unit)
        if calendar is None:
            return None
        try:
            worked = working_time_between(calendar, since, until)
            for pause in pauses:
                begun, end = max(pause.since, since), min(pause.until or until, until)
                if begun < end:
                    worked -= working_time_between(calendar, begun, end)
        except YearNotEntered:
            return None
        return max(worked.total_seconds(), 0) / 3600

    def _calendar(self, unit: int) -> OfficeCalendar | None:
        if unit not in self._calendars:
            try:
                self._calendars[unit] = calendar_of(Unit.objects.get(pk=unit), around=self.now)
            except CalendarError:
                self._calendars[unit] = None
        return self._calendars[unit]


def pauses_of(dossiers: Collection[int]) -> dict[int, list[Pause]]:
    """Return the pauses of dossiers by primary key; one query."""
    found: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(dossier__in=dossiers):
        found[pause.dossier_id].append(pause)
    return found
