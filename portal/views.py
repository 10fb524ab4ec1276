"""Pages for everybody: home, help, contact, accessibility, privacy, site map. No session, no token."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from common.clock import local_day, now
from common.text import page_language
from reports.visits.figures import visit_rows

from .home import home_page
from .units import unit_cards


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show search, life events, the most used procedures, look-up, the units and how often the portal is visited.

    No query when it is kept, one after visits were written down.
    """
    (written,) = home_page(local_day(now()), page_language())
    visits = visit_rows(now())
    return render(request, "portal/home.html", {"written": mark_safe(written), "visits": visits})  # noqa: S308


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain how to file, follow, supplement and collect."""
    pays = settings.PAYS_ONLINE
    words = {
        "has_two_names": settings.LEVEL_NAMES == "two",
        "pays_online": pays,
        "level_4": _("You file and pay online and get the result online or by post.")
        if pays
        else _("You file online and get the result online or by post."),
    }
    return render(request, "portal/help.html", words)


@login_not_required
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """List the units with address, phone and opening hours. No query when they are kept."""
    return render(request, "portal/contact.html", {"units": unit_cards(page_language())})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """State how accessible the portal is and whom to tell."""
    return render(request, "portal/accessibility.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept about people, why, how long, and which rights they have."""
    return render(request, "portal/privacy.html")


# Groups of (URL name, text) in the order of the site map.
SITE_MAP = (
    (
        _("Services"),
        (
            ("home", _("Home")),
            ("procedures:find", _("Find a procedure")),
            ("track:find", _("Track a dossier")),
            ("feedback:give", _("Send feedback")),
            ("feedback:track", _("Follow feedback")),
            ("feedback:published", _("Answers to feedback")),
            ("articles:notices", _("Notices")),
            ("statistics:figures", _("Figures of resolved dossiers")),
            ("statistics:targets", _("Targets of the units")),
            ("rating:ratings", _("What people say")),
            ("rating:find", _("Rate a dossier")),
        ),
    ),
    (
        _("Your account"),
        (
            ("account_login", _("Sign in")),
            ("account_signup", _("Create account")),
            ("account_reset_password", _("Forgotten password")),
            ("applicant:dossiers", _("My dossiers")),
            ("accounts:profile", _("Account")),
        ),
    ),
    (
        _("About this portal"),
        (
            ("help", _("Help")),
            ("articles:guides", _("Guides with pictures")),
            ("contact", _("Contact")),
            ("accessibility", _("Accessibility")),
            ("privacy", _("Protection of personal data")),
            ("display", _("Text size and contrast")),
        ),
    ),
)


@login_not_required
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """List every page that has an address of its own."""
    groups = [(title, [(reverse(name), text) for name, text in entries]) for title, entries in SITE_MAP]
    return render(request, "portal/site_map.html", {"groups": groups})
