"""The receiving units as the public pages show them."""

from dataclasses import dataclass

from common.kept import until_changed
from common.values.frozen import frozen
from offices.models import OpeningHours, Unit
from offices.units.hours import hours_lines


@dataclass(frozen=True)
class UnitCard:
    """A unit, frozen, and its opening hours in words."""

    unit: Unit
    hours: tuple[str, ...]


@until_changed(Unit, OpeningHours)
def unit_cards(language: str) -> tuple[UnitCard, ...]:
    """Return the units that receive dossiers, in the active language. Two queries when they are not kept."""
    units = Unit.objects.receiving().prefetch_related("opening_hours").order_by("id")
    return tuple(UnitCard(frozen(unit), tuple(hours_lines(unit.opening_hours.all()))) for unit in units)
