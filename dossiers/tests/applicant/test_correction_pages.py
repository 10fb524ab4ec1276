"""The owner asks to correct something, and does it once the commune agreed."""

import pytest
import time_machine

from dossiers import actions
from dossiers.models import CorrectionRequest, Dossier
from tests import factories
from tests.present import present

from ..filing.steps import hidden, photo, url

SECTION = "section-requester"


@pytest.fixture(autouse=True)
def later(now):
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


@pytest.fixture
def mine(client, citizen):
    client.force_login(citizen)
    return client


def test_a_correction_is_asked_for_once_and_waits(mine, road):
    dossier = road.received().dossier
    assert url("correction", dossier) in mine.get(url("dossier", dossier)).content.decode()
    page = mine.get(url("correction", dossier))
    data = {"revision": hidden(page, "revision"), "what": SECTION, "reason": "Sai tên đệm".encode().decode()}
    assert mine.post(url("correction", dossier), data | {"what": ""}).status_code == 422
    assert mine.post(url("correction", dossier), data | {"what": "paper-999999"}).status_code == 422
    assert mine.post(url("correction", dossier), data | {"revision": "0"}).status_code == 409
    assert mine.post(url("correction", dossier), data).url == url("dossier", dossier)
    request = present(CorrectionRequest.objects.get())
    assert (request.section, request.name, request.reason) == ("requester", "Người yêu cầu", "Sai tên đệm")
    # Sent twice, or from another tab: it waits already.
    mine.post(url("correction", dossier), data)
    assert CorrectionRequest.objects.count() == 1
    assert "Sai tên đệm" in mine.get(url("correction", dossier)).content.decode()
    assert mine.get(url("correction_answers", dossier)).url == url("correction", dossier)


def test_the_open_section_is_corrected_at_once(mine, road):
    item = actions.Item(None, "requester", "Người yêu cầu", "Sai")
    road.received().do(actions.RequestCorrection(item), road.citizen).do(actions.AcceptCorrection(), road.commune.clerk)
    dossier = road.dossier
    assert mine.get(url("correction", dossier)).url == url("correction_answers", dossier)
    page = mine.get(url("correction_answers", dossier))
    assert 'value="Nguyễn Văn An"' in page.content.decode() and "data-autosave" not in page.content.decode()
    answers = factories.ANSWERS | {"requester_name": "Nguyễn Văn Ân"}
    assert (
        mine.post(url("correction_answers", dossier), factories.boxes(**answers | {"copies": "x"})).status_code == 200
    )
    assert mine.post(url("correction_answers", dossier), factories.boxes(**factories.ANSWERS)).status_code == 422
    assert Dossier.objects.get().answers == factories.ANSWERS
    assert mine.post(url("correction_answers", dossier), factories.boxes(**answers)).url == url("dossier", dossier)
    assert Dossier.objects.get().answers["requester_name"] == "Nguyễn Văn Ân"
    # The other sections, and this one now, are closed.
    assert mine.post(url("correction_answers", dossier), factories.boxes(**answers)).url == url("correction", dossier)
    assert mine.get(url("section", dossier, "requester")).url == url("dossier", dossier)


def test_the_open_paper_is_given_anew_page_by_page(mine, road):
    road.correcting().do(actions.AcceptCorrection("Chụp rõ hơn"), road.commune.specialist)
    dossier, old = road.dossier, present(road.dossier.papers.get())
    request = present(CorrectionRequest.objects.get())
    page = mine.get(url("correction", dossier))
    assert "Chụp rõ hơn" in page.content.decode() and "Văn bản ủy quyền" not in page.content.decode()
    revision = {"revision": hidden(page, "revision")}
    assert mine.post(url("correction", dossier), revision).status_code == 422
    upload = url("paper_upload", dossier, f"item-{request.pk}")
    for name in ("mot.jpg", "hai.jpg", "ba.jpg"):
        assert mine.post(upload, {"file": photo(name)}).url == f"{url('correction', dossier)}#paper-item-{request.pk}"
    last = present(dossier.papers.filter(kind="file").last())
    assert mine.post(url("paper_remove", dossier, last.ref)).url.startswith(url("correction", dossier))
    assert mine.post(url("correction", dossier), revision).url == url("dossier", dossier)
    assert dossier.papers.filter(replaced_at=None, kind="file").count() == 2
    old.refresh_from_db()
    assert old.replaced_at is not None
    # Nothing is open any more.
    assert mine.post(upload, {"file": photo()}).url == url("dossier", dossier)


def test_nothing_is_corrected_while_a_supplement_is_awaited_or_after_the_decision(mine, road):
    dossier = road.asked().dossier
    assert mine.get(url("correction", dossier)).url == url("dossier", dossier)
    assert url("correction", dossier) not in mine.get(url("dossier", dossier)).content.decode()
