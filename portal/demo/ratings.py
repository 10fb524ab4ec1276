"""Ratings of dossiers that ended, and what leaders did with them."""

import random
from datetime import datetime, timedelta
from itertools import cycle

from dossiers.models import FINAL, Dossier
from offices.models import Role
from reports.models import CommentState, Question, Rating
from reports.ratings import giving, moderating

from . import texts, town

# Ratings of each commune that its leader has not looked at yet.
NEWEST = 5


def give(built: town.Town, rng: random.Random, now: datetime) -> None:
    """Let some of those whose dossiers ended rate them within two days, and leaders answer all but the newest."""
    comments = cycle(texts.COMMENTS)
    ended = Dossier.objects.in_figures().filter(status__in=FINAL).select_related("unit").order_by("closed_at", "pk")
    for n, dossier in enumerate(ended):
        if n % 3 == 2 or dossier.closed_at is None:
            continue
        moment = dossier.closed_at + timedelta(hours=rng.uniform(0.1, 40))
        overall = rng.choices((3, 2, 1), (5, 4, 3))[0]
        grades = {question: min(3, overall + rng.choice((0, 0, 1))) for question in Question.values[1:]}
        comment = next(comments)[overall] if rng.random() < 0.5 else ""
        if moment < now:
            giving.give(dossier, giving.Given({"overall": overall, **grades}, comment), moment)
    for commune in built.communes.values():
        leader = commune.officer(Role.LEADER)
        rows = list(Rating.objects.filter(unit=commune.unit).select_related("dossier", "unit").order_by("-given_at"))
        for rating in rows[NEWEST:]:
            moment, has_comment = min(rating.given_at + timedelta(days=1), now), bool(rating.comment)
            if has_comment:
                moderating.moderate(rating, CommentState.PUBLISHED, "", revision=0, by=leader, now=moment)
            if rating.is_dissatisfied:
                moderating.note(rating, texts.NOTED, revision=int(has_comment), by=leader, now=moment)
