"""Pages on which a person looks after the account itself: where it is signed in, a copy of its data, its end."""

from allauth.usersessions.models import UserSession
from django import forms
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.clock import now, recorded_now
from common.pdf import PdfFailed
from common.web import limits
from common.web.screens import Screen, answer, done, press, sent, shows_form

from . import closing, exporting, remembering
from . import sessions as open_sessions
from .own_forms import OwnForm
from .requests import SignedInRequest

JSON, PDF = "json", "pdf"


class ExportForm(OwnForm):
    """In which form to take the copy."""

    way = forms.ChoiceField(
        label=gettext_lazy("Form of the copy"),
        initial=PDF,
        choices=[
            (PDF, gettext_lazy("PDF, to read and to print")),
            (JSON, gettext_lazy("JSON, complete, for other programs")),
        ],
        widget=forms.RadioSelect,
    )


class CloseForm(OwnForm):
    """That the account shall end."""

    understood = forms.BooleanField(
        label=gettext_lazy("I know that the account cannot be opened again."),
        error_messages={"required": gettext_lazy("Tick this once you have read what closing means.")},
    )


@never_cache
@require_safe
def sessions(request: SignedInRequest) -> HttpResponse:
    """Show where the account is signed in. Four queries."""
    here = UserSession.objects.filter(user=request.user, session_key=request.session.session_key)
    page = {
        "sessions": open_sessions.open_sessions(request.user, now()),
        "here": here.values_list("pk", flat=True).first(),
    }
    return render(request, "account/sessions.html", page)


@require_POST
def end_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """End one session of the account; the one in which this is pressed is left by signing out."""
    if pk not in {one.pk for one in open_sessions.open_sessions(request.user, now())}:
        raise Http404

    def change() -> str:
        open_sessions.end_session(request.user, pk)
        return done(request, _("The session has ended."), "accounts:sessions")

    return press(request, change, reverse("accounts:sessions"))


@require_POST
def end_sessions(request: SignedInRequest) -> HttpResponse:
    """End every session of the account, this one too."""

    def change() -> str:
        open_sessions.end_all_sessions(request.user, recorded_now())
        logout(request)
        return done(request, _("You have been signed out everywhere."), "home")

    return press(request, change, reverse("accounts:sessions"))


@require_POST
def forget(request: SignedInRequest) -> HttpResponse:
    """Take away what the account learned from forms."""

    def change() -> str:
        remembering.forget(request.user)
        return done(request, _("What was kept from your forms has been deleted."), "accounts:profile")

    return press(request, change, reverse("accounts:profile"))


@never_cache
@shows_form
def export(request: SignedInRequest) -> HttpResponse:
    """Ask for the password, then send a copy of everything kept about the person."""
    form = ExportForm(sent(request), request=request)
    if request.method == "POST" and form.is_valid():
        moment = now()
        limit = limits.hit_target("export_user", str(request.user.pk), moment)
        if limit.exceeded:
            return limits.too_many(request, limit)
        way = form.cleaned_data["way"]
        try:
            if way == JSON:
                content, media_type = exporting.as_json(request.user, moment), "application/json"
            else:
                content, media_type = exporting.as_pdf(request.user, moment), "application/pdf"
        except PdfFailed:
            form.add_error("way", _("There is too much for a PDF. Take the JSON file."))
        else:
            name = exporting.file_name(moment, way)
            return HttpResponse(content, media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
    return render(request, "account/export.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@shows_form
def close(request: SignedInRequest) -> HttpResponse:
    """Close the account, once what that means has been read and the password was typed."""
    form = CloseForm(sent(request), request=request)
    screen = Screen(_("Close the account"), _("Close the account"), reverse("accounts:profile"), is_danger=True)

    def change() -> str:
        closing.close(request.user, recorded_now())
        logout(request)
        return done(request, _("Your account is closed."), "home")

    why_not = closing.obstacles(request.user, now())
    return answer(request, form, screen, change, template="account/close.html", why_not=why_not)
