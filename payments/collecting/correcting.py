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
from ..models.charges import added_among, last_assessed
from . import refunding

# What no correction changes any more.
ENDED = (Status.DRAFT, Status.REFUSED, Status.STOPPED)


@dataclass(frozen=True)
class Anew:
    """What a dossier is charged, and what it costs by its answers now; whole đồng.

    ``charges`` are those that the answers decide, ``added`` what officers charged besides. ``charged_vnd`` of both
    leaves out what was asked to be paid back; ``kept_vnd`` is what money has come for, or was waived, of the former,
    and ``paid_vnd`` of it what could be paid back. ``found`` is the assessment by the answers, ``quantities`` what it
    was counted by.
    """

    charges: tuple[Charge, ...]
    added: tuple[Charge, ...]
    charged_vnd: int
    added_vnd: int
    kept_vnd: int
    paid_vnd: int
    found: Assessment
    quantities: Mapping[str, Quantity]

    @property
    def total_vnd(self) -> int:
        return self.found.total_vnd + self.added_vnd

    @property
    def rest_vnd(self) -> int:
        """What is to be paid besides what has been paid or waived."""
        return max(self.found.total_vnd - self.kept_vnd, 0)

    @property
    def back_vnd(self) -> int:
        """What was paid too much; what was waived is not given back."""
        return min(max(self.kept_vnd - self.found.total_vnd, 0), self.paid_vnd)

    @property
    def is_due(self) -> bool:
        """Whether anything is to be done: something is owed, missing or too much."""
        is_owed = any(row.is_owed for row in self.charges)
        return self.total_vnd != self.charged_vnd and bool(is_owed or self.rest_vnd or self.back_vnd)

    @property
    def revision(self) -> str:
        """The fingerprint of what an officer sees before confirming it."""
        rows = ((row.pk, row.status, row.amount_vnd, row.paid_vnd) for row in (*self.charges, *self.added))
        return fingerprint(self.total_vnd, self.charged_vnd, *rows)


def look(dossier: Dossier, every: Collection[Charge] | None = None) -> Anew | None:
    """Return how the fee differs by the answers of now, None where it does not or nothing was corrected.

    None too for what was paid at the national portal: a difference is an officer's to add. So is what is missing once
    an officer has added a charge after the correction, which may be just that. ``every`` is each charge of the dossier
    with its lines, where they are at hand. One query while nothing was corrected since the last assessment, about ten
    after that.
    """
    has_ended = dossier.status in ENDED or dossier.is_crossed_out
    if has_ended or not dossier.answers or not dossier.version.fees.all():
        return None
    if every is None:
        every = list(dossier.charges.select_related("unit").prefetch_related("lines").order_by("n"))
    added = added_among(every)
    counting = [row for row in every if row.status != ChargeStatus.CANCELLED]
    charges = [row for row in counting if row.pk not in added]
    since = max((row.assessed_at for row in charges), default=None)
    if not _was_corrected(dossier, since) or charging.was_paid_elsewhere(dossier):
        return None
    quantities = _quantities(dossier, charges)
    found = charging.assessment_of(dossier, quantities=quantities, exemptions=charging.granted_to(dossier))
    back = RefundLine.objects.filter(charge__in=counting).exclude(refund__status__in=ENDED_WITHOUT_MONEY)
    asked = dict(back.values_list("charge").annotate(sum=Sum("amount_vnd")).order_by())
    net = {row.pk: _asks(row) - asked.get(row.pk, 0) for row in counting}
    paid = {row.pk: row.paid_vnd - asked.get(row.pk, 0) for row in charges}
    anew = Anew(
        charges=tuple(charges),
        added=tuple(row for row in counting if row.pk in added),
        charged_vnd=sum(net.values()),
        added_vnd=sum(vnd for pk, vnd in net.items() if pk in added),
        kept_vnd=sum(paid[row.pk] if row.is_owed else net[row.pk] for row in charges),
        paid_vnd=sum(paid.values()),
        found=found,
        quantities=quantities,
    )
    if not anew.is_due:
        return None
    by_hand = max((row.assessed_at for row in anew.added), default=None)
    is_more = anew.total_vnd > anew.charged_vnd
    return None if is_more and by_hand is not None and not _was_corrected(dossier, by_hand) else anew


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
        unpaid = [row for row in anew.charges if row.status == ChargeStatus.OPEN]
        kept = [row for row in anew.charges if row not in unpaid]
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
    if not kept:
        former = last_assessed(dossier.charges.all())
        charging.freeze(dossier, anew.found, anew.quantities, now, by=by, reason=reason, replaces=former)
    elif anew.rest_vnd:
        # Counted by nothing of its own: it goes with the charge that it completes.
        rest = Assessment(_difference(anew.found.lines, kept, anew.rest_vnd))
        charging.freeze(dossier, rest, {}, now, by=by, reason=reason)
    charging.tell_dossier(dossier, now)
    if anew.back_vnd:
        _pay_back(kept, anew.back_vnd, by=by, reason=reason, now=now)


def _pay_back(kept: Sequence[Charge], excess: int, *, by: User, reason: str, now: datetime) -> None:
    """Ask for a repayment of so much, out of the newest payments."""
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


def _asks(charge: Charge) -> int:
    """Return what a charge has asked for: of one that is paid off what came, though it was paid back in part."""
    is_counted = charge.is_owed or charge.status == ChargeStatus.WAIVED
    return charge.amount_vnd if is_counted else charge.paid_vnd
