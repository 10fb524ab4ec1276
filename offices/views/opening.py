"""Opening a unit to filing: the checklist, and the button."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common.web.screens import Screen, answer, done, sent, shows_form

from ..forms.units import OpeningForm
from ..units import opening
from .guards import administrator_only
from .scope import administrator_of


@administrator_only
@shows_form
def filing(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what an opening needs, and open."""
    admin = administrator_of(request)
    unit = admin.unit(slug)
    checks = opening.checklist(unit, admin.now)
    form = OpeningForm(sent(request), is_ready=all(check.is_done for check in checks), **admin.asked)

    def act() -> str:
        opening.open_filing(unit, anyway=form.cleaned_data.get("anyway", False), by=admin.user, now=admin.now)
        return done(request, _("%(unit)s takes dossiers now.") % {"unit": unit.name}, "manage:unit", slug)

    title = _("Filing with %(unit)s") if unit.filing_since else _("Open %(unit)s to filing")
    lead = _("Until then nobody files with this unit, online or at the desk, and no page offers its procedures.")
    screen = Screen(
        title % {"unit": unit.name},
        _("Open the unit to filing"),
        reverse("manage:unit", args=[slug]),
        unit.name,
        "" if unit.filing_since else lead,
    )
    return answer(request, form, screen, act, template="manage/installation/unit_filing.html", checks=checks, unit=unit)
