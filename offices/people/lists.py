"""Which officers an administrator sees, and how the list is filtered."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.text import digits_in, fold, in_order, readable, sort_key
from common.web.paging import SEPARATOR, Page

from ..models import Post, Role, Unit

PAGE_SIZE = 50
# So many people are offered to choose from.
MOST_HITS = 500
STATES = {
    "": _("In a post now"),
    "coming": _("Post begins later"),
    "ended": _("No post any more"),
    "waiting": _("Invitation not yet accepted"),
    "unconfirmed": _("Post awaits confirmation"),
    "closed": _("Account closed"),
    "all": _("Everybody"),
}


@dataclass(frozen=True)
class PeopleFilter:
    """What the list is narrowed to; made from a query string, whatever it holds."""

    query: str = ""
    unit: str = ""
    role: str = ""
    state: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any], units: Iterable[Unit]) -> "PeopleFilter":
        """Read the filters; unknown values count as none."""
        query = readable(values.get("q", ""), 200)
        unit, role, state = (str(values.get(name, "")) for name in ("unit", "role", "state"))
        return cls(
            query,
            unit if unit in {one.slug for one in units} else "",
            role if role in Role.values else "",
            state if state in STATES else "",
        )

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything is narrowed."""
        return bool(self.query or self.unit or self.role or self.state)


@dataclass
class OfficerRow:
    """One line of the list."""

    user: User
    now: list[Post] = field(default_factory=list)
    coming: list[Post] = field(default_factory=list)
    past: list[Post] = field(default_factory=list)
    unconfirmed: list[Post] = field(default_factory=list)

    @property
    def is_waiting(self) -> bool:
        """Tell whether the person has never chosen a password."""
        return not self.user.has_usable_password()


def officers(unit_ids: Iterable[int]) -> QuerySet[User]:
    """Return everybody who ever held a post in these units."""
    posts = Post.objects.filter(user=OuterRef("pk"), unit__in=list(unit_ids))
    return User.objects.filter(Exists(posts))


def officer_page(units: list[Unit], wanted: PeopleFilter, day: date, *, after: str = "", before: str = "") -> Page:
    """Return one page of :class:`OfficerRow`; three queries at most, whatever the number of officers.

    Names are put in Vietnamese order, and compared with a search, in memory: 'dang huu' finds 'Đặng Hữu Phước'.
    """
    unit_ids = [unit.pk for unit in units if not wanted.unit or unit.slug == wanted.unit]
    posts = Post.objects.filter(user=OuterRef("pk"), unit__in=unit_ids)
    if wanted.role:
        posts = posts.filter(role=wanted.role)
    current = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))
    found = User.objects.filter(Exists(posts))
    if wanted.state == "":
        found = found.filter(Exists(posts.filter(current)))
    elif wanted.state == "coming":
        found = found.filter(Exists(posts.filter(valid_from__gt=day)))
    elif wanted.state == "ended":
        found = found.filter(~Exists(posts.filter(Q(valid_until=None) | Q(valid_until__gte=day))))
    elif wanted.state == "waiting":
        found = found.filter(password__startswith="!", is_active=True)
    elif wanted.state == "unconfirmed":
        found = found.filter(Exists(posts.filter(awaits_confirmation=True)))
    elif wanted.state == "closed":
        found = found.filter(is_active=False)
    words = fold(wanted.query)
    rows = found.values_list("pk", "full_name", "email")
    places = sorted((sort_key(name), pk) for pk, name, email in rows if words in fold(f"{name} {email or ''}"))
    page = _window(places, after, before)
    shown = Post.objects.filter(unit__in=unit_ids).select_related("unit").order_by("-valid_from", "pk")
    people = User.objects.prefetch_related(Prefetch("posts", queryset=shown, to_attr="posts_shown"))
    by_pk = people.in_bulk(page.rows)
    page.rows[:] = [by_pk[pk] for pk in page.rows if pk in by_pk]
    page.rows[:] = [row_of(user, user.posts_shown, day) for user in page.rows]
    return page


def _window(places: list[tuple[str, int]], after: str, before: str) -> Page:
    """Return the primary keys of one page of sorted (key, pk), with the cursors 'key~pk' of its neighbours."""
    start = 0
    if (place := _place(after)) is not None:
        start = bisect_right(places, place)
    elif (place := _place(before)) is not None:
        start = max(bisect_left(places, place) - PAGE_SIZE, 0)
    shown = places[start : start + PAGE_SIZE]
    cursors = [f"{key}{SEPARATOR}{pk}" for key, pk in shown]
    return Page(
        [pk for _key, pk in shown],
        next=cursors[-1] if shown and start + PAGE_SIZE < len(places) else "",
        previous=cursors[0] if shown and start else "",
    )


def _place(cursor: str) -> tuple[str, int] | None:
    key, separator, pk = cursor.rpartition(SEPARATOR)
    number = digits_in(pk)
    return (key, number) if separator and number is not None else None


def row_of(user: User, posts: Iterable[Post], day: date) -> OfficerRow:
    """Sort a person's posts: of today, to come, ended, and those that await a second administrator."""
    row = OfficerRow(user)
    for post in posts:
        if post.awaits_confirmation:
            row.unconfirmed.append(post)
        elif post.valid_from > day:
            row.coming.append(post)
        elif post.valid_until is not None and post.valid_until < day:
            row.past.append(post)
        else:
            row.now.append(post)
    return row


def colleagues(posts: Iterable[tuple[int, str]], user: User, day: date) -> dict[tuple[int, str], list[User]]:
    """Return who else holds each (unit, role) on a day and can sign in, by name. One query."""
    wanted = set(posts)
    found: dict[tuple[int, str], list[User]] = {key: [] for key in wanted}
    rows = (
        Post.objects.valid_on(day)
        .filter(unit__in={unit for unit, _role in wanted}, role__in={role for _unit, role in wanted})
        .able()
        .exclude(user=user)
        .select_related("user")
        .order_by("user_id")
    )
    for post in in_order(rows, name=lambda post: post.user.full_name):
        people = found.get((post.unit_id, post.role))
        if people is not None and post.user not in people:
            people.append(post.user)
    return found


def possible_substitutes(units: Iterable[Unit], user: User, day: date) -> list[User]:
    """Return who of these units might stand in for a person: in a post today, able to sign in. One query."""
    posts = Post.objects.valid_on(day).able().filter(user=OuterRef("pk"), unit__in=[unit.pk for unit in units])
    people = User.objects.filter(Exists(posts)).exclude(pk=user.pk)
    return in_order(people.order_by("pk")[:MOST_HITS], name=lambda person: person.full_name)
