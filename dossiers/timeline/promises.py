"""What an applicant may rely on, in words: by when the desk answers, from when a term counts, at which stage."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from common.refusals import Refused
from common.templatetags.ui import vi_datetime, vi_soon
from common.values.working_time import is_receiving
from offices.calendar.office_calendar import calendar_of
from offices.models import Role

from ..models import Dossier, Status
from ..records.terms import answer_due, start_term

STAGES = (
    pgettext_lazy("stage of a dossier", "Submitted"),
    pgettext_lazy("stage of a dossier", "Reception"),
    pgettext_lazy("stage of a dossier", "Processing"),
    pgettext_lazy("stage of a dossier", "Signature"),
    pgettext_lazy("stage of a dossier", "Return of the result"),
)
RECEPTION, PROCESSING, SIGNATURE, RETURN, OVER = 1, 2, 3, 4, 5
_STAGE_OF = {
    Status.SUBMITTED: RECEPTION,
    Status.RECEIVED: PROCESSING,
    Status.PROCESSING: PROCESSING,
    Status.AWAITING_PAYMENT: PROCESSING,
    Status.DECIDED: RETURN,
    Status.RETURNED: OVER,
}


@dataclass(frozen=True)
class Stage:
    """One of the five stages; ``is_waiting``: it is the present one and waits for the applicant."""

    title: Any
    is_done: bool
    is_current: bool
    is_waiting: bool


def stages(dossier: Dossier) -> list[Stage]:
    """Return the five stages of a dossier on its way; none for a draft, and none once it left the way. No query."""
    status = Status(dossier.status)
    if status == Status.AWAITING_SUPPLEMENT:
        present: int | None = PROCESSING if dossier.paused_since else RECEPTION
    else:
        present = _STAGE_OF.get(status)
    if present is None or dossier.is_crossed_out:
        return []
    if status == Status.PROCESSING and dossier.holder_role == Role.LEADER:
        present = SIGNATURE
    waits = status in (Status.AWAITING_SUPPLEMENT, Status.AWAITING_PAYMENT)
    return [Stage(title, n < present, n == present, n == present and waits) for n, title in enumerate(STAGES)]


@dataclass(frozen=True)
class Answer:
    """By when the desk answers, in a sentence; ``is_late``: it should have answered already."""

    words: str
    is_late: bool


def answer_of(dossier: Dossier, since: datetime, now: datetime) -> Answer:
    """Return by when the desk answers what came ``since``. No query while opening hours are kept.

    Without a calendar that reaches so far only the number of hours is said.
    """
    unit, due = dossier.received_by.short_name, answer_due(dossier.received_by, since)
    if due is None:
        return Answer(_("%(unit)s checks your papers and answers within 8 working hours.") % {"unit": unit}, False)
    facts = {"unit": unit, "time": vi_soon(due)}
    if now > due:
        words = _("%(unit)s should have answered by %(time)s. Call it and name your dossier code.")
        return Answer(words % facts, True)
    return Answer(_("%(unit)s answers by %(time)s at the latest.") % facts, False)


def start_words(dossier: Dossier, now: datetime) -> str:
    """Say from when the term of a dossier counts that is received now; '' without a calendar.

    No query while opening hours are kept.
    """
    try:
        start = start_term(dossier, now)["term_from"]
    except Refused:
        return ""
    if start <= now:
        return _("The clock starts now.")
    if is_receiving(calendar_of(dossier.unit, around=now), now):
        return _("This day does not count: the clock starts at %(time)s.") % {"time": vi_soon(start)}
    return _("The desk is closed: the clock starts at %(time)s.") % {"time": vi_soon(start)}


def received_words(dossier: Dossier) -> str:
    """Say when a dossier was received and, out of hours, from when that counts; '' before reception. No query."""
    if dossier.counts_from is None:
        return vi_datetime(dossier.received_at)
    facts = {"time": vi_datetime(dossier.came_at), "start": vi_datetime(dossier.counts_from)}
    return _("%(time)s, counted from %(start)s") % facts
