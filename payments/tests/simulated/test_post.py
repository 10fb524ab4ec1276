"""Parcels against the simulated post office: every fault of theirs, over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from common.onetime import new_key
from dossiers.models import Dossier, FeeState, Status
from dossiers.tests.conftest import Road, road  # noqa: F401
from payments.books import ledger
from payments.models import Attempt, AttemptStatus, Discrepancy, Parcel, ParcelStatus, ProviderEvent, Receipt
from payments.post import carrying, handing_over, parcels
from payments.tests.post.conftest import ADDRESS
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("portal_hears")]


class Parcels:
    """One parcel with a fee to collect, handed to the simulated post."""

    def __init__(self, road: Road, simulator: Any) -> None:  # noqa: F811
        self.road, self.simulator, self.now = road, simulator, road.now

    @property
    def parcel(self) -> Parcel:
        return Parcel.objects.select_related("dossier", "unit", "attempt").get()

    def turn(self) -> Parcel:
        """Have the worker hear hints and speak to the carrier, whether it is time or not."""
        self.now += timedelta(minutes=1)
        carrying.hear_hints(self.now)
        Parcel.objects.update(ask_at=self.now)
        carrying.move(self.parcel, self.now)
        return self.parcel

    def heard(self) -> Parcel:
        """Have the worker do only what hints ask for."""
        self.now += timedelta(seconds=1)
        Parcel.objects.update(ask_at=None)
        carrying.hear_hints(self.now)
        for parcel in carrying.due(self.now):
            carrying.move(parcel, self.now)
        return self.parcel

    def to_the_end(self, steps: int = 14) -> list[str]:
        """Let the parcel go its road, asking after each step; return the states it came through."""
        seen: list[str] = []
        for _n in range(steps):
            self.simulator.step(parcels=True)
            if (status := self.turn().status) not in seen[-1:]:
                seen.append(status)
        return seen


@pytest.fixture
def portal_hears(simulator: Any, settings: Any) -> None:
    """The portal knows the simulated post and its key."""
    key = simulator.client.get("/post/public-key").text
    known = {"base_url": f"{simulator.url}/post", "password": "SIM_PASSWORD", "customer": "SIM", "webhook_key": key}
    settings.VNPOST = settings.VNPOST | known | {"settlement_key": "SIM_SETTLEMENT"}


@pytest.fixture
def sent(road: Road, simulator: Any) -> Parcels:  # noqa: F811
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    road.dossier.delivery, road.dossier.delivery_address, road.dossier.pays_on_delivery = "post", ADDRESS, True
    road.dossier.save()
    road.decided()
    made = Parcels(road, simulator)
    parcel = made.turn()
    assert parcel.item_code
    assert parcel.postage_vnd
    clerk = road.commune.clerk
    handing_over.hand_over(parcel.unit, [parcel.order_code], key=new_key(), by=clerk, now=made.now)
    return made


def outcome(sent: Parcels) -> tuple[int, str, str]:
    status, fee = Dossier.objects.values_list("status", "fee_state").get()
    return status, fee, Attempt.objects.get().status


PAID = (Status.RETURNED, FeeState.PAID, AttemptStatus.SUCCEEDED)
OWED = (Status.DECIDED, FeeState.OWED, AttemptStatus.FAILED)
WAITS = (Status.DECIDED, FeeState.ON_DELIVERY, AttemptStatus.PENDING)


@pytest.mark.parametrize(
    ("fault", "last", "ends", "wrong"),
    [
        ("", ParcelStatus.DELIVERED, PAID, []),
        ("pickup_failed", ParcelStatus.DELIVERED, PAID, []),
        ("refused", ParcelStatus.RETURNED, OWED, []),
        ("returned", ParcelStatus.RETURNED, OWED, []),
        ("lost", ParcelStatus.TRAVELLING, WAITS, []),
        ("partial", ParcelStatus.OUT, WAITS, ["unknown_code"]),
        ("delivered_then_returned", ParcelStatus.RETURNED, PAID, ["status"]),
    ],
)
def test_where_a_parcel_ends(sent: Parcels, fault: str, last: str, ends: Any, wrong: list[str]) -> None:
    if fault:
        sent.simulator.fault(sent.parcel.item_code, parcel=fault)
    assert sent.to_the_end()[-1] == last
    assert outcome(sent) == ends
    assert list(Discrepancy.objects.values_list("kind", flat=True)) == wrong
    assert sum(ledger.trial_balance().values()) == 0
    assert Receipt.objects.count() == (ends == PAID)
    if fault == "lost":
        later = sent.now + timedelta(days=400)
        assert Parcel.objects.silent_since(parcels.lost_before(later)).exists()


@pytest.mark.parametrize("fault", ["", "out_of_order", "tampered"])
def test_webhooks_alone_move_a_parcel(sent: Parcels, fault: str) -> None:
    if fault:
        sent.simulator.fault(sent.parcel.item_code, webhook=fault)
    for _n in range(5):
        sent.simulator.step(parcels=True)
        sent.heard()
    sent.simulator.ahead(15)
    sent.simulator.step()
    sent.simulator.step()
    assert sent.heard().status == ParcelStatus.DELIVERED
    assert outcome(sent) == PAID
    assert ledger.trial_balance() == {"clearing:vnpost": 20_000, "revenue:le-phi": -20_000}
    assert not Discrepancy.objects.exists()


@pytest.mark.parametrize("fault", ["unsigned", "lost"])
def test_without_a_webhook_the_next_question_finds_out(sent: Parcels, fault: str) -> None:
    sent.simulator.fault(sent.parcel.item_code, webhook=fault)
    for _n in range(5):
        sent.simulator.step(parcels=True)
    assert sent.heard().status == ParcelStatus.COLLECTED
    assert not ProviderEvent.objects.filter(channel="notification").exists()
    assert sent.turn().status == ParcelStatus.DELIVERED
    assert outcome(sent) == PAID


def test_a_cancelled_order_is_cancelled_there(road: Road, simulator: Any) -> None:  # noqa: F811
    road.dossier.delivery, road.dossier.delivery_address = "post", ADDRESS
    road.dossier.save()
    road.decided()
    made = Parcels(road, simulator)
    parcel = made.turn()
    parcels.cancel(parcel, made.now)
    made.turn()
    assert [row["status"] for row in simulator.look()["parcels"]] == ["9"]
