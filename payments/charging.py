"""What a dossier owes: opened at submission, reassessed by a recorded act, waived, paid.

``procedures/fees.py`` computes; here its answer is frozen. The dossier's own fee state follows every change
(:func:`tell_dossier`).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.refusals import Refused
from dossiers.actions import FeeSettled
from dossiers.actions.payment import UNSETTLED
from dossiers.models import Dossier, FeeState, Status
from dossiers.records.fees import set_fee_state
from dossiers.workflow import perform
from procedures.fees import Assessment, Quantity, Why, assess
from procedures.models import FeeExemption, Offering

from .models import (
    OWED,
    Attempt,
    Charge,
    ChargeKind,
    ChargeLine,
    ChargeStatus,
    ExemptionClaim,
)


def assessment_of(
    dossier: Dossier,
    *,
    quantities: Mapping[str, Quantity] | None = None,
    exemptions: Collection[int] = (),
) -> Assessment:
    """Return what a dossier costs by its answers and its unit's amounts, on the day it was filed; four queries."""
    offering = Offering.objects.filter(unit=dossier.unit_id, procedure=dossier.version.procedure_id).first()
    day = local_day(dossier.submitted_at or dossier.created_at)
    return assess(
        dossier.version,
        offering,
        channel=dossier.channel,
        day=day,
        quantities=quantities,
        facts=dossier.answers or None,
        exemptions=exemptions,
    )


def claim(dossier: Dossier, exemptions: Collection[int], now: datetime) -> None:
    """Set which exemptions a draft claims; those that are none of its version are left out. Four queries.

    Refused ('state') once the dossier is filed.
    """
    if not dossier.is_draft:
        raise Refused(_("This dossier has been filed."), code="state")
    wanted = FeeExemption.objects.filter(pk__in=exemptions, line__version=dossier.version_id)
    dossier.exemption_claims.exclude(exemption__in=wanted).delete()
    ExemptionClaim.objects.bulk_create(
        (ExemptionClaim(dossier=dossier, exemption=row, claimed_at=now) for row in wanted), ignore_conflicts=True
    )


def open_for(dossier: Dossier, now: datetime, *, by: User | None = None) -> Charge | None:
    """Open the charge of a dossier that has just been filed, None when nothing is known to be due.

    Until an officer has looked at the proof of what is claimed, the charge stands in full and is not asked for
    (:func:`is_payable`). About eight queries.
    """
    found = assessment_of(dossier)
    charge = _freeze(dossier, found, now, by=by) if found.total_vnd else None
    tell_dossier(dossier, now)
    return charge


def reassess(
    charge: Charge,
    *,
    quantities: Mapping[str, Quantity],
    by: User,
    reason: str,
    now: datetime,
) -> Charge | None:
    """Replace a charge by another assessment, with the exemptions granted so far; None when nothing is due now.

    Refused ('paid') once money has come or is on its way: what was paid too much is paid back, what is missing is a
    charge of its own (:func:`add`).
    """
    charge = _locked(charge)
    _require_untouched(charge)
    _require_reason(reason)
    dossier = charge.dossier
    granted = list(ExemptionClaim.objects.filter(dossier=dossier, granted=True).values_list("exemption_id", flat=True))
    found = assessment_of(dossier, quantities=quantities, exemptions=granted)
    _set(charge, ChargeStatus.CANCELLED)
    fresh = _freeze(dossier, found, now, by=by, reason=reason, replaces=charge) if found.total_vnd else None
    tell_dossier(dossier, now)
    return fresh


def decide_claim(claim: ExemptionClaim, *, granted: bool, by: User, reason: str, now: datetime) -> None:
    """Grant or decline a claimed exemption, once; what it frees is reassessed. Refused ('state') the second time."""
    if not granted:
        _require_reason(reason)
    taken = ExemptionClaim.objects.filter(pk=claim.pk, granted=None).update(
        granted=granted, decided_by=by, decided_at=now, reason=reason
    )
    if not taken:
        raise Refused(_("Somebody has already decided this."), code="state")
    charge = Charge.objects.filter(dossier=claim.dossier, kind=ChargeKind.FILING, status=ChargeStatus.OPEN).first()
    if granted and charge is not None:
        reassess(charge, quantities=quantities_of(charge), by=by, reason=claim.exemption.who, now=now)
    else:
        tell_dossier(claim.dossier, now)


def quantities_of(charge: Charge) -> dict[str, Quantity]:
    """Return how often each line of a charge was counted, by its key; one query."""
    return {line.key: line.quantity for line in charge.lines.all() if line.why != Why.NOT_ASKED}


def waive(charge: Charge, *, by: User, reason: str, now: datetime) -> None:
    """Ask for no more of a charge, with a reason. Refused ('state') when nothing is owed, ('paid') in flight."""
    _require_reason(reason)
    charge = _locked(charge)
    _require_untouched(charge)
    _set(charge, ChargeStatus.WAIVED, reason=reason, assessed_by=by)
    tell_dossier(charge.dossier, now)


def cancel_unpaid(dossier: Dossier, now: datetime) -> None:
    """Take back what is owed for a dossier that ended without a result; what was paid is paid back by a refund."""
    Charge.objects.filter(dossier=dossier, status=ChargeStatus.OPEN).update(status=ChargeStatus.CANCELLED)
    tell_dossier(dossier, now)


def paid(charge: Charge, amount_vnd: int, now: datetime) -> None:
    """Count what the ledger has booked for a locked charge; two queries and the dossier's state."""
    total = charge.paid_vnd + amount_vnd
    _set(charge, ChargeStatus.PAID if total == charge.amount_vnd else ChargeStatus.PARTLY_PAID, paid_vnd=total)
    tell_dossier(charge.dossier, now)


def refunded(charge: Charge, amount_vnd: int, now: datetime) -> None:
    """Count what has been paid back of a locked charge."""
    total = charge.refunded_vnd + amount_vnd
    status = ChargeStatus.REFUNDED if total == charge.paid_vnd else ChargeStatus.PARTLY_REFUNDED
    _set(charge, status, refunded_vnd=total)
    tell_dossier(charge.dossier, now)


def is_payable(charge: Charge) -> bool:
    """Tell whether a payment may begin: owed, and no claimed exemption waits for an officer; at most one query."""
    return charge.is_owed and not ExemptionClaim.objects.filter(dossier=charge.dossier_id, granted=None).exists()


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


def _freeze(dossier: Dossier, found: Assessment, now: datetime, *, by: User | None = None, **columns: Any) -> Charge:
    """Write a charge with its lines; three queries."""
    last = dossier.charges.aggregate(last=Max("n"))["last"] or 0
    charge = Charge.objects.create(
        dossier=dossier,
        unit_id=dossier.unit_id,
        n=last + 1,
        amount_vnd=found.total_vnd,
        is_complete=found.is_complete,
        assessed_at=now,
        assessed_by=by,
        **columns,
    )
    ChargeLine.objects.bulk_create(
        ChargeLine(
            charge=charge,
            n=n,
            key=line.key,
            kind=line.kind,
            name=line.name,
            unit=line.unit,
            quantity=line.quantity,
            unit_amount_vnd=line.unit_amount_vnd,
            amount_vnd=line.amount_vnd,
            why=line.why,
            resolution=line.resolution,
            exempt_as=line.exempt_as,
        )
        for n, line in enumerate(found.lines, start=1)
    )
    return charge


def _locked(charge: Charge) -> Charge:
    return Charge.objects.select_for_update(of=("self",)).select_related("dossier__version", "unit").get(pk=charge.pk)


def _set(charge: Charge, status: ChargeStatus, **columns: Any) -> None:
    for name, value in {"status": status, **columns}.items():
        setattr(charge, name, value)
    charge.save(update_fields=["status", *columns])


def _require_untouched(charge: Charge) -> None:
    if charge.status != ChargeStatus.OPEN:
        raise Refused(_("This fee is no longer open."), code="state")
    if charge.attempt_lines.filter(is_live=True).exists():
        raise Refused(_("A payment of this fee is on its way. Wait for its end, or check it again."), code="paid")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Enter the reason."), code="reason", field="reason")
