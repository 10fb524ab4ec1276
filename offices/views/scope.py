"""What a request of an administrator knows: who asks, when, and which units they look after."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast

from django.http import HttpRequest

from accounts.models import User
from common import clock
from common.web.hidden import hidden

from ..access import current_posts, looks_after_all, units_below
from ..models import Post, Role, Unit
from ..people.lists import officers


@dataclass(frozen=True)
class Administrator:
    """The signed-in administrator during one request."""

    user: User
    now: datetime

    @cached_property
    def day(self) -> date:
        """The local day of the request."""
        return clock.local_day(self.now)

    @cached_property
    def units(self) -> list[Unit]:
        """Their units and all below, closed ones too, by name. One query beyond the posts."""
        own = {post.unit_id for post in current_posts(self.user, self.day) if post.role == Role.ADMINISTRATOR}
        return units_below(own, with_closed=True)

    @cached_property
    def by_pk(self) -> dict[int, Unit]:
        """The same by primary key."""
        return {unit.pk: unit for unit in self.units}

    @property
    def unit_ids(self) -> set[int]:
        """Their primary keys."""
        return set(self.by_pk)

    @property
    def open_units(self) -> list[Unit]:
        """Those that are not closed."""
        return [unit for unit in self.units if unit.is_active]

    @property
    def asked(self) -> dict[str, Any]:
        """Whose password a form asks for again."""
        return {"by": self.user, "now": self.now}

    def may_confirm(self, post: Post) -> bool:
        """Whether they are the second administrator that a post waits for."""
        is_second = self.user.pk not in (post.given_by_id, post.user_id)
        return post.awaits_confirmation and is_second and (self.looks_after_all or not post.for_all)

    @cached_property
    def looks_after_all(self) -> bool:
        """Whether they may enter what counts for every unit."""
        return looks_after_all(self.user, self.day)

    def person(self, pk: int) -> User:
        """Return somebody who ever held a post in these units. Raises Http404."""
        found = officers(self.unit_ids).filter(pk=pk).first()
        if found is None:
            raise hidden(User, pk=pk)
        return found

    def post(self, person: User, pk: int) -> Post:
        """Return a post of a person in these units. Raises Http404."""
        found = Post.objects.filter(user=person, pk=pk, unit__in=self.unit_ids).select_related("unit", "user").first()
        if found is None:
            raise hidden(Post, user=person, pk=pk)
        return found

    def unit(self, slug: str) -> Unit:
        """Return one of the units. Raises Http404."""
        found = next((unit for unit in self.units if unit.slug == slug), None)
        if found is None:
            raise hidden(Unit, slug=slug)
        return found


def administrator_of(request: HttpRequest) -> Administrator:
    """Return the administrator who asks; :func:`~.guards.administrator_only` has let nobody else through."""
    return Administrator(cast(User, request.user), clock.recorded_now())
