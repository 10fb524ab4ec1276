"""Where people land after signing in, and which session limits they have."""

from typing import Any

from django.urls import reverse

from common.clock import local_day, now
from offices.access import current_posts
from offices.models import Role


def landing_page(user: Any) -> str:
    """Return the path where somebody goes on: desk, leader's list, dossiers; else an officer's account. One query."""
    roles = {post.role for post in current_posts(user, local_day(now()))}
    if roles & {Role.CLERK, Role.SPECIALIST}:
        return reverse("desk:home")
    if Role.LEADER in roles:
        return reverse("leader:home")
    # Cashiers, publishers and administrators are nothing to the desk.
    return reverse("accounts:profile" if roles else "my:dossiers")


def audience(user: Any) -> str:
    """Return ``officer`` for somebody who holds a post today, else ``citizen``. One query."""
    return "officer" if current_posts(user, local_day(now())) else "citizen"
