"""Which time counts for a dossier: its term, its pauses and the time of each step."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

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
    working_days_between,
    working_time_between,
)
from offices.calendar.office_calendar import calendar_of
from offices.models import Unit
from procedures.models import ProcedureVersion, TimeUnit

from ..models import RUNNING, Dossier

# Until then after reception whoever holds a dossier may ask for a supplement (TT 01/2018/TT-VPCP art. 19.4).
ASKING_DAYS = 3
EARLY, ON_TIME, LATE = "early", "on_time", "late"
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
    """Return the columns of a term that begins then: term_from, due_at and, of the first one, first_due_at.

    Outside opening hours the term begins at the next opening. Raises
    Refused('calendar') when the competent unit's calendar does not reach so far.
    """
    term = term_of(dossier.version, dossier.unit, at)
    return term | {"first_due_at": dossier.first_due_at or dossier.due_at or term["due_at"]}


def term_of(version: ProcedureVersion, unit: Unit, at: datetime) -> dict[str, datetime]:
    """Return term_from and due_at for a version and the unit that decides. Raises Refused('calendar')."""
    try:
        calendar = calendar_of(unit, around=at)
        start = next_open(calendar, at)
        due_at = due_from(version, calendar, start)
    except CalendarError as error:
        raise calendar_refusal(error) from error
    return {"term_from": start, "due_at": due_at}


def is_overdue(dossier: Dossier, at: datetime) -> bool:
    """Tell whether the promised date of a dossier on its way has passed, its clock running. No query."""
    if dossier.status not in RUNNING or dossier.paused_since is not None:
        return False
    return dossier.due_at is not None and at > dossier.due_at


def marks(dossier: Dossier, at: datetime, *, moves_on: bool) -> dict[str, Any]:
    """Return the columns that any action sets: late stays late; a wish to stop ends where the status ``moves_on``."""
    found: dict[str, Any] = {}
    if not dossier.was_late and is_overdue(dossier, at):
        found["was_late"] = True
    if dossier.stop_proposed_at is not None and moves_on:
        found["stop_proposed_at"] = None
    return found


def punctuality(until: datetime, due_at: datetime) -> str:
    """Return :data:`EARLY` (a day or more before it was due), :data:`ON_TIME` or :data:`LATE`, alike on every page."""
    if until > due_at:
        return LATE
    return EARLY if local_day(until) < local_day(due_at) else ON_TIME


def may_still_ask(dossier: Dossier, at: datetime) -> bool:
    """Tell whether at most three working days have passed since reception; all of the third one counts.

    No query while opening hours are kept. Raises Refused('calendar').
    """
    if dossier.received_at is None:
        return True
    try:
        calendar = calendar_of(dossier.unit, around=at)
        return working_days_between(calendar, local_day(dossier.received_at), local_day(at)) <= ASKING_DAYS
    except CalendarError as error:
        raise calendar_refusal(error) from error


def answer_by(dossier: Dossier, at: datetime) -> date:
    """Return the last day on which a supplement asked for at a moment is awaited, by the procedure's working days.

    No query while opening hours are kept. Raises Refused('calendar').
    """
    day = local_day(at)
    try:
        calendar = calendar_of(dossier.received_by, around=at)
        for _count in range(dossier.version.procedure.supplement_days):
            day = next_working_day(calendar, day)
    except CalendarError as error:
        raise calendar_refusal(error) from error
    return day


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


def is_over(unit: Unit, day: date, now: datetime) -> bool:
    """Tell whether a day is over for the desk of a unit: from its closing on, at the end of a day off."""
    if local_day(now) != day:
        return local_day(now) > day
    try:
        calendar = calendar_of(unit, around=now)
        return not calendar.is_working_day(day) or now >= closing(calendar, day)
    except CalendarError:
        return False


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
