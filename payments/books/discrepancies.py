"""What does not agree between the ledger and providers or the bank: kept once, owned, closed by two persons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused, stale
from offices.log import audit
from offices.models import Unit

from ..models import (
    Attempt,
    AttemptStatus,
    Booking,
    Discrepancy,
    DiscrepancyKind,
    LedgerTransaction,
    LineKind,
    Refund,
    RefundStatus,
    Resolution,
    SettlementLine,
)
from . import ledger
from .ledger import Side


def found_wrong(
    kind: DiscrepancyKind,
    attempt: Attempt | None,
    now: datetime,
    *,
    ours: int | None = None,
    theirs: int | None = None,
    note: str = "",
    provider: str = "",
    reference: str = "",
    line: SettlementLine | None = None,
    refund: Refund | None = None,
    unit: Unit | None = None,
) -> Discrepancy:
    """Keep that a provider disagrees, once a line, else once a provider, kind and reference; two queries.

    ``provider`` and ``reference`` are those of the attempt unless they are given.
    """
    found = {
        "provider": provider or (attempt.provider if attempt else ""),
        "reference": (reference or (attempt.ref if attempt else ""))[:100],
        "kind": kind,
    }
    details = {
        "unit": unit or (attempt.unit if attempt else None),
        "attempt": attempt,
        "refund": refund,
        "ours_vnd": ours,
        "theirs_vnd": theirs,
        "found_at": now,
        "note": note,
    }
    if line is not None:
        discrepancy, _is_new = Discrepancy.objects.get_or_create(line=line, defaults={**found, **details})
    else:
        discrepancy, _is_new = Discrepancy.objects.get_or_create(**found, line=None, defaults=details)
    return discrepancy


@dataclass(frozen=True)
class Money:
    """What of a discrepancy is not in the books yet, in đồng: below 0 what went out.

    ``came_vnd`` came to the bank or was kept by the provider (``withheld_vnd`` of it); ``held_vnd`` still stands as
    with the provider.
    """

    came_vnd: int = 0
    withheld_vnd: int = 0
    held_vnd: int = 0


def money_of(discrepancy: Discrepancy) -> Money:
    """Return what a discrepancy leaves to be booked; two queries at most."""
    attempt, refund, line = discrepancy.attempt, discrepancy.refund, discrepancy.line
    held = 0
    if refund is not None:
        is_open = refund.status == RefundStatus.SUCCEEDED and not is_settled(f"refund:{refund.request_id}")
        held = -refund.amount_vnd if is_open else 0
    elif attempt is not None and attempt.status == AttemptStatus.SUCCEEDED and (line is None or _is_payment(line)):
        held = 0 if is_settled(f"attempt:{attempt.ref}") else attempt.amount_vnd
    if line is None or discrepancy.kind == DiscrepancyKind.WRONG_DATE:
        # The line of another day has been booked.
        return Money(held_vnd=held)
    if attempt is None and discrepancy.ours_vnd is not None:
        # A provider's sum, or cash brought to the treasury: booked already as we have it.
        return Money(came_vnd=line.amount_vnd - discrepancy.ours_vnd)
    if not _is_payment(line):
        return Money(came_vnd=-line.amount_vnd, held_vnd=held)
    return Money(line.amount_vnd, min(line.withheld_vnd, line.amount_vnd), held)


def options(discrepancy: Discrepancy) -> list[Resolution]:
    """Return the ways in which a discrepancy may be closed: those that move money only where there is some."""
    return _options(money_of(discrepancy))


def _options(money: Money) -> list[Resolution]:
    found = []
    if money.held_vnd and money.held_vnd == money.came_vnd:
        found.append(Resolution.SETTLED)
    if money.came_vnd > max(money.held_vnd, 0):
        found.append(Resolution.UNAPPLIED)
    if money.held_vnd != money.came_vnd and (money.held_vnd or money.came_vnd < 0):
        found.append(Resolution.DIFFERENCE)
    return [*found, Resolution.NOTHING]


def look_after(discrepancy: Discrepancy, note: str, *, revision: int, by: User, now: datetime) -> None:
    """Make an officer the owner of an open discrepancy and keep a note. Refused ('state', stale page)."""
    with transaction.atomic():
        _change(discrepancy, revision, owner=by, note=note.strip())
        _record("discrepancy.note", discrepancy, by, now, [("discrepancy_note", discrepancy.note, note.strip())])


def propose(
    discrepancy: Discrepancy,
    resolution: Resolution,
    reason: str,
    *,
    revision: int,
    by: User,
    now: datetime,
    booked_in: Unit | None = None,
) -> None:
    """Propose how a discrepancy is closed; another officer closes it. Nothing is booked yet.

    Refused ('reason') without one, ('resolution') for a way that it does not leave, ('unit') where the books of a unit
    are needed, ('state', stale page) when it was closed or changed meanwhile.
    """
    if not reason.strip():
        raise Refused(_("Enter the reason."), code="reason", field="reason")
    if resolution not in options(discrepancy):
        raise Refused(_("This is not possible any more. Look at what is left."), code="resolution", field="resolution")
    unit = discrepancy.unit or booked_in
    if resolution != Resolution.NOTHING and unit is None:
        raise Refused(_("Choose the unit in whose books it stands."), code="unit", field="booked_in")
    proposal = {"resolution": resolution, "reason": reason.strip(), "booked_in": unit}
    changes = [("resolution", discrepancy.resolution, resolution), ("reason", "", reason.strip())]
    with transaction.atomic():
        _change(discrepancy, revision, proposed_by=by, proposed_at=now, **proposal)
        _record("discrepancy.propose", discrepancy, by, now, changes)


def send_back(discrepancy: Discrepancy, note: str, *, revision: int, by: User, now: datetime) -> None:
    """Decline a proposal with a word why; the discrepancy stays open. Refused ('reason', 'state', stale page)."""
    if not note.strip():
        raise Refused(_("Enter the reason."), code="reason", field="reason")
    if not discrepancy.resolution:
        raise Refused(_("Nothing has been proposed."), code="state")
    empty = {"resolution": "", "reason": "", "booked_in": None, "proposed_by": None, "proposed_at": None}
    with transaction.atomic():
        _change(discrepancy, revision, **empty)
        _record("discrepancy.send_back", discrepancy, by, now, [("reason", "", note.strip())])


def close(discrepancy: Discrepancy, *, revision: int, by: User, now: datetime) -> None:
    """Close a discrepancy as another officer proposed, and book what that moves; about eight queries.

    Refused ('own') for the proposer, ('state') without a proposal or when money moved since, or for a stale page.
    """
    try:
        with transaction.atomic():
            _close(discrepancy.pk, revision, by, now)
    except IntegrityError as error:
        # A file that names the money has been compared at this moment.
        raise Refused(_("This is not possible any more. Look at what is left."), code="state") from error


def _close(pk: int, revision: int, by: User, now: datetime) -> None:
    fresh = Discrepancy.objects.select_for_update(of=("self",)).get(pk=pk)
    if fresh.closed_at is not None or not fresh.resolution:
        raise Refused(_("There is no open proposal any more."), code="state")
    if fresh.proposed_by_id == by.pk:
        raise Refused(_("Another officer has to close what you proposed."), code="own")
    # Read once: a file that is compared meanwhile books under the same source, and only one of the two stays.
    money = money_of(fresh)
    if fresh.resolution not in _options(money):
        raise Refused(_("This is not possible any more. Look at what is left."), code="state")
    _change(fresh, revision, closed_by=by, closed_at=now)
    _book(fresh, money, by, now)
    _record("discrepancy.close", fresh, by, now, [("resolution", "", fresh.resolution)])


def _book(discrepancy: Discrepancy, money: Money, by: User, now: datetime) -> None:
    """Book what closing moves: once as paid out where the provider's account is cleared, else as a correction."""
    unit = discrepancy.booked_in
    if discrepancy.resolution == Resolution.NOTHING or unit is None:
        return
    excess = money.came_vnd - money.held_vnd
    rest = ledger.UNAPPLIED if discrepancy.resolution == Resolution.UNAPPLIED else ledger.SETTLEMENT_DIFFERENCE
    sides = [
        Side(ledger.TREASURY, money.came_vnd - money.withheld_vnd),
        Side(ledger.GATEWAY_COST, money.withheld_vnd),
        Side(rest, -excess),
    ]
    kind, source = Booking.CORRECTION, f"discrepancy:{discrepancy.pk}"
    if money.held_vnd and discrepancy.attempt is not None:
        sides.append(Side(ledger.clearing(discrepancy.attempt.provider), -money.held_vnd))
        paid_back = discrepancy.refund
        kind = Booking.SETTLEMENT
        source = f"refund:{paid_back.request_id}" if paid_back else f"attempt:{discrepancy.attempt.ref}"
    ledger.book(kind, source, unit, now, sides, by=by, note=discrepancy.reason[:300])


def _change(discrepancy: Discrepancy, revision: int, **columns: object) -> None:
    """Write columns of an open discrepancy unless somebody has changed it since its page was made."""
    rows = Discrepancy.objects.filter(pk=discrepancy.pk, closed_at=None)
    if rows.filter(revision=revision).update(revision=revision + 1, **columns):
        return
    if rows.exists():
        raise stale()
    raise Refused(_("This discrepancy has been closed."), code="state")


def _record(
    action: str, discrepancy: Discrepancy, by: User, now: datetime, changes: Iterable[tuple[str, object, object]]
) -> None:
    audit.record(
        action,
        discrepancy,
        by=by,
        now=now,
        ref=str(discrepancy.pk),
        unit=discrepancy.unit or discrepancy.booked_in,
        name=f"{discrepancy.provider} {discrepancy.reference}",
        changes=changes,
    )


def _is_payment(line: SettlementLine) -> bool:
    return line.kind != LineKind.REFUND


def is_settled(source: str) -> bool:
    """Tell whether what a provider had of a payment or repayment has been booked as paid out; one query."""
    return LedgerTransaction.objects.filter(source=source, kind=Booking.SETTLEMENT).exists()
