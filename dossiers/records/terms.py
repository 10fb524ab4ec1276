"""Which time counts for a dossier: its term, its pauses and the time of each step."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from common.clock import local_day
from common.refusals import Refused
from common.values.working_time import (
    DAY,
    SAME_DAY_UNTIL,
    CalendarError,
    OfficeCalendar,
    YearNotEntered,
    add_calendar_days,
    add_working_days,
    add_working_hours,
    add_working_time,
    at,
    closing,
    next_open,
    next_working_day,
    same_day,
    working_time_between,
)
from offices.calendar.office_calendar import calendar_of
from offices.models import Unit
from procedures.models import ProcedureVersion, TimeUnit

from ..models import Dossier

# An answer to an online filing is due within so many working hours (Nghị định 45/2020).
ANSWER_HOURS = 8


def due_from(version: ProcedureVersion, calendar: OfficeCalendar, start: datetime) -> datetime:
    """Return when a term that begins at ``start`` ends, by the version's processing time.

    Working days: same clock time; calendar days: closing of the last day; hours:
    desk hours; same day, or no term in the law: the 15:00 rule (Luật Hộ tịch).
    Raises CalendarError.
    """
    amount = version.processing_amount
    if version.processing_unit == TimeUnit.SAME_DAY or not amount:
        return same_day(calendar, start)
    if version.processing_unit == TimeUnit.HOURS:
        return add_working_hours(calendar, start, amount)
    if version.processing_unit == TimeUnit.DAYS:
        return add_calendar_days(calendar, start, amount)
    return add_working_days(calendar, start, amount)


def start_term(dossier: Dossier, at: datetime) -> dict[str, datetime]:
    """Return the columns of a term that begins then: term_from and due_at.

    Outside opening hours the term begins at the next opening. Raises
    Refused('calendar') when the competent unit's calendar does not reach so far.
    """
    try:
        calendar = calendar_of(dossier.unit, around=at)
        start = next_open(calendar, at)
        return {"term_from": start, "due_at": due_from(dossier.version, calendar, start)}
    except CalendarError as error:
        raise calendar_refusal(error) from error


def after_pause(dossier: Dossier, at: datetime) -> dict[str, datetime]:
    """Return the due_at of a dossier whose pause ends: later by the working time that the pause took.

    Three queries. Raises Refused('calendar').
    """
    if dossier.due_at is None or dossier.paused_since is None:
        return {}
    try:
        calendar = calendar_of(dossier.unit, around=at)
        paused = working_time_between(calendar, dossier.paused_since, at)
        return {"due_at": add_working_time(calendar, dossier.due_at, paused)}
    except CalendarError as error:
        raise calendar_refusal(error) from error


def answer_due(unit: Unit, since: datetime) -> datetime | None:
    """Return when the desk of a unit has answered at the latest: so many desk hours after a filing or a supplement.

    None when its calendar does not reach so far: a filing is taken all the same.
    """
    try:
        return add_working_hours(calendar_of(unit, around=since), since, ANSWER_HOURS)
    except CalendarError:
        return None


def step_due(unit: Unit, since: datetime | None, allotted: Decimal | None) -> datetime | None:
    """Return when a step that takes ``allotted`` working hours ends; None before it begins, without a time or calendar.

    A step's time informs, it binds nobody: a missing calendar must not stop a filing.
    """
    if since is None or not allotted:
        return None
    try:
        return add_working_hours(calendar_of(unit, around=since), since, float(allotted))
    except CalendarError:
        return None


def forward_by(calendar: OfficeCalendar, received_at: datetime) -> datetime:
    """Return until when a received dossier is to be forwarded: closing of the day, after 15:00 the next morning's end.

    Thông tư 01/2018/TT-VPCP, art. 18. Raises CalendarError.
    """
    begin = next_open(calendar, received_at)
    day = local_day(begin)
    if begin <= at(day, SAME_DAY_UNTIL):
        return closing(calendar, day)
    return at(*_morning(calendar, next_working_day(calendar, day)))


def unforwarded_since(calendar: OfficeCalendar, now: datetime) -> datetime:
    """Return the last moment of reception whose :func:`forward_by` has come: what was received until then is late.

    Raises CalendarError.
    """
    today = local_day(now)
    if calendar.is_working_day(today):
        if now >= closing(calendar, today):
            return at(today, SAME_DAY_UNTIL)
        if now >= at(*_morning(calendar, today)):
            return at(today, time.min) - timedelta.resolution
    day = today - DAY
    while not calendar.is_working_day(day):
        day -= DAY
    return at(day, SAME_DAY_UNTIL)


def _morning(calendar: OfficeCalendar, day: date) -> tuple[date, time]:
    """Return when the first stretch of a working day ends."""
    return day, calendar.stretches(day)[0][1]


def calendar_refusal(error: CalendarError) -> Refused:
    """Return the refusal that tells an officer what is missing in the calendar."""
    if isinstance(error, YearNotEntered):
        message = _("The days off of %(year)s have not been entered. Ask the administrator to enter them.")
        return Refused(message % {"year": error.year}, code="calendar")
    return Refused(_("This unit has no opening hours. Ask the administrator to enter them."), code="calendar")
