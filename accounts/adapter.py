"""How allauth meets the portal: our limits, our links, our words."""

from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from common.clock import now, recorded_now
from common.logs import Event, note
from common.text import nfc
from common.web import limits
from common.web.middleware import AUDIENCE, SEEN, SINCE

from . import browsers, guessing, resume
from .models import User

_WRONG = _("ID or password is wrong")
_CODE_SPENT = _("Too many wrong codes. Sign in to be sent a new one.")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by any identifier, limits that delay, links from ``SITE_URL``, texts of our own."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _WRONG,
        "invalid_login": _WRONG,
        "email_password_mismatch": _WRONG,
        "username_password_mismatch": _WRONG,
        "duplicate_email": _("This is already your email address."),
        "email_taken": _("This address cannot be used. Choose another one."),
        "enter_current_password": _("Your current password is wrong. Enter it again."),
        "incorrect_password": _("Your current password is wrong. Enter it again."),
        "incorrect_code": _("This code is wrong. Look at the latest message and type it again."),
        "invalid_or_expired_key": _("This link no longer works. Ask for a new one."),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
        "too_many_login_attempts": _CODE_SPENT,
        "rate_limited": _("A code was sent a moment ago. Wait a little before asking again."),
        "same_as_current": _("This is already your email address."),
        "unverified_primary_email": _("Confirm this address first."),
    }

    # Who is asking

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that our own proxies report; the address of an IPv6 network without its length."""
        address = limits.client_ip(request).partition("/")[0]
        return "0.0.0.0" if address == "unknown" else address  # noqa: S104

    def is_safe_url(self, url: str) -> bool:
        """Say whether ``?next=`` stays on this site."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer with pages only."""
        return False

    # Signing in

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Slow down guessing at one account; answers 429 while it must wait."""
        limit = guessing.slow_down(guessing.attempt(request, str(credentials.get("login", ""))), now())
        if limit.exceeded:
            raise ImmediateHttpResponse(limits.too_many(request, limit))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the account whose password fits; a right one takes the counted try back."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            guessing.forgive(request, guessing.attempt(request, str(credentials.get("login", ""))), now())
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write a wrong password, or an unknown account, to the security log."""
        user = User.objects.find(str(credentials.get("login", "")))
        note(Event.SIGN_IN_FAILED, account=user.pk if user else "unknown", address=limits.client_ip(request))

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing is kept in the cache; the delay ends by itself within half a minute."""

    def get_login_stages(self) -> list[str]:
        """Return what stands between a right password and being signed in."""
        return ["accounts.stages.ConfirmEmailStage"]

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in and note when, for the ends of the session."""
        super().login(request, user)
        moment = recorded_now().timestamp()
        request.session[SINCE] = request.session[SEEN] = moment
        request.session[AUDIENCE] = import_string(settings.SESSION_AUDIENCE)(user)

    def post_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse:
        """Go on to the form that an ended session interrupted, else to ``?next=`` or the landing page."""
        response = super().post_login(request, user, **hooks)
        if resume.SESSION_KEY in request.session:
            response = redirect("accounts:resume")
        browsers.remember(request, response, user)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where this person lands: desk, leader's list or their dossiers."""
        return str(import_string(settings.LANDING_PAGE)(request.user))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Send back to the sign-in page; a closed account is not told apart."""
        return HttpResponseRedirect(reverse("account_login"))

    # Registering

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Fill and store a new account from the registration form."""
        with transaction.atomic():
            form.fill(user)
            user.date_joined = recorded_now()
            user.set_password(form.cleaned_data["password1"])
            user.save()
            form.save_representative(user)
        return user

    def clean_password(self, password: str, user: User | None = None) -> str:
        """Check a new password in the form in which it will be hashed."""
        return super().clean_password(nfc(password), user)

    # Mails

    def should_send_confirmation_mail(self, request: HttpRequest, email_address: Any, signup: bool) -> bool:
        """Count the code mails that signing in to an unconfirmed account sends to one address."""
        if not signup:
            limit = limits.hit_target("code_target", email_address.email.lower(), now())
            if limit.exceeded:
                raise ImmediateHttpResponse(limits.too_many(request, limit))
        return True

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of an account that somebody registers with its address; an unconfirmed one gets nothing."""
        if EmailAddress.objects.filter(email__iexact=email, verified=True).exists():
            super().send_account_already_exists_mail(email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render and hand over one mail; its links start with ``SITE_URL``."""
        home = settings.SITE_URL.rstrip("/")
        links = {
            "site_url": home,
            "login_url": home + reverse("account_login"),
            "password_reset_link": home + reverse("account_reset_password"),
        }
        self.render_mail(template_prefix, email, {"email": email, **context, **links}).send()

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Send to the address on file, never to the spelling that was typed."""
        self.send_mail("account/email/password_reset_key", user.email or email, context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of a reset mail, from ``SITE_URL`` and never from the Host header."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL.rstrip("/") + path.replace("UID-KEY", quote(key))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the account page after a new password."""
        return reverse("accounts:profile")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """Return to the account page after a new address was confirmed."""
        return reverse("accounts:profile")
