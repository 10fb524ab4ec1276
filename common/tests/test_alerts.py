"""An alert stands once however often it is found, and comes back when it happens again."""

from datetime import timedelta

import pytest
from django.db import transaction

from common.alerts import ACKNOWLEDGED_KEPT, ADVICE, acknowledge, clear_alert, forget_old, listed, raise_alert, unseen
from common.models import Alert, AlertKind
from tests.factories import NOW, user

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def test_alert_found_again_counts_and_keeps_its_beginning() -> None:
    raise_alert(AlertKind.MAIL_STUCK, now=NOW, detail="12 messages")
    raise_alert(AlertKind.MAIL_STUCK, now=LATER, detail="40 messages")
    alert = Alert.objects.get()
    assert (alert.since, alert.last_at, alert.count, alert.detail) == (NOW, LATER, 2, "40 messages")


def test_alert_of_another_subject_is_another_alert() -> None:
    raise_alert(AlertKind.FILE_TAMPERED, "papers/a", now=NOW)
    raise_alert(AlertKind.FILE_TAMPERED, "papers/b", now=NOW)
    clear_alert(AlertKind.FILE_TAMPERED, "papers/a")
    assert [alert.subject for alert in listed()] == ["papers/b"]


def test_acknowledged_state_stays_acknowledged_while_it_lasts() -> None:
    raise_alert(AlertKind.MAIL_STUCK, now=NOW)
    officer = user(email="quan-tri@example.com")
    assert acknowledge(Alert.objects.get(), by=officer, now=NOW)
    assert not acknowledge(Alert.objects.get(), by=officer, now=LATER)
    raise_alert(AlertKind.MAIL_STUCK, now=LATER)
    assert not unseen().exists()
    assert Alert.objects.get().count == 2


def test_acknowledged_event_is_news_when_it_happens_again() -> None:
    raise_alert(AlertKind.MASS_DELETION, "expire_drafts", now=NOW)
    acknowledge(Alert.objects.get(), by=user(email="quan-tri@example.com"), now=NOW)
    raise_alert(AlertKind.MASS_DELETION, "expire_drafts", now=LATER)
    alert = unseen().get()
    assert (alert.since, alert.count, alert.acknowledged_by) == (LATER, 1, None)


def test_events_are_forgotten_long_after_somebody_looked_after_them() -> None:
    for kind in (AlertKind.MASS_DELETION, AlertKind.MAIL_STUCK):
        raise_alert(kind, now=NOW)
        acknowledge(Alert.objects.get(kind=kind), by=user(email=f"{kind}@example.com"), now=NOW)
    assert forget_old(NOW + ACKNOWLEDGED_KEPT + timedelta(days=1)) == 1
    assert Alert.objects.get().kind == AlertKind.MAIL_STUCK


def test_alert_that_cannot_be_written_does_not_stop_its_finder(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from common import alerts

    def fails(*arguments: object) -> None:
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(alerts, "_note", fails)
    with transaction.atomic():
        raise_alert(AlertKind.STORE_FULL, now=NOW)
        assert not Alert.objects.exists()


def test_every_kind_says_what_to_do() -> None:
    assert set(ADVICE) == set(AlertKind)
