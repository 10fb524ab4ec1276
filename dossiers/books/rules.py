"""Who signs what is attested, and what it costs."""

from collections.abc import Collection
from datetime import date

from offices.models import Post, Role
from offices.querysets import PostQuerySet
from procedures.catalogue import offering_of
from procedures.fees import Assessment, assess
from procedures.models import FeeChannel, ProcedureVersion

from ..records.slips import signature
from .kinds import quantities

# On paper: the committee's leaders, and the officials for the field whom the chairman has charged with it.
SIGNERS = (Role.LEADER, Role.SPECIALIST)


def signing_posts(unit: int, day: date) -> PostQuerySet:
    """Return the posts of a unit that sign on a local day, with their holders, leaders first."""
    posts = Post.objects.valid_on(day).able().filter(unit=unit, role__in=SIGNERS)
    return posts.select_related("user").order_by("role", "pk")


def may_sign(post: Post, version: ProcedureVersion) -> bool:
    """Tell whether a post signs what a procedure asks for: leaders everything, officials their fields."""
    return post.role == Role.LEADER or post.covers(version.procedure.sector.code)


def title_of(post: Post) -> str:
    """Return as what a post signs: its title, and by whose order where that was delegated."""
    title = post.title or str(post.get_role_display())
    order = signature(title, post.signs_as)[0]
    return f"{title} ({order})"[:80] if order.startswith("TL. ") else title


def assessed(
    version: ProcedureVersion, unit: int, day: date, copies: int, pages: int, exemptions: Collection[int] = ()
) -> Assessment:
    """Return what an entry costs at a unit on a local day, from what is kept.

    Raises ValueError for an exemption that is none of the version.
    """
    return assess(
        version,
        offering_of(version.procedure_id, unit, day),
        channel=FeeChannel.COUNTER,
        day=day,
        quantities=quantities(version.book, copies, pages),
        exemptions=exemptions,
    )
