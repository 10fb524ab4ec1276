"""Requiring the fee before the work goes on, and going on once it is settled; without the package that charges."""

from datetime import date, timedelta

import pytest

from common.clock import local_day
from common.refusals import Refused
from dossiers import actions
from dossiers.models import Dossier, FeeState, Pause, Status
from dossiers.records.fees import set_fee_state
from dossiers.workflow import perform
from notifications.models import Notification
from tests import factories

pytestmark = pytest.mark.django_db


def by(road, days: int = 7) -> date:
    return local_day(road.now) + timedelta(days=days)


def awaiting(road):
    """Bring the road's dossier to status 6."""
    return road.owing().do(actions.RequirePayment(by(road)), road.commune.specialist)


def test_requiring_payment_stops_the_clock_and_tells_the_applicant(road):
    awaiting(road)
    dossier, event = road.dossier, road.event
    assert (dossier.status, dossier.pay_by, dossier.paused_since) == (Status.AWAITING_PAYMENT, by(road), road.now)
    assert (dossier.holder, event.data) == (road.commune.specialist, {"pay_by": by(road).isoformat()})
    assert Pause.objects.get(dossier=dossier).reason == "payment"
    message = Notification.objects.get(kind="dossier_payment_required")
    assert f"{by(road):%d/%m/%Y}" in message.body


@pytest.mark.parametrize("days", [0, -1])
def test_the_last_day_lies_ahead(road, days):
    road.owing()
    with pytest.raises(Refused) as refusal:
        road.do(actions.RequirePayment(by(road, days)), road.commune.specialist)
    assert (refusal.value.code, refusal.value.field) == ("day", "pay_by")


@pytest.mark.parametrize("state", [state for state in FeeState if state != FeeState.OWED])
def test_only_what_is_owed_may_be_required(road, state):
    road.owing()
    set_fee_state(road.dossier, state)
    with pytest.raises(Refused) as refusal:
        road.do(actions.RequirePayment(by(road)), road.commune.specialist)
    assert refusal.value.code == "fee"


def test_only_the_holder_requires_it(road, commune):
    road.owing()
    with pytest.raises(Refused) as refusal:
        road.do(actions.RequirePayment(by(road)), factories.user(email="khac@example.com"))
    assert refusal.value.code == "who"
    Dossier.objects.filter(pk=road.dossier.pk).update(holder=commune.leader, holder_role="leader")
    with pytest.raises(Refused) as refusal:
        road.do(actions.RequirePayment(by(road)), commune.specialist)
    assert refusal.value.code == "holder"


def test_it_is_required_once(road):
    awaiting(road)
    with pytest.raises(Refused) as refusal:
        road.do(actions.RequirePayment(by(road)), road.commune.specialist)
    assert refusal.value.code == "state"
    with pytest.raises(Refused) as refusal:
        perform(
            actions.RequirePayment(by(road)),
            road.dossier,
            by=road.commune.specialist,
            now=road.now,
            revision=road.dossier.revision - 1,
        )
    assert refusal.value.code == "stale"


def test_work_does_not_go_on_while_it_is_owed(road):
    awaiting(road)
    for state in (FeeState.OWED, FeeState.CLAIMED):
        set_fee_state(road.dossier, state)
        with pytest.raises(Refused) as refusal:
            perform(actions.FeeSettled(), road.dossier, by=None, now=road.now)
        assert refusal.value.code == "fee"


@pytest.mark.parametrize("state", [FeeState.PAID, FeeState.WAIVED, FeeState.NONE])
def test_settled_it_goes_back_to_its_holder_with_a_later_date(road, state):
    awaiting(road)
    due_at = road.dossier.due_at
    set_fee_state(road.dossier, state)
    road.now += timedelta(days=1)
    road.do(actions.FeeSettled(), None)
    dossier = road.dossier
    assert (dossier.status, dossier.holder, dossier.pay_by) == (Status.PROCESSING, road.commune.specialist, None)
    # A working day and a minute later, as long as the clock stood still.
    assert (dossier.due_at - due_at, dossier.paused_since) == (timedelta(days=1, minutes=1), None)
    assert Pause.objects.get(dossier=dossier).until == road.now
    told = Notification.objects.filter(kind="dossier_fee_settled").count()
    # That it was paid is told with the receipt.
    assert told == (0 if state == FeeState.PAID else 1)


def test_past_its_day_nothing_happens_by_itself_and_the_holder_may_stop(road):
    awaiting(road)
    road.now += timedelta(days=30)
    assert Dossier.objects.get(pk=road.dossier.pk).status == Status.AWAITING_PAYMENT
    road.do(actions.Stop("Quá hạn nộp phí"), road.commune.leader)
    assert (road.dossier.status, road.dossier.paused_since) == (Status.STOPPED, None)


@pytest.mark.parametrize("state", [FeeState.OWED, FeeState.CLAIMED, FeeState.ON_DELIVERY])
def test_no_result_before_the_fee(road, state):
    road.decided()
    set_fee_state(road.dossier, state)
    with pytest.raises(Refused) as refusal:
        road.do(actions.ReturnResult("Nguyễn Văn An", "0751"), road.commune.clerk)
    assert refusal.value.code == "fee"


@pytest.mark.parametrize("state", [FeeState.NONE, FeeState.PAID, FeeState.WAIVED])
def test_a_result_goes_out_once_the_fee_is_settled(road, state):
    road.decided()
    set_fee_state(road.dossier, state)
    road.do(actions.ReturnResult("Nguyễn Văn An", "0751"), road.commune.clerk)
    assert road.dossier.status == Status.RETURNED
