"""Filing for somebody else: who is the applicant, who acts, what proves it, who sees it."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Kind
from common import onetime
from dossiers.actions.readiness import Readiness
from dossiers.models import Acting, Dossier, Paper
from dossiers.records.applicants import number_index
from dossiers.records.papers import AUTHORITY, AUTHORITY_NAME
from tests import factories
from tests.pages import checks

from .steps import hidden, photo, ready, url

TODAY = date(2026, 3, 23)
pytestmark = pytest.mark.usefixtures("at_work")
# As three boxes send the date.
DATED = {"day_day": "1", "day_month": "3", "day_year": "2026", "number": "12/UQ"}
OTHER = factories.boxes(requester_name="Lê Văn Tám", wants_copy="khong")


def begin(mine, version, acting: str) -> Dossier:
    """Start a dossier for somebody on the start page."""
    start = reverse("applicant:apply", args=[version.procedure.code])
    answer = mine.post(start, {"key": hidden(mine.get(start), "key"), "acting": acting})
    made = Dossier.objects.latest("pk")
    assert answer.url == url("section", made, "requester")
    return made


def file(mine, dossier) -> Dossier:
    """Fill the draft in for somebody else and submit it."""
    mine.post(url("section", dossier, "requester"), OTHER)
    mine.post(url("paper_upload", dossier, "chung-sinh"), {"file": photo()})
    if dossier.acting == Acting.PRINCIPAL:
        mine.post(url("authority", dossier), DATED)
    mine.post(url("delivery", dossier), {"delivery": "online"})
    assert mine.post(url("submit", dossier), ready(mine, dossier)).url == url("submitted", dossier)
    dossier.refresh_from_db()
    return dossier


def test_a_child_files_for_a_father(mine, citizen, version, django_capture_on_commit_callbacks):
    dossier = begin(mine, version, "parent")
    # Nothing that tells who the account's owner is stands in the boxes of the person filed for.
    page = mine.get(url("section", dossier, "requester")).content.decode()
    assert "Nguyễn Văn An" not in page.partition("<main")[2]
    file(mine, dossier)
    applicant = dossier.applicant
    assert (applicant.name, applicant.id_number, applicant.birth) == ("Lê Văn Tám", "", "")
    assert applicant.number_index != number_index(citizen.identity_number)
    agent = applicant.representative or {}
    assert agent["name"] == "Nguyễn Văn An" and agent["position"] == "con"
    assert agent["id_number"] == citizen.identity_number
    slip = dossier.slips.get()
    assert slip.data["applicant"]["position"] == "con"
    sheet = mine.get(url("slip", dossier, slip.pk)).content.decode()
    assert "Người nộp thay" in sheet and "Nguyễn Văn An (con)" in sheet


def test_a_power_of_attorney_is_asked_and_needed(mine, version):
    dossier = begin(mine, version, Acting.PRINCIPAL)
    names = {card.required.name: card.is_missing for card in Readiness(dossier, TODAY).cards}
    (authority,) = [name for name in names if "ủy quyền" in name.lower()]
    assert names[authority]
    mine.post(url("section", dossier, "requester"), OTHER)
    page = mine.get(url("papers", dossier)).content.decode()
    assert checks.faults(page) == [] and authority in page
    key = next(card.required.key for card in Readiness(dossier, TODAY).cards if card.required.name == authority)
    mine.post(url("paper_upload", dossier, key), {"file": photo()})
    assert not any(card.is_missing for card in Readiness(dossier, TODAY).cards if card.required.key == key)
    position = (file(mine, dossier).applicant.representative or {})["position"]
    assert position.startswith("theo giấy ủy quyền ") and "12/UQ" in position and "01/03/2026" in position
    assert position in mine.get(url("declaration", dossier)).content.decode()
    assert position in mine.get(url("slip", dossier, dossier.slips.get().pk)).content.decode()


def test_the_power_of_attorney_holds_on_the_day_of_filing(mine, version):
    dossier = begin(mine, version, Acting.PRINCIPAL)
    # The form leads there; what lies ahead or has lapsed is refused and stays in its boxes.
    last = mine.post(url("section", dossier, "requester"), OTHER)
    assert last.url == url("authority", dossier)
    assert url("authority", dossier) in mine.get(url("dossier", dossier)).content.decode()
    assert checks.faults(mine.get(url("authority", dossier)).content.decode()) == []
    for wrong in (
        {},
        DATED | {"day_day": "24"},
        DATED | {"day_year": "2024", "until_day": "22", "until_month": "3", "until_year": "2026"},
        DATED | {"until_day": "28", "until_month": "2", "until_year": "2026"},
    ):
        page = mine.post(url("authority", dossier), wrong)
        assert page.status_code == 422 and checks.faults(page.content.decode()) == []
        assert not wrong or 'value="12/UQ"' in page.content.decode()
    assert "authority" in {gap.code for gap in Readiness(dossier, TODAY).gaps}
    lasting = DATED | {"until_day": "23", "until_month": "3", "until_year": "2026"}
    assert mine.post(url("authority", dossier), lasting).url == url("papers", dossier)
    dossier.refresh_from_db()
    assert dossier.authority == {"day": "2026-03-01", "number": "12/UQ", "until": "2026-03-23"}
    assert "12/UQ" in mine.get(url("review", dossier)).content.decode()
    assert not Readiness(dossier, TODAY).authority_fault
    # A draft that waits too long needs a new one.
    late = Readiness(dossier, date(2026, 3, 24))
    assert [gap.is_faulty for gap in late.missing if gap.code == "authority"] == [True]
    # Who files for themselves is asked nothing.
    own = begin(mine, version, "self")
    assert mine.get(url("authority", own)).url == url("dossier", own)


def test_one_that_no_list_names_is_asked_beside_it(mine, version, monkeypatch):
    monkeypatch.setattr("dossiers.records.papers.listed_authority", lambda version: None)
    dossier = begin(mine, version, Acting.PRINCIPAL)
    mine.post(url("section", dossier, "requester"), OTHER)
    card = next(card for card in Readiness(dossier, TODAY).cards if card.required.key == AUTHORITY)
    assert card.is_missing
    assert mine.post(url("paper_promise", dossier, AUTHORITY)).url.endswith(f"#paper-{AUTHORITY}")
    first = mine.post(url("paper_upload", dossier, AUTHORITY), {"file": photo()})
    assert first.url.endswith(f"#paper-{AUTHORITY}")
    given = Paper.objects.get(dossier=dossier, required=None)
    assert given.name == AUTHORITY_NAME and given.kind == "file"
    # It replaces itself, and can be taken back.
    mine.post(url("papers", dossier), {f"replace-{given.ref}": photo("moi.jpg")})
    given = Paper.objects.get(dossier=dossier, required=None)
    assert given.original_name == "moi.jpg"
    filed = file(mine, dossier)
    assert AUTHORITY_NAME in {row["name"] for row in filed.slips.get().data["papers"]}
    # The next time it is offered, and can be given so.
    later = begin(mine, version, Acting.PRINCIPAL)
    source = Paper.objects.get(dossier=filed, required=None)
    again = url("paper_again", later, AUTHORITY, source.ref)
    assert again in mine.get(url("papers", later)).content.decode()
    mine.post(again)
    assert Paper.objects.get(dossier=later, required=None).earlier == source
    # Of a dossier for oneself there is no such card.
    own = begin(mine, version, "self")
    assert mine.post(url("paper_upload", own, AUTHORITY), {"file": photo()}).status_code == 404


def test_for_oneself_nothing_changes(mine, version, citizen):
    dossier = begin(mine, version, "self")
    assert [card.required.key for card in Readiness(dossier, TODAY).cards if card.is_missing] == ["chung-sinh"]
    assert "Nguyễn Văn An" in mine.get(url("section", dossier, "requester")).content.decode()


def test_an_unknown_relation_is_refused_and_an_enterprise_is_not_asked(mine, version, citizen):
    start = reverse("applicant:apply", args=[version.procedure.code])
    page = mine.get(start)
    assert 'name="acting"' in page.content.decode()
    assert mine.post(start, {"key": onetime.new_key(), "acting": "boss"}).status_code == 422
    assert not Dossier.objects.exists()
    citizen.kind = Kind.ENTERPRISE
    citizen.save()
    assert 'name="acting"' not in mine.get(start).content.decode()


def test_who_is_filed_for_and_strangers_do_not_see_it_and_the_desk_is_told_who_acts(
    mine, version, commune, other_citizen
):
    dossier = file(mine, begin(mine, version, "parent"))
    other_citizen.full_name = "Lê Văn Tám"
    other_citizen.save()
    browser = Client()
    browser.force_login(other_citizen)
    assert browser.get(url("dossier", dossier)).status_code == 404
    code = str(dossier.code)
    assert code not in browser.get(reverse("applicant:dossiers")).content.decode()
    assert code in mine.get(reverse("applicant:dossiers")).content.decode()
    browser.force_login(commune.clerk)
    page = browser.get(reverse("desk:dossier", args=[code])).content.decode()
    assert "Lê Văn Tám" in page and "Nguyễn Văn An (con)" in " ".join(page.split())
