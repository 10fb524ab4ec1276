"""Who may manage the catalogue.

The wording of a procedure belongs to the whole installation: any publisher
may prepare it, another one publishes it. Whether a unit offers it, at which
level and for which fee, is a matter of that unit's publishers and of those
above it.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from accounts.models import User
from common.text import in_order
from offices.access import current_posts, has_role, units_below
from offices.models import Post, Role, Unit

from .models import ProcedureVersion, VersionStatus


def can_manage(user: Any, day: date) -> bool:
    """Tell whether a person is a publisher on a local day. At most one query a request."""
    return has_role(user, Role.PUBLISHER, day)


def offering_units(user: Any, day: date) -> list[Unit]:
    """Return the active units whose offerings a person may change: their own and all below. Two queries."""
    own = {post.unit_id for post in current_posts(user, day) if post.role == Role.PUBLISHER}
    return units_below(own)


def can_edit(user: Any, version: ProcedureVersion, day: date) -> bool:
    """Tell whether a person may change a version: a publisher, and it is a draft."""
    return version.status == VersionStatus.DRAFT and can_manage(user, day)


def can_publish(user: Any, version: ProcedureVersion, day: date) -> bool:
    """Tell whether a person may publish a version in review: a publisher who had no hand in it.

    One query unless the editors have been read.
    """
    return (
        version.status == VersionStatus.IN_REVIEW
        and can_manage(user, day)
        and version.author_id != user.pk
        and all(editor.pk != user.pk for editor in version.editors.all())
    )


def may_still_publish(version: ProcedureVersion, day: date) -> list[User]:
    """Return the publishers of a day who can sign in and had no hand in a version, by name. Two queries."""
    hands = {version.author_id, *(editor.pk for editor in version.editors.all())}
    return publishers_besides(hands - {None}, day)


def publishers_besides(people: Iterable[int | None], day: date) -> list[User]:
    """Return the publishers of a day who can sign in besides these people, by name. One query."""
    posts = Post.objects.valid_on(day).able().filter(role=Role.PUBLISHER).exclude(user__in=list(people))
    found = {post.user_id: post.user for post in posts.select_related("user").order_by("user_id")}
    return in_order(found.values(), name=lambda person: person.full_name)
