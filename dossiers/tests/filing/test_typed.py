"""What fails its checks is kept as it was typed, shown again, and never submitted."""

import pytest
import time_machine
from django.urls import reverse

from dossiers import actions
from dossiers.actions.readiness import Readiness, schema_of
from dossiers.filing import submission
from dossiers.models import Dossier
from tests import factories

from .steps import ready, url

RIGHT = {"requester_name": "Nguyễn Văn An", "wants_copy": "co", "copies": "2"}
WRONG = RIGHT | {"copies": "chín mươi"}
AUTOSAVE = {"X-Autosave": "1"}
POST = {
    "delivery": "post",
    "name": "Nguyễn Văn An",
    "phone": "09 12",
    "address_province": "75",
    "address_commune_name": "không có xã này",
    "address_detail": "Ấp 3",
}


@pytest.fixture(autouse=True)
def at_work(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def draft(citizen, commune):
    return factories.draft(citizen, commune.unit, factories.version(commune.unit))


@pytest.fixture
def mine(client, citizen):
    client.force_login(citizen)
    return client


def send(mine, draft, answers, **extra):
    extra.setdefault("headers", {})
    answer = mine.post(url("section", draft, "requester"), factories.boxes(**answers) | extra.pop("also", {}), **extra)
    draft.refresh_from_db()
    return answer


@pytest.mark.parametrize("how", [{"headers": AUTOSAVE}, {"also": {"later": "1"}}, {}])
def test_an_answer_at_fault_is_kept_as_typed_and_shown_with_its_reason(mine, draft, how):
    send(mine, draft, WRONG, **how)
    assert draft.typed == {"requester": {f"answer-{key}": [text] for key, text in WRONG.items()}}
    assert draft.completed_sections == []
    page = mine.get(url("section", draft, "requester")).content.decode()
    assert 'value="chín mươi"' in page and "data-error-summary" in page and "số nguyên" in page
    parts = mine.get(url("dossier", draft)).content.decode()
    assert "Cần sửa" in parts and "2/3" in parts


def test_saving_for_later_says_that_something_is_to_be_corrected(mine, draft):
    page = send(mine, draft, WRONG, also={"later": "1"}, follow=True).content.decode()
    assert "Đã lưu lúc 09:00" in page and "giữ nguyên như bạn đã nhập" in page


def test_what_is_typed_rests_encrypted(mine, draft):
    from django.db import connection

    send(mine, draft, WRONG, headers=AUTOSAVE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT typed FROM dossiers_dossier WHERE id = %s", [draft.pk])
        stored = cursor.fetchone()[0]
    assert stored and "chín" not in stored and "copies" not in stored


def test_an_empty_box_is_nothing_to_correct(mine, draft):
    send(mine, draft, {"requester_name": "Lê An", "wants_copy": "", "copies": ""}, headers=AUTOSAVE)
    assert draft.typed is None and draft.answers["requester_name"] == "Lê An"
    page = mine.get(url("section", draft, "requester")).content.decode()
    assert "data-error-summary" not in page and "Đang làm" in mine.get(url("dossier", draft)).content.decode()


def test_what_was_typed_is_not_submitted_and_the_review_leads_to_it(mine, draft):
    fields = ready(mine, draft)
    send(mine, draft, WRONG, headers=AUTOSAVE)
    review = mine.get(url("review", draft)).content.decode()
    assert "Cần sửa" in review and url("section", draft, "requester") in review and "số nguyên" in review
    answer = mine.post(url("submit", draft), fields | {"revision": draft.revision}, follow=True)
    draft.refresh_from_db()
    assert draft.status == 0 and answer.redirect_chain[-1][0] == url("review", draft)
    assert f'<a href="{url("section", draft, "requester")}">' in answer.content.decode()


def test_a_part_put_right_keeps_nothing_typed_and_is_submitted(mine, draft):
    send(mine, draft, WRONG)
    send(mine, draft, RIGHT | {"copies": "3"})
    assert draft.typed is None and draft.completed_sections == ["requester"]
    mine.post(url("submit", draft), ready(mine, draft))
    draft.refresh_from_db()
    assert draft.status == 1 and draft.typed is None and draft.answers["copies"] == 3


def test_what_is_kept_of_a_part_no_longer_asked_leaves_at_submission(draft, citizen, now):
    Dossier.objects.filter(pk=draft.pk).update(typed={"gone": {"answer-x": ["?"]}})
    draft.refresh_from_db()
    made = submission.submit(draft.ref, by=citizen, key="k" * 32, revision=draft.revision, now=now)
    assert Dossier.objects.get(pk=made.pk).typed is None


def test_only_boxes_of_the_form_are_kept(mine, draft):
    send(mine, draft, WRONG, also={"answer-nothing": "x", "copies": "y", "later": "1", "key": "z"})
    assert set(draft.typed["requester"]) == {f"answer-{key}" for key in WRONG}


def test_a_new_version_keeps_what_was_typed_in_parts_that_it_asks(mine, draft):
    send(mine, draft, WRONG, headers=AUTOSAVE)
    kept = submission.still_asked(draft.typed | {"gone": {}, "-delivery": {}}, schema_of(draft.version))
    assert set(kept) == {"requester", "-delivery"}
    assert submission.still_asked(draft.typed, None) is None


@pytest.mark.parametrize("how", [{"headers": AUTOSAVE}, {}])
def test_the_way_of_return_is_kept_as_typed(mine, draft, how):
    later = {} if how else {"later": "1"}
    answer = mine.post(url("delivery", draft), POST | later, **how)
    assert answer.status_code == (204 if how else 302)
    draft.refresh_from_db()
    # What was chosen before does not go in while something else is typed.
    assert draft.delivery and Readiness(draft, draft.created_at.date()).gaps
    page = mine.get(url("delivery", draft)).content.decode()
    assert 'value="09 12"' in page and 'value="không có xã này"' in page and "data-error-summary" in page
    assert "Cần sửa" in mine.get(url("dossier", draft)).content.decode()
    mine.post(url("delivery", draft), {"delivery": "desk"})
    draft.refresh_from_db()
    assert draft.typed is None and draft.delivery == "desk"


def test_a_correction_at_fault_is_kept_as_typed_and_cleared_when_sent(client, road):
    section = actions.Item(None, "requester", "Người yêu cầu", "Số bản sao chưa đúng")
    road.processing()
    dossier = road.do(actions.RequestSupplement((section,)), road.commune.specialist).dossier
    client.force_login(road.citizen)
    send(client, dossier, WRONG)
    page = client.get(url("section", dossier, "requester")).content.decode()
    assert 'value="chín mươi"' in page and dossier.answers["copies"] == 2
    assert client.post(url("supplement", dossier), {"revision": dossier.revision}).status_code == 422
    send(client, dossier, RIGHT)
    client.post(url("supplement", dossier), {"revision": dossier.revision})
    dossier.refresh_from_db()
    assert dossier.status == 4 and dossier.typed is None


def test_a_declaration_for_paper_keeps_what_was_typed(client, commune):
    version = factories.version(commune.unit)
    start = reverse("procedures:fill", args=[version.procedure.code])
    section = client.post(start).url
    client.post(section, factories.boxes(**WRONG))
    page = client.get(section)
    assert page.status_code == 200 and 'value="chín mươi"' in page.content.decode()
    review = reverse("procedures:fill_review", args=[version.procedure.code])
    assert section in client.get(review).content.decode()
    client.post(section, factories.boxes(**RIGHT))
    assert 'value="2"' in client.get(section).content.decode()
