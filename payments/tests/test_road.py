"""What money does along the road of a dossier."""

from datetime import date

import pytest

from common.refusals import Refused
from dossiers import actions
from dossiers.models import Dossier, FeeState, Status
from dossiers.workflow import perform
from payments.books import ledger
from payments.charges import charging, claiming
from payments.collecting import attempts, refunding, settling
from payments.collecting.attempts import Payer
from payments.models import Charge, ChargeStatus, ExemptionClaim, Refund, RefundStatus
from payments.providers.base import Outcome, ProviderState, RefundOutcome, RefundState
from tests import factories

pytestmark = pytest.mark.django_db


def pay(charge: Charge, now, provider: str = "vnpay"):
    attempt = attempts.begin([charge], provider, Payer(), now, is_polled=True)
    settling.apply(ProviderState(attempt.ref, Outcome.SUCCEEDED, attempt.amount_vnd, "1", is_asked=True), now=now)
    return attempt


def state(dossier: Dossier) -> str:
    return Dossier.objects.values_list("fee_state", flat=True).get(pk=dossier.pk)


def test_a_free_dossier_has_no_charge(road) -> None:
    road.submitted()
    assert not Charge.objects.exists()
    assert state(road.dossier) == FeeState.NONE


def test_filing_opens_the_charge_and_reception_never_waits(road, owing) -> None:
    assert (owing.amount_vnd, owing.status, state(road.dossier)) == (28_000, ChargeStatus.OPEN, FeeState.OWED)
    road.do(actions.Receive(), road.commune.clerk)
    assert road.dossier.status == Status.RECEIVED


def test_a_result_waits_for_the_fee(road, owing) -> None:
    road.do(actions.Receive(), road.commune.clerk).do(actions.Forward(road.commune.specialist), road.commune.clerk)
    road.do(actions.Propose(is_granted=True), road.commune.specialist).do(actions.Approve(), road.commune.leader)
    give = actions.ReturnResult(receiver_name="An", receiver_id="1")
    with pytest.raises(Refused) as refusal:
        road.do(give, road.commune.clerk)
    assert refusal.value.code == "fee"
    pay(owing, road.now)
    road.dossier.refresh_from_db()
    assert road.do(give, road.commune.clerk).dossier.status == Status.RETURNED


def test_a_required_payment_stops_the_clock_and_ends_by_itself(road, owing) -> None:
    road.do(actions.Receive(), road.commune.clerk).do(actions.Forward(road.commune.specialist), road.commune.clerk)
    due_at = road.dossier.due_at
    road.do(actions.RequirePayment(date(2026, 4, 1)), road.commune.specialist)
    assert road.dossier.status == Status.AWAITING_PAYMENT
    assert road.dossier.paused_since is not None
    pay(owing, road.now)
    fresh = Dossier.objects.get(pk=road.dossier.pk)
    assert (fresh.status, fresh.paused_since, fresh.pay_by, fresh.fee_state) == (
        Status.PROCESSING,
        None,
        None,
        FeeState.PAID,
    )
    assert fresh.due_at >= due_at
    assert fresh.holder == road.commune.specialist


def test_nothing_is_required_where_nothing_is_owed(road) -> None:
    road.processing()
    with pytest.raises(Refused) as refusal:
        road.do(actions.RequirePayment(date(2026, 4, 1)), road.commune.specialist)
    assert refusal.value.code == "fee"


def test_a_refused_dossier_owes_nothing(road, owing) -> None:
    road.do(actions.Refuse("Không thuộc thẩm quyền"), road.commune.clerk)
    owing.refresh_from_db()
    assert (owing.status, state(road.dossier)) == (ChargeStatus.CANCELLED, FeeState.NONE)


def test_what_was_paid_for_nothing_is_proposed_to_be_paid_back(road, owing) -> None:
    attempt = pay(owing, road.now)
    road.dossier.refresh_from_db()
    road.do(actions.Refuse("Không thuộc thẩm quyền"), road.commune.clerk)
    refund = Refund.objects.get()
    assert (refund.status, refund.amount_vnd, refund.requested_by) == (RefundStatus.REQUESTED, 28_000, None)
    assert refunding.refundable(attempt) == {}
    refunding.decide(refund, approved=True, by=road.commune.leader, now=road.now)
    assert refunding.submitting(refund, road.now)
    assert not refunding.submitting(refund, road.now)
    refunding.apply(refund, RefundState(RefundOutcome.UNKNOWN), road.now)
    for _again in range(2):
        refunding.apply(refund, RefundState(RefundOutcome.SUCCEEDED), road.now)
    owing.refresh_from_db()
    assert (owing.status, owing.refunded_vnd, state(road.dossier)) == (
        ChargeStatus.REFUNDED,
        28_000,
        FeeState.REFUNDED,
    )
    assert set(ledger.trial_balance().values()) == {0}
    assert owing.receipts.get().cancelled_at is not None


def test_nobody_approves_what_he_asked_for(road, owing) -> None:
    attempt = pay(owing, road.now)
    clerk = road.commune.clerk
    refund = refunding.request(attempt, {owing.pk: 8_000}, by=clerk, reason="Nộp nhầm", now=road.now)
    with pytest.raises(Refused) as refusal:
        refunding.decide(refund, approved=True, by=clerk, now=road.now)
    assert refusal.value.code == "own"


def test_a_part_is_paid_back_and_not_more_than_was_paid(road, owing) -> None:
    attempt = pay(owing, road.now)
    refund = refunding.request(attempt, {owing.pk: 8_000}, by=road.commune.clerk, reason="Thừa", now=road.now)
    with pytest.raises(Refused) as refusal:
        refunding.request(attempt, {owing.pk: 20_001}, by=road.commune.clerk, reason="Thừa", now=road.now)
    assert refusal.value.code == "amount"
    refunding.decide(refund, approved=False, by=road.commune.leader, now=road.now)
    assert refunding.refundable(attempt) == {owing.pk: 28_000}
    assert ledger.balance(account=ledger.REFUNDS) == 0


def test_a_claimed_exemption_is_decided_before_anybody_pays(road) -> None:
    line = factories.fee(road.version, key="le-phi", amount_vnd=20_000, exemptions=[{"who": "Hộ nghèo"}])
    exemption = line.exemptions.get()
    claiming.claim(road.dossier, [exemption.pk], road.now)
    road.submitted()
    charge = Charge.objects.get()
    assert state(road.dossier) == FeeState.CLAIMED
    with pytest.raises(Refused):
        attempts.begin([charge], "vnpay", Payer(), road.now, is_polled=True)
    claim = ExemptionClaim.objects.get()
    charging.decide_claim(claim, granted=False, by=road.commune.clerk, reason="Thiếu giấy", now=road.now)
    assert state(road.dossier) == FeeState.OWED
    with pytest.raises(Refused) as refusal:
        charging.decide_claim(claim, granted=True, by=road.commune.clerk, reason="", now=road.now)
    assert refusal.value.code == "state"


def test_a_granted_exemption_leaves_nothing_due(road) -> None:
    line = factories.fee(road.version, key="le-phi", amount_vnd=20_000, exemptions=[{"who": "Hộ nghèo"}])
    claiming.claim(road.dossier, [line.exemptions.get().pk], road.now)
    road.submitted()
    claim = ExemptionClaim.objects.get()
    charging.decide_claim(claim, granted=True, by=road.commune.clerk, reason="", now=road.now)
    assert state(road.dossier) == FeeState.NONE
    assert Charge.objects.get().status == ChargeStatus.CANCELLED


def test_a_waived_fee_is_no_longer_owed(road, owing) -> None:
    with pytest.raises(Refused) as refusal:
        charging.waive(owing, by=road.commune.leader, reason=" ", now=road.now)
    assert refusal.value.code == "reason"
    charging.waive(owing, by=road.commune.leader, reason="Thiên tai", now=road.now)
    assert state(road.dossier) == FeeState.WAIVED


def test_another_quantity_is_another_charge(road, owing) -> None:
    fresh = charging.reassess(owing, quantities={"ban-sao": 3}, by=road.commune.clerk, reason="Ba bản", now=road.now)
    assert fresh is not None
    assert (fresh.amount_vnd, fresh.replaces_id) == (44_000, owing.pk)
    pay(fresh, road.now)
    with pytest.raises(Refused):
        charging.reassess(fresh, quantities={}, by=road.commune.clerk, reason="Nữa", now=road.now)


def test_the_system_alone_says_that_a_fee_is_settled(road, owing) -> None:
    with pytest.raises(Refused):
        perform(actions.FeeSettled(), road.dossier, by=road.commune.clerk, now=road.now)
