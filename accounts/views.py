"""Pages of an account: registering, signing in, keeping its details."""

import copy
from typing import Any

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import FormView

from common.clock import now, recorded_now
from common.forms.card import ACCEPT, boxes_of, unchecked, wants_card, with_card
from common.forms.warnings import point_out
from common.refusals import Refused
from common.values.divisions import address_text
from common.web import limits
from common.web.middleware import ACTING
from common.web.screens import sent, shows_form

from . import guessing, hooks, invitations, remembering, resume
from .acting import members
from .forms import OF_CARD, REGISTER_FORMS, InvitationForm, profile_form
from .models import IdKind, Representative, User


@require_safe
@login_not_required
def register(request: HttpRequest) -> HttpResponse:
    """Choose which kind of account to create."""
    return render(request, "account/register.html", {"next": request.GET.get("next", "")})


class _LimitedView(FormView):
    """Counts POSTs of one address before the form is looked at; the question in words comes before refusal."""

    scope = ""
    always_asks = False

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 429 far beyond the normal rate, else go on."""
        limit = limits.hit_ip(request, self.scope, now())
        if limit.exceeded:
            return limits.too_many(request, limit)
        self._asks = limit.count > settings.LIMITS[self.scope][0]
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the request and whether to ask."""
        asks = getattr(self, "_asks", None)
        if asks is None:
            asks = limits.asks_question(self.request, self.scope, now())
        return super().get_form_kwargs() | {"request": self.request, "asks": self.always_asks or asks}


class SignInView(allauth_views.LoginView):
    """Sign in with personal number, tax code or e-mail."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the try before the form is looked at; answers 429 where too many accounts were tried."""
        tried = guessing.attempt(request, request.POST.get("login", ""))
        limit, self._asks = guessing.count(request, tried, now())
        if limit.exceeded:
            return limits.too_many(request, limit)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form whether to ask the question in words."""
        asks = self._asks if self.request.method == "POST" else guessing.asks_first(self.request, now())
        return super().get_form_kwargs() | {"asks": asks}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say when the page carries a form that an ended session interrupted."""
        page = super().get_context_data(**kwargs)
        page["was_interrupted"] = bool(self.request.POST.get(resume.FIELD))
        return page


@method_decorator(login_not_required, name="dispatch")
class RegisterView(_LimitedView, allauth_views.SignupView):
    """Create an account of one kind; the same answer whether the address is known or not."""

    scope = "register_ip"
    always_asks = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse unknown kinds."""
        if kwargs["kind"] not in REGISTER_FORMS:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type:
        """Return the form of this kind of account."""
        return REGISTER_FORMS[self.kwargs["kind"]]

    def form_valid(self, form: Any) -> HttpResponse:
        """Count the mails to one address, then store or answer alike."""
        limit = limits.hit_target("code_target", form.cleaned_data["email"].lower(), now())
        if limit.exceeded:
            return limits.too_many(self.request, limit)
        point_out(self.request, form)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the kind for the heading."""
        return super().get_context_data(**kwargs) | {"kind": self.kwargs["kind"]}


class ResetView(_LimitedView, allauth_views.PasswordResetView):
    """Ask for a link to choose a new password; the same answer for every address."""

    scope = "reset_ip"
    always_asks = True

    def form_valid(self, form: Any) -> HttpResponse:
        """Count the mails to one address, then send."""
        limit = limits.hit_target("reset_target", form.cleaned_data["email"].lower(), now())
        if limit.exceeded:
            return limits.too_many(self.request, limit)
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class ConfirmEmailView(allauth_views.ConfirmEmailVerificationCodeView):
    """Type the code that was sent to an address."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the codes sent to one address, and the tries at them: the session's own count misses parallel ones."""
        is_resend = request.POST.get("action") == "resend"
        address = self._process.email.lower()
        # Tries are counted for this browser's process: a stranger's must not use up the owner's.
        scope, subject = (
            ("code_target", address) if is_resend else ("code_try", f"{address}\0{request.session.session_key}")
        )
        limit = limits.hit_target(scope, subject, now())
        if limit.exceeded:
            return limits.too_many(request, limit)
        if is_resend:
            messages.info(request, _("A new code is on its way. Earlier codes no longer work."))
        return super().post(request, *args, **kwargs)


class _PasswordProof(FormView):
    """Slows down guessing the password of an open session."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 429 after too many tries, else go on."""
        limit = limits.hit_target("password_user", str(request.user.pk), now())
        if limit.exceeded:
            return limits.too_many(request, limit)
        return super().post(request, *args, **kwargs)


class ChangePasswordView(_PasswordProof, allauth_views.PasswordChangeView):
    """Change the password."""


class ChangeEmailView(_PasswordProof, allauth_views.EmailView):
    """Ask for another address; it counts once it is confirmed."""

    template_name = "account/email_change.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Count the mails to one address, then send a code to it."""
        limit = limits.hit_target("code_target", form.cleaned_data["email"].lower(), now())
        if limit.exceeded:
            return limits.too_many(self.request, limit)
        return super().form_valid(form)


@never_cache
@login_not_required
@shows_form
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password with the link of an invitation or of an access that was reset."""
    user = invitations.invited(token)
    if user is None:
        return render(request, "account/invitation.html", {"form": None}, status=410)
    form = InvitationForm(sent(request), user=user)
    if form.is_valid() and invitations.accept(user, form.cleaned_data["password1"], recorded_now()):
        messages.success(request, _("Your password is set. Sign in with it now."))
        return redirect("account_login")
    return render(request, "account/invitation.html", {"form": form, "invited": user})


def _me(request: HttpRequest) -> User:
    """Return the account that is signed in; LoginRequiredMiddleware has let nobody else through."""
    assert isinstance(request.user, User)
    return request.user


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Show the account's own details. Two queries beyond the session's, one more of a citizen."""
    user = _me(request)
    has_members = members.may_have_members(user)
    page = {
        "user": user,
        "representative": Representative.objects.filter(account=user).first(),
        "address": address_text(user.address),
        "has_members": has_members,
        "acts": not has_members and bool(user.acts_for),
        "identity_kind": dict(IdKind.choices).get(user.identity_kind, ""),
        "details": remembering.rows(user),
        "is_confirmed": EmailAddress.objects.filter(user=user, verified=True).exists(),
    }
    return render(request, "account/profile.html", page)


@shows_form
def edit(request: HttpRequest) -> HttpResponse:
    """Change the account's own details; a number that does not fit the birth is pointed out, not refused."""
    user = _me(request)
    form = profile_form(user)(sent(request), instance=user)
    if wants_card(request, "me"):
        # Shown, not stored; a copy, so that the page's head goes on naming the account as it is.
        data = with_card(request, "me", form, OF_CARD, now())
        form = unchecked(profile_form(user)(data, instance=copy.copy(user)))
    elif request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                form.save()
                if "full_name" in form.changed_data:
                    for follow in hooks.renamed:
                        follow(user)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Your details are saved."))
            point_out(request, form)
            return redirect("accounts:profile")
    return render(request, "account/profile_edit.html", {"form": form, "card": boxes_of("me"), "accept": ACCEPT})


@require_safe
def resume_form(request: HttpRequest) -> HttpResponse:
    """Show the form that an ended session interrupted, once more, to the person it belongs to."""
    token = request.session.get(resume.SESSION_KEY, "")
    kept = resume.read(token, _me(request).pk, now()) if token else None
    if kept is None:
        request.session.pop(resume.SESSION_KEY, None)
        if token:
            messages.warning(request, _("What was typed before belongs to another account or is too old to be opened."))
        return redirect(get_adapter().get_login_redirect_url(request))
    if kept.acting is not None:
        # Sent for an organisation, it must not go out in the person's own name; the middleware says when it has ended.
        request.session[ACTING] = kept.acting
        if members.acting_as(_me(request), kept.acting) is None:
            request.session.pop(resume.SESSION_KEY, None)
            return redirect("applicant:dossiers")
    return resume.show_again(request, kept)
