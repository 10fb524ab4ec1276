"""Receiving at the desk: forwarded with one press, earlier than entered, for another commune; what is not sent on."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers import actions
from dossiers.models import Dossier, Status
from dossiers.workflow import perform
from offices.models import Post, Role
from procedures.models import Offering
from tests import factories
from tests.pages import checks
from tests.present import present

from ..steps import address, copies, send


@pytest.fixture(autouse=True)
def clock(now):
    """Ten minutes after nine on Monday morning."""
    with time_machine.travel(now + timedelta(minutes=10), tick=False) as traveller:
        yield traveller


@pytest.fixture
def colleague(road, now):
    """A second specialist of the field, who holds nothing; the first one works on a dossier."""
    free = factories.user(full_name="Vũ Thị Yên", email="yen@example.com")
    Post.objects.create(user=free, unit=road.commune.unit, role=Role.SPECIALIST, valid_from=date(2025, 7, 1))
    road.processing()
    road.dossier = factories.draft(
        factories.citizen(email="b@x.vn", personal_number=""), road.commune.unit, road.version
    )
    road.citizen = road.dossier.owner
    road.submitted()
    return free


def page_of(client, road):
    client.force_login(road.commune.clerk)
    return client.get(address(road.dossier, "receive"))


def test_received_and_forwarded_with_one_press_to_who_holds_the_fewest(client, road, colleague):
    page = page_of(client, road)
    html = page.content.decode()
    assert checks.faults(html) == []
    form = page.context["form"]
    assert form["forward_to"].value() == str(colleague.pk)
    assert f'value="{colleague.pk}"' in html and 'name="and_forward" value="1" accesskey="C"' in html
    answer = send(
        client,
        road.commune.clerk,
        "receive",
        road.dossier,
        {"and_forward": "1", "forward_to": form["forward_to"].value()},
    )
    assert answer.status_code == 302
    road.dossier.refresh_from_db()
    assert (road.dossier.status, road.dossier.holder) == (Status.PROCESSING, colleague)
    banner = client.get(answer.url).content.decode().split("banner-ok")[1]
    assert colleague.full_name in banner and 'accesskey="I"' in banner


def test_the_first_button_receives_only(client, road, colleague):
    send(client, road.commune.clerk, "receive", road.dossier, {"forward_to": str(colleague.pk)})
    road.dossier.refresh_from_db()
    assert (road.dossier.status, road.dossier.holder) == (Status.RECEIVED, None)


def test_a_field_without_a_specialist_is_received_all_the_same(client, road):
    road.submitted()
    Post.objects.filter(role=Role.SPECIALIST).update(sectors=["dat-dai"])
    page = page_of(client, road)
    assert "and_forward" not in page.content.decode() and page.context["form"].warning
    assert send(client, road.commune.clerk, "receive", road.dossier).status_code == 302
    road.dossier.refresh_from_db()
    assert road.dossier.status == Status.RECEIVED


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ({"at": "23/03/2026 09:05", "late_reason": ""}, "late_reason"),
        ({"at": "23/03/2026 09:11", "late_reason": "Mất điện"}, "at"),
        ({"at": "22/03/2026 09:00", "late_reason": "Mất điện"}, "at"),
        ({"at": "hôm qua", "late_reason": "Mất điện"}, "at"),
        ({"competent": "khong-co"}, None),
        ({"and_forward": "1", "forward_to": "999"}, "forward_to"),
    ],
)
def test_what_does_not_fit_is_said_at_its_box_and_the_part_is_open(client, road, typed, box):
    road.submitted()
    answer = send(client, road.commune.clerk, "receive", road.dossier, typed)
    if box is None:
        # Nobody else offers the procedure: there is no such box.
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [box]
    html = answer.content.decode()
    assert checks.faults(html) == []
    assert '<details class="fold" open>' in html
    assert Dossier.objects.get().status == Status.SUBMITTED


def test_received_during_a_power_cut_counts_from_then(client, road, now):
    road.submitted()
    typed = {"at": "23/03/2026 9h05", "late_reason": "Mất điện đến 09:10"}
    send(client, road.commune.clerk, "receive", road.dossier, typed)
    dossier = Dossier.objects.get()
    assert dossier.received_at == now + timedelta(minutes=5)
    page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert "Mất điện đến 09:10" in page and checks.faults(page) == []
    client.force_login(road.citizen)
    assert "Mất điện đến 09:10" in client.get(reverse("applicant:dossier", args=[dossier.ref])).content.decode()


def test_for_another_commune_chosen_at_reception(client, road, other_commune):
    Offering.objects.create(unit=other_commune.unit, procedure=road.version.procedure, level=4, since=date(2025, 7, 1))
    road.submitted()
    page = page_of(client, road)
    assert [value for value, _label in page.context["form"].fields["competent"].choices] == [
        "",
        other_commune.unit.slug,
    ]
    assert checks.faults(page.content.decode()) == []
    send(
        client, road.commune.clerk, "receive", road.dossier, {"competent": other_commune.unit.slug, "and_forward": "1"}
    )
    dossier = Dossier.objects.get()
    assert (dossier.unit, dossier.holder, dossier.holder_unit) == (other_commune.unit, None, other_commune.unit)
    for officer in (road.commune.clerk, other_commune.specialist):
        client.force_login(officer)
        html = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
        assert road.commune.unit.name in html and other_commune.unit.name in html
        assert checks.faults(html) == []
    client.force_login(other_commune.specialist)
    assert [row.code for row in client.get(reverse("desk:list"), {"view": "mine"}).context["page"].rows] == [
        dossier.code
    ]
    client.force_login(road.commune.specialist)
    assert client.get(reverse("desk:dossier", args=[dossier.code])).status_code == 404


def test_the_result_is_returned_where_it_was_received(client, road, other_commune):
    Offering.objects.create(unit=other_commune.unit, procedure=road.version.procedure, level=4, since=date(2025, 7, 1))
    road.submitted().do(actions.Receive(competent=other_commune.unit), road.commune.clerk)
    road.do(actions.Forward(other_commune.specialist), road.commune.clerk)
    road.do(actions.Propose(is_granted=True), other_commune.specialist).do(actions.Approve(), other_commune.leader)
    for clerk, expected in ((road.commune.clerk, [road.dossier.code]), (other_commune.clerk, [])):
        client.force_login(clerk)
        assert [row.code for row in client.get(reverse("desk:results")).context["page"].rows] == expected
    answer = send(
        client, other_commune.clerk, "return-result", road.dossier, {"receiver_name": "An", "receiver_id": "1"}
    )
    assert answer.status_code == 403


def unforwarded(client, clerk):
    # A session of the morning is over in the evening.
    client.logout()
    client.force_login(clerk)
    page = client.get(reverse("desk:list"), {"view": "unforwarded"})
    assert checks.faults(page.content.decode()) == []
    counts = {
        each.url.rpartition("view=")[2]: each.count for each in client.get(reverse("desk:home")).context["counts"]
    }
    return [bool(row.mark) for row in page.context["page"].rows], counts["unforwarded"]


def test_what_is_not_forwarded_is_listed_and_late_by_the_rule_of_fifteen(client, road, clock, now):
    road.received()
    clerk = road.commune.clerk
    assert unforwarded(client, clerk) == ([False], "0")
    clock.move_to(now.replace(hour=17))
    assert unforwarded(client, clerk) == ([True], "1")
    perform(actions.Forward(), road.dossier, by=clerk, now=now.replace(hour=17))
    assert unforwarded(client, clerk) == ([], "0")


def test_the_list_of_the_unforwarded_costs_the_same_whatever_it_holds(client, road, clock, now):
    road.received()
    clock.move_to(now + timedelta(days=1, hours=4))
    client.force_login(road.commune.clerk)
    costs = []
    for more in (0, 12):
        copies(road, more, status=2)
        client.get(reverse("desk:list"), {"view": "unforwarded"})
        with CaptureQueriesContext(connection) as seen:
            rows = client.get(reverse("desk:list"), {"view": "unforwarded"}).context["page"].rows
        assert all(row.mark for row in rows)
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_a_dossier_of_before_has_the_pages_of_any_other(client, road, now):
    """What was brought over is shown with its number of before."""
    road.received()
    Dossier.objects.filter(pk=road.dossier.pk).update(external_system="before", external_code="12/2026-HT")
    client.force_login(road.commune.clerk)
    page = client.get(reverse("desk:dossier", args=[present(road.dossier.code)])).content.decode()
    assert "12/2026-HT" in page and checks.faults(page) == []
    assert client.post(reverse("desk:search"), {"q": "12/2026-ht"}).url.endswith(f"{road.dossier.code}/")
