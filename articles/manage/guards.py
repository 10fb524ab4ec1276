"""Who writes notices, and for which units: publishers and administrators for theirs and all below."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast

from django.http import HttpRequest

from accounts.models import User
from common import clock
from common.web.hidden import hidden
from offices.access import current_posts, looks_after_all, units_below
from offices.models import Post, Role, Unit
from offices.views.guards import admitting

from ..models import Notice
from ..querysets import NoticeQuerySet

WRITERS = frozenset({Role.PUBLISHER, Role.ADMINISTRATOR})


def _posts(user: Any, day: date) -> list[Post]:
    return [post for post in current_posts(user, day) if post.role in WRITERS]


writers_only = admitting(lambda user, day: bool(_posts(user, day)))


@dataclass(frozen=True)
class Writer:
    """Who writes notices during one request."""

    user: User
    now: datetime

    @cached_property
    def day(self) -> date:
        """The local day of the request."""
        return clock.local_day(self.now)

    @cached_property
    def units(self) -> list[Unit]:
        """The units they write for, by name. One query beyond the posts."""
        return units_below({post.unit_id for post in _posts(self.user, self.day)})

    @cached_property
    def is_for_all(self) -> bool:
        """Whether they write for the whole installation, maintenance too."""
        return looks_after_all(self.user, self.day)

    @property
    def office(self) -> Unit:
        """The unit whose calendar says what a working day is."""
        return _posts(self.user, self.day)[0].unit

    @property
    def notices(self) -> NoticeQuerySet:
        """The notices they may change, those of units that have closed since too. One query to find the units."""
        units = units_below({post.unit_id for post in _posts(self.user, self.day)}, with_closed=True)
        return Notice.objects.of_writer([unit.pk for unit in units], is_for_all=self.is_for_all)

    def notice(self, pk: int) -> Notice:
        """Return one of them. Raises Http404."""
        found = self.notices.filter(pk=pk).select_related("unit").first()
        if found is None:
            raise hidden(Notice, pk=pk)
        return found


def writer_of(request: HttpRequest) -> Writer:
    """Return who writes; :data:`writers_only` has let nobody else through."""
    return Writer(cast(User, request.user), clock.recorded_now())
