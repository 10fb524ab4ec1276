"""Versions, which is in force on a day, who offers it at which level, and where it may be filed.

Versions and offers are kept until something changes (``common/kept.py``): whoever publishes reads the tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Prefetch
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

from common.kept import until_changed
from common.text import in_order
from common.values.frozen import frozen
from offices.models import Post, Role, Unit

from .models import (
    FeeExemption,
    FeeLine,
    Offering,
    OfferingFee,
    Procedure,
    ProcedureStep,
    ProcedureVersion,
    RequiredPaper,
    Sector,
)

# Who wrote and published it, and what they told each other, is read where it is shown.
PERSONAL = ("author", "published_by", "change_note", "review_note")


@until_changed(ProcedureVersion, RequiredPaper, ProcedureStep, FeeLine, FeeExemption, Procedure, Sector, Unit)
def version_of(pk: int) -> ProcedureVersion:
    """Return a version, frozen: with procedure and sector, successor, papers, steps with their units, fee lines.

    ``version.papers.all()``, ``.steps.all()``, ``.fees.all()`` (each line with ``has_exemptions`` and its exemptions)
    ask nothing, and its form is parsed once. Five queries when it is not kept, up to three more where steps name
    units. Raises ProcedureVersion.DoesNotExist.
    """
    lines = FeeLine.objects.with_exemptions().order_by("n").prefetch_related("exemptions")
    versions = ProcedureVersion.objects.defer(*PERSONAL, "procedure__search_text", "successor__search_text")
    versions = versions.select_related("procedure__sector", "successor").prefetch_related(
        Prefetch("papers", RequiredPaper.objects.order_by("n")),
        Prefetch("steps", ProcedureStep.objects.order_by("n").prefetch_related("unit__parent__parent")),
        Prefetch("fees", lines),
    )
    return frozen(versions.get(pk=pk))


@dataclass(frozen=True)
class Offer:
    """What is taken on a day: the primary key of the version in force, None for none, and the offerings by unit.

    ``has_begun``: some version of the procedure was in force by that day.
    """

    version: int | None
    has_begun: bool
    offerings: tuple[Offering, ...]


@until_changed(ProcedureVersion, Offering, OfferingFee, Unit)
def offer_of(procedure: int, day: date) -> Offer:
    """Return what is taken of a procedure on a local day; its offerings are frozen, with unit, units above and fees.

    Three queries when it is not kept.
    """
    published = ProcedureVersion.objects.filter(procedure=procedure, published_at__isnull=False)
    begun = published.filter(effective_from__lte=day).order_by("-number")
    version = begun.in_force(day).values_list("pk", flat=True).first()
    offerings: tuple[Offering, ...] = ()
    if version is not None:
        rows = Offering.objects.on(day).filter(procedure=procedure).select_related("unit__parent__parent")
        offerings = tuple(frozen(row) for row in rows.prefetch_related("fees").order_by("unit_id"))
    return Offer(version, version is not None or begun.exists(), offerings)


def current_version(procedure: Procedure, day: date) -> ProcedureVersion | None:
    """Return the version in force on a local day, the newest when several are."""
    number = offer_of(procedure.pk, day).version
    return None if number is None else version_of(number)


def offering_of(procedure: int, unit: int, day: date) -> Offering | None:
    """Return how a unit offers a procedure on a local day, with its own fees; None when it does not."""
    return next((one for one in offer_of(procedure, day).offerings if one.unit_id == unit), None)


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


def level_at(version: ProcedureVersion, unit: int, day: date) -> int:
    """Return the level at which a unit offers a version's procedure on a local day, the version's if it does not."""
    offering = offering_of(version.procedure_id, unit, day)
    return effective_level(version, offering) if offering else version.level


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
    """Return where a procedure may be filed at a level or above on a local day."""
    offer = offer_of(procedure.pk, day)
    if offer.version is None:
        # What has yet to begin is not over.
        return Entry(None, is_over=offer.has_begun)
    version = version_of(offer.version)
    last = version.procedure.accept_until
    if last is not None and last < day:
        return Entry(version, is_over=True)
    offerings = in_order(offer.offerings, name=lambda offering: offering.unit.name)
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


class _VersionOf(ForwardManyToOneDescriptor):
    """The version of a row, taken from what is kept when it was not joined."""

    def get_object(self, instance: models.Model) -> ProcedureVersion:
        return version_of(getattr(instance, self.field.attname))


class VersionKey(models.ForeignKey[ProcedureVersion, ProcedureVersion]):
    """A foreign key to a published version; its row is :func:`version_of`, shared and frozen."""

    forward_related_accessor_class = _VersionOf

    def deconstruct(self) -> Any:
        """Migrations know it as the foreign key that it is in the database."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs
