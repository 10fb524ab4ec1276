"""A rating is given: once for each dossier, after its end; the sums of the day grow with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.clock import local_day
from common.database.writing import insert
from common.refusals import Refused
from dossiers.models import FINAL, Dossier
from notifications.outbox import Recipient, queue
from offices.models import Post, Role

from ..models import CommentState, DailyRating, Grade, Rating

SUBJECT_TYPE = "rating"


@dataclass(frozen=True)
class Given:
    """What somebody says: a grade for each question that was answered, at least for the whole, and a comment."""

    grades: Mapping[str, int]
    comment: str = ""

    @property
    def is_dissatisfied(self) -> bool:
        """Whether anything was not to their liking."""
        return Grade.DISSATISFIED in self.grades.values()


def has_ended(dossier: Dossier) -> bool:
    """Tell whether a dossier is over, so that it can be rated; what was cancelled as a mistake is not."""
    return dossier.status in FINAL and dossier.cancelled_at is None


def give(dossier: Dossier, given: Given, now: datetime) -> bool:
    """Record a rating; returns False, and changes nothing, when the dossier was rated before.

    Raises Refused('state') before the dossier's end. Leaders of its unit are told of dissatisfaction. Three
    statements, and one for each leader.
    """
    if not has_ended(dossier):
        raise Refused(_("You can rate once the dossier has ended."), code="state")
    rating = Rating(
        dossier=dossier,
        unit=dossier.unit,
        **given.grades,
        is_dissatisfied=given.is_dissatisfied,
        comment=given.comment,
        comment_state=CommentState.WAITING if given.comment else CommentState.NONE,
        given_at=now,
    )
    try:
        with transaction.atomic():
            insert(rating)
            _count(dossier.unit_id, given, now)
            if given.is_dissatisfied:
                _tell_leaders(dossier, now)
    except IntegrityError:
        if not Rating.objects.filter(dossier=dossier).exists():
            raise
        return False
    return True


def _count(unit: int, given: Given, now: datetime) -> None:
    """Let the sums of the day grow. Two statements."""
    day = local_day(now)
    DailyRating.objects.bulk_create([DailyRating(unit_id=unit, day=day)], ignore_conflicts=True)
    columns = [f"{question}_{grade}" for question, grade in given.grades.items()]
    DailyRating.objects.filter(unit=unit, day=day).update(**{column: F(column) + 1 for column in columns})


def _tell_leaders(dossier: Dossier, now: datetime) -> None:
    """Write to those who lead the unit that somebody is dissatisfied: the dossier's code, no name, no comment."""
    posts = Post.objects.valid_on(local_day(now)).able().filter(unit=dossier.unit, role=Role.LEADER)
    leaders = {post.user_id: post.user for post in posts.select_related("user").order_by("user_id")}
    for person in leaders.values():
        # An officer without an address is no citizen to be called: the list tells them.
        if person.email:
            queue(
                "rating_dissatisfied",
                to=Recipient.of(person),
                context={
                    "code": dossier.code,
                    "procedure": dossier.version.name_for(person.language),
                    "unit": dossier.unit.name,
                    "link": settings.SITE_URL + reverse("leader:ratings"),
                },
                now=now,
                subject_type=SUBJECT_TYPE,
                subject_ref=dossier.ref,
            )
