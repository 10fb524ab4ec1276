"""Two at once on one parcel, on both engines; a control shows each race when its guard is off."""

from typing import Any

import pytest

from common.onetime import new_key
from common.refusals import Refused
from dossiers.models import Dossier, NumberSeries
from dossiers.tests.actions.test_races import at_once
from notifications.models import Notification
from payments.books import ledger
from payments.models import HandoverRecord, LedgerTransaction, Parcel, ParcelEvent, Receipt
from payments.post import handing_over, parcels

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_clerks_hand_over_one_parcel_once(sent) -> None:
    parcel, clerk, now = sent.parcel, sent.road.commune.clerk, sent.now

    def act() -> HandoverRecord:
        return handing_over.hand_over(parcel.unit, [parcel.order_code], key=new_key(), by=clerk, now=now)

    outcomes = at_once([act, act, act])
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [refusal.code for refusal in refused] == ["state", "state"]
    assert HandoverRecord.objects.get().number == "1/BBGN"
    assert Notification.objects.filter(kind="parcel_sent").count() == 1
    # Who was refused has used no number up.
    assert NumberSeries.objects.get(purpose=handing_over.PURPOSE).last == 1


def test_without_its_lock_a_parcel_would_be_handed_over_twice(sent, monkeypatch) -> None:
    parcel, clerk, now = sent.parcel, sent.road.commune.clerk, sent.now
    read = Parcel.objects.select_related("dossier__applicant", "dossier__received_by").get(pk=parcel.pk)
    monkeypatch.setattr(handing_over, "_locked", lambda unit, chosen: [read])
    for _n in range(2):
        handing_over.hand_over(parcel.unit, [parcel.order_code], key=new_key(), by=clerk, now=now)
    assert HandoverRecord.objects.count() == 2


def test_two_workers_take_one_delivery_once(sent) -> None:
    parcel, clerk = sent.parcel, sent.road.commune.clerk
    handing_over.hand_over(parcel.unit, [parcel.order_code], key=new_key(), by=clerk, now=sent.now)
    sent.office.happen(parcel.order_code, "6", "14")
    state = parcels.carrier_of(parcel).read(parcel)
    now = sent.now

    def act() -> Any:
        return parcels.take(Parcel.objects.get(pk=parcel.pk), state, now).status

    assert at_once([act, act, act]) == ["delivered"] * 3
    assert (LedgerTransaction.objects.count(), Receipt.objects.count(), ParcelEvent.objects.count()) == (1, 1, 2)
    assert sum(ledger.trial_balance().values()) == 0
    assert Dossier.objects.get().events.filter(action="return_result").count() == 1


def test_a_delivery_and_a_cancellation_at_once(sent) -> None:
    parcel, now = sent.parcel, sent.now
    sent.office.happen(parcel.order_code, "6", "14")
    state = parcels.carrier_of(parcel).read(parcel)

    def deliver() -> Any:
        return parcels.take(Parcel.objects.get(pk=parcel.pk), state, now).status

    def cancel() -> Any:
        return parcels.cancel(Parcel.objects.get(pk=parcel.pk), now)

    at_once([deliver, cancel])
    # Whoever came first: what was collected is booked, once.
    assert ledger.trial_balance() == {"clearing:vnpost": 20_000, "revenue:le-phi": -20_000}
    assert Receipt.objects.count() == 1
