"""What a leaver holds is handed on by the administrator: each dossier by a recorded action."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from common.refusals import Refused
from offices import hooks
from offices.models import AuditEntry, Post, Role, Unit
from tests import factories
from tests.pages import checks

from .. import actions, duties
from ..models import Assignment, Dossier, DossierEvent, Status
from ..workflow import perform


@pytest.fixture
def successor(commune):
    user = factories.user(full_name="Người Kế Nhiệm", email="ke.nhiem@example.com")
    Post.objects.create(user=user, unit=commune.unit, role=Role.SPECIALIST, valid_from=date(2026, 1, 1))
    return user


@pytest.fixture
def admin(commune, now):
    with time_machine.travel(now, tick=False):
        client = Client()
        client.force_login(commune.administrator)
        yield client


def test_the_page_hands_on_all_in_one_go(road, successor, admin):
    road.processing()
    leaver, unit = road.commune.specialist, road.commune.unit
    address = reverse("manage:reassign", args=[leaver.pk])
    html = admin.get(address).content.decode()
    assert checks.faults(html) == []
    assert admin.post(address, {}).status_code == 422
    assert admin.post(address, {f"to_{unit.pk}_specialist": "999999"}).status_code == 422
    due = road.dossier.due_at
    response = admin.post(address, {f"to_{unit.pk}_specialist": successor.pk})
    assert response.status_code == 302
    shown = admin.get(address).content.decode()
    assert road.dossier.code in shown
    assert checks.faults(shown) == []
    dossier = Dossier.objects.get()
    assert (dossier.holder, dossier.status, dossier.due_at) == (successor, Status.PROCESSING, due)
    rows = list(Assignment.objects.order_by("n"))
    assert (rows[-1].person, rows[-1].given_by, rows[-1].step) == (successor, road.commune.administrator, rows[-2].step)
    event = DossierEvent.objects.latest("n")
    assert (event.action, event.actor_role) == ("reassign", Role.ADMINISTRATOR)
    assert event.data["from"] == leaver.full_name
    assert AuditEntry.objects.get(action="person.hand_over").unit == unit
    # Once more finds nothing left.
    assert admin.post(address, {f"to_{unit.pk}_specialist": successor.pk}).status_code == 200
    assert DossierEvent.objects.filter(action="reassign").count() == 1


def test_ending_a_post_asks_about_what_is_held(road, successor, admin):
    road.processing()
    leaver = road.commune.specialist
    post = leaver.posts.get()
    address = reverse("manage:post_end", args=[leaver.pk, post.pk])
    html = admin.get(address).content.decode()
    assert 'name="anyway"' in html
    assert checks.faults(html) == []
    revision = html.split('name="revision" value="')[1].split('"')[0]
    day = {"until_day": "23", "until_month": "3", "until_year": "2026", "revision": revision}
    assert admin.post(address, day).status_code == 422
    assert admin.post(address, day | {"anyway": "on", "password": factories.PASSWORD}).status_code == 302
    assert Dossier.objects.get().holder == leaver


def test_back_to_the_whole_role(road, successor, now):
    road.processing()
    leaver = road.commune.specialist
    lines = duties.HeldDossiers().reassign(
        leaver, road.commune.unit, "specialist", None, by=road.commune.administrator, now=now, maximum=500
    )
    assert [line.reason for line in lines] == [""]
    dossier = Dossier.objects.get()
    assert (dossier.holder, dossier.holder_role) == (None, "specialist")


def test_a_proposed_decision_goes_to_another_leader(road, now):
    road.proposed()
    other = factories.user(full_name="Lãnh đạo Hai", email="ld2@example.com")
    Post.objects.create(user=other, unit=road.commune.unit, role=Role.LEADER, valid_from=date(2026, 1, 1))
    Dossier.objects.update(holder=road.commune.leader)
    perform(actions.Reassign(road.commune.leader, other), road.dossier, by=road.commune.administrator, now=road.now)
    assert Dossier.objects.get().holder == other


@pytest.mark.parametrize("reason", ["field", "post", "closed", "own", "alone"])
def test_who_cannot_handle_it_does_not_get_it(road, successor, now, reason):
    road.processing()
    if reason == "field":
        successor.posts.update(sectors=["dat-dai"])
    elif reason == "post":
        successor.posts.update(valid_until=date(2026, 3, 1))
    elif reason == "closed":
        type(successor).objects.filter(pk=successor.pk).update(is_active=False)
    elif reason == "own":
        Dossier.objects.update(owner=successor)
    else:
        successor.posts.all().delete()
    to = None if reason == "alone" else successor
    lines = duties.HeldDossiers().reassign(
        road.commune.specialist, road.commune.unit, "specialist", to, by=road.commune.administrator, now=now, maximum=9
    )
    assert lines[0].reason
    assert Dossier.objects.get().holder == road.commune.specialist


def test_only_administrators_above_the_unit_hand_on(road, successor, other_commune, now):
    road.processing()
    action = actions.Reassign(road.commune.specialist, successor)
    for stranger in (other_commune.administrator, road.commune.leader, road.commune.publisher, road.citizen):
        with pytest.raises(Refused):
            perform(action, road.dossier, by=stranger, now=road.now)
    province = Unit.objects.create(kind="province", slug="tinh", name="Tỉnh Đồng Nai", short_name="Đồng Nai")
    Unit.objects.filter(pk=road.commune.unit.pk).update(parent=province)
    above = factories.user(full_name="Quản trị Tỉnh", email="tinh@example.com")
    Post.objects.create(user=above, unit=province, role=Role.ADMINISTRATOR, valid_from=date(2026, 1, 1))
    perform(action, road.dossier, by=above, now=road.now)
    assert Dossier.objects.get().holder == successor
    with pytest.raises(Refused) as caught:
        perform(action, road.dossier, by=above, now=road.now)
    assert caught.value.code == "holder"


def test_held_is_counted_by_unit_and_role(road, django_assert_num_queries):
    road.processing()
    # Dossiers; open boxes of cashiers; feedback.
    with django_assert_num_queries(3):
        held = hooks.held_by(road.commune.specialist, [road.commune.unit.pk])
    assert held == [hooks.Held(road.commune.unit.pk, "specialist", 1)]
    assert hooks.held_by(road.commune.clerk, [road.commune.unit.pk]) == []


def test_open_dossiers_keep_a_unit_open(road, other_commune):
    assert duties.open_dossiers(road.commune.unit) == ""
    road.submitted()
    assert "1" in duties.open_dossiers(road.commune.unit)
    assert duties.open_dossiers(other_commune.unit) == ""


def test_an_identifier_with_codes_of_today_is_not_taken_over(road, other_commune, now):
    unit, day = road.commune.unit, now.date()
    assert duties.codes_of_today(unit, "H19.99", day) == ""
    road.submitted()
    assert duties.codes_of_today(unit, "H19.99", day) != ""
    assert duties.codes_of_today(other_commune.unit, "H19.99", day) == ""
    with pytest.raises(ValidationError):
        duties.codes_of_today(other_commune.unit, unit.identifier, day)
