"""The desk's pages of time: how a date was computed, what is proposed, who signs for whom."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from dossiers import actions
from dossiers.models import DossierEvent, Slip, Status, SupplementRequest
from offices.models import Delegation, Post, Role
from tests.pages import checks

from ..steps import SIGN, send


@pytest.fixture(autouse=True)
def clock(road):
    with time_machine.travel(road.now + timedelta(hours=1), tick=False) as traveller:
        yield traveller


def page_of(client, user, name, *args) -> str:
    client.force_login(user)
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    html = response.content.decode()
    assert checks.faults(html) == []
    return html


def test_every_officer_of_the_unit_sees_how_a_date_was_computed(client, road, commune):
    road.processing()
    for officer in (commune.clerk, commune.specialist, commune.leader):
        html = page_of(client, officer, "desk:deadline", road.dossier.code)
        assert "26/03/2026" in html
    assert reverse("desk:deadline", args=[road.dossier.code]) in page_of(
        client, commune.clerk, "desk:dossier", road.dossier.code
    )
    assert road.dossier.access_records.filter(what="deadline").count() == 3


def test_before_reception_there_is_nothing_to_compute(client, road, commune):
    road.submitted()
    assert "<tbody>" not in page_of(client, commune.clerk, "desk:deadline", road.dossier.code).split("<main")[1]


def test_stopping_is_proposed_once_the_last_day_has_closed(client, road, commune, clock):
    road.asked()
    address = reverse("desk:act", args=[road.dossier.code, "propose-stop"])
    primary = f'<a class="btn btn-primary" href="{address}'
    assert primary not in page_of(client, commune.specialist, "desk:dossier", road.dossier.code)
    SupplementRequest.objects.update(answer_by=date(2026, 3, 20))
    html = page_of(client, commune.specialist, "desk:dossier", road.dossier.code)
    assert primary in html and "20/03/2026" in html
    assert (
        send(client, commune.specialist, "propose-stop", road.dossier, {"reason": "Không bổ sung"}).status_code == 302
    )
    home = page_of(client, commune.leader, "leader:home")
    assert "Không bổ sung" in home
    form = client.get(reverse("desk:act", args=[road.dossier.code, "stop"])).content.decode()
    assert "Không bổ sung" in form
    assert send(client, commune.leader, "stop", road.dossier, {"reason": "Không bổ sung"}).status_code == 302
    road.dossier.refresh_from_db()
    assert road.dossier.status == Status.STOPPED
    assert "Không bổ sung" not in page_of(client, commune.leader, "leader:home")


@pytest.mark.parametrize(("moment", "is_shown"), [("24", False), ("25", True), ("30", True)])
def test_an_apology_is_proposed_a_day_before(client, road, commune, clock, moment, is_shown):
    road.processing()
    clock.move_to(road.now.replace(day=int(moment), hour=10), tick=False)
    html = page_of(client, commune.leader, "desk:dossier", road.dossier.code)
    words = ("xin lỗi" in html.split("<main")[1].split('class="actions"')[0]) or "apologises" in html
    assert words is is_shown


def test_the_list_of_those_late_once_has_the_ended_ones_too(client, road, commune, clock):
    road.proposed()
    clock.move_to(road.now.replace(day=30), tick=False)
    road.now = road.now.replace(day=30)
    road.do(actions.Approve(), commune.leader)
    client.force_login(commune.clerk)
    for view, found in (("all", True), ("results", True), ("waiting", False)):
        html = client.get(f"{reverse('desk:list')}?view={view}&deadline=was_late").content.decode()
        assert (road.dossier.code in html) is found


# Delegations


def delegate(client, leader, to, unit, changes=None):
    client.force_login(leader)
    html = client.get(reverse("leader:delegations")).content.decode()
    key = html.split('name="key" value="')[1].split('"')[0]
    values = {
        "key": key,
        "taker": f"{unit.pk}-{to.pk}",
        "valid_from_day": "23",
        "valid_from_month": "3",
        "valid_from_year": "2026",
        "valid_until_day": "25",
        "valid_until_month": "3",
        "valid_until_year": "2026",
        "reason": "Đi họp",
    } | (changes or {})
    return [client.post(reverse("leader:delegations"), values) for _twice in range(2)]


def test_a_delegate_signs_by_order_and_only_within_the_days(client, road, commune, clock):
    Post.objects.filter(user=commune.leader).update(title="Chủ tịch UBND xã Xuân Bắc")
    Post.objects.filter(user=commune.clerk).update(title="Công chức Văn phòng")
    road.proposed()
    page_of(client, commune.leader, "leader:delegations")
    answers = delegate(client, commune.leader, commune.clerk, commune.unit)
    assert [answer.status_code for answer in answers] == [302, 302]
    row = Delegation.objects.get()
    page_of(client, commune.leader, "leader:delegations")
    # Not theirs to pass on.
    client.force_login(commune.clerk)
    assert client.get(reverse("leader:delegations")).status_code == 403
    assert client.post(reverse("leader:delegation_end", args=[row.pk])).status_code == 403
    assert (
        send(client, commune.clerk, "extend", road.dossier, {"reason": "Xác minh", "day": "31/03/2026"}).status_code
        == 302
    )
    slip = Slip.objects.get(kind="apology")
    assert slip.data["officer"]["lines"] == ["TL. CHỦ TỊCH", "CÔNG CHỨC VĂN PHÒNG"]
    event = DossierEvent.objects.latest("n")
    assert event.data["signs_for"] == commune.leader.get_full_name()
    assert commune.leader.get_full_name() in page_of(client, commune.clerk, "desk:history", road.dossier.code)
    clock.move_to(road.now.replace(day=26), tick=False)
    assert send(client, commune.clerk, "approve", road.dossier, SIGN).status_code == 403


def test_an_ended_delegation_signs_nothing_any_more(client, road, commune):
    road.proposed()
    delegate(client, commune.leader, commune.clerk, commune.unit)
    row = Delegation.objects.get()
    assert client.post(reverse("leader:delegation_end", args=[row.pk])).status_code == 302
    assert not Post.objects.filter(user=commune.clerk, role=Role.LEADER).exists()
    assert send(client, commune.clerk, "approve", road.dossier, SIGN).status_code == 403
    page_of(client, commune.leader, "leader:delegations")


@pytest.mark.parametrize(
    "changes",
    [{"taker": "0-0"}, {"reason": ""}, {"valid_until_day": "22"}, {"valid_from_day": "31", "valid_from_month": "2"}],
)
def test_a_delegation_that_cannot_be_is_shown_again(client, commune, road, changes):
    answers = delegate(client, commune.leader, commune.clerk, commune.unit, changes)
    assert [answer.status_code for answer in answers] == [422, 422]
    assert checks.faults(answers[0].content.decode()) == []
    assert not Delegation.objects.exists()


def test_a_delegation_of_another_unit_is_hidden(client, commune, other_commune, now):
    row = Delegation.objects.create(
        unit=other_commune.unit,
        giver=other_commune.leader,
        taker=other_commune.clerk,
        valid_from=date(2026, 3, 23),
        valid_until=date(2026, 3, 25),
        reason="x",
        given_at=now,
    )
    client.force_login(commune.leader)
    assert client.post(reverse("leader:delegation_end", args=[row.pk])).status_code == 404
