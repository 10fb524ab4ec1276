"""The desk's pages of the talk about a dossier: reading, answering, noting that nothing is to be answered, calling."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.files.uploads import serve
from common.refusals import Refused, revision_of
from common.web.screens import Screen, answer, done, press, sent, shows_form
from dossiers.models import TalkEntry, TalkFile, TalkKind
from dossiers.talk import thread, writing
from dossiers.talk.forms import SENT_BEFORE, CalledForm, MessageForm
from dossiers.talk.receiving import accepted

from .. import dossier_page
from ..guards import officer_required
from ..officer import Officer


@shows_form
@officer_required()
def talk(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Show what was said about a dossier and take an answer."""
    found = officer.dossier(code)
    dossier_page.note_reading(found, officer.user, "talk", officer.now)
    shown = dossier_page.talk_of(found, officer)
    form = MessageForm(sent(request), request.FILES or None, revision=shown.thread.last)
    here = reverse("desk:talk", args=[found.code])

    def change() -> str:
        data = form.cleaned_data
        files = accepted(data["attached"], officer.now)
        seen = form.shown_revision()
        made = writing.answer(found, data["text"], files, by=officer.user, key=data["key"], shown=seen, now=officer.now)
        return done(request, _("Your answer has been sent.") if made else SENT_BEFORE, here)

    def page(refused: Refused | None) -> dict[str, Any]:
        # After a refusal the thread holds what was written meanwhile.
        return {"talk": shown if refused is None else dossier_page.talk_of(found, officer)}

    screen = Screen(_("Messages with the applicant"), _("Send the answer"), reverse("desk:dossier", args=[found.code]))
    return answer(
        request,
        form,
        screen,
        change,
        revision=lambda: dossier_page.talk_of(found, officer).thread.last,
        template="desk/talk.html",
        page=page,
        dossier=found,
    )


@require_POST
@officer_required()
def talk_read(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Note that what the page showed has been read and needs no answer."""
    found = officer.dossier(code)
    here = reverse("desk:dossier", args=[found.code])

    def change() -> str:
        shown, key = revision_of(request.POST.get("revision")), request.POST.get("key", "")
        writing.mark_read(found, by=officer.user, key=key, shown=shown, now=officer.now)
        return done(request, _("Marked as read."), here)

    return press(request, change, here)


@require_safe
@officer_required()
def talk_file(request: HttpRequest, officer: Officer, code: str, file_ref: str) -> HttpResponseBase:
    """A file of the talk."""
    found = officer.dossier(code)
    file = get_object_or_404(TalkFile.objects.select_related("entry"), entry__dossier=found, ref=file_ref)
    if not thread.may_open(file, officer.user):
        raise Http404
    dossier_page.note_reading(found, officer.user, f"talk {file.ref}", officer.now)
    return serve(request, file.file, file.media_type, file.original_name, sha256=file.sha256, inline=True)


@require_POST
@officer_required()
def called(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Note how a call that somebody asked for has ended."""
    calls = TalkEntry.objects.filter(kind=TalkKind.CALL, dossier__in=officer.dossiers())
    call = get_object_or_404(calls.select_related("dossier"), pk=pk)
    form, here = CalledForm(request.POST), reverse("desk:messages_failed")

    def change() -> str:
        if not form.is_valid():
            raise Refused(*(error for errors in form.errors.values() for error in errors))
        data = form.cleaned_data
        is_reached = data["outcome"] == TalkKind.REACHED
        writing.end_call(call, is_reached=is_reached, text=data["text"], by=officer.user, now=officer.now)
        return done(request, _("Noted. The applicant sees it on the page of the dossier."), here)

    return press(request, change, here)
