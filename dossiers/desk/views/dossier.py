"""One dossier at the desk: its page, its history, its files and slips. Every look is written down."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.database.compiled import Compiled
from common.files.previews import MEDIA_TYPE
from common.files.uploads import serve
from common.onetime import new_key
from common.text import page_language
from dossiers import hooks
from dossiers.hooks import Audience
from dossiers.models import Dossier, Preview, Result, Slip, SlipKind, Status, SupplementItem, SupplementRequest
from dossiers.records import results, slips
from dossiers.records.terms import punctuality
from dossiers.timeline.deadlines import OUTCOMES
from dossiers.timeline.declaration import TEMPLATE as DECLARATION
from dossiers.timeline.declaration import page as declaration_page
from dossiers.timeline.history import OFFICER, holder_panel, timeline
from dossiers.timeline.promises import received_words
from dossiers.timeline.reckoning import reckoning
from notifications.models import Notification
from offices.models import Role

from .. import dossier_page, rows
from ..buttons import buttons
from ..counter.attesting import entry_of
from ..guards import officer_required
from ..lists import ListSpec
from ..officer import Officer
from ..phone_list import calls_about
from ..searching import Search
from .act import has_print_key
from .intake import PRINT_KEY

UNMASKED_KEY = "desk_unmasked"
CONTROL_SHEET = "control-sheet"
PDF = "application/pdf"
# In which nothing has been proposed yet.
BEFORE_PROPOSAL = (Status.SUBMITTED, Status.RECEIVED, Status.REFUSED)


_result: Compiled[Result] = Compiled(
    lambda dossier: Result.objects.filter(dossier=dossier).select_related("proposed_by", "approved_by")
)
_requests: Compiled[Any] = Compiled(
    lambda dossier: SupplementRequest.objects.filter(dossier=dossier).select_related("asked_by")
)
_items: Compiled[SupplementItem] = Compiled(
    lambda dossier: SupplementItem.objects.filter(request__dossier=dossier).order_by("pk")
)
_slips: Compiled[Slip] = Compiled(lambda dossier: Slip.objects.filter(dossier=dossier).order_by("-pk").defer("data"))


def shared(request: HttpRequest, officer: Officer, dossier: Dossier, spec: ListSpec) -> dict[str, Any]:
    """Return what the dossier page and its history have in common."""
    return {
        "dossier": dossier,
        "deadline_status": rows.status_of(officer, dossier),
        "holder": holder_panel(dossier, officer.now),
        "unmask_url": rows.dossier_url(dossier, spec, "desk:unmask"),
        "history_url": rows.dossier_url(dossier, spec, "desk:history"),
        "back_url": rows.dossier_url(dossier, spec),
        "list_url": rows.list_url(officer, spec),
        **rows.neighbours(officer, spec, Search.kept(request.session), dossier),
    }


def pop_unmasked(request: HttpRequest, dossier: Dossier) -> bool:
    """Tell whether the officer has just asked for the whole numbers of this dossier, once."""
    if request.session.get(UNMASKED_KEY) != dossier.code:
        return False
    del request.session[UNMASKED_KEY]
    return True


def contents(request: HttpRequest, officer: Officer, dossier: Dossier) -> dict[str, Any]:
    """Return the data, papers and result of a dossier for a page."""
    is_unmasked = pop_unmasked(request, dossier)
    language, entry = page_language(), entry_of(dossier, officer)
    return {
        "is_unmasked": is_unmasked,
        "id_number": dossier.applicant.id_number if is_unmasked else dossier.applicant.masked_number,
        "answer_notes": dossier_page.notes_on_answers(dossier),
        "corrections": dossier_page.corrections_of(dossier, language, is_unmasked=is_unmasked),
        # Settled in one visit: nothing was declared, and the papers were taken along.
        "entry": entry,
        "answers": [] if entry else dossier_page.answers_in_words(dossier, language, is_unmasked=is_unmasked),
        "papers": [] if entry else dossier_page.paper_cards(dossier),
        "result": None if dossier.status in BEFORE_PROPOSAL else _result.first(dossier.pk),
    }


@require_safe
@officer_required()
def dossier(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """The dossier: data left, papers right, one obvious next action."""
    found = officer.dossier(code)
    dossier_page.note_reading(found, officer.user, "dossier", officer.now)
    spec = ListSpec.read(request.GET, officer)
    requests = supplement_requests(found)
    page = {
        **shared(request, officer, found, spec),
        **contents(request, officer, found),
        "buttons": buttons(officer, found, spec, awaited_until(found, requests)),
        # A proposal that waits for the signature is what the page is opened for.
        "is_signing": found.holder_role == Role.LEADER,
        "take_url": rows.dossier_url(found, spec, "desk:take"),
        "requests": requests,
        "slips": slip_links(found),
        "print_key": "" if has_print_key(request) else "I",
        "timeline": timeline(found, OFFICER),
        "received": received_words(found),
        "calls": calls_about(officer, found),
        "talk": dossier_page.talk_of(found, officer),
        "key": new_key(),
        "panels": hooks.ask(hooks.panels[Audience.OFFICER], found, officer.user),
    }
    return render(request, "desk/dossier_detail.html", page)


def supplement_requests(dossier: Dossier) -> list[Any]:
    """Return the supplements asked for, with their items as ``listed``; two queries when there are any."""
    found = _requests.all(dossier.pk) if dossier.supplements_asked else []
    items = _items.all(dossier.pk) if found else []
    for request in found:
        request.listed = [item for item in items if item.request_id == request.pk]
    return found


def awaited_until(dossier: Dossier, requests: list[Any]) -> date | None:
    """Return the last day on which the open supplement is awaited; None when none is."""
    is_open = dossier.is_awaiting_supplement
    return next((each.answer_by for each in requests if is_open and each.answered_at is None), None)


def slip_links(dossier: Dossier) -> list[dict[str, Any]]:
    """Return the issued slips, newest first, with the page to print and, when it is there, the PDF."""
    return [
        {
            "label": SlipKind(slip.kind).label,
            "number": slip.number,
            "issued_at": slip.issued_at,
            "is_void": slip.voided_at is not None,
            "url": slip_url(slip, dossier),
            "pdf": reverse("desk:slip_pdf", args=[dossier.code, slip.pk]) if slip.file and not slip.voided_at else "",
        }
        for slip in _slips.all(dossier.pk)
    ]


def slip_url(slip: Slip, dossier: Dossier) -> str:
    """Return the page of a slip to print: the newest of its kind has the address of the kind, a void one its own."""
    address = reverse("desk:print", args=[slip.kind, dossier.code])
    return f"{address}?slip={slip.pk}" if slip.voided_at else address


@require_safe
@officer_required()
def history(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Everything that happened to a dossier, its control sheet, and which officers looked at it."""
    found = officer.dossier(code)
    dossier_page.note_reading(found, officer.user, "history", officer.now)
    page = {
        **shared(request, officer, found, ListSpec.read(request.GET, officer)),
        "timeline": timeline(found, OFFICER),
        "assignments": control_sheet(found),
        "access_records": dossier_page.access_records(found),
    }
    return render(request, "desk/dossier_history.html", page)


@require_safe
@officer_required()
def deadline(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """How the date of a dossier was computed, day by day; three queries besides what its other pages read."""
    found = officer.dossier(code)
    dossier_page.note_reading(found, officer.user, "deadline", officer.now)
    spec = ListSpec.read(request.GET, officer)
    return render(
        request,
        "desk/dossier_deadline.html",
        {**shared(request, officer, found, spec), "reckoning": reckoning(found)},
    )


def control_sheet(dossier: Dossier) -> list[Any]:
    """Return the rows of the control sheet, each with its ``outcome`` in words as the print has it; one query."""
    found: list[Any] = list(dossier.assignments.select_related("unit", "person", "given_by"))
    for row in found:
        is_measured = row.until is not None and row.due_at is not None
        row.outcome = OUTCOMES[punctuality(row.until, row.due_at)] if is_measured else ""
    return found


@require_POST
@officer_required()
def unmask(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Show the whole ID numbers once, and write down who asked."""
    found = officer.dossier(code)
    dossier_page.note_reading(found, officer.user, "number", officer.now)
    request.session[UNMASKED_KEY] = found.code
    return redirect(rows.dossier_url(found, ListSpec.read(request.GET, officer)))


@require_safe
@officer_required()
def paper_file(request: HttpRequest, officer: Officer, code: str, paper_ref: str) -> HttpResponseBase:
    """A file of a paper; not while a scanner has yet to say that it is clean."""
    found = officer.dossier(code)
    paper = get_object_or_404(found.papers.exclude(file=""), ref=paper_ref)
    if paper.scan_state not in dossier_page.OPENABLE:
        messages.error(request, _("This file may not be opened: the virus scan has not found it clean."))
        return redirect("desk:dossier", code=found.code)
    dossier_page.note_reading(found, officer.user, f"paper {paper.ref}", officer.now)
    name = paper.original_name or f"{paper.ref}.pdf"
    return serve(
        request, paper.file, paper.media_type, name, sha256=paper.sha256, inline=request.GET.get("inline") == "1"
    )


@require_safe
@officer_required()
def paper_preview(request: HttpRequest, officer: Officer, code: str, paper_ref: str) -> HttpResponseBase:
    """A picture of a page of a paper, the first one unless ``?page=`` says another; 404 where there is none."""
    found = officer.dossier(code)
    page = request.GET.get("page", "1")
    preview = get_object_or_404(
        Preview,
        paper__dossier=found,
        paper__ref=paper_ref,
        paper__scan_state__in=dossier_page.OPENABLE,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 3 else 0,
        page__gt=0,
    )
    dossier_page.note_reading(found, officer.user, f"paper {paper_ref}", officer.now)
    return serve(request, preview.file, MEDIA_TYPE, f"{page}.webp", sha256=preview.sha256, inline=True)


@require_safe
@officer_required()
def declaration(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """The declaration as a page to print, with whole ID numbers."""
    found = officer.dossier(code)
    page = declaration_page(found, reverse("desk:dossier", args=[found.code]))
    if page is None:
        raise Http404
    dossier_page.note_reading(found, officer.user, "declaration", officer.now)
    with slips.in_vietnamese():
        return render(request, DECLARATION, page)


def item_pk(text: str) -> int:
    """Return the key that a query names, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


@require_safe
@officer_required()
def print_slip(request: HttpRequest, officer: Officer, kind: str, code: str) -> HttpResponse:
    """The newest slip of a kind, or the control sheet, as a page to print; there at once. ``?slip=`` names another."""
    found = officer.dossier(code)
    back = reverse("desk:dossier", args=[found.code])
    if kind == CONTROL_SHEET:
        dossier_page.note_reading(found, officer.user, CONTROL_SHEET, officer.now)
        assignments = found.assignments.select_related("unit", "person", "given_by")
        with slips.in_vietnamese():
            template, context = slips.control_sheet(found, assignments, officer.now)
            return render(request, template, context | {"back": back})
    of_kind, wanted = found.slips.filter(kind=kind).order_by("-pk"), request.GET.get("slip", "")
    slip = of_kind.filter(pk=item_pk(wanted)).first() if wanted else of_kind.first()
    if slip is None:
        raise Http404
    dossier_page.note_reading(found, officer.user, f"slip {slip.pk}", officer.now)
    with slips.in_vietnamese():
        template, context = slips.page(slip)
        return render(request, template, context | {"back": back, "taken": just_taken(request, code)})


def just_taken(request: HttpRequest, code: str) -> dict[str, Any] | None:
    """Return what the counter has just taken in, once, when it is this dossier: its receipt then prints at once."""
    taken: dict[str, Any] | None = request.session.get(PRINT_KEY)
    if taken is None or taken["code"] != code:
        return None
    del request.session[PRINT_KEY]
    return taken


@require_safe
@officer_required()
def notice(request: HttpRequest, officer: Officer, code: str, pk: int) -> HttpResponse:
    """A message that reached nobody as a letter to print, for a person without a phone."""
    found = officer.dossier(code)
    message = get_object_or_404(Notification.objects.undelivered(), subject_ref=found.ref, pk=pk)
    dossier_page.note_reading(found, officer.user, f"notice {message.pk}", officer.now)
    with slips.in_vietnamese():
        template, context = slips.notice(found, message.subject, message.body, officer.now)
        return render(request, template, context | {"back": reverse("desk:messages_failed")})


@require_safe
@officer_required()
def slip_pdf(request: HttpRequest, officer: Officer, code: str, pk: int) -> HttpResponseBase:
    """A slip's stored PDF, once the worker has made it; of a void one the page that is crossed out."""
    found = officer.dossier(code)
    slip = get_object_or_404(found.slips.exclude(file=""), pk=pk)
    if slip.voided_at is not None:
        return redirect(slip_url(slip, found))
    dossier_page.note_reading(found, officer.user, f"slip {slip.pk}", officer.now)
    return serve(request, slip.file, PDF, f"{slip.kind}-{found.code}.pdf", sha256=slip.sha256)


@require_safe
@officer_required()
def result_file(request: HttpRequest, officer: Officer, code: str) -> HttpResponseBase:
    """The result's file; before it is signed, the uploaded draft."""
    found = officer.dossier(code)
    result = get_object_or_404(Result, dossier=found)
    if not result.file:
        messages.info(request, _("The PDF of the result is being made. Try again in a minute."))
        return redirect("desk:dossier", code=found.code)
    dossier_page.note_reading(found, officer.user, "result", officer.now)
    return serve(request, result.file, PDF, f"result-{found.code}.pdf", sha256=result.sha256)


@require_safe
@officer_required()
def result_print(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """A decision letter as a page: the draft while it waits for a signature, the frozen letter afterwards."""
    found = officer.dossier(code)
    result = get_object_or_404(Result, dossier=found, kind="letter")
    dossier_page.note_reading(found, officer.user, "result", officer.now)
    with slips.in_vietnamese():
        if result.approved_at:
            template, context = results.page(result)
        else:
            template, context = results.preview(found, result, officer.now)
        return render(request, template, context | {"back": reverse("desk:dossier", args=[found.code])})
