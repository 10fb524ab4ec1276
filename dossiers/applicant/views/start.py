"""The applicant's first and lasting pages: before you start, my dossiers, one dossier."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from common import onetime
from common.clock import local_day, now, recorded_now
from common.refusals import Refused
from common.text import page_language
from dossiers.actions.readiness import Readiness
from dossiers.filing import drafts, renewal
from dossiers.models import Dossier
from dossiers.records.applicants import filed_on_paper
from dossiers.timeline.history import explain_refusal
from procedures.catalogue import Entry, entry_of
from procedures.levels import ONLINE_LEVEL
from procedures.models import Procedure

from ..forms import MYSELF, StartForm
from ..guards import own_dossier
from ..pages import drafting, listing, starting, tracking


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, code: str) -> HttpResponseBase:
    """Say what is needed before one starts; POST begins a draft with the chosen unit."""
    procedure = get_object_or_404(Procedure.objects.select_related("sector"), code=code)
    day = local_day(now())
    entry = entry_of(procedure, day, ONLINE_LEVEL)
    if not entry.offerings:
        return cannot_apply(request, procedure, entry)
    asked: dict[str, Any] = {"entry": entry, "for_another": starting.may_file_for_another(request, entry)}
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.POST.get("member", "") != starting.member_of(request.user):
            messages.warning(request, _("Since you opened the page you act for somebody else. Check it, then start."))
            return redirect("applicant:apply", code)
        form = StartForm({"acting": MYSELF} | request.POST.dict(), **asked)
        if form.is_valid():
            return begin(request, request.user, procedure, entry, form.cleaned_data)
    else:
        form = StartForm(initial={"unit": starting.preset_unit(request, entry)}, **asked)
    context = starting.before_you_start(request, procedure, entry, form, day)
    return render(request, "applicant/procedure_apply.html", context, status=200 if not form.errors else 422)


def begin(
    request: HttpRequest, person: User, procedure: Procedure, entry: Entry, chosen: dict[str, str]
) -> HttpResponse:
    """Start the draft and ask its first part, or tell why not and show the start page again."""
    offering = entry.offering(chosen["unit"])
    # The form has offered only units that take the version in force.
    assert entry.version is not None and offering is not None
    key = request.POST.get("key", "")
    try:
        acting = chosen.get("acting", "")
        draft = drafts.start_draft(entry.version, offering.unit, person, acting=acting, key=key, now=recorded_now())
    except Refused as refusal:
        messages.error(request, explain_refusal(refusal))
        return redirect("applicant:apply", procedure.code)
    first = next(iter(Readiness(draft, local_day(now())).form.sections), None)
    return redirect(drafting.section_url(draft, first) if first else reverse("applicant:dossier", args=[draft.ref]))


def cannot_apply(request: HttpRequest, procedure: Procedure, entry: Entry) -> HttpResponse:
    """Say why a procedure cannot be filed online: 410 once it has ended, 404 when done on paper or still to begin."""
    context = starting.why_not(procedure, entry, local_day(now()))
    if context is None:
        raise Http404
    return render(request, "applicant/procedure_unavailable.html", context, status=410 if entry.is_over else 404)


@require_safe
def dossiers(request: SignedInRequest) -> HttpResponse:
    """List the person's dossiers, open ones first, a page at a time."""
    rows, following = listing.list_page(request.user, request.GET.get("after", ""), language=page_language())
    page = {"rows": rows, "following": following, "on_paper": filed_on_paper(request.user)}
    page["acts"] = request.user.acting is None and bool(request.user.acts_for)
    page["owes"] = any(row.fee for row in rows)
    return render(request, "applicant/dossier_list.html", page)


@require_safe
def dossier(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show the task list of a draft, and of a submitted dossier where it stands."""
    found = own_dossier(request, ref)
    return draft_page(request, found) if found.is_draft else tracking_page(request, found)


def draft_page(request: SignedInRequest, found: Dossier) -> HttpResponse:
    """Show the parts of a draft with their states, or that the procedure has changed under it."""
    day = local_day(now())
    ready, language = Readiness(found, day), page_language()
    if ready.newer is not None:
        return render(request, "applicant/dossier_renew.html", renewal.page(found, ready.newer, day, language))
    return render(request, "applicant/dossier_draft.html", drafting.task_list(ready, language))


def tracking_page(request: SignedInRequest, found: Dossier) -> HttpResponse:
    """Show a submitted dossier: where it is, what to do now, what happened, what was sent."""
    context = tracking.tracking(found, request.user, now(), page_language())
    context["key"] = onetime.new_key()
    return render(request, "applicant/dossier_track.html", context)
