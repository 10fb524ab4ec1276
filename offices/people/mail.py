"""Mails to officers about their access; plain text in the recipient's language, through Django's mail backend."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.invitations import VALID_FOR, has_accepted, invitation_url
from accounts.models import User

from ..models import Post, Role

if TYPE_CHECKING:
    from .changes import Terms


def invitation(user: User, terms: Iterable["Terms"], by: User) -> None:
    """Invite somebody who has no account yet to choose a password."""
    _send("invitation", user, by, link=invitation_url(user), posts=_posts(user, terms))


def posts_given(user: User, terms: Iterable["Terms"], by: User) -> None:
    """Tell the holder of an account which posts it has been given.

    One that was never used gets a link as well, and so does one whose address
    is unconfirmed: somebody else may have typed it and chosen the password.
    """
    is_unconfirmed = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=False).exists()
    link = invitation_url(user) if is_unconfirmed or not has_accepted(user) else ""
    _send("posts_given", user, by, link=link, posts=_posts(user, terms))


def link(user: User, by: User) -> None:
    """Send a link for choosing a password: the invitation once more, or access that is reset."""
    _send("password" if has_accepted(user) else "invitation", user, by, link=invitation_url(user), posts=[])


def post_waits(user: User, post: Post, to: Iterable[User], by: User) -> None:
    """Tell the other administrators that a post waits for one of them."""
    for one in to:
        with translation.override(one.language):
            words = f"{Role(post.role).label}, {post.unit.name}"
        link = settings.SITE_URL.rstrip("/") + reverse("manage:person", args=[user.pk])
        _send("post_waits", one, by, holder=user.full_name, post=words, link=link)


def account_closed(user: User, by: User) -> None:
    """Tell somebody that the account no longer signs in."""
    _send("account_closed", user, by)


def _posts(user: User, terms: Iterable["Terms"]) -> list[str]:
    with translation.override(user.language):
        return [f"{Role(one.role).label}, {one.unit.name}" for one in terms]


def _send(kind: str, user: User, by: User, **context: Any) -> None:
    """Write one mail; nobody is written to whose account has no address."""
    if not user.email:
        return
    with translation.override(user.language):
        values = {
            "name": user.full_name,
            "by": by.full_name,
            "days": VALID_FOR.days,
            "site": settings.SITE["agency"],
            "phone": settings.SITE["phone"],
            "login_url": settings.SITE_URL.rstrip("/") + reverse("account_login"),
            **context,
        }
        text = render_to_string(f"manage/installation/mail/{kind}.txt", values).strip()
        subject, _empty, body = text.partition("\n")
        send_mail(subject.strip(), body.lstrip("\n") + "\n", None, [user.email])
