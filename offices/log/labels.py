"""The log's actions, fields and values in words; packages above add their own in ``AppConfig.ready()``."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..models import DayKind, Role, UnitKind

AREAS: dict[str, Any] = {
    "person": _("Officers: accounts"),
    "post": _("Officers: posts"),
    "unit": _("Units"),
    "calendar": _("Working days"),
    "delegation": _("Delegations of signing"),
    "alert": _("Alerts"),
    "log": _("Log"),
}
ACTIONS: dict[str, Any] = {
    "person.invite": _("Account made and invited"),
    "person.send_link": _("Link for a password sent"),
    "person.end_session": _("One session ended"),
    "person.end_sessions": _("Signed out everywhere"),
    "person.close": _("Account closed"),
    "person.open": _("Account opened again"),
    "person.hand_over": _("Dossiers reassigned"),
    "post.give": _("Post given"),
    "post.confirm": _("Post confirmed"),
    "post.change": _("Post changed"),
    "post.end": _("Post ended"),
    "post.take_back": _("Post taken back before it began"),
    "delegation.give": _("Signing delegated"),
    "delegation.end": _("Delegation of signing ended"),
    "unit.add": _("Unit added"),
    "unit.change": _("Unit changed"),
    "unit.hours": _("Opening hours changed"),
    "unit.close": _("Unit closed"),
    "unit.open-filing": _("Unit opened to filing"),
    "unit.open": _("Unit opened again"),
    "calendar.add": _("Day added"),
    "calendar.change": _("Day changed"),
    "calendar.remove": _("Day removed"),
    "calendar.import": _("Days imported"),
    "calendar.enter": _("Year marked as entered"),
    "calendar.withdraw": _("Year no longer marked as entered"),
    "alert.acknowledge": _("Alert acknowledged"),
    "log.export": _("Log saved as a file"),
}
FIELDS: dict[str, Any] = {
    "email": _("Email address"),
    "browser": _("Browser"),
    "role": _("Post"),
    "title": _("Job title"),
    "sectors": _("Fields of work"),
    "valid_from": _("First day"),
    "valid_until": _("Last day"),
    "for_all": _("What all units share"),
    "awaits_confirmation": _("Awaits confirmation"),
    "to": _("Given to"),
    "count": _("Number"),
    "name": _("Name"),
    "short_name": _("Short name"),
    "kind": _("Kind"),
    "parent": _("Parent unit"),
    "identifier": _("Identifier"),
    "division_code": _("Code of the commune"),
    "tax_code": _("Tax code"),
    "address": _("Address"),
    "phone": _("Phone"),
    "map_url": _("Link to a map"),
    "missing": _("Missing"),
    "hours": _("Opening hours"),
    "day": _("Day"),
    "replaces": _("Replaces the day"),
    "reason": _("Reason"),
    "days": _("Number of days"),
    "since": _("From"),
    "until": _("Until"),
    "lines": _("Number of lines"),
}
# Values that are stored as codes, by field.
_VALUES: dict[str, Mapping[str, Any]] = {
    "role": dict(Role.choices),
    "kind": {**dict(UnitKind.choices), **dict(DayKind.choices)},
}


_TRUTH = {"True": _("yes"), "False": _("no")}


def add_words(
    areas: Mapping[str, Any],
    actions: Mapping[str, Any],
    fields: Mapping[str, Any],
    values: Mapping[str, Mapping[str, Any]],
) -> None:
    """Add the words of a package above; called from its ``ready()``. ``values`` are those of stored codes, by field."""
    AREAS.update(areas)
    ACTIONS.update(actions)
    for name, words in fields.items():
        FIELDS.setdefault(name, words)
    for name, known in values.items():
        _VALUES[name] = {**_VALUES.get(name, {}), **known}


def areas() -> dict[str, Any]:
    """Return the areas that the log can be narrowed to: the first part of an action, and its name."""
    return AREAS


def action_words(action: str) -> str:
    """Return what was done; an action without words as it is written."""
    return str(ACTIONS.get(action, action))


def field_words(field: str) -> str:
    """Return which value changed; a field without words as it is written."""
    return str(FIELDS.get(field, field))


def value_words(field: str, value: str) -> str:
    """Return a value as people write it: codes in words, days as 27/03/2026.

    What stands before a colon names the row that changed ('2. Giấy chứng sinh: True'), several codes have semicolons.
    """
    row, colon, code = value.rpartition(": ")
    known = {**_TRUTH, **_VALUES.get(field, {})}
    if all(part in known for part in code.split("; ")):
        return row + colon + "; ".join(str(known[part]) for part in code.split("; "))
    if len(value) == 10 and value[4:5] == "-":
        try:
            return f"{date.fromisoformat(value):%d/%m/%Y}"
        except ValueError:
            return value
    return value
