"""What stops a real installation: looked for before the settings are read, told without a traceback."""

import sys
from collections.abc import Iterable
from typing import NoReturn

from .environment import env
from .storage import storage_from_url

REQUIRED = {
    "SECRET_KEY": "a random text of 50 characters or more",
    "FIELD_KEYS": "32 random bytes in url-safe base64 (openssl rand -base64 32 | tr +/ -_), the newest first",
    "INDEX_KEY": "a random text of 50 characters or more, never changed later",
    "HISTORY_KEYS": "random texts of 50 characters or more, the newest first; old ones stay",
    "ALLOWED_HOSTS": "the portal's host names, separated by commas",
    "SITE_URL": "the portal's address, https://…",
    "SITE_NAME": "the commune's name, such as: xã Xuân Bắc",
    "SITE_AGENCY": "who runs this site, such as: Ủy ban nhân dân xã Xuân Bắc, tỉnh Đồng Nai",
    "SITE_RESPONSIBLE": "who answers for its content, such as: Chánh Văn phòng HĐND và UBND xã",
    "SITE_ADDRESS": "where the one-stop desk is",
    "SITE_PHONE": "a telephone number where people get help",
    "SITE_EMAIL": "an email address where people get help",
    "DATABASE_URL": "the database, postgres://user:password@host/name",
    "EMAIL_URL": "the mail server, smtp+tls://user:password@host:587",
    "DEFAULT_FROM_EMAIL": "the address that mail comes from, such as: Một Cửa <mot-cua@xa.example.vn>",
}
_NUMBER, _YES_OR_NO = (env.int, "a whole number"), (env.bool, "1 or 0")
_TYPED = {
    "DATABASE_URL": (env.db_url, REQUIRED["DATABASE_URL"]),
    "STORAGE_URL": (lambda name: storage_from_url(env.str(name)), "s3://key:secret@host/bucket?region=…"),
    "DEBUG": _YES_OR_NO,
    "ALLOW_SQLITE": _YES_OR_NO,
    "TRUSTED_PROXY_COUNT": _NUMBER,
    "CONN_MAX_AGE": _NUMBER,
    "NOTIFICATION_LEASE_SECONDS": _NUMBER,
    "NOTIFICATION_SWEEP_SECONDS": _NUMBER,
    "STORE_FREE_BYTES": _NUMBER,
    "PARSERS_AT_ONCE": _NUMBER,
    "PAGE_CACHE_SECONDS": _NUMBER,
    "KEPT_SECONDS": _NUMBER,
    "VISIT_SECONDS": _NUMBER,
    "MASS_READING_DOSSIERS": _NUMBER,
    "CREDITS_SECONDS": _NUMBER,
    "PROVIDER_TIMEOUT": (env.float, "seconds, such as 10"),
    "VNPOST_CODES": (env.json, '{"the carrier\'s code": "what it means"}'),
}
# gunicorn gives up at once on a process that ends so, instead of starting it again and again.
EXIT_STATUS = 3


def missing() -> list[str]:
    """Return a sentence for each required setting that is not given."""
    return [f"{name} is not set: give {what}." for name, what in REQUIRED.items() if not env.str(name, default="")]


def unreadable() -> list[str]:
    """Return a sentence for each setting that is not of its kind; the value itself may be a secret and is not told."""
    found = []
    for name, (read, what) in _TYPED.items():
        try:
            if env.str(name, default=""):
                read(name)
        except Exception:
            found.append(f"{name} cannot be read: give {what}.")
    return found


def refuse(found: Iterable[str]) -> NoReturn:
    """Say why the portal does not start and end this process."""
    print("This portal does not start:\n- " + "\n- ".join(found), file=sys.stderr, flush=True)
    raise SystemExit(EXIT_STATUS)


# Before the settings are read, which would fail with a traceback at the first of them.
if _found := unreadable():
    refuse([*missing(), *_found])
