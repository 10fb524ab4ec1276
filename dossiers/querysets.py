"""Which dossiers a person may see, and which the lists show."""

from collections.abc import Iterable
from functools import reduce
from itertools import chain
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from offices.models import Post, Role

if TYPE_CHECKING:
    from .models import Dossier, WorklistRow


# Who works at the desk; a dossier is nothing to the others.
DESK_ROLES = (Role.CLERK, Role.SPECIALIST, Role.LEADER)


class DossierQuerySet(models.QuerySet["Dossier"]):
    """Scopes first; every view starts from one of these."""

    def of_owner(self, user: Any) -> Self:
        """A person's own dossiers, drafts included."""
        return self.filter(owner=user)

    def in_figures(self) -> Self:
        """All but mistakes: receptions on paper that were cancelled, entries of a book that were crossed out."""
        return self.filter(cancelled_at=None, book_entry__cancelled_at=None)

    def visible_with(self, user: Any, posts: Iterable[Post]) -> Self:
        """Dossiers that a person's present posts open; never drafts.

        Clerk and leader: their unit's (received or competent). Specialist: of what
        the unit decides the fields of the post, or ever held. Others: none.
        """
        allowed = Q(pk__in=[])
        for post in posts:
            if post.role not in DESK_ROLES:
                continue
            in_unit = Q(unit=post.unit_id) | Q(received_by=post.unit_id)
            if post.role == Role.SPECIALIST:
                # Asked of the few dossiers at hand: a join would begin with all that the person ever held.
                held = Exists(self.model.objects.filter(pk=OuterRef("pk"), assignments__person=user))
                # Where another unit decides, its specialists do.
                in_unit = Q(unit=post.unit_id)
                if post.sectors:
                    in_unit &= Q(version__procedure__sector__code__in=post.sectors)
                allowed |= in_unit | Q(held)
            else:
                allowed |= in_unit
        return self.filter(allowed, status__gt=0)


class WorklistQuerySet(models.QuerySet["WorklistRow"]):
    """The lists' scopes; every list starts from one of these."""

    def listed_for(self, posts: Iterable[Post]) -> Self:
        """Rows that the lists of these posts show, one of each dossier.

        As :meth:`DossierQuerySet.visible_with`, without what was only ever held: a dossier held once is still found
        by its code.
        """
        at_desk: dict[int, list[Post]] = {}
        for post in posts:
            if post.role in DESK_ROLES:
                at_desk.setdefault(post.unit_id, []).append(post)
        own = {unit: Q(competent=unit) & of_fields(held) for unit, held in at_desk.items()}
        listed = Q()
        for unit, held in at_desk.items():
            if all(post.role == Role.SPECIALIST for post in held):
                listed |= Q(unit=unit) & own[unit]
                continue
            # What was received here and is decided by another unit of theirs stands in the list once.
            twice = [condition for other, condition in own.items() if other != unit]
            listed |= Q(unit=unit) & ~reduce(or_, twice) if twice else Q(unit=unit)
        return self.filter(listed) if at_desk else self.none()


def of_fields(posts: Iterable[Post]) -> Q:
    """Return the rows of the fields that posts cover; a clerk's and a leader's cover all."""
    fields = [post.sectors if post.role == Role.SPECIALIST else [] for post in posts]
    return Q(sector__in=sorted(set(chain(*fields)))) if all(fields) else Q()
