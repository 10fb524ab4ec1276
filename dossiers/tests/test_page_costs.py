"""How many statements the pages of a dossier ask, the same on both engines and whatever the dossier holds."""

import pytest
import time_machine
from django.urls import reverse

from dossiers.track import lookup

from .filing.steps import url

# Of every page of a signed-in person: session, account, posts for the menu; and the stamps of what is kept.
FRAME, LOOK = 3, 1


@pytest.fixture(autouse=True)
def later(now):
    """An hour after the road began: actions of the fixture lie in the past."""
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


@pytest.fixture
def mine(client, citizen):
    client.force_login(citizen)
    return client


@pytest.mark.parametrize(
    ("page", "args", "own"),
    [
        # The dossier; its papers, and what was filed before. With delivery what the post asks for.
        ("dossier", (), 2),
        ("section", ("requester",), 2),
        ("papers", (), 3),
        ("delivery", (), 2),
        ("review", (), 2),
    ],
)
def test_a_page_of_a_draft(mine, road, django_assert_num_queries, page, args, own):
    address = url(page, road.dossier, *args)
    mine.get(address)
    with django_assert_num_queries(FRAME + LOOK + own):
        assert mine.get(address).status_code == 200


@pytest.mark.parametrize("state", ["submitted", "processing", "asked", "decided"])
def test_the_page_of_a_submitted_dossier(mine, road, django_assert_num_queries, state):
    address = url("dossier", getattr(road, state)().dossier)
    mine.get(address)
    # The dossier, its papers, events, holder, slips, talk and messages; nobody is named who holds what is decided.
    # While something may be corrected, what its owner asked for; until when a supplement is awaited.
    may_correct = state in ("submitted", "processing")
    with django_assert_num_queries(FRAME + LOOK + 7 + may_correct + (state == "asked")):
        assert mine.get(address).status_code == 200


def test_the_page_of_the_look_up(client, road, django_assert_num_queries):
    dossier = road.processing().dossier
    session = client.session
    lookup.remember(session, [dossier.code], road.now.replace(hour=10))
    session.save()
    client.cookies["sessionid"] = session.session_key
    address = reverse("track:dossier", args=[dossier.code])
    client.get(address)
    # Session, dossier, events.
    with django_assert_num_queries(3 + LOOK):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(("state", "more"), [("submitted", 0), ("processing", 2), ("asked", 4), ("decided", 1)])
def test_the_desk_s_page(client, road, commune, django_assert_num_queries, state, more):
    dossier = getattr(road, state)().dossier
    client.force_login(commune.clerk)
    address = reverse("desk:dossier", args=[dossier.code])
    client.get(address)
    # The dossier, who looked, holder, neighbours (2), papers, slips, events, messages, talk. Once something may be
    # proposed the result, once supplements were asked for these with their items, and the open one for the actions.
    # The last step with what is owed and wished, corrections; whether what one forwarded has been opened.
    with django_assert_num_queries(FRAME + LOOK + 12 + more):
        assert client.get(address).status_code == 200
