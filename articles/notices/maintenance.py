"""Maintenance: announced a working day ahead, then told on every page until it is over."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import Error
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.kept import until_changed
from common.refusals import Refused
from common.templatetags.ui import vi_datetime, vi_weekday
from common.values.working_time import CalendarError, YearNotEntered, add_working_days, at
from offices.calendar.office_calendar import calendar_of
from offices.models import Unit

from ..models import Notice, NoticeKind

# Pages tell it so long before it begins: over a weekend, too.
NEAR = timedelta(days=3)
AHEAD_WORKING_DAYS = 1


@dataclass(frozen=True, slots=True)
class Work:
    """A work that has been announced; ``pk`` is its notice."""

    pk: int
    begins_at: datetime
    ends_at: datetime

    @property
    def url(self) -> str:
        """The page of its notice."""
        return reverse("articles:notice", args=[self.pk])

    @property
    def words(self) -> str:
        """When the portal may be away, in the active language."""
        if clock.local_day(self.begins_at) == clock.local_day(self.ends_at):
            facts = {"since": f"{self.begins_at.astimezone(clock.LOCAL):%H:%M}", "until": vi_weekday(self.ends_at)}
        else:
            facts = {"since": vi_weekday(self.begins_at), "until": vi_weekday(self.ends_at)}
        return _("Maintenance from %(since)s to %(until)s: the portal may be away for some time.") % facts


@until_changed(Notice)
def _announced(day: date) -> tuple[Work, ...]:
    works = Notice.objects.readable(day).filter(kind=NoticeKind.MAINTENANCE, ends_at__gt=at(day, time.min))
    rows = works.order_by("begins_at", "id").values_list("pk", "begins_at", "ends_at")
    return tuple(Work(pk, begins_at, ends_at) for pk, begins_at, ends_at in rows if begins_at and ends_at)


def near(now: datetime) -> list[Work]:
    """Return the works that begin soon or go on now. No query when they are kept; none while the database is away."""
    try:
        announced = _announced(clock.local_day(now))
    except Error:
        return []
    return [work for work in announced if work.begins_at - NEAR <= now < work.ends_at]


def state() -> str:
    """Return what tells pages that are shown now from pages with another line of maintenance; '' for none."""
    return "".join(map(repr, near(clock.now())))


def earliest(unit: Unit, announced: datetime) -> datetime:
    """Return when a work may begin that is announced at a moment: one working day later.

    Raises Refused where the calendar of the unit cannot say so.
    """
    try:
        return add_working_days(calendar_of(unit, around=announced), announced, AHEAD_WORKING_DAYS)
    except YearNotEntered as error:
        text = _("The days off of %(year)d have not been entered: nobody can say what a working day ahead is.")
        raise Refused(text % {"year": error.year}, field="begins_at") from error
    except CalendarError as error:
        text = _("Enter the opening hours of %(unit)s first.")
        raise Refused(text % {"unit": unit.name}, field="begins_at") from error


def require_ahead(unit: Unit, begins_at: datetime, since: date, now: datetime) -> None:
    """Raise Refused unless a work that is announced from ``since`` on, now at the earliest, is a working day away."""
    first = earliest(unit, max(now, at(since, time.min)))
    if begins_at < first:
        text = _(
            "Maintenance is announced at least one working day ahead: it may begin at %(when)s. "
            "What cannot wait is written as a general notice and pinned."
        )
        raise Refused(text % {"when": vi_datetime(first)}, field="begins_at")
