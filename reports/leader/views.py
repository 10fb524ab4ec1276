"""The leaders' figures: how work stands, what was late, exact numbers of their units and those below."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.clock import LOCAL
from common.web.downloads import table_file
from common.web.paging import capped_count
from offices.log import audit

from ..counting.rollup import counted
from ..counting.steps import DAYS
from ..public.views import figures_file, shown
from ..ratings.moderating import DISSATISFIED, listed
from ..statistics.asking import Asked
from ..statistics.page import FiguresPage, figures_page
from .guards import Leader, leader_required
from .late import LateAsked, late_courses, late_page, rows_of
from .overview import overview

MAX_ROWS = 20_000


@leader_required
@require_safe
def overview_page(request: HttpRequest, leader: Leader) -> HttpResponse:
    """How the work of the leader's units stands now. Six queries beyond the guard's."""
    page = {"leader": leader, "found": overview(leader), "counted": counted(), "days": DAYS}
    page["dissatisfied"] = capped_count(listed(leader.own, DISSATISFIED))
    return render(request, "leader/overview.html", page)


@leader_required
@require_safe
def late_list(request: HttpRequest, leader: Leader) -> HttpResponse:
    """Dossiers that were late in a period, as known on a day. Three queries beyond the guard's."""
    asked = LateAsked.read(request.GET, leader.day)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = {
        "leader": leader,
        "asked": asked,
        "page": late_page(leader, asked, after=after, before=before),
        "fields": asked.fields(),
        "query": request.GET,
        "has_many": len(leader.units) > 1,
    }
    return render(request, "leader/late.html", page)


@leader_required
@require_POST
def late_export(request: HttpRequest, leader: Leader) -> HttpResponse:
    """Save the late list; a line in the log says who did."""
    asked = LateAsked.read(request.POST, leader.day)
    courses = late_courses(leader, asked).select_related("dossier").order_by("late_since", "dossier")[:MAX_ROWS]
    head = [_("Dossier code"), _("Unit"), _("Procedure"), _("Overdue since")]
    head += [_("Ended"), _("How it ended"), _("Main handler")]
    rows = [
        [row.code, row.unit, row.procedure, _moment(row.late_since), _moment(row.ended_at), row.ending, row.handler]
        for row in rows_of(leader, asked, list(courses))
    ]
    facts = [(name, "", value) for name, value in asked.fields()] + [("lines", "", len(rows))]
    _record(leader, _("Late dossiers"), facts)
    name = f"qua-han-{asked.period.since:%Y%m%d}-{asked.period.until:%Y%m%d}"
    return table_file(request.POST.get("format", ""), _("Late dossiers"), name, head, rows)


@leader_required
@require_safe
def figures(request: HttpRequest, leader: Leader) -> HttpResponse:
    """Exact figures of the leader's units and those below. Three queries beyond the guard's."""
    page = _figures(request.GET, leader)
    return render(
        request, "leader/figures.html", {"shown": shown(page), "leader": leader, "fields": page.asked.fields()}
    )


@leader_required
@require_POST
def figures_export(request: HttpRequest, leader: Leader) -> HttpResponse:
    """Save them; a line in the log says who did."""
    page = _figures(request.POST, leader)
    _record(leader, _("Statistics"), [(name, "", value) for name, value in page.asked.fields()])
    return figures_file(request.POST.get("format", ""), page)


def _figures(values: Any, leader: Leader) -> FiguresPage:
    asked = Asked.read(values, leader.options, leader.day, by_months=False)
    return figures_page(asked, leader.options, reverse("leader:figures"), is_public=False)


def _record(leader: Leader, name: str, facts: list[tuple[str, Any, Any]]) -> None:
    audit.record(
        "figures.export",
        leader.user,
        by=leader.user,
        now=leader.now,
        ref=str(leader.user.pk),
        unit=leader.unit,
        name=name,
        changes=facts,
    )


def _moment(moment: Any) -> str:
    return f"{moment.astimezone(LOCAL):%d/%m/%Y %H:%M}" if moment else ""
