"""Those who sign come to the desk: who, on which day, with what; and which days they may choose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from common.clock import local_day
from common.templatetags.ui import vi_day
from common.values.working_time import DAY, CalendarError, at, next_working_day
from eforms import schema as form_schema
from offices.calendar.office_calendar import calendar_of
from offices.models import Unit

from ..models import Dossier, Status
from ..records.terms import answer_due

# The question of a form that asks on which day those who sign will come (docs/form-schema.md).
DAY_OF_COMING = "signing_date"
OVER = (Status.WITHDRAWAL_REQUESTED, Status.DECIDED)


@dataclass(frozen=True)
class Meeting:
    """Those who sign come to the desk: who (empty when the form names not exactly two), on which day, what they bring.

    ``hours`` are those of the desk on that day, '' when it is closed then, None when nobody can know.
    """

    people: tuple[str, ...]
    day: date | None
    is_past: bool
    hours: str | None
    papers: tuple[str, ...]

    @property
    def both(self) -> str:
        """The two names in one line."""
        return _("%(one)s and %(other)s") % {"one": self.people[0], "other": self.people[1]} if self.people else ""

    @property
    def day_words(self) -> str:
        """The day with its weekday; '' when none was asked for."""
        return vi_day(self.day) if self.day else ""

    @property
    def is_closed(self) -> bool:
        """The desk is closed on the day, or the day has passed: another one has to be agreed on."""
        return self.is_past or self.hours == ""

    @property
    def to_do(self) -> str:
        """What those who sign do about it, in a sentence."""
        if self.day is None:
            return _("Come to the commune to sign; call first.")
        if self.is_past:
            return _("The day to sign, %(day)s, has passed. If you have not signed, call the commune.") % {
                "day": self.day_words
            }
        if self.is_closed:
            return _("Call the commune for another day to sign: it is closed on %(day)s.") % {"day": self.day_words}
        return _("Come to the commune to sign on %(day)s.") % {"day": self.day_words}


def meeting(dossier: Dossier, papers: Iterable[str], now: datetime) -> Meeting | None:
    """Return what those who sign need to know; None where nobody has to come, or once all is signed or taken back.

    ``papers`` are the names of the papers whose originals they bring. No query while hours are kept.
    """
    if not is_awaited(dossier):
        return None
    form = dossier.version.form
    names: list[str] = []
    if form:
        asked = [field.key for _section, field in form_schema.load(form).fields() if field.type == "full_name"]
        names = [str(dossier.answers[key]) for key in asked if dossier.answers.get(key)]
    day = _day_of(dossier.answers.get(DAY_OF_COMING))
    people = tuple(names) if len(names) == 2 else ()
    is_past = day is not None and day < local_day(now)
    return Meeting(people, day, is_past, _hours_on(dossier.received_by, day), tuple(papers))


def is_awaited(dossier: Dossier) -> bool:
    """Tell whether those who sign are still to come; no query."""
    return dossier.version.needs_presence and dossier.is_open and dossier.status not in OVER


def first_day(unit: Unit, day: date) -> tuple[date, date] | None:
    """Return by which day the desk of a unit has answered what is filed on a day, and the first open day after it.

    It holds for all of the day, however late something is filed on it. None when the calendar does not reach so far.
    No query while hours are kept.
    """
    midnight = at(day + DAY, time.min)
    due = answer_due(unit, midnight)
    if due is None:
        return None
    try:
        return local_day(due), next_working_day(calendar_of(unit, around=midnight), local_day(due))
    except CalendarError:
        return None


def day_fault(dossier: Dossier, day: date, chosen: Any) -> str:
    """Say why those who sign cannot come on a day chosen on local day ``day``; '' when they can, or nobody can know.

    The desk is open then, and has answered what is filed on ``day``. No query while hours are kept.
    """
    wanted, unit = _day_of(chosen), dossier.received_by
    if wanted is None:
        return ""
    facts = {"unit": unit.short_name, "day": vi_day(wanted)}
    if _hours_on(unit, wanted) == "":
        return _("%(unit)s is closed on %(day)s. Choose another day.") % facts
    first = first_day(unit, day) if dossier.received_at is None else None
    if first is None or wanted >= first[1]:
        return ""
    facts |= {"answer": vi_day(first[0]), "first": vi_day(first[1])}
    words = _("%(unit)s first checks your papers, until %(answer)s at the latest. Choose %(first)s or a later day.")
    return words % facts


def _day_of(answer: Any) -> date | None:
    try:
        return date.fromisoformat(str(answer))
    except ValueError:
        return None


def _hours_on(unit: Unit, day: date | None) -> str | None:
    """Return the opening hours of a day: '7:00–11:30, 13:00–17:00'; '' when closed, None when nobody can know."""
    if day is None:
        return None
    try:
        stretches = calendar_of(unit, around=at(day, time.min)).receiving(day)
    except CalendarError:
        return None
    return ", ".join(f"{opens:%-H:%M}–{closes:%-H:%M}" for opens, closes in stretches)
