"""Middleware: broken text is refused, sessions end on time, languages and cookies are checked."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from urllib.parse import unquote_to_bytes

from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from .. import clock
from ..text import is_broken

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

SEEN = "seen_at"
SINCE = "signed_in_at"
AUDIENCE = "audience"
# Key of the membership by which somebody acts for an organisation (accounts/acting).
ACTING = "acting"
# Written at most this often, so that reading pages costs no write.
SEEN_STEP = 60
# Carries a whole form through signing in again; bounded by its maker.
_LONG_FIELDS = {"resume"}


class CookieGuard:
    """Drop cookies that hold what no browser was given by this portal: NUL and other control characters.

    A session key with a NUL is an error in PostgreSQL, not an unknown session. Stands before the sessions.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not all(value.isprintable() for value in request.COOKIES.values()):
            request.COOKIES = {name: value for name, value in request.COOKIES.items() if value.isprintable()}
        return self.get_response(request)


class ContentPolicy:
    """Add the content security policy, assembled once: no page has a nonce, and stored files bring their own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class Sessions(SessionMiddleware):
    """Sessions whose loss never hides what a request has done.

    The answer was made and the action recorded before the session is saved. When that fails (signed out elsewhere
    meanwhile, the row deleted, the database busy) the answer goes out all the same: it leads to what was recorded,
    by way of signing in again where that is needed.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session and return the answer."""
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            if SESSION_KEY not in request.session:
                # It held nobody's rights, and is all that leads a visitor without an account to what was typed.
                return self._kept_anew(request, response)
            logger.warning("A session was ended while its request was answered")
            response.delete_cookie(
                settings.SESSION_COOKIE_NAME,
                path=settings.SESSION_COOKIE_PATH,
                domain=settings.SESSION_COOKIE_DOMAIN,
                samesite=settings.SESSION_COOKIE_SAMESITE,
            )
        except DatabaseError as error:
            logger.warning("A session could not be saved: %s", type(error).__name__)
        patch_vary_headers(response, ("Cookie",))
        return response

    def _kept_anew(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            request.session.create()
            return super().process_response(request, response)
        except (SessionInterrupted, DatabaseError):
            logger.warning("A stranger's session could not be saved")
            return response


class HelpfulRefusal:
    """Put a page that says where to go on into a bare 405: an address that only takes forms was opened or reloaded."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page


class ChosenLanguage:
    """Vietnamese for everybody, English for those who chose it with the page's own button.

    The browser's language is not asked: many phones in the village are set to English
    by their maker, and one page for all can be cached.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class InputGuard:
    """Refuse what no browser sends: NUL, lone surrogates, broken UTF-8, fields beyond any form's length.

    Answers 400 (413 for a body that is too large) with a page that says what
    to do; the browser's back button still holds what was typed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            is_fine = self._is_fine(request)
        except (RequestDataTooBig, TooManyFilesSent):
            return render(request, "413.html", status=413)
        except (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError):
            is_fine = False
        if not is_fine:
            logger.warning("Unreadable input refused on %s", request.method)
            return render(request, "400.html", status=400)
        return self.get_response(request)

    def _is_fine(self, request: HttpRequest) -> bool:
        if request.encoding is not None and request.encoding.lower() != "utf-8":
            # Some names of charsets are no texts at all (hex, zip) and fail while the fields are read.
            request.encoding = "utf-8"
            return False
        query = request.META.get("QUERY_STRING", "")
        try:
            unquote_to_bytes(query).decode()
            if request.content_type == "application/x-www-form-urlencoded":
                request.body.decode()
        except UnicodeDecodeError:
            return False
        if is_broken(request.path_info) or not _fits(request.GET.lists(), settings.MAX_QUERY_CHARS):
            return False
        if request.method != "POST":
            return True
        names = [file.name or "" for files in request.FILES.lists() for file in files[1]]
        return _fits(request.POST.lists(), settings.MAX_FIELD_CHARS) and not any(map(is_broken, names))


def _fits(fields: Iterable[tuple[str, Sequence[object]]], longest: int) -> bool:
    for name, values in fields:
        if len(name) > 200 or is_broken(name):
            return False
        for value in values:
            if isinstance(value, str) and (is_broken(value) or (len(value) > longest and name not in _LONG_FIELDS)):
                return False
    return True


class WatchedRequest(HttpRequest):
    """A request past :class:`SessionLimits`.

    It knows the primary key of the account whose session has just ended, with the membership by which it acted for an
    organisation, and in how many seconds the present one ends when nothing more is asked for; 0 without an account.
    """

    ended_user: int | None
    ended_acting: int | None
    session_left: int


class SessionLimits:
    """End a session that idled too long, lasted too long, or was made before the account's ``sessions_valid_from``.

    ``settings.SESSION_IDLE_SECONDS`` and ``SESSION_MAX_SECONDS`` name the ends
    per audience ('citizen', 'officer'), which signing in writes into the
    session. ``request.ended_user`` then holds the account whose session ended; ``X-Session-Left`` says how long one
    that goes on will last, for the warning on the page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: WatchedRequest) -> HttpResponse:
        request.ended_user = request.ended_acting = None
        request.session_left = 0
        # Anonymous pages never touch the session; without its cookie there is nobody to look up.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            now = clock.now()
            if self._is_over(request, now):
                request.ended_user, request.ended_acting = request.user.pk, request.session.get(ACTING)
                logout(request)
            else:
                self._note(request, now)
                request.session_left = self._left(request, now)
                response = self._unkept(request, self.get_response(request))
                response["X-Session-Left"] = str(request.session_left)
                return response
        return self.get_response(request)

    def _unkept(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep no page of a signed-in person in a browser that others use too.

        Answers to a POST may be kept: without that the back button could not show a form that was typed in.
        """
        if request.method in ("GET", "HEAD") and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    def _is_over(self, request: HttpRequest, now: datetime) -> bool:
        session, moment = request.session, now.timestamp()
        audience = session.get(AUDIENCE, "citizen")
        since = session.get(SINCE, moment)
        valid_from = getattr(request.user, "sessions_valid_from", None)
        return (
            moment - session.get(SEEN, moment) > settings.SESSION_IDLE_SECONDS[audience]
            or moment - since > settings.SESSION_MAX_SECONDS[audience]
            or (valid_from is not None and since < valid_from.timestamp())
        )

    def _left(self, request: HttpRequest, now: datetime) -> int:
        session, audience = request.session, request.session.get(AUDIENCE, "citizen")
        idle = session[SEEN] + settings.SESSION_IDLE_SECONDS[audience]
        return int(min(idle, session[SINCE] + settings.SESSION_MAX_SECONDS[audience]) - now.timestamp())

    def _note(self, request: HttpRequest, now: datetime) -> None:
        moment = now.timestamp()
        if SINCE not in request.session:
            request.session[SINCE] = moment
        if moment - request.session.get(SEEN, 0) >= SEEN_STEP:
            request.session[SEEN] = moment
