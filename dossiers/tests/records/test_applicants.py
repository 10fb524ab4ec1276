"""Who is frozen as the applicant: what the form says of them, else what the account says; and how they are found."""

from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Representative, User
from common.secret import blind_index
from dossiers.desk.searching import Search
from dossiers.filing import submission
from dossiers.models import Dossier, WorklistRow
from dossiers.records.applicants import (
    ApplicantData,
    data_of_account,
    data_of_filing,
    known_of,
    number_index,
    paper_kind,
)
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
FORM: dict[str, Any] = {
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
    assert (applicant.sex, applicant.address) == ("nam", citizen.address)


def test_another_name_takes_nothing_that_tells_a_person_from_the_account(citizen, commune, now):
    applicant = filed(citizen, commune, {"name": "Nguyễn Thị Út"}, now).applicant
    assert (applicant.sex, applicant.id_kind) == ("", "")
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


@pytest.fixture
def body(db):
    """An organisation whose account still carries birth and sex of somebody, with its representative."""
    made = factories.user(
        kind="organisation",
        full_name="Hội Nông dân",
        email="hoi@example.com",
        phone="02513000033",
        tax_code="0100233488",
        birth="1980",
        sex="nu",
    )
    Representative.objects.create(
        account=made, full_name="Lê Văn Chung", position="Chủ tịch", personal_number="075085000321", phone="0912000066"
    )
    return made


def test_an_organisation_has_a_tax_code_a_representative_and_no_birth(body):
    data = data_of_account(body)
    assert (data.name, data.id_kind, data.id_number) == ("Hội Nông dân", "tax_code", "0100233488")
    assert (data.birth, data.sex) == ("", "")
    acting = {"name": "Lê Văn Chung", "position": "Chủ tịch", "id_number": "075085000321", "phone": "0912000066"}
    assert data.representative == acting
    body.representative.delete()
    assert data_of_account(User.objects.get(pk=body.pk)).representative is None


def test_code_and_phone_in_the_form_go_before_those_of_an_organisations_account(body, commune, now):
    applicant = filed(body, commune, {"code": "0314409058", "phone": "0987654321"}, now).applicant
    assert (applicant.id_kind, applicant.id_number, applicant.phone) == ("tax_code", "0314409058", "0987654321")
    assert present(applicant.representative)["name"] == "Lê Văn Chung"


def test_an_organisation_that_left_its_code_out_freezes_the_code_of_the_form(body, commune, now):
    User.objects.filter(pk=body.pk).update(tax_code="")
    applicant = filed(User.objects.get(pk=body.pk), commune, {"code": "0314409058"}, now).applicant
    assert (applicant.id_kind, applicant.id_number) == ("tax_code", "0314409058")


def test_an_account_without_an_address_and_a_person_without_a_paper(citizen):
    citizen.email = None
    citizen.set_identity("", "")
    data = data_of_account(citizen)
    assert (data.email, data.id_kind, data.id_number) == ("", "", "")


def test_an_unnamed_paper_is_another_one_and_an_unnamed_number_tells_what_it_is():
    assert paper_kind("khac", "GX-77") == "other"
    assert paper_kind("", "075199000011") == "personal_number"
    assert paper_kind("can_cuoc", "") == paper_kind("tax_code", "") == ""


def test_the_first_answer_about_the_applicant_counts_with_the_kind_of_its_own_paper():
    second = [
        question("second_paper", "choice", options=PAPERS),
        question(
            "second_number",
            "id_number",
            prefill="personal_number",
            rules=[{"name": "id_kind", "args": ["second_paper"]}],
        ),
    ]
    section = FORM["sections"][0]
    schema = form_schema.load(FORM | {"sections": [section | {"fields": [*section["fields"], *second]}]})
    answers = {"paper": "cmnd", "number": "271234567", "second_paper": "ho_chieu", "second_number": "C01X00T47"}
    known = known_of(schema, answers)
    assert (known["id_kind"], known["personal_number"]) == ("cmnd", "271234567")
    # A kind without its number says nothing; a number without its kind says itself what it is.
    assert known_of(schema, {"paper": "cmnd"}) == {}
    assert known_of(schema, {"number": "271234567"}) == {"personal_number": "271234567"}


def test_a_person_given_as_one_answer_is_known_part_by_part():
    asked_whole = question("who", "person", prefill="person")
    section = {"key": "who", "title": {"vi": "Ai"}, "fields": [asked_whole, question("n", "text", prefill="full_name")]}
    schema = form_schema.load({"schema": 1, "title": {"vi": "Tờ khai"}, "sections": [section]})
    who = {"full_name": "Trần Thị Bé", "birth": "1990", "sex": "nu", "id_kind": "cmnd", "id_number": "271234567"}
    known = {
        "full_name": "Trần Thị Bé",
        "birth": "1990",
        "sex": "nu",
        "id_kind": "cmnd",
        "personal_number": "271234567",
    }
    assert known_of(schema, {"who": who, "n": "Lê Văn Tám"}) == known
    assert known_of(schema, {"who": {"full_name": "Trần Thị Bé"}}) == {"full_name": "Trần Thị Bé"}


def test_an_answer_that_is_no_sex_leaves_what_the_account_says(citizen):
    options = [*SEXES, {"value": "khac", "label": {"vi": "Khác"}}]
    fields = [question("sex", "choice", options=options, prefill="sex")]
    raw = {"schema": 1, "title": {"vi": "T"}, "sections": [{"key": "a", "title": {"vi": "A"}, "fields": fields}]}
    assert data_of_filing(citizen, form_schema.load(raw), {"sex": "khac"}).sex == "nam"
    assert data_of_filing(citizen, form_schema.load(raw), {"sex": "nu"}).sex == "nu"


def test_an_organisation_freezes_its_own_name_and_who_acts(body, commune, now):
    answers = {"name": "Trần Thị Bé", "paper": "ho_chieu", "number": "C01X00T47", "organisation": "Hội Nông dân xã"}
    applicant = filed(body, commune, answers, now).applicant
    assert (applicant.name, applicant.id_kind, applicant.id_number) == ("Hội Nông dân xã", "tax_code", "0100233488")
    person = present(applicant.representative)
    assert (person["name"], person["id_number"], person["position"]) == ("Trần Thị Bé", "C01X00T47", "Chủ tịch")


def form_of(*sources: str) -> form_schema.Schema:
    """Return a form that asks for each source as a text."""
    fields = [question(source, "long_text", prefill=source) for source in sources]
    section = {"key": "requester", "title": {"vi": "A"}, "fields": fields}
    return form_schema.load({"schema": 1, "title": {"vi": "Tờ khai"}, "sections": [section]})


@pytest.mark.parametrize(
    ("source", "column", "longest"),
    [("full_name", "name", 160), ("phone", "phone", 16), ("email", "email", 254), ("personal_number", "id_number", 40)],
)
def test_an_answer_longer_than_its_column_leaves_what_the_account_says(citizen, source, column, longest):
    schema, said = form_of(source), getattr(data_of_account(citizen), column)
    citizen.email = None
    assert getattr(data_of_filing(citizen, schema, {source: "9" * longest}), column) == "9" * longest
    too_long = getattr(data_of_filing(citizen, schema, {source: "9" * (longest + 1)}), column)
    assert too_long == ("" if source == "email" else said)


@pytest.mark.parametrize(
    ("source", "column", "longest"), [("organisation_name", "name", 160), ("tax_code", "id_number", 40)]
)
def test_an_answer_of_an_organisation_longer_than_its_column_is_left_out(body, source, column, longest):
    said = getattr(data_of_account(body), column)
    assert getattr(data_of_filing(body, form_of(source), {source: "9" * longest}), column) == "9" * longest
    assert getattr(data_of_filing(body, form_of(source), {source: "9" * (longest + 1)}), column) == said


def test_birth_and_sex_in_the_form_go_before_those_of_the_account(citizen):
    data = data_of_filing(citizen, SCHEMA, MINE | {"born": "1998", "sex": "nu"})
    assert (data.birth, data.sex) == ("1998", "nu")


def test_an_account_without_an_e_mail_takes_the_one_of_the_form(citizen):
    citizen.email = None
    assert data_of_filing(citizen, SCHEMA, MINE).email == "khac@example.com"
    assert data_of_filing(citizen, SCHEMA, {}).email == ""


def test_who_acts_for_an_organisation_without_a_representative_is_who_the_form_names(body):
    body.representative.delete()
    account = User.objects.get(pk=body.pk)
    acting = {"name": "Trần Thị Bé", "position": "", "id_number": "", "phone": ""}
    assert data_of_filing(account, SCHEMA, {"name": "Trần Thị Bé"}).representative == acting
    assert data_of_filing(account, SCHEMA, {}).representative is None


def test_a_number_is_indexed_under_the_name_that_stored_rows_have():
    assert number_index("075199000011") == blind_index("applicant_number", "075199000011")


def test_a_citizen_has_no_representative_even_where_one_is_left_over(citizen):
    Representative.objects.create(account=citizen, full_name="Lê Văn Chung")
    assert data_of_account(User.objects.get(pk=citizen.pk)).representative is None


def test_what_is_taken_from_an_earlier_answer_says_nothing_of_the_person():
    fields = [question("first", "text"), question("second", "text", prefill="answer:first")]
    section = {"key": "a", "title": {"vi": "A"}, "fields": fields}
    schema = form_schema.load({"schema": 1, "title": {"vi": "T"}, "sections": [section]})
    assert known_of(schema, {"first": "Một", "second": "Hai"}) == {}


def test_an_answer_before_a_whole_person_counts_and_answers_behind_it_are_read():
    fields = [
        question("n", "text", prefill="full_name"),
        question("who", "person", prefill="person"),
        question("call", "phone", prefill="phone"),
    ]
    section = {"key": "a", "title": {"vi": "A"}, "fields": fields}
    schema = form_schema.load({"schema": 1, "title": {"vi": "T"}, "sections": [section]})
    who = {"full_name": "Trần Thị Bé", "birth": "1990", "sex": "nu", "id_number": "271234567"}
    known = known_of(schema, {"n": "Lê Văn Tám", "who": who, "call": "0987654321"})
    assert (known["full_name"], known["birth"], known["phone"]) == ("Lê Văn Tám", "1990", "0987654321")


def test_a_number_without_its_kind_says_itself_what_it_is(citizen):
    section = {"key": "a", "title": {"vi": "A"}, "fields": [question("n", "id_number", prefill="personal_number")]}
    schema = form_schema.load({"schema": 1, "title": {"vi": "T"}, "sections": [section]})
    kinds = [data_of_filing(citizen, schema, {"n": number}).id_kind for number in ("075199000029", "271234567")]
    assert kinds == ["personal_number", "card"]


def test_what_nobody_said_is_frozen_empty(road):
    road.submitted()
    road.dossier.applicant.delete()
    made = ApplicantData(kind="citizen", name="Nguyễn Văn An").freeze(road.dossier)
    made.refresh_from_db()
    assert [made.birth, made.sex, made.id_kind, made.id_number, made.phone, made.email] == [""] * 6
    assert (made.address, made.representative, made.number_index) == (None, None, number_index(""))


def test_a_person_that_is_none_breaks_nothing():
    section = {"key": "a", "title": {"vi": "A"}, "fields": [question("who", "person", prefill="person")]}
    schema = form_schema.load({"schema": 1, "title": {"vi": "T"}, "sections": [section]})
    assert "full_name" not in known_of(schema, {"who": "Trần Thị Bé"})


def test_a_name_that_grows_when_it_is_folded_fits_its_column(road):
    road.submitted()
    road.dossier.applicant.delete()
    made = ApplicantData(kind="citizen", name="ß" * 160).freeze(road.dossier)
    assert made.search_name == "s" * 160


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
