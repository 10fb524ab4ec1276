"""Whoever has a checked number is told of dossiers on paper that carry it, and is given no way into them."""

import pytest
from django.urls import reverse

from accounts.models import Assurance, User
from dossiers.models import Applicant, Dossier
from dossiers.records.applicants import filed_on_paper, number_index
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_paper(road):
    """A dossier of the citizen's number that no account owns."""
    dossier = road.processing().dossier
    Dossier.objects.filter(pk=dossier.pk).update(owner=None)
    return dossier


def page_of(client, user: User) -> tuple[int, str]:
    client.force_login(user)
    page = client.get(reverse("applicant:dossiers"))
    return page.context["on_paper"], page.content.decode()


def test_the_account_of_a_checked_number_is_told(client, on_paper, citizen):
    User.objects.filter(pk=citizen.pk).update(assurance=Assurance.VERIFIED)
    count, text = page_of(client, citizen)
    assert count == 1 and "banner-info" in text
    assert on_paper.code not in text and on_paper.ref not in text
    assert client.get(reverse("applicant:dossier", args=[on_paper.ref])).status_code == 404


def test_a_number_that_was_only_typed_tells_nothing(client, on_paper, citizen, other_citizen):
    assert citizen.assurance == Assurance.DECLARED
    assert page_of(client, citizen)[0] == 0
    User.objects.filter(pk=other_citizen.pk).update(assurance=Assurance.VERIFIED)
    count, text = page_of(client, other_citizen)
    assert count == 0 and "banner-info" not in text


def test_dossiers_of_ones_own_are_not_counted(client, road, citizen):
    road.processing()
    User.objects.filter(pk=citizen.pk).update(assurance=Assurance.VERIFIED)
    assert page_of(client, citizen)[0] == 0


def test_an_organisation_is_told_by_its_tax_code_and_nobody_by_an_empty_number(on_paper, citizen):
    body = factories.user(
        kind="organisation",
        full_name="Hội Nông dân",
        email="hoi@example.com",
        tax_code="0100233488",
        personal_number="075199000011",
        assurance=Assurance.VERIFIED,
    )
    assert filed_on_paper(body) == 0
    Applicant.objects.filter(dossier=on_paper).update(number_index=number_index("0100233488"))
    assert filed_on_paper(body) == 1
    # Whoever was taken in without a number is nobody's: an account without one is told of none.
    Applicant.objects.filter(dossier=on_paper).update(number_index=number_index(""))
    citizen.set_identity("khong_co", "")
    citizen.assurance = Assurance.VERIFIED
    assert filed_on_paper(citizen) == 0
