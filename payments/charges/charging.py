"""What a dossier owes: opened at submission, reassessed by a recorded act, waived, paid.

``procedures/fees.py`` computes; here its answer is frozen. The dossier's own fee state follows every change
(:func:`tell_dossier`).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.database.writing import insert
from common.refusals import Refused
from dossiers.actions import FeeSettled
from dossiers.actions.payment import UNSETTLED
from dossiers.actions.readiness import schema_of
from dossiers.hooks import FeeChoice
from dossiers.models import Dossier, FeeState, Status, System
from dossiers.records.fees import set_fee_state
from dossiers.table import Action
from dossiers.workflow import perform
from eforms.schema import live_answers, with_calculated
from procedures.catalogue import offering_of
from procedures.fees import Assessment, Original, Quantity, assess
from procedures.models import FeeExemption, FeeUnit

from .. import notices
from ..locks import lock, lock_charges, require_not_own
from ..models import OWED, Attempt, Charge, ChargeKind, ChargeLine, ChargeStatus, ExemptionClaim
from ..models.charges import last_assessed
from . import copies
from .copies import quantities_ordered

# What may say that the fee was paid at the national portal.
ENTERED = (Action.REGISTER, Action.TAKE_OVER)
# What a charge keeps of each line of its assessment.
FROZEN = (
    "key", "kind", "name", "unit", "quantity", "unit_amount_vnd", "amount_vnd", "why", "resolution", "exempt_as",
)  # fmt: skip


def assessment_of(
    dossier: Dossier,
    *,
    day: date | None = None,
    quantities: Mapping[str, Quantity] | None = None,
    exemptions: Collection[int] = (),
) -> Assessment:
    """Return what a dossier costs by its answers, what was ordered and its unit's amounts; from what is kept.

    ``day`` is that of its filing, of a draft the present one. ``quantities`` take the place of those ordered.
    """
    day = day or local_day(dossier.submitted_at or dossier.saved_at)
    return assess(
        dossier.version,
        offering_of(dossier.version.procedure_id, dossier.unit_id, day),
        channel=dossier.channel,
        day=day,
        quantities=quantities_ordered(dossier) if quantities is None else quantities,
        facts=_facts(dossier, day),
        exemptions=exemptions,
    )


def _facts(dossier: Dossier, day: date) -> dict[str, Any] | None:
    """Return the answers by which fees are due, those calculated of them as on a day; None while there are none."""
    schema = schema_of(dossier.version)
    if schema is None or not dossier.answers:
        return None
    return live_answers(schema, with_calculated(schema, dossier.answers, today=day))


def open_for(
    dossier: Dossier, now: datetime, *, by: User | None = None, choice: FeeChoice | None = None
) -> Charge | None:
    """Open the charge of a dossier that has just been filed, None when nothing is known to be due.

    ``choice`` is what an officer (``by``) has said of it at the counter: it counts instead of the answers. Until an
    officer has looked at the proof of what is claimed, the charge stands in full and is not asked for
    (:func:`is_payable`). Inside ``perform`` only, which writes the worklist at its end. Nothing where the procedure
    knows no fee, else four queries at most. ``granted`` are exemptions whose proof ``by`` has seen: two queries more
    for each.
    """
    if not dossier.version.fees.all():
        return None
    if choice is None:
        copies.freeze(dossier, now)
    elif by is not None:
        _grant_all(dossier, choice.exemptions, by=by, now=now)
        copies.keep(dossier, choice.quantities, now)
    quantities = quantities_ordered(dossier) | dict(choice.quantities if choice is not None else {})
    found = assessment_of(dossier, quantities=quantities, exemptions=choice.exemptions if choice is not None else ())
    if not found.total_vnd:
        return None
    charge = freeze(dossier, found, quantities, now, 1, by=by)
    is_claimed = dossier.exemption_claims.filter(granted=None).exists()
    set_fee_state(dossier, FeeState.CLAIMED if is_claimed else FeeState.OWED, is_followed=True)
    return charge


def open_anew(dossier: Dossier, now: datetime, *, by: User, reason: str) -> Charge | None:
    """Charge a dossier that was moved to another procedure, in place of the former charge; None when nothing is due."""
    quantities = quantities_ordered(dossier)
    found, charge = assessment_of(dossier, quantities=quantities), None
    if found.total_vnd:
        former = last_assessed(dossier.charges.all())
        charge = freeze(dossier, found, quantities, now, by=by, reason=reason, replaces=former)
    tell_dossier(dossier, now)
    return charge


def reassess(
    charge: Charge,
    *,
    quantities: Mapping[str, Quantity],
    by: User,
    reason: str,
    now: datetime,
    exemptions: Collection[int] = (),
) -> Charge | None:
    """Replace a charge by another assessment, with the exemptions granted so far; None when nothing is due now.

    ``exemptions`` are granted with it, claimed or not. Refused ('paid') once money has come or is on its way: what was
    paid too much is paid back, what is missing is a charge of its own (:func:`add`); ('state') such a rest.
    """
    require_reason(reason)
    if charge.is_rest:
        raise Refused(_("This completes a fee that was paid. Waive it, or add what is due besides."), code="state")
    with transaction.atomic():
        charge = _locked(charge)
        require_not_own(by, charge.dossier)
        _require_untouched(charge)
        _grant_all(charge.dossier, exemptions, by=by, reason=reason, now=now)
        return replace_charge(charge, quantities, by=by, reason=reason, now=now)


def add(dossier: Dossier, *, quantities: Mapping[str, Quantity], by: User, reason: str, now: datetime) -> Charge | None:
    """Charge what is due besides an earlier charge: the lines named by their keys; None when they cost nothing.

    Refused ('state') for a draft and for a dossier that ended without a result, ('reason').
    """
    require_reason(reason)
    with transaction.atomic():
        dossier = locked_dossier(dossier.pk)
        require_not_own(by, dossier)
        if dossier.is_draft or dossier.status in (Status.REFUSED, Status.STOPPED):
            raise Refused(_("Nothing is charged for this dossier."), code="state")
        granted = granted_to(dossier)
        found = assessment_of(dossier, quantities=quantities, exemptions=granted)
        named = Assessment(tuple(line for line in found.lines if line.key in quantities))
        if not named.total_vnd:
            return None
        is_copies = all(line.unit == FeeUnit.COPY for line in named.lines)
        kind = ChargeKind.COPIES if is_copies else ChargeKind.FILING
        charge = freeze(dossier, named, quantities, now, by=by, reason=reason, kind=kind)
        tell_dossier(dossier, now)
        return charge


def decide_claim(claim: ExemptionClaim, *, granted: bool, by: User, reason: str, now: datetime) -> None:
    """Grant or decline a claimed exemption, once; what it frees is reassessed, and the applicant is told.

    Refused ('state') the second time, ('reason') when it is declined without one.
    """
    if not granted:
        require_reason(reason)
    with transaction.atomic():
        dossier = locked_dossier(claim.dossier_id)
        require_not_own(by, dossier)
        list(lock(dossier.charges.all()))
        taken = ExemptionClaim.objects.filter(pk=claim.pk, granted=None).update(
            granted=granted, decided_by=by, decided_at=now, reason=reason
        )
        if not taken:
            raise Refused(_("Somebody has already decided this."), code="state")
        owed = dossier.charges.filter(kind=ChargeKind.FILING, status=ChargeStatus.OPEN).order_by("n")
        charge = next((row for row in owed.select_related("dossier") if not row.is_rest), None)
        if granted and charge is not None:
            charge = replace_charge(charge, quantities_of(charge), by=by, reason=claim.exemption.who, now=now)
        else:
            tell_dossier(dossier, now)
        fresh = ExemptionClaim.objects.select_related("exemption").get(pk=claim.pk)
        fresh.dossier = dossier
        notices.claim_decided(fresh, charge.owed_vnd if charge is not None else 0, now)


def quantities_of(charge: Charge) -> dict[str, Quantity]:
    """Return what the lines of a charge were counted by, for its next assessment."""
    return {
        key: [Original(*each) for each in found] if isinstance(found, list) else found
        for key, found in charge.quantities.items()
    }


def name_payer(charges: Iterable[Charge], name: str, address: str) -> None:
    """Say who pays charges where that is not the applicant, for the receipts; '' for the applicant.

    Refused ('state') once one of them is paid in full: its receipt is replaced then (``receipting.replace``).
    """
    rows = list(charges)
    payer = {"payer_name": name.strip()[:160], "payer_address": address.strip() if name.strip() else ""}
    with transaction.atomic():
        lock_charges([charge.pk for charge in rows])
        open_ones = Charge.objects.filter(pk__in=[charge.pk for charge in rows], status__in=OWED)
        if open_ones.update(**payer) != len(rows):
            raise Refused(_("This fee is no longer open."), code="state")
    for charge in rows:
        charge.payer_name, charge.payer_address = payer["payer_name"], payer["payer_address"]


def waive(charge: Charge, *, by: User, reason: str, now: datetime) -> None:
    """Ask for no more of a charge, or of its rest, with a reason.

    Refused ('state') when nothing is owed, ('paid') in flight.
    """
    require_reason(reason)
    with transaction.atomic():
        charge = _locked(charge)
        require_not_own(by, charge.dossier)
        _require_untouched(charge, *OWED)
        set_status(charge, ChargeStatus.WAIVED, reason=reason, assessed_by=by, waived_at=now)
        tell_dossier(charge.dossier, now)


def cancel_unpaid(dossier: Dossier, now: datetime) -> None:
    """Take back what is owed for a dossier that ended without a result; what was paid is paid back by a refund.

    The dossier is locked. Of what is paid in part no more is charged than was paid. A payment that is on its way then
    pays what nobody owes: it stands as unapplied.
    """
    list(lock(dossier.charges.all()))
    dossier.charges.filter(status=ChargeStatus.OPEN).update(status=ChargeStatus.CANCELLED)
    partly = dossier.charges.filter(status=ChargeStatus.PARTLY_PAID)
    partly.update(status=ChargeStatus.PAID, amount_vnd=F("paid_vnd"))
    tell_dossier(dossier, now)


def paid(charge: Charge, amount_vnd: int, now: datetime) -> None:
    """Count what the ledger has booked for a locked charge; two queries and the dossier's state."""
    total = charge.paid_vnd + amount_vnd
    set_status(charge, ChargeStatus.PAID if total == charge.amount_vnd else ChargeStatus.PARTLY_PAID, paid_vnd=total)
    tell_dossier(charge.dossier, now)


def refunded(charge: Charge, amount_vnd: int, now: datetime) -> None:
    """Count what has been paid back of a locked charge."""
    total = charge.refunded_vnd + amount_vnd
    status = ChargeStatus.REFUNDED if total == charge.paid_vnd else ChargeStatus.PARTLY_REFUNDED
    set_status(charge, status, refunded_vnd=total)
    tell_dossier(charge.dossier, now)


def is_payable(charge: Charge) -> bool:
    """Tell whether a payment may begin: owed, and no claimed exemption waits for an officer; at most one query."""
    return charge.is_owed and not claimed([charge])


def claimed(charges: Iterable[Charge]) -> set[int]:
    """Return the dossiers of charges, by primary keys, whose claimed exemptions wait for an officer; one query."""
    waiting = ExemptionClaim.objects.filter(dossier__in={charge.dossier_id for charge in charges}, granted=None)
    return set(waiting.values_list("dossier_id", flat=True))


def tell_dossier(dossier: Dossier, now: datetime) -> None:
    """Set the dossier's fee state by its charges and claims; at most three queries.

    A dossier that waited for nothing but this payment goes on by itself.
    """
    set_fee_state(dossier, _fee_state(dossier))
    if dossier.status == Status.AWAITING_PAYMENT and dossier.fee_state not in UNSETTLED:
        perform(FeeSettled(), dossier, by=None, now=now)


def _fee_state(dossier: Dossier) -> FeeState:
    statuses = set(dossier.charges.exclude(status=ChargeStatus.CANCELLED).values_list("status", flat=True))
    if statuses & set(OWED):
        if ExemptionClaim.objects.filter(dossier=dossier, granted=None).exists():
            return FeeState.CLAIMED
        is_on_delivery = Attempt.objects.filter(
            lines__charge__dossier=dossier, lines__is_live=True, parcel__isnull=False
        )
        return FeeState.ON_DELIVERY if is_on_delivery.exists() else FeeState.OWED
    if statuses & {ChargeStatus.PAID, ChargeStatus.PARTLY_REFUNDED}:
        return FeeState.PAID
    if ChargeStatus.REFUNDED in statuses:
        return FeeState.REFUNDED
    return FeeState.WAIVED if ChargeStatus.WAIVED in statuses else FeeState.NONE


def freeze(
    dossier: Dossier,
    found: Assessment,
    quantities: Mapping[str, Quantity],
    now: datetime,
    n: int = 0,
    *,
    by: User | None = None,
    **columns: Any,
) -> Charge:
    """Write a charge with its lines, as the ``n``-th of the dossier, 0 for the next; two queries, or three."""
    charge = insert(
        Charge(
            dossier=dossier,
            # The desk at which the applicant stands takes it, also for another unit that decides.
            unit_id=dossier.received_by_id,
            n=n or (dossier.charges.aggregate(last=Max("n"))["last"] or 0) + 1,
            amount_vnd=found.total_vnd,
            is_complete=found.is_complete,
            quantities={
                key: count if isinstance(count, int) else [[row.pages, row.copies] for row in count]
                for key, count in quantities.items()
            },
            assessed_at=now,
            assessed_by=by,
            **columns,
        )
    )
    ChargeLine.objects.bulk_create(
        ChargeLine(charge=charge, n=n, **{name: getattr(line, name) for name in FROZEN})
        for n, line in enumerate(found.lines, start=1)
    )
    return charge


def replace_charge(
    charge: Charge, quantities: Mapping[str, Quantity], *, by: User, reason: str, now: datetime
) -> Charge | None:
    dossier = charge.dossier
    found = assessment_of(dossier, quantities=quantities, exemptions=granted_to(dossier))
    set_status(charge, ChargeStatus.CANCELLED)
    payer: dict[str, Any] = {"payer_name": charge.payer_name, "payer_address": charge.payer_address}
    fresh = None
    if found.total_vnd:
        fresh = freeze(dossier, found, quantities, now, by=by, reason=reason, replaces=charge, **payer)
    tell_dossier(dossier, now)
    return fresh


def granted_to(dossier: Dossier) -> list[int]:
    """Return the exemptions granted of its version: those of a procedure it was moved from count no more. One query."""
    granted = dossier.exemption_claims.filter(granted=True, exemption__line__version=dossier.version_id)
    return list(granted.values_list("exemption_id", flat=True))


def was_paid_elsewhere(dossier: Dossier) -> bool:
    """Tell whether the fee was paid at the national portal: it is in nobody's books here. One query at most."""
    if dossier.external_system != System.NATIONAL:
        return False
    entry = dossier.events.filter(action__in=ENTERED).first()
    return entry is not None and bool(entry.data.get("fee_paid_vnd"))


def _grant_all(dossier: Dossier, exemptions: Collection[int], *, by: User, now: datetime, reason: str = "") -> None:
    """Grant exemptions of a dossier's version, with what each is for as the reason unless there is one."""
    for exemption in FeeExemption.objects.filter(pk__in=exemptions, line__version=dossier.version_id):
        decided = {"granted": True, "decided_by": by, "decided_at": now, "reason": reason or exemption.who}
        claimed, is_new = ExemptionClaim.objects.get_or_create(
            dossier=dossier, exemption=exemption, defaults=decided | {"claimed_at": now}
        )
        if not is_new and claimed.granted is None:
            ExemptionClaim.objects.filter(pk=claimed.pk, granted=None).update(**decided)


def locked_dossier(pk: int) -> Dossier:
    found = Dossier.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("applicant", "owner", "received_by", "unit").get(pk=pk)


def _locked(charge: Charge) -> Charge:
    """Return a charge, read anew, its dossier and itself locked in this order; two queries."""
    dossier = locked_dossier(charge.dossier_id)
    fresh = Charge.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=charge.pk)
    fresh.dossier = dossier
    return fresh


def set_status(charge: Charge, status: ChargeStatus, **columns: Any) -> None:
    for name, value in {"status": status, **columns}.items():
        setattr(charge, name, value)
    charge.save(update_fields=["status", *columns])


def _require_untouched(charge: Charge, *statuses: ChargeStatus) -> None:
    if charge.status not in (statuses or (ChargeStatus.OPEN,)):
        raise Refused(_("This fee is no longer open."), code="state")
    if charge.attempt_lines.filter(is_live=True).exists():
        raise Refused(_("A payment of this fee is on its way. Wait for its end, or check it again."), code="paid")


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Enter the reason."), code="reason", field="reason")
