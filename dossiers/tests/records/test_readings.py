"""An officer who opens unusually many dossiers is told to administrators, once a day."""

import logging
from datetime import timedelta

import pytest

from common.models import Alert, AlertKind
from dossiers import tasks
from dossiers.models import AccessRecord, Dossier
from dossiers.records import readings
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossiers(commune, citizen):
    version = factories.version(commune.unit)
    drafts = [factories.draft(citizen, commune.unit, version) for _n in range(4)]
    return list(Dossier.objects.filter(pk__in=[draft.pk for draft in drafts]))


def read(dossiers, reader, at, times=1):
    AccessRecord.objects.bulk_create(
        AccessRecord(dossier=dossier, reader=reader, at=at, what="dossier")
        for dossier in dossiers
        for _n in range(times)
    )


def test_more_dossiers_than_usual_on_one_day_are_one_alert(commune, dossiers, settings, now, caplog):
    settings.MASS_READING_DOSSIERS = 3
    read(dossiers, commune.clerk, now)
    read(dossiers[:3], commune.specialist, now, times=5)
    read(dossiers, commune.leader, now - timedelta(days=1))
    readings.watch(now + timedelta(hours=1))
    alert = Alert.objects.get()
    assert alert.kind == AlertKind.MASS_READING and "4" in alert.detail
    assert commune.clerk.full_name in alert.subject and "23/03/2026" in alert.subject
    assert f"mass_reading user={commune.clerk.pk} dossiers=4" in caplog.text
    alert.acknowledged_at = now
    alert.save()
    readings.watch(now + timedelta(hours=2))
    assert Alert.objects.get().acknowledged_at
    read(dossiers, commune.clerk, now + timedelta(days=1))
    readings.watch(now + timedelta(days=1))
    assert Alert.objects.count() == 2


def test_unmasking_is_in_the_security_log(road, commune, client, caplog):
    caplog.set_level(logging.INFO)
    dossier = road.processing().dossier
    client.force_login(commune.specialist)
    client.post(f"/desk/dossiers/{dossier.code}/number/")
    line = f"unmasked user={commune.specialist.pk} dossier={dossier.code} what=number"
    assert [record.getMessage() for record in caplog.records if record.name == "security"] == [line]


def test_the_task_asks_for_today(commune, dossiers, settings, now, time_machine):
    settings.MASS_READING_DOSSIERS = 3
    read(dossiers, commune.clerk, now)
    time_machine.move_to(now + timedelta(hours=1))
    tasks.watch_reading()
    assert Alert.objects.count() == 1
