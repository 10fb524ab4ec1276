"""The version in force on a day, who offers it at which level, and where it may be filed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from common.text import in_order
from offices.models import Post, Role, Unit

from .models import Offering, Procedure, ProcedureVersion, Sector


def current_version(procedure: Procedure, day: date) -> ProcedureVersion | None:
    """Return the version in force on a local day, the newest when several are. One query."""
    return procedure.versions.in_force(day).order_by("-number").first()


def is_current(version: ProcedureVersion, day: date) -> bool:
    """Tell whether a version is the one in force on a local day. One query, which reads no form."""
    in_force = ProcedureVersion.objects.in_force(day).filter(procedure=version.procedure_id)
    return in_force.order_by("-number").values_list("pk", flat=True).first() == version.pk


def offerings_for(version: ProcedureVersion, day: date) -> list[Offering]:
    """Return who offers a version on a local day, with their units, by name. One query."""
    offerings = Offering.objects.on(day).filter(procedure_id=version.procedure_id)
    return in_order(offerings.select_related("unit").order_by("unit_id"), name=lambda offering: offering.unit.name)


def lacks_specialist(unit_ids: Iterable[int], sectors: Iterable[str], day: date) -> dict[int, set[str]]:
    """Return for each unit which of these sectors no specialist who can sign in covers on a day. One query.

    A dossier of such a sector would stop once it is received.
    """
    wanted = set(sectors)
    missing = {pk: set(wanted) for pk in unit_ids}
    for post in Post.objects.valid_on(day).able().filter(unit__in=missing, role=Role.SPECIALIST):
        missing[post.unit_id] -= {code for code in wanted if post.covers(code)}
    return {pk: codes for pk, codes in missing.items() if codes}


def effective_level(version: ProcedureVersion, offering: Offering) -> int:
    """Return the level that counts: an offering may lower the version's level, never raise it."""
    return min(version.level, offering.level)


@dataclass(frozen=True)
class Entry:
    """Where a procedure may be filed on a day: its version in force and who takes it at the level asked for or above.

    ``highest`` is the highest level at which anybody takes it, 0 for nobody;
    ``is_over``: it has ended, or takes no dossiers any more.
    """

    version: ProcedureVersion | None
    offerings: tuple[Offering, ...] = ()
    is_over: bool = False
    highest: int = 0

    def offering(self, slug: str) -> Offering | None:
        """Return the offering of the unit with a slug."""
        return next((offering for offering in self.offerings if offering.unit.slug == slug), None)

    def offering_of(self, unit: Unit) -> Offering | None:
        """Return the offering of a unit."""
        return next((offering for offering in self.offerings if offering.unit_id == unit.pk), None)


def entry_of(procedure: Procedure, day: date, level: int) -> Entry:
    """Return where a procedure may be filed at a level or above on a local day; two queries."""
    version = current_version(procedure, day)
    if version is None:
        # What has yet to begin is not over.
        begun = procedure.versions.filter(published_at__isnull=False, effective_from__lte=day)
        return Entry(None, is_over=begun.exists())
    if procedure.accept_until is not None and procedure.accept_until < day:
        return Entry(version, is_over=True)
    offerings = offerings_for(version, day)
    taken = tuple(offering for offering in offerings if effective_level(version, offering) >= level)
    return Entry(version, taken, highest=max((effective_level(version, one) for one in offerings), default=0))


def sectors() -> list[tuple[str, str]]:
    """Return code and name of the sectors, by name in Vietnamese order. One query."""
    return in_order(Sector.objects.values_list("code", "name").order_by("code"), name=lambda sector: sector[1])


def offer_all(unit: Unit, *, since: date) -> int:
    """Let a unit offer every procedure in force at its full level; returns how many were added."""
    offered = set(unit.offerings.values_list("procedure_id", flat=True))
    levels = dict(ProcedureVersion.objects.in_force(since).order_by("number").values_list("procedure_id", "level"))
    missing = [
        Offering(unit=unit, procedure_id=procedure, level=level, since=since)
        for procedure, level in levels.items()
        if procedure not in offered
    ]
    return len(Offering.objects.bulk_create(missing))
