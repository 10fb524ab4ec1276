"""Who may use the desk, and what an officer's request knows about the officer."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from django.http import Http404

from accounts.models import User
from common.clock import local_day
from common.database.compiled import Compiled
from common.refusals import Refused
from common.values.working_time import OfficeCalendar, YearNotEntered, next_open
from common.web.hidden import hidden
from offices.access import current_posts
from offices.calendar.office_calendar import calendar_of
from offices.models import Post

from ..actions import CLASSES
from ..models import HELD, Dossier, WorklistRow
from ..querysets import DossierQuerySet, WorklistQuerySet
from ..table import TABLE, Action
from ..workflow import ActionBase, plan, roles_by

# What the dossier page and its actions read of related rows.
PAGE_RELATIONS = ("unit", "received_by", "holder_unit", "applicant", "owner")
# Of each officer's posts; those that were not asked for the longest go first.
MOST = 256


@lru_cache(maxsize=MOST)
def _opened_by(user: int, posts: tuple[tuple[str, int, tuple[str, ...]], ...]) -> Compiled[Dossier]:
    """Return the statement that finds a dossier by code among those that a person's posts open.

    A post is (role, unit, sectors).
    """
    held = [Post(role=role, unit_id=unit, sectors=list(sectors)) for role, unit, sectors in posts]
    visible = Dossier.objects.visible_with(user, held).select_related(*PAGE_RELATIONS)
    return Compiled(lambda code: visible.filter(code=code))


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

    @cached_property
    def calendar(self) -> OfficeCalendar:
        """When the desk is open; three queries. Raises NeverOpen."""
        return calendar_of(self.main_post.unit, around=self.now)

    @cached_property
    def work_day(self) -> date:
        """The working day that is, or comes next once the desk has closed; today beyond the years entered."""
        try:
            return local_day(next_open(self.calendar, self.now))
        except YearNotEntered:
            return self.day

    def dossiers(self) -> DossierQuerySet:
        """Dossiers this officer may open."""
        return Dossier.objects.visible_with(self.user, self.posts)

    @cached_property
    def _listed(self) -> WorklistQuerySet:
        # Built once, then only copied: a page of the desk starts from it for every tab.
        return WorklistRow.objects.listed_for(self.posts)

    def listed(self) -> WorklistQuerySet:
        """Rows this officer's lists draw from."""
        return self._listed.all()

    def held(self) -> WorklistQuerySet:
        """Rows of what this officer holds in person, in whatever unit; one of each dossier."""
        return WorklistRow.objects.filter(holder=self.user, status__in=HELD, is_held_here=True)

    def dossier(self, code: str) -> Dossier:
        """Return one dossier with what its page reads.

        Raises Http404 for an unknown one and for one of another unit alike.
        """
        if not is_code(code):
            raise Http404
        posts = tuple((post.role, post.unit_id, tuple(post.sectors)) for post in self.posts)
        found = _opened_by(self.user.pk, posts).first(code)
        if found is None:
            raise hidden(Dossier, code=code)
        return found


def is_code(text: str) -> bool:
    """Tell whether a text from a URL can be a dossier code at all (length, no control characters)."""
    return len(text) <= 40 and text.isascii() and text.isprintable()


def available_actions(dossier: Dossier, user: User, moment: datetime) -> list[Action]:
    """Return what a person may do with a dossier now, by the posts that the request has read.

    What is typed may still be refused by the action's own guard, which reads them anew.
    """
    roles = roles_by(current_posts(user, local_day(moment)), user, dossier)
    return [action for action, cls in CLASSES.items() if is_possible(cls, dossier, user, roles, moment)]


def is_possible(action: type[ActionBase], dossier: Dossier, user: User, roles: set[str], moment: datetime) -> bool:
    """Tell whether a person with ``roles`` may try an action in the dossier's present state; at most one query."""
    if dossier.status not in TABLE[action.action].sources:
        return False
    try:
        plan(action, dossier, by=user, roles=roles, now=moment)
    except Refused:
        return False
    return True
