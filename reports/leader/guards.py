"""Guard of the leaders' figures: who leads which units, and what stands below them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.requests import SignedInRequest
from common.clock import local_day, recorded_now
from offices.access import current_posts
from offices.models import Post, Role, Unit

from ..statistics.asking import Options
from ..statistics.page import options_below


@dataclass(frozen=True)
class Leader:
    """A leader during one request: whose dossiers open (``own``), whose are only counted and named by code (below)."""

    user: User
    posts: tuple[Post, ...]
    options: Options
    now: datetime

    @property
    def own(self) -> frozenset[int]:
        """Primary keys of the units that this person leads."""
        return frozenset(post.unit_id for post in self.posts)

    @property
    def units(self) -> dict[int, Unit]:
        """Those and all below, by primary key, in the order of their names."""
        return {unit.pk: unit for unit in self.options.units}

    @property
    def unit(self) -> Unit:
        """The unit that names the page and lends its calendar."""
        return self.posts[0].unit

    @property
    def day(self) -> date:
        """The local day."""
        return local_day(self.now)


def leader_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let leaders in and pass a :class:`Leader` as the second argument; others get 403. Three queries."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        moment = recorded_now()
        posts = tuple(post for post in current_posts(request.user, local_day(moment)) if post.role == Role.LEADER)
        if not posts:
            raise PermissionDenied
        options = options_below([post.unit_id for post in posts])
        return view(request, Leader(request.user, posts, options, moment), *args, **kwargs)

    return never_cache(guarded)
