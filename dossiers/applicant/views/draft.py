"""Filling in a draft: one topic a page, papers one by one, delivery, check, submit."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from common import onetime
from common.clock import LOCAL, local_day, now, recorded_now
from common.files.uploads import ACCEPT_ATTRIBUTE
from common.forms.adjusting import sent_with
from common.forms.typed import Typed, as_sent, typed_of
from common.forms.warnings import point_out
from common.refusals import Refused
from common.text import page_language, translated
from common.web.hidden import hidden
from dossiers import hooks
from dossiers.actions.readiness import DELIVERY, Readiness, require_none
from dossiers.filing import drafts, submission, supplements
from dossiers.filing.papers import promise_original, remove_paper
from dossiers.models import Dossier
from dossiers.records.fees import fee_of
from dossiers.timeline.history import explain_refusal
from eforms.answering import AnswerForm
from eforms.filling import offers
from eforms.filling.filled import SentSection
from eforms.schema import Section
from procedures import labels
from procedures.levels import ONLINE_RETURN_LEVEL

from ..chosen_files import Chosen, chosen_files, require_known, take_all
from ..forms import DeliveryForm, SubmitForm
from ..guards import on_draft, own_dossier, telling_refusals
from ..pages import drafting, given
from ..pages.known import known_for, known_of
from .correction import correction_page
from .submitted import supplement_page


@require_http_methods(["GET", "HEAD", "POST"])
@telling_refusals
def section(request: SignedInRequest, dossier: Dossier, section: str) -> HttpResponse:
    """Ask one topic; what was typed is kept even when something is wrong with it."""
    ready = Readiness(dossier, local_day(now()))
    chosen = ready.form.section(section)
    is_open = ready.newer is None if dossier.is_draft else supplements.is_listed(dossier, section)
    if chosen is None or not is_open:
        return outside(request, dossier, is_known=chosen is not None)
    sent = request.POST if request.method == "POST" else None
    known = known_of(dossier, request.user, request.GET.getlist("other")) if dossier.is_draft else {}
    page = page_of(request, ready, chosen, known)
    form = ready.form.form(page, sent, prefill=known, language=page_language())
    if sent is not None:
        wished, stranger = offers.wish(request, form), request.POST.get("other", "")
        answer: HttpResponse | None
        if stranger and form.taken_for_applicant(stranger):
            answer = ask_about(request, ready, form, stranger)
        elif wished:
            answer = fill_person(request, ready, form, wished)
        else:
            answer = save_section(request, ready, page, form)
        if answer is not None:
            return answer
    form.offers = offers.groups(form, known_for(form, dossier, request.user))
    context = ready.form.page(page, form) | {
        "dossier": dossier,
        "total": ready.parts,
        "back": back_url(request, ready, page),
        "is_draft": dossier.is_draft,
    }
    return render(request, "applicant/section.html", context)


def page_of(request: SignedInRequest, ready: Readiness, section: Section, known: dict[str, Any]) -> Section:
    """Return the page of a topic: with those that share it, or as it was sent; of a supplement the topic alone."""
    if not ready.dossier.is_draft:
        return section
    if request.method == "POST":
        return ready.form.shared({section.key, *request.POST.getlist("sections")}) or section
    return ready.form.page_with(section, known)


def outside(request: SignedInRequest, dossier: Dossier, *, is_known: bool) -> HttpResponse:
    """Lead away from a section that is not asked, or not open for changes."""
    if is_known and not dossier.is_draft:
        messages.info(request, _("This part is not open for changes."))
    elif not is_known:
        messages.info(request, _("This part is not needed for your answers."))
    return redirect("applicant:dossier", dossier.ref)


def fill_person(request: SignedInRequest, ready: Readiness, form: AnswerForm, wished: str) -> HttpResponse:
    """Put somebody's facts into a topic's boxes, keep them, show that topic again: of a page that several share it may
    be another one, and what has to be corrected has a page for itself.
    """
    known = known_for(form, ready.dossier, request.user)
    topic = offers.topic_of(form, wished)
    form = offers.fill_in(request, form, wished, known, now())
    store_sections(ready.dossier, form.sent_sections(lambda section: False))
    query = request.GET.urlencode()
    return redirect(drafting.section_url(ready.dossier, topic) + (f"?{query}" if query else ""))


def ask_about(request: SignedInRequest, ready: Readiness, form: AnswerForm, stranger: str) -> HttpResponse:
    """Keep a page of which somebody is not who applies after all, and ask who it is."""
    form.is_valid()
    store_sections(ready.dossier, form.sent_without(stranger))
    query = request.GET.copy()
    query.appendlist("other", stranger)
    return redirect(f"{request.path}?{query.urlencode()}")


def store_sections(dossier: Dossier, sent: list[SentSection]) -> None:
    """Store the topics of a page as they were sent, of a draft or of a supplement."""
    if dossier.is_draft:
        drafts.save_sections(dossier, sent, recorded_now())
    else:
        supplements.save_section(dossier, *sent)


def save_section(request: SignedInRequest, ready: Readiness, section: Section, form: AnswerForm) -> HttpResponse | None:
    """Store the answers of a page; return where to go, or None to show the page again."""
    dossier = ready.dossier
    is_autosave = "X-Autosave" in request.headers
    is_valid = form.is_valid()
    completed = dossier.completed_sections
    store_sections(dossier, form.sent_sections(lambda one: not is_autosave or one.key in completed))
    if is_autosave:
        return HttpResponse(status=204)
    if "later" in request.POST:
        say_saved(request, now(), is_faulty=bool(form.typed))
        return redirect("applicant:dossier", dossier.ref)
    if not is_valid:
        return None
    point_out(request, form)
    if not dossier.is_draft:
        return redirect("applicant:supplement", dossier.ref)
    if request.GET.get("back") == "review":
        return redirect("applicant:review", dossier.ref)
    dossier.refresh_from_db()
    return redirect(drafting.following_url(Readiness(dossier, ready.day), section))


def say_saved(request: SignedInRequest, moment: datetime, *, is_faulty: bool) -> None:
    """Say that a part is saved, and that something in it is still to be corrected."""
    messages.success(request, _("Saved at %(time)s.") % {"time": f"{moment.astimezone(LOCAL):%H:%M}"})
    if is_faulty:
        messages.warning(request, _("Something you typed still has to be corrected. It is kept as you typed it."))


def back_url(request: SignedInRequest, ready: Readiness, section: Section) -> str:
    """Return the page that a topic was opened from."""
    dossier, before = ready.dossier, ready.form.preceding(section)
    if not dossier.is_draft:
        return reverse("applicant:supplement", args=[dossier.ref])
    if request.GET.get("back") == "review":
        return reverse("applicant:review", args=[dossier.ref])
    return drafting.section_url(dossier, before) if before else reverse("applicant:dossier", args=[dossier.ref])


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def papers(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Show one card per paper; POST takes what was chosen and goes on."""
    if request.method != "POST":
        return papers_page(request, dossier)
    refused = take_chosen(request, dossier)
    if refused is not None:
        return refused
    return redirect("applicant:dossier" if "later" in request.POST else "applicant:delivery", dossier.ref)


def take_chosen(request: SignedInRequest, dossier: Dossier, key: str = "") -> HttpResponse | None:
    """Store the files that came with a button of a page of papers; return the page when one was not taken."""
    chosen = chosen_files(request, dossier, key)
    if key and not chosen:
        # The button of a card: it says that nothing was chosen.
        chosen = [Chosen(key, None, request.POST.get("replaces", ""))]
    is_item = supplements.item_number(chosen[0].key) is not None if chosen else False
    return take_all(request, dossier, chosen, opened_page if is_item else papers_page)


def opened_page(request: SignedInRequest, dossier: Dossier, *args: Any, **options: Any) -> HttpResponse:
    """Show what is open of a filed dossier: what a supplement asks for, or the correction that was allowed."""
    show = supplement_page if dossier.is_awaiting_supplement else correction_page
    return show(request, dossier, *args, **options)


def opened_name(dossier: Dossier) -> str:
    """Return the name of the page on which the papers stand that may be given now."""
    if dossier.is_draft:
        return "applicant:papers"
    return "applicant:supplement" if dossier.is_awaiting_supplement else "applicant:correction"


def papers_page(
    request: SignedInRequest, dossier: Dossier, error_key: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    """Show the cards; a refused file's reason stands on its card and on top."""
    moment = now()
    ready = Readiness(dossier, local_day(moment))
    cards = drafting.paper_cards(ready, request.user, moment, error_key, error)
    context = {
        "dossier": dossier,
        "cards": cards,
        "error": error,
        "error_box": given.box_of(cards, error_key),
        "accept": ACCEPT_ATTRIBUTE,
        "n": len(ready.form.sections) + ready.asks_authority + 1,
        "total": ready.parts,
        "is_supplement": False,
    }
    return render(request, "applicant/papers.html", context, status=status)


@require_POST
@telling_refusals
def paper_upload(request: SignedInRequest, dossier: Dossier, key: str) -> HttpResponseBase:
    """Take one file for one paper, of a draft or of a supplement, and whatever else was chosen on the page."""
    return take_chosen(request, dossier, key) or redirect(card_url(dossier, key))


def card_url(dossier: Dossier, key: str) -> str:
    """Return the address of a paper's card."""
    name = "applicant:papers" if supplements.item_number(key) is None else opened_name(dossier)
    return f"{reverse(name, args=[dossier.ref])}#paper-{key}"


@require_POST
@telling_refusals
def paper_promise(request: SignedInRequest, dossier: Dossier, key: str) -> HttpResponse:
    """Note that the paper will be brought to the commune; a file chosen for it comes first."""
    refused = take_chosen(request, dossier)
    if refused is not None:
        return refused
    if supplements.item_number(key) is None:
        require_known(dossier, key)
    promise_original(dossier, key, by=request.user, now=recorded_now())
    return redirect(card_url(dossier, key))


@require_POST
@telling_refusals
def paper_remove(request: SignedInRequest, dossier: Dossier, paper_ref: str) -> HttpResponse:
    """Take a file or a promise back, out of a draft or an unsent supplement."""
    refused = take_chosen(request, dossier)
    if refused is not None:
        return refused
    key, name = remove_paper(dossier, paper_ref, now=recorded_now())
    if key:
        messages.success(request, _("“%(name)s” has been removed.") % {"name": name})
        return redirect(card_url(dossier, key))
    messages.info(request, _("It had been removed already."))
    return redirect(opened_name(dossier), dossier.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def delivery(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Ask how the result shall travel."""
    ready = Readiness(dossier, local_day(now()))
    require_none(ready.not_taken)
    kept = dossier.filled.typed.get(DELIVERY)
    offer = hooks.post_offer(dossier)
    papers = [translated(card.required, "name") for card in ready.cards if card.promise] if offer else []
    steps = drafting.draft_steps(ready)
    asked: dict[str, Any] = {"ways": ready.ways, "offer": offer, "papers": papers, "steps": steps}
    if request.method == "POST" or kept:
        form = DeliveryForm(request.POST if request.method == "POST" else as_sent(kept or {}), **asked)
        if request.method == "POST" and (answer := save_delivery(request, ready, form)):
            return answer
    else:
        initial = DeliveryForm.initial_of(dossier, request.user, ready.ways)
        initial["steps"] = [str(n) for n, step in enumerate(steps) if step.is_done]
        form = DeliveryForm(initial=initial, **asked)
    context = {
        "dossier": dossier,
        "form": form,
        "fee": fee_of(dossier, ready.day),
        "postage": offer.postage if offer else "",
        "returns_online": ready.level >= ONLINE_RETURN_LEVEL,
        "back": reverse("applicant:papers" if ready.cards else "applicant:dossier", args=[dossier.ref]),
        "total": ready.parts,
    }
    return render(request, "applicant/delivery.html", context)


def save_delivery(request: SignedInRequest, ready: Readiness, form: DeliveryForm) -> HttpResponse | None:
    """Store the way of return, or keep what was typed; return where to go, or None to show the page again."""
    dossier, moment = ready.dossier, recorded_now()
    typed: Typed = {}
    if form.is_valid():
        drafts.set_delivery(dossier, **form.choices_made(), now=moment)
        if form.postal_address() and "X-Autosave" not in request.headers:
            point_out(request, form)
    elif typed := typed_of(form):
        drafts.keep_delivery_typed(dossier, typed, now=moment)
    if "X-Autosave" in request.headers:
        return HttpResponse(status=204)
    if "later" in request.POST:
        say_saved(request, moment, is_faulty=bool(typed))
        return redirect("applicant:dossier", dossier.ref)
    if not form.is_valid():
        return None
    step = form.wanted_step()
    return redirect(step.url if step else reverse("applicant:review", args=[dossier.ref]))


@require_safe
@on_draft
def review(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Show all that is about to be submitted."""
    form = SubmitForm(initial={"key": onetime.new_key(), "revision": dossier.revision})
    return review_page(request, dossier, form)


def review_page(request: SignedInRequest, dossier: Dossier, form: SubmitForm, status: int = 200) -> HttpResponse:
    """Show the check page with its declaration."""
    context = drafting.review(Readiness(dossier, local_day(now())), page_language()) | {"form": form}
    return render(request, "applicant/review.html", context, status=status)


@require_POST
def submit(request: SignedInRequest, ref: str) -> HttpResponse:
    """Submit the draft once; the same form sent again leads to the same dossier.

    Reads no dossier beforehand: the submission reads it once, locked.
    """
    form = SubmitForm(request.POST)
    if not form.is_valid():
        dossier = own_dossier(request, ref)
        if not dossier.is_draft:
            return redirect("applicant:dossier", ref)
        return review_page(request, dossier, fresh_key(form, dossier), status=422)
    data = form.cleaned_data
    try:
        submission.submit(ref, by=request.user, key=data["key"], revision=data["revision"], now=recorded_now())
    except Dossier.DoesNotExist as error:
        raise hidden(Dossier, ref=ref) from error
    except Refused as refusal:
        messages.error(request, explain_refusal(refusal))
        return redirect("applicant:review" if own_dossier(request, ref).is_draft else "applicant:dossier", ref)
    return redirect("applicant:submitted", ref)


def fresh_key(form: SubmitForm, dossier: Dossier) -> SubmitForm:
    """Return the refused form with the page's own hidden facts put right."""
    renewed = SubmitForm(sent_with(form, {"key": onetime.new_key(), "revision": str(dossier.revision)}))
    renewed.is_valid()
    return renewed


@require_POST
@telling_refusals
def renew(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Move a draft to the procedure's version in force."""
    submission.renew(dossier, now=recorded_now())
    dossier.refresh_from_db(fields=["sections_to_review"])
    words = [_("The draft now follows the new rules.")]
    if dossier.sections_to_review:
        words.append(_("Look again at the parts that are marked so."))
    messages.success(request, " ".join(words))
    return redirect("applicant:dossier", dossier.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@telling_refusals
def discard(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Ask once more, then delete the draft with its files."""
    if not dossier.is_draft:
        raise drafts.changed_meanwhile()
    if request.method != "POST":
        context = {"dossier": dossier, "title": labels.name_in(dossier.version)[0]}
        return render(request, "applicant/discard.html", context)
    drafts.discard(dossier)
    messages.success(request, _("The draft has been deleted."))
    return redirect("applicant:dossiers")
