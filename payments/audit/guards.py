"""Guard of the pages of money's record: who reads them, whose money, and who may close a discrepancy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.requests import SignedInRequest
from common.clock import local_day, recorded_now
from offices.access import current_posts, units_below
from offices.models import Role, Unit

from ..models import Discrepancy

# Who reads what money did; those who also look after discrepancies.
READERS = (Role.AUDITOR, Role.LEADER, Role.CASHIER)
CLOSERS = (Role.LEADER, Role.CASHIER)


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the money of units (``units``, those below included); ``closing`` are those of a closer.

    ``is_on_top`` when one of the posts is in a unit that has none above: then what belongs to the whole
    installation is read too, such as a file's wrong sum.
    """

    user: User
    units: list[Unit]
    closing: frozenset[int]
    is_on_top: bool
    now: datetime

    @property
    def day(self) -> date:
        """The local day."""
        return local_day(self.now)

    @property
    def top(self) -> list[Unit]:
        """The units that stand below no other of them."""
        own = {unit.pk for unit in self.units}
        return [unit for unit in self.units if unit.parent_id not in own]

    @property
    def may_close(self) -> bool:
        """Whether this person looks after discrepancies of any unit, and brings statements."""
        return bool(self.closing)

    def discrepancies(self) -> QuerySet[Discrepancy]:
        """Return the discrepancies that this person may read."""
        whose = Q(unit__in=self.units)
        return Discrepancy.objects.filter(whose | Q(unit=None) if self.is_on_top else whose)

    def may_settle(self, discrepancy: Discrepancy) -> bool:
        """Tell whether this person may look after a discrepancy that is read."""
        return self.may_close if discrepancy.unit_id is None else discrepancy.unit_id in self.closing


def reads_money(user: Any, day: date) -> bool:
    """Tell whether somebody holds a post that reads money's record; no query when the posts are known."""
    return any(post.role in READERS for post in current_posts(user, day))


def reader_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let readers in and pass a :class:`Reader` as the second argument; others get 403. Two or three queries."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        moment = recorded_now()
        posts = [post for post in current_posts(request.user, local_day(moment)) if post.role in READERS]
        if not posts:
            raise PermissionDenied
        units = units_below((post.unit_id for post in posts), with_closed=True)
        roots = {post.unit_id for post in posts if post.role in CLOSERS}
        closing = units if len(roots) == len({post.unit_id for post in posts}) else _below(units, roots)
        reader = Reader(
            request.user,
            units,
            frozenset(unit.pk for unit in closing) if roots else frozenset(),
            any(post.unit.parent_id is None for post in posts),
            moment,
        )
        return view(request, reader, *args, **kwargs)

    return never_cache(guarded)


def closer_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let in who looks after discrepancies, like :func:`reader_required`."""

    @wraps(view)
    def guarded(request: SignedInRequest, reader: Reader, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not reader.may_close:
            raise PermissionDenied
        return view(request, reader, *args, **kwargs)

    return reader_required(guarded)


def _below(units: list[Unit], roots: set[int]) -> list[Unit]:
    """Return those of ``units`` that are or stand below ``roots``, without a query."""
    parents = {unit.pk: unit.parent_id for unit in units}

    def is_below(pk: int | None) -> bool:
        return pk is not None and (pk in roots or is_below(parents.get(pk)))

    return [unit for unit in units if is_below(unit.pk)]
