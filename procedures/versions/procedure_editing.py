"""What belongs to a procedure as a whole and to the units that offer it; none of it waits for a version."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.refusals import Refused
from common.values.money import format_vnd
from offices.models import Unit

from .. import access
from ..finding.indexing import write_search_text
from ..models import FeeLine, LifeEvent, Offering, OfferingFee, Procedure, ProcedureVersion, Proposal
from . import telling
from .changing import Change, in_words, overtaken, record

# The lists of other rows that belong to a procedure.
_LINKS = ("life_events", "related")
# What packages above do, in the same transaction, when a procedure gets another sector; filled in their ready().
sector_changed: list[Callable[[Procedure], None]] = []


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
    """Change what a procedure says besides its versions: sector, synonyms, faq, notice, accept_until, supplement_days
    and its links.

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
        if "sector" in changed:
            for follow in sector_changed:
                follow(procedure)


@dataclass(frozen=True, slots=True)
class OwnFee:
    """What a unit charges for the line of a key from a day on; no amount takes the newest one away."""

    key: str
    amount_vnd: int | None
    amount_online_vnd: int | None
    resolution: str
    since: date

    def words(self) -> str:
        """Write it for the log: 'le-phi 5.000 đồng, 01/07/2026, NQ 12/2026/NQ-HĐND'."""
        amounts = [format_vnd(amount) for amount in (self.amount_vnd, self.amount_online_vnd) if amount is not None]
        return ", ".join([f"{self.key} {' / '.join(amounts)}", f"{self.since:%d/%m/%Y}", self.resolution])


def own_fee(row: OfferingFee) -> OwnFee:
    """Return a stored amount as what was asked for."""
    return OwnFee(row.key, row.amount_vnd, row.amount_online_vnd, row.resolution, row.since)


def set_offering(
    procedure: Procedure,
    unit: Unit,
    *,
    level: int,
    since: date,
    until: date | None,
    by: User,
    now: datetime,
    fees: Iterable[OwnFee] = (),
    seen: Offering | None = None,
) -> Offering:
    """Let a unit offer a procedure, or change how it does; ``seen`` is the offering the form showed, if any.

    A fee that begins later than the unit's newest for that line is added to it,
    any other corrects it. Nothing is written when nothing differs. Raises
    A lower level than before only becomes a proposal to another publisher. Raises
    Refused for a unit that is not the person's, a level above the version's,
    dates that do not fit, a fee of no line or without a resolution, and when
    somebody else changed it meanwhile.
    """
    day = clock.local_day(now)
    _make_sure_it_is_mine(unit, by, day)
    proposed = level if seen is not None and 1 <= level < seen.level else None
    highest = highest_level(procedure, day)
    if not 1 <= level <= highest:
        message = _("The procedure is at level %(level)d; a unit cannot offer a higher one.")
        raise Refused(message % {"level": highest})
    if until is not None and until < since:
        raise Refused(_("The last day comes before the first day."))
    if seen is not None and proposed is not None:
        level = seen.level
    wanted = {"level": level, "since": since, "until": until}
    before = {name: getattr(seen, name, None) for name in wanted}
    newest = newest_fees(seen)
    fees = [fee for fee in fees if _differs(fee, newest.get(fee.key))]
    _make_sure_they_are_due(fees, procedure, day)
    if seen is not None and before == wanted and not fees:
        if proposed is not None:
            _propose_level(seen, proposed, procedure, by=by, now=now)
        return seen
    with transaction.atomic():
        if seen is not None and proposed is not None:
            _propose_level(seen, proposed, procedure, by=by, now=now)
        if seen is None:
            try:
                with transaction.atomic():
                    offering = Offering.objects.create(unit=unit, procedure=procedure, **wanted)
            except IntegrityError as error:
                raise overtaken(procedure) from error
        else:
            offering = _take(seen, procedure, **wanted)
        changes: list[Change] = [(name, before[name], value) for name, value in wanted.items()]
        for fee in fees:
            present = newest.get(fee.key)
            _write_fee(offering, fee, present)
            new = None if fee.amount_vnd is None else fee.words()
            changes.append(("own_fee", own_fee(present).words() if present else None, new))
        action = "offering.new" if seen is None else "offering.edit"
        name = called(procedure, day, unit)
        record(procedure, action, by=by, now=now, unit=unit, name=name, changes=changes)
    return offering


def _propose_level(seen: Offering, level: int, procedure: Procedure, *, by: User, now: datetime) -> None:
    """Propose a lower level to the other publishers; a second proposal takes the first one's place."""
    with transaction.atomic():
        if not Offering.objects.filter(pk=seen.pk, revision=seen.revision).exists():
            raise overtaken(procedure)
        proposal, _made = Proposal.objects.update_or_create(
            procedure=procedure, unit=seen.unit, defaults={"level": level, "by": by, "at": now}
        )
        name = called(procedure, clock.local_day(now), seen.unit)
        changes: list[Change] = [("level", seen.level, level)]
        record(procedure, "offering.propose-level", by=by, now=now, unit=seen.unit, name=name, changes=changes)
        telling.proposal_waits(proposal, now)


def lower_level(procedure: Procedure, unit: Unit, level: int, *, by: User, now: datetime) -> None:
    """Lower the level at which a unit offers a procedure, as proposed; raises Refused when it does so no more."""
    offering = Offering.objects.filter(procedure=procedure, unit=unit, level__gt=level).first()
    if offering is None:
        raise Refused(_("The unit offers it at no higher level any more."), code="state")
    with transaction.atomic():
        _take(offering, procedure, level=level)
        name = called(procedure, clock.local_day(now), unit)
        changes: list[Change] = [("level", offering.level, level)]
        record(procedure, "offering.edit", by=by, now=now, unit=unit, name=name, changes=changes)


def end_offering(offering: Offering, until: date, by: User, now: datetime) -> None:
    """Say on which day a unit offers a procedure for the last time; one that would begin later is taken back.

    Raises Refused like :func:`set_offering`.
    """
    day, procedure, unit = clock.local_day(now), offering.procedure, offering.unit
    _make_sure_it_is_mine(unit, by, day)
    last = None if offering.since > until else until
    with transaction.atomic():
        changes = [("since", offering.since, last and offering.since), ("until", offering.until, last)]
        taken = _take(offering, procedure, until=last)
        if last is None:
            taken.delete()
        name = called(procedure, day, unit)
        record(procedure, "offering.edit", by=by, now=now, unit=unit, name=name, changes=changes)


def newest_fees(offering: Offering | None) -> dict[str, OfferingFee]:
    """Return a unit's newest amount for each line, begun or not. One query."""
    return {row.key: row for row in offering.fees.order_by("since")} if offering is not None else {}


def due_lines(procedure: Procedure, day: date) -> list[FeeLine]:
    """Return the fee lines that count on a day or will, each key once, those in force first. One query."""
    lines = FeeLine.objects.filter(version__procedure=procedure).exclude(version__published_at=None)
    found: dict[str, FeeLine] = {}
    for line in lines.exclude(version__effective_until__lt=day).order_by("version__effective_from", "n"):
        found.setdefault(line.key, line)
    return list(found.values())


def _make_sure_it_is_mine(unit: Unit, by: User, day: date) -> None:
    if unit.pk not in {mine.pk for mine in access.offering_units(by, day)}:
        raise Refused(_("You do not look after this unit."))


def _make_sure_they_are_due(fees: Iterable[OwnFee], procedure: Procedure, day: date) -> None:
    wanted = [fee for fee in fees if fee.amount_vnd is not None]
    if any(not fee.resolution.strip() for fee in wanted):
        raise Refused(_("Name the resolution that sets the amount."))
    if wanted and {fee.key for fee in wanted} - {line.key for line in due_lines(procedure, day)}:
        raise Refused(_("The procedure has no such fee."))


def _take(seen: Offering, procedure: Procedure, **columns: Any) -> Offering:
    """Change an offering that nobody changed since it was read; raises Refused otherwise."""
    mine = Offering.objects.filter(pk=seen.pk, revision=seen.revision)
    if mine.update(revision=F("revision") + 1, **columns) != 1:
        raise overtaken(procedure)
    return Offering.objects.get(pk=seen.pk)


def _differs(fee: OwnFee, present: OfferingFee | None) -> bool:
    if fee.amount_vnd is None:
        return present is not None
    return present is None or own_fee(present) != fee


def _write_fee(offering: Offering, fee: OwnFee, present: OfferingFee | None) -> None:
    if present is not None and (fee.amount_vnd is None or fee.since <= present.since):
        present.delete()
    if fee.amount_vnd is not None:
        values = {name: getattr(fee, name) for name in ("amount_vnd", "amount_online_vnd", "resolution")}
        offering.fees.update_or_create(key=fee.key, since=fee.since, defaults=values)


def _words(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "; ".join(str(row.get("question", "")) for row in value)
    return in_words(value)


def _newest(procedure: Procedure, day: date) -> ProcedureVersion | None:
    """Return the version in force on a day, else the newest one."""
    versions = procedure.versions.defer("form").order_by("-number")
    return versions.in_force(day).first() or versions.first()


def called(procedure: Procedure, day: date, unit: Unit | None = None) -> str:
    """Return how the log names a procedure, or what a unit does with it. One query."""
    version = _newest(procedure, day)
    name = version.name if version else procedure.code
    return f"{name} – {unit.short_name}" if unit else name


def highest_level(procedure: Procedure, day: date) -> int:
    """Return the highest level that a version in force on a day, or still to come, allows. One query."""
    lasting = Q(effective_until=None) | Q(effective_until__gte=day)
    return max(procedure.versions.filter(lasting).values_list("level", flat=True), default=1)


def _renew_search_text(procedure: Procedure, day: date) -> None:
    version = procedure.versions.in_force(day).order_by("-number").first()
    if version is not None:
        write_search_text(procedure, version)
