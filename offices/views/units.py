"""The units of an administrator: the tree, one unit, its data and its opening hours."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.onetime import once
from common.refusals import fingerprint
from common.values import divisions
from common.web.screens import Screen, answer, done, press, sent, shows_form

from ..forms.units import HoursForm, UnitAddForm, UnitChangeForm
from ..models import Unit, UnitKind
from ..units import changes
from ..units.hours import hours_lines
from .guards import administrator_only
from .scope import Administrator, administrator_of


@administrator_only
@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    """Show the units as a tree. No query beyond the scope's."""
    admin = administrator_of(request)
    return render(request, "manage/installation/units.html", {"nodes": changes.tree(admin.units)})


@administrator_only
@require_safe
def unit(request: HttpRequest, slug: str) -> HttpResponse:
    """One unit with all that is known about it."""
    admin = administrator_of(request)
    found = admin.unit(slug)
    commune = divisions.commune(found.division_code)
    province = divisions.province(commune.province if commune else found.division_code)
    page = {
        "unit": found,
        "above": admin.by_pk.get(found.parent_id) if found.parent_id else None,
        "children": [one for one in admin.units if one.parent_id == found.pk],
        "hours": hours_lines(found.opening_hours.all()),
        "place": ", ".join(place.name for place in (commune, province) if place is not None),
        "obstacles": changes.obstacles(found, admin.now) if found.is_active else [],
    }
    return render(request, "manage/installation/unit.html", page)


@administrator_only
@shows_form
def add(request: HttpRequest) -> HttpResponse:
    """Add a unit below one of the administrator's, or on top when they look after all."""
    admin = administrator_of(request)
    form = UnitAddForm(sent(request), initial=_suggested(request, admin))
    form.prepare(_possible_parents(admin), unit=None, may_be_top=admin.looks_after_all, today=admin.day)

    def act() -> str:
        typed = form.cleaned_data
        made: list[Unit] = []
        once(
            typed["key"], "unit", admin.user.pk, typed["short_name"], admin.now,
            lambda: made.append(changes.add_unit(typed["kind"], form.values(), by=admin.user, now=admin.now)),
        )  # fmt: skip
        if not made:
            return reverse("manage:units")
        return done(request, _("The unit has been added."), "manage:unit", made[0].slug)

    lead = _("A unit without one above it: you become its administrator.") if admin.looks_after_all else ""
    screen = Screen(_("Add a unit"), _("Add the unit"), reverse("manage:units"), _("Units"), lead)
    return answer(request, form, screen, act)


@administrator_only
@shows_form
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what is known about a unit."""
    admin = administrator_of(request)
    found = admin.unit(slug)
    above = admin.by_pk.get(found.parent_id) if found.parent_id else None
    form = UnitChangeForm(
        sent(request),
        unit=found,
        parent_slug=above.slug if above else "",
        revision=fingerprint(*changes.unit_values(found)),
    )
    # Whoever stands above out of sight stays there.
    parents = _possible_parents(admin, found) if above is not None or found.parent_id is None else []
    form.prepare(parents, unit=found, may_be_top=found.parent_id is None, today=admin.day)
    if found.kind == UnitKind.PROVINCE:
        form.fields.pop("parent", None)

    def act() -> str:
        changes.change_unit(found, form.values(), revision=form.cleaned_data["revision"], by=admin.user, now=admin.now)
        return done(request, _("The unit has been changed."), "manage:unit", slug)

    screen = Screen(found.name, _("Save the changes"), reverse("manage:unit", args=[slug]), found.name, is_name=True)
    return answer(request, form, screen, act, revision=lambda: _fresh(found))


@administrator_only
@shows_form
def hours(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the opening hours of a unit."""
    admin = administrator_of(request)
    found = admin.unit(slug)
    rows = list(found.opening_hours.all())
    form = HoursForm(sent(request), unit=found, hours=rows, revision=fingerprint(hours_lines(rows)))

    def act() -> str:
        changes.change_hours(found, form.rows(), revision=form.cleaned_data["revision"], by=admin.user, now=admin.now)
        return done(request, _("The opening hours have been changed."), "manage:unit", slug)

    lead = _(
        "Terms are counted in these hours from now on. Due times already promised stay. Leave a day empty on which the "
        "desk is closed."
    )
    if found.parent_id is not None:
        lead += " " + _("Without any hours of its own the unit has those of the unit above.")
    title = _("Opening hours of %(unit)s") % {"unit": found.name}
    screen = Screen(title, _("Save the hours"), reverse("manage:unit", args=[slug]), found.name, lead)
    return answer(request, form, screen, act, revision=lambda: fingerprint(hours_lines(found.opening_hours.all())))


@administrator_only
@require_POST
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """Close a unit."""
    return _switch(request, slug, changes.close_unit, _("The unit is closed."))


@administrator_only
@require_POST
def open_again(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a closed unit again."""
    return _switch(request, slug, changes.open_unit, _("The unit is open again."))


def _switch(request: HttpRequest, slug: str, switch: Any, words: str) -> HttpResponse:
    admin = administrator_of(request)

    def act() -> str:
        switch(admin.unit(slug), by=admin.user, now=admin.now)
        return done(request, words, "manage:unit", slug)

    return press(request, act, reverse("manage:unit", args=[slug]))


def _possible_parents(admin: Administrator, unit: Unit | None = None) -> list[Unit]:
    """Return the open units that may stand above another one; not the unit itself nor one below it."""
    barred = changes.below(unit, admin.units) if unit is not None else set()
    return [one for one in admin.open_units if one.kind != UnitKind.DEPARTMENT and one.pk not in barred]


def _suggested(request: HttpRequest, admin: Administrator) -> dict[str, str]:
    """Return the unit above that a link named, when it is one of the administrator's."""
    slug = request.GET.get("parent", "")
    return {"parent": slug} if any(one.slug == slug for one in admin.open_units) else {}


def _fresh(unit: Unit) -> str:
    return fingerprint(*changes.unit_values(Unit.objects.get(pk=unit.pk)))
