"""The demonstration loads whenever somebody tries it: on a Sunday, in a year without announced days off."""

from datetime import datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from common.clock import LOCAL, now
from dossiers.models import Dossier, DossierEvent, Status


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 22, 6, 5, tzinfo=LOCAL),
        datetime(2029, 9, 3, 7, 1, tzinfo=LOCAL),
    ],
    ids=["sunday", "far year"],
)
def test_every_status_is_there(settings, moment):
    settings.DEMO = settings.NOTIFICATION_SMS = True
    with time_machine.travel(moment, tick=False):
        call_command("load_demo", stdout=StringIO())
        assert set(Dossier.objects.values_list("status", flat=True)) == set(Status) - {Status.PAYMENT}
        assert not DossierEvent.objects.filter(at__gt=now()).exists()
