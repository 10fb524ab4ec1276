"""Which procedures are on offer on a day, and at which level."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Max, OuterRef

from procedures.models import FeeLine, Mark, Offering, ProcedureVersion


@dataclass(frozen=True)
class OnOffer:
    """Procedures by primary key, each at the highest level at which a unit takes it.

    Of them those with an unverified part in the text in force, and those with a fee.
    """

    levels: dict[int, int]
    unverified: frozenset[int]
    with_fee: frozenset[int]

    def at_least(self, level: int) -> set[int]:
        """Return those at a level or above."""
        return {pk for pk, found in self.levels.items() if found >= level}


def on_offer(units: Collection[int] | None, day: date, sector: int | None = None) -> OnOffer:
    """Return what units (None: all) offer on a local day, of a sector or of all; two queries.

    A unit may take a procedure at a lower level than its version's, never at a higher.
    """
    running = Offering.objects.on(day)
    if units is not None:
        running = running.filter(unit__in=units)
    if sector is not None:
        running = running.filter(procedure__sector=sector)
    taken: dict[int, int] = dict(running.order_by().values_list("procedure").annotate(Max("level")))
    of_version = OuterRef("pk")
    in_force = ProcedureVersion.objects.in_force(day).filter(procedure__in=list(taken)).order_by("number")
    rows = in_force.values_list(
        "procedure",
        "level",
        Exists(Mark.objects.filter(version=of_version, cleared_at=None)),
        Exists(FeeLine.objects.filter(version=of_version)),
    )
    # The newest of several in force counts.
    found = {row[0]: row for row in rows}
    return OnOffer(
        {pk: min(taken[pk], level) for pk, level, _marked, _fee in found.values()},
        frozenset(pk for pk, _level, is_marked, _fee in found.values() if is_marked),
        frozenset(pk for pk, _level, _marked, has_fee in found.values() if has_fee),
    )
