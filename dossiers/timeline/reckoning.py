"""How the date of a dossier was computed: what set it, one after the other, and the present term day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.clock import local_day
from common.refusals import Refused
from common.templatetags.ui import vi_datetime
from common.values.working_time import DAY, CalendarError, OfficeCalendar, Stretch, at, working_time_between
from offices.calendar import year_page
from offices.calendar.office_calendar import calendar_of
from offices.models import Holiday, Unit
from procedures.models import TimeUnit

from ..models import Dossier, DossierEvent, Pause, Status
from ..records.terms import start_term
from ..table import Action

# Which actions set a date, or let the clock stand still.
TELLING = (
    Action.RECEIVE,
    Action.REGISTER,
    Action.CANCEL_RECEPTION,
    Action.CORRECT,
    Action.REQUEST_SUPPLEMENT,
    Action.SUPPLEMENT,
    Action.REQUIRE_PAYMENT,
    Action.FEE_SETTLED,
    Action.EXTEND,
    Action.APPROVE,
)
# Longer terms are shown up to here.
MOST_DAYS = 400


@dataclass(frozen=True)
class Step:
    """What happened to the date, in a sentence, and the date promised from then on; '' where it stays as it was."""

    at: datetime
    words: str
    due: str


@dataclass(frozen=True)
class Line:
    """One day of the present term: what it is, when the desk receives, what of it counts, how far that brings the term.

    ``name`` is what makes it differ from its weekday; ``stood`` how long the clock stood still in it.
    """

    day: date
    name: str
    receives: str
    counts: str
    stood: str
    so_far: str
    is_off: bool


@dataclass(frozen=True)
class Reckoning:
    """A date explained; ``lines`` is empty, and ``gap`` says why, where the days cannot be told.

    ``anew`` is what the calendar of now would give, where it differs from what was promised: promises stay.
    """

    term: str
    steps: list[Step]
    lines: list[Line]
    gap: str
    anew: str


def reckoning(dossier: Dossier) -> Reckoning:
    """Explain the date of a dossier. Three queries besides the calendar."""
    steps = _steps(dossier)
    if dossier.term_from is None or dossier.due_at is None:
        return Reckoning(term_words(dossier), steps, [], _("The term begins with reception."), "")
    pauses = list(Pause.objects.filter(dossier=dossier).order_by("since"))
    try:
        calendar = calendar_of(dossier.unit, around=dossier.term_from)
        lines = _lines(dossier, calendar, dossier.term_from, dossier.due_at, pauses)
    except CalendarError:
        return Reckoning(term_words(dossier), steps, [], _("The calendar of this time is not entered."), "")
    return Reckoning(term_words(dossier), steps, lines, "", _anew(dossier, pauses))


def term_words(dossier: Dossier) -> str:
    """Return the term of the procedure and how it is counted."""
    version = dossier.version
    amount = version.processing_amount
    if version.processing_unit == TimeUnit.SAME_DAY or not amount:
        return _("The same day; received after 15:00, the next working day.")
    if version.processing_unit == TimeUnit.HOURS:
        words = ngettext("%(count)d desk hour.", "%(count)d desk hours.", amount)
    elif version.processing_unit == TimeUnit.DAYS:
        words = ngettext(
            "%(count)d day of the calendar; a last day off moves to the next working day.",
            "%(count)d days of the calendar; a last day off moves to the next working day.",
            amount,
        )
    else:
        words = ngettext(
            "%(count)d working day at the same time of day; the day of reception does not count.",
            "%(count)d working days at the same time of day; the day of reception does not count.",
            amount,
        )
    return words % {"count": amount}


def _steps(dossier: Dossier) -> list[Step]:
    events = DossierEvent.objects.filter(dossier=dossier, action__in=TELLING).order_by("n")
    return [
        Step(event.at, _step_words(event), _iso_words(event.data.get("due_at", "")))
        for event in events
        if _tells(event)
    ]


def _tells(event: DossierEvent) -> bool:
    """Tell whether an event of :data:`TELLING` has to do with the date: the clock ran, another procedure was meant."""
    if event.action == Action.CORRECT:
        return "due_at" in event.data
    return event.action != Action.REQUEST_SUPPLEMENT or event.from_status != Status.SUBMITTED


def _step_words(event: DossierEvent) -> str:
    happened = event.data.get("at", "")
    time = _iso_words(happened) if happened else vi_datetime(event.at)
    words = {
        Action.RECEIVE: _("Received at %(time)s"),
        Action.REGISTER: _("Received at %(time)s"),
        Action.CANCEL_RECEPTION: _("Reception cancelled at %(time)s"),
        Action.CORRECT: _("Other procedure at %(time)s: its own term, from the reception"),
        Action.REQUEST_SUPPLEMENT: _("Supplement requested at %(time)s: the clock stands still"),
        Action.SUPPLEMENT: _("Completed at %(time)s: the whole term starts anew"),
        Action.REQUIRE_PAYMENT: _("Payment required at %(time)s: the clock stands still"),
        Action.FEE_SETTLED: _("Fee settled at %(time)s: the date moves by the time that the clock stood still"),
        Action.EXTEND: _("Apology at %(time)s: a new date"),
        Action.APPROVE: _("Decided at %(time)s"),
    }[Action(event.action)]
    return words % {"time": time}


def _iso_words(text: str) -> str:
    return vi_datetime(datetime.fromisoformat(text)) if text else ""


def _lines(
    dossier: Dossier, calendar: OfficeCalendar, start: datetime, due_at: datetime, pauses: Iterable[Pause]
) -> list[Line]:
    first, last = local_day(start), min(local_day(due_at), local_day(start) + DAY * MOST_DAYS)
    names = _names(dossier.unit, first, last)
    unit = dossier.version.processing_unit
    lines: list[Line] = []
    counted, hours = 0, timedelta()
    day = first
    while day <= last:
        stretches = calendar.stretches(day)
        begins, ends = max(start, at(day, datetime.min.time())), min(due_at, at(day + DAY, datetime.min.time()))
        stood = _stood(calendar, pauses, begins, ends)
        hours += working_time_between(calendar, begins, ends) - stood
        if day > first and (unit == TimeUnit.DAYS or stretches):
            counted += 1
        lines.append(
            Line(
                day=day,
                name=names.get(day, ""),
                receives=stretches_words(calendar.receiving(day)),
                counts=stretches_words(stretches),
                stood=_hours(stood) if stood else "",
                so_far=_so_far(unit, day == first, counted, hours, bool(stretches)),
                is_off=not stretches,
            )
        )
        day += DAY
    return lines


def _so_far(unit: str, is_first: bool, counted: int, hours: timedelta, has_counted: bool) -> str:
    if unit in (TimeUnit.HOURS, TimeUnit.SAME_DAY):
        return _hours(hours)
    if is_first:
        return _("begins")
    if unit != TimeUnit.DAYS and not has_counted:
        return ""
    return _("day %(number)d") % {"number": counted}


def _stood(calendar: OfficeCalendar, pauses: Iterable[Pause], begins: datetime, ends: datetime) -> timedelta:
    """Return how much of the time that counts between two moments lies in pauses."""
    total = timedelta()
    for pause in pauses:
        until = pause.until if pause.until is not None else ends
        total += working_time_between(calendar, max(pause.since, begins), min(until, ends))
    return total


def _names(unit: Unit, first: date, last: date) -> dict[date, str]:
    """Return what makes days differ from their weekday, by day; one query."""
    order = [None, *(pk for pk in (unit.parent_id, unit.pk) if pk is not None)]
    family = [pk for pk in order if pk is not None]
    rows = Holiday.objects.filter(Q(unit=None) | Q(unit__in=family), day__range=(first, last))
    return {day: f"{row.get_kind_display()}: {row.name}" for day, row in year_page.winning(rows, order).items()}


def _anew(dossier: Dossier, pauses: Iterable[Pause]) -> str:
    """Return the date by the calendar of now where nothing else moved it and it differs; else ''."""
    if dossier.extended_once or dossier.term_from is None or dossier.due_at is None:
        return ""
    if any(pause.since >= dossier.term_from for pause in pauses):
        return ""
    try:
        due_at = start_term(dossier, dossier.term_from)["due_at"]
    except Refused:
        return ""
    return "" if due_at == dossier.due_at else vi_datetime(due_at)


def stretches_words(stretches: Iterable[Stretch]) -> str:
    """Return hours as '7:00–11:30, 13:00–17:00'; '' for none."""
    return ", ".join(f"{opens:%-H:%M}–{closes:%-H:%M}" for opens, closes in stretches)


def _hours(amount: timedelta) -> str:
    minutes = round(amount.total_seconds() / 60)
    return _("%(hours)d h %(minutes)02d") % {"hours": minutes // 60, "minutes": minutes % 60}
