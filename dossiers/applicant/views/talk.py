"""The owner's pages of the talk about a dossier: reading, writing, asking to be called."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from common.clock import now, recorded_now
from common.files.uploads import serve
from common.web.limits import hit_target, too_many
from common.web.screens import Screen, answer, done, sent, shows_form
from dossiers.models import TalkFile
from dossiers.talk import thread, writing
from dossiers.talk.forms import SENT_BEFORE, CallForm, MessageForm
from dossiers.talk.receiving import accepted

from ..guards import own_dossier
from ..pages.tracking import talk_of


@shows_form
def talk(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show what was said and take a message; opening the page is noted, as the desk notes who opens a dossier."""
    dossier = own_dossier(request, ref)
    if dossier.is_draft:
        return redirect("applicant:dossier", dossier.ref)
    if limited := limit(request):
        return limited
    shown = talk_of(dossier, now())
    form = MessageForm(sent(request), request.FILES or None, revision=shown.last)

    def change() -> str:
        data, moment = form.cleaned_data, recorded_now()
        files = accepted(data["attached"], moment)
        seen = form.shown_revision()
        made = writing.write(dossier, data["text"], files, by=request.user, key=data["key"], shown=seen, now=moment)
        words = _("Your message has been sent.") if made else SENT_BEFORE
        return done(request, words, "applicant:talk", dossier.ref)

    if request.method == "GET" and shown.new:
        writing.note_opened(dossier, by=request.user, shown=shown.last, now=recorded_now())
    screen = Screen(
        _("Messages with the commune"), _("Send the message"), reverse("applicant:dossier", args=[dossier.ref])
    )
    return answer(request, form, screen, change, template="applicant/talk.html", dossier=dossier, talk=shown)


@shows_form
def call(request: SignedInRequest, ref: str) -> HttpResponse:
    """Ask to be called about a dossier; one call at a time."""
    dossier = own_dossier(request, ref)
    back = reverse("applicant:talk", args=[dossier.ref])
    if dossier.is_draft:
        return redirect("applicant:dossier", dossier.ref)
    if limited := limit(request):
        return limited
    shown = talk_of(dossier, now())
    if request.method != "POST" and (shown.closed or shown.call):
        return redirect(back)
    form = CallForm(sent(request), revision=shown.last, initial={"phone": dossier.applicant.phone})

    def change() -> str:
        wanted: dict[str, Any] = {name: form.cleaned_data[name] for name in ("phone", "day_part", "text", "key")}
        writing.ask_for_call(dossier, **wanted, by=request.user, shown=form.shown_revision(), now=recorded_now())
        return done(request, _("The commune calls you. You see here when it has."), back)

    screen = Screen(_("Ask the commune to call me"), _("Ask for a call"), back)
    return answer(request, form, screen, change, template="applicant/call.html", dossier=dossier)


def limit(request: SignedInRequest) -> HttpResponse | None:
    """Count what a person sends, each file too; return the page that says when to go on once it is too much."""
    if request.method != "POST":
        return None
    moment = now()
    counted = [hit_target("talk_user", str(request.user.pk), moment)]
    counted += [hit_target("upload_user", str(request.user.pk), moment) for _file in request.FILES.getlist("attached")]
    exceeded = next((one for one in counted if one.exceeded), None)
    return too_many(request, exceeded) if exceeded else None


@require_safe
def talk_file(request: SignedInRequest, ref: str, file_ref: str) -> HttpResponseBase:
    """Send the owner of a dossier a file of its talk."""
    dossier = own_dossier(request, ref)
    file = get_object_or_404(TalkFile.objects.select_related("entry"), entry__dossier=dossier, ref=file_ref)
    if not thread.may_open(file, request.user):
        raise Http404
    return serve(request, file.file, file.media_type, file.original_name, sha256=file.sha256, inline=True)
