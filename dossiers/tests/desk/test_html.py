"""Every page of the desk keeps the rules of HTML, accessibility and weight, in both languages."""

from itertools import product

import pytest
import time_machine
from django.urls import reverse

from dossiers import actions, worklist
from dossiers.models import Dossier
from notifications.models import Notification
from tests import factories
from tests.access.world import World
from tests.pages import checks

from ..steps import STEPS, address


@pytest.fixture(autouse=True)
def clock(now):
    """Monday morning, an hour after the road's steps began."""
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


PAGES = [
    ("clerk", "submitted", "desk:home", False),
    ("clerk", "submitted", "desk:list", False),
    ("clerk", "decided", "desk:results", False),
    ("clerk", "submitted", "desk:messages_failed", False),
    ("specialist", "submitted", "desk:shortcuts", False),
    ("clerk", "submitted", "desk:dossier", True),
    ("specialist", "proposed", "desk:dossier", True),
    ("clerk", "asked", "desk:dossier", True),
    ("clerk", "decided", "desk:dossier", True),
    ("leader", "processing", "desk:history", True),
    ("leader", "proposed", "leader:home", False),
    ("leader", "proposed", "desk:dossier", True),
]


def test_every_page_keeps_the_rules(client, db):
    world = World()
    dossiers = vars(world) | {"received": world.walk("receive")}
    Notification.objects.update(state="failed")
    faults = {}
    for (role, state, name, has_code), language in product(PAGES, ("vi", "en")):
        client.cookies["django_language"] = language
        client.force_login(world.people[role])
        answer = client.get(reverse(name, args=[dossiers[state].code] if has_code else []))
        assert answer.status_code == 200, (name, state)
        faults[name, state, language] = checks.faults(answer.content.decode())
    assert {page: found for page, found in faults.items() if found} == {}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_action_page_keeps_the_rules(client, road, commune, step, language):
    step.start(road)
    client.cookies["django_language"] = language
    client.force_login(getattr(commune, step.roles[0]))
    assert checks.faults(client.get(address(road.dossier, step.segment)).content.decode()) == []


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_stale_form_keeps_the_rules(client, road, commune, step):
    typed = step.start(road) | {"reason": "Lý do <b>thử</b>", "revision": 0}
    client.force_login(getattr(commune, step.roles[0]))
    answer = client.post(address(road.dossier, step.segment), typed)
    assert answer.status_code == 409
    assert checks.faults(answer.content.decode()) == []
    assert "<b>thử</b>" not in answer.content.decode()


# In these nothing has to be typed.
FREE = ("receive", "accept-withdrawal")


@pytest.mark.parametrize("step", [step for step in STEPS if step.segment not in FREE], ids=str)
def test_incomplete_form_keeps_the_rules(client, road, commune, step):
    step.start(road)
    client.force_login(getattr(commune, step.roles[0]))
    answer = client.post(address(road.dossier, step.segment), {"revision": road.dossier.revision})
    assert answer.status_code == 422
    assert checks.faults(answer.content.decode()) == []


def test_control_sheet_keeps_the_rules(client, road, commune):
    dossier = road.decided().dossier
    client.force_login(commune.clerk)
    page = client.get(reverse("desk:print", args=["control-sheet", dossier.code])).content.decode()
    assert checks.faults(page, is_print=True) == []


def test_withdrawn_dossier_keeps_the_rules(client, road, commune, citizen):
    dossier = road.processing().do(actions.RequestWithdrawal("Đổi ý"), citizen).dossier
    client.force_login(commune.specialist)
    for address_of in (reverse("desk:dossier", args=[dossier.code]), address(dossier, "accept-withdrawal")):
        assert checks.faults(client.get(address_of).content.decode()) == []


def test_queue_of_fifty_rows_is_valid(client, road, commune):
    for n in range(60):
        made = Dossier.objects.create(
            version=road.version,
            unit=commune.unit,
            received_by=commune.unit,
            code=f"000.00.16.H19-260322-{n:04d}",
            status=1,
            submitted_at=road.now,
            created_at=road.now,
            saved_at=road.now,
        )
        factories.applicant(made, name="Nguyễn <i>An</i>")
        worklist.write(made.pk)
    client.force_login(commune.clerk)
    page = client.get(f"{reverse('desk:list')}?view=waiting").content.decode()
    assert checks.faults(page) == []
    assert page.count("<tr>") == 51
