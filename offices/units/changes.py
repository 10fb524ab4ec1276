"""Units added, changed, closed and opened again; every change leaves a line in the log.

All functions open their own transaction and lock the unit first: a post that
is given and a unit that is closed in the same moment wait for each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.refusals import Refused, require_fresh
from common.text import fold

from .. import hooks
from ..access import looks_after_all
from ..log import audit
from ..models import OpeningHours, Post, Role, Unit
from .hours import hours_lines, set_hours

FIELDS = (
    "parent_id",
    "name",
    "short_name",
    "identifier",
    "division_code",
    "tax_code",
    "address",
    "phone",
    "email",
    "map_url",
)


@dataclass
class Node:
    """A unit in the tree with those below it."""

    unit: Unit
    children: list["Node"] = field(default_factory=list)


def tree(units: Iterable[Unit]) -> list[Node]:
    """Return units as a tree; one whose unit above is not among them stands on top. No query."""
    nodes = {unit.pk: Node(unit) for unit in units}
    roots: list[Node] = []
    for node in nodes.values():
        above = nodes.get(node.unit.parent_id) if node.unit.parent_id else None
        (above.children if above is not None else roots).append(node)
    return roots


def below(unit: Unit, units: Iterable[Unit]) -> set[int]:
    """Return the primary keys of a unit and of all below it among these. No query."""
    found = {unit.pk}
    rest = [one for one in units if one.parent_id is not None]
    while True:
        more = {one.pk for one in rest if one.parent_id in found} - found
        if not more:
            return found
        found |= more


def unit_values(unit: Unit) -> tuple[Any, ...]:
    """Return what a page about a unit was made for."""
    return tuple(getattr(unit, name) for name in FIELDS)


def add_unit(kind: str, values: Mapping[str, Any], *, by: User, now: datetime) -> Unit:
    """Add a unit; who adds one without a unit above it becomes its administrator, else nobody would be."""
    parent: Unit | None = values.get("parent")
    if parent is None and not looks_after_all(by, local_day(now)):
        raise Refused(_("Only an administrator of the whole installation adds a unit on top."), code="who")
    with transaction.atomic():
        _check_parent(parent)
        unit = _saved(Unit(kind=kind, slug=_free_slug(values), **values))
        changes = [("kind", "", kind), *_changes({}, values)]
        _log("unit.add", unit, by, now, changes)
        if parent is None:
            Post.objects.create(user=by, unit=unit, role=Role.ADMINISTRATOR, valid_from=local_day(now))
            changes = [("role", "", Role.ADMINISTRATOR), ("valid_from", "", local_day(now))]
            audit.record("post.give", by, by=by, now=now, ref=str(by.pk), unit=unit, name=by.full_name, changes=changes)
    return unit


def change_unit(unit: Unit, values: Mapping[str, Any], *, revision: str, by: User, now: datetime) -> None:
    """Change what is known about a unit; its kind and its name in addresses of pages stay."""
    with transaction.atomic():
        held = Unit.objects.select_for_update().get(pk=unit.pk)
        require_fresh(revision, *unit_values(held), overtaken=partial(audit.overtaken, held, held.slug))
        if values.get("parent") is not None and values["parent"].pk != held.parent_id:
            _check_parent(values["parent"])
        before = {name: getattr(held, name) for name in values if name != "parent"}
        if "parent" in values:
            before["parent"] = held.parent
        changes = _changes(before, values)
        if not changes:
            return
        try:
            with transaction.atomic():
                Unit.objects.filter(pk=held.pk).update(**values)
        except IntegrityError as error:
            raise _identifier_taken() from error
        _log("unit.change", held, by, now, changes)


def change_hours(unit: Unit, rows: list[OpeningHours], *, revision: str, by: User, now: datetime) -> None:
    """Replace the opening hours of a unit; due times that were promised stay."""
    with transaction.atomic():
        held = Unit.objects.select_for_update().get(pk=unit.pk)
        before = hours_lines(held.opening_hours.all())
        require_fresh(revision, before, overtaken=partial(audit.overtaken, held, held.slug))
        set_hours(held, rows)
        after = hours_lines(rows)
        if before != after:
            _log("unit.hours", held, by, now, [("hours", "; ".join(before), "; ".join(after))])


def obstacles(unit: Unit, now: datetime) -> list[str]:
    """Return why a unit cannot be closed; empty when it can. Three queries and those of the hooks."""
    found = []
    today = local_day(now)
    if Unit.objects.filter(parent=unit, is_active=True).exists():
        found.append(_("Units below it are open. Close them first."))
    if Post.objects.filter(unit=unit).filter(Q(valid_until=None) | Q(valid_until__gte=today)).exists():
        found.append(_("People hold posts in it. End them first; a post of today counts until midnight."))
    return [*found, *filter(None, (ask(unit) for ask in hooks.unit_obstacles))]


def close_unit(unit: Unit, *, by: User, now: datetime) -> None:
    """Close a unit: it takes no more dossiers and nobody is given a post in it."""
    with transaction.atomic():
        held = Unit.objects.select_for_update().get(pk=unit.pk)
        reasons = obstacles(held, now)
        if reasons:
            raise Refused(" ".join(reasons))
        if Unit.objects.filter(pk=held.pk, is_active=True).update(is_active=False) != 1:
            raise Refused(_("This unit is closed already."))
        _log("unit.close", held, by, now, [])


def open_unit(unit: Unit, *, by: User, now: datetime) -> None:
    """Open a closed unit again."""
    with transaction.atomic():
        held = Unit.objects.select_for_update().get(pk=unit.pk)
        _check_parent(held.parent)
        if Unit.objects.filter(pk=held.pk, is_active=False).update(is_active=True) != 1:
            raise Refused(_("This unit is open already."))
        _log("unit.open", held, by, now, [])


def _check_parent(parent: Unit | None) -> None:
    """Refuse a closed unit as the one above; locks it."""
    if parent is not None and not Unit.objects.select_for_update().get(pk=parent.pk).is_active:
        raise Refused(_("The unit above is closed."), field="parent")


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    return [
        (name, before.get(name) or "", value or "")
        for name, value in after.items()
        if (before.get(name) or "") != (value or "")
    ]


def _saved(unit: Unit) -> Unit:
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError as error:
        raise _identifier_taken() from error
    return unit


def _identifier_taken() -> Refused:
    return Refused(_("Another unit has this identifier. Every unit needs its own."), field="identifier")


def _free_slug(values: Mapping[str, Any]) -> str:
    """Return the name of a unit in addresses of pages: from its short name and place, never used before."""
    parent: Unit | None = values.get("parent")
    place = values.get("division_code") or (parent.slug if parent is not None else "")
    base = slugify(f"{fold(values['short_name'])[:24]} {place}")[:36].strip("-") or "unit"
    # “new” is the address of the page that adds one.
    taken = {"new", *Unit.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 1000))) if slug not in taken)


def _log(action: str, unit: Unit, by: User, now: datetime, changes: Iterable[tuple[str, Any, Any]]) -> None:
    audit.record(action, unit, by=by, now=now, ref=unit.slug, unit=unit, name=unit.name, changes=changes)
