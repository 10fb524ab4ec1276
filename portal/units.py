"""The receiving units as the public pages show them."""

from typing import Any

from offices.models import Unit
from offices.units.hours import hours_lines


def unit_cards() -> list[dict[str, Any]]:
    """Return the units that receive dossiers with their opening hours in words. Two queries."""
    units = Unit.objects.receiving().prefetch_related("opening_hours").order_by("id")
    return [{"unit": unit, "hours": hours_lines(unit.opening_hours.all())} for unit in units]
