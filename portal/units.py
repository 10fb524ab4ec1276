"""The receiving units as the public pages show them."""

from typing import Any

from offices.models import Unit
from offices.units.hours import hours_lines


def units_shown() -> dict[str, Any]:
    """Return ``units`` that receive dossiers with their opening hours in words, and which are ``closed`` to filing yet.

    Two queries.
    """
    units = list(Unit.objects.receiving().prefetch_related("opening_hours").order_by("id"))
    return {
        "units": [{"unit": unit, "hours": hours_lines(unit.opening_hours.all())} for unit in units],
        "closed": [unit for unit in units if unit.filing_since is None],
    }
