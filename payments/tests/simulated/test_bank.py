"""Transfers by QR as the bank's list shows them."""

from datetime import timedelta

import pytest

from common.clock import local_day
from common.clock import now as clock
from common.refusals import Refused
from notifications.models import Notification
from payments.books import ledger
from payments.collecting import crediting, paying, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt, AttemptStatus, Charge, ProviderEvent
from payments.providers.base import Outcome, ProviderState
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def attempt(road, simulator) -> Attempt:
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    road.submitted()
    return paying.start([Charge.objects.get()], "vietqr", Payer(), clock())


def read(moment=None) -> int:
    moment = moment or clock()
    return crediting.fetch([local_day(moment) - timedelta(days=1), local_day(moment)], moment)


def test_a_transfer_settles_its_attempt_and_is_read_once(attempt, simulator) -> None:
    assert read() == 0
    simulator.transfer(attempt)
    assert [read(), read()] == [1, 0]
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.SUCCEEDED
    assert ledger.trial_balance() == {"clearing:vietqr": 20_000, "revenue:le-phi": -20_000}
    event = ProviderEvent.objects.get()
    assert (event.channel, event.answer, event.repeats) == ("feed", "taken", 0)
    assert set(event.payload) == {"id", "reference", "amount", "day"}


@pytest.mark.parametrize(
    ("how", "status", "booked"),
    [
        ("under", AttemptStatus.REVIEW, 0),
        ("over", AttemptStatus.SUCCEEDED, 20_000),
        ("no_reference", AttemptStatus.CREATED, 0),
        ("mistyped", AttemptStatus.CREATED, 0),
        ("twice", AttemptStatus.SUCCEEDED, 20_000),
    ],
)
def test_what_does_not_fit_is_left_to_the_night(attempt, simulator, how, status, booked) -> None:
    simulator.transfer(attempt, how)
    assert read() == (2 if how == "twice" else 1)
    assert read() == 0
    attempt.refresh_from_db()
    assert attempt.status == status
    assert ledger.balance(account="clearing:vietqr") == booked
    assert sum(ledger.trial_balance().values()) == 0


def test_money_for_a_code_that_was_given_up_is_taken(attempt, simulator) -> None:
    settling.apply(ProviderState(attempt.ref, Outcome.CANCELLED), now=clock())
    simulator_attempt = Attempt.objects.get(pk=attempt.pk)
    assert simulator_attempt.status == AttemptStatus.CANCELLED
    simulator.transfer(attempt)
    read()
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.SUCCEEDED


def test_a_bank_that_is_away_ends_nothing_and_an_unpaid_code_lapses_after_a_week(attempt, simulator, settings) -> None:
    week = attempt.begun_at + timedelta(days=7)
    feed = settings.VIETQR
    settings.VIETQR = feed | {"feed_url": "http://127.0.0.1:9"}
    read(week)
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.CREATED
    settings.VIETQR = feed
    read(week)
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.EXPIRED


class TestReview:
    @pytest.fixture
    def doubtful(self, attempt, simulator) -> Attempt:
        simulator.transfer(attempt, "under")
        read()
        return Attempt.objects.get(pk=attempt.pk)

    def test_an_officer_decides_once_with_a_reason(self, doubtful, road) -> None:
        by = {"by": road.commune.cashier, "now": clock()}
        with pytest.raises(Refused) as refusal:
            settling.decide_review(doubtful, is_paid=True, reason=" ", **by)
        assert refusal.value.code == "reason"
        settling.decide_review(doubtful, is_paid=False, reason="Chuyển thiếu 1.000 đồng", **by)
        with pytest.raises(Refused) as refusal:
            settling.decide_review(doubtful, is_paid=True, reason="Đổi ý", **by)
        assert refusal.value.code == "state"
        assert ledger.trial_balance() == {}
        assert paying.ways([Charge.objects.get()], clock())
        decision = ProviderEvent.objects.get(channel="desk")
        assert (decision.payload["reason"], decision.payload["by"]) == ("Chuyển thiếu 1.000 đồng", by["by"].pk)

    def test_only_what_came_is_booked_and_receipted_and_the_rest_stays_owed(self, doubtful, road) -> None:
        assert doubtful.came_vnd == doubtful.amount_vnd - 1_000
        settling.decide_review(
            doubtful, is_paid=True, reason="Ngân hàng xác nhận", by=road.commune.cashier, now=clock()
        )
        charge = Charge.objects.get()
        assert (charge.status, charge.paid_vnd, charge.owed_vnd) == ("partly_paid", doubtful.came_vnd, 1_000)
        assert [receipt.amount_vnd for receipt in doubtful.receipts.all()] == [doubtful.came_vnd]
        assert ledger.balance(account="clearing:vietqr") == doubtful.came_vnd
        assert "1.000 đồng" in Notification.objects.get(kind="fee_paid").body
        assert paying.ways([charge], clock())

    def test_a_second_transfer_since_the_page_was_made_is_looked_at_first(self, doubtful, simulator, road) -> None:
        simulator.transfer(doubtful, "under")
        read()
        with pytest.raises(Refused) as refusal:
            settling.decide_review(doubtful, is_paid=True, reason="Đủ", by=road.commune.cashier, now=clock())
        assert refusal.value.code == "stale"
        fresh = Attempt.objects.get(pk=doubtful.pk)
        assert fresh.came_vnd == 2 * doubtful.came_vnd
        settling.decide_review(fresh, is_paid=True, reason="Đủ", by=road.commune.cashier, now=clock())
        assert Charge.objects.get().status == "paid"
        assert ledger.balance(account=ledger.UNAPPLIED) == 20_000 - fresh.came_vnd
        assert sum(ledger.trial_balance().values()) == 0
