"""A real installation: every secret comes from the environment, and doubtful settings stop the start."""

from email.utils import parseaddr
from itertools import combinations
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from common.values.mail_address import ascii_address

# First: it stops what the settings themselves could not read.
from . import faults  # isort: split

from . import base, payments
from .base import *  # noqa: F403
from .base import ALLOWED_HOSTS, DATABASES, FIELD_KEYS, SITE_URL, TRUSTED_PROXY_COUNT, env
from .faults import REQUIRED

SHORTEST_SECRET = 32
MAIL_SCHEMES = ("smtp", "smtps", "smtp+tls", "smtp+ssl")


def problems() -> list[str]:
    """Return why this installation must not start, one sentence each."""
    found = faults.missing() + mail_faults() + equal_keys()
    for name in ("SECRET_KEY", "INDEX_KEY"):
        value = env.str(name, default="")
        if value and ("demo" in value or len(value) < SHORTEST_SECRET):
            found.append(f"{name} is a demonstration key or too short: give {REQUIRED[name]}.")
    if env.str("FIELD_KEYS", default=""):
        found += [f"FIELD_KEYS holds an unfit key: give {REQUIRED['FIELD_KEYS']}." for _ in unfit_keys(FIELD_KEYS)[:1]]
    if any("demo" in key or len(key) < SHORTEST_SECRET for key in env.list("HISTORY_KEYS", default=[])):
        found.append(f"HISTORY_KEYS holds a demonstration key or one too short: give {REQUIRED['HISTORY_KEYS']}.")
    if env.bool("DEBUG", default=False):
        found.append("DEBUG is on: it shows the program's inside to everybody.")
    if any("*" in host for host in ALLOWED_HOSTS):
        found.append("ALLOWED_HOSTS may not contain *: name each host.")
    site = urlsplit(SITE_URL)
    if env.str("SITE_URL", default="") and site.scheme != "https":
        found.append("SITE_URL must begin with https://.")
    if DATABASES["default"]["ENGINE"].endswith("sqlite3") and not env.bool("ALLOW_SQLITE", default=False):
        found.append("DATABASE_URL names SQLite: use PostgreSQL, or set ALLOW_SQLITE=1 for a single small commune.")
    if TRUSTED_PROXY_COUNT < 1:
        found.append("TRUSTED_PROXY_COUNT is not set: a proxy with TLS must stand in front; give how many do (1).")
    return found + payments.payment_faults()


def mail_faults() -> list[str]:
    """Return why mail would not leave: no mail server, or a sender that no server takes."""
    found = []
    server, sender = env.str("EMAIL_URL", default=""), env.str("DEFAULT_FROM_EMAIL", default="")
    parts = urlsplit(server)
    if server and (parts.scheme not in MAIL_SCHEMES or not parts.hostname):
        found.append(f"EMAIL_URL names no mail server, so messages reach nobody: give {REQUIRED['EMAIL_URL']}.")
    if sender and not is_sender(parseaddr(sender)[1]):
        found.append(f"DEFAULT_FROM_EMAIL is no address: give {REQUIRED['DEFAULT_FROM_EMAIL']}.")
    return found


def is_sender(address: str) -> bool:
    """Tell whether mail servers take an address as the sender of mail to others."""
    try:
        return "." in ascii_address(address).rpartition("@")[2]
    except ValueError:
        return False


def equal_keys() -> list[str]:
    """Return the keys that are given twice: whoever learns one of them would hold the other."""
    keys = {name: set(env.list(name, default=[])) for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "HISTORY_KEYS")}
    pairs = [(first, second) for first, second in combinations(keys, 2) if keys[first] & keys[second]]
    return [f"{second} is the same as {first}: give {REQUIRED[second]}." for first, second in pairs]


def unfit_keys(keys: list[str]) -> list[str]:
    """Return the keys that cannot encrypt or that everybody knows."""
    unfit = []
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            unfit.append(key)
            continue
        if key in base.DEMO_FIELD_KEYS:
            unfit.append(key)
    return unfit


if found := problems():
    faults.refuse(found)

DEBUG = False
DEMO = False
# Only here an account's own number is shown and believed.
VIETQR = payments.vietqr(payments.given)
PAYS_ONLINE = bool(payments.VNPAY["base_url"] or VIETQR["account"])
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL.rstrip("/")])

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
# Probes come from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Preloading binds the whole domain, which belongs to the province and not to the portal.
SILENCED_SYSTEM_CHECKS = [*base.SILENCED_SYSTEM_CHECKS, "security.W021"]

# Browsers keep __Host- cookies to this host, this path and TLS.
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
BROWSER_COOKIE_NAME = "__Host-browser"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # A query that takes longer is broken; `manage.py prepare` lifts this for migrations.
    DATABASES["default"]["OPTIONS"]["options"] += " -c statement_timeout=15s"
