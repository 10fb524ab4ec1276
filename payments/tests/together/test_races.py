"""Two at once on both engines, each with a control that shows the race when its guard is off."""

import threading
from functools import partial

import pytest

from common.refusals import Refused
from dossiers import actions
from dossiers.models import Dossier, FeeState, Status
from dossiers.tests.actions.test_races import at_once
from dossiers.workflow import perform
from payments.books import checking, ledger, receipting
from payments.charges import charging
from payments.collecting import attempts, cashier, refunding, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt, Charge, ChargeStatus, LedgerTransaction, Receipt, Refund
from payments.providers.base import Answer, Outcome, ProviderState
from payments.tests.test_road import pay
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


def success(attempt: Attempt) -> ProviderState:
    return ProviderState(attempt.ref, Outcome.SUCCEEDED, attempt.amount_vnd, "1", is_asked=True)


def further(road, count: int) -> list[Charge]:
    """Submit as many further dossiers; returns their charges."""
    made = []
    for _n in range(count):
        road.dossier = factories.draft(road.citizen, road.commune.unit, road.version)
        road.submitted()
        made.append(road.dossier.charges.get())
    return made


def test_one_notification_many_times_credits_once(owing, now):
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    outcomes = at_once([lambda: settling.apply(success(attempt), now=now)] * MANY)
    assert sorted(one.answer for one in outcomes) == [*[Answer.ALREADY] * (MANY - 1), Answer.TAKEN]
    assert LedgerTransaction.objects.count() == Receipt.objects.count() == 1
    assert checking.invariants(now) == []


def test_a_charge_is_begun_to_be_paid_once(owing, now):
    begin = partial(attempts.begin, [owing], "vnpay", Payer(), now, is_polled=True)
    outcomes = at_once([begin] * MANY)
    assert sum(isinstance(one, Attempt) for one in outcomes) == Attempt.objects.count() == 1
    assert {one.code for one in outcomes if isinstance(one, Refused)} == {"paid"}


def test_receipts_of_many_at_once_have_no_gap(road, owing, now):
    charges = [owing, *further(road, MANY - 1)]
    begun = [attempts.begin([charge], "vnpay", Payer(), now, is_polled=True) for charge in charges]
    at_once([partial(settling.apply, success(attempt), now=now) for attempt in begun])
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == list(range(1, MANY + 1))


@pytest.mark.postgres
def test_without_its_lock_a_number_is_given_twice(road, owing, now, monkeypatch):
    """The control: numbers read before they are written meet each other."""
    meeting = threading.Barrier(2)

    def unlocked(series):
        series.refresh_from_db()
        meeting.wait(timeout=10)
        type(series).objects.filter(pk=series.pk).update(last=series.last + 1)
        return series.last + 1

    receipting._series(owing.unit, now)
    monkeypatch.setattr(receipting, "_next", unlocked)
    charges = [owing, *further(road, 1)]
    begun = [attempts.begin([charge], "vnpay", Payer(), now, is_polled=True) for charge in charges]
    outcomes = at_once([partial(settling.apply, success(attempt), now=now) for attempt in begun])
    assert sum(isinstance(one, Exception) for one in outcomes) == 1


def test_not_more_is_paid_back_than_was_paid(owing, commune, now):
    attempt = pay(owing, now)
    ask = partial(refunding.request, attempt, {owing.pk: 20_000}, by=commune.clerk, reason="Thừa", now=now)
    outcomes = at_once([ask] * MANY)
    assert sum(isinstance(one, Refund) for one in outcomes) == 1
    assert {one.code for one in outcomes if isinstance(one, Refused)} == {"amount"}
    assert ledger.balance(account=ledger.REFUNDS) == -20_000
    assert checking.invariants(now) == []


def test_a_repayment_is_decided_once(owing, commune, now):
    refund = refunding.request(pay(owing, now), {owing.pk: 1}, by=commune.clerk, reason="Thừa", now=now)
    outcomes = at_once(
        [
            lambda: refunding.decide(refund, approved=True, by=commune.leader, now=now),
            lambda: refunding.decide(refund, approved=False, by=commune.cashier, now=now),
        ]
    )
    assert sum(one is None for one in outcomes) == 1
    assert checking.invariants(now) == []


def test_paid_and_waived_at_once_is_one_of_both(owing, commune, now):
    shift = cashier.open_shift(commune.unit, commune.cashier, 0, now)
    at_once(
        [
            lambda: cashier.take_cash([owing], shift, now),
            lambda: charging.waive(owing, by=commune.leader, reason="Thiên tai", now=now),
        ]
    )
    owing.refresh_from_db()
    dossier = Dossier.objects.get(pk=owing.dossier_id)
    taken = cashier.taken_vnd(shift)
    assert (owing.status, dossier.fee_state, taken) in {
        (ChargeStatus.PAID, FeeState.PAID, 28_000),
        (ChargeStatus.WAIVED, FeeState.WAIVED, 0),
    }
    assert checking.invariants(now) == []


def test_paid_while_the_dossier_is_refused_is_proposed_to_be_paid_back_or_unapplied(road, owing, now):
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    refuse = actions.Refuse("Sai nơi")
    at_once(
        [
            lambda: settling.apply(success(attempt), now=now),
            lambda: perform(refuse, Dossier.objects.get(pk=road.dossier.pk), by=road.commune.clerk, now=now),
        ]
    )
    assert Dossier.objects.get(pk=road.dossier.pk).status == Status.REFUSED
    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    back = sum(refund.amount_vnd for refund in Refund.objects.all())
    assert back - ledger.balance(account=ledger.UNAPPLIED) == 28_000
    assert checking.invariants(now) == []


def test_required_and_paid_at_once_never_stands_still(road, owing, now):
    """The clock stops for a fee only while it is owed: whoever comes second finds what the first has done."""
    road.do(actions.Receive(), road.commune.clerk).do(actions.Forward(road.commune.specialist), road.commune.clerk)
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    require = actions.RequirePayment(road.now.date().replace(month=4))
    at_once(
        [
            lambda: settling.apply(success(attempt), now=road.now),
            lambda: perform(require, Dossier.objects.get(pk=road.dossier.pk), by=road.commune.specialist, now=road.now),
        ]
    )
    dossier = Dossier.objects.get(pk=road.dossier.pk)
    assert (dossier.status, dossier.fee_state, dossier.paused_since) == (Status.PROCESSING, FeeState.PAID, None)


def test_two_payments_of_two_dossiers_in_either_order(road, owing, now):
    """Each pays both: locks come in one order, so that nobody waits for ever."""
    second = further(road, 1)[0]
    first_try = attempts.begin([owing, second], "vnpay", Payer(), now, is_polled=True)
    settling.apply(ProviderState(first_try.ref, Outcome.CANCELLED), now=now)
    again = attempts.begin([second, owing], "vnpay", Payer(), now, is_polled=True)
    at_once([partial(settling.apply, success(attempt), now=now) for attempt in (first_try, again)])
    assert ledger.balance(account="clearing:vnpay") == 112_000
    assert ledger.balance(account=ledger.UNAPPLIED) == -56_000
    assert checking.invariants(now) == []
