"""What may go wrong between payer, gateway and portal: each fault played by the simulator over HTTP."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from common.clock import now as clock
from payments.books import ledger
from payments.collecting import paying, refunding
from payments.collecting.attempts import Payer
from payments.models import (
    Attempt,
    AttemptStatus,
    Charge,
    Discrepancy,
    LedgerTransaction,
    ProviderEvent,
    Receipt,
    RefundStatus,
)
from payments.reconciling import asking
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
PAID, FAILED, CANCELLED, LIVE = (
    AttemptStatus.SUCCEEDED,
    AttemptStatus.FAILED,
    AttemptStatus.CANCELLED,
    AttemptStatus.CREATED,
)


@pytest.fixture
def begin(road, simulator):
    """Begin attempts, each for a dossier of its own that owes 20.000."""
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    moment = clock()

    def begin_one() -> Attempt:
        draft = factories.draft(road.citizen, road.commune.unit, road.version)
        road.dossier = draft
        road.submitted()
        return paying.start([Charge.objects.get(dossier=draft)], "vnpay", Payer(), moment)

    return begin_one


def fresh(attempt: Attempt) -> Attempt:
    return Attempt.objects.get(pk=attempt.pk)


def late(attempt: Attempt):
    """A moment at which the portal gives up what the gateway does not know."""
    return attempt.begun_at + timedelta(minutes=25)


def balanced() -> int:
    """Return what the gateway owes by the ledger; all accounts together are always nothing."""
    sums = ledger.trial_balance()
    assert sum(sums.values()) == 0
    return sums.get("clearing:vnpay", 0)


def test_a_payer_pays_and_comes_back(begin, simulator) -> None:
    attempt = begin()
    back = simulator.payer(attempt)
    assert back.status_code == 302
    address = urlsplit(back.headers["location"])
    assert fresh(attempt).status == LIVE, "coming back moves nothing"
    assert simulator.step() == 1
    assert fresh(attempt).status == PAID
    assert Client().get(f"{address.path}?{address.query}").status_code == 200
    assert simulator.step() == 0, "an answer of 00 ends it"


def test_a_notification_that_comes_more_than_once_or_early_pays_once(begin, simulator) -> None:
    for number, how in enumerate(("duplicate", "concurrent", "before_return"), start=1):
        attempt = begin()
        simulator.fault(attempt.ref, ipn=how)
        simulator.payer(attempt)
        simulator.step()
        # What SQLite was too busy for is sent again.
        simulator.ahead(6)
        simulator.step()
        assert fresh(attempt).status == PAID, how
        assert Receipt.objects.count() == LedgerTransaction.objects.count() == number, how
        assert balanced() == 20_000 * number, how


def test_a_lost_notification_is_found_by_asking(begin, simulator) -> None:
    attempt = begin()
    simulator.payer(attempt, "unknown")
    assert simulator.step() == 0
    assert asking.due(attempt.begun_at + timedelta(minutes=1)) == []
    [due] = asking.due(attempt.begun_at + timedelta(minutes=2))
    assert asking.ask(due, attempt.begun_at + timedelta(minutes=2)).status == PAID
    assert balanced() == 20_000
    assert asking.due(attempt.begun_at + timedelta(days=8)) == []


def test_a_notification_an_hour_late_still_pays(begin, simulator) -> None:
    attempt = begin()
    simulator.fault(attempt.ref, ipn="late", **{"return": "lost"})
    assert simulator.payer(attempt).status_code == 200, "the browser stays away"
    assert simulator.step() == 0
    simulator.ahead(61)
    assert simulator.step() == 1
    assert fresh(attempt).status == PAID


def test_money_that_comes_after_the_portal_gave_up_is_still_taken_once(begin, simulator) -> None:
    attempt = begin()
    assert asking.ask(attempt, late(attempt)).status == AttemptStatus.EXPIRED
    charge = attempt.lines.get().charge
    again = paying.start([charge], "vnpay", Payer(), clock())
    simulator.payer(attempt)
    simulator.payer(again)
    simulator.step()
    # Of the first the portal asks before it believes.
    assert (fresh(attempt).status, fresh(again).status) == (AttemptStatus.EXPIRED, PAID)
    [due] = asking.due(clock())
    assert asking.ask(due, clock()).status == PAID
    assert ledger.balance(account=ledger.UNAPPLIED) == -20_000
    assert balanced() == 40_000
    assert refunding.refundable(fresh(attempt)) == {None: 20_000}


def test_an_end_without_money_can_be_paid_again(begin, simulator) -> None:
    for choice, status in (("cancelled", CANCELLED), ("failed", FAILED), ("lapsed", FAILED)):
        attempt = begin()
        simulator.payer(attempt, choice)
        simulator.step()
        assert fresh(attempt).status == status, choice
        assert paying.ways([attempt.lines.get().charge], clock()), choice
    assert balanced() == 0


def test_two_words_that_contradict_each_other(begin, simulator) -> None:
    """Success is never taken back; a failure is, once the gateway has been asked."""
    paid, failed = begin(), begin()
    for attempt in (paid, failed):
        simulator.fault(attempt.ref, ipn="twice_different")
    simulator.payer(paid)
    simulator.payer(failed, "failed")
    simulator.step()
    assert fresh(paid).status == PAID
    assert Discrepancy.objects.get().kind == "status"
    assert fresh(failed).status == FAILED
    for due in asking.due(clock()):
        asking.ask(due, clock())
    assert fresh(failed).status == FAILED, "asked, the gateway knows of no money"
    assert balanced() == 20_000


def test_a_wrong_amount_is_not_taken_and_the_truth_is_asked_for(begin, simulator) -> None:
    for number, amount in enumerate((1, 200_000_000, 0, 2_000_050), start=1):
        attempt = begin()
        simulator.fault(attempt.ref, amount=amount)
        simulator.payer(attempt)
        simulator.step()
        assert fresh(attempt).status == LIVE, amount
        assert Discrepancy.objects.get(attempt=attempt).kind == "amount"
        assert asking.ask(attempt, clock()).status == PAID, amount
        assert balanced() == 20_000 * number


def test_a_wrong_signature_is_never_believed(begin, simulator) -> None:
    for how in ("bad", "missing", "old", "sha256"):
        attempt = begin()
        simulator.fault(attempt.ref, signature=how)
        back = simulator.payer(attempt)
        simulator.step()
        assert fresh(attempt).status == LIVE, how
        address = urlsplit(back.headers["location"])
        assert Client().get(f"{address.path}?{address.query}").status_code == 400, how
    assert not ProviderEvent.objects.exists()


def test_the_former_key_counts_while_it_changes(begin, simulator, settings) -> None:
    settings.VNPAY = settings.VNPAY | {"secrets_": ("SIM_SECRET_0001", "SIM_SECRET_0000")}
    attempt = begin()
    simulator.fault(attempt.ref, signature="old")
    simulator.payer(attempt)
    simulator.step()
    assert fresh(attempt).status == PAID


def test_another_merchants_message_is_none_of_ours(begin, simulator) -> None:
    attempt = begin()
    simulator.fault(attempt.ref, terminal="OTHER001")
    simulator.payer(attempt)
    simulator.step()
    assert fresh(attempt).status == LIVE


def test_what_is_suspected_waits_for_an_officer(begin, simulator) -> None:
    attempt = begin()
    simulator.payer(attempt, "fraud")
    simulator.step()
    assert fresh(attempt).status == AttemptStatus.REVIEW
    assert asking.ask(attempt, clock()).status == AttemptStatus.REVIEW
    assert balanced() == 0


def test_what_the_bank_took_and_the_gateway_has_not_is_no_payment(begin, simulator) -> None:
    attempt = begin()
    simulator.payer(attempt, "reversed")
    simulator.step()
    assert fresh(attempt).status == FAILED
    assert Discrepancy.objects.get().kind == "status"
    assert balanced() == 0


def test_a_gateway_that_gives_no_answer_ends_nothing(begin, simulator, settings) -> None:
    simulator.fault("*", seconds=1.5)
    for how in ("timeout", "error", "repeated", "unsigned"):
        attempt = begin()
        simulator.payer(attempt, "unknown")
        simulator.fault(attempt.ref, query=how)
        settings.PROVIDER_TIMEOUT = 0.5 if how == "timeout" else 10
        assert asking.ask(attempt, late(attempt)).status == LIVE, how
        settings.PROVIDER_TIMEOUT = 10
        simulator.fault(attempt.ref)
        assert asking.ask(attempt, late(attempt)).status == PAID, how


def test_an_attempt_that_never_reached_the_gateway_lapses_after_its_answer(begin, simulator) -> None:
    attempt = begin()
    assert asking.ask(attempt, attempt.begun_at + timedelta(minutes=5)).status == LIVE
    assert asking.ask(attempt, late(attempt)).status == AttemptStatus.EXPIRED


def test_a_gateway_that_is_away_ends_nothing(begin, simulator, settings) -> None:
    attempt = begin()
    settings.VNPAY = settings.VNPAY | {"base_url": "http://127.0.0.1:9"}
    assert asking.ask(attempt, late(attempt)).status == LIVE


class TestRefunds:
    @pytest.fixture
    def refund(self, begin, simulator, road):
        attempt = begin()
        simulator.payer(attempt)
        simulator.step()
        charge = attempt.lines.get().charge_id
        made = refunding.request(
            fresh(attempt), {charge: 20_000}, by=road.commune.clerk, reason="Nộp nhầm", now=clock()
        )
        refunding.decide(made, approved=True, by=road.commune.leader, now=clock())
        made.refresh_from_db()
        return made

    def settle(self, refund) -> str:
        refund.refresh_from_db()
        asking.settle_refund(refund, clock())
        refund.refresh_from_db()
        return str(refund.status)

    def test_it_is_sent_once_and_asked_about(self, refund, simulator) -> None:
        assert self.settle(refund) == RefundStatus.PROCESSING
        assert self.settle(refund) == RefundStatus.PROCESSING
        simulator.step(refunds=True)
        assert self.settle(refund) == RefundStatus.SUCCEEDED
        assert len(simulator.look()["refunds"]) == 1
        assert balanced() == 0

    def test_done_without_an_answer_is_found_by_asking_and_not_sent_again(self, refund, simulator) -> None:
        simulator.fault(refund.attempt.ref, refund="timeout_done")
        assert self.settle(refund) == RefundStatus.UNKNOWN
        assert self.settle(refund) == RefundStatus.SUCCEEDED
        assert len(simulator.look()["refunds"]) == 1
        assert balanced() == 0

    @pytest.mark.parametrize(
        ("how", "status"),
        [("failed", RefundStatus.FAILED), ("rejected", RefundStatus.FAILED), ("stuck", RefundStatus.PROCESSING)],
    )
    def test_how_it_may_end(self, refund, simulator, how, status) -> None:
        simulator.fault(refund.attempt.ref, refund=how)
        assert self.settle(refund) == status
        simulator.step(refunds=True)
        if how != "stuck":
            assert balanced() == 20_000, "the money is still there"

    def test_asked_for_twice_is_not_known_until_asked(self, refund, simulator) -> None:
        simulator.fault(refund.attempt.ref, refund="repeated")
        assert self.settle(refund) == RefundStatus.UNKNOWN
