"""Keeps a form that was sent after the session ended until its sender has signed in.

What was typed travels encrypted through signing in, for an hour, bound to the
path it was sent to and to the account whose session ended; when the session
left no trace, to the account that signed in with this browser last. Only in a
browser that nobody has signed in with does it belong to whoever signs in first.
Passwords and files never travel; the person is told about files.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.forms import LoginForm
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string

from common.clock import now
from common.forms.fields import ANSWERS
from common.secret import decrypt, encrypt
from common.values.addresses import split_address

from . import browsers

SESSION_KEY = "resume"
FIELD = "resume"
LIFE = timedelta(hours=1)
# Longer than any of our forms; what is longer comes from no form of ours.
MAX_CHARS = 200_000


@dataclass(frozen=True)
class Kept:
    """A form that waits: its path, its fields in order, whether files were left behind, and the page it stood on.

    ``acting`` is the membership by which it was sent for an organisation; None for oneself.
    """

    path: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool
    page: str = ""
    acting: int | None = None


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if isinstance(value, str) and (name.startswith(f"{ANSWERS}-") or not _stays_behind(name))
    ]


def _stays_behind(name: str) -> bool:
    return name in ("csrfmiddlewaretoken", FIELD) or "password" in name


def _page(request: HttpRequest) -> str:
    """Return the path of our page that held the form, as the browser names it; empty when it does not."""
    parts = split_address(request.headers.get("Referer", ""))
    if (parts.scheme, parts.netloc) != (request.scheme, request.get_host()) or parts.path.startswith("//"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def keep(request: HttpRequest, ended_user: int | None, moment: datetime, *, acting: int | None = None) -> str:
    """Return the encrypted token of a POST; empty when it is longer than any form of ours."""
    account = browsers.last_account(request) if ended_user is None else browsers.mark(ended_user)
    content = json.dumps(
        {
            "use": "resume",
            "path": request.get_full_path(),
            "account": account,
            "at": moment.timestamp(),
            "files": bool(request.FILES),
            "fields": _fields(request),
            "page": _page(request),
            "acting": acting,
        },
        ensure_ascii=False,
    )
    return encrypt(content) if len(content) <= MAX_CHARS else ""


def read(token: str, user_id: int, moment: datetime) -> Kept | None:
    """Return what a token keeps for an account; None when it is not theirs, too old or not ours."""
    try:
        content = json.loads(decrypt(token))
    except (InvalidToken, ValueError):
        return None
    if not isinstance(content, dict) or content.get("use") != "resume":
        return None
    is_theirs = content.get("account") in ("", browsers.mark(user_id))
    if not is_theirs or content["at"] + LIFE.total_seconds() < moment.timestamp():
        return None
    fields = tuple((name, value) for name, value in content["fields"])
    return Kept(content["path"], fields, content["files"], content["page"], content.get("acting"))


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer a POST after the session's end with the sign-in page that carries what was typed. Status 403."""
    acting = getattr(request, "ended_acting", None)
    token = keep(request, getattr(request, "ended_user", None), now(), acting=acting)
    form = import_string(settings.ACCOUNT_FORMS["login"])(request=request, asks=False, initial={FIELD: token})
    assert isinstance(form, LoginForm)
    page = {
        "form": form,
        "resume": token,
        "was_interrupted": True,
        "had_files": bool(request.FILES),
        "redirect_field": "",
        "redirect_field_value": "",
    }
    return render(request, "account/login.html", page, status=403)


def show_again(request: HttpRequest, kept: Kept, *, status: int = 200) -> HttpResponse:
    """Answer with a page whose one button sends the kept fields to their path again."""
    return render(request, "account/resume.html", {"kept": kept}, status=status)


def without_cookies(request: HttpRequest) -> HttpResponse:
    """Answer a form of a browser that sent no cookie at all: how to turn them on, and what was typed. Status 403.

    Passwords do not travel; a form that waits for signing in goes along.
    """
    fields = _fields(request) + [(FIELD, value) for value in request.POST.getlist(FIELD) if value]
    kept = Kept(request.get_full_path(), tuple(fields), bool(request.FILES), _page(request))
    has_password = any("password" in name and not name.startswith(f"{ANSWERS}-") for name in request.POST)
    return render(request, "account/no_cookies.html", {"kept": kept, "has_password": has_password}, status=403)


def is_own_form(request: HttpRequest) -> bool:
    """Say whether the browser itself tells that a POST came from a page of this site."""
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    parts = split_address(source)
    return bool(source) and (parts.scheme, parts.netloc) == (request.scheme, request.get_host())


def after_csrf_failure(request: HttpRequest) -> HttpResponse | None:
    """Answer a form of our own whose token is stale (session ended, signed in again elsewhere) or came without cookies.

    None when the form may come from another site or was sent to no page: then it must not be shown again.
    """
    match = request.resolver_match
    if match is None or not is_own_form(request):
        return None
    if getattr(match.func, "login_required", True) and not request.user.is_authenticated:
        return ask_to_sign_in(request)
    if not request.COOKIES:
        return without_cookies(request)
    kept = Kept(request.get_full_path(), tuple(_fields(request)), bool(request.FILES), _page(request))
    return show_again(request, kept, status=403)
