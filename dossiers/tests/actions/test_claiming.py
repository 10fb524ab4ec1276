"""What is recorded with an action: when, by whom, after what; and that nothing is taken that has moved on."""

from datetime import timedelta

import pytest

from common.refusals import Refused
from dossiers import actions, workflow
from dossiers.models import Dossier, Status
from dossiers.workflow import Overtaken, perform

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("moved", [{"revision": 9}, {"status": Status.WITHDRAWAL_REQUESTED}])
def test_what_has_moved_on_in_any_way_is_not_taken(road, moved):
    road.submitted()
    fresh = Dossier.objects.get()
    move = workflow.check(actions.Receive(), fresh, by=road.commune.clerk, now=road.now)
    Dossier.objects.update(former_status=Status.SUBMITTED, **moved)
    before = Dossier.objects.values().get()
    with pytest.raises(Overtaken) as caught:
        workflow.take(fresh, move, {"status": Status.RECEIVED})
    assert (caught.value.code, caught.value.event) == ("stale", road.event)
    assert Dossier.objects.values().get() == before


def test_taking_one_dossier_leaves_the_others(road):
    road.submitted()
    other = Dossier.objects.get()
    other.pk, other.ref, other.code = None, "another-one-", "000.00.16.H19-260323-0002"
    other.save(force_insert=True)
    road.do(actions.Receive(), road.commune.clerk)
    assert Dossier.objects.get(pk=other.pk).status == Status.SUBMITTED


@pytest.mark.parametrize(("seconds", "is_taken"), [(-1, False), (0, True), (60, True), (61, False)])
def test_an_action_happened_between_the_last_one_and_now(road, seconds, is_taken):
    road.received()
    last, now = road.now, road.now + timedelta(minutes=1)
    at = last + timedelta(seconds=seconds)
    action = actions.Forward(road.commune.specialist)
    if is_taken:
        event = perform(action, road.dossier, by=road.commune.clerk, now=now, at=at)
        assert event.at == now
        assert event.data["to"] == road.commune.specialist.full_name
        assert event.data.get("at") == (at.isoformat() if at != now else None)
    else:
        with pytest.raises(Refused) as caught:
            perform(action, road.dossier, by=road.commune.clerk, now=now, at=at)
        assert (caught.value.code, caught.value.field) == ("at", "at")


def test_what_was_never_recorded_may_have_happened_at_any_time_before(road):
    came = road.now - timedelta(days=3)
    event = perform(actions.Submit(), road.dossier, by=road.citizen, now=road.now, at=came)
    assert (event.at, event.data["at"]) == (road.now, came.isoformat())


def test_the_system_has_no_name_and_a_person_the_one_borne_then(road):
    road.submitted().do(actions.RequestWithdrawal("Nhầm"), road.citizen)
    events = road.dossier.events.order_by("n")
    assert [(event.actor, event.actor_name, event.actor_role) for event in events] == [
        (road.citizen, "Nguyễn Văn An", "applicant"),
        (road.citizen, "Nguyễn Văn An", "applicant"),
        (None, "", "system"),
    ]
    assert [(event.from_status, event.to_status) for event in events] == [(0, 1), (1, 7), (7, 8)]


@pytest.mark.parametrize(("behind", "code"), [(0, ""), (1, "stale")])
def test_a_page_made_for_an_older_state_changes_nothing(road, behind, code):
    road.received()
    revision = road.dossier.revision - behind
    action = actions.Forward(road.commune.specialist)
    if code:
        with pytest.raises(Overtaken) as caught:
            perform(action, road.dossier, by=road.commune.clerk, now=road.now, revision=revision)
        assert (caught.value.code, str(caught.value.message) != "") == (code, True)
    else:
        perform(action, road.dossier, by=road.commune.clerk, now=road.now, revision=revision)
    assert Dossier.objects.get().revision == (2 if code else 3)
