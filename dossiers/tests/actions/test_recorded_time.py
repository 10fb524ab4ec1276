"""What is recorded bears one clock's time, however far the clocks of the web processes are apart."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from common import clock, onetime
from dossiers import actions
from dossiers.models import AccessRecord, Dossier, DossierEvent, Slip, Status
from notifications.models import Notification
from tests.present import present

APART = timedelta(minutes=10)


@pytest.mark.django_db
@pytest.mark.postgres
def test_the_databases_clock_is_asked_and_moves_inside_a_transaction(database_clock):
    with time_machine.travel(datetime(2031, 1, 1, tzinfo=UTC)):
        first, second = database_clock(), database_clock()
    assert first.tzinfo is UTC
    assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)
    assert first < second


@pytest.mark.django_db
@pytest.mark.postgres
def test_two_web_processes_ten_minutes_apart_record_in_order(client, road, commune, citizen, now, monkeypatch):
    """One process is ten minutes fast and takes the submission, the other is right and takes the reception."""
    moments = iter(now + timedelta(minutes=1, seconds=second) for second in range(600))
    monkeypatch.setattr(clock, "database_now", lambda: next(moments))
    with time_machine.travel(now + APART):
        client.force_login(citizen)
        client.get(reverse("applicant:dossier", args=[road.dossier.ref]))
        fields = {"key": onetime.new_key(), "revision": "0", "declared": "on"}
        assert client.post(reverse("applicant:submit", args=[road.dossier.ref]), fields).status_code == 302
    code = Dossier.objects.get().code
    with time_machine.travel(now):
        client.force_login(commune.clerk)
        client.get(reverse("desk:dossier", args=[code]))
        assert client.post(reverse("desk:act", args=[code, "receive"]), {"revision": 1}).status_code == 302
    dossier = Dossier.objects.get()
    assert dossier.status == Status.RECEIVED
    submitted, received = DossierEvent.objects.order_by("n").values_list("at", flat=True)
    assert submitted < received < now + APART
    assert dossier.submitted_at == submitted
    assert dossier.recorded_at == received
    assert present(dossier.submitted_at) <= present(dossier.received_at)
    # All that goes with an action, and the look at the dossier between the two.
    assert submitted < AccessRecord.objects.earliest("pk").at < received
    assert list(Slip.objects.order_by("pk").values_list("issued_at", flat=True)) == [submitted, received]
    assert list(Notification.objects.order_by("pk").values_list("created_at", flat=True)) == [submitted, received]


@pytest.mark.django_db
def test_no_event_is_recorded_before_the_one_before_it(road):
    """A request that read the clock first and waited for the other one is recorded second, not earlier."""
    road.submitted()
    submitted, road.now = road.now, road.now - APART
    road.do(actions.Receive(), road.commune.clerk)
    assert road.event.at == submitted
    assert road.dossier.recorded_at == road.dossier.received_at == submitted
    assert Slip.objects.get(kind="receipt").issued_at == submitted
