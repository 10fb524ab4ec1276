"""What the applicant does after submitting: supplement, withdrawal, copy, result, slips."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.urls import reverse

from common.files.stored import store_once
from dossiers import actions
from dossiers.models import Dossier, DossierEvent, Paper, Result
from notifications.models import Notification
from tests import factories
from tests.present import present

from ..filing.steps import content, hidden, photo, url


@pytest.fixture(autouse=True)
def later(now):
    """An hour after the road began: actions of the fixture lie in the past."""
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


@pytest.fixture
def mine(client, citizen):
    client.force_login(citizen)
    return client


def test_supplement_opens_only_what_was_asked_for(mine, road):
    dossier = road.asked().dossier
    page = mine.get(url("supplement", dossier)).content.decode()
    assert "Ảnh mờ, không đọc được" in page
    assert "Văn bản ủy quyền" not in page
    assert mine.get(url("section", dossier, "requester")).url == url("dossier", dossier)
    assert mine.post(url("paper_upload", dossier, "uy-quyen"), {"file": photo()}).url == url("dossier", dossier)
    assert mine.post(url("paper_upload", dossier, "item-999"), {"file": photo()}).url == url("dossier", dossier)
    assert not dossier.papers.filter(kind="file").exists()


def test_english_pages_and_mails_name_papers_in_english_and_mark_what_has_no_english_name(mine, citizen, road):
    citizen.language = "en"
    citizen.save(update_fields=["language"])
    road.version = factories.version(road.commune.unit, code="1.000002", paper_en="Medical birth notice")
    road.dossier = factories.draft(citizen, road.commune.unit, road.version)
    authority = present(road.version.papers.get(key="uy-quyen"))
    road.dossier.papers.create(required=authority, name=authority.name, kind="promised", uploaded_at=road.now)
    dossier = road.submitted().dossier
    mine.cookies["django_language"] = "en"
    for page in ("submitted", "dossier"):
        text = mine.get(url(page, dossier)).content.decode().partition("<main")[2].partition('id="sent"')[0]
        assert 'Medical birth notice; <span lang="vi">Văn bản ủy quyền</span>.' in text, page
        assert "Giấy chứng sinh" not in text, page
        assert text.count("Văn bản ủy quyền") == text.count('<span lang="vi">Văn bản ủy quyền</span>'), page
    assert "- Medical birth notice\n- Văn bản ủy quyền\n" in Notification.objects.get(kind="dossier_submitted").body
    section = actions.Item(None, "requester", "Người yêu cầu", "Sai số")
    other = actions.Item(None, "", "Sổ tạm trú", "Cần thêm")
    road.do(actions.RequestSupplement((road.item, section, other)), road.commune.clerk)
    text = mine.get(url("supplement", dossier)).content.decode()
    assert ">Medical birth notice</h2>" in text and "Giấy chứng sinh" not in text
    assert '<h2 id="name-item' in text and ">Requester</h2>" in text
    assert '<span lang="vi">Sổ tạm trú</span></h2>' in text
    body = Notification.objects.get(kind="dossier_supplement_asked").body
    assert "1. Medical birth notice\n" in body and "2. Requester\n" in body and "3. Sổ tạm trú\n" in body
    # The record stays in Vietnamese.
    assert present(DossierEvent.objects.order_by("-n").first()).public_text.startswith("Giấy chứng sinh: ")


def test_supplement_is_given_taken_back_given_again_and_sent(mine, road):
    dossier = road.asked().dossier
    before = dossier.papers.get()
    item = dossier.supplement_requests.get().items.get()
    revision = hidden(mine.get(url("supplement", dossier)), "revision")
    assert mine.post(url("supplement", dossier), {"revision": revision}).status_code == 422
    upload = url("paper_upload", dossier, f"item-{item.pk}")
    assert mine.post(upload, {"file": photo("mot.jpg")}).url.endswith(f"#paper-item-{item.pk}")
    given = dossier.papers.get(kind="file")
    assert mine.post(url("paper_remove", dossier, given.ref)).url.endswith(f"#paper-item-{item.pk}")
    mine.post(url("paper_remove", dossier, before.ref))
    assert list(dossier.papers.all()) == [before]
    assert mine.post(url("supplement", dossier), {"revision": revision}).status_code == 422
    mine.post(url("paper_promise", dossier, f"item-{item.pk}"))
    mine.post(upload, {"file": photo("hai.jpg")})
    assert dossier.papers.filter(replaced_at=None).count() == 2
    assert mine.post(url("supplement", dossier), {"revision": revision}).url == url("dossier", dossier)
    dossier.refresh_from_db()
    assert dossier.status == 4
    before.refresh_from_db()
    assert before.replaced_at is not None
    assert dossier.papers.get(replaced_at=None).original_name == "hai.jpg"
    assert mine.post(url("supplement", dossier), {"revision": revision}).url == url("dossier", dossier)
    assert DossierEvent.objects.filter(dossier=dossier, action="supplement").count() == 1


def test_supplement_refuses_a_hostile_file_on_its_card(mine, road):
    dossier = road.asked().dossier
    item = dossier.supplement_requests.get().items.get()
    page = mine.post(url("paper_upload", dossier, f"item-{item.pk}"), {})
    assert page.status_code == 422
    assert f'id="error-item-{item.pk}"' in page.content.decode()


def test_listed_section_is_corrected_and_sent(mine, road):
    road.processing()
    item = actions.Item(None, "requester", "Người yêu cầu", "Sai số bản sao")
    dossier = road.do(actions.RequestSupplement((item,)), road.commune.specialist).dossier
    section = url("section", dossier, "requester")
    assert section in mine.get(url("supplement", dossier)).content.decode()
    wrong = mine.post(section, factories.boxes(requester_name="Nguyễn Văn An", wants_copy="co", copies="50"))
    assert wrong.status_code == 200
    revision = hidden(mine.get(url("supplement", dossier)), "revision")
    assert mine.post(url("supplement", dossier), {"revision": revision}).status_code == 422
    right = mine.post(section, factories.boxes(requester_name="Nguyễn Văn An", wants_copy="co", copies="5"))
    assert right.url == url("supplement", dossier)
    mine.post(url("supplement", dossier), {"revision": revision})
    dossier.refresh_from_db()
    assert (dossier.status, dossier.answers["copies"]) == (4, 5)


def test_supplement_page_without_a_request_says_so(mine, road):
    dossier = road.submitted().dossier
    for answer in (mine.get(url("supplement", dossier)), mine.post(url("supplement", dossier), {"revision": "1"})):
        assert answer.url == url("dossier", dossier)
    assert mine.post(url("supplement", dossier), {"revision": "x"}).url == url("dossier", dossier)


def test_withdrawal_before_reception_ends_at_once_and_may_be_copied(mine, road, django_capture_on_commit_callbacks):
    mine.post(url("paper_upload", road.dossier, "chung-sinh"), {"file": photo()})
    road.dossier.refresh_from_db()
    dossier = road.submitted().dossier
    page = mine.get(url("withdraw", dossier))
    revision = hidden(page, "revision")
    assert mine.post(url("withdraw", dossier), {"revision": revision}).status_code == 422
    answer = mine.post(url("withdraw", dossier), {"revision": revision, "reason": "Nộp nhầm"})
    assert answer.url == url("dossier", dossier)
    dossier.refresh_from_db()
    assert dossier.status == 8
    key = hidden(mine.get(url("dossier", dossier)), "key")
    copied = mine.post(url("copy", dossier), {"key": key}).url
    assert mine.post(url("copy", dossier), {"key": key}).url == copied
    copy = Dossier.objects.get(status=0)
    assert copied == url("dossier", copy)
    assert copy.answers == dossier.answers
    old, new = dossier.papers.get(), copy.papers.get()
    assert old.file.name != new.file.name
    assert default_storage.exists(present(new.file.name))
    assert old.sha256 == new.sha256


def test_withdrawal_on_the_way_waits_for_an_officer(mine, road):
    dossier = road.processing().dossier
    revision = hidden(mine.get(url("withdraw", dossier)), "revision")
    mine.post(url("withdraw", dossier), {"revision": revision, "reason": "Đổi ý"})
    dossier.refresh_from_db()
    assert dossier.status == 7
    again = mine.post(url("withdraw", dossier), {"revision": revision, "reason": "Đổi ý"}, follow=True)
    assert again.redirect_chain[-1][0] == url("dossier", dossier)
    assert DossierEvent.objects.filter(dossier=dossier, action="ask_withdrawal").count() == 1


def test_running_dossier_is_not_copied(mine, road):
    dossier = road.submitted().dossier
    assert mine.post(url("copy", dossier), {"key": "a" * 32}).url == url("dossier", dossier)
    assert Dossier.objects.count() == 1


def with_file(dossier: Dossier) -> None:
    """Store the result's PDF as the worker does."""
    found = Result.objects.get(dossier=dossier)
    store_once(found, "result.pdf", b"%PDF-1.7 result")


def test_result_is_received_once_and_read_later(mine, road):
    Dossier.objects.update(delivery="online")
    road.dossier.refresh_from_db()
    dossier = road.decided().dossier
    assert mine.get(url("result_file", dossier)).url == url("result", dossier)
    with_file(dossier)
    page = mine.get(url("result", dossier))
    fields = {"revision": hidden(page, "revision")}
    assert mine.post(url("result", dossier), {}).url == url("dossier", dossier)
    assert mine.post(url("result", dossier), fields).url == url("result_file", dossier)
    assert mine.post(url("result", dossier), fields).url == url("result_file", dossier)
    dossier.refresh_from_db()
    assert dossier.status == 10
    events = DossierEvent.objects.count()
    answer = mine.get(url("result_file", dossier))
    assert answer["Content-Disposition"].startswith("attachment")
    assert content(answer) == b"%PDF-1.7 result"
    assert mine.get(url("result", dossier)).status_code == 200
    assert DossierEvent.objects.count() == events


def test_result_on_paper_is_not_received_online(mine, road):
    dossier = road.decided().dossier
    with_file(dossier)
    page = mine.get(url("result", dossier)).content.decode()
    assert road.commune.unit.address in page
    mine.post(url("result", dossier), {"revision": str(dossier.revision)})
    dossier.refresh_from_db()
    assert dossier.status == 9


def test_result_before_the_decision_does_not_exist(mine, road):
    dossier = road.processing().dossier
    assert mine.get(url("result", dossier)).status_code == 404
    assert mine.post(url("result", dossier), {"revision": "3"}).status_code == 404


def test_slips_are_printed_by_their_owner_only(client, mine, other_citizen, road):
    dossier = road.received().dossier
    for slip in dossier.slips.all():
        page = mine.get(url("slip", dossier, slip.pk))
        assert page.status_code == 200
        assert dossier.code in page.content.decode()
        assert mine.get(url("slip", dossier, slip.pk) + "?pdf").status_code == 404
    store_once(slip, "slip.pdf", b"%PDF-1.7 slip")
    answer = mine.get(url("slip", dossier, slip.pk) + "?pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert content(answer)
    client.force_login(other_citizen)
    assert client.get(url("slip", dossier, slip.pk)).status_code == 404


STATES = ["submitted", "received", "processing", "asked", "decided"]


@pytest.mark.parametrize("state", STATES)
def test_page_of_a_submitted_dossier_shows_where_it_is(mine, road, state):
    dossier = getattr(road, state)().dossier
    page = mine.get(url("dossier", dossier)).content.decode()
    assert dossier.code in page
    assert "Nguyễn Văn An" in page
    assert (url("withdraw", dossier) in page) == (state != "decided")
    assert (url("supplement", dossier) in page) == (state == "asked")


def test_page_of_a_dossier_costs_the_same_for_many_events(mine, road, django_assert_max_num_queries):
    dossier = road.asked().dossier
    mine.get(url("dossier", dossier))
    with django_assert_max_num_queries(12):
        mine.get(url("dossier", dossier))
    road.answer().do(actions.Supplement(), road.citizen)
    Paper.objects.bulk_create(
        Paper(dossier=dossier, name=f"Giấy {n}", kind="promised", uploaded_at=road.now) for n in range(15)
    )
    with django_assert_max_num_queries(12):
        mine.get(url("dossier", dossier))


def test_list_shows_open_ones_first_in_constant_queries(mine, citizen, commune, road, django_assert_num_queries, now):
    old = road.submitted().do(actions.Refuse("Không đúng thẩm quyền"), commune.clerk).dossier
    mine.get(reverse("applicant:dossiers"))
    with django_assert_num_queries(6):
        mine.get(reverse("applicant:dossiers"))
    for n in range(25):
        factories.draft(citizen, commune.unit, road.version, saved_at=now - timedelta(days=1, minutes=n))
    # Drafts are named by whom their answers name: those of the page.
    with django_assert_num_queries(6 + 1):
        page = mine.get(reverse("applicant:dossiers"))
    assert len(page.context["rows"]) == 20
    assert all(row.is_draft for row in page.context["rows"])
    second = mine.get(reverse("applicant:dossiers"), {"after": page.context["following"]})
    assert [row.code for row in second.context["rows"]][-1] == old.code
    assert len(second.context["rows"]) == 6
    assert second.context["following"] == ""
    assert f'href="{url("dossier", old)}"' in second.content.decode()


@pytest.mark.parametrize(
    "cursor", ["x", "0.1", "9.1.1.1", "0.99999999999999999.0.1", "0.-1.5.-3", "٣.1.1.1", "0.1e9.1.1"]
)
def test_broken_cursor_shows_the_beginning(mine, road, cursor):
    page = mine.get(reverse("applicant:dossiers"), {"after": cursor})
    assert [row.is_draft for row in page.context["rows"]] == [True]


def test_list_puts_what_waits_for_the_person_first(mine, citizen, commune, road):
    road.asked()
    asked = road.dossier
    factories.draft(citizen, commune.unit, road.version, saved_at=road.now + timedelta(days=1))
    rows = mine.get(reverse("applicant:dossiers")).context["rows"]
    assert [row.code or "draft" for row in rows] == [asked.code, "draft"]
    assert rows[0].todo_url == url("supplement", asked)
    assert rows[0].group == rows[1].group


def test_a_promised_original_is_what_to_do_now(mine, road):
    dossier = road.submitted().dossier
    Paper.objects.create(dossier=dossier, name="Giấy chứng sinh", kind="promised", uploaded_at=road.now)
    step = mine.get(url("dossier", dossier)).context["next_step"]
    # Then by when the desk answers.
    assert ": Giấy chứng sinh; Giấy chứng sinh. Xã Xuân Bắc " in step
