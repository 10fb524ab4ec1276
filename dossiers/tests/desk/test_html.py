"""Every page of the desk keeps the rules of HTML, accessibility and weight, in both languages."""

from itertools import product

import pytest
import time_machine
from django.urls import reverse

from dossiers import actions
from dossiers.models import Dossier
from notifications.models import Notification
from tests import factories
from tests.access.world import World
from tests.pages import checks


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
    ("clerk", "submitted", "desk:receive", True),
    ("clerk", "submitted", "desk:refuse", True),
    ("clerk", "submitted", "desk:supplement", True),
    ("clerk", "asked", "desk:supplement_received", True),
    ("clerk", "received", "desk:forward", True),
    ("specialist", "processing", "desk:propose", True),
    ("leader", "processing", "desk:extend", True),
    ("specialist", "processing", "desk:stop", True),
    ("clerk", "decided", "desk:return_result", True),
    ("leader", "proposed", "leader:home", False),
    ("leader", "proposed", "leader:dossier", True),
    ("leader", "proposed", "leader:approve", True),
    ("leader", "proposed", "leader:send_back", True),
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


@pytest.mark.parametrize(
    ("role", "state", "name"),
    [
        ("clerk", "submitted", "desk:refuse"),
        ("clerk", "submitted", "desk:supplement"),
        ("specialist", "processing", "desk:propose"),
        ("leader", "proposed", "leader:approve"),
        ("leader", "processing", "desk:extend"),
    ],
)
@pytest.mark.parametrize("revision", [0, None], ids=["stale", "incomplete"])
def test_refused_form_keeps_the_rules(client, road, commune, role, state, name, revision):
    dossier = getattr(road, state)().dossier
    client.force_login(getattr(commune, role))
    typed = {"reason": "Lý do <b>thử</b>", "rule": "Điều 1", "day": "30/03/2026", "is_granted": "1", "source": "letter"}
    data = typed | {"password": factories.PASSWORD, "revision": 0} if revision == 0 else {"revision": dossier.revision}
    answer = client.post(reverse(name, args=[dossier.code]), data)
    assert answer.status_code in (409, 422)
    page = answer.content.decode()
    assert checks.faults(page) == []
    assert "<b>thử</b>" not in page


def test_control_sheet_keeps_the_rules(client, road, commune):
    dossier = road.decided().dossier
    client.force_login(commune.clerk)
    page = client.get(reverse("desk:print", args=["control-sheet", dossier.code])).content.decode()
    assert checks.faults(page, is_print=True) == []


def test_withdrawal_pages_keep_the_rules(client, road, commune, citizen):
    dossier = road.processing().do(actions.RequestWithdrawal("Đổi ý"), citizen).dossier
    client.force_login(commune.specialist)
    for name in ("desk:dossier", "desk:decline_withdrawal", "desk:stop"):
        assert checks.faults(client.get(reverse(name, args=[dossier.code])).content.decode()) == []


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
    client.force_login(commune.clerk)
    page = client.get(f"{reverse('desk:list')}?view=waiting").content.decode()
    assert checks.faults(page) == []
    assert page.count("<tr>") == 51
