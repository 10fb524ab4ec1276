"""Where people land after signing in, and which session limits they have."""

from typing import Any

from django.urls import reverse

from common.clock import local_day, now
from offices.access import current_posts
from offices.models import Role


def landing_page(user: Any) -> str:
    """Return the path where somebody goes on: leader's list, desk, or their dossiers. One query."""
    roles = {post.role for post in current_posts(user, local_day(now()))}
    if not roles:
        return reverse("my:dossiers")
    if roles & {Role.CLERK, Role.SPECIALIST} or Role.LEADER not in roles:
        return reverse("desk:home")
    return reverse("leader:home")


def audience(user: Any) -> str:
    """Return ``officer`` for somebody who holds a post today, else ``citizen``. One query."""
    return "officer" if current_posts(user, local_day(now())) else "citizen"
