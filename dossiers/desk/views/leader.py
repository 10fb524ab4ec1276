"""The leader's page: what waits for a signature."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dossiers.models import DossierEvent, Result
from dossiers.table import Action
from offices.models import Role
from procedures.models.names import short_name

from .. import rows
from ..actions import APPROVE, DECLINE_STOP, SEND_BACK, STOP
from ..guards import officer_required
from ..lists import ListSpec, page_of
from ..officer import Officer

SUMMARIES = 20
SIGNING, STOPPING = ListSpec(view="signing"), ListSpec(view="stopping")


@require_safe
@officer_required(Role.LEADER)
def home(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Proposals that wait for the leader, due first, each with its draft."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    found = page_of(officer, SIGNING, None, rows.ROW_COLUMNS, after=after, before=before, size=SUMMARIES)
    results = Result.objects.filter(dossier__in=[row.dossier_id for row in found.rows]).select_related("proposed_by")
    proposed = {result.dossier_id: result for result in results}
    statuses = rows.DeadlineStatuses(officer)
    leading = [post for post in officer.posts if post.role == Role.LEADER]
    page = {
        "page": found,
        "summaries": [summary(row, proposed[row.dossier_id], statuses) for row in found.rows],
        "stops": stops(officer, statuses),
        "query": request.GET,
        "unit": leading[0].unit,
        "may_delegate": any(not post.signs_for for post in leading),
    }
    return render(request, "leader/home.html", page)


def stops(officer: Officer, statuses: rows.DeadlineStatuses) -> list[dict[str, Any]]:
    """Prepare the proposals to stop that wait for the leader, due first; two queries, one when there are none."""
    found = page_of(officer, STOPPING, None, rows.ROW_COLUMNS, size=SUMMARIES).rows
    if not found:
        return []
    events = DossierEvent.objects.filter(dossier__in=[row.dossier_id for row in found], action=Action.PROPOSE_STOP)
    proposed = {event.dossier_id: event for event in events.order_by("n")}
    return [
        {
            "row": row,
            "procedure": short_name(row.procedure),
            "proposal": proposed[row.dossier_id],
            "deadline_status": statuses.of(row),
            "url": rows.code_url(row.code, STOPPING),
            "actions": [
                (each, rows.code_url(row.code, STOPPING, "desk:act", each.segment)) for each in (STOP, DECLINE_STOP)
            ],
        }
        for row in found
    ]


def summary(row: Any, result: Result, statuses: rows.DeadlineStatuses) -> dict[str, Any]:
    """Prepare one proposal for the leader's list."""
    links = [(each, rows.code_url(row.code, SIGNING, "desk:act", each.segment)) for each in (APPROVE, SEND_BACK)]
    return {
        "row": row,
        "procedure": short_name(row.procedure),
        "result": result,
        "deadline_status": statuses.of(row),
        "url": rows.code_url(row.code, SIGNING),
        "actions": links,
        "draft_url": reverse("desk:result_file" if result.kind == "upload" else "desk:result_print", args=[row.code]),
    }
