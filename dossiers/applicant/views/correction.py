"""The owner's pages of a correction: asking for one, what became of it, and doing it once the commune agreed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from common.clock import local_day, now, recorded_now
from common.forms.warnings import point_out
from common.refusals import Refused
from common.templatetags.ui import vi_datetime
from common.text import page_language
from common.web.limits import hit_target, too_many
from common.web.screens import Screen, answer, done, sent
from dossiers.actions import RequestCorrection, SendCorrection
from dossiers.actions.readiness import Readiness
from dossiers.filing import drafts, supplements
from dossiers.models import Dossier
from dossiers.table import CORRECTABLE
from dossiers.timeline.history import explain_refusal
from dossiers.workflow import Overtaken, perform

from ..forms import CorrectionForm
from ..guards import telling_refusals
from ..pages import tracking
from .submitted import cards_page, send_cards


@require_http_methods(["GET", "HEAD", "POST"])
@telling_refusals
def correction(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Ask to correct one thing; once that was allowed, give the paper anew or go to the section that is open."""
    if dossier.status not in CORRECTABLE:
        raise drafts.changed_meanwhile()
    waiting = tracking.correction_of(dossier)
    if waiting is None:
        return ask(request, dossier)
    if not waiting.is_accepted:
        return render(request, "applicant/correction_waits.html", {"dossier": dossier, "waiting": waiting})
    if waiting.section:
        return redirect("applicant:correction_answers", dossier.ref)
    return send_cards(request, dossier, SendCorrection(), correction_page, _("Your correction has been sent."))


def ask(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Choose what to correct and say why; the holder answers."""
    items = tracking.correctable(dossier, page_language())
    form = CorrectionForm(sent(request), revision=dossier.revision, items=items)
    here = reverse("applicant:dossier", args=[dossier.ref])
    if request.method == "POST":
        limited = hit_target("talk_user", str(request.user.pk), now())
        if limited.exceeded:
            return too_many(request, limited)

    def change() -> str:
        act(RequestCorrection(form.item()), request, dossier, form.shown_revision())
        return done(request, _("You asked for a correction. The commune answers; you get a message."), here)

    screen = Screen(_("Ask to correct something"), _("Ask for the correction"), here)
    return answer(
        request,
        form,
        screen,
        change,
        revision=lambda: Dossier.objects.values_list("revision", flat=True).get(pk=dossier.pk),
        template="applicant/correction_ask.html",
        dossier=dossier,
    )


def act(action: Any, request: SignedInRequest, dossier: Dossier, revision: int | None = None) -> None:
    """Perform an action of the owner; a refusal says who came first. Raises Refused."""
    try:
        perform(action, dossier, by=request.user, now=recorded_now(), revision=revision)
    except Overtaken as overtaken:
        raise Refused(explain_refusal(overtaken), code=overtaken.code) from overtaken


def correction_page(
    request: SignedInRequest, dossier: Dossier, error_key: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    """Show the paper that may be given anew as a card; raises Refused('stale') when none is open."""
    opened = supplements.open_correction(dossier)
    if opened is None or opened.section:
        raise drafts.changed_meanwhile()
    words = {
        "title": _("Correct the dossier"),
        "lede": _("Only this paper is open. Give it anew, then send the correction."),
        "when": _("Allowed at %(time)s.") % {"time": vi_datetime(opened.answered_at)},
        "note": opened.answer,
        "here": reverse("applicant:correction", args=[dossier.ref]),
    }
    return cards_page(request, dossier, opened, words, error_key, error, status)


@require_http_methods(["GET", "HEAD", "POST"])
@telling_refusals
def answers(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Show the section that is open with its answers; what is right when sent takes their place at once."""
    opened = supplements.open_correction(dossier)
    if opened is None or not opened.section:
        return redirect("applicant:correction" if dossier.status in CORRECTABLE else "applicant:dossier", dossier.ref)
    ready = Readiness(dossier, local_day(now()))
    chosen = ready.form.section(opened.section)
    if chosen is None:
        raise drafts.changed_meanwhile()
    form = ready.form.form(chosen, sent(request), language=page_language())
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            act(SendCorrection(form.sent_sections(lambda _section: True)[0]), request, dossier)
        except Refused as refused:
            if refused.code not in ("same", "answers", "items"):
                raise
            refusal, status = str(refused.message), 422
        else:
            point_out(request, form)
            messages.success(request, _("Your correction has been sent."))
            return redirect("applicant:dossier", dossier.ref)
    context = ready.form.page(chosen, form) | {
        "dossier": dossier,
        "opened": opened,
        "refusal": refusal,
        "back": reverse("applicant:dossier", args=[dossier.ref]),
    }
    return render(request, "applicant/correction_answers.html", context, status=status)
