"""The health pages: what they see, and that they stay cheap."""

from datetime import timedelta

import pytest
from django.core.files.storage import Storage
from django.db import OperationalError

from common import clock
from common.files import store
from notifications.models import Channel, Notification, State

pytestmark = pytest.mark.django_db


def test_healthz_touches_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert not answer.cookies


def test_readyz_when_all_is_well(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {"database": "ok", "store": "ok"}}
    assert not answer.cookies


def test_readyz_is_not_about_late_mail_or_a_full_store(client, settings):
    long_ago = clock.now() - timedelta(days=1)
    Notification.objects.create(
        channel=Channel.EMAIL,
        kind="test",
        subject="Thử",
        body="Thử",
        to_address="an@example.com",
        state=State.WAITING,
        not_before=long_ago,
        created_at=long_ago,
        message_id="<late@test>",
    )
    settings.STORE_FREE_BYTES = 1 << 62
    assert not store.has_room()
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


def test_readyz_says_failed_when_an_object_store_does_not_answer(client, monkeypatch):
    class Away(Storage):
        def exists(self, name):
            raise RuntimeError("no endpoint")

    monkeypatch.setattr(store.is_there, "__defaults__", (Away(),))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["store"]) == (503, "failed")
    assert store.has_room(Away())


def test_readyz_says_failed_when_the_database_is_down(client, monkeypatch):
    def down(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", down)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "failed"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_pages_only_read(client, path):
    assert client.post(path).status_code == 405
