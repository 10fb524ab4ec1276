"""Administrators set what their units are to reach."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.onetime import once
from common.refusals import revision_of
from common.web.hidden import hidden
from common.web.screens import Screen, answer, done, press, sent, shows_form
from offices.views.guards import administrator_only
from offices.views.scope import Administrator, administrator_of

from ..models import Target
from . import setting
from .forms import TargetAddForm, TargetChangeForm
from .reaching import reached, year_of


@administrator_only
@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    """Show the targets of a year and how far the units have come. Three queries beyond the scope's."""
    admin = administrator_of(request)
    year = year_of(request.GET.get("year"), admin.day.year)
    page = {"year": year, "found": reached(year, admin.day, admin.unit_ids), "years": (year - 1, year + 1)}
    return render(request, "manage/targets.html", page)


@administrator_only
@shows_form
def add(request: HttpRequest) -> HttpResponse:
    """Set a target of one of the administrator's units."""
    admin = administrator_of(request)
    year = year_of(request.GET.get("year"), admin.day.year)
    form = TargetAddForm(sent(request), units=admin.open_units, initial={"year": year})

    def act() -> str:
        typed = form.cleaned_data
        values = typed["unit"], typed["year"], typed["level"], typed["measure"], typed["value"]
        once(
            typed["key"], "target", admin.user.pk, f"{typed['unit'].pk}/{typed['year']}", admin.now,
            lambda: setting.set_target(*values, by=admin.user, now=admin.now),
        )  # fmt: skip
        return done(request, _("The target has been set."), _address(typed["year"]))

    screen = Screen(_("Set a target"), _("Set the target"), _address(year), _("Targets"))
    return answer(request, form, screen, act)


@administrator_only
@shows_form
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how much is to be reached, or remove the target."""
    admin = administrator_of(request)
    target = _target(admin, pk)
    form = TargetChangeForm(sent(request), target=target)

    def act() -> str:
        value, revision = form.cleaned_data["value"], form.shown_revision()
        setting.change_target(pk, value, revision=revision, by=admin.user, now=admin.now)
        return done(request, _("The target has been changed."), _address(target.year))

    lead = f"{target.unit.name}, {target.year}: {target.get_measure_display()}, {_('level')} {target.level}"
    screen = Screen(_("Change the target"), _("Change the target"), _address(target.year), _("Targets"), lead)

    def revision() -> Any:
        return Target.objects.filter(pk=pk).values_list("revision", flat=True).first() or 0

    template = "manage/target_change.html"
    return answer(request, form, screen, act, revision=revision, template=template, target=target)


@administrator_only
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a target."""
    admin = administrator_of(request)
    target = _target(admin, pk)

    def act() -> str:
        revision = revision_of(request.POST.get("revision", ""))
        setting.remove_target(pk, revision=revision, by=admin.user, now=admin.now)
        return done(request, _("The target has been removed."), _address(target.year))

    return press(request, act, reverse("manage:target_change", args=[pk]))


def _target(admin: Administrator, pk: int) -> Target:
    """Return a target of the administrator's units. Raises Http404."""
    found = Target.objects.filter(pk=pk, unit__in=admin.unit_ids).select_related("unit").first()
    if found is None:
        raise hidden(Target, pk=pk)
    return found


def _address(year: int) -> str:
    return f"{reverse('manage:targets')}?year={year}"
