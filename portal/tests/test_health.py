"""The health pages: what they see, and that they stay cheap."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from common import clock
from notifications.models import Channel, Notification, State

pytestmark = pytest.mark.django_db


def waiting(not_before, state=State.WAITING):
    return Notification.objects.create(
        channel=Channel.EMAIL,
        kind="test",
        subject="Thử",
        body="Thử",
        to_address="an@example.com",
        state=state,
        not_before=not_before,
        created_at=not_before,
        message_id=f"<{state}-{not_before.timestamp()}@test>",
    )


def test_healthz_touches_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert not answer.cookies


def test_readyz_when_all_is_well(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {"database": "ok", "store": "ok", "outbox": "ok"}}
    assert not answer.cookies


def test_readyz_says_late_when_messages_wait(client):
    waiting(clock.now() - timedelta(minutes=6))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "store": "ok", "outbox": "late"}


@pytest.mark.parametrize(("minutes", "state"), [(-4, State.WAITING), (60, State.WAITING), (-60, State.SENT)])
def test_readyz_ignores_messages_that_are_not_overdue(client, minutes, state):
    waiting(clock.now() + timedelta(minutes=minutes), state)
    assert client.get("/readyz").status_code == 200


def test_readyz_says_failed_when_the_store_cannot_be_written(client, settings, tmp_path):
    blocked = tmp_path / "a-file-not-a-folder"
    blocked.write_text("")
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(blocked / "files")},
        }
    }
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["store"] == "failed"


def test_readyz_says_failed_when_the_disk_is_full(client, settings):
    settings.STORE_FREE_BYTES = 1 << 62
    assert client.get("/readyz").json()["checks"]["store"] == "failed"


def test_readyz_says_failed_when_the_database_is_down(client, monkeypatch):
    def down(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", down)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "failed"
    assert answer.json()["checks"]["outbox"] == "failed"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_pages_only_read(client, path):
    assert client.post(path).status_code == 405
