"""Pages for everybody: home, help, contact, accessibility, privacy, site map. No session, no token."""

from datetime import date

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from common.clock import local_day, now
from common.text import page_language
from procedures.finding.search import life_events
from procedures.labels import event_name
from procedures.models import ProcedureVersion

from .units import unit_cards

MOST_USED = 8


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show search, life events, the most used procedures, look-up and the units. Four queries."""
    events = [(event.code, event_name(event)) for event in life_events()]
    context = {"procedures": _most_used(local_day(now())), "events": events, "units": unit_cards()}
    return render(request, "portal/home.html", context)


def _most_used(day: date) -> list[dict[str, str]]:
    """Return code, name and its language of the procedures filed most often. One query."""
    versions = (
        ProcedureVersion.objects.in_force(day)
        .order_by("-procedure__popularity", "procedure__code", "-number")
        .values_list("procedure__code", "name", "name_en")
    )
    english = page_language() == "en"
    rows: dict[str, dict[str, str]] = {}
    # Two versions of one procedure may overlap: the newest number stands first and counts.
    for code, name, name_en in versions[: MOST_USED * 2]:
        in_english = english and bool(name_en)
        rows.setdefault(
            code, {"code": code, "name": name_en if in_english else name, "language": "en" if in_english else "vi"}
        )
    return list(rows.values())[:MOST_USED]


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain how to file, follow, supplement and collect."""
    return render(request, "portal/help.html", {"has_two_names": settings.LEVEL_NAMES == "two"})


@login_not_required
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """List the units with address, phone and opening hours. Two queries."""
    return render(request, "portal/contact.html", {"units": unit_cards()})


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
