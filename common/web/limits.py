"""How often something may be tried, counted in the database and never in the cache alone.

A counter is one row per bucket and window, raised by a single statement, so
that parallel requests cannot slip past. Call these functions **before** the
view opens its transaction: in autocommit each count is kept even when the
business that follows is rolled back, and on SQLite no second writer is needed.
Figures live in ``settings.LIMITS`` as ``{scope: (times, seconds)}``.
"""

import hashlib
import hmac
import ipaddress
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .. import alerts
from ..database.writing import raise_counter
from ..models import AlertKind, AttemptCounter

PAUSE = 30
# Between two tries of an address that has tried very many accounts or ID numbers.
SLOW_PAUSE = 60


@dataclass(frozen=True)
class Limit:
    """The outcome of one count: whether it is too much, and in how many seconds to try again."""

    exceeded: bool
    retry_after: int = 0
    count: int = 0


def client_ip(request: HttpRequest) -> str:
    """Return the client's address; IPv6 as its /64 network.

    Only the entries that ``TRUSTED_PROXY_COUNT`` proxies of our own wrote are
    believed: the list is read from the right.
    """
    address = request.META.get("REMOTE_ADDR", "")
    trusted = settings.TRUSTED_PROXY_COUNT
    if trusted:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= trusted:
            address = hops[-trusted]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _bucket(scope: str, subject: str) -> str:
    return hmac.new(settings.INDEX_KEY.encode(), f"limit\0{scope}\0{subject}".encode(), hashlib.sha256).hexdigest()


def _window(per: int, now: datetime) -> datetime:
    return datetime.fromtimestamp(math.floor(now.timestamp() / per) * per, UTC)


def hit(scope: str, subject: str, limit: int, per: int, now: datetime) -> Limit:
    """Count one try of ``subject`` at ``scope``; exceeded from the ``limit``-th plus one within ``per`` seconds."""
    window = _window(per, now)
    count = raise_counter(AttemptCounter, "count", bucket=_bucket(scope, subject), window=window)
    left = math.ceil((window + timedelta(seconds=per) - now).total_seconds())
    return Limit(exceeded=count > limit, retry_after=max(left, 1) if count > limit else 0, count=count)


def count_of(scope: str, subject: str, per: int, now: datetime) -> int:
    """Return how often ``subject`` tried ``scope`` in the present window. One query."""
    row = AttemptCounter.objects.filter(bucket=_bucket(scope, subject), window=_window(per, now)).first()
    return row.count if row else 0


def forgive(scope: str, subject: str, per: int, now: datetime) -> None:
    """Take one count back, after a try that turned out right."""
    AttemptCounter.objects.filter(bucket=_bucket(scope, subject), window=_window(per, now), count__gt=0).update(
        count=F("count") - 1
    )


def delay(scope: str, subject: str, free: int, per: int, now: datetime) -> Limit:
    """Count one try; after ``free`` of them let only one through in half a minute.

    Nobody is locked out: however often a stranger fails, the next try is half a minute away.
    """
    tried = hit(scope, subject, free, per, now)
    if not tried.exceeded:
        return tried
    return hit(f"{scope}:pause", subject, 1, PAUSE, now)


def hit_different(request: HttpRequest, scope: str, subject: str, now: datetime) -> Limit:
    """Count a try of the client's address at one of many subjects: an account, an ID number.

    ``count`` is how many different ones the address has tried; :func:`is_asked` says from when on the question in
    words must be answered. From ``LIMITS["different_slowed"]`` on one try a minute gets through. Every try also
    counts for the whole installation until :func:`forgive_different` takes it back. Two to four statements.
    """
    slowed, per = settings.LIMITS["different_slowed"]
    address = client_ip(request)
    if hit(f"{scope}:tried", f"{address}\0{subject}", 1, per, now).count == 1:
        count = hit(f"{scope}:different", address, slowed, per, now).count
    else:
        count = count_different(request, scope, now)
    _watch_installation(now)
    if count < slowed:
        return Limit(exceeded=False, count=count)
    paused = hit(f"{scope}:slow", address, 1, SLOW_PAUSE, now)
    return Limit(paused.exceeded, paused.retry_after, count)


def count_different(request: HttpRequest, scope: str, now: datetime) -> int:
    """Return how many different subjects the client's address has tried lately. One query."""
    return count_of(f"{scope}:different", client_ip(request), settings.LIMITS["different_slowed"][1], now)


def is_asked(different: int) -> bool:
    """Say whether an address that tried so many different subjects must answer the question in words."""
    return different >= settings.LIMITS["different_asked"][0]


def forgive_different(request: HttpRequest, scope: str, subject: str, now: datetime) -> None:
    """Take a try back that turned out right: this subject was no guess. Two or three statements."""
    per, address = settings.LIMITS["different_slowed"][1], client_ip(request)
    tried = AttemptCounter.objects.filter(
        bucket=_bucket(f"{scope}:tried", f"{address}\0{subject}"), window=_window(per, now), count__gt=0
    )
    if tried.update(count=0):
        forgive(f"{scope}:different", address, per, now)
    forgive("failures", "", settings.LIMITS["failures"][1], now)


def _watch_installation(now: datetime) -> None:
    """Count for all addresses together; tell administrators once in a window that it is too much."""
    times, per = settings.LIMITS["failures"]
    if hit("failures", "", times, per, now).exceeded and hit("failures:told", "", 1, per, now).count == 1:
        detail = f"more than {times} in {per // 60} minutes"
        alerts.raise_alert(AlertKind.LIMITS_REACHED, now=now, detail=detail)


def hit_ip(request: HttpRequest, scope: str, now: datetime) -> Limit:
    """Count one try from the client's address; exceeded only at ``IP_FACTOR`` times the figure of ``scope``.

    ``count`` tells the caller when to ask the question in words
    (:func:`asks_question`). From half the refusal on, tries are delayed: a
    village shares one carrier address, a kiosk too.
    """
    times, per = settings.LIMITS[scope]
    address = client_ip(request)
    tried = hit(scope, address, times * settings.IP_FACTOR, per, now)
    if tried.exceeded or tried.count <= times * settings.IP_FACTOR // 2:
        return tried
    paused = hit(f"{scope}:pause", address, 1, 2, now)
    return Limit(exceeded=paused.exceeded, retry_after=paused.retry_after, count=tried.count)


def asks_question(request: HttpRequest, scope: str, now: datetime) -> bool:
    """Say whether an address has used up the normal rate of ``scope`` and must answer the question in words."""
    times, per = settings.LIMITS[scope]
    return count_of(scope, client_ip(request), per, now) >= times


def hit_target(scope: str, subject: str, now: datetime) -> Limit:
    """Count one try at a target (an account, an e-mail address, a dossier) with the figure in ``settings.LIMITS``."""
    times, per = settings.LIMITS[scope]
    return hit(scope, subject, times, per, now)


def too_many(request: HttpRequest, limit: Limit) -> HttpResponse:
    """Answer 429 with a page that says when to try again, and ``Retry-After``."""
    response = render(
        request,
        "429.html",
        {"retry_after": limit.retry_after, "retry_minutes": math.ceil(limit.retry_after / 60)},
        status=429,
    )
    response["Retry-After"] = str(limit.retry_after)
    return response
