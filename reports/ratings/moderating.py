"""What leaders do with ratings of their unit: take note of dissatisfaction, publish comments or not."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from common.database.writing import update
from dossiers.models import Applicant
from offices.log import audit

from ..models import CommentState, Rating
from ..personal import Personal, personal_in

DISSATISFIED, COMMENTS = "dissatisfied", "comments"


def listed(units: Collection[int], name: str) -> QuerySet[Rating]:
    """Return ratings of units: dissatisfied ones not taken note of, those with a comment to be read, else all."""
    rows = Rating.objects.filter(unit__in=units)
    if name == DISSATISFIED:
        return rows.filter(is_dissatisfied=True, noted_at=None)
    return rows.filter(comment_state=CommentState.WAITING) if name == COMMENTS else rows


def note(rating: Rating, done: str, *, revision: int, by: User, now: datetime) -> None:
    """Take note of a dissatisfied rating and write what was done. Raises Refused('stale') after another's act."""
    _change(rating, "rating.note", {"noted": done, "noted_at": now, "noted_by_id": by.pk}, revision, by, now)


def moderate(rating: Rating, state: str, reason: str, *, revision: int, by: User, now: datetime) -> None:
    """Publish a comment, or not and why; either may be changed later. Raises Refused('stale') after another's act."""
    changes = {"comment_state": state, "comment_reason": reason, "moderated_at": now, "moderated_by_id": by.pk}
    action = "rating.publish" if state == CommentState.PUBLISHED else "rating.withhold"
    _change(rating, action, changes, revision, by, now)


def personal_of(rating: Rating) -> Personal:
    """Return what in a comment may tell of a person; one query."""
    names = Applicant.objects.filter(dossier=rating.dossier_id).values_list("name", flat=True)
    return personal_in(rating.comment, names)


def _change(rating: Rating, action: str, changes: dict[str, Any], revision: int, by: User, now: datetime) -> None:
    """Set columns if the rating still is as its page showed it, and write a line in the log, without the comment."""
    with transaction.atomic():
        if not update(Rating, changes | {"revision": revision + 1}, id=rating.pk, revision=revision):
            raise audit.overtaken(rating, str(rating.pk))
        reason = changes.get("noted") or changes.get("comment_reason")
        audit.record(
            action,
            rating,
            by=by,
            now=now,
            ref=str(rating.pk),
            unit=rating.unit,
            name=str(rating.dossier.code),
            changes=[("reason", "", reason)] if reason else [],
        )
