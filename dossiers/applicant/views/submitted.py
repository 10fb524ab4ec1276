"""The applicant's pages of a submitted dossier: confirmation, slips, supplement, withdrawal, copy, result."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import remembering
from accounts.requests import SignedInRequest
from common.clock import now, recorded_now
from common.files.previews import MEDIA_TYPE
from common.files.uploads import ACCEPT_ATTRIBUTE, serve
from common.refusals import Refused
from common.templatetags.ui import vi_datetime
from common.text import lower_first, page_language
from dossiers import hooks
from dossiers.actions import RequestWithdrawal, ReturnResult, Supplement
from dossiers.actions.payment import UNSETTLED
from dossiers.filing import drafts, submission, supplements
from dossiers.models import Delivery, Dossier, FeeState, Result, SlipKind, Status
from dossiers.records import slips
from dossiers.records.fees import fee_of
from dossiers.records.papers import present, promised
from dossiers.timeline import history, next_steps, promises
from dossiers.timeline.declaration import TEMPLATE as DECLARATION
from dossiers.timeline.declaration import page as declaration_page
from dossiers.timeline.meeting import meeting
from dossiers.workflow import ActionBase, perform
from offices.units.hours import hours_lines
from procedures import labels
from procedures.catalogue import effective_level
from procedures.levels import ONLINE_RETURN_LEVEL
from procedures.models import Offering

from ..chosen_files import ShowCards, chosen_files, take_all
from ..forms import RevisionForm, WithdrawForm
from ..guards import own_dossier, telling_refusals
from ..pages import calendar_file, given, known, tracking


@require_safe
def submitted(request: SignedInRequest, ref: str) -> HttpResponse:
    """Confirm the submission until the desk has answered it; before and after that, lead to the dossier's own page."""
    dossier = own_dossier(request, ref)
    if not dossier.is_awaiting_reception:
        return redirect("applicant:dossier", dossier.ref)
    offering = Offering.objects.filter(unit=dossier.received_by_id, procedure=dossier.version.procedure_id).first()
    level = effective_level(dossier.version, offering) if offering else dossier.version.level
    moment, originals = now(), promised(dossier, present(dossier), page_language())
    signing = meeting(dossier, originals, moment)
    context = {
        "dossier": dossier,
        "title": labels.name_in(dossier.version)[0],
        "stages": promises.stages(dossier),
        "answer": answer(dossier, moment),
        "meeting": signing,
        "may_add_meeting": calendar_file.has_meeting(signing),
        "slip": dossier.slips.filter(kind=SlipKind.FILING).first(),
        "returns_online": level >= ONLINE_RETURN_LEVEL,
        "pays_online": level >= ONLINE_RETURN_LEVEL and settings.PAYS_ONLINE,
        "unit": lower_first(dossier.received_by.short_name),
        "fee": fee_of(dossier),
        "buttons": hooks.ask(hooks.buttons[history.OWNER], dossier, request.user),
        "deadline": labels.time_words(dossier.version),
        "originals": originals,
        "fetching": hooks.next_step(dossier),
        "unknown": remembering.labels_of(remembering.unknown(request.user, known.applicant_of(dossier)[0])),
        "has_email": bool(dossier.applicant.email),
        "hours": hours_lines(dossier.received_by.opening_hours.all()),
    }
    return render(request, "applicant/submitted.html", context)


def answer(dossier: Dossier, moment: datetime) -> str:
    """Say by when the desk answers a dossier that waits for reception; one query once it was completed, else none."""
    entries = history.timeline(dossier, history.OWNER) if dossier.supplements_asked else []
    return promises.answer_of(dossier, next_steps.waits_since(dossier, entries), moment).words


@require_safe
def slip(request: SignedInRequest, ref: str, pk: int) -> HttpResponseBase:
    """Show a slip for printing, crossed out once it is void; with ``?pdf`` its stored PDF, once it has been made."""
    dossier = own_dossier(request, ref)
    found = get_object_or_404(dossier.slips, pk=pk)
    if "pdf" in request.GET and found.voided_at is None:
        if not found.file:
            raise Http404
        return serve(request, found.file, "application/pdf", f"{found.kind}-{dossier.code}.pdf", sha256=found.sha256)
    template, context = slips.page(found, "slips/print.html")
    with slips.in_vietnamese():
        return render(request, template, context | {"back": reverse("applicant:dossier", args=[dossier.ref])})


@require_safe
def calendar(request: SignedInRequest, ref: str) -> HttpResponse:
    """Send the promised date as a calendar file."""
    dossier, moment = own_dossier(request, ref), now()
    if not calendar_file.has_promise(dossier, moment):
        raise Http404
    return as_calendar(calendar_file.write(dossier, moment), str(dossier.code))


@require_safe
def signing_calendar(request: SignedInRequest, ref: str) -> HttpResponse:
    """Send the day on which those who sign come as a calendar file."""
    dossier, moment = own_dossier(request, ref), now()
    signing = meeting(dossier, promised(dossier, present(dossier), page_language()), moment)
    if signing is None or not calendar_file.has_meeting(signing):
        raise Http404
    return as_calendar(calendar_file.write_meeting(dossier, signing, moment), f"{dossier.code}-den-ky")


def as_calendar(content: bytes, name: str) -> HttpResponse:
    """Return a calendar file to save."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"'}
    return HttpResponse(content, "text/calendar; charset=utf-8", headers=headers)


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


@require_safe
def paper_preview(request: SignedInRequest, ref: str, paper_ref: str) -> HttpResponseBase:
    """Send the person the small picture of a file of their own dossier."""
    paper = get_object_or_404(own_dossier(request, ref).papers, ref=paper_ref)
    if not given.may_open(paper, request.user):
        raise Http404
    preview = get_object_or_404(paper.previews, page=0)
    return serve(request, preview.file, MEDIA_TYPE, "0.webp", sha256=preview.sha256, inline=True)


@require_http_methods(["GET", "HEAD", "POST"])
@telling_refusals
def supplement(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Show only what was asked for; POST takes the files that were chosen, then sends it or goes where asked."""
    return send_cards(request, dossier, Supplement(), supplement_page, _("Your supplement has been sent."))


def send_cards(
    request: SignedInRequest, dossier: Dossier, action: ActionBase, page: ShowCards, said: str
) -> HttpResponse:
    """Show a page of cards; POST takes the files that were chosen, then does the action and says so, or goes on later.

    Raises Refused: 'stale', and what the action refuses but for missing items, which the page shows.
    """
    if request.method != "POST":
        return page(request, dossier)
    refused = take_all(request, dossier, chosen_files(request, dossier), page)
    if refused is not None:
        return refused
    if "later" in request.POST:
        return redirect("applicant:dossier", dossier.ref)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        raise drafts.changed_meanwhile()
    try:
        perform(action, dossier, by=request.user, now=recorded_now(), revision=form.cleaned_data["revision"])
    except Refused as refusal:
        if refusal.code != "items":
            raise
        return page(request, dossier, error=str(refusal.message), status=422)
    messages.success(request, said)
    return redirect("applicant:dossier", dossier.ref)


def supplement_page(
    request: SignedInRequest, dossier: Dossier, error_key: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    """Show the listed items as cards; raises Refused('stale') when nothing is asked for."""
    waiting = supplements.open_request(dossier)
    if waiting is None:
        raise drafts.changed_meanwhile()
    words = {
        "title": _("Add what is missing"),
        "lede": _("Only these parts are open. When all of them are done, send the supplement."),
        "when": _("Asked at %(time)s.") % {"time": vi_datetime(waiting.asked_at)},
        "answer_by": waiting.answer_by,
        "note": waiting.note,
        "here": reverse("applicant:supplement", args=[dossier.ref]),
    }
    return cards_page(request, dossier, waiting, words, error_key, error, status)


def cards_page(
    request: SignedInRequest,
    dossier: Dossier,
    opened: Any,
    words: dict[str, Any],
    error_key: str = "",
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show what is open as cards: of a supplement, or of a correction, with the ``words`` of its page."""
    cards = tracking.supplement_cards(dossier, opened, request.user, page_language())
    for card in cards:
        card["error"] = error if card["key"] == error_key else ""
    context = {
        **words,
        "dossier": dossier,
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
def remember(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Keep in the account what the filed form says of its owner, or note that nothing shall be kept."""
    if "no" in request.POST:
        remembering.decline(request.user, recorded_now())
        messages.success(request, _("Nothing was kept."))
    elif dossier.is_draft:
        raise drafts.changed_meanwhile()
    else:
        facts, texts = known.applicant_of(dossier)
        if remembering.remember(request.user, facts, texts, recorded_now()):
            messages.success(request, _("Kept for your next forms. You find it under Account."))
        else:
            messages.info(request, _("There is nothing new to keep. You find your details under Account."))
    return redirect("applicant:submitted", dossier.ref)


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
    waits = dossier.status == Status.DECIDED and dossier.fee_state in UNSETTLED
    context = {
        "waits_for_fee": waits,
        "next_step": next_steps.for_applicant(dossier, (), now())
        if dossier.fee_state == FeeState.CLAIMED
        else hooks.next_step(dossier),
        "buttons": hooks.ask(hooks.buttons[history.OWNER], dossier, request.user) if waits else [],
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
