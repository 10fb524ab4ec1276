"""The cashier's day: what was taken, counted, and brought to the treasury."""

from datetime import date

import pytest

from common.refusals import Refused
from offices.hooks import held_by
from payments import duties
from payments.books import ledger
from payments.collecting import cashier
from payments.models import ChargeStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(commune, now):
    return cashier.open_shift(commune.unit, commune.clerk, 100_000, now)


def test_cash_is_taken_with_a_receipt(owing, shift, now) -> None:
    attempt = cashier.take_cash([owing], shift, now)
    owing.refresh_from_db()
    assert owing.status == ChargeStatus.PAID
    assert attempt.receipts.get().amount_vnd == 28_000
    assert cashier.taken_vnd(shift) == 28_000


def test_a_shift_is_opened_once(commune, shift, now) -> None:
    with pytest.raises(Refused):
        cashier.open_shift(commune.unit, commune.clerk, 0, now)


def test_a_difference_wants_a_note_and_is_booked(owing, shift, now) -> None:
    cashier.take_cash([owing], shift, now)
    with pytest.raises(Refused) as refusal:
        cashier.close_shift(shift, 127_000, "", now)
    assert refusal.value.code == "note"
    closed = cashier.close_shift(shift, 127_000, "Thối nhầm", now)
    assert (closed.expected_vnd, closed.counted_vnd) == (128_000, 127_000)
    assert ledger.balance(account=ledger.CASH_DIFFERENCE) == 1_000
    with pytest.raises(Refused):
        cashier.close_shift(shift, 127_000, "", now)
    assert sum(ledger.trial_balance().values()) == 0


def test_nothing_is_taken_in_a_closed_shift(owing, shift, now) -> None:
    cashier.close_shift(shift, 100_000, "", now)
    with pytest.raises(Refused) as refusal:
        cashier.take_cash([owing], shift, now)
    assert refusal.value.code == "shift"


def test_only_cash_of_closed_shifts_goes_to_the_treasury(commune, owing, shift, now) -> None:
    cashier.take_cash([owing], shift, now)
    given = {"by": commune.clerk, "now": now}
    with pytest.raises(Refused) as refusal:
        cashier.deposit(commune.unit, 28_000, "GNT-1", date(2026, 3, 23), **given)
    assert refusal.value.code == "amount"
    cashier.close_shift(shift, 128_000, "", now)
    cashier.deposit(commune.unit, 28_000, "GNT-1", date(2026, 3, 23), **given)
    with pytest.raises(Refused):
        cashier.deposit(commune.unit, 1, "GNT-1", date(2026, 3, 23), **given)
    assert cashier.depositable_vnd(commune.unit) == 0
    assert ledger.balance(account=ledger.TREASURY) == 28_000


def test_a_transfer_waits_for_the_banks_list(owing, commune, now) -> None:
    cashier.take_transfer([owing], "FT26082", by=commune.clerk, now=now)
    assert ledger.balance(account="clearing:transfer") == 28_000


def test_a_leaver_with_an_open_box_is_named_and_nothing_is_handed_on(commune, shift, now) -> None:
    units = [commune.unit.pk]
    assert [(held.role, held.count) for held in held_by(commune.clerk, units)] == [("cashier", 1)]
    given = {"by": commune.administrator, "now": now, "maximum": 5}
    lines = duties.OpenBoxes().reassign(commune.clerk, commune.unit, "cashier", commune.cashier, **given)
    assert lines[0].reason
    assert cashier.shift_of(commune.clerk, commune.unit) == shift
    assert duties.open_money(commune.unit)
    cashier.close_shift(shift, 100_000, "", now)
    assert held_by(commune.clerk, units) == []
    assert duties.open_money(commune.unit) == ""


def test_a_unit_with_unpaid_fees_is_not_closed(commune, owing) -> None:
    assert duties.open_money(commune.unit)


def test_cash_of_another_office_is_not_taken(owing, other_commune, now) -> None:
    elsewhere = cashier.open_shift(other_commune.unit, other_commune.cashier, 0, now)
    with pytest.raises(Refused) as refusal:
        cashier.take_cash([owing], elsewhere, now)
    assert refusal.value.code == "unit"
