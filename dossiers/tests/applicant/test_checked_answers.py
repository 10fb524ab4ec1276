"""Answers that are worked out or checked against each other: filed, seen by the officer, corrected in a supplement."""

import copy
from datetime import date

import pytest
import time_machine

from common.refusals import Refused
from dossiers import actions
from dossiers.desk.counter import intake
from procedures.paper import prepared
from tests import factories

from ..conftest import Road
from ..filing.steps import hidden, url

LABEL = {"vi": "Nhãn", "en": "Label"}
MOST = {"vi": "Nhiều bản hơn số cho phép.", "en": "More copies than allowed."}
MANY = {"vi": "Xin nhiều bản, xem lại số bản.", "en": "Many copies: check their number."}
IN_TIME = [{"value": "kip", "label": {"vi": "Đúng hạn"}}, {"value": "muon", "label": {"vi": "Quá hạn"}}]


def form():
    made = copy.deepcopy(factories.FORM)
    made["sections"][0]["fields"] += [
        {"key": "born", "type": "date", "label": LABEL},
        {"key": "double", "type": "number", "label": {"vi": "Số trang"}, "derive": {"name": "sum", "of": "copies"}},
        {
            "key": "kind", "type": "choice", "label": {"vi": "Hạn"}, "options": IN_TIME,
            "derive": {"name": "within", "of": "born", "amount": 60, "unit": "days"},
        },
    ]  # fmt: skip
    made["sections"].append(
        {"key": "more", "title": {"vi": "Thêm"}, "fields": [{"key": "most", "type": "number", "label": LABEL}]}
    )
    made["checks"] = [
        {"key": "most", "kind": "not_more", "fields": ["copies", "most"], "severity": "error", "message": MOST},
        {
            "key": "many", "kind": "never", "when": {"field": "copies", "op": "gt", "value": 4}, "severity": "warning",
            "message": MANY,
        },
    ]  # fmt: skip
    return made


@pytest.fixture
def road(commune, citizen, now):
    made = Road.__new__(Road)
    made.commune, made.citizen, made.now = commune, citizen, now
    made.version = factories.version(commune.unit, form=form())
    answers = factories.ANSWERS | {"copies": 5, "born": "2026-03-01", "most": 6}
    done = ["requester", "more"]
    made.dossier = factories.draft(citizen, commune.unit, made.version, answers=answers, completed_sections=done)
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield made


def test_what_is_worked_out_is_recorded_and_what_is_odd_is_shown_to_the_officer(client, road):
    dossier = road.received().dossier
    assert (dossier.answers["double"], dossier.answers["kind"]) == (5, "kip")
    client.force_login(road.commune.clerk)
    page = client.get(f"/desk/dossiers/{dossier.code}/").content.decode()
    assert MANY["vi"] in page and "Đúng hạn" in page and MOST["vi"] not in page


def test_the_review_shows_it_and_a_contradiction_is_not_taken(client, road):
    client.force_login(road.citizen)
    page = client.get(url("review", road.dossier)).content.decode()
    assert MANY["vi"] in page and "Đúng hạn" in page
    type(road.dossier).objects.filter(pk=road.dossier.pk).update(answers=road.dossier.answers | {"most": 2})
    road.dossier.refresh_from_db()
    assert MOST["vi"] in client.get(url("review", road.dossier)).content.decode()
    with pytest.raises(Refused):
        road.submitted()


def test_a_supplement_tells_what_goes_against_closed_parts_and_records_anew(client, road):
    road.processing()
    item = actions.Item(None, "requester", "Người yêu cầu", "Sai số bản sao")
    dossier = road.do(actions.RequestSupplement((item,)), road.commune.specialist).dossier
    client.force_login(road.citizen)
    boxes = {"requester_name": "Nguyễn Văn An", "wants_copy": "co", "copies": "7"}
    born = {"answer-born_day": "1", "answer-born_month": "1", "answer-born_year": "2026"}
    section = url("section", dossier, "requester")
    # A page of the draft that is still open somewhere names parts that are closed.
    refused = client.post(section, factories.boxes(**boxes) | born | {"sections": ["requester", "more"]})
    assert refused.status_code == 200 and MOST["vi"] in refused.content.decode()
    taken = client.post(section, factories.boxes(**(boxes | {"copies": "3"})) | born)
    assert taken.url == url("supplement", dossier)
    revision = hidden(client.get(url("supplement", dossier)), "revision")
    client.post(url("supplement", dossier), {"revision": revision})
    dossier.refresh_from_db()
    assert dossier.status == 4
    assert (dossier.answers["copies"], dossier.answers["double"], dossier.answers["kind"]) == (3, 3, "muon")


def test_a_declaration_brought_on_paper_is_worked_out_on_the_day_it_is_handed_in(client, commune, now):
    version = factories.version(commune.unit, level=2, form=form())
    declared = factories.ANSWERS | {"copies": 5, "born": "2026-03-01"}
    made = prepared.start(version, commune.unit.slug, now, declared)
    prepared.make_ready(made, now)
    made.refresh_from_db()
    for day, value in ((date(2026, 4, 30), "kip"), (date(2026, 5, 1), "muon")):
        assert intake.answers_for(made, version, day) == declared | {"double": 5, "kind": value}
    client.force_login(commune.clerk)
    with time_machine.travel(now, tick=False):
        address = client.post("/desk/counter/new/", {"what": prepared.qr_text(prepared.code_of(made))}).url
        page = client.get(address).content.decode()
    assert MANY["vi"] in page and "Đúng hạn" in page
