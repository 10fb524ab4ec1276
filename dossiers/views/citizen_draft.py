"""Filling in a draft: one topic a page, papers one by one, delivery, check, submit."""

from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import onetime
from common.clock import LOCAL, local_day, now, recorded_now
from common.files import ACCEPT_ATTRIBUTE, FileRefused, accept
from common.limits import hit_target, too_many
from procedures.answer_forms import known_data, section_form
from procedures.catalogue import effective_level
from procedures.models import RequiredPaper

from .. import applicant_pages, draft_papers, drafts, filing, supplements
from ..forms import DeliveryForm, SubmitForm
from ..models import Dossier
from .applicant import REFUSALS, on_draft, telling_refusals
from .citizen_open import answer_item, supplement_page


def language() -> str:
    """Return the language of the screen."""
    return "en" if (get_language() or "vi").startswith("en") else "vi"


@require_http_methods(["GET", "HEAD", "POST"])
@telling_refusals
def step(request: HttpRequest, dossier: Dossier, section: str) -> HttpResponse:
    """Ask one topic; what was typed is kept even when something is wrong with it."""
    day = local_day(now())
    progress = filing.Progress(dossier, day)
    chosen = progress.section(section)
    may_edit = supplements.may_correct(dossier, section)
    if chosen is None or (dossier.is_draft and filing.newer_version(dossier, day)) or not may_edit:
        return outside(request, dossier, is_known=chosen is not None)
    form = section_form(
        progress.schema,  # type: ignore[arg-type]
        chosen,
        dossier.answers,
        data=request.POST if request.method == "POST" else None,
        prefill=known_data(request.user) if dossier.is_draft else {},  # type: ignore[arg-type]
        language=language(),
        today=day,
    )
    form.helper.no_error_summary = True
    if request.method == "POST":
        answer = save_step(request, dossier, progress, chosen, form)
        if answer is not None:
            return answer
    return render(request, "my/step.html", step_context(request, dossier, progress, chosen, form))


def outside(request: HttpRequest, dossier: Dossier, *, is_known: bool) -> HttpResponse:
    """Lead away from a section that is not asked, or not open for changes."""
    if is_known and not dossier.is_draft:
        messages.info(request, _("This part is not open for changes."))
    elif not is_known:
        messages.info(request, _("This part is not needed for your answers."))
    return redirect("my:dossier", dossier.ref)


def save_step(
    request: HttpRequest, dossier: Dossier, progress: filing.Progress, section: Any, form: Any
) -> HttpResponse | None:
    """Store a topic's answers; return where to go, or None to show the page again."""
    is_autosave = "X-Autosave" in request.headers
    is_valid = form.is_valid()
    is_done = is_valid and (not is_autosave or section.key in dossier.sections_done)
    moment = recorded_now()
    if dossier.is_draft:
        drafts.save_section(dossier, section, form.answers(), is_done=is_done, now=moment)
    else:
        supplements.save_section(dossier, section, form.answers(), is_done=is_done)
    if is_autosave:
        return HttpResponse(status=204)
    if "later" in request.POST:
        messages.success(request, _("Saved at %(time)s.") % {"time": f"{moment.astimezone(LOCAL):%H:%M}"})
        return redirect("my:dossier", dossier.ref)
    if not is_valid:
        return None
    if not dossier.is_draft:
        return redirect("my:supplement", dossier.ref)
    if request.GET.get("back") == "review":
        return redirect("my:review", dossier.ref)
    dossier.refresh_from_db()
    return redirect(applicant_pages.following_url(filing.Progress(dossier, progress.day), section))


def step_context(
    request: HttpRequest, dossier: Dossier, progress: filing.Progress, section: Any, form: Any
) -> dict[str, Any]:
    """Return the page of one topic."""
    keys = [other.key for other in progress.sections]
    n = keys.index(section.key)
    back = reverse("my:dossier", args=[dossier.ref])
    if not dossier.is_draft:
        back = reverse("my:supplement", args=[dossier.ref])
    elif request.GET.get("back") == "review":
        back = reverse("my:review", args=[dossier.ref])
    elif n:
        back = reverse("my:step", args=[dossier.ref, keys[n - 1]])
    return {
        "dossier": dossier,
        "form": form,
        "heading": section.title.say(language()),
        "intro": section.intro.say(language()),
        "n": n + 1,
        "total": progress.parts,
        "back": back,
        "is_draft": dossier.is_draft,
    }


@require_safe
@on_draft
def papers(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Show one card per paper."""
    return papers_page(request, dossier)


def papers_page(
    request: HttpRequest, dossier: Dossier, error_key: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    """Show the cards; a refused file's reason stands on its card and on top."""
    progress = filing.Progress(dossier, local_day(now()))
    context = {
        "dossier": dossier,
        "cards": applicant_pages.paper_cards(progress, request.user, error_key, error),
        "error": error,
        "error_key": error_key,
        "accept": ACCEPT_ATTRIBUTE,
        "n": len(progress.sections) + 1,
        "total": progress.parts,
        "is_supplement": False,
    }
    return render(request, "my/papers.html", context, status=status)


@require_POST
@telling_refusals
def paper_upload(request: HttpRequest, dossier: Dossier, key: str) -> HttpResponseBase:
    """Take one file for one paper, of a draft or of a supplement."""
    limit = hit_target("upload_user", str(request.user.pk), now())
    if limit.exceeded:
        return too_many(request, limit)
    item = supplements.item_number(key)
    required = None if item is not None else required_of(dossier, key)
    try:
        accepted = accept(request.FILES.get("file"))
        if item is not None:
            supplements.add_file(dossier, item, accepted, by=request.user, now=recorded_now())  # type: ignore[arg-type]
        else:
            replaces = request.POST.get("replaces", "")
            draft_papers.add_file(dossier, required, accepted, by=request.user, now=recorded_now(), replaces=replaces)  # type: ignore[arg-type]
    except (FileRefused, drafts.FilingRefused) as refusal:
        if getattr(refusal, "code", "") == "stale":
            raise
        show = papers_page if item is None else supplement_page
        return show(request, dossier, error_key=key, error=str(refusal.message), status=422)
    messages.success(request, _("The file %(name)s has been saved.") % {"name": accepted.name})
    return redirect(card_url(dossier, key))


def required_of(dossier: Dossier, key: str) -> RequiredPaper:
    """Return a paper of the procedure by its key; raises Http404."""
    return get_object_or_404(RequiredPaper, version=dossier.version_id, key=key[:40])


def card_url(dossier: Dossier, key: str) -> str:
    """Return the address of a paper's card."""
    name = "my:papers" if supplements.item_number(key) is None else "my:supplement"
    return f"{reverse(name, args=[dossier.ref])}#paper-{key}"


@require_POST
@telling_refusals
def paper_promise(request: HttpRequest, dossier: Dossier, key: str) -> HttpResponse:
    """Note that the paper will be brought to the commune."""
    item = supplements.item_number(key)
    if item is not None:
        return answer_item(request, dossier, item)
    draft_papers.promise_original(dossier, required_of(dossier, key), by=request.user, now=recorded_now())  # type: ignore[arg-type]
    return redirect(card_url(dossier, key))


@require_POST
@telling_refusals
def paper_remove(request: HttpRequest, dossier: Dossier, paper_ref: str) -> HttpResponse:
    """Take a file or a promise back, out of a draft or an unsent supplement."""
    if dossier.is_draft:
        draft_papers.remove_paper(dossier, paper_ref, now=recorded_now())
        messages.success(request, _("Removed."))
        return redirect("my:papers", dossier.ref)
    supplements.remove(dossier, paper_ref)
    return redirect("my:supplement", dossier.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def delivery(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Ask how the result shall travel."""
    day = local_day(now())
    level = effective_level(dossier.version, drafts.offering_of(dossier, day))
    ways = filing.deliveries(level, needs_presence=dossier.version.needs_presence)
    if request.method == "POST":
        form = DeliveryForm(request.POST, ways=ways)
        if form.is_valid():
            drafts.set_delivery(dossier, form.cleaned_data["delivery"], form.postal_address(), now=recorded_now())
            return redirect("my:dossier" if "later" in request.POST else "my:review", dossier.ref)
        if "later" in request.POST:
            return redirect("my:dossier", dossier.ref)
    else:
        form = DeliveryForm(initial=DeliveryForm.initial_of(dossier, request.user), ways=ways)  # type: ignore[arg-type]
    progress = filing.Progress(dossier, day)
    back = reverse("my:papers" if progress.cards else "my:dossier", args=[dossier.ref])
    context = {"dossier": dossier, "form": form, "level": level, "back": back, "total": progress.parts}
    return render(request, "my/delivery.html", context)


@require_safe
@on_draft
def review(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Show all that is about to be submitted."""
    form = SubmitForm(initial={"key": onetime.new_key(), "revision": dossier.revision})
    return review_page(request, dossier, form)


def review_page(request: HttpRequest, dossier: Dossier, form: SubmitForm, status: int = 200) -> HttpResponse:
    """Show the check page with its declaration."""
    progress = filing.Progress(dossier, local_day(now()))
    is_taken = drafts.is_taken(dossier, local_day(now()))
    context = applicant_pages.review(progress, language()) | {
        "form": form,
        "is_taken": is_taken,
        "expires": drafts.expires(dossier),
    }
    return render(request, "my/review.html", context, status=status)


@require_POST
@partial(telling_refusals, related=())
def submit(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Submit the draft once; the same form sent again leads to the same dossier.

    Reads no related rows beforehand: the submission reads them itself, locked.
    """
    form = SubmitForm(request.POST)
    if not form.is_valid():
        if not dossier.is_draft:
            return redirect("my:dossier", dossier.ref)
        return review_page(request, dossier, fresh_key(form, dossier), status=422)
    data = form.cleaned_data
    try:
        filing.submit(dossier, by=request.user, key=data["key"], revision=data["revision"], now=recorded_now())  # type: ignore[arg-type]
    except REFUSALS as refusal:
        if not Dossier.objects.filter(pk=dossier.pk, status=0).exists():
            raise
        messages.error(request, filing.explain(refusal))
        return redirect("my:review", dossier.ref)
    return redirect("my:submitted", dossier.ref)


def fresh_key(form: SubmitForm, dossier: Dossier) -> SubmitForm:
    """Return the refused form with the page's own hidden facts put right."""
    data = cast(QueryDict, form.data).copy()
    data["key"], data["revision"] = onetime.new_key(), str(dossier.revision)
    renewed = SubmitForm(data)
    renewed.is_valid()
    return renewed


@require_POST
@telling_refusals
def renew(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Move a draft to the procedure's version in force."""
    filing.renew(dossier, now=recorded_now())
    dossier.refresh_from_db(fields=["sections_changed"])
    words = [_("The draft now follows the new rules.")]
    if dossier.sections_changed:
        words.append(_("Look again at the parts that are marked so."))
    messages.success(request, " ".join(words))
    return redirect("my:dossier", dossier.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@telling_refusals
def discard(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Ask once more, then delete the draft with its files."""
    if not dossier.is_draft:
        raise drafts.changed_meanwhile()
    if request.method != "POST":
        return render(request, "my/discard.html", {"dossier": dossier})
    drafts.discard(dossier)
    messages.success(request, _("The draft has been deleted."))
    return redirect("my:dossiers")
