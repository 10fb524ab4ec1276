"""Which feedback an officer sees, in which order, and what may be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from common.database.writing import insert
from common.web.hidden import hidden
from common.web.paging import Page, capped_count, cursor_of, keyset_page
from dossiers.desk.officer import Officer, is_code
from dossiers.hooks import Count
from offices.models import Post, Role

from ...models import Feedback, FeedbackReading, FeedbackStatus
from ...models.feedback import FINISHED, FeedbackQuerySet
from .. import history
from ..workflow import available, concerned_by, roles_by
from .forms import ACTIONS, CaseAction

PAGE_SIZE = 50
ORDER, ENDED_ORDER = ("due_at", "id"), ("-closed_at", "-id")
# Lists in the order of their tabs.
VIEWS: dict[str, Any] = {
    "open": pgettext_lazy("feedback", "Open"),
    "mine": gettext_lazy("Mine to answer"),
    "done": gettext_lazy("Ended"),
}
# Columns that no list shows: they would be decrypted for nothing.
UNREAD = ("text", "answer", "email", "phone", "public_question", "public_answer")


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    feedback: Feedback
    light: Any

    @property
    def who(self) -> str:
        """Who gave it."""
        return self.feedback.name or _("without a name")


def seen_by(officer: Officer) -> FeedbackQuerySet:
    """Return what an officer may open."""
    return Feedback.objects.visible_with(officer.user, officer.posts)


def listed(officer: Officer, view: str) -> FeedbackQuerySet:
    """Return the rows of a tab."""
    rows = seen_by(officer)
    if view == "done":
        return rows.filter(status__in=FINISHED)
    rows = rows.exclude(status__in=FINISHED)
    return rows.filter(holder=officer.user) if view == "mine" else rows


def list_page(officer: Officer, view: str, *, after: str, before: str) -> Page:
    """Return a page of a tab as :class:`Row`, what is due first at its head. Two queries."""
    is_done = view == "done"
    rows = listed(officer, view).select_related("unit", "holder").defer(*UNREAD)
    order = ENDED_ORDER if is_done else ORDER
    page = keyset_page(rows, order, after=after, before=before, size=PAGE_SIZE, has_empty=not is_done)
    page.rows[:] = [Row(each, history.light(each, officer.now)) for each in page.rows]
    return page


def tabs(officer: Officer, view: str) -> list[dict[str, Any]]:
    """Return the tabs with how much is in them. Three queries."""
    base = reverse("feedback:list")
    return [
        {
            "label": label,
            "url": f"{base}?view={name}",
            "count": capped_count(listed(officer, name)),
            "is_current": name == view,
        }
        for name, label in VIEWS.items()
    ]


def case_of(officer: Officer, code: str) -> Feedback:
    """Return feedback that an officer may open. Raises Http404. One query."""
    found = None
    if is_code(code):
        found = seen_by(officer).select_related("unit", "owner", "holder").filter(code=code).first()
    if found is None:
        raise hidden(Feedback, code=code[:40])
    return found


def neighbours(officer: Officer, feedback: Feedback) -> dict[str, str]:
    """Return the addresses of the open feedback before and after one. Two queries, none once it has ended."""
    if feedback.is_finished:
        return {}
    place, rows = cursor_of(feedback, ORDER), listed(officer, "open").only("code", "due_at")
    after = keyset_page(rows, ORDER, after=place, size=1).rows
    before = keyset_page(rows, ORDER, before=place, size=1).rows
    found = {"next": after, "previous": before}
    return {name: reverse("feedback:desk", args=[each[0].code]) for name, each in found.items() if each}


def possible(officer: Officer, feedback: Feedback) -> list[CaseAction]:
    """Return what an officer may try now, in the order of the buttons. Two queries at most."""
    roles = roles_by(officer.posts, officer.user, feedback, concerned_by(feedback))
    actions = available(feedback, roles)
    return [row for row in ACTIONS if row.action in actions]


def note_reading(feedback: Feedback, user: User, what: str, now: datetime) -> None:
    """Write that an officer looked: 'feedback' or 'file <ref>'. One query."""
    insert(FeedbackReading(feedback=feedback, reader=user, what=what, at=now))


def home_count(user: User, posts: Sequence[Post], now: datetime) -> Count | None:
    """Return what waits for an officer: to sort or to confirm as clerk or leader, to answer. One query."""
    roles = {post.role for post in posts}
    waiting = Q(holder=user, status=FeedbackStatus.ASSIGNED)
    if roles & {Role.CLERK, Role.LEADER}:
        # What a leaver held and nobody else was given has to be assigned anew.
        waiting |= Q(status=FeedbackStatus.RECEIVED) | Q(status=FeedbackStatus.ASSIGNED, holder=None)
    if Role.LEADER in roles:
        waiting |= Q(status__in=(FeedbackStatus.PROPOSED, FeedbackStatus.ANSWERED))
    due = list(Feedback.objects.visible_with(user, posts).filter(waiting).values_list("due_at", flat=True)[:1001])
    is_late = any(each is not None and each < now for each in due)
    count = "1.000+" if len(due) > 1000 else str(len(due))
    return Count(_("Feedback"), count, reverse("feedback:list"), ("late" if is_late else "info") if due else "none")
