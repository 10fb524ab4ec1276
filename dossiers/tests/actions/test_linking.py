"""A dossier from the counter gets its account: by the secret on the receipt, else at the desk."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Kind, Member
from common.refusals import Refused
from dossiers import actions
from dossiers.actions.linking import redeem
from dossiers.models import Dossier, LinkCode, Slip, Status
from dossiers.records.applicants import ApplicantData
from dossiers.records.papers import Handed
from dossiers.tests.desk.test_intake import GOOD
from dossiers.tests.steps import send
from dossiers.timeline.history import PUBLIC, timeline
from dossiers.workflow import perform
from tests import factories
from tests.pages import checks

LINK = "/my/link/"
PERSON = ApplicantData(
    kind="citizen", name="Nguyễn Thị Ổn", id_kind="personal_number", id_number=GOOD["id_number"], phone="0912000001"
)


@pytest.fixture
def taken(road):
    """A dossier taken in at the counter, of the citizen whose number the desk has checked."""
    road.dossier.delete()
    clerk = road.commune.clerk
    road.dossier = factories.draft(clerk, road.commune.unit, road.version, channel="counter")
    road.dossier.papers.all().delete()
    Dossier.objects.update(owner=None)
    road.dossier.refresh_from_db()
    road.do(actions.Register(PERSON, (Handed("chung-sinh"),)), clerk)
    road.citizen.set_personal_number(GOOD["id_number"])
    road.citizen.assurance = "verified"
    road.citizen.save()
    with time_machine.travel(road.now, tick=False):
        yield road


def secret() -> str:
    return Slip.objects.get(kind="receipt").data["link_code"]


def refused(road, typed, user, after=timedelta(0)) -> str:
    """Return what is said when a secret opens nothing."""
    with pytest.raises(Refused) as caught:
        redeem(typed, user, road.now + after)
    return str(caught.value.message)


def test_the_secret_links_once_and_the_history_says_so(taken):
    linked = redeem(secret().lower().replace("-", " "), taken.citizen, taken.now)
    dossier = Dossier.objects.get()
    assert linked == dossier and dossier.owner == taken.citizen and dossier.status == Status.RECEIVED
    event = dossier.events.order_by("-n")[0]
    assert (event.action, event.actor, event.data["account"]) == ("link", None, taken.citizen.full_name)
    assert all(entry.action != "link" for entry in timeline(dossier, PUBLIC))
    assert LinkCode.objects.get().used_at == taken.now
    refused(taken, secret(), taken.citizen)


def test_wrong_over_used_and_of_somebody_else_are_told_the_same(taken, other_citizen):
    said = {refused(taken, "7K3M-Q2ZD-84TX", taken.citizen), refused(taken, "", taken.citizen)}
    said.add(refused(taken, secret(), taken.citizen, timedelta(days=31)))
    other_citizen.assurance = "verified"
    other_citizen.set_personal_number("075090000012")
    other_citizen.save()
    said.add(refused(taken, secret(), other_citizen))
    taken.citizen.assurance = "declared"
    said.add(refused(taken, secret(), taken.citizen))
    taken.citizen.assurance = "verified"
    redeem(secret(), taken.citizen, taken.now)
    said.add(refused(taken, secret(), taken.citizen))
    assert len(said) == 1


def test_no_secret_where_it_could_link_nothing(taken):
    """Who has an account already, and an applicant without a number."""
    clerk = taken.commune.clerk
    draft = factories.draft(clerk, taken.commune.unit, taken.version, channel="counter")
    Dossier.objects.filter(pk=draft.pk).update(owner=None)
    perform(actions.Register(ApplicantData(kind="citizen", name="Ổn")), draft, by=clerk, now=taken.now)
    assert draft.slips.get(kind="receipt").data["link_code"] == ""
    assert LinkCode.objects.count() == 1


def test_the_page_links_and_leads_to_the_dossier(client, taken):
    client.force_login(taken.citizen)
    assert LINK in client.get(reverse("applicant:dossiers")).content.decode()
    page = client.get(LINK).content.decode()
    assert checks.faults(page) == []
    wrong = client.post(LINK, {"code": "SAI"})
    assert wrong.status_code == 422 and checks.faults(wrong.content.decode()) == []
    assert wrong.content.decode().count("data-error-summary") == 1
    answer = client.post(LINK, {"code": secret()})
    assert answer.url == reverse("applicant:dossier", args=[Dossier.objects.get().ref])
    assert checks.faults(client.get(answer.url).content.decode()) == []


def test_who_was_not_checked_is_sent_to_the_desk(client, taken):
    taken.citizen.assurance = "declared"
    taken.citizen.save()
    client.force_login(taken.citizen)
    page = client.get(LINK).content.decode()
    assert 'name="code"' not in page and checks.faults(page) == []


def test_guessing_is_limited_per_account(client, taken, settings):
    settings.LIMITS = settings.LIMITS | {"link_user": (2, 3600)}
    client.force_login(taken.citizen)
    assert [client.post(LINK, {"code": "SAI"}).status_code for _n in range(3)] == [422, 422, 429]


def desk_link(client, road, account, **more):
    return send(client, road.commune.clerk, "link", road.dossier, {"account": account, "seen": "on"} | more)


def test_a_clerk_links_to_the_account_of_the_same_number(client, taken):
    assert desk_link(client, taken, GOOD["id_number"]).status_code == 302
    assert Dossier.objects.get().owner == taken.citizen
    # What was linked stays so, whatever the receipt still says.
    refused(taken, secret(), taken.citizen)
    assert desk_link(client, taken, GOOD["id_number"]).status_code in (409, 422)


def test_another_account_wants_a_reason_and_a_declared_number_names_none(client, taken, other_citizen):
    assert set(desk_link(client, taken, other_citizen.email).context["form"].errors) == {"note"}
    taken.citizen.assurance = "declared"
    taken.citizen.save()
    for typed in (GOOD["id_number"], "khong-co@example.com", "012"):
        assert set(desk_link(client, taken, typed).context["form"].errors) == {"account"}
    assert set(desk_link(client, taken, other_citizen.email, seen="").context["form"].errors) == {"seen"}
    assert Dossier.objects.get().owner is None
    assert desk_link(client, taken, other_citizen.email, note="Con đẻ, có giấy khai sinh").status_code == 302
    event = Dossier.objects.get().events.order_by("-n")[0]
    assert (event.actor, event.internal_text) == (taken.commune.clerk, "Con đẻ, có giấy khai sinh")


def test_a_clerk_links_nothing_to_an_own_account(client, taken):
    answer = desk_link(client, taken, taken.commune.clerk.email, note="Của tôi")
    assert answer.status_code == 422 and Dossier.objects.get().owner is None


def test_a_clerk_links_nothing_to_an_organisation_that_they_act_for(client, taken):
    firm = factories.user(full_name="Công ty TNHH Hoa Lúa", email="hoalua@example.com", kind=Kind.ENTERPRISE)
    mine = {"organisation": firm, "person": taken.commune.clerk, "invited_at": taken.now, "accepted_at": taken.now}
    member = Member.objects.create(address="hoa@example.com", **mine)
    answer = desk_link(client, taken, "hoalua@example.com", note="Của công ty")
    assert answer.status_code == 422 and Dossier.objects.get().owner is None
    Member.objects.filter(pk=member.pk).update(ended_at=taken.now)
    assert desk_link(client, taken, "hoalua@example.com", note="Của công ty").status_code == 302
    assert Dossier.objects.get().owner == firm
