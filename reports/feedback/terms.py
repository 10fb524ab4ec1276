"""By when feedback moves: working days of the unit's calendar, 2 to sort, 5 to ask, 15 to answer, 2 to publish.

The four terms are those of the guide to the index of Quyết định 766/QĐ-TTg. While details are awaited the time to
answer stands still and goes on afterwards; it does not start anew.
"""

from datetime import datetime, timedelta

from common.clock import LOCAL
from common.values.working_time import (
    DAY,
    SATURDAY,
    CalendarError,
    add_working_days,
    add_working_time,
    working_time_between,
)
from offices.calendar.office_calendar import calendar_of
from offices.models import Unit

SORT_DAYS, ASK_DAYS, ANSWER_DAYS, PUBLISH_DAYS = 2, 5, 15, 2


def due(unit: Unit, start: datetime, days: int) -> datetime:
    """Return when a term of working days ends that begins at a moment; where no calendar reaches, by weekdays."""
    try:
        return add_working_days(calendar_of(unit, around=start), start, days)
    except CalendarError:
        end = start.astimezone(LOCAL)
        while days:
            end += DAY
            days -= end.weekday() < SATURDAY
        return end


def resumed(unit: Unit, due_at: datetime, paused_since: datetime, now: datetime) -> datetime:
    """Return a date moved by the working time for which it stood still; a date already missed stays."""
    if due_at <= paused_since:
        return due_at
    try:
        calendar = calendar_of(unit, around=now)
        return add_working_time(calendar, due_at, working_time_between(calendar, paused_since, now))
    except CalendarError:
        return due_at + max(now - paused_since, timedelta())
