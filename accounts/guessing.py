"""How often somebody may try to sign in, so that nobody guesses a password and nobody keeps an owner out.

Three counts within 15 minutes, the figures in ``settings.LIMITS``: a pair of account and known browser, or of account
and address, is slowed to one try in half a minute; an address that tries many accounts is asked the question in
words, then slowed to one try a minute; an account that is tried from everywhere is asked for with the question. A
browser that knows the account is only ever slowed by its own tries. A right password takes its count back.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from common.secret import blind_index
from common.values.identity import compact
from common.web import limits
from common.web.limits import Limit

from . import browsers
from .models import User

SCOPE = "sign_in"


@dataclass(frozen=True)
class Attempt:
    """One try: the account (a keyed name, the same however it is typed) and the browser or address it comes from."""

    account: str
    browser: str
    address: str

    @property
    def pair(self) -> str:
        """What is slowed down."""
        return f"{self.account}\0{self.browser or self.address}"


def attempt(request: HttpRequest, login: str) -> Attempt:
    """Return who tries what. At most two queries; an unknown account is asked for in the same way."""
    user = User.objects.find(login)
    account = blind_index(SCOPE, f"account {user.pk}" if user else f"nobody {compact(login)}")
    return Attempt(account, browsers.name_of(request, user) if user else "", limits.client_ip(request))


def count(request: HttpRequest, tried: Attempt, now: datetime) -> tuple[Limit, bool]:
    """Count a form before it is read; returns (limit, whether the question must be answered). Four queries at most."""
    if tried.browser:
        return Limit(exceeded=False), False
    limit = limits.hit_different(request, SCOPE, tried.account, now)
    if limit.exceeded:
        return limit, True
    everywhere = limits.hit_target("sign_in_everywhere", tried.account, now)
    return limit, everywhere.exceeded or limits.is_asked(limit.count)


def slow_down(tried: Attempt, now: datetime) -> Limit:
    """Count a password that is about to be compared."""
    return limits.delay("sign_in_pair", tried.pair, *settings.LIMITS["sign_in_pair"], now)


def forgive(request: HttpRequest, tried: Attempt, now: datetime) -> None:
    """Take the counts back of a try that turned out right."""
    limits.forgive("sign_in_pair", tried.pair, settings.LIMITS["sign_in_pair"][1], now)
    if not tried.browser:
        limits.forgive("sign_in_everywhere", tried.account, settings.LIMITS["sign_in_everywhere"][1], now)
        limits.forgive_different(request, SCOPE, tried.account, now)


def asks_first(request: HttpRequest, now: datetime) -> bool:
    """Say whether an empty form shows the question: many accounts were tried from here, by a browser nobody used."""
    return not browsers.knows_somebody(request) and limits.is_asked(limits.count_different(request, SCOPE, now))
