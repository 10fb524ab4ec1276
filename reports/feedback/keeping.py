"""How long feedback is kept, what a leaver holds of it, and a person's own in the copy of their data."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.hooks import Part, Sheet
from accounts.models import User
from common.database import purging
from common.files.uploads import delete_after_commit
from common.refusals import Refused
from common.templatetags.ui import vi_datetime
from dossiers.querysets import DESK_ROLES
from notifications.models import Notification
from offices.hooks import Held, ReassignedLine
from offices.models import Post, Role, Unit

from ..models import Feedback, FeedbackEvent, FeedbackFile
from ..models.feedback import FINISHED, UNANSWERED
from . import notices
from .acts import HandOn
from .table import SYSTEM
from .workflow import perform

BATCH = 200
# Five years after it ended, as long as a unit may be asked how it dealt with it.
KEEP_DAYS = 5 * 365
# What says who gave it or what was said; the published texts were cleared of that.
EMPTIED = dict.fromkeys(("about", "text", "name", "email", "phone", "answer"), "")


def due_for_forgetting(now: datetime) -> purging.Due:
    """Return the feedback that ended ``KEEP_DAYS`` ago, for the nightly clean-up. Two queries."""
    rows, before = Feedback.objects.filter(forgotten_at=None), now - timedelta(days=KEEP_DAYS)
    old = rows.filter(status__in=FINISHED, closed_at__lt=before)
    return purging.Due(old.count(), rows.count(), partial(_forget, before, now))


def _forget(before: datetime, now: datetime) -> int:
    """Empty what says who and what, and delete files and messages; what was counted and published stays."""
    done = 0
    rows = Feedback.objects.filter(forgotten_at=None, status__in=FINISHED, closed_at__lt=before).order_by("pk")
    while found := dict(rows.values_list("pk", "code")[:BATCH]):
        pks, codes = list(found), list(found.values())
        with transaction.atomic():
            Notification.objects.filter(subject_type__in=notices.SUBJECTS, subject_ref__in=codes).delete()
            for file in FeedbackFile.objects.filter(feedback__in=pks):
                delete_after_commit(file.file)
            FeedbackFile.objects.filter(feedback__in=pks).delete()
            FeedbackEvent.objects.filter(feedback__in=pks).update(public_text="", internal_text="")
            done += Feedback.objects.filter(pk__in=pks).update(forgotten_at=now, owner=None, **EMPTIED)
    return done


class HeldFeedback:
    """Feedback that one person is to answer."""

    label = gettext_lazy("Feedback to answer")

    def held(self, user: Any, unit_ids: Iterable[int]) -> list[Held]:
        """Return how much a person holds in these units, under the first of their posts in each. One query."""
        first = Post.objects.filter(user=user, unit=OuterRef("unit"), role__in=DESK_ROLES).order_by("pk").values("role")
        rows = self._of(user).filter(unit__in=list(unit_ids)).annotate(role=Subquery(first[:1]))
        counts = rows.values("unit", "role").annotate(count=Count("pk")).order_by()
        return [Held(row["unit"], row["role"] or Role.CLERK, row["count"]) for row in counts]

    def reassign(
        self, user: Any, unit: Unit, role: str, to: Any, *, by: Any, now: datetime, maximum: int
    ) -> list[ReassignedLine]:
        """Hand on what is due first, each in a transaction of its own; with ``to`` None the unit assigns it anew."""
        if role not in {held.role for held in self.held(user, [unit.pk])}:
            return []
        lines = []
        for feedback in self._of(user).filter(unit=unit).order_by("due_at", "pk")[: max(maximum, 0)]:
            reason = ""
            try:
                perform(HandOn(to), feedback, by=by, now=now, role=SYSTEM)
            except Refused as refused:
                reason = refused.message
            name = to.get_full_name() if to else _("everybody in the role")
            lines.append(ReassignedLine(feedback.code, name, reason))
        return lines

    @staticmethod
    def _of(user: Any) -> Any:
        return Feedback.objects.filter(holder=user, status__in=UNANSWERED)


def open_feedback(unit: Unit) -> str:
    """Say that a unit still has open feedback; '' when it has none. One query."""
    count = Feedback.objects.filter(unit=unit).exclude(status__in=FINISHED).count()
    if not count:
        return ""
    return ngettext(
        "%(count)d piece of feedback is still open.", "%(count)d pieces of feedback are still open.", count
    ) % {"count": count}


def feedback_of(user: User) -> Part:
    """Return what a person has told units, the oldest first. Two queries."""
    data: list[dict[str, Any]] = []
    sheets: list[Sheet] = []
    for each in user.feedback_given.order_by("pk").select_related("unit"):
        data.append(
            {
                "code": each.code,
                "unit": each.unit.name,
                "kind": each.kind,
                "topic": each.topic,
                "about": each.about,
                "text": each.text,
                "status": each.status,
                "given_at": each.received_at.isoformat(),
                "answer": each.answer if each.answered_at else "",
            }
        )
        rows = [(_("Unit"), each.unit.name), (_("Given"), vi_datetime(each.received_at))]
        rows += [(_("What you wrote"), each.text), (_("Status"), each.get_status_display())]
        rows += [(_("Answer"), each.answer)] if each.answered_at else []
        sheets.append(Sheet(f"{_('Feedback')} {each.code}", rows))
    return Part("feedback", data, sheets)
