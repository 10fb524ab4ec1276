"""Who may use the desk, and what an officer's request knows about the officer."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.http import Http404

from accounts.models import User
from common.clock import local_day
from offices.models import Post, Role

from .models import Dossier
from .querysets import DossierQuerySet

DESK_ROLES = (Role.CLERK, Role.SPECIALIST, Role.LEADER)

# What the dossier page and its actions read of related rows.
PAGE_RELATIONS = (
    "version__procedure__sector",
    "unit",
    "received_by",
    "holder",
    "holder_unit",
    "owner",
    "applicant",
)


@dataclass(frozen=True)
class Officer:
    """A signed-in officer during one request: the posts held now and the moment read from the clock."""

    user: User
    posts: tuple[Post, ...]
    now: datetime

    @cached_property
    def day(self) -> date:
        """The local day of the request."""
        return local_day(self.now)

    @cached_property
    def roles(self) -> frozenset[str]:
        """Every desk role held now, in whatever unit."""
        return frozenset(post.role for post in self.posts)

    @cached_property
    def unit_ids(self) -> frozenset[int]:
        """Primary keys of the units of the posts."""
        return frozenset(post.unit_id for post in self.posts)

    @property
    def main_post(self) -> Post:
        """The post whose unit names the desk and lends it the calendar."""
        return self.posts[0]

    def dossiers(self) -> DossierQuerySet:
        """Dossiers this officer may open; one query for the posts."""
        return Dossier.objects.visible_to(self.user, self.day)

    def dossier(self, code: str) -> Dossier:
        """Return one dossier with what its page reads.

        Raises Http404 for an unknown one and for one of another unit alike.
        """
        found = self.dossiers().select_related(*PAGE_RELATIONS).filter(code=code).first() if is_code(code) else None
        if found is None:
            raise Http404
        return found


def is_code(text: str) -> bool:
    """Tell whether a text from a URL can be a dossier code at all (length, no control characters)."""
    return len(text) <= 40 and text.isascii() and text.isprintable()
