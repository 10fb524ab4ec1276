"""How long comments are kept: their words go after a time, what was answered stays in the sums."""

from datetime import datetime, timedelta

from django.db.models import F

from common.database import purging

from ..models import CommentState, Rating

COMMENT_DAYS = 730
NAME = "rating_comments"


def due(now: datetime) -> purging.Due:
    """Return the comments that were given two years ago, for the nightly clean-up. Two queries."""
    rows = Rating.objects.exclude(comment_state=CommentState.NONE)
    old = rows.filter(given_at__lt=now - timedelta(days=COMMENT_DAYS))
    # A page that still shows the comment is overtaken, so that nothing is decided about what is no more.
    forgotten = {"comment": "", "comment_state": CommentState.NONE, "comment_reason": "", "revision": F("revision") + 1}
    return purging.Due(old.count(), rows.count(), lambda: old.update(**forgotten))
