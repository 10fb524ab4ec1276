"""Where people land after signing in, and which session limits they have."""

from typing import Any

from django.urls import reverse

from common.clock import local_day, now
from offices.access import current_posts
from offices.models import Role


def landing_page(user: Any) -> str:
    """Return the path where somebody goes on: desk, leader's list, cash, what they manage or audit, else dossiers.

    One query.
    """
    roles = {post.role for post in current_posts(user, local_day(now()))}
    if roles & {Role.CLERK, Role.SPECIALIST}:
        return reverse("desk:home")
    if Role.LEADER in roles:
        return reverse("leader:home")
    if Role.CASHIER in roles:
        return reverse("money:cash")
    if Role.PUBLISHER in roles:
        return reverse("manage:procedures")
    if Role.ADMINISTRATOR in roles:
        return reverse("manage:people")
    if Role.AUDITOR in roles:
        return reverse("audit:home")
    return reverse("accounts:profile" if roles else "applicant:dossiers")


def audience(user: Any) -> str:
    """Return ``officer`` for somebody who holds a post today, else ``citizen``. One query."""
    return "officer" if current_posts(user, local_day(now())) else "citizen"
