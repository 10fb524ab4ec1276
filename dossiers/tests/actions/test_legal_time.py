"""What happened yesterday and is entered today: terms count from yesterday, the record from today."""

from datetime import timedelta

import pytest

from common.refusals import Refused
from dossiers import actions
from dossiers.models import Pause
from dossiers.workflow import perform
from tests.present import present

pytestmark = pytest.mark.django_db


def test_a_term_counts_from_when_the_dossier_came(road):
    road.submitted()
    came = road.now + timedelta(hours=2)
    late = actions.Receive(late_reason="Mất điện")
    perform(late, road.dossier, by=road.commune.clerk, now=came + timedelta(days=1), at=came)
    assert road.dossier.received_at == came
    assert road.dossier.recorded_at == came + timedelta(days=1)
    event = road.dossier.events.last()
    assert event.at == came + timedelta(days=1)
    assert event.data["at"] == came.isoformat()


def test_a_pause_ends_when_the_papers_were_brought(road):
    road.asked()
    brought = road.now + timedelta(hours=1)
    perform(actions.Supplement(), road.dossier, by=road.commune.clerk, now=brought + timedelta(hours=20), at=brought)
    assert present(Pause.objects.get(dossier=road.dossier).until) == brought
    assert road.dossier.term_from == brought


@pytest.mark.parametrize("off", [timedelta(days=-2), timedelta(minutes=2)])
def test_neither_before_the_last_step_nor_in_the_future(road, off):
    road.submitted()
    now = road.now + timedelta(minutes=1)
    with pytest.raises(Refused) as caught:
        perform(actions.Receive(), road.dossier, by=road.commune.clerk, now=now, at=now + off)
    assert (caught.value.code, caught.value.field) == ("at", "at")
