"""What every page's frame needs: who runs the site, how it is shown, who looks at it."""

from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from articles.notices import maintenance
from common import alerts, heartbeat
from common.clock import local_day, now
from common.web.display import display_of
from dossiers.querysets import DESK_ROLES
from offices.access import current_posts, looks_after_all
from offices.calendar.office_calendar import missing_years
from offices.models import Role
from payments.audit.guards import READERS


def site_unit() -> SimpleNamespace:
    """Return the authority that runs the site, from settings: pages show it even while the database is down."""
    site = SimpleNamespace(**settings.SITE)
    site.title = _("Public services of %(place)s") % {"place": site.name}
    return site


def portal(request: HttpRequest) -> dict[str, Any]:
    """Give templates DEMO, display, site_unit, here, works (maintenance that is near or goes on), session_left (in
    seconds), acting (the organisation that the person acts for, with the membership), is_officer (of the desk),
    is_clerk, is_leader, is_cashier, reads_money, is_publisher, is_administrator, looks_after_all, missing_years
    (whose days off should have been entered) and alert_count
    (alerts that no administrator has acknowledged; 0 for everybody else).

    Costs no query on anonymous pages; one for a signed-in person, when the menu asks for the posts, and one
    more on officers' pages that show a missing calendar.
    """
    roles = SimpleLazyObject(lambda: _roles_today(request))
    return {
        "DEMO": settings.DEMO,
        "display": display_of(request),
        "site_unit": site_unit(),
        "here": request.get_full_path(),
        "works": SimpleLazyObject(lambda: maintenance.near(now())),
        "session_left": getattr(request, "session_left", 0),
        "acting": getattr(request, "acting", None),
        "is_officer": SimpleLazyObject(lambda: not roles.isdisjoint(DESK_ROLES)),
        "is_clerk": SimpleLazyObject(lambda: Role.CLERK in roles),
        "is_leader": SimpleLazyObject(lambda: Role.LEADER in roles),
        "is_cashier": SimpleLazyObject(lambda: Role.CASHIER in roles),
        "reads_money": SimpleLazyObject(lambda: not roles.isdisjoint(READERS)),
        "is_publisher": SimpleLazyObject(lambda: Role.PUBLISHER in roles),
        "is_administrator": SimpleLazyObject(lambda: Role.ADMINISTRATOR in roles),
        "looks_after_all": SimpleLazyObject(
            lambda: Role.ADMINISTRATOR in roles and looks_after_all(_person(request), local_day(now()))
        ),
        "alert_count": SimpleLazyObject(lambda: _alert_count() if Role.ADMINISTRATOR in roles else 0),
        "missing_years": SimpleLazyObject(lambda: missing_years(local_day(now()))),
    }


def _alert_count() -> int:
    """Return how many alerts nobody has acknowledged, silent workers included. One query."""
    return alerts.unseen().values("pk").union(heartbeat.overdue(now()).values("pk"), all=True).count()


def _roles_today(request: HttpRequest) -> frozenset[str]:
    user = _person(request)
    if user is None or not user.is_authenticated:
        return frozenset()
    return frozenset(post.role for post in current_posts(user, local_day(now())))


def _person(request: HttpRequest) -> Any:
    """Return who is signed in, whoever it acts for; posts are a person's."""
    return getattr(request, "person", None) or getattr(request, "user", None)
