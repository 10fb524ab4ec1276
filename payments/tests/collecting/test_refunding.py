"""Paying back: in parts, never more than was paid, by two, once, and never sent again when nobody knows."""

import pytest

from common.refusals import Refused
from dossiers import actions
from dossiers.models import FeeState
from notifications.models import Notification
from payments.books import ledger
from payments.books.checking import invariants
from payments.collecting import attempts, cashier, refunding, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt, Charge, ChargeStatus, LedgerEntry, Refund, RefundStatus
from payments.providers import providers
from payments.providers.base import Outcome, ProviderState, RefundOutcome, RefundState, Unreachable
from payments.reconciling import asking
from payments.tests.test_road import pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings):
    """A gateway that pays back by itself."""
    settings.VNPAY = settings.VNPAY | {"base_url": "https://gateway.example"}
    assert providers()["vnpay"].capabilities.refund


@pytest.fixture
def paid(owing, now) -> Attempt:
    return pay(owing, now)


@pytest.fixture
def cash(owing, commune, now):
    """What was paid in cash, and the box that it lies in."""
    shift = cashier.open_shift(commune.unit, commune.cashier, 0, now)
    return cashier.take_cash([owing], shift, now), shift


def asked(attempt: Attempt, amounts, commune, now) -> Refund:
    return refunding.request(attempt, amounts, by=commune.clerk, reason="Thừa", now=now)


def approved(attempt: Attempt, amounts, commune, now) -> Refund:
    refund = asked(attempt, amounts, commune, now)
    refunding.decide(refund, approved=True, by=commune.leader, now=now)
    return Refund.objects.get(pk=refund.pk)


def refused(call) -> str:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.code


def test_parts_are_taken_from_the_last_fee_on(paid, owing, commune, now) -> None:
    asked(paid, {owing.pk: 15_000}, commune, now)
    first = asked(paid, {owing.pk: 10_000}, commune, now)
    held = ledger.revenue_of(owing)
    assert held == {"revenue:ban-sao": 3_000, "revenue:le-phi": 0}
    # What is declined goes back where it came from, and the next one finds it.
    refunding.decide(first, approved=False, by=commune.leader, now=now)
    asked(paid, {owing.pk: 13_000}, commune, now)
    assert ledger.revenue_of(owing) == {"revenue:ban-sao": 0, "revenue:le-phi": 0}
    assert refused(lambda: asked(paid, {owing.pk: 1}, commune, now)) == "amount"


@pytest.mark.parametrize(
    ("amounts", "reason", "code"),
    [([], "x", "amount"), ([0], "x", "amount"), ([-5], "x", "amount"), ([5], "  ", "reason")],
)
def test_wrong_input_is_refused(paid, owing, commune, now, amounts, reason, code) -> None:
    of_charges = dict.fromkeys([owing.pk] * len(amounts), *amounts)
    given = {"by": commune.clerk, "reason": reason, "now": now}
    assert refused(lambda: refunding.request(paid, of_charges, **given)) == code


def test_nothing_is_paid_back_of_what_was_not_paid(owing, commune, now) -> None:
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    assert refused(lambda: asked(attempt, {owing.pk: 1}, commune, now)) == "state"


def test_of_another_payments_charge_nothing_is_paid_back(paid, road, commune, now) -> None:
    assert refused(lambda: asked(paid, {999_999: 1}, commune, now)) == "amount"


def test_money_beyond_what_was_owed_is_paid_back_too(owing, commune, now, gateway) -> None:
    first = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    settling.apply(ProviderState(first.ref, Outcome.CANCELLED), now=now)
    pay(owing, now)
    late = ProviderState(first.ref, Outcome.SUCCEEDED, first.amount_vnd, "2", is_asked=True)
    settling.apply(late, now=now)
    first.refresh_from_db()
    assert refunding.refundable(first) == {None: 28_000}
    refund = approved(first, {None: 28_000}, commune, now)
    assert refunding.submitting(refund, now)
    refunding.apply(refund, RefundState(RefundOutcome.SUCCEEDED), now)
    assert ledger.balance(account=ledger.UNAPPLIED) == ledger.balance(account=ledger.REFUNDS) == 0
    owing.refresh_from_db()
    assert owing.status == ChargeStatus.PAID


def test_it_is_decided_once_by_somebody_else(paid, owing, commune, now) -> None:
    refund = asked(paid, {owing.pk: 8_000}, commune, now)
    assert refused(lambda: refunding.decide(refund, approved=True, by=commune.clerk, now=now)) == "own"
    refunding.decide(refund, approved=False, by=commune.leader, now=now)
    assert refused(lambda: refunding.decide(refund, approved=True, by=commune.leader, now=now)) == "state"


def test_nobody_approves_money_of_the_own_dossier(paid, owing, commune, citizen, now) -> None:
    refund = asked(paid, {owing.pk: 8_000}, commune, now)
    assert refused(lambda: refunding.decide(refund, approved=True, by=citizen, now=now)) == "own"


def test_what_nobody_knows_is_asked_about_and_never_sent_again(paid, owing, commune, now, gateway, monkeypatch) -> None:
    refund, sent, queried = approved(paid, {owing.pk: 28_000}, commune, now), [], []

    def away(self, row, moment):
        sent.append(row.pk)
        raise Unreachable("timeout")

    def answer(self, row, moment):
        queried.append(row.pk)
        return RefundState(RefundOutcome.SUCCEEDED, "00")

    monkeypatch.setattr(type(providers()["vnpay"]), "refund", away)
    monkeypatch.setattr(type(providers()["vnpay"]), "query_refund", answer)
    asking.settle_refund(refund, now)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.UNKNOWN
    for _again in range(3):
        refund.refresh_from_db()
        asking.settle_refund(refund, now)
    owing.refresh_from_db()
    assert (len(sent), owing.status) == (1, ChargeStatus.REFUNDED)
    assert owing.receipts.get().cancelled_at is not None
    assert Notification.objects.filter(kind="fee_refund_done").count() == 1


def test_a_failed_repayment_gives_the_money_back_to_its_fees(paid, owing, commune, now, gateway) -> None:
    before = ledger.trial_balance()
    refund = approved(paid, {owing.pk: 28_000}, commune, now)
    refunding.submitting(refund, now)
    refunding.apply(refund, RefundState(RefundOutcome.FAILED, "95"), now)
    after = {account: vnd for account, vnd in ledger.trial_balance().items() if vnd}
    assert after == before
    assert refunding.refundable(paid) == {owing.pk: 28_000}


def test_cash_is_handed_out_of_an_open_box(cash, owing, commune, now) -> None:
    attempt, shift = cash
    refund = approved(attempt, {owing.pk: 8_000}, commune, now)
    assert refund.ask_at is None
    refunding.hand_out(refund, shift, now)
    assert refused(lambda: refunding.hand_out(refund, shift, now)) == "state"
    assert cashier.taken_vnd(shift) == 20_000
    owing.refresh_from_db()
    assert (owing.status, owing.refunded_vnd) == (ChargeStatus.PARTLY_REFUNDED, 8_000)
    assert owing.receipts.get().cancelled_at is None


def test_not_out_of_a_closed_box_nor_of_an_empty_one_nor_of_another_units(
    cash, owing, commune, other_commune, now
) -> None:
    attempt, shift = cash
    refund = approved(attempt, {owing.pk: 28_000}, commune, now)
    elsewhere = cashier.open_shift(other_commune.unit, other_commune.cashier, 100_000, now)
    assert refused(lambda: refunding.hand_out(refund, elsewhere, now)) == "shift"
    cashier.close_shift(shift, 28_000, "", now)
    assert refused(lambda: refunding.hand_out(refund, shift, now)) == "shift"
    fresh = cashier.open_shift(commune.unit, commune.cashier, 27_999, now)
    assert refused(lambda: refunding.hand_out(refund, fresh, now)) == "shift"


def test_nobody_hands_out_what_the_gateway_pays(paid, owing, commune, now, gateway) -> None:
    refund = approved(paid, {owing.pk: 8_000}, commune, now)
    shift = cashier.open_shift(commune.unit, commune.cashier, 100_000, now)
    assert refund.ask_at is not None
    assert refused(lambda: refunding.hand_out(refund, shift, now)) == "state"
    assert refused(lambda: refunding.transferred(refund, "FT1", by=commune.clerk, now=now)) == "state"


def test_a_transfer_leaves_the_treasury_with_its_reference(owing, commune, now) -> None:
    attempt = cashier.take_transfer([owing], "FT26082", by=commune.clerk, now=now)
    refund = approved(attempt, {owing.pk: 28_000}, commune, now)
    assert refused(lambda: refunding.transferred(refund, " ", by=commune.clerk, now=now)) == "bank_ref"
    refunding.transferred(refund, "FT26090", by=commune.clerk, now=now)
    refund.refresh_from_db()
    assert (refund.status, refund.bank_ref) == (RefundStatus.SUCCEEDED, "FT26090")
    assert ledger.balance(account=ledger.TREASURY) == -28_000
    assert sum(ledger.trial_balance().values()) == 0


def test_a_withdrawn_dossier_proposes_what_was_paid(road, owing) -> None:
    pay(owing, road.now)
    road.dossier.refresh_from_db()
    road.do(actions.RequestWithdrawal("Đổi ý"), road.citizen)
    refund = Refund.objects.get()
    assert (refund.requested_by, refund.amount_vnd, refund.status) == (None, 28_000, RefundStatus.REQUESTED)
    assert Notification.objects.filter(kind="fee_refund_asked").count() == 1
    assert Charge.objects.get().status == ChargeStatus.PAID


def test_every_entry_of_a_repayment_names_its_charge(paid, owing, commune, now) -> None:
    asked(paid, {owing.pk: 28_000}, commune, now)
    entries = LedgerEntry.objects.filter(transaction__kind="refund_asked", account__startswith="revenue:")
    assert {entry.charge_id for entry in entries} == {owing.pk}


def test_of_a_withdrawn_dossier_paid_in_part_nothing_more_is_owed(road, owing) -> None:
    attempt = attempts.begin([owing], "vietqr", Payer(), road.now, is_polled=False)
    settling.apply(ProviderState(attempt.ref, Outcome.REVIEW, 28_000, is_asked=True, short_vnd=18_000), now=road.now)
    attempt.refresh_from_db()
    settling.decide_review(attempt, is_paid=True, by=road.commune.leader, reason="Thiếu", now=road.now)
    road.dossier.refresh_from_db()
    road.do(actions.RequestWithdrawal("Đổi ý"), road.citizen)
    charge, refund = Charge.objects.get(), Refund.objects.get()
    assert (charge.status, charge.owed_vnd, road.dossier.fee_state) == (ChargeStatus.PAID, 0, FeeState.PAID)
    assert refund.amount_vnd == 18_000
    assert not [found for found in invariants(road.now) if found.kind == "charge"]
