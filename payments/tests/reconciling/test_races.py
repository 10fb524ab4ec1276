"""Two workers compare the same file, two officers close the same discrepancy: money moves once."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from common.refusals import Refused
from dossiers.tests.actions.test_races import at_once
from payments.books import discrepancies, ledger
from payments.collecting import attempts, settling
from payments.collecting.attempts import Payer
from payments.models import Discrepancy, LedgerTransaction, Resolution, SettlementBatch, SettlementLine
from payments.providers.base import Line, Outcome, ProviderState, SettlementFile
from payments.reconciling import matching, settlements

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(owing, now) -> SettlementFile:
    """The gateway's file of a payment that came."""
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    settling.apply(ProviderState(attempt.ref, Outcome.SUCCEEDED, 28_000, "900", is_asked=True), now=now)
    return SettlementFile("V1", now.date(), 28_000, (Line("payment", attempt.ref, 28_000, now.date(), "900"),))


def test_two_workers_take_and_compare_the_same_file(file, now) -> None:
    taken = at_once([partial(settlements.store, "vnpay", file, b"x", now)] * 2)
    assert sorted(is_new for _batch, is_new in taken) == [False, True]
    at_once([partial(matching.compare_all, SettlementLine.objects.all(), now)] * 3)
    assert (SettlementBatch.objects.count(), SettlementLine.objects.get().result) == (1, "matched")
    assert LedgerTransaction.objects.filter(kind="settlement").count() == 1
    assert not Discrepancy.objects.exists()


def test_two_officers_close_at_once(file, commune, now) -> None:
    later = now + timedelta(days=3)
    matching.reconcile(later)
    found = Discrepancy.objects.get()
    discrepancies.propose(found, Resolution.DIFFERENCE, "Không có", revision=0, by=commune.cashier, now=later)
    close = partial(discrepancies.close, found, revision=1, now=later)
    done = at_once([partial(close, by=commune.leader), partial(close, by=commune.auditor)])
    assert [isinstance(outcome, Refused) for outcome in done].count(True) == 1
    assert ledger.balance(account=ledger.SETTLEMENT_DIFFERENCE) == 28_000


def test_a_late_line_and_the_closing_meet(file, commune, now) -> None:
    later = now + timedelta(days=3)
    matching.reconcile(later)
    found = Discrepancy.objects.get()
    discrepancies.propose(found, Resolution.DIFFERENCE, "Không có", revision=0, by=commune.cashier, now=later)
    settlements.store("vnpay", file, b"x", later)
    at_once(
        [
            partial(matching.compare_all, SettlementLine.objects.all(), later),
            partial(discrepancies.close, found, revision=1, by=commune.leader, now=later),
        ]
    )
    matching.compare_all(SettlementLine.objects.all(), later)
    assert LedgerTransaction.objects.filter(kind="settlement").count() == 1
    assert ledger.balance(account="clearing:vnpay") == 0
    assert SettlementLine.objects.get().result in ("matched", "duplicate")


def test_a_line_compared_between_the_look_and_the_booking_is_refused(file, commune, now, monkeypatch) -> None:
    """What is left is read once: else the closing books sides of 0 after the file has taken the money."""
    later = now + timedelta(days=3)
    matching.reconcile(later)
    found = Discrepancy.objects.get()
    discrepancies.propose(found, Resolution.DIFFERENCE, "Không có", revision=0, by=commune.cashier, now=later)
    settlements.store("vnpay", file, b"x", later)
    change = discrepancies._change

    def change_late(*args: Any, **columns: Any) -> None:
        matching.compare_all(SettlementLine.objects.all(), later)
        change(*args, **columns)

    monkeypatch.setattr(discrepancies, "_change", change_late)
    with pytest.raises(Refused) as refused:
        discrepancies.close(found, revision=1, by=commune.leader, now=later)
    assert refused.value.code == "state"
