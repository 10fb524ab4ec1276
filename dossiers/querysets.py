"""Which dossiers a person may see, and how queues cut them."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from offices.models import Post, Role

if TYPE_CHECKING:
    from .models import Dossier


# Who works at the desk; a dossier is nothing to the others.
DESK_ROLES = (Role.CLERK, Role.SPECIALIST, Role.LEADER)


class DossierQuerySet(models.QuerySet["Dossier"]):
    """Scopes first; every view starts from one of these."""

    def of_owner(self, user: Any) -> Self:
        """A person's own dossiers, drafts included."""
        return self.filter(owner=user)

    def visible_with(self, user: Any, posts: Iterable[Post]) -> Self:
        """Dossiers that a person's present posts open; never drafts.

        Clerk and leader: their unit's (received or competent). Specialist: the
        fields of the post, or ever held. Others: none.
        """
        allowed = Q(pk__in=[])
        for post in posts:
            if post.role not in DESK_ROLES:
                continue
            in_unit = Q(unit=post.unit_id) | Q(received_by=post.unit_id)
            if post.role == Role.SPECIALIST:
                held = Q(pk__in=self.model.objects.filter(assignments__person=user).values("pk"))
                if post.sectors:
                    in_unit = Q(unit=post.unit_id, version__procedure__sector__code__in=post.sectors)
                allowed |= in_unit | held
            else:
                allowed |= in_unit
        return self.filter(allowed, status__gt=0)

    def listed_for(self, posts: Iterable[Post]) -> Self:
        """Dossiers that the lists of these posts show: as :meth:`visible_with`, without what was only ever held.

        Leaves the index on unit and status usable; a dossier held once is still found by its code.
        """
        listed = Q(pk__in=[])
        for post in posts:
            if post.role == Role.SPECIALIST:
                fields = {"version__procedure__sector__code__in": post.sectors} if post.sectors else {}
                listed |= Q(unit=post.unit_id, **fields)
            elif post.role in DESK_ROLES:
                listed |= Q(unit=post.unit_id) | Q(received_by=post.unit_id)
        return self.filter(listed, status__gt=0)
