"""The ledger: the only place that books, and the sums of what is booked. Whole đồng.

Accounts are names: ``clearing:<provider>`` is what a provider owes the unit, ``cash:<shift>`` what lies in a cashier's
box, ``bank:treasury`` the treasury's account, ``revenue:<fee key>`` the fees, ``liability:unapplied`` what came beyond
what was owed, ``liability:refunds`` what is to be paid back, ``expense:gateway`` what a provider kept,
``difference:cash`` what a count did not show, ``difference:settlement`` what providers and
the bank did not, as two officers decided. A correction is a transaction that reverses another one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from offices.models import Unit

from ..models import Attempt, AttemptLine, Booking, Charge, LedgerEntry, LedgerTransaction

TREASURY = "bank:treasury"
UNAPPLIED = "liability:unapplied"
REFUNDS = "liability:refunds"
GATEWAY_COST = "expense:gateway"
CASH_DIFFERENCE = "difference:cash"
SETTLEMENT_DIFFERENCE = "difference:settlement"


def clearing(provider: str) -> str:
    """Return the account of what a provider has taken and not yet paid out."""
    return f"clearing:{provider}"


def cash(shift_id: int) -> str:
    """Return the account of a cashier's box."""
    return f"cash:{shift_id}"


def revenue(key: str) -> str:
    """Return the account of one fee."""
    return f"revenue:{key}"


@dataclass(frozen=True, slots=True)
class Side:
    """One entry to be booked: ``vnd`` above 0 is a debit, below 0 a credit."""

    account: str
    vnd: int
    charge: Charge | None = None


def book(
    kind: Booking,
    source: str,
    unit: Unit,
    at: datetime,
    sides: Iterable[Side],
    *,
    by: User | None = None,
    note: str = "",
    reverses: LedgerTransaction | None = None,
) -> LedgerTransaction:
    """Write one transaction in the caller's; two queries. Sides of 0 are left out.

    Raises ValueError when debits and credits differ or nothing is left, IntegrityError when ``source`` has been
    booked so before: nothing is booked twice.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the ledger is written in the transaction that moves the money")
    kept = [side for side in sides if side.vnd]
    if not kept or sum(side.vnd for side in kept) != 0:
        raise ValueError(f"{source}: debits and credits differ")
    booked = LedgerTransaction.objects.create(
        unit=unit, kind=kind, source=source, at=at, by=by, note=note, reverses=reverses
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            transaction=booked,
            unit=unit,
            account=side.account,
            debit_vnd=max(side.vnd, 0),
            credit_vnd=max(-side.vnd, 0),
            charge=side.charge,
        )
        for side in kept
    )
    return booked


def reverse(booked: LedgerTransaction, kind: Booking, at: datetime, *, by: User | None = None) -> LedgerTransaction:
    """Book the opposite of a transaction, of the same source; three queries."""
    sides = [
        Side(entry.account, entry.credit_vnd - entry.debit_vnd, entry.charge)
        for entry in booked.entries.select_related("charge")
    ]
    return book(kind, booked.source, booked.unit, at, sides, by=by, reverses=booked)


def fee_sides(charge: Charge, already_vnd: int, amount_vnd: int) -> list[Side]:
    """Return the credits of so much of a charge after ``already_vnd`` of it: its lines in their order, each in full."""
    sides, start, end, at = [], already_vnd, already_vnd + amount_vnd, 0
    for line in charge.lines.all():
        due = line.amount_vnd or 0
        part = min(end, at + due) - max(start, at)
        if part > 0:
            sides.append(Side(revenue(line.key), -part, charge))
        at += due
    return sides


def balance(entries: QuerySet[LedgerEntry] | None = None, *, account: str = "") -> int:
    """Return debits less credits of some entries, or of one account of all units; one query."""
    found = LedgerEntry.objects.all() if entries is None else entries
    if account:
        found = found.filter(account=account)
    sums = found.aggregate(debit=Coalesce(Sum("debit_vnd"), 0), credit=Coalesce(Sum("credit_vnd"), 0))
    return int(sums["debit"]) - int(sums["credit"])


def revenue_of(charge: Charge) -> dict[str, int]:
    """Return what each fee's account holds of a charge; one query."""
    rows = charge.entries.filter(account__startswith=revenue("")).values("account")
    sums = rows.annotate(held=Sum("credit_vnd") - Sum("debit_vnd")).values_list("account", "held")
    return dict(sums.order_by("account"))


def trial_balance(units: Sequence[Unit] | None = None) -> dict[str, int]:
    """Return the balance of every account, of some units or of all; their sum is 0. One query."""
    entries = LedgerEntry.objects.all() if units is None else LedgerEntry.objects.filter(unit__in=units)
    rows = entries.values("account").annotate(debit=Sum("debit_vnd"), credit=Sum("credit_vnd")).order_by("account")
    return {row["account"]: row["debit"] - row["credit"] for row in rows}


def money_of(attempt: Attempt, at: datetime, account: str, by: User | None = None) -> dict[int, int]:
    """Book what an attempt brought and return how much of it each charge took, by its primary key.

    Its charges are locked and fresh, and take in their order what came. What a charge does not owe (any more) goes to
    UNAPPLIED. Four queries, and one a charge.
    """
    taken: dict[int, int] = {}
    sides = [Side(account, attempt.amount_vnd)]
    lines: list[AttemptLine] = list(attempt.lines.select_related("charge").order_by("charge_id"))
    for line in lines:
        part = min(line.amount_vnd, line.charge.owed_vnd, attempt.amount_vnd - sum(taken.values()))
        taken[line.charge_id] = part
        sides += fee_sides(line.charge, line.charge.paid_vnd, part)
    excess = attempt.amount_vnd - sum(taken.values())
    sides.append(Side(UNAPPLIED, -excess))
    book(Booking.CAPTURE, f"attempt:{attempt.ref}", attempt.unit, at, sides, by=by)
    return taken
