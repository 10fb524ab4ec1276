"""The rows of the desk's actions: each has its button, its page, its key; packages above add theirs."""

import re

import pytest
import time_machine
from django.urls import resolve, reverse

from dossiers import actions, hooks
from dossiers.desk.actions import DESK_ACTIONS
from dossiers.desk.officer import available_actions
from dossiers.querysets import DESK_ROLES
from dossiers.table import TABLE, Action
from offices.models import Post
from tests import factories

from ..steps import STEPS, address, copies


@pytest.fixture(autouse=True)
def clock(now):
    """Monday morning, an hour after the road's steps began."""
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


@pytest.mark.parametrize(
    ("state", "role", "primary"),
    [
        ("submitted", "clerk", "receive"),
        ("received", "clerk", "forward"),
        ("processing", "specialist", "propose"),
        ("proposed", "leader", "approve"),
        ("asked", "clerk", "supplement"),
        ("decided", "clerk", "return-result"),
    ],
)
def test_dossier_page_has_one_obvious_next_action(client, road, commune, state, role, primary):
    dossier = getattr(road, state)().dossier
    client.force_login(getattr(commune, role))
    page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    buttons = re.findall(r'class="btn btn-primary" href="([^"?]+)', page)
    assert buttons == [address(dossier, primary)]


def test_what_waits_for_specialists_is_not_offered_to_those_of_another_unit(client, road, commune, other_commune, now):
    dossier = road.received().do(actions.Forward(None), commune.clerk).dossier
    Post.objects.create(user=commune.leader, unit=other_commune.unit, role="specialist", valid_from=now.date())
    taking = reverse("desk:take", args=[dossier.code])
    for officer, is_theirs in ((commune.leader, False), (commune.specialist, True)):
        client.force_login(officer)
        page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
        assert (f'action="{taking}' in page) is is_theirs, officer


STATES = ("submitted", "received", "processing", "proposed", "asked", "decided")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ["clerk", "specialist", "leader"])
def test_button_stands_exactly_where_the_action_is_possible(client, road, commune, state, role):
    """Each button opens its page; what has no button leads back, or is not for the role."""
    dossier, officer = getattr(road, state)().dossier, getattr(commune, role)
    client.force_login(officer)
    page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    possible = available_actions(dossier, officer, road.now)
    for row in DESK_ACTIONS:
        where = address(dossier, row.segment)
        is_possible = row.performs.action in possible
        assert (f'href="{where}' in page) == is_possible, row.segment
        refused = 302 if role in row.rule.who else 403
        assert client.get(where).status_code == (200 if is_possible else refused), row.segment


@pytest.mark.parametrize("state", STATES)
def test_access_keys_are_unique_for_an_officer_of_every_role(client, road, commune, state):
    dossier = getattr(road, state)().dossier
    copies(road, 3, status=int(dossier.status))
    for role in ("clerk", "specialist", "leader"):
        factories.Post.objects.get_or_create(
            user=commune.specialist, unit=commune.unit, role=role, defaults={"valid_from": road.now.date()}
        )
    client.force_login(commune.specialist)
    page = client.get(reverse("desk:dossier", args=[dossier.code]) + "?view=all").content.decode()
    keys = re.findall(r'accesskey="(\w)"', page)
    assert {"P", "I", "1", "3"} <= set(keys)
    assert len(keys) == len(set(keys)), keys


def test_desk_offers_every_action_of_its_roles():
    """All but those that begin with a declaration on paper, a file, or somebody with a paper to be attested."""
    elsewhere = {Action.REGISTER, Action.TAKE_OVER, Action.ATTEST}
    of_desk = {action for action, rule in TABLE.items() if not set(rule.who).isdisjoint(DESK_ROLES)}
    assert [row.performs.action for row in DESK_ACTIONS if row.performs.action not in of_desk] == []
    assert of_desk - {row.performs.action for row in DESK_ACTIONS} == elsewhere
    assert all(set(row.next_in) <= set(row.rule.sources) for row in DESK_ACTIONS)
    assert {step.segment: set(step.roles) for step in STEPS} == {
        row.segment: set(row.rule.who) & set(DESK_ROLES) for row in DESK_ACTIONS
    }


def test_action_has_an_address_of_its_own():
    for row in DESK_ACTIONS:
        found = resolve(f"/desk/dossiers/X/{row.segment}/")
        assert (found.url_name, found.kwargs["segment"]) == ("act", row.segment)


@pytest.mark.parametrize("segment", ["submit", "register", "draft", "supplement-received", "khong-co"])
def test_what_the_desk_does_not_offer_is_not_found(client, road, commune, segment):
    dossier = road.submitted().dossier
    client.force_login(commune.clerk)
    assert client.get(address(dossier, segment)).status_code == 404
    assert client.post(address(dossier, segment)).status_code == 404


def test_help_lists_the_key_of_every_action(client, commune):
    client.force_login(commune.clerk)
    page = client.get(reverse("desk:shortcuts")).content.decode()
    for row in DESK_ACTIONS:
        assert not row.key or (f"<kbd>{row.key}</kbd>" in page and str(row.label) in page), row.segment


def test_packages_above_add_buttons_and_panels_for_officers(client, road, commune, monkeypatch):
    """What is registered for officers stands on the desk's page, and not on the owner's."""
    dossier = road.submitted().dossier
    button = hooks.Button("/fees/", "Thu phí <b>", key="Z")
    monkeypatch.setitem(hooks.buttons, hooks.Audience.OFFICER, [lambda about, reader: button, lambda *_: None])
    panel: hooks.Panel = ("desk/_answers.html", {})
    monkeypatch.setitem(hooks.panels, hooks.Audience.OFFICER, [lambda about, reader: panel, lambda *_: None])
    client.force_login(commune.clerk)
    answer = client.get(reverse("desk:dossier", args=[dossier.code]))
    assert 'href="/fees/" accesskey="Z"' in answer.content.decode()
    assert "Thu phí &lt;b&gt;" in answer.content.decode()
    assert answer.context["panels"] == [panel]
    client.force_login(road.citizen)
    assert "/fees/" not in client.get(reverse("applicant:dossier", args=[dossier.ref])).content.decode()


def test_packages_above_add_buttons_and_panels_for_the_owner(client, road, commune, monkeypatch):
    dossier = road.submitted().dossier
    button = hooks.Button("/rate/", "Đánh giá")
    monkeypatch.setitem(hooks.buttons, hooks.Audience.OWNER, [lambda about, reader: button])
    client.force_login(road.citizen)
    assert 'href="/rate/"' in client.get(reverse("applicant:dossier", args=[dossier.ref])).content.decode()
    client.force_login(commune.clerk)
    assert "/rate/" not in client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
