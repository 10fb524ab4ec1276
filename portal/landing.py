"""Where people land after signing in, and which session limits they have."""

from typing import Any

from django.urls import reverse

from common.clock import local_day, now
from offices.access import current_posts
from offices.models import Role


def landing_page(user: Any) -> str:
    """Return the path where somebody goes on: desk, leader's list, what they manage, else dossiers. One query."""
    roles = {post.role for post in current_posts(user, local_day(now()))}
    if roles & {Role.CLERK, Role.SPECIALIST}:
        return reverse("desk:home")
    if Role.LEADER in roles:
        return reverse("leader:home")
    if Role.PUBLISHER in roles:
        return reverse("manage:procedures")
    if Role.ADMINISTRATOR in roles:
        return reverse("manage:people")
    # Cashiers have no page of their own until fees are built.
    return reverse("accounts:profile" if roles else "applicant:dossiers")


def audience(user: Any) -> str:
    """Return ``officer`` for somebody who holds a post today, else ``citizen``. One query."""
    return "officer" if current_posts(user, local_day(now())) else "citizen"
