"""Who is an officer, where and as what."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.database.compiled import Compiled
from common.text import in_order

from .models import Post, Role, Unit

_posts: Compiled[Post] = Compiled(
    lambda user, day: Post.objects.valid_on(day).of(user).select_related("unit").order_by("id")
)


def current_posts(user: Any, day: date) -> list[Post]:
    """Return the posts a person holds on a local day, with their units.

    Kept on the user object: one query per request, none for anonymous visitors.
    """
    if not user.is_authenticated:
        return []
    kept: dict[date, list[Post]] = user.__dict__.setdefault("_posts_by_day", {})
    if day not in kept:
        kept[day] = read_posts(user, day)
    return kept[day]


def read_posts(user: Any, day: date) -> list[Post]:
    """Return the posts a person holds on a local day as the database has them now, with their units. One query."""
    return _posts.all(user.pk, day)


def has_role(user: Any, role: str, day: date) -> bool:
    """Tell whether a person holds a role in any unit on a local day."""
    return any(post.role == role for post in current_posts(user, day))


def holds_post(user: User, now: datetime) -> str:
    """Say that whoever holds a post, now or later, leaves through an administrator; '' for others. One query."""
    posts = Post.objects.filter(user=user).filter(Q(valid_until=None) | Q(valid_until__gte=local_day(now)))
    return _("You hold a post. An administrator ends it first.") if posts.exists() else ""


def units_below(roots: Iterable[int], *, with_closed: bool = False) -> list[Unit]:
    """Return the units with these primary keys and all below them, by name; closed ones only when asked. One query."""
    children: dict[int | None, list[Unit]] = {}
    by_pk = {}
    units = Unit.objects.all() if with_closed else Unit.objects.filter(is_active=True)
    for unit in units.order_by("id"):
        children.setdefault(unit.parent_id, []).append(unit)
        by_pk[unit.pk] = unit
    found: dict[int, Unit] = {}
    waiting = [by_pk[pk] for pk in roots if pk in by_pk]
    while waiting:
        unit = waiting.pop()
        if unit.pk not in found:
            found[unit.pk] = unit
            waiting += children.get(unit.pk, [])
    return in_order(sorted(found.values(), key=lambda unit: unit.pk))


def looks_after_all(user: Any, day: date) -> bool:
    """Tell whether a person may change what all units share: an administrator whose post is marked so."""
    return any(post.role == Role.ADMINISTRATOR and post.for_all for post in current_posts(user, day))


def is_below(unit: Unit | None, roots: Iterable[int]) -> bool:
    """Tell whether a unit is one of these or stands below one of them; one query for each unit above it."""
    wanted = set(roots)
    while unit is not None:
        if unit.pk in wanted:
            return True
        unit = unit.parent
    return False
