"""The leader's page: what waits for a signature."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.web.paging import keyset_page
from dossiers.models import Dossier
from offices.models import Role

from .. import rows
from ..actions import APPROVE, SEND_BACK
from ..guards import officer_required
from ..lists import ListSpec, queue
from ..officer import Officer

SUMMARIES = 20
SIGNING = ListSpec(view="signing")


@require_safe
@officer_required(Role.LEADER)
def home(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Proposals that wait for the leader, due first, each with its draft."""
    relations = ("dossier__applicant", "dossier__version", "dossier__result__proposed_by")
    unread = ("dossier__answers", "dossier__typed", "dossier__version__form")
    found = keyset_page(
        [part.select_related(*relations).defer(*unread) for part in queue(officer, SIGNING, None)],
        SIGNING.key_order,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=SUMMARIES,
    )
    statuses = rows.DeadlineStatuses(officer)
    page = {"page": found, "summaries": [summary(row.dossier, statuses) for row in found.rows], "query": request.GET}
    return render(request, "leader/home.html", page)


def summary(dossier: Dossier, statuses: rows.DeadlineStatuses) -> dict[str, Any]:
    """Prepare one proposal for the leader's list."""
    return {
        "dossier": dossier,
        "result": dossier.result,
        "deadline_status": statuses.of(dossier),
        "url": rows.dossier_url(dossier, SIGNING),
        "actions": [(row, rows.dossier_url(dossier, SIGNING, "desk:act", row.segment)) for row in (APPROVE, SEND_BACK)],
        "draft_url": draft_url(dossier),
    }


def draft_url(dossier: Dossier) -> str:
    """Return where the proposed document can be read."""
    return reverse("desk:result_file" if dossier.result.kind == "upload" else "desk:result_print", args=[dossier.code])
