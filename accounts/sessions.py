"""The open sessions of an account: where it is signed in, since when, and how to end that."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from common.web.middleware import AUDIENCE, SEEN, SINCE

from .models import User

MOST = 50
_BROWSERS = (("Edg", "Edge"), ("coc_coc", "Cốc Cốc"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"))


@dataclass(frozen=True)
class OpenSession:
    """One browser in which an account is signed in; ``pk`` is the row of :class:`UserSession`."""

    pk: int
    browser: str
    address: str
    since: datetime
    seen: datetime


def open_sessions(user: User, now: datetime) -> list[OpenSession]:
    """Return where an account is signed in, the last one first, at most 50. Two queries.

    A session that has idled too long, lasts too long or was ended counts no more.
    """
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user).order_by("-created_at")[:200]}
    found = []
    for stored in Session.objects.filter(session_key__in=list(rows), expire_date__gt=now):
        content = stored.get_decoded()
        row = rows[stored.session_key]
        since = _moment(content.get(SINCE), row.created_at)
        seen = max(_moment(content.get(SEEN), since), since)
        if str(content.get("_auth_user_id")) == str(user.pk) and not _is_over(user, content, since, seen, now):
            found.append(OpenSession(row.pk, browser_name(row.user_agent), str(row.ip), since, seen))
    return sorted(found, key=lambda session: session.seen, reverse=True)[:MOST]


def end_session(user: User, pk: int) -> bool:
    """End one session of an account; False when there is none any more."""
    with transaction.atomic():
        row = UserSession.objects.filter(user=user, pk=pk).first()
        if row is None:
            return False
        row.end()
    return True


def end_all_sessions(user: User, now: datetime) -> None:
    """End every session of an account, also those made before sessions were listed."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(sessions_valid_from=now)
        keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(user=user).delete()
    user.sessions_valid_from = now


def browser_name(agent: str) -> str:
    """Return a browser in words, such as 'Firefox, Windows'."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    if not browser and re.search(r"Version/.*Safari", agent):
        browser = "Safari"
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if not system and "Linux" in agent:
        system = "Linux"
    return ", ".join(part for part in (browser, system) if part) or _("unknown browser")


def _moment(stamp: object, otherwise: datetime) -> datetime:
    return datetime.fromtimestamp(stamp, UTC) if isinstance(stamp, int | float) else otherwise


def _is_over(user: User, content: dict, since: datetime, seen: datetime, now: datetime) -> bool:
    audience = content.get(AUDIENCE, "citizen")
    return (
        (now - seen).total_seconds() > settings.SESSION_IDLE_SECONDS[audience]
        or (now - since).total_seconds() > settings.SESSION_MAX_SECONDS[audience]
        or (user.sessions_valid_from is not None and since < user.sessions_valid_from)
    )
