"""One-time keys: a form sent twice acts once."""

import re
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from common.refusals import Refused

from .database.writing import add_once
from .models import OneTimeKey

SUBJECT_LENGTH = 64
_SHAPE = re.compile(r"[A-Za-z0-9]{32}")


class KeyMisused(Refused):
    """A key that is malformed, or was used by another account or for another thing."""

    def __init__(self) -> None:
        super().__init__(_("This page is too old. Open it again."), code="key")


def new_key() -> str:
    """Return a fresh random key for a form (190 bits)."""
    return get_random_string(32)


def use_key(key: str, purpose: str, user_id: int | None, subject: str, now: datetime) -> str | None:
    """Claim a key inside the caller's transaction.

    Returns None for the first caller, who goes on and makes ``subject``; a later
    caller gets the subject that the first one made. A concurrent caller waits for
    the first one's commit; when that rolls back, the key is free again. Raises
    :class:`KeyMisused` when the key is malformed or belongs to another account. One statement, a later caller two.
    """
    if not _SHAPE.fullmatch(key):
        raise KeyMisused
    if add_once(OneTimeKey, key=key, purpose=purpose, user_id=user_id, subject=subject, at=now):
        return None
    owner, made = OneTimeKey.objects.values_list("user_id", "subject").get(key=key, purpose=purpose)
    if owner != user_id:
        raise KeyMisused
    return made


def once(
    key: str, purpose: str, user_id: int | None, subject: str, now: datetime, make: Callable[[], object]
) -> str | None:
    """Make something in one transaction with its key; a form sent again makes nothing.

    Returns None when it was made, else the subject that the first one made. Raises like :func:`use_key`.
    """
    with transaction.atomic():
        earlier = use_key(key, purpose, user_id, subject[:SUBJECT_LENGTH], now)
        if earlier is None:
            make()
    return earlier
