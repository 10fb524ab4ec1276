"""The cashier's day: a shift opened, money taken, counted, its difference booked; cash brought to the treasury."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused
from offices.models import Unit

from ..books import ledger
from ..books.ledger import Side
from ..models import Attempt, Booking, Charge, Deposit, LedgerEntry, Shift
from ..providers.base import Outcome, ProviderState
from . import attempts, settling
from .attempts import Payer

COUNTER, TRANSFER = "counter", "transfer"


def open_shift(unit: Unit, cashier: User, opening_vnd: int, now: datetime) -> Shift:
    """Open a cashier's shift with what is in the box. Refused ('state') while one is open."""
    try:
        with transaction.atomic():
            return Shift.objects.create(unit=unit, cashier=cashier, opened_at=now, opening_vnd=opening_vnd)
    except IntegrityError as error:
        raise Refused(_("Your shift is open already."), code="state") from error


def shift_of(cashier: User, unit: Unit) -> Shift | None:
    """Return a cashier's open shift; one query."""
    return Shift.objects.filter(cashier=cashier, unit=unit, closed_at=None).first()


def taken_vnd(shift: Shift) -> int:
    """Return what a shift has taken less what it paid out, by the ledger; one query."""
    return ledger.balance(account=ledger.cash(shift.pk))


def take_cash(charges: Sequence[Charge], shift: Shift, now: datetime) -> Attempt:
    """Take what charges owe in cash, with its receipts. Refused like ``attempts.begin``, or ('shift', 'unit')."""
    if any(charge.unit_id != shift.unit_id for charge in charges):
        raise Refused(_("These fees belong to another office."), code="unit")
    with transaction.atomic():
        _require_open(shift)
        attempt = attempts.begin(charges, COUNTER, Payer(shift.cashier), now, is_polled=False)
        _settle(attempt, now, ledger.cash(shift.pk), shift.cashier)
    return attempt


def take_transfer(charges: Sequence[Charge], reference: str, *, by: User, now: datetime) -> Attempt:
    """Take a transfer that an officer has seen on the account; ``reference`` is the bank's, whose list settles it.

    Refused like ``attempts.begin``, or ('reference') for one that has been taken before.
    """
    with transaction.atomic():
        # One after the other: a reference is looked for and written by nobody else meanwhile.
        Unit.objects.select_for_update(no_key=True).get(pk=charges[0].unit_id)
        if Attempt.objects.filter(unit=charges[0].unit_id, provider=TRANSFER, provider_ref=reference).exists():
            raise Refused(_("This transfer has been recorded already."), code="reference", field="reference")
        attempt = attempts.begin(charges, TRANSFER, Payer(by), now, is_polled=False)
        _settle(attempt, now, ledger.clearing(TRANSFER), by, reference)
    return attempt


def close_shift(shift: Shift, counted_vnd: int, note: str, now: datetime) -> Shift:
    """Close a shift by what was counted; a difference is booked and wants a note. Refused ('state', 'note')."""
    with transaction.atomic():
        fresh = Shift.objects.select_for_update().get(pk=shift.pk)
        if fresh.closed_at is not None:
            raise Refused(_("This shift has been closed already."), code="state")
        expected = fresh.opening_vnd + taken_vnd(fresh)
        if counted_vnd != expected and not note.strip():
            raise Refused(_("The count differs. Say why."), code="note", field="note")
        fresh.closed_at, fresh.expected_vnd, fresh.counted_vnd, fresh.note = now, expected, counted_vnd, note
        fresh.save(update_fields=["closed_at", "expected_vnd", "counted_vnd", "note"])
        if difference := counted_vnd - expected:
            sides = [Side(ledger.cash(fresh.pk), difference), Side(ledger.CASH_DIFFERENCE, -difference)]
            ledger.book(
                Booking.DIFFERENCE, f"shift:{fresh.pk}", fresh.unit, now, sides, by=fresh.cashier, note=note[:300]
            )
    return fresh


def deposit(unit: Unit, amount_vnd: int, slip_number: str, day: date, *, by: User, now: datetime) -> Deposit:
    """Enter cash of closed shifts that was brought to the treasury; the oldest boxes are emptied first.

    Refused ('amount') beyond what lies in closed boxes, ('slip') for a number that was entered before.
    """
    try:
        with transaction.atomic():
            made = Deposit.objects.create(
                unit=unit, day=day, amount_vnd=amount_vnd, slip_number=slip_number, entered_by=by, entered_at=now
            )
            sides, left = [Side(ledger.TREASURY, amount_vnd)], amount_vnd
            shifts = (
                Shift.objects.select_for_update().filter(unit=unit).exclude(closed_at=None).order_by("closed_at", "pk")
            )
            for shift in shifts:
                part = min(left, max(taken_vnd(shift), 0))
                sides.append(Side(ledger.cash(shift.pk), -part))
                left -= part
                if not left:
                    break
            if left:
                raise Refused(_("There is not so much cash in the closed shifts."), code="amount", field="amount")
            ledger.book(Booking.DEPOSIT, f"deposit:{made.pk}", unit, now, sides, by=by, note=slip_number)
    except IntegrityError as error:
        raise Refused(_("This deposit slip has been entered already."), code="slip", field="slip_number") from error
    return made


def depositable_vnd(unit: Unit) -> int:
    """Return the cash that lies in a unit's closed boxes and was not brought to the treasury; two queries."""
    closed = Shift.objects.filter(unit=unit).exclude(closed_at=None).values_list("pk", flat=True)
    accounts = [ledger.cash(pk) for pk in closed]
    return ledger.balance(LedgerEntry.objects.filter(unit=unit, account__in=accounts))


def _settle(attempt: Attempt, now: datetime, account: str, by: User, reference: str = "") -> None:
    state = ProviderState(
        attempt.ref, Outcome.SUCCEEDED, attempt.amount_vnd, reference[:40], "desk", now, is_asked=True
    )
    settling.apply(state, now=now, account=account, by=by)


def _require_open(shift: Shift) -> None:
    """Lock a shift and refuse one that was closed meanwhile."""
    if Shift.objects.select_for_update().get(pk=shift.pk).closed_at is not None:
        raise shift_closed()


def shift_closed() -> Refused:
    """Return the refusal of money for a box that is not open."""
    return Refused(_("Your shift is closed. Open it first."), code="shift")
