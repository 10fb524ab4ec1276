"""A member files for an organisation: whose it is, who stands on the papers, and who may not handle it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import members
from accounts.models import Kind, Member, Representative, User
from common.refusals import Refused
from dossiers import actions
from dossiers.models import Dossier
from dossiers.talk import writing
from dossiers.timeline import declaration, history
from dossiers.workflow import perform
from offices.models import Post, Role
from tests import factories
from tests.present import present

from .steps import ready, url

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture
def company(db) -> User:
    made = factories.user(full_name="Công ty Hoa Lúa", email="hl@example.com", kind=Kind.ENTERPRISE, phone="0901")
    Representative.objects.create(account=made, full_name="Trần Chủ", position="giám đốc")
    return made


@pytest.fixture
def member(company, other_citizen, now) -> Member:
    return Member.objects.create(
        organisation=company, person=other_citizen, address="hoa@example.com", position="kế toán",
        invited_at=now, accepted_at=now,
    )  # fmt: skip


@pytest.fixture
def filed(company, member, other_citizen, commune, version, client) -> Dossier:
    """A dossier that the organisation began and its member submitted on the pages."""
    draft = factories.draft(company, commune.unit, version)
    client.force_login(other_citizen)
    client.post("/account/acting/", {"member": member.pk})
    assert client.post(url("submit", draft), ready(client, draft)).url == url("submitted", draft)
    draft.refresh_from_db()
    return draft


def test_the_member_stands_on_the_papers_and_in_the_history(filed, company, other_citizen, client, commune):
    assert (filed.owner, filed.filed_by) == (company, other_citizen)
    agent = filed.applicant.representative or {}
    assert agent == {
        "name": "Lê Thị Hoa", "position": "kế toán", "id_number": "075099000022", "phone": "0912000002",
        "is_member": True,
    }  # fmt: skip
    event = filed.events.get()
    assert event.actor == company and event.actor_name == "Công ty Hoa Lúa (Lê Thị Hoa)"
    assert event.data["person"] == other_citizen.pk
    (mine,) = history.timeline(filed, history.OWNER)
    assert mine.who == "bạn (Lê Thị Hoa)"
    slip = filed.slips.get()
    assert "Lê Thị Hoa (kế toán)" in client.get(url("slip", filed, slip.pk)).content.decode()
    page = declaration.page(filed, "/")
    assert page is not None and page["head"].filed_by[0] == "Người nộp thay: Lê Thị Hoa (kế toán)"
    assert "Người nộp thay: Lê Thị Hoa (kế toán)" in client.get(url("declaration", filed)).content.decode()
    desk = Client()
    desk.force_login(commune.clerk)
    html = " ".join(desk.get(reverse("desk:dossier", args=[filed.code])).content.decode().split())
    assert "Lê Thị Hoa (kế toán)" in html and "0912" in html


def test_what_is_written_names_the_organisation_and_the_member(filed, company, other_citizen, now, member):
    organisation = present(members.acting_as(other_citizen, member.pk))
    writing.write(filed, "Bao giờ xong?", [], by=organisation, key="k" * 32, shown=0, now=now)
    entry = filed.talk.get()
    assert (entry.by, entry.by_name) == (company, "Công ty Hoa Lúa (Lê Thị Hoa)")


def test_without_a_member_the_leader_of_the_organisation_represents_it(company, commune, version, now):
    draft = factories.draft(company, commune.unit, version)
    perform(actions.Submit(), draft, by=company, now=now)
    assert (draft.applicant.representative or {})["position"] == "giám đốc"
    assert not draft.applicant.is_filed_by_another
    page = declaration.page(draft, "/")
    assert page is not None and page["head"].filed_by == ()


def test_an_officer_handles_nothing_of_an_organisation_he_acts_for_or_has_filed(
    filed, member, other_citizen, commune, now
):
    Post.objects.create(user=other_citizen, unit=commune.unit, role=Role.CLERK, valid_from=now.date())
    for _before_and_after_it_ended in range(2):
        officer = User.objects.get(pk=other_citizen.pk)
        with pytest.raises(Refused) as refused:
            perform(actions.Receive(), filed, by=officer, now=now)
        assert refused.value.code == "own"
        members.end(member.pk, filed.owner, now)
    # A colleague of his who filed nothing is free again once it has ended.
    Dossier.objects.update(filed_by=filed.owner)
    perform(actions.Receive(), filed, by=User.objects.get(pk=other_citizen.pk), now=now)


def test_the_name_under_an_act_fits_its_column(company, other_citizen, member):
    company.full_name = "C" * 160
    company.save()
    organisation = present(members.acting_as(other_citizen, member.pk))
    assert len(organisation.signature) == 160 and organisation.signature.endswith(" (Lê Thị Hoa)")
