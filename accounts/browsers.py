"""Browsers in which an account was signed in to before: a signed cookie that names the accounts by keyed hashes.

Tries from such a browser at such an account are counted apart from everybody else's (accounts/guessing.py), so that
whoever guesses at an account cannot keep its owner out. The cookie opens nothing.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from common.secret import blind_index

from .models import User

LIFE_SECONDS = 365 * 24 * 3600
# A family's or a kiosk's: the newest stay.
MAX_ACCOUNTS = 10
_SALT = "accounts.browsers"


def name_of(request: HttpRequest, user: User) -> str:
    """Return the random name of a browser that knows an account; empty when it does not."""
    name, accounts = _read(request)
    return name if mark(user.pk) in accounts else ""


def knows_somebody(request: HttpRequest) -> bool:
    """Tell whether anybody has signed in with this browser before."""
    return bool(_read(request)[1])


def last_account(request: HttpRequest) -> str:
    """Return the mark of the account that signed in with this browser last; empty when nobody has."""
    return next(iter(_read(request)[1]), "")


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let a browser know the account that has just signed in with it."""
    name, accounts = _read(request)
    newest = mark(user.pk)
    kept = [newest, *(other for other in accounts if other != newest)][:MAX_ACCOUNTS]
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        signing.dumps([name or secrets.token_urlsafe(12), kept], salt=_SALT),
        max_age=LIFE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def mark(user_id: int) -> str:
    """Return what stands for an account in the cookie: 16 characters of a keyed hash."""
    return blind_index("browser", str(user_id))[:16]


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    cookie = request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "")
    try:
        name, accounts = signing.loads(cookie, salt=_SALT, max_age=LIFE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return name, accounts
