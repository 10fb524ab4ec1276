"""Workers note that they live; administrators see which queue nobody serves, and when the store is full."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse

from common import heartbeat, tasks
from common.clock import now as present
from common.models import Alert, AlertKind, Heartbeat
from portal import worker_life
from portal.celery import app

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch):
    monkeypatch.setattr(worker_life, "_noted", {})


def test_taking_a_task_notes_its_queue_now_and_then(django_assert_num_queries):
    task = app.tasks["common.tasks.watch_store"]
    for queue in ("mail", "pdf"):
        task.push_request(delivery_info={"routing_key": queue})
        task.before_start("id", (), {})
        task.pop_request()
    assert set(Heartbeat.objects.values_list("queue", flat=True)) == {"mail", "pdf"}
    with django_assert_num_queries(0):
        worker_life.note_life("mail")
        worker_life.note_life("of somebody else")
        task.before_start("id", (), {})


def test_a_database_that_is_away_stops_no_task(monkeypatch, caplog):
    def away(queue, now):
        raise OperationalError

    monkeypatch.setattr(heartbeat, "note", away)
    worker_life.note_life("mail")
    assert "OperationalError" in caplog.text


def test_a_queue_is_silent_once_nobody_has_served_it_for_five_minutes(now, django_assert_num_queries):
    heartbeat.expect(heartbeat.QUEUES, now)
    assert heartbeat.silent(now + timedelta(minutes=5)) == []
    later = now + timedelta(minutes=5, seconds=1)
    heartbeat.note("mail", later)
    heartbeat.note("pdf", later + timedelta(days=365))
    with django_assert_num_queries(1):
        found = heartbeat.silent(later)
    assert [(alert.kind, alert.subject, alert.since) for alert in found] == [
        (AlertKind.WORKER_SILENT, "celery", now),
        (AlertKind.WORKER_SILENT, "money", now),
        (AlertKind.WORKER_SILENT, "pdf", later),
    ]


def test_administrators_see_a_dead_worker_although_nobody_is_left_to_tell(commune, client):
    heartbeat.expect(heartbeat.QUEUES, present() - timedelta(hours=1))
    client.force_login(commune.administrator)
    alerts = reverse("manage:alerts")
    assert alerts in client.get(reverse("manage:people")).content.decode()
    page = client.get(alerts).content.decode()
    assert all(f'<span class="text">{queue}</span>' in page for queue in heartbeat.QUEUES)
    # Nothing is stored, so there is nothing to acknowledge: it ends when the worker lives.
    assert not Alert.objects.exists() and "<form" not in page.partition("<main")[2].partition("</main")[0]
    heartbeat.expect(heartbeat.QUEUES, present())
    assert "card" not in client.get(alerts).content.decode().partition("<main")[2].partition("</main")[0]


def test_a_store_that_is_nearly_full_is_an_alert_until_it_is_not(settings):
    settings.STORE_FREE_BYTES = 1 << 62
    tasks.watch_store()
    tasks.watch_store()
    alert = Alert.objects.get()
    assert (alert.kind, alert.count) == (AlertKind.STORE_FULL, 2)
    settings.STORE_FREE_BYTES = 1
    tasks.watch_store()
    assert not Alert.objects.exists()
