"""A person's own dossiers tick off the steps of a checklist: only theirs, only of this occasion."""

from datetime import timedelta

import time_machine

from common.clock import local_day
from dossiers import actions
from dossiers.models import Dossier
from dossiers.timeline.own_filings import own_filings
from procedures.models import ChecklistStep, LifeEvent
from tests import factories


def told(road, user=None, days=365):
    found = own_filings(user or road.citizen, [road.version.procedure_id], local_day(road.now) - timedelta(days=days))
    return found.get(road.version.procedure_id)


def decide(road):
    """Let a dossier that is worked on have its result."""
    road.do(actions.Propose(is_granted=True), road.commune.specialist).do(actions.Approve(), road.commune.leader)


def test_each_state_is_told_with_its_page(road):
    draft = told(road)
    assert (draft.is_filed, draft.is_done) == (False, False)
    assert draft.url == f"/my/dossiers/{road.dossier.ref}/"
    road.processing()
    under_way = told(road)
    assert (under_way.is_filed, under_way.is_done) == (True, False)
    assert road.dossier.submitted_at.strftime("%d/%m/%Y") in under_way.words
    decide(road)
    assert told(road).is_done


def test_nobody_sees_another_persons_dossiers(road):
    road.submitted()
    assert told(road, factories.citizen(email="khac@example.com")) is None
    assert told(road, road.commune.clerk) is None


def test_an_older_occasion_does_not_count(road):
    road.submitted()
    Dossier.objects.update(saved_at=road.now - timedelta(days=400))
    assert told(road) is None
    assert told(road, days=500)


def test_one_that_ended_without_a_result_stands_back(road):
    road.submitted().do(actions.Refuse("Thiếu giấy tờ"), road.commune.clerk)
    refused = told(road)
    assert (refused.is_filed, refused.is_done) == (False, False)
    other = factories.draft(road.citizen, road.commune.unit, road.version)
    Dossier.objects.filter(pk=other.pk).update(saved_at=road.dossier.saved_at - timedelta(days=1))
    assert told(road).url == f"/my/dossiers/{other.ref}/"


def test_the_page_ticks_off_for_its_reader_alone(client, road):
    event = LifeEvent.objects.create(code="co-con", name="Có con", day_name="ngày sinh")
    ChecklistStep.objects.create(event=event, n=1, procedure=road.version.procedure, amount=60, late="vẫn làm được")
    road.processing()
    day = (local_day(road.now) - timedelta(days=100)).isoformat()
    page = f"/life-events/co-con/?on_day={day}"
    with time_machine.travel(road.now, tick=False):
        assert "tag-late" in client.get(page).content.decode()
        client.force_login(factories.citizen(email="khac@example.com"))
        assert "/my/dossiers/" + road.dossier.ref not in client.get(page).content.decode()
        client.force_login(road.citizen)
        mine = client.get(page).content.decode()
        assert f'href="/my/dossiers/{road.dossier.ref}/"' in mine and "tag-late" not in mine
        assert 'class="is-done"' not in mine
        decide(road)
        assert 'class="is-done"' in client.get(page).content.decode()
        Dossier.objects.update(saved_at=road.now - timedelta(days=200))
        today = local_day(road.now).isoformat()
        assert 'class="is-done"' not in client.get(f"/life-events/co-con/?on_day={today}").content.decode()


def test_another_way_of_the_same_step_is_spared(client, road):
    event = LifeEvent.objects.create(code="co-con", name="Có con", day_name="ngày sinh")
    late = {"event": event, "amount": 10, "late": "vẫn làm được"}
    procedures = [factories.version(road.commune.unit, code=f"1.00088{n}").procedure for n in range(3)]
    for n, (procedure, is_other) in enumerate(
        [(procedures[0], False), (road.version.procedure, True), (procedures[1], True), (procedures[2], False)]
    ):
        ChecklistStep.objects.create(n=n, procedure=procedure, is_alternative=is_other, **late)
    day = (local_day(road.now) - timedelta(days=60)).isoformat()
    client.force_login(road.citizen)
    for ways, overdue in (("draft", 4), ("submitted", 1)):
        if ways == "submitted":
            road.submitted()
        with time_machine.travel(road.now, tick=False):
            assert client.get(f"/life-events/co-con/?on_day={day}").content.decode().count("tag-late") == overdue
