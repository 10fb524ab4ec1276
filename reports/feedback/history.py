"""How feedback stands and what happened to it, in words: for who gave it, and for officers."""

from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from common.templatetags.ui import vi_date, vi_datetime
from common.values.working_time import NeverOpen
from dossiers.models import Status
from dossiers.talk.thread import SHUT
from dossiers.timeline.deadlines import LATE, OK, DeadlineStatus, deadline_status
from offices.calendar.office_calendar import calendar_of
from offices.models import Role

from ..models import Feedback, FeedbackEvent, FeedbackStatus
from .table import ASSIGNEE, GIVER, SYSTEM, TABLE, Action

# What the tags of portal.css call each state.
TAGS = {
    FeedbackStatus.RECEIVED: "info",
    FeedbackStatus.ASSIGNED: "info",
    FeedbackStatus.DETAILS: "late",
    FeedbackStatus.PROPOSED: "soon",
    FeedbackStatus.ANSWERED: "ok",
    FeedbackStatus.REFUSED: "neutral",
    FeedbackStatus.PUBLISHED: "ok",
    FeedbackStatus.CLOSED: "ok",
}


@dataclass(frozen=True)
class Entry:
    """One event as a page shows it; ``late`` says by when it should have happened, '' where it was in time."""

    title: str
    at: datetime
    time: str
    who: str
    text: str
    late: str


def entries(feedback: Feedback, *, is_officer: bool) -> list[Entry]:
    """Return what happened, newest first, with the unit where it is not the present one. One query.

    Who gave it reads no names and nothing internal.
    """
    events = feedback.events.select_related("unit").order_by("-n")
    told = [event for event in events if is_officer or not TABLE[Action(event.action)].is_internal]
    return [_entry(event, is_officer, "" if event.unit_id == feedback.unit_id else event.unit.name) for event in told]


def _entry(event: FeedbackEvent, is_officer: bool, unit: str) -> Entry:
    if event.by_role == GIVER:
        who = _("who gave the feedback") if is_officer else _("You")
    else:
        who = ", ".join(filter(None, [event.by_name if is_officer else "", role_words(event.by_role), unit]))
    texts = [event.public_text, event.internal_text if is_officer else ""]
    late = _("was due at %(time)s") % {"time": vi_datetime(event.due_at)} if event.is_late else ""
    title = str(TABLE[Action(event.action)].done)
    return Entry(title, event.at, vi_datetime(event.at), who, "\n".join(filter(None, texts)), late)


def role_words(role: str) -> str:
    """Return what somebody in a role is called."""
    own: dict[str, Any] = {ASSIGNEE: _("officer who answers"), SYSTEM: _("administrator"), GIVER: ""}
    return str(own[role] if role in own else Role(role).label)


def light(feedback: Feedback, now: datetime) -> DeadlineStatus:
    """Return how the present step stands; once it has ended, how the answer came. No query while hours are kept."""
    if feedback.answered_at is not None and feedback.due_at is None:
        if feedback.is_answer_late:
            return DeadlineStatus(LATE, _("Answered late"))
        words = _("On time")
        return DeadlineStatus(OK, _("%(words)s; late before") % {"words": words} if feedback.was_late else words)
    try:
        calendar = calendar_of(feedback.unit, around=now)
    except NeverOpen:
        calendar = None
    dated = SimpleNamespace(
        status=Status.PROCESSING if not feedback.is_finished else Status.REFUSED,
        due_at=feedback.due_at,
        paused_since=feedback.paused_since,
        was_late=feedback.was_late,
        decided_at=None,
    )
    return deadline_status(dated, calendar, now)


def holder_words(feedback: Feedback) -> str:
    """Say who has feedback now and until when, as who gave it reads it: unit and role, no name."""
    unit, day = feedback.unit.name, vi_date(feedback.due_at)
    names = {"unit": unit, "day": day}
    sentences: dict[str, str] = {
        FeedbackStatus.RECEIVED: _("%(unit)s has it: clerk or leader decide by %(day)s who answers."),
        FeedbackStatus.ASSIGNED: _("%(unit)s has it: an officer writes the answer, due by %(day)s."),
        FeedbackStatus.DETAILS: _("%(unit)s waits for your details. The time to answer stands still meanwhile."),
        FeedbackStatus.PROPOSED: _("%(unit)s has it: the leader looks at the answer, due by %(day)s."),
        FeedbackStatus.ANSWERED: _("%(unit)s has answered. The leader decides by %(day)s whether it is published."),
        FeedbackStatus.REFUSED: _("%(unit)s has not taken this feedback. The reason stands below."),
        FeedbackStatus.PUBLISHED: _("%(unit)s has answered. The answer is published without your name."),
        FeedbackStatus.CLOSED: _("%(unit)s has answered. The answer is not published."),
    }
    return sentences[feedback.status] % names


def files_of(feedback: Feedback, view: str) -> list[dict[str, Any]]:
    """Return the files that came with feedback, each with its address under a view unless its scan shuts it."""
    return [
        {
            "name": file.original_name,
            "size": filesizeformat(file.size),
            "url": "" if file.scan_state in SHUT else reverse(view, args=[feedback.code, file.ref]),
            "scan": file.get_scan_state_display() if file.scan_state in SHUT else "",
        }
        for file in feedback.files.all()
    ]
