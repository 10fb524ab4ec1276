"""The lists of the desk: which dossiers a tab shows, in which order, and where one stands among them.

A list is named by a query string (:class:`ListSpec`), so that a dossier page
knows its neighbours and two browser tabs do not disturb each other. What was
searched for never enters a URL: it rests in the session, ID numbers as blind
indexes only.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from common.values.working_time import CalendarError, at, next_working_day
from common.web.paging import SEPARATOR, Page, cursor_of, keyset_page
from offices.models import Post, Role
from procedures import labels

from ..models import FINAL, HELD, RUNNING, Channel, Dossier, FeeState, Status, System, WorklistRow
from ..querysets import WorklistQuerySet, of_fields
from .officer import Officer
from .searching import Search

PAGE_SIZE = 50


def offered(officer: Officer) -> list[Q]:
    """Return for each role of the officer what is offered to it: nobody has taken it, and a post covers its field."""
    by_role: dict[tuple[int, str], list[Post]] = {}
    for post in officer.posts:
        by_role.setdefault((post.unit_id, post.role), []).append(post)
    return [
        of_fields(posts) & Q(unit=unit, holder_role=role, holder=None, is_held_here=True, status__in=HELD)
        for (unit, role), posts in by_role.items()
    ]


def in_status(*statuses: Status, **more: Any) -> Callable[[Officer], list[Q]]:
    """Make the condition of a group of statuses."""
    condition = Q(status=statuses[0], **more) if len(statuses) == 1 else Q(status__in=statuses, **more)
    return lambda officer: [condition]


def answerable(officer: Officer) -> Q:
    """Return the listed rows about which an officer speaks for the office, by the posts in the units that have them.

    Clerks and leaders speak about all of their unit, a specialist about what is held or offered.
    """
    speaking = {post.unit_id for post in officer.posts if post.role in (Role.CLERK, Role.LEADER)}
    if {post.unit_id for post in officer.posts if post.role == Role.SPECIALIST} <= speaking:
        return Q()
    theirs = Q(holder=officer.user) | Q(holder=None, holder_role=Role.SPECIALIST)
    if not speaking:
        return theirs
    # What one of their units received and another decides stands in the list by the latter's row alone.
    return theirs | Q(Exists(WorklistRow.objects.filter(dossier=OuterRef("dossier"), unit__in=sorted(speaking))))


@dataclass(frozen=True)
class View:
    """One tab: which of the rows listed for the officer's posts, and which of those the officer holds in person.

    ``listed`` gives conditions that no row meets twice, each answered by one index; what is held is a list's
    wherever it came from. ``has_ended`` when it also shows dossiers that have ended; ``is_apart`` when these are few,
    whatever their status, and have an index of their own. ``sort`` is the order unless another is asked for.
    """

    label: Any
    listed: Callable[[Officer], list[Q]] = lambda officer: []
    held: Q | None = None
    has_ended: bool = False
    is_apart: bool = False
    sort: str = "due"
    is_tab: bool = True

    def parts(self, officer: Officer) -> list[WorklistQuerySet]:
        """Return the rows of the tab as querysets without a row in common."""
        parts = [officer.listed().filter(condition) for condition in self.listed(officer)]
        return parts if self.held is None else [officer.held().filter(self.held), *parts]


VIEWS: dict[str, View] = {
    "waiting": View(_("Waiting for reception"), in_status(Status.SUBMITTED), sort="filed"),
    # By the rule of 15:00 (records.terms.forward_by) it leaves the desk the same day or the next morning.
    "unforwarded": View(_("Not forwarded"), in_status(Status.RECEIVED, is_held_here=True), is_apart=True),
    "mine": View(_("Mine"), offered, held=Q()),
    "processing": View(_("In progress"), in_status(*RUNNING)),
    "signing": View(_("Waiting for signature"), in_status(Status.PROCESSING, holder_role=Role.LEADER)),
    "supplement": View(_("Waiting for a supplement"), in_status(Status.AWAITING_SUPPLEMENT)),
    "results": View(_("Result to hand over"), in_status(Status.DECIDED, is_held_here=True)),
    "messages": View(_("Unread messages"), lambda officer: [Q(has_message=True) & answerable(officer)], is_apart=True),
    "owed": View(_("Originals owed"), lambda officer: [Q(owes_original=True)], is_apart=True),
    "stopping": View(_("Stopping proposed"), lambda officer: [Q(stop_proposed=True)], is_apart=True, is_tab=False),
    "done": View(_("Done"), in_status(*FINAL), has_ended=True, sort="-closed"),
    "all": View(_("All"), lambda officer: [Q()], has_ended=True, sort="-filed"),
    "offered": View(_("Offered to my role"), offered, is_tab=False),
    # Proposals that a leader gave back.
    "sent-back": View(
        _("Sent back to me"),
        held=Q(status=Status.PROCESSING, holder_role=Role.SPECIALIST, has_proposal=True),
        is_tab=False,
    ),
}
# Which tabs an officer of a role works through, in this order; what one holds oneself is everybody's.
WORK = (
    ("waiting", Role.CLERK),
    ("mine", Role.SPECIALIST),
    ("signing", Role.LEADER),
    ("mine", ""),
    ("results", Role.CLERK),
)
# Tabs of dossiers that all have a term: one waits for reception without, also while a supplement is awaited there.
WITH_TERM = ("unforwarded", "signing", "sent-back", "results")
SORTS = {"due": "due_at", "filed": "submitted_at", "closed": "closed_at"}
DEADLINES = {
    "late": _("Overdue"),
    "today": _("Due today"),
    "tomorrow": _("Due by the next working day"),
    "week": _("Due within 7 days"),
    "paused": _("Clock paused"),
    "was_late": _("Late once"),
}

# The filter of the channel: what came from the national portal was filed online as well.
CHANNELS = {channel.value: channel.label for channel in Channel} | {System.NATIONAL.value: System.NATIONAL.label}
# The filter of the fee: every state in which there is one.
FEES = {state.value: state.label for state in FeeState if state}


def work_views(officer: Officer) -> list[str]:
    """Return the tabs an officer works through, one after the other; the first is the usual one."""
    return list(dict.fromkeys(view for view, role in WORK if not role or role in officer.roles))


def deadline_condition(kind: str, officer: Officer) -> Q:
    """Return which running dossiers are overdue, due today or within a week at the officer's moment; which are paused;
    which were late once, on their way or ended.

    After hours and on days off, today is the next working day.
    """
    if kind == "paused":
        return Q(paused_since__isnull=False)
    if kind == "was_late":
        return Q(was_late=True)
    if kind == "late":
        return Q(paused_since=None, due_at__lt=officer.now)
    last = {"today": officer.work_day, "tomorrow": _day_after(officer)}.get(kind, officer.day + timedelta(days=6))
    return Q(paused_since=None, due_at__gte=officer.now, due_at__lt=at(last + timedelta(days=1), time.min))


def _day_after(officer: Officer) -> date:
    """Return the working day after the present one; the day after beyond the years entered."""
    try:
        return next_working_day(officer.calendar, officer.work_day)
    except CalendarError:
        return officer.day + timedelta(days=1)


def deadlines(officer: Officer) -> dict[str, Any]:
    """Return the deadline filters with their labels."""
    return DEADLINES | {"today": today_words(officer)}


def today_words(officer: Officer) -> Any:
    """Return what 'due today' is called: once the desk has closed, nothing is due before the next working day."""
    return _("Due today") if officer.work_day == officer.day else _("Due on the next working day")


@dataclass(frozen=True)
class ListSpec:
    """A list as its query string names it; unknown values fall back to the whole tab."""

    view: str
    field: str = ""
    level: str = ""
    channel: str = ""
    deadline: str = ""
    fee: str = ""
    sort: str = ""
    search: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str], officer: Officer) -> "ListSpec":
        """Read a list from a query string."""
        view = query.get("view", "")
        sort = query.get("sort", "")
        field = query.get("field", "")
        return cls(
            view=view if view in VIEWS else work_views(officer)[0],
            field=field if re.fullmatch(r"[-\w]{1,60}", field, re.ASCII) else "",
            level=query.get("level", "") if query.get("level") in labels.level_scheme() else "",
            channel=query.get("channel", "") if query.get("channel") in CHANNELS else "",
            deadline=query.get("deadline", "") if query.get("deadline") in DEADLINES else "",
            fee=query.get("fee", "") if query.get("fee") in FEES else "",
            sort=sort if sort.removeprefix("-") in SORTS else "",
            search=query.get("search") == "1",
        )

    def query_string(self, **changes: Any) -> str:
        """Return the query string of this list, some parts changed; safe inside an attribute once escaped."""
        spec = replace(self, **changes) if changes else self
        parts = {
            "view": spec.view,
            "field": spec.field,
            "level": spec.level,
            "channel": spec.channel,
            "deadline": spec.deadline,
            "fee": spec.fee,
            "sort": spec.sort,
            "search": "1" if spec.search else "",
        }
        return urlencode({key: value for key, value in parts.items() if value})

    @property
    def order(self) -> str:
        """The sort in force."""
        return self.sort or VIEWS[self.view].sort

    @property
    def column(self) -> str:
        """The column in force."""
        return SORTS[self.order.removeprefix("-")]

    @property
    def is_descending(self) -> bool:
        """Newest first."""
        return self.order.startswith("-")

    @property
    def key_order(self) -> tuple[str, str]:
        """The order as :mod:`common.web.paging` takes it; dossiers without a date come last."""
        return (f"-{self.column}", "-dossier_id") if self.is_descending else (self.column, "dossier_id")

    @property
    def has_empty(self) -> bool:
        """Whether the list may hold dossiers without the date it is sorted by: each was filed, a done one closed."""
        if self.column == "due_at":
            return self.view not in WITH_TERM and self.deadline not in ("late", "today", "tomorrow", "week")
        return self.column == "closed_at" and self.view != "done"

    @property
    def is_filtered(self) -> bool:
        """Narrower than its tab."""
        return bool(self.field or self.level or self.channel or self.deadline or self.fee or self.search)


def level_condition(level: str) -> Q:
    """Return the rows whose version has a level, '1' to '4' or a name of Nghị định 42/2022."""
    wholly = Q(level=4, needs_presence=False)
    if level == labels.WHOLLY:
        return wholly
    if level == labels.PARTLY:
        return Q(level__gte=3) & ~wholly
    if level == labels.INFORMATION:
        return Q(level__lte=2)
    return Q(level=int(level))


def queue(officer: Officer, spec: ListSpec, search: Search | None) -> list[WorklistQuerySet]:
    """Return the rows of a list in parts, not yet ordered."""
    wanted = Q()
    if spec.field:
        wanted &= Q(sector=spec.field)
    if spec.level:
        wanted &= level_condition(spec.level)
    if spec.channel == System.NATIONAL:
        wanted &= Q(external_system=System.NATIONAL)
    elif spec.channel:
        wanted &= Q(channel=spec.channel)
    if spec.deadline:
        wanted &= deadline_condition(spec.deadline, officer)
        # Said twice it would look rarer than it is.
        if spec.deadline not in ("paused", "was_late") and spec.view != "processing":
            wanted &= Q(status__in=RUNNING)
    if spec.fee:
        wanted &= Q(fee_state=spec.fee)
    if spec.search and search is not None:
        wanted &= search.condition()
    return [part.filter(wanted) if wanted else part for part in VIEWS[spec.view].parts(officer)]


def page_of(
    officer: Officer,
    spec: ListSpec,
    search: Search | None,
    columns: tuple[str, ...],
    *,
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
) -> Page:
    """Return one page of a list as named rows of ``columns`` plus what the order needs; at most two queries a part.

    Names are looked through without the rows, which cost a query more.
    """
    parts = queue(officer, spec, search)
    is_by_name = spec.search and search is not None and search.kind == "name"
    read = (spec.column,) if is_by_name else columns
    # A dossier that has left the list may have no term: its place is behind all of them.
    is_behind = spec.column == "due_at" and (after or before).startswith(SEPARATOR)
    page = keyset_page(
        [_rows(part, read) for part in parts],
        spec.key_order,
        after=after,
        before=before,
        size=size,
        has_empty=spec.has_empty or is_behind,
    )
    if not is_by_name:
        return page
    pks = [row.dossier_id for row in page.rows]
    found = [row for part in parts for row in _rows(part.filter(dossier__in=pks), columns)]
    return replace(page, rows=sorted(found, key=lambda row: pks.index(row.dossier_id)))


def _rows(part: WorklistQuerySet, columns: tuple[str, ...]) -> Any:
    return part.values_list("dossier_id", *columns, named=True)


def neighbour(
    officer: Officer, spec: ListSpec, search: Search | None, place: str, *, backwards: bool = False
) -> str | None:
    """Return the code of the dossier next to a place in a list, or None at its end; at most two queries a part."""
    way = {"before": place} if backwards else {"after": place}
    rows = page_of(officer, spec, search, ("code", spec.column), size=1, **way).rows
    return rows[0].code if rows else None


def first(officer: Officer, spec: ListSpec, search: Search | None = None) -> str | None:
    """Return the code of the first dossier of a list, or None when it is empty; at most two queries a part."""
    rows = page_of(officer, spec, search, ("code", spec.column), size=1).rows
    return rows[0].code if rows else None


def place_of(dossier: Dossier, spec: ListSpec) -> str:
    """Return where a dossier stands in a list, also once it has left it."""
    dates = {column: getattr(dossier, column) for column in SORTS.values()}
    return cursor_of(WorklistRow(dossier_id=dossier.pk, **dates), spec.key_order)


def exact_code(officer: Officer, search: Search) -> str | None:
    """Return the code of the dossier that a full code names, or its number in another system; at most two queries."""
    if search.kind == "code":
        if code := officer.dossiers().filter(code=search.value).values_list("code", flat=True).first():
            return code
    elif not re.search(r"\d", search.external):
        return None
    found = officer.dossiers().filter(external_code=search.external).order_by("-pk")
    return found.values_list("code", flat=True).first()
