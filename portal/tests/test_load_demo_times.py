"""The demonstration loads whenever somebody tries it: on a Sunday evening, in a year without announced days off."""

from datetime import datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import User
from common.clock import LOCAL, local_day, now
from dossiers.desk import rows
from dossiers.desk.officer import Officer
from dossiers.models import Dossier, DossierEvent, Status
from offices.models import Post
from tests.present import present


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 11, 22, 19, 30, tzinfo=LOCAL), datetime(2029, 9, 3, 7, 1, tzinfo=LOCAL)],
    ids=["sunday evening", "opening time in a far year"],
)
def test_every_status_is_there(settings, moment):
    settings.DEMO = settings.NOTIFICATION_SMS = True
    with time_machine.travel(moment, tick=False):
        call_command("load_demo", stdout=StringIO())
        assert set(Dossier.objects.values_list("status", flat=True)) == set(Status) - {Status.AWAITING_PAYMENT}
        assert not DossierEvent.objects.filter(at__gt=now()).exists()
        for email in ("tiep-nhan@example.com", "chuyen-mon@example.com", "lanh-dao@example.com"):
            assert "0" not in urgent(email), email


def urgent(email: str) -> list[str]:
    """Return how many dossiers an officer finds overdue and due on this working day or the next."""
    user = present(User.objects.find(email))
    posts = Post.objects.valid_on(local_day(now())).of(user).select_related("unit")
    return [count.count for count in rows.home_counts(Officer(user, tuple(posts), now()))[:2]]
