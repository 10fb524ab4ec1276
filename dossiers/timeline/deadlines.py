"""How a due time stands: in words and shape, colour third (● ▲ ■ ‖)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.clock import local_day
from common.values.working_time import DAY, OfficeCalendar, YearNotEntered, working_days_between, working_time_between

from ..models import RUNNING, Status
from ..records import terms
from ..records.terms import ANSWER_HOURS, punctuality

OK, SOON, LATE, PAUSED, NONE = "ok", "soon", "late", "paused", "none"
# How something that has ended went, on every page.
OUTCOMES: dict[str, Any] = {
    terms.EARLY: gettext_lazy("Early"),
    terms.ON_TIME: gettext_lazy("On time"),
    terms.LATE: gettext_lazy("Late"),
}
SOON_DAYS = 2
# An answer that is due within two working hours is due soon.
ANSWER_SOON = ANSWER_HOURS - 2
# Older delays are counted in calendar weeks' working days: nobody reads whether it is 400 or 397.
COUNTED_DAYS = timedelta(days=200)


@dataclass(frozen=True)
class DeadlineStatus:
    """A deadline light; ``kind`` is ok, soon, late, paused or none (then without text)."""

    kind: str
    text: str = ""


def deadline_status(dossier: Any, calendar: OfficeCalendar | None, now: datetime) -> DeadlineStatus:
    """Return the light of a dossier, or of a row with status, due_at, decided_at, paused_since and was_late; no query.

    Counts working days after today; without a calendar, or beyond the years
    entered, days from Monday to Friday. Once decided it says how it went. What was late once stays late, whatever
    date has been given since.
    """
    found = _running(dossier, calendar, now)
    if dossier.was_late and found.kind == NONE and dossier.status != Status.DRAFT:
        return DeadlineStatus(LATE, _("Late"))
    if dossier.was_late and found.kind != LATE:
        return replace(found, text=_("%(words)s; late before") % {"words": found.text})
    if found.kind == NONE and dossier.decided_at is not None and dossier.due_at is not None:
        outcome = punctuality(dossier.decided_at, dossier.due_at)
        return DeadlineStatus(LATE if outcome == terms.LATE else OK, str(OUTCOMES[outcome]))
    return found


def _running(dossier: Any, calendar: OfficeCalendar | None, now: datetime) -> DeadlineStatus:
    if dossier.status == Status.AWAITING_SUPPLEMENT:
        return DeadlineStatus(PAUSED, _("Paused: waiting for the supplement"))
    if dossier.paused_since is not None:
        return DeadlineStatus(PAUSED, _("Paused"))
    if dossier.status not in RUNNING or dossier.due_at is None:
        return DeadlineStatus(NONE)
    today, due_day = local_day(now), local_day(dossier.due_at)
    if now > dossier.due_at:
        days = working_days(calendar, due_day, today)
        if not days:
            return DeadlineStatus(LATE, _("Overdue since today"))
        return DeadlineStatus(
            LATE, ngettext("Overdue by %(days)d day", "Overdue by %(days)d days", days) % {"days": days}
        )
    days = working_days(calendar, today, due_day)
    if not days:
        return DeadlineStatus(SOON, _("Due today"))
    if days <= SOON_DAYS:
        return DeadlineStatus(
            SOON, ngettext("Due soon: %(days)d day left", "Due soon: %(days)d days left", days) % {"days": days}
        )
    return DeadlineStatus(OK, ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days})


def waiting_status(came: datetime, calendar: OfficeCalendar, now: datetime) -> DeadlineStatus:
    """Return how long a dossier has waited for reception, in working hours, since it ``came``: filed, or completed.

    No query. Beyond the years entered or 200 days back only that it is late is said.
    """
    try:
        since = max(came, now - COUNTED_DAYS)
        hours = int(working_time_between(calendar, since, now).total_seconds() // 3600)
    except YearNotEntered:
        return DeadlineStatus(LATE, _("Waits for more than 8 working hours"))
    if hours >= ANSWER_HOURS:
        text = ngettext("Beyond 8 hours: waits for %(hours)d hour", "Beyond 8 hours: waits for %(hours)d hours", hours)
        return DeadlineStatus(LATE, text % {"hours": hours})
    if not hours:
        return DeadlineStatus(OK, _("Just filed"))
    text = ngettext("Waits for %(hours)d working hour", "Waits for %(hours)d working hours", hours) % {"hours": hours}
    return DeadlineStatus(SOON if hours >= ANSWER_SOON else OK, text)


def working_days(calendar: OfficeCalendar | None, since: date, until: date) -> int:
    """Return the working days after ``since`` up to ``until``, by weekdays where the calendar does not reach."""
    if calendar is not None and until - since <= COUNTED_DAYS:
        try:
            return working_days_between(calendar, since, until)
        except YearNotEntered:
            pass
    weeks, rest = divmod(max((until - since).days, 0), 7)
    return weeks * 5 + sum((since + DAY * n).weekday() < 5 for n in range(1, rest + 1))
