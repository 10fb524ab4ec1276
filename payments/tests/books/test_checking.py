"""The books are looked over: what agrees is silent, each thing that does not is found and named."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from common.database import append_only
from common.models import Alert, AlertKind
from payments.books import checking, ledger
from payments.books.ledger import Side
from payments.collecting import cashier, refunding
from payments.models import (
    Attempt,
    Booking,
    Charge,
    ChargeStatus,
    LedgerEntry,
    LedgerTransaction,
    Receipt,
)
from payments.tests.test_road import pay

pytestmark = pytest.mark.django_db


def kinds(now) -> list[str]:
    return [finding.kind for finding in checking.invariants(now)]


@pytest.fixture
def paid(owing, now) -> Attempt:
    return pay(owing, now)


def test_a_day_of_money_leaves_nothing_to_find(paid, owing, commune, road, now) -> None:
    refund = refunding.request(paid, {owing.pk: 8_000}, by=commune.clerk, reason="Thừa", now=now)
    assert kinds(now) == []
    refunding.decide(refund, approved=False, by=commune.leader, now=now)
    assert kinds(now + timedelta(days=30)) == []


def test_a_charge_that_differs_from_the_ledger(paid, owing, now) -> None:
    Charge.objects.filter(pk=owing.pk).update(paid_vnd=27_000)
    found = checking.invariants(now)
    assert [(one.kind, one.unit, one.amount_vnd) for one in found] == [("charge", "xuan-bac", 1_000)]


def test_a_status_that_the_sums_do_not_allow(paid, owing, now) -> None:
    Charge.objects.filter(pk=owing.pk).update(status=ChargeStatus.OPEN)
    assert kinds(now) == ["charge"]


def test_a_capture_without_its_receipt(paid, now) -> None:
    with append_only.lifted(tables=[Receipt._meta.db_table]):
        Receipt.objects.all().delete()
    assert kinds(now) == ["receipt"]


def test_a_payment_that_was_not_booked(owing, now) -> None:
    Attempt.objects.create(
        unit=owing.unit, provider="vnpay", status="succeeded", amount_vnd=1, begun_at=now, settled_at=now
    )
    assert kinds(now) == ["not_booked"]


def test_money_that_nobody_owes_may_lie_three_days(paid, commune, now) -> None:
    sides = [Side(ledger.clearing("vnpay"), 5_000), Side(ledger.UNAPPLIED, -5_000)]
    with transaction.atomic():
        ledger.book(Booking.CORRECTION, "attempt:X", commune.unit, now, sides)
    assert kinds(now + timedelta(days=2)) == []
    assert kinds(now + timedelta(days=3)) == ["unapplied"]


def test_a_box_that_nobody_closed(commune, now) -> None:
    cashier.open_shift(commune.unit, commune.cashier, 0, now)
    assert kinds(now + timedelta(hours=23)) == []
    assert kinds(now + timedelta(hours=25)) == ["open_box"]


def test_alerts_come_and_go_with_their_cause(commune, now) -> None:
    shift = cashier.open_shift(commune.unit, commune.cashier, 0, now)
    later = now + timedelta(days=2)
    for _night in range(2):
        checking.check(later)
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject, alert.count) == (AlertKind.MONEY, "open_box xuan-bac", 2)
    cashier.close_shift(shift, 0, "", later)
    checking.check(later)
    assert not Alert.objects.exists()


def lopsided(unit, at) -> None:
    made = LedgerTransaction.objects.create(unit=unit, kind=Booking.CORRECTION, source="thử", at=at)
    LedgerEntry.objects.create(transaction=made, unit=unit, account="bank:treasury", debit_vnd=1)


def test_book_refuses_what_does_not_balance(commune, now) -> None:
    with pytest.raises(ValueError, match="differ"), transaction.atomic():
        ledger.book(Booking.CORRECTION, "thử", commune.unit, now, [Side("a", 2), Side("b", -1)])
    assert not LedgerTransaction.objects.exists()


def test_what_does_not_balance_is_found(commune, now) -> None:
    """Written past ``book``: PostgreSQL refuses it at the commit, SQLite leaves it to the nightly look."""
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError, match="not balanced"), transaction.atomic():
            lopsided(commune.unit, now)
            connection.check_constraints()
        with pytest.raises(IntegrityError, match="not balanced"), transaction.atomic():
            LedgerTransaction.objects.create(unit=commune.unit, kind=Booking.CORRECTION, source="thử", at=now)
            connection.check_constraints()
    else:
        lopsided(commune.unit, now)
        assert kinds(now) == ["unbalanced"]


@pytest.mark.parametrize("model", [LedgerTransaction, LedgerEntry])
def test_the_ledger_is_never_changed(paid, model) -> None:
    for change in (lambda: model.objects.update(unit_id=1), lambda: model.objects.all()._raw_delete("default")):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
