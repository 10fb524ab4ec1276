"""Who is frozen as the applicant: what the form says of them, else what the account says; and how they are found."""

from typing import Any

import pytest
import time_machine
from django.urls import reverse

from dossiers.desk.lists import Search
from dossiers.filing import submission
from dossiers.models import Dossier, WorklistRow
from dossiers.records.applicants import data_of_account, number_index
from dossiers.track import lookup
from eforms import schema as form_schema
from eforms.answering import known_data, section_form
from tests import factories
from tests.present import present

from ..track.test_track import FACTS, NUMBER, asked


def question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": {"vi": key}} | more


PAPERS = [{"value": value, "label": {"vi": value}} for value in ("can_cuoc", "cmnd", "ho_chieu", "khac", "khong_co")]
SEXES = [{"value": value, "label": {"vi": value}} for value in ("nam", "nu")]
NUMBER_RULE = [{"name": "id_kind", "args": ["paper"]}]
HAS_PAPER = {"field": "paper", "op": "ne", "value": "khong_co"}
FORM = {
    "schema": 1,
    "title": {"vi": "Tờ khai"},
    "sections": [
        {
            "key": "requester",
            "title": {"vi": "Người yêu cầu"},
            "fields": [
                question("name", "full_name", prefill="full_name"),
                question("born", "date", partial=True, prefill="birth"),
                question("sex", "choice", options=SEXES, prefill="sex"),
                question("paper", "choice", options=PAPERS, default="can_cuoc"),
                question("number", "id_number", prefill="personal_number", rules=NUMBER_RULE, show_if=HAS_PAPER),
                question("phone", "phone", prefill="phone"),
                question("home", "address", prefill="address"),
                question("mail", "email", prefill="email"),
                question("other_phone", "phone", prefill="phone"),
                question("organisation", "text", prefill="organisation_name"),
                question("code", "tax_code", prefill="tax_code"),
            ],
        }
    ],
}
SCHEMA = form_schema.load(FORM)
MINE = {
    "name": "Nguyễn Văn An",
    "born": "1999-05-27",
    "sex": "nam",
    "paper": "cmnd",
    "number": "271234567",
    "phone": "0987654321",
    "home": {"elsewhere": "Lào"},
    "mail": "khac@example.com",
}


@pytest.fixture(autouse=True)
def at_work(now):
    with time_machine.travel(now, tick=False):
        yield


def filed(citizen, commune, answers: dict[str, Any], now) -> Dossier:
    """Return a dossier submitted with these answers."""
    version = factories.version(commune.unit, form=FORM)
    draft = factories.draft(citizen, commune.unit, version)
    draft.answers = answers
    draft.completed_sections = ["requester"]
    draft.save()
    return submission.submit(draft.ref, by=citizen, key="k" * 32, revision=draft.revision, now=now)


def test_what_the_form_says_of_the_person_is_frozen(citizen, commune, now):
    applicant = filed(citizen, commune, MINE, now).applicant
    assert (applicant.name, applicant.birth, applicant.sex) == ("Nguyễn Văn An", "1999-05-27", "nam")
    assert (applicant.id_kind, applicant.id_number) == ("card", "271234567")
    assert applicant.number_index == number_index("271234567")
    assert applicant.phone == "0987654321" and applicant.address == {"elsewhere": "Lào"}
    # Messages go where the account's owner has shown to read them.
    assert applicant.email == "an@example.com"


def test_what_the_form_does_not_ask_comes_from_the_account(citizen, commune, now):
    applicant = filed(citizen, commune, {"phone": "0987654321"}, now).applicant
    told = (applicant.name, applicant.birth, applicant.id_kind, applicant.id_number, applicant.phone)
    assert told == ("Nguyễn Văn An", "1999-05-27", "personal_number", "075199000011", "0987654321")


def test_another_name_takes_no_number_and_no_birth_from_the_account(citizen, commune, now):
    applicant = filed(citizen, commune, {"name": "Nguyễn Thị Út"}, now).applicant
    assert (applicant.name, applicant.birth, applicant.id_number, applicant.number_index) == (
        "Nguyễn Thị Út",
        "",
        "",
        "",
    )
    assert applicant.phone == citizen.phone


@pytest.mark.parametrize(
    ("kind", "number"), [("card", "271234567"), ("passport", "C01X00T47"), ("personal_number", "075199000029")]
)
def test_look_up_and_desk_find_whatever_paper_was_given(client, citizen, commune, now, kind, number):
    paper = {"card": "cmnd", "passport": "ho_chieu", "personal_number": "can_cuoc"}[kind]
    dossier = filed(citizen, commune, MINE | {"paper": paper, "number": number}, now)
    assert dossier.applicant.id_kind == kind
    page = client.get(reverse("track:find"))
    facts = FACTS | {"n-number": f" {number[:3]} {number[3:]}".lower(), "n-phone_end": "4321"}
    answer = client.post(reverse(NUMBER), facts | asked(page, "n-"), follow=True)
    assert dossier.code in answer.content.decode()
    found = WorklistRow.objects.filter(Search.read(f"{number[:3]} {number[3:]}").condition())
    assert found.get().dossier == dossier


def test_a_person_without_a_paper_files_and_is_found_by_no_number(citizen, commune, now):
    citizen.set_identity("khong_co", "")
    citizen.save()
    applicant = filed(
        citizen, commune, {"name": citizen.full_name, "paper": "khong_co", "phone": "0987654321"}, now
    ).applicant
    assert (applicant.id_kind, applicant.id_number, applicant.number_index) == ("", "", "")
    assert lookup.by_number("", "1999-05-27", "4321") == []


def test_an_account_with_a_passport_freezes_it(citizen):
    citizen.set_identity("ho_chieu", "C01X00T47")
    data = data_of_account(citizen)
    assert (data.id_kind, data.id_number) == ("passport", "C01X00T47")


def test_an_organisation_freezes_its_own_name_and_who_acts(commune, now):
    from accounts.models import Representative

    body = factories.user(kind="organisation", full_name="Hội Nông dân", email="hoi@example.com", tax_code="0100233488")
    Representative.objects.create(
        account=body, full_name="Lê Văn Chung", position="Chủ tịch", personal_number="075085000321"
    )
    answers = {"name": "Trần Thị Bé", "paper": "ho_chieu", "number": "C01X00T47", "organisation": "Hội Nông dân xã"}
    applicant = filed(body, commune, answers, now).applicant
    assert (applicant.name, applicant.id_kind, applicant.id_number) == ("Hội Nông dân xã", "tax_code", "0100233488")
    person = present(applicant.representative)
    assert (person["name"], person["id_number"], person["position"]) == ("Trần Thị Bé", "C01X00T47", "Chủ tịch")


def test_an_answer_longer_than_its_column_leaves_what_the_account_says(citizen, commune, now):
    long = {
        "schema": 1,
        "title": {"vi": "Tờ khai"},
        "sections": [
            {"key": "requester", "title": {"vi": "A"}, "fields": [question("name", "long_text", prefill="full_name")]}
        ],
    }
    version = factories.version(commune.unit, form=long)
    draft = factories.draft(citizen, commune.unit, version)
    Dossier.objects.filter(pk=draft.pk).update(answers={"name": "Tên " * 100}, completed_sections=["requester"])
    draft.refresh_from_db()
    made = submission.submit(draft.ref, by=citizen, key="k" * 32, revision=draft.revision, now=now)
    assert made.applicant.name == citizen.full_name


# What an account fills in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "number"), [("ho_chieu", "C01X00T47"), ("cmnd", "271234567"), ("khong_co", "")])
def test_the_account_fills_in_number_and_kind_together(citizen, now, kind, number):
    citizen.set_identity(kind, number)
    form = section_form(SCHEMA, SCHEMA.sections[0], {}, prefill=known_data(citizen), today=now.date())
    assert (form.initial["paper"], form.initial["number"] or "") == (kind, number)


def test_an_officer_may_not_take_in_their_own_dossier_under_a_passport(road):
    from dossiers.workflow import is_own

    clerk = road.commune.clerk
    clerk.set_identity("ho_chieu", "C01X00T47")
    road.submitted()
    road.dossier.applicant.number_index = number_index("C01X00T47")
    assert is_own(clerk, road.dossier)
