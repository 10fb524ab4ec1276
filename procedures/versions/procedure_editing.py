"""What belongs to a procedure as a whole and to the units that offer it; none of it waits for a version."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.refusals import Refused
from offices.models import Unit

from .. import access
from ..finding.indexing import write_search_text
from ..models import LifeEvent, Offering, Procedure, ProcedureVersion
from .changing import Change, in_words, overtaken, record

# The lists of other rows that belong to a procedure.
_LINKS = ("life_events", "related")


def change_procedure(
    procedure: Procedure,
    revision: int,
    by: User,
    now: datetime,
    *,
    life_events: Iterable[LifeEvent] | None = None,
    related: Iterable[Procedure] | None = None,
    **columns: Any,
) -> None:
    """Change what a procedure says besides its versions: sector, synonyms, faq, notice, accept_until and its links.

    Nothing is written when nothing differs. Raises Refused when somebody
    else saved after ``revision``. The words it is found by follow at once.
    """
    links = {"life_events": life_events, "related": related}
    with transaction.atomic():
        fresh = Procedure.objects.select_related("sector").filter(pk=procedure.pk, revision=revision).first()
        if fresh is None:
            raise overtaken(procedure)
        changed = {name: value for name, value in columns.items() if getattr(fresh, name) != value}
        changes: list[Change] = [(name, _words(getattr(fresh, name)), _words(value)) for name, value in changed.items()]
        relinked = {}
        for name in _LINKS:
            wanted = links[name]
            if wanted is None:
                continue
            before, after = list(getattr(fresh, name).all()), list(wanted)
            if {row.pk for row in before} != {row.pk for row in after}:
                relinked[name] = after
                changes.append((name, "; ".join(map(str, before)), "; ".join(map(str, after))))
        if not changes:
            return
        claimed = Procedure.objects.filter(pk=procedure.pk, revision=revision).update(
            revision=F("revision") + 1, **changed
        )
        if claimed != 1:
            raise overtaken(procedure)
        for name, after in relinked.items():
            getattr(fresh, name).set(after)
        version = _newest(procedure, clock.local_day(now))
        record(procedure, "procedure.edit", by=by, now=now, name=version.name if version else "", changes=changes)
        procedure.refresh_from_db()
        _renew_search_text(procedure, clock.local_day(now))


def set_offering(
    procedure: Procedure,
    unit: Unit,
    *,
    level: int,
    since: date,
    until: date | None,
    fee_vnd: int | None,
    by: User,
    now: datetime,
    seen: Offering | None = None,
) -> Offering:
    """Let a unit offer a procedure, or change how it does; ``seen`` is the offering the form showed, if any.

    Raises Refused for a unit that is not the person's, a level above the
    version's, dates that do not fit, and when somebody else changed it meanwhile.
    """
    day = clock.local_day(now)
    if unit.pk not in {mine.pk for mine in access.offering_units(by, day)}:
        raise Refused(_("You do not look after this unit."))
    highest = highest_level(procedure, day)
    if not 1 <= level <= highest:
        message = _("The procedure is at level %(level)d; a unit cannot offer a higher one.")
        raise Refused(message % {"level": highest})
    if until is not None and until < since:
        raise Refused(_("The last day comes before the first day."))
    wanted = {"level": level, "since": since, "until": until, "fee_vnd": fee_vnd}
    with transaction.atomic():
        if seen is None:
            before: dict[str, Any] = dict.fromkeys(wanted)
            try:
                with transaction.atomic():
                    Offering.objects.create(unit=unit, procedure=procedure, **wanted)
            except IntegrityError as error:
                raise overtaken(procedure) from error
        else:
            before = {name: getattr(seen, name) for name in wanted}
            if before == wanted:
                return seen
            if Offering.objects.filter(pk=seen.pk, **before).update(**wanted) != 1:
                raise overtaken(procedure)
        changes = [(name, before[name], value) for name, value in wanted.items()]
        record(
            procedure,
            "offering.new" if seen is None else "offering.edit",
            by=by,
            now=now,
            unit=unit,
            name=_name(procedure, day, unit),
            changes=changes,
        )
    return Offering.objects.get(unit=unit, procedure=procedure)


def end_offering(offering: Offering, until: date, by: User, now: datetime) -> None:
    """Say on which day a unit offers a procedure for the last time; one that would begin later is taken back.

    Raises Refused like :func:`set_offering`.
    """
    day, procedure, unit = clock.local_day(now), offering.procedure, offering.unit
    if unit.pk not in {mine.pk for mine in access.offering_units(by, day)}:
        raise Refused(_("You do not look after this unit."))
    seen = Offering.objects.filter(
        pk=offering.pk, level=offering.level, since=offering.since, until=offering.until, fee_vnd=offering.fee_vnd
    )
    last = None if offering.since > until else until
    with transaction.atomic():
        done = seen.delete()[0] if last is None else seen.update(until=last)
        if done != 1:
            raise overtaken(procedure)
        changes = [("since", offering.since, last and offering.since), ("until", offering.until, last)]
        name = _name(procedure, day, unit)
        record(procedure, "offering.edit", by=by, now=now, unit=unit, name=name, changes=changes)


def _words(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "; ".join(str(row.get("question", "")) for row in value)
    return in_words(value)


def _newest(procedure: Procedure, day: date) -> ProcedureVersion | None:
    """Return the version in force on a day, else the newest one."""
    versions = procedure.versions.defer("form").order_by("-number")
    return versions.in_force(day).first() or versions.first()


def _name(procedure: Procedure, day: date, unit: Unit) -> str:
    version = _newest(procedure, day)
    return f"{version.name if version else procedure.code} – {unit.short_name}"


def highest_level(procedure: Procedure, day: date) -> int:
    """Return the highest level that a version in force on a day, or still to come, allows. One query."""
    lasting = Q(effective_until=None) | Q(effective_until__gte=day)
    return max(procedure.versions.filter(lasting).values_list("level", flat=True), default=1)


def _renew_search_text(procedure: Procedure, day: date) -> None:
    version = procedure.versions.in_force(day).order_by("-number").first()
    if version is not None:
        write_search_text(procedure, version)
