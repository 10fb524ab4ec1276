"""The fee after answers were corrected: what it would be now, and the recorded act by which it becomes that."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Q, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused, fingerprint
from dossiers.models import CorrectionRequest, Dossier, Status, SupplementItem
from procedures.fees import AssessedLine, Assessment, Quantity
from procedures.models import FeeUnit

from .. import notices
from ..charges import charging, copies
from ..locks import lock, require_not_own
from ..models import ENDED_WITHOUT_MONEY, Attempt, AttemptStatus, Charge, ChargeStatus, RefundLine
from . import refunding

# What no correction changes any more.
ENDED = (Status.DRAFT, Status.REFUSED, Status.STOPPED)


@dataclass(frozen=True)
class Anew:
    """What a dossier is charged, and what it costs by its answers now; whole đồng.

    ``charged_vnd`` leaves out what was asked to be paid back; ``kept_vnd`` of it is what money has come for, or was
    waived. ``found`` is the assessment by the answers, ``quantities`` what it was counted by, ``added_vnd`` what
    officers charged besides.
    """

    charges: tuple[Charge, ...]
    charged_vnd: int
    kept_vnd: int
    found: Assessment
    quantities: Mapping[str, Quantity]
    added_vnd: int

    @property
    def total_vnd(self) -> int:
        return self.found.total_vnd + self.added_vnd

    @property
    def rest_vnd(self) -> int:
        """What is to be paid besides what has been paid; below 0 what was paid too much."""
        return self.total_vnd - self.kept_vnd

    @property
    def revision(self) -> str:
        """The fingerprint of what an officer sees before confirming it."""
        rows = ((row.pk, row.status, row.amount_vnd, row.paid_vnd) for row in self.charges)
        return fingerprint(self.total_vnd, self.charged_vnd, *rows)


def look(dossier: Dossier, every: Collection[Charge] | None = None) -> Anew | None:
    """Return how the fee differs by the answers of now, None where it does not or nothing was corrected.

    ``every`` is each charge of the dossier with its lines, where they are at hand. One query while nothing was
    corrected since the last assessment, about ten after that.
    """
    if dossier.status in ENDED or not dossier.answers or not dossier.version.fees.all():
        return None
    if every is None:
        every = dossier.charges.select_related("unit").prefetch_related("lines").order_by("n")
    charges = [row for row in every if row.status != ChargeStatus.CANCELLED]
    if not _was_corrected(dossier, max((row.assessed_at for row in charges), default=None)):
        return None
    quantities = _quantities(dossier, charges)
    found = charging.assessment_of(dossier, quantities=quantities, exemptions=charging.granted_to(dossier))
    back = RefundLine.objects.filter(charge__in=charges).exclude(refund__status__in=ENDED_WITHOUT_MONEY)
    asked = dict(back.values_list("charge").annotate(sum=Sum("amount_vnd")).order_by())
    net = {row.pk: row.amount_vnd - asked.get(row.pk, 0) for row in charges}
    anew = Anew(
        charges=tuple(charges),
        charged_vnd=sum(net.values()),
        kept_vnd=sum(_kept(row, net[row.pk]) for row in charges if not _is_added(row)),
        found=found,
        quantities=quantities,
        added_vnd=sum(net[row.pk] for row in charges if _is_added(row)),
    )
    return anew if anew.total_vnd != anew.charged_vnd and (anew.rest_vnd or _unpaid(charges)) else None


def follow(dossier: Dossier, *, by: User, reason: str, revision: str, now: datetime) -> None:
    """Let the fee be what the answers say: assessed anew, the rest charged, or what was too much proposed to go back.

    What was charged stays to be read. Refused ('reason'), ('stale') when it is not as ``revision`` showed it, ('paid')
    while a payment is on its way, ('own').
    """
    charging.require_reason(reason)
    with transaction.atomic():
        fresh = charging.locked_dossier(dossier.pk)
        require_not_own(by, fresh)
        list(lock(fresh.charges.all()))
        anew = look(fresh)
        if anew is None or anew.revision != revision:
            raise Refused(_("The fee has changed meanwhile. Look at it again."), code="stale")
        if any(row.is_owed and row.attempt_lines.filter(is_live=True).exists() for row in anew.charges):
            raise Refused(_("A payment of this fee is on its way. Wait for its end, or check it again."), code="paid")
        copies.follow(fresh, now)
        unpaid = _unpaid(anew.charges)
        kept = [row for row in anew.charges if row not in unpaid and not _is_added(row)]
        if unpaid and not kept:
            for row in unpaid[1:]:
                charging.set_status(row, ChargeStatus.CANCELLED)
            unpaid[0].dossier = fresh
            charging.replace_charge(unpaid[0], anew.quantities, by=by, reason=reason, now=now)
        else:
            _settle(fresh, anew, unpaid, kept, by=by, reason=reason, now=now)
        notices.changed(fresh, anew.charged_vnd, anew.total_vnd, reason, now)


def _settle(
    dossier: Dossier, anew: Anew, unpaid: list[Charge], kept: list[Charge], *, by: User, reason: str, now: datetime
) -> None:
    """Charge the rest beside what was paid, or ask for a repayment of what was too much."""
    for row in unpaid:
        charging.set_status(row, ChargeStatus.CANCELLED)
    for row in kept:
        if row.status == ChargeStatus.PARTLY_PAID:
            # What was to come of it is in the rest.
            charging.set_status(row, ChargeStatus.PAID, amount_vnd=row.paid_vnd)
    if anew.rest_vnd > 0:
        # Counted by nothing of its own: it goes with the charge that it completes.
        rest = Assessment(_difference(anew.found.lines, kept, anew.rest_vnd))
        charging.freeze(dossier, rest, {}, now, by=by, reason=reason)
    charging.tell_dossier(dossier, now)
    if anew.rest_vnd < 0:
        _pay_back(kept, -anew.rest_vnd, by=by, reason=reason, now=now)


def _pay_back(kept: Sequence[Charge], excess: int, *, by: User, reason: str, now: datetime) -> None:
    """Ask for a repayment of so much, out of the newest payments; less where no more was paid."""
    mine = {row.pk for row in kept}
    attempts = Attempt.objects.filter(lines__charge__in=mine, status=AttemptStatus.SUCCEEDED).distinct()
    for attempt in attempts.order_by("-pk"):
        amounts: dict[int | None, int] = {}
        for pk, left in refunding.refundable(attempt).items():
            if pk in mine and excess:
                amounts[pk] = min(left, excess)
                excess -= amounts[pk]
        if amounts:
            refunding.request(attempt, amounts, by=by, reason=reason, now=now)


def _difference(lines: Sequence[AssessedLine], kept: Sequence[Charge], rest: int) -> tuple[AssessedLine, ...]:
    """Return the lines that cost more than was charged of them, together as much as the rest."""
    had: dict[str, int] = {}
    for row in kept:
        for charged in row.lines.all():
            had[charged.key] = had.get(charged.key, 0) + (charged.amount_vnd or 0)
    found: list[AssessedLine] = []
    for line in lines:
        part = min((line.amount_vnd or 0) - had.get(line.key, 0), rest)
        if part <= 0:
            continue
        rest -= part
        each = line.unit_amount_vnd
        is_whole = bool(each) and part % (each or 1) == 0
        count = part // (each or 1) if is_whole else line.quantity
        found.append(replace(line, amount_vnd=part, quantity=count, unit_amount_vnd=each if is_whole else None))
    if rest:
        # What was paid in part: the first line takes what is left of it.
        first = found[0] if found else next(line for line in lines if line.amount_vnd)
        more = replace(first, amount_vnd=rest + (first.amount_vnd or 0 if found else 0), unit_amount_vnd=None)
        found[:1] = [more]
    return tuple(found)


def _was_corrected(dossier: Dossier, since: datetime | None) -> bool:
    """Tell whether a section was corrected or completed since a moment, None for any; one query."""
    begun = since or dossier.created_at
    sections = ~Q(section="")
    wishes = CorrectionRequest.objects.filter(sections, dossier=dossier, is_accepted=True, closed_at__gt=begun)
    items = SupplementItem.objects.filter(sections, request__dossier=dossier, request__answered_at__gt=begun)
    return Dossier.objects.filter(Exists(wishes) | Exists(items), pk=dossier.pk).exists()


def _quantities(dossier: Dossier, charges: Collection[Charge]) -> dict[str, Quantity]:
    """Return what the fee is counted by now: as officers counted it, but what the form asks by its answers."""
    counted: dict[str, Quantity] = {}
    for row in charges:
        if not _is_added(row):
            counted |= charging.quantities_of(row)
    is_asked = copies.is_asked_by_form(dossier.version)
    lines = {line.key: line for line in dossier.version.fees.all()}
    for key in [key for key in counted if key in lines]:
        by_form = is_asked and lines[key].unit == FeeUnit.COPY
        if by_form or (lines[key].applies_if is not None and not counted[key]):
            del counted[key]
    if is_asked:
        counted.pop(FeeUnit.COPY, None)
    return counted | copies.quantities_ordered(dossier)


def _is_added(charge: Charge) -> bool:
    """Tell whether an officer charged it besides, by lines and counts of its own."""
    return charge.n > 1 and charge.replaces_id is None and bool(charge.quantities)


def _unpaid(charges: Collection[Charge]) -> list[Charge]:
    return [row for row in charges if row.status == ChargeStatus.OPEN and not _is_added(row)]


def _kept(charge: Charge, net: int) -> int:
    """Return how much of a charge nobody is asked for any more: what was paid and stays, or was waived."""
    if charge.status == ChargeStatus.OPEN:
        return 0
    return charge.paid_vnd - (charge.amount_vnd - net) if charge.status == ChargeStatus.PARTLY_PAID else net
