"""The applicant's pages of a submitted dossier: confirmation, slips, supplement, withdrawal, copy, result."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from common.clock import local_day, recorded_now
from common.files.uploads import ACCEPT_ATTRIBUTE, serve
from common.refusals import Refused
from common.text import lower_first, page_language
from dossiers.actions import RequestWithdrawal, ReturnResult, Supplement
from dossiers.filing import drafts, submission, supplements
from dossiers.models import Delivery, Dossier, Result, SlipKind, Status
from dossiers.records import slips
from dossiers.timeline.declaration import TEMPLATE as DECLARATION
from dossiers.timeline.declaration import page as declaration_page
from dossiers.workflow import perform
from offices.units.hours import hours_lines
from procedures import labels
from procedures.catalogue import effective_level
from procedures.levels import ONLINE_RETURN_LEVEL
from procedures.models import Offering

from ..chosen_files import chosen_files, take_all
from ..forms import RevisionForm, WithdrawForm
from ..guards import own_dossier, telling_refusals
from ..pages import given, starting, tracking


@require_safe
def submitted(request: SignedInRequest, ref: str) -> HttpResponse:
    """Confirm the submission; coming back shows the same page."""
    dossier = own_dossier(request, ref)
    if dossier.is_draft:
        return redirect("applicant:dossier", dossier.ref)
    offering = Offering.objects.filter(unit=dossier.received_by_id, procedure=dossier.version.procedure_id).first()
    level = effective_level(dossier.version, offering) if offering else dossier.version.level
    filed_on = local_day(dossier.submitted_at or recorded_now())
    context = {
        "dossier": dossier,
        "title": labels.name_in(dossier.version)[0],
        "slip": dossier.slips.filter(kind=SlipKind.FILING).first(),
        "returns_online": level >= ONLINE_RETURN_LEVEL,
        "unit": lower_first(dossier.received_by.short_name),
        "fees": starting.fee_lines(dossier.version, (offering,) if offering else (), filed_on),
        "deadline": labels.time_words(dossier.version),
        "originals": dossier.papers.filter(kind="promised", replaced_at=None),
        "has_email": bool(dossier.applicant.email),
        "hours": hours_lines(dossier.received_by.opening_hours.all()),
    }
    return render(request, "applicant/submitted.html", context)


@require_safe
def slip(request: SignedInRequest, ref: str, pk: int) -> HttpResponseBase:
    """Show a slip for printing; with ``?pdf`` its stored PDF, once it has been made."""
    dossier = own_dossier(request, ref)
    found = get_object_or_404(dossier.slips, pk=pk)
    if "pdf" in request.GET:
        if not found.file:
            raise Http404
        return serve(request, found.file, "application/pdf", f"{found.kind}-{dossier.code}.pdf", sha256=found.sha256)
    template, context = slips.page(found, "slips/print.html")
    with slips.in_vietnamese():
        return render(request, template, context | {"back": reverse("applicant:dossier", args=[dossier.ref])})


@require_safe
def declaration(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show the declaration of a submitted dossier as a page to print."""
    dossier = own_dossier(request, ref)
    if dossier.is_draft:
        return redirect("applicant:dossier", dossier.ref)
    page = declaration_page(dossier, reverse("applicant:dossier", args=[dossier.ref]))
    if page is None:
        raise Http404
    with slips.in_vietnamese():
        return render(request, DECLARATION, page)


@require_safe
def paper_file(request: SignedInRequest, ref: str, paper_ref: str) -> HttpResponseBase:
    """Send the person a file of their own dossier."""
    dossier = own_dossier(request, ref)
    paper = get_object_or_404(dossier.papers, ref=paper_ref)
    if not given.may_open(paper, request.user):
        raise Http404
    return serve(request, paper.file, paper.media_type, paper.original_name, sha256=paper.sha256, inline=True)


@require_http_methods(["GET", "HEAD", "POST"])
@telling_refusals
def supplement(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Show only what was asked for; POST takes the files that were chosen, then sends it or goes where asked."""
    if request.method != "POST":
        return supplement_page(request, dossier)
    refused = take_all(request, dossier, chosen_files(request, dossier), supplement_page)
    if refused is not None:
        return refused
    if "later" in request.POST:
        return redirect("applicant:dossier", dossier.ref)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        raise drafts.changed_meanwhile()
    try:
        perform(Supplement(), dossier, by=request.user, now=recorded_now(), revision=form.cleaned_data["revision"])
    except Refused as refusal:
        if refusal.code != "items":
            raise
        return supplement_page(request, dossier, error=str(refusal.message), status=422)
    messages.success(request, _("Your supplement has been sent."))
    return redirect("applicant:dossier", dossier.ref)


def supplement_page(
    request: SignedInRequest, dossier: Dossier, error_key: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    """Show the listed items as cards; raises Refused('stale') when nothing is asked for."""
    waiting = supplements.open_request(dossier)
    if waiting is None:
        raise drafts.changed_meanwhile()
    cards = tracking.supplement_cards(dossier, waiting, request.user, page_language())
    for card in cards:
        card["error"] = error if card["key"] == error_key else ""
    context = {
        "dossier": dossier,
        "asked": waiting,
        "cards": cards,
        "error": error,
        "error_box": given.box_of(cards, error_key),
        "missing": [
            {"url": f"#paper-{card['key']}", "text": card["name"], "is_faulty": False}
            for card in cards
            if not card["is_given"]
        ],
        "accept": ACCEPT_ATTRIBUTE,
    }
    return render(request, "applicant/supplement.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@telling_refusals
def withdraw(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Ask for the reason, then take the request back."""
    if request.method != "POST":
        if dossier.status not in tracking.WITHDRAWABLE:
            raise drafts.changed_meanwhile()
        form = WithdrawForm(initial={"revision": dossier.revision})
        return render(request, "applicant/withdraw.html", {"dossier": dossier, "form": form})
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return render(request, "applicant/withdraw.html", {"dossier": dossier, "form": form}, status=422)
    data = form.cleaned_data
    perform(RequestWithdrawal(data["reason"]), dossier, by=request.user, now=recorded_now(), revision=data["revision"])
    dossier.refresh_from_db(fields=["status"])
    is_over = dossier.status == Status.STOPPED
    messages.success(
        request,
        _("Your dossier has been withdrawn.") if is_over else _("You asked to withdraw. An officer will answer."),
    )
    return redirect("applicant:dossier", dossier.ref)


@require_POST
@telling_refusals
def copy(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Start a new draft with the answers and papers of an ended dossier, once per page."""
    made = submission.copy_draft(dossier, by=request.user, key=request.POST.get("key", ""), now=recorded_now())
    messages.success(request, _("Here is a copy with your answers and papers. Check each part, then submit."))
    return redirect("applicant:dossier", made.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@telling_refusals
def result(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Show what was decided; POST receives an online result and leads to its file."""
    found = decided(dossier)
    if request.method == "POST":
        if dossier.status != Status.RETURNED:
            form = RevisionForm(request.POST)
            if not form.is_valid():
                raise drafts.changed_meanwhile()
            revision = form.cleaned_data["revision"]
            perform(ReturnResult(), dossier, by=request.user, now=recorded_now(), revision=revision)
        return redirect("applicant:result_file", dossier.ref)
    is_online = dossier.status == Status.DECIDED and dossier.delivery == Delivery.ONLINE
    context = {
        "dossier": dossier,
        "result": found,
        "title": labels.name_in(dossier.version)[0],
        "may_receive": is_online and bool(found.file),
        "is_being_made": is_online and not found.file,
        "may_download": dossier.status == Status.RETURNED and bool(found.file),
    }
    return render(request, "applicant/result.html", context)


@require_safe
def result_file(request: SignedInRequest, ref: str) -> HttpResponseBase:
    """Send the result's file once it has been received."""
    dossier = own_dossier(request, ref)
    found = decided(dossier)
    if dossier.status != Status.RETURNED or not found.file:
        return redirect("applicant:result", dossier.ref)
    return serve(request, found.file, "application/pdf", f"ket-qua-{dossier.code}.pdf", sha256=found.sha256)


def decided(dossier: Dossier) -> Result:
    """Return the approved result of a dossier; raises Http404 before the decision."""
    if dossier.status not in (Status.DECIDED, Status.RETURNED):
        raise Http404
    return get_object_or_404(Result, dossier=dossier)
