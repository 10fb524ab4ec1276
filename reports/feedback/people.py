"""Which officers feedback may go to, and whom it is about."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.refusals import Refused
from common.text import in_order
from dossiers.querysets import DESK_ROLES
from offices.models import Post, Role, Unit

from ..personal import known_in


def officers_of(unit: Unit, now: datetime) -> list[User]:
    """Return who works at the desk of a unit now, each once. One query."""
    posts = Post.objects.valid_on(local_day(now)).able().filter(unit=unit, role__in=DESK_ROLES)
    found = {post.user_id: post.user for post in posts.select_related("user")}
    return in_order(found.values(), name=User.get_full_name)


def named_in(text: str, officers: Iterable[User]) -> list[int]:
    """Return the keys of the officers whose full name stands in a text, however it is accented."""
    return [officer.pk for officer in officers if " " in officer.full_name and known_in(text, [officer.full_name])]


def has_reader(unit: Unit, concerned: Iterable[int], owner: int | None, now: datetime) -> bool:
    """Tell whether a leader of a unit may read what is about some officers. One query."""
    leaders = Post.objects.valid_on(local_day(now)).able().filter(unit=unit, role=Role.LEADER)
    return leaders.exclude(user__in=[*concerned, *([owner] if owner else [])]).exists()


def require_reader(unit: Unit, concerned: Iterable[int], owner: int | None, now: datetime, field: str) -> None:
    """Raise Refused where no leader of a unit could look at it impartially."""
    if not has_reader(unit, concerned, owner, now):
        raise Refused(
            _("No other leader of this unit could handle this. It belongs before the authority above."),
            code="leader",
            field=field,
        )
