"""Queues of the desk as prepared rows: everything a template shows is a plain value by then.

A page of fifty rows costs a fixed number of queries; no row asks for a URL, a
filter or a related object.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from common.clock import LOCAL
from common.templatetags.ui import spoken, tongue
from common.text import page_language
from common.values.working_time import CalendarError
from common.web.paging import Page
from offices.models import Role
from procedures import catalogue, labels
from procedures.models.names import short_name

from .. import hooks
from ..actions.payment import UNSETTLED
from ..hooks import Count
from ..models import RUNNING, Delivery, Dossier, Status, SupplementRequest, System
from ..records.terms import unforwarded_since
from ..timeline.deadlines import NONE, DeadlineStatus, deadline_status, waiting_status
from .counts import counted, shown_count, tab_counts
from .lists import (
    CHANNELS,
    FEES,
    VIEWS,
    ListSpec,
    Search,
    deadline_condition,
    deadlines,
    neighbour,
    page_of,
    place_of,
    today_words,
    work_views,
)
from .officer import Officer

_CURRENT = mark_safe(' aria-current="page"')
_SELECTED = mark_safe(" selected")
ROW_COLUMNS = (
    "code",
    "status",
    "due_at",
    "paused_since",
    "was_late",
    "submitted_at",
    "received_at",
    "decided_at",
    "closed_at",
    "channel",
    "external_system",
    "delivery",
    "fee_state",
    "holder_id",
    "holder_role",
    "holder_name",
    "applicant",
    "procedure",
    "has_message",
)


@dataclass(frozen=True)
class Tab:
    """One work tab as the template shows it; ``current`` is the attribute of the one that is shown, else ''."""

    label: Any
    count: str
    url: str
    current: str


@dataclass(frozen=True)
class Option:
    """One choice of a filter; ``selected`` and ``tongue`` are attributes: of the chosen one, of a foreign text."""

    value: str
    text: Any
    selected: str
    tongue: str


@dataclass(frozen=True)
class Row:
    """One dossier of a queue."""

    url: str
    code: str
    name: str
    procedure: str
    status: str
    deadline_status: DeadlineStatus
    due: str
    date: str
    holder: str
    channel: str
    delivery: str
    fee: str
    decided: str
    return_url: str
    mark: str


def tabs(officer: Officer, spec: ListSpec) -> list[Tab]:
    """Return the work tabs with counts that stop at 1.000+; one query."""
    shown = {key: view for key, view in VIEWS.items() if view.is_tab or key == spec.view}
    counts = tab_counts(officer, tuple(shown))
    base = reverse("desk:list")
    return [
        Tab(view.label, shown_count(counts[key]), f"{base}?view={key}", _CURRENT if key == spec.view else "")
        for key, view in shown.items()
    ]


def page(officer: Officer, spec: ListSpec, search: Search | None, *, after: str = "", before: str = "") -> Page:
    """Return one page of a list as prepared rows; two queries besides the calendar."""
    found = page_of(officer, spec, search, ROW_COLUMNS, after=after, before=before)
    return replace(found, rows=rows(officer, found.rows, spec))


def rows(officer: Officer, records: Collection[Any], spec: ListSpec) -> list[Row]:
    """Prepare rows of :data:`ROW_COLUMNS`; their links remember the list.

    ``date`` is when a dossier was filed; in the list of the done ones, when it was closed.
    """
    query = spec.query_string()
    deadlines = DeadlineStatuses(officer, [each.dossier_id for each in records if each.status == Status.SUBMITTED])
    statuses = {status.value: str(status.label) for status in Status}
    roles = {role.value: str(role.label) for role in Role}
    channels = {key: str(label) for key, label in CHANNELS.items()}
    deliveries = {"": "", **{delivery.value: str(delivery.label) for delivery in Delivery}}
    fees = {"": "", **{state: str(label) for state, label in FEES.items()}}
    # reverse() once: a code is printable ASCII without '/' and '?'.
    base = reverse("desk:dossier", args=["CODE"])
    head, tail = base.split("CODE")
    suffix = f"{tail}?{query}" if query else tail
    is_done = spec.view == "done"
    unread = format_html(' <span class="tag tag-soon">{}</span>', _("New message"))
    unforwarded = format_html(' <span class="tag tag-late">{}</span>', _("Forward it now"))
    late_since = unforwarded_limit(officer) if spec.view == "unforwarded" else None
    # On a Vietnamese page nothing is foreign.
    said: Callable[[str], str] = str if page_language() == "vi" else spoken
    return [
        Row(
            url=f"{head}{record.code}{suffix}",
            code=record.code,
            name=said(record.applicant),
            procedure=said(short_name(record.procedure)),
            status=statuses[record.status],
            deadline_status=deadlines.of(record),
            due=_short(None if record.paused_since else record.due_at),
            date=_short(record.closed_at if is_done else record.submitted_at),
            holder=_holder(record, said(record.holder_name or roles.get(record.holder_role, "")), officer.user.pk),
            channel=channels[System.NATIONAL if record.external_system == System.NATIONAL else record.channel],
            delivery=deliveries[record.delivery],
            fee=fees[record.fee_state],
            decided=_short(record.decided_at),
            return_url=f"{head}{record.code}{tail}return-result/?{query}" if _may_return(record) else "",
            mark=format_html(
                "{}{}",
                unread if record.has_message else "",
                unforwarded if late_since and record.received_at and record.received_at <= late_since else "",
            ),
        )
        for record in records
    ]


def _may_return(record: Any) -> bool:
    """Tell whether a result may be handed over as far as a row tells."""
    return record.status == Status.DECIDED and record.fee_state not in UNSETTLED


def _holder(record: Any, name: str, user_id: int) -> str:
    """Return who holds a dossier; the reader's own name stands out."""
    return format_html("<strong>{}</strong>", name) if record.holder_id == user_id else name


class DeadlineStatuses:
    """Deadline statuses over one calendar, remembered for equal due times; three queries, one more for ``waiting``.

    ``waiting`` are the dossiers that wait for reception and may have been completed since they were filed.
    """

    def __init__(self, officer: Officer, waiting: Collection[int] = ()) -> None:
        self.now = officer.now
        answered = SupplementRequest.objects.filter(dossier__in=waiting, answered_at__isnull=False)
        self.completed = dict(answered.values_list("dossier", Max("answered_at"))) if waiting else {}
        self.seen: dict[tuple[Any, ...], DeadlineStatus] = {}
        self.calendar = officer.calendar

    def of(self, record: Any) -> DeadlineStatus:
        """Return the status of a dossier, or of a row with its columns: its deadline, or its wait for reception."""
        if record.status == Status.SUBMITTED:
            pk = record.pk if isinstance(record, Dossier) else record.dossier_id
            return waiting_status(self.completed.get(pk, record.submitted_at), self.calendar, self.now)
        key = (record.status, record.due_at, record.paused_since, record.was_late, record.decided_at)
        if key not in self.seen:
            self.seen[key] = deadline_status(record, self.calendar, self.now)
        return self.seen[key]


def status_of(officer: Officer, dossier: Dossier) -> DeadlineStatus:
    """Return the status of one dossier; three queries, four where a supplement was asked for before reception.

    One whose entry of a book was cancelled has none.
    """
    if dossier.is_crossed_out:
        return DeadlineStatus(NONE)
    may_be_completed = dossier.is_awaiting_reception and dossier.supplements_asked
    return DeadlineStatuses(officer, [dossier.pk] if may_be_completed else []).of(dossier)


def unforwarded_limit(officer: Officer) -> datetime | None:
    """Return until when received dossiers should have been forwarded by now; None where the calendar does not say."""
    try:
        return unforwarded_since(officer.calendar, officer.now)
    except CalendarError:
        return None


def home_counts(officer: Officer) -> list[Count]:
    """Return what waits for the officer: overdue, today, new, sent back, then what packages above count; one query."""
    late, today = (Q(status__in=RUNNING) & deadline_condition(kind, officer) for kind in ("late", "today"))
    asked: dict[str, tuple[str, tuple[str, Q], str, str]] = {
        "late": (_("Overdue"), ("mine", late), "view=mine&deadline=late", "late"),
        "today": (str(today_words(officer)), ("mine", today), "view=mine&deadline=today", "soon"),
    }
    if Role.CLERK in officer.roles:
        asked["new"] = (_("New, waiting for reception"), ("waiting", Q()), "view=waiting", "info")
        asked["owed"] = (_("Originals owed"), ("owed", Q()), "view=owed", "soon")
        if (since := unforwarded_limit(officer)) is not None:
            late_here = ("unforwarded", Q(received_at__lte=since))
            asked["unforwarded"] = (_("Not forwarded in time"), late_here, "view=unforwarded", "late")
        asked["results"] = (_("Result to hand over"), ("results", Q()), "view=results", "ok")
    if Role.SPECIALIST in officer.roles:
        asked["offered"] = (_("New, nobody has taken them"), ("offered", Q()), "view=offered", "info")
        asked["returned"] = (_("Sent back to me"), ("sent-back", Q()), "view=sent-back", "late")
    if Role.LEADER in officer.roles:
        asked["signing"] = (_("Waiting for signature"), ("signing", Q()), "view=signing", "info")
        asked["stopping"] = (_("Stopping proposed"), ("stopping", Q()), "view=stopping", "info")
        near = Q(status__in=RUNNING) & deadline_condition("tomorrow", officer)
        words = _("Due by the next working day: apologise if late")
        asked["apology"] = (words, ("processing", near), "view=processing&deadline=tomorrow", "soon")
    asked["messages"] = (_("Unread messages"), ("messages", Q()), "view=messages", "info")
    counts = counted(officer, {key: wanted for key, (_label, wanted, *_rest) in asked.items()})
    base = reverse("desk:list")
    return [
        Count(label, shown_count(counts[key]), f"{base}?{query}", kind if counts[key] else "none")
        for key, (label, _wanted, query, kind) in asked.items()
    ] + [found for count in hooks.home_counts if (found := count(officer.user, officer.posts, officer.now)) is not None]


def most_urgent(officer: Officer, limit: int = 8) -> tuple[ListSpec, list[Row]]:
    """Return the first of the officer's lists that holds anything, with its first rows; at most two queries a part."""
    lists = [ListSpec(view=view) for view in work_views(officer)]
    for spec in lists:
        if found := page_of(officer, spec, None, ROW_COLUMNS, size=limit).rows:
            return spec, rows(officer, found, spec)
    return lists[0], []


def fields(officer: Officer) -> list[tuple[str, str]]:
    """Return the fields a filter offers: those of the officer's posts, or all; one query."""
    sectors = catalogue.sectors()
    own: set[str] = set()
    for post in officer.posts:
        if not post.sectors:
            return sectors
        own.update(post.sectors)
    return [(code, name) for code, name in sectors if code in own]


def filter_choices(officer: Officer, spec: ListSpec) -> list[dict[str, Any]]:
    """Return the filter selects: name, label and options with the chosen one marked."""
    offered_choices: tuple[tuple[str, str, list[tuple[str, Any]]], ...] = (
        ("field", _("Field"), list(fields(officer))),
        ("level", _("Level"), [(level, labels.level_name(level)) for level in labels.level_scheme()]),
        ("channel", _("Channel"), list(CHANNELS.items())),
        ("deadline", _("Deadline"), list(deadlines(officer).items())),
        ("fee", _("Fee"), list(FEES.items())),
    )
    return [
        {
            "name": name,
            "label": label,
            "options": [
                Option(value, text, _SELECTED if value == getattr(spec, name) else "", tongue(text))
                for value, text in choices
            ],
        }
        for name, label, choices in offered_choices
    ]


def sort_links(spec: ListSpec) -> dict[str, dict[str, str]]:
    """Return for each sortable column ('due', 'date') its link and its state as aria-sort."""
    base = reverse("desk:list")
    links = {}
    for key in ("due", "closed" if spec.view == "done" else "filed"):
        is_current = spec.order.removeprefix("-") == key
        target = f"-{key}" if spec.order == key else key
        state = "none" if not is_current else "descending" if spec.is_descending else "ascending"
        links["due" if key == "due" else "date"] = {"url": f"{base}?{spec.query_string(sort=target)}", "state": state}
    return links


def neighbours(officer: Officer, spec: ListSpec, search: Search | None, dossier: Dossier) -> dict[str, str]:
    """Return the links to the dossiers before and after one in its list (empty at the ends); four queries a part."""
    place = place_of(dossier, spec)
    found = {
        "previous": neighbour(officer, spec, search, place, backwards=True),
        "next": neighbour(officer, spec, search, place),
    }
    return {key: code_url(code, spec) if code else "" for key, code in found.items()}


def dossier_url(dossier: Dossier, spec: ListSpec, name: str = "desk:dossier", *args: str) -> str:
    """Return a link to a dossier (or one of its pages) that remembers the list."""
    return code_url(dossier.code or "", spec, name, *args)


def code_url(code: str, spec: ListSpec, name: str = "desk:dossier", *args: str) -> str:
    """Return a link to the dossier of a code (or one of its pages) that remembers the list."""
    return f"{reverse(name, args=[code, *args])}?{spec.query_string()}"


def list_url(officer: Officer, spec: ListSpec) -> str:
    """Return a link to a list; what waits for a signature is the leader's own page."""
    if spec == ListSpec(view="signing") and Role.LEADER in officer.roles:
        return reverse("leader:home")
    return f"{reverse('desk:list')}?{spec.query_string()}"


def _short(moment: datetime | None) -> str:
    return f"{moment.astimezone(LOCAL):%d/%m %H:%M}" if moment else ""
