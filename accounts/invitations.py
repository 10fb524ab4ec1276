"""Links with which somebody chooses a password: officers who were invited, and officers whose access was reset.

A link is signed, names the account, and works for three days and once: it is
bound to the password that the account had when the link was made.
"""

import hashlib
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from .models import User

VALID_FOR = timedelta(days=3)
_SALT = "accounts.invitations"


def invitation_url(user: User) -> str:
    """Return the link of a mail, from ``SITE_URL`` and never from the Host header."""
    token = signing.dumps({"u": user.pk, "s": _state(user)}, salt=_SALT)
    return settings.SITE_URL.rstrip("/") + reverse("accounts:invitation", args=[token])


def invited(token: str) -> User | None:
    """Return the active account that a link is for; None when it is wrong, too old or was used. One query."""
    try:
        content = signing.loads(token, salt=_SALT, max_age=VALID_FOR)
        user = User.objects.filter(pk=content["u"], is_active=True).first()
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
    return user if user is not None and content.get("s") == _state(user) else None


def accept(user: User, password: str, now: datetime) -> bool:
    """Set the password chosen with a link and confirm the address it was sent to; False when it was used meanwhile.

    Every session that was open before has ended then.
    """
    before = user.password
    user.set_password(password)
    with transaction.atomic():
        changed = User.objects.filter(pk=user.pk, password=before, is_active=True).update(
            password=user.password, sessions_valid_from=now
        )
        if changed == 1 and user.email:
            EmailAddress.objects.update_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )
    return changed == 1


def has_accepted(user: User) -> bool:
    """Tell whether an account has a password with which it can sign in."""
    return user.has_usable_password()


def _state(user: User) -> str:
    """Return what changes as soon as a link has been used, without telling anything about the password."""
    return hashlib.sha256(f"{user.password}\0{user.email}".encode()).hexdigest()[:16]
