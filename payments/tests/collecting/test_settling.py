"""What a provider says moves money once, and only when it may."""

from datetime import timedelta

import pytest

from common.refusals import Refused
from dossiers.models import FeeState
from payments.books import ledger
from payments.collecting import attempts, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt, AttemptStatus, Charge, ChargeStatus, Discrepancy, LedgerTransaction, Receipt
from payments.providers.base import Answer, Outcome, ProviderState

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(owing, now) -> Attempt:
    return attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)


def said(attempt: Attempt, outcome: Outcome = Outcome.SUCCEEDED, amount: int = 28_000, **more) -> ProviderState:
    return ProviderState(attempt.ref, outcome, amount, "90000001", "00/00", **more)


def test_a_payment_settles_its_charge_once(attempt, owing, now) -> None:
    assert settling.apply(said(attempt), now=now).answer == Answer.TAKEN
    assert settling.apply(said(attempt), now=now).answer == Answer.ALREADY
    owing.refresh_from_db()
    assert (owing.status, owing.paid_vnd, owing.owed_vnd) == (ChargeStatus.PAID, 28_000, 0)
    assert ledger.trial_balance() == {"clearing:vnpay": 28_000, "revenue:ban-sao": -8_000, "revenue:le-phi": -20_000}
    receipt = Receipt.objects.get()
    assert (receipt.number, receipt.amount_vnd) == (1, 28_000)
    assert receipt.lines == [["Bản sao", "phi", 8_000], ["Lệ phí", "le_phi", 20_000]]
    owing.dossier.refresh_from_db()
    assert owing.dossier.fee_state == FeeState.PAID


@pytest.mark.parametrize("amount", [27_999, 28_001, 2_800_000, 0])
def test_a_wrong_amount_settles_nothing_and_is_kept(attempt, owing, now, amount) -> None:
    assert settling.apply(said(attempt, amount=amount), now=now).answer == Answer.WRONG_AMOUNT
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.CREATED
    assert Discrepancy.objects.get().theirs_vnd == amount
    assert not LedgerTransaction.objects.exists()


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.CANCELLED])
def test_an_ended_attempt_revives_only_by_our_own_question(attempt, owing, now, outcome) -> None:
    settling.apply(said(attempt, outcome), now=now)
    again = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    settling.apply(said(attempt), now=now)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.ask_at) == (outcome.value, now)
    settling.apply(said(attempt, is_asked=True), now=now)
    settling.apply(said(again), now=now)
    owing.refresh_from_db()
    assert owing.paid_vnd == 28_000
    assert ledger.balance(account=ledger.UNAPPLIED) == -28_000
    assert sum(ledger.trial_balance().values()) == 0


def test_success_is_never_taken_back(attempt, now) -> None:
    settling.apply(said(attempt), now=now)
    assert settling.apply(said(attempt, Outcome.FAILED), now=now).answer == Answer.ALREADY
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.SUCCEEDED
    assert Discrepancy.objects.get().kind == "status"


def test_what_is_looked_into_is_not_paid(attempt, owing, now) -> None:
    settling.apply(said(attempt, Outcome.REVIEW), now=now)
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.REVIEW
    assert Charge.objects.get(pk=owing.pk).paid_vnd == 0


def test_a_stranger_is_not_found(db, now) -> None:
    assert settling.apply(ProviderState("X" * 14, Outcome.SUCCEEDED, 1), now=now).answer == Answer.NOT_FOUND


def test_nothing_is_begun_twice(attempt, owing, now) -> None:
    with pytest.raises(Refused) as refusal:
        attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    assert refusal.value.code == "paid"


def test_the_schedule_of_questions_ends_after_a_week(attempt, now) -> None:
    asked, moment = 0, now
    while (moment_ := attempts.next_poll(attempt, moment)) is not None:
        moment, asked = moment_, asked + 1
    assert moment == now + timedelta(days=7)
    assert asked == len(attempts.POLLS)


def test_a_former_release_that_still_runs_begins_payments_without_the_newer_column() -> None:
    assert Attempt._meta.get_field("came_vnd").has_db_default()
