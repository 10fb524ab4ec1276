"""A parcel from the decision to its end, with the fee paid to the postman."""

from datetime import timedelta

import pytest

from common.onetime import new_key
from common.refusals import Refused
from dossiers import actions
from dossiers.models import Dossier, FeeState, Status
from notifications.models import Notification
from payments.books import ledger
from payments.charges import copies
from payments.collecting import settling
from payments.models import (
    AttemptStatus,
    ChargeStatus,
    CopyOrder,
    Discrepancy,
    HandoverRecord,
    Parcel,
    ParcelEvent,
    ParcelStatus,
    ProviderEvent,
    Receipt,
    Way,
)
from payments.post import carrying, handing_over, parcels
from payments.providers.base import Outcome, ProviderState
from payments.reconciling import asking
from payments.tests.post.conftest import ADDRESS, Sent
from tests import factories

pytestmark = pytest.mark.django_db


def state(dossier: Dossier) -> tuple[int, str]:
    return Dossier.objects.values_list("status", "fee_state").get(pk=dossier.pk)


def hand_over(sent: Sent, **more) -> HandoverRecord:
    parcel, clerk = sent.parcel, sent.road.commune.clerk
    options = {"key": new_key(), "by": clerk, "now": sent.now} | more
    return handing_over.hand_over(parcel.unit, [parcel.order_code], **options)


def kinds(dossier: Dossier) -> list[str]:
    rows = Notification.objects.filter(subject_ref=dossier.ref).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_the_decision_orders_a_parcel_that_collects_the_fee(sent) -> None:
    parcel = sent.parcel
    assert (parcel.way, parcel.status, parcel.cod_vnd) == (Way.BRING, ParcelStatus.ORDERED, 20_000)
    order = sent.office.orders[parcel.order_code]
    assert (parcel.item_code, order["codAmount"]) == (order["itemCode"], 20_000)
    assert order["order"]["receiverName"] == "Nguyễn Văn An"
    assert (order["order"]["receiverProvinceCode"], order["order"]["receiverDistrictCode"]) == ("75", "VNPOST")
    assert parcel.postage_vnd == 23_000
    assert state(sent.road.dossier) == (Status.DECIDED, FeeState.ON_DELIVERY)
    assert not ledger.trial_balance()


def test_delivered_is_paid_and_the_dossier_ends(sent) -> None:
    record = hand_over(sent)
    assert record.number == "1/BBGN"
    parcel = sent.after("6", "10", "12")
    assert parcel.status == ParcelStatus.OUT
    assert state(sent.road.dossier) == (Status.DECIDED, FeeState.ON_DELIVERY)
    parcel = sent.after("14")
    assert parcel.status == ParcelStatus.DELIVERED
    assert state(sent.road.dossier) == (Status.RETURNED, FeeState.PAID)
    assert ledger.trial_balance() == {"clearing:vnpost": 20_000, "revenue:le-phi": -20_000}
    assert Receipt.objects.get().amount_vnd == 20_000
    assert sent.road.dossier.result.receiver_name == "Nguyễn Văn An"
    assert kinds(sent.road.dossier)[-3:] == ["parcel_sent", "fee_paid", "dossier_returned"]
    assert "20.000 đồng" in Notification.objects.get(kind="parcel_sent").body


def test_copies_in_the_parcel_are_handed_over_with_it(sent) -> None:
    CopyOrder.objects.create(dossier=sent.road.dossier, count=2, ordered_at=sent.now)
    hand_over(sent)
    sent.after("6", "12")
    assert copies.waiting(sent.road.dossier) == 2
    sent.after("14")
    order = CopyOrder.objects.get()
    assert order.handed_at is not None
    assert (order.handed_by, order.handed_to) == (None, "Nguyễn Văn An")


def test_the_same_answer_again_changes_nothing(sent) -> None:
    hand_over(sent)
    sent.after("6", "14")
    before = (ParcelEvent.objects.count(), Notification.objects.count(), Receipt.objects.count())
    for _n in range(3):
        sent.turn()
    # Paid out between the houses: the parcel stays delivered, the ledger waits for the remittance.
    sent.after("21")
    assert ParcelEvent.objects.count() == before[0] + 1
    assert (Notification.objects.count(), Receipt.objects.count()) == before[1:]
    assert ledger.trial_balance() == {"clearing:vnpost": 20_000, "revenue:le-phi": -20_000}
    assert not Discrepancy.objects.exists()


def test_a_failed_try_keeps_the_charge_open(sent) -> None:
    hand_over(sent)
    parcel = sent.after("6", "12", "15")
    assert parcel.status == ParcelStatus.NOT_DELIVERED
    assert parcel.attempt.status == AttemptStatus.PENDING
    assert state(sent.road.dossier) == (Status.DECIDED, FeeState.ON_DELIVERY)
    assert sent.after("12", "14").status == ParcelStatus.DELIVERED
    assert state(sent.road.dossier) == (Status.RETURNED, FeeState.PAID)


@pytest.mark.parametrize("code", ["16", "17", "18", "24"])
def test_what_comes_back_is_owed_again(sent, code) -> None:
    hand_over(sent)
    parcel = sent.after("6", "12", "15", code)
    assert parcel.status == ParcelStatus.RETURNING
    assert parcel.attempt.status == AttemptStatus.FAILED
    assert sent.charge.status == ChargeStatus.OPEN
    assert state(sent.road.dossier) == (Status.DECIDED, FeeState.OWED)
    parcel = sent.after("19")
    assert parcel.is_held
    assert kinds(sent.road.dossier)[-2:] == ["parcel_returning", "parcel_held"]
    body = Notification.objects.get(kind="parcel_returning").body
    assert parcel.item_code in body
    assert list(Parcel.objects.held()) == [parcel]
    # Kept at the desk: paid there, then handed over.
    road = sent.road
    give = actions.ReturnResult(receiver_name="An", receiver_id="1")
    road.dossier.refresh_from_db()
    road.now = sent.now
    with pytest.raises(Refused) as refusal:
        road.do(give, road.commune.clerk)
    assert refusal.value.code == "fee"
    pay(sent)
    road.dossier.refresh_from_db()
    road.do(give, road.commune.clerk)
    assert not Parcel.objects.held().exists()


def pay(sent: Sent) -> None:
    from payments.collecting import attempts
    from payments.collecting.attempts import Payer

    attempt = attempts.begin([sent.charge], "counter", Payer(), sent.now, is_polled=False)
    said = ProviderState(attempt.ref, Outcome.SUCCEEDED, attempt.amount_vnd, "1", is_asked=True)
    settling.apply(said, now=sent.now)


def test_a_returned_result_is_sent_again(sent) -> None:
    hand_over(sent)
    first = sent.after("6", "12", "16", "19")
    made = parcels.again(first, sent.now)
    assert (made.cod_vnd, made.order_code != first.order_code) == (20_000, True)
    assert state(sent.road.dossier) == (Status.DECIDED, FeeState.ON_DELIVERY)
    with pytest.raises(Refused) as refusal:
        parcels.again(first, sent.now)
    assert refusal.value.code == "state"
    sent.turn()
    hand_over(sent)
    sent.after("14")
    assert state(sent.road.dossier) == (Status.RETURNED, FeeState.PAID)
    assert [record.number for record in HandoverRecord.objects.order_by("pk")] == ["1/BBGN", "2/BBGN"]


def test_delivered_then_returned_is_a_discrepancy(sent) -> None:
    hand_over(sent)
    sent.after("6", "12", "14")
    parcel = sent.after("16", "19")
    assert (parcel.status, parcel.attempt.status) == (ParcelStatus.RETURNED, AttemptStatus.SUCCEEDED)
    assert Discrepancy.objects.get().kind == "status"
    assert state(sent.road.dossier) == (Status.RETURNED, FeeState.PAID)
    assert list(Parcel.objects.held()) == [parcel]


@pytest.mark.parametrize("code", ["20", "23", "50", "999"])
def test_an_unknown_code_is_no_guess(sent, code) -> None:
    hand_over(sent)
    parcel = sent.after("6", "12", code)
    assert parcel.status == ParcelStatus.COLLECTED
    assert parcel.attempt.status != AttemptStatus.SUCCEEDED
    found = Discrepancy.objects.get()
    assert (found.kind, found.reference) == ("unknown_code", f"{parcel.order_code}:{code}")
    assert parcel.ask_at is not None
    sent.after("14")
    assert state(sent.road.dossier) == (Status.RETURNED, FeeState.PAID)


def test_another_houses_codes_are_configuration(sent, settings) -> None:
    settings.VNPOST_CODES = {"100": "delivered"}
    hand_over(sent)
    assert sent.after("100").status == ParcelStatus.DELIVERED
    assert state(sent.road.dossier) == (Status.RETURNED, FeeState.PAID)


def test_another_sum_collected_is_no_payment(sent) -> None:
    hand_over(sent)
    sent.office.orders[sent.parcel.order_code]["codAmount"] = 200_000
    sent.after("14")
    assert Discrepancy.objects.get().theirs_vnd == 200_000
    assert not ledger.trial_balance()
    assert state(sent.road.dossier) == (Status.RETURNED, FeeState.ON_DELIVERY)


def test_an_older_answer_is_left_aside(sent) -> None:
    hand_over(sent)
    spoken = parcels.carrier_of(sent.parcel)
    sent.office.happen(sent.parcel.order_code, "12")
    old = spoken.read(sent.parcel)
    sent.after("14")
    parcels.take(sent.parcel, old, sent.now)
    assert sent.parcel.status == ParcelStatus.DELIVERED


def test_a_carrier_that_is_down_changes_nothing(sent) -> None:
    hand_over(sent)
    sent.office.is_down = True
    before = sent.parcel
    after = sent.turn()
    assert (after.status, after.moved_at) == (before.status, before.moved_at)
    assert after.ask_at > before.moved_at
    assert after.asked == 1
    sent.office.is_down = False
    assert sent.after("14").status == ParcelStatus.DELIVERED


def test_the_order_is_placed_once_and_later_when_the_carrier_was_down(road, office) -> None:
    office.is_down = True
    road.dossier.delivery, road.dossier.delivery_address = "post", ADDRESS
    road.dossier.save()
    road.decided()
    sent = Sent(road, office)
    assert sent.turn().item_code == ""
    with pytest.raises(Refused) as refusal:
        hand_over(sent)
    assert refusal.value.code == "state"
    office.is_down = False
    code = sent.turn().item_code
    assert code
    assert sent.turn().item_code == code
    assert office.asked.count("CreateOrder") == 2


def test_a_result_waits_for_a_fee_that_nobody_collects(road, office) -> None:
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    road.dossier.delivery, road.dossier.delivery_address = "post", ADDRESS
    road.dossier.save()
    road.decided()
    sent = Sent(road, office)
    assert sent.turn().item_code == ""
    with pytest.raises(Refused) as refusal:
        hand_over(sent)
    assert refusal.value.code == "state"
    pay(sent)
    parcel = sent.turn()
    assert (bool(parcel.item_code), parcel.cod_vnd) == (True, 0)
    hand_over(sent)
    sent.after("14")
    assert state(road.dossier) == (Status.RETURNED, FeeState.PAID)


def test_a_parcel_at_the_desk_is_cancelled_and_the_fee_is_owed(sent) -> None:
    parcels.cancel(sent.parcel, sent.now)
    assert state(sent.road.dossier) == (Status.DECIDED, FeeState.OWED)
    parcel = sent.turn()
    assert (parcel.status, parcel.is_told, parcel.ask_at) == (ParcelStatus.CANCELLED, True, None)
    assert sent.office.orders[parcel.order_code]["status"] == "9"
    with pytest.raises(Refused):
        parcels.cancel(parcel, sent.now)


def test_what_has_left_is_neither_cancelled_nor_handed_over_at_the_desk(sent) -> None:
    hand_over(sent)
    with pytest.raises(Refused) as refusal:
        parcels.cancel(sent.parcel, sent.now)
    assert refusal.value.code == "state"
    road = sent.road
    road.dossier.refresh_from_db()
    road.now = sent.now
    with pytest.raises(Refused) as refusal:
        road.do(actions.ReturnResult(receiver_name="An", receiver_id="1"), road.commune.clerk)
    assert refusal.value.code == "fee"
    Dossier.objects.filter(pk=road.dossier.pk).update(fee_state=FeeState.PAID)
    road.dossier.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        road.do(actions.ReturnResult(receiver_name="An", receiver_id="1"), road.commune.clerk)
    assert refusal.value.code == "parcel"


def test_a_form_sent_twice_hands_over_once(sent) -> None:
    key = new_key()
    first = hand_over(sent, key=key)
    assert hand_over(sent, key=key) == first
    assert HandoverRecord.objects.count() == 1
    assert kinds(sent.road.dossier).count("parcel_sent") == 1
    with pytest.raises(Refused) as refusal:
        hand_over(sent)
    assert refusal.value.code == "state"


def test_another_desk_hands_over_nothing_of_this_one(sent) -> None:
    other = factories.commune(slug="xuan-loc", name="Xã Xuân Lộc", identifier="000.00.17.H19")
    with pytest.raises(Refused):
        handing_over.hand_over(other.unit, [sent.parcel.order_code], key=new_key(), by=other.clerk, now=sent.now)
    assert not HandoverRecord.objects.exists()


class TestHints:
    def hint(self, sent: Sent, item: str) -> None:
        ProviderEvent.objects.create(
            provider="vnpost",
            channel="notification",
            ref=item,
            dedupe_key=item + str(sent.now),
            payload={"items": [item], "status": "14", "sent": "x"},
            is_genuine=True,
            at=sent.now,
            last_at=sent.now,
        )

    def test_a_hint_is_not_believed_but_asked_about(self, sent) -> None:
        hand_over(sent)
        self.hint(sent, sent.parcel.item_code)
        moment = sent.now
        assert carrying.hear_hints(moment) == 1
        assert carrying.hear_hints(moment) == 0
        assert [parcel.pk for parcel in carrying.due(moment)] == [sent.parcel.pk]
        carrying.move(sent.parcel, moment)
        assert sent.parcel.status == ParcelStatus.COLLECTED
        assert not ledger.trial_balance()

    def test_a_hint_heard_by_two_workers_at_once_is_written_once(self, sent, monkeypatch) -> None:
        hand_over(sent)
        self.hint(sent, sent.parcel.item_code)

        def read_and_overtaken(rows):
            found = list(rows)
            ProviderEvent.objects.filter(handled_at=None).update(handled_at=sent.now, answer="heard")
            return found

        monkeypatch.setattr(carrying, "list", read_and_overtaken, raising=False)
        assert carrying.hear_hints(sent.now) == 1

    def test_a_hint_about_a_stranger_is_nothing(self, sent) -> None:
        self.hint(sent, "EA999999999VN")
        carrying.hear_hints(sent.now)
        assert not ProviderEvent.objects.filter(handled_at=None).exists()

    def test_two_workers_speak_once(self, sent) -> None:
        one, two = sent.parcel, sent.parcel
        moment = sent.now
        Parcel.objects.update(ask_at=moment)
        one.ask_at = two.ask_at = moment
        asked = len(sent.office.asked)
        carrying.move(one, moment)
        carrying.move(two, moment)
        assert len(sent.office.asked) == asked + 2


def test_checking_a_payment_again_asks_about_its_parcel(sent) -> None:
    hand_over(sent)
    sent.office.happen(sent.parcel.order_code, "14")
    found = asking.ask(sent.parcel.attempt, sent.now)
    assert found.status == AttemptStatus.SUCCEEDED
    assert sent.parcel.status == ParcelStatus.DELIVERED
    assert state(sent.road.dossier) == (Status.RETURNED, FeeState.PAID)


def test_what_nothing_is_heard_of_is_listed(sent, settings) -> None:
    hand_over(sent)
    moment = sent.now
    assert not Parcel.objects.silent_since(parcels.lost_before(moment)).exists()
    later = moment + timedelta(days=settings.PARCEL_SILENT_DAYS, minutes=1)
    assert Parcel.objects.silent_since(parcels.lost_before(later)).get() == sent.parcel
    # The desk gives it up: the fee is owed again, another one may be sent; if it turns up, it is followed.
    parcels.cancel(sent.parcel, later)
    assert state(sent.road.dossier) == (Status.DECIDED, FeeState.OWED)
    assert sent.parcel.is_held
    sent.office.now = sent.road.now = later
    sent.after("14")
    assert state(sent.road.dossier) == (Status.RETURNED, FeeState.PAID)


def test_what_an_order_collects_stays_as_it_is(sent) -> None:
    parcels.cancel(sent.parcel, sent.now)
    pay(sent)
    parcels.again(sent.parcel, sent.now)
    parcel = sent.turn()
    assert (bool(parcel.item_code), parcel.cod_vnd) == (True, 0)
    Dossier.objects.update(fee_state=FeeState.OWED)
    with pytest.raises(Refused):
        hand_over(sent)
    assert sent.parcel.cod_vnd == 0


def test_nobody_hands_over_the_result_of_a_dossier_of_their_own(sent) -> None:
    Dossier.objects.update(owner=sent.road.commune.clerk)
    with pytest.raises(Refused):
        hand_over(sent)
    with pytest.raises(Refused) as refusal:
        parcels.cancel(sent.parcel, sent.now, by=sent.road.commune.clerk)
    assert refusal.value.code == "own"


class TestFetching:
    @pytest.fixture
    def fetched(self, road, office) -> Sent:
        road.dossier.papers_by_post, road.dossier.delivery_address = True, ADDRESS
        road.dossier.save()
        road.submitted()
        made = Sent(road, office)
        made.turn()
        return made

    def test_promised_papers_are_fetched_from_the_applicant(self, fetched) -> None:
        parcel = fetched.parcel
        assert (parcel.way, parcel.cod_vnd, parcel.attempt) == (Way.FETCH, 0, None)
        order = fetched.office.orders[parcel.order_code]["order"]
        assert (order["senderName"], order["receiverName"]) == ("Nguyễn Văn An", fetched.road.commune.unit.name)
        parcel = fetched.after("5", "2", "6", "10", "14")
        assert list(Parcel.objects.arrived()) == [parcel]
        assert kinds(fetched.road.dossier)[-1] == "papers_arrived"
        assert state(fetched.road.dossier)[0] == Status.SUBMITTED
        parcels.settle(parcel)
        assert not Parcel.objects.arrived().exists()

    def test_a_dossier_that_ends_lets_the_postman_go(self, fetched) -> None:
        road = fetched.road
        road.now = fetched.now
        road.do(actions.RequestWithdrawal("Thôi"), road.citizen)
        parcel = fetched.turn()
        assert parcel.status == ParcelStatus.CANCELLED
        assert fetched.office.orders[parcel.order_code]["status"] == "9"

    def test_papers_fetched_all_the_same_are_followed(self, fetched) -> None:
        road, office = fetched.road, fetched.office
        office.happen(fetched.parcel.order_code, "6")
        road.now = fetched.now
        road.do(actions.RequestWithdrawal("Thôi"), road.citizen)
        assert fetched.turn().status == ParcelStatus.COLLECTED
        assert fetched.after("14").status == ParcelStatus.DELIVERED

    def test_nothing_promised_is_nothing_to_fetch(self, road, office) -> None:
        road.dossier.papers.all().delete()
        road.dossier.papers_by_post, road.dossier.delivery_address = True, ADDRESS
        road.dossier.save()
        with pytest.raises(Refused):
            road.submitted()
        assert not Parcel.objects.exists()


def test_without_a_carrier_nothing_is_ordered(road, settings) -> None:
    settings.VNPOST = settings.VNPOST | {"base_url": ""}
    road.dossier.delivery, road.dossier.delivery_address = "post", ADDRESS
    road.dossier.save()
    road.decided()
    assert not Parcel.objects.exists()
    road.do(actions.ReturnResult(receiver_name="An", receiver_id="1"), road.commune.clerk)
    assert road.dossier.status == Status.RETURNED
