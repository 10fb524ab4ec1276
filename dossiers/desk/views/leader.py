"""The leader's pages: what waits for a signature, and signing it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from common.web.paging import keyset_page
from dossiers import actions
from dossiers.models import Dossier, Result
from dossiers.timeline.history import timeline
from dossiers.workflow import Action
from offices.models import Role

from .. import dossier_page, rows
from ..forms import decision
from ..guards import officer_required
from ..lists import VIEWS, ListSpec
from ..officer import Officer, available_actions
from .act import Screen, act
from .actions import form_of
from .dossier import contents, shared

SUMMARIES = 20
SIGNING = ListSpec(view="signing")
APPROVE = Screen(
    actions.Approve,
    gettext_lazy("Sign the decision"),
    gettext_lazy("The decision becomes final and the applicant gets a message."),
    gettext_lazy("Sign"),
    gettext_lazy("Signed:"),
    key="K",
)
SEND_BACK = Screen(
    actions.SendBack,
    gettext_lazy("Send the proposal back"),
    gettext_lazy("It returns to the specialist who made it."),
    gettext_lazy("Send back"),
    gettext_lazy("Sent back:"),
)


@require_safe
@officer_required(Role.LEADER)
def home(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Proposals that wait for the leader, due first, each with its draft."""
    waiting = officer.dossiers().filter(VIEWS["signing"].condition(officer))
    found = keyset_page(
        waiting.select_related("applicant", "version", "result__proposed_by").defer(
            "answers", "typed", "version__form"
        ),
        SIGNING.key_order,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=SUMMARIES,
    )
    statuses = rows.DeadlineStatuses(officer)
    page = {"page": found, "summaries": [summary(each, statuses) for each in found.rows], "query": request.GET}
    return render(request, "leader/home.html", page)


def summary(dossier: Dossier, statuses: rows.DeadlineStatuses) -> dict[str, Any]:
    """Prepare one proposal for the leader's list."""
    return {
        "dossier": dossier,
        "result": dossier.result,
        "deadline_status": statuses.of(dossier),
        "url": reverse("leader:dossier", args=[dossier.code]),
        "approve_url": reverse("leader:approve", args=[dossier.code]),
        "send_back_url": reverse("leader:send_back", args=[dossier.code]),
        "draft_url": draft_url(dossier),
    }


def draft_url(dossier: Dossier) -> str:
    """Return where the proposed document can be read."""
    return reverse("desk:result_file" if dossier.result.kind == "upload" else "desk:result_print", args=[dossier.code])


@require_safe
@officer_required(Role.LEADER)
def dossier(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """One dossier for the leader: the proposal first, then data and papers."""
    found = officer.dossier(code)
    dossier_page.note_reading(found, officer.user, "dossier", officer.now)
    context = contents(request, officer, found)
    allowed = available_actions(found, officer.user, officer.now)
    page = {
        **shared(request, officer, found, SIGNING),
        **context,
        "can_sign": Action.APPROVE in allowed,
        "can_send_back": Action.SEND_BACK in allowed,
        "can_forward": Action.FORWARD in allowed,
        "can_extend": Action.EXTEND in allowed,
        "draft_url": draft_url(found) if context["result"] else "",
        "timeline": timeline(found, "officer")[:5],
    }
    return render(request, "leader/dossier_detail.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required(Role.LEADER)
def approve(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Sign, with the password again."""
    found = officer.dossier(code)
    form = form_of(decision.ApproveForm, request, officer, found, signer=officer.user)
    result = Result.objects.filter(dossier=found).select_related("proposed_by", "approved_by").first()
    return act(request, officer, found, form, APPROVE, spec=SIGNING, detail="leader:dossier", result=result)


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required(Role.LEADER)
def send_back(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Give a proposal back with a reason."""
    found = officer.dossier(code)
    form = form_of(decision.SendBackForm, request, officer, found)
    return act(request, officer, found, form, SEND_BACK, spec=SIGNING, detail="leader:dossier")
