"""Which dossiers' money an officer opens, and its rows; every view starts here."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from common.clock import local_day
from common.web.hidden import hidden
from dossiers.desk.officer import PAGE_RELATIONS, Officer, is_code
from dossiers.models import Dossier, FeeState
from offices.models import Role
from procedures.models import FeeExemption, FeeLine

from ..charges import claiming
from ..models import OWED, Attempt, AttemptLine, Charge, ExemptionClaim, Receipt, Refund, Shift
from .acts import REFUND_ROLES, units_of


def dossiers(officer: Officer) -> QuerySet[Dossier]:
    """Return the dossiers whose money an officer opens: those of the desk, and all that owe the cashier's unit."""
    owing = Charge.objects.for_officer(officer.user, officer.posts).filter(dossier=OuterRef("pk"))
    at_desk = officer.dossiers().filter(pk=OuterRef("pk"))
    return Dossier.objects.filter(Q(Exists(owing)) | Q(Exists(at_desk)), status__gt=0)


def dossier_of(officer: Officer, code: str) -> Dossier:
    """Return a dossier with what pages of its money read. Raises Http404 for one of others as for none."""
    if not is_code(code):
        raise Http404
    found = dossiers(officer).select_related(*PAGE_RELATIONS).filter(code=code).first()
    if found is None:
        raise hidden(Dossier, code=code)
    return found


def charge_of(dossier: Dossier, n: int) -> Charge:
    """Return one charge of a dossier by its number. Raises Http404."""
    return get_object_or_404(dossier.charges.select_related("unit"), n=n)


def claim_of(dossier: Dossier, pk: int) -> ExemptionClaim:
    """Return one claimed exemption of a dossier. Raises Http404."""
    return get_object_or_404(dossier.exemption_claims.select_related("exemption"), pk=pk)


def same_claims(claim: ExemptionClaim) -> list[ExemptionClaim]:
    """Return a claim with those of the same reason and proof for other fees of the dossier; one query.

    All but the first only while they wait for a decision.
    """
    reason = claim.exemption
    waiting = claim.dossier.exemption_claims.filter(granted=None)
    others = waiting.filter(exemption__who=reason.who, exemption__proof=reason.proof)
    return [claim, *others.exclude(pk=claim.pk).select_related("exemption")]


def tariff_of(dossier: Dossier) -> list[FeeLine]:
    """Return the lines of the tariff under which a dossier was filed; one query."""
    return list(FeeLine.objects.filter(version=dossier.version_id).order_by("n"))


def grantable(dossier: Dossier) -> list[FeeExemption]:
    """Return the exemptions that count for a dossier and have been neither granted nor claimed; two queries."""
    known = set(dossier.exemption_claims.values_list("exemption_id", flat=True))
    day = local_day(dossier.submitted_at or dossier.created_at)
    return [row for row in claiming.claimable(dossier, day) if row.pk not in known]


def attempts_of(dossier: Dossier) -> QuerySet[Attempt]:
    """Return the attempts to pay a dossier's charges, newest first."""
    return Attempt.objects.filter(lines__charge__dossier=dossier).distinct().order_by("-begun_at", "-pk")


def attempt_of(dossier: Dossier, ref: str) -> Attempt:
    """Return one attempt to pay a dossier's charges. Raises Http404."""
    return get_object_or_404(attempts_of(dossier).select_related("unit"), ref=ref)


def refund_of(officer: Officer, pk: int) -> Refund:
    """Return a repayment of the units whose repayments an officer follows. Raises Http404."""
    units = units_of(officer, *REFUND_ROLES)
    refunds = Refund.objects.select_related("attempt__unit", "requested_by", "decided_by")
    found = refunds.filter(pk=pk, attempt__unit__in=units).first()
    if found is None:
        raise hidden(Refund, pk=pk)
    return found


def receipt_of(officer: Officer, pk: int) -> Receipt:
    """Return a receipt of a dossier whose money an officer opens. Raises Http404."""
    receipts = Receipt.objects.select_related("series__unit", "attempt", "charge__dossier__applicant", "charge__unit")
    found = receipts.for_officer(officer.user, officer.posts).filter(pk=pk).first()
    if found is None:
        raise hidden(Receipt, pk=pk)
    return found


def shifts(officer: Officer) -> QuerySet[Shift]:
    """Return the shifts an officer may look at: a cashier's own, a leader's unit's."""
    own = Q(cashier=officer.user, unit__in=units_of(officer, Role.CASHIER))
    return Shift.objects.filter(own | Q(unit__in=units_of(officer, Role.LEADER))).select_related("cashier", "unit")


def shift_of(officer: Officer, pk: int) -> Shift:
    """Return one shift an officer may look at. Raises Http404."""
    found = shifts(officer).filter(pk=pk).first()
    if found is None:
        raise hidden(Shift, pk=pk)
    return found


def refunds_for(officer: Officer) -> QuerySet[Refund]:
    """Return the repayments of an officer's units, with what a list shows of them."""
    units = units_of(officer, *REFUND_ROLES)
    return Refund.objects.filter(attempt__unit__in=units).select_related("attempt", "requested_by", "decided_by")


def open_charges(dossier: Dossier) -> list[Charge]:
    """Return what a dossier still owes, its lines prefetched; two queries."""
    return [charge for charge in dossier.charges.prefetch_related("lines") if charge.is_owed]


def also_owed(dossier: Dossier, units: Iterable[int]) -> list[Charge]:
    """Return what the same applicant can pay to these units for other dossiers now, oldest first; one query.

    Neither what waits for an officer nor what a payment is on its way for.
    """
    number = dossier.applicant.number_index
    if not number:
        return []
    found = Charge.objects.filter(unit__in=units, status__in=OWED, dossier__applicant__number_index=number)
    found = found.exclude(dossier=dossier).exclude(dossier__fee_state=FeeState.CLAIMED)
    found = found.filter(~Exists(AttemptLine.objects.filter(charge=OuterRef("pk"), is_live=True)))
    return list(found.select_related("dossier", "unit").order_by("pk")[:20])
