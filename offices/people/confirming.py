"""Posts that nobody gives alone: not to oneself, or only with a second administrator."""

from collections.abc import Iterable
from datetime import date

from accounts.models import User

from ..models import Post, Role, Unit
from ..querysets import PostQuerySet

# What shows dossiers or money, or gives the power to give such posts.
NEVER_TO_ONESELF = frozenset(Role) - {Role.PUBLISHER}
CONFIRMED = frozenset({Role.LEADER, Role.ADMINISTRATOR})


def awaits_second(role: str, unit: Unit, *, besides: Iterable[User], day: date) -> bool:
    """Tell whether a post in a unit waits for a second administrator, because there is one besides these people.

    That is somebody who administers the unit or one above it and can sign in. Two queries, one more a unit above.
    """
    return role in CONFIRMED and administrators_of(unit, day).exclude(user__in=list(besides)).exists()


def administrators_of(unit: Unit, day: date) -> PostQuerySet:
    """Return the posts that administer a unit on a day, from there or from above; one query for each unit above."""
    above: list[int] = []
    at: Unit | None = unit
    while at is not None:
        above.append(at.pk)
        at = at.parent
    return Post.objects.valid_on(day).able().filter(role=Role.ADMINISTRATOR, unit__in=above)
