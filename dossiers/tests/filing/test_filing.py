"""The applicant's road from the start page to the confirmation, and every way it may go wrong."""

import re
import unicodedata

import pytest
from django.urls import reverse

from common import onetime
from dossiers.filing import drafts
from dossiers.models import Dossier, DossierEvent, Slip
from notifications.models import Notification
from offices.models import Unit
from procedures.models import Offering
from tests import factories
from tests.present import present

from .steps import hidden, photo, ready, url

pytestmark = pytest.mark.usefixtures("at_work")


def walk_to_review(mine, version) -> Dossier:
    """Go from the start page to the check by the pages alone."""
    start = reverse("applicant:apply", args=[version.procedure.code])
    page = mine.get(start)
    answer = mine.post(start, {"key": hidden(page, "key")})
    dossier = Dossier.objects.latest("pk")
    section = url("section", dossier, "requester")
    assert answer.url == section
    assert "0/3" in mine.get(url("dossier", dossier)).content.decode()
    assert "Nguyễn Văn An" in mine.get(section).content.decode()
    answer = mine.post(section, factories.boxes(requester_name="Nguyễn Văn An", wants_copy="co", copies="2"))
    assert answer.url == url("papers", dossier)
    answer = mine.post(url("paper_upload", dossier, "chung-sinh"), {"file": photo()})
    assert answer.url.endswith("#paper-chung-sinh")
    page = mine.get(url("papers", dossier)).content.decode()
    assert "anh.jpg" in page
    answer = mine.post(url("delivery", dossier), {"delivery": "online"})
    assert answer.url == url("review", dossier)
    return dossier


def test_whole_road_twice_makes_two_dossiers_with_following_codes(
    mine, citizen, version, django_capture_on_commit_callbacks
):
    codes = []
    for _round in range(2):
        dossier = walk_to_review(mine, version)
        answer = mine.post(url("submit", dossier), ready(mine, dossier))
        assert answer.url == url("submitted", dossier)
        page = mine.get(answer.url).content.decode()
        dossier.refresh_from_db()
        assert dossier.code in page
        codes.append(dossier.code)
    assert codes == ["000.00.16.H19-260323-0001", "000.00.16.H19-260323-0002"]
    assert dossier.status == 1
    assert dossier.answers == {"requester_name": "Nguyễn Văn An", "wants_copy": "co", "copies": 2}
    assert dossier.applicant.name == "Nguyễn Văn An"
    assert dossier.applicant.id_number == "075199000011"
    assert Slip.objects.filter(kind="filing").count() == 2
    assert Notification.objects.filter(recipient=citizen, subject_ref=dossier.ref).exists()
    tracking = mine.get(url("dossier", dossier)).content.decode()
    assert dossier.code in tracking
    assert "anh.jpg" in tracking


def test_apply_needs_sign_in_to_start_and_keeps_the_way_back(client, version):
    start = reverse("applicant:apply", args=[version.procedure.code])
    page = client.get(start)
    assert page.status_code == 200
    assert f"?next={start}" in page.content.decode()
    assert "sessionid" not in client.cookies
    answer = client.post(start, {"key": onetime.new_key()})
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))
    assert not Dossier.objects.exists()


def test_apply_asks_for_the_unit_and_presets_the_residence(mine, commune, other_commune, version):
    Unit.objects.filter(pk=other_commune.unit.pk).update(division_code="26425")
    Offering.objects.create(unit=other_commune.unit, procedure=version.procedure, level=3, since="2025-07-01")
    start = reverse("applicant:apply", args=[version.procedure.code])
    page = mine.get(start)
    chosen = re.findall(r'<input[^>]*value="xuan-loc"[^>]*>', page.content.decode())
    assert len(chosen) == 1
    assert "checked" in chosen[0]
    key = hidden(page, "key")
    assert mine.post(start, {"key": key}).status_code == 422
    assert mine.post(start, {"key": key, "unit": "nowhere"}).status_code == 422
    mine.post(start, {"key": key, "unit": "xuan-loc"})
    assert Dossier.objects.get().received_by == other_commune.unit


@pytest.mark.parametrize("level", [1, 2])
def test_apply_explains_a_procedure_on_paper(mine, commune, level):
    version = factories.version(commune.unit, level=level)
    page = mine.get(reverse("applicant:apply", args=[version.procedure.code]))
    assert page.status_code == 404
    assert reverse("procedures:detail", args=[version.procedure.code]) in page.content.decode()


def test_offering_may_lower_the_level_below_filing(mine, commune, version):
    Offering.objects.update(level=2)
    assert mine.get(reverse("applicant:apply", args=[version.procedure.code])).status_code == 404


def test_apply_for_a_retired_procedure_is_gone(mine, version):
    type(version).objects.update(effective_until="2026-01-01")
    page = mine.get(reverse("applicant:apply", args=[version.procedure.code]))
    assert page.status_code == 410
    assert version.name in page.content.decode()


def test_apply_after_the_last_day_is_gone(mine, version):
    version.procedure.accept_until = "2026-03-22"
    version.procedure.save()
    assert mine.get(reverse("applicant:apply", args=[version.procedure.code])).status_code == 410


def test_apply_for_an_unknown_procedure_is_not_found(mine):
    assert mine.get(reverse("applicant:apply", args=["9.999999"])).status_code == 404


def test_one_key_starts_one_draft_and_an_untouched_one_is_used_again(mine, version):
    start = reverse("applicant:apply", args=[version.procedure.code])
    key = hidden(mine.get(start), "key")
    first = mine.post(start, {"key": key}).url
    assert mine.post(start, {"key": key}).url == first
    assert mine.post(start, {"key": onetime.new_key()}).url == first
    assert Dossier.objects.count() == 1
    mine.post(
        url("section", Dossier.objects.get(), "requester"), factories.boxes(requester_name="Lê An") | {"later": "1"}
    )
    assert mine.post(start, {"key": onetime.new_key()}).url != first


def test_a_key_of_another_account_starts_nothing(mine, other_citizen, commune, version, now):
    key = onetime.new_key()
    theirs = drafts.start_draft(version, commune.unit, other_citizen, key=key, now=now)
    answer = mine.post(reverse("applicant:apply", args=[version.procedure.code]), {"key": key}, follow=True)
    assert theirs.ref not in answer.content.decode()
    assert Dossier.objects.count() == 1


def test_drafts_are_limited(mine, citizen, commune, version):
    for _n in range(drafts.MAX_DRAFTS):
        factories.draft(citizen, commune.unit, version, revision=1, created_at="2026-03-01T00:00Z")
    mine.post(reverse("applicant:apply", args=[version.procedure.code]), {"key": onetime.new_key()})
    assert Dossier.objects.count() == drafts.MAX_DRAFTS


def test_step_keeps_what_is_wrong_and_is_not_done(mine, draft):
    section = url("section", draft, "requester")
    page = mine.post(section, factories.boxes(requester_name="Nguyễn Văn Bình", wants_copy="co", copies="99"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "data-error-summary" in text
    assert 'value="99"' in text
    draft.refresh_from_db()
    assert draft.answers["requester_name"] == "Nguyễn Văn Bình"
    assert draft.completed_sections == []


def test_hidden_question_is_not_required_and_left_out_at_submit(mine, draft):
    mine.post(
        url("section", draft, "requester"), factories.boxes(requester_name="Lê An", wants_copy="khong", copies="")
    )
    draft.refresh_from_db()
    assert draft.completed_sections == ["requester"]
    mine.post(url("submit", draft), ready(mine, draft))
    draft.refresh_from_db()
    assert draft.status == 1
    assert draft.answers == {"requester_name": "Lê An", "wants_copy": "khong"}


def test_save_and_continue_later_leads_to_the_parts(mine, draft):
    answer = mine.post(
        url("section", draft, "requester"), factories.boxes(requester_name="") | {"later": "1"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == url("dossier", draft)
    assert "09:00" in answer.content.decode()


def test_autosave_answers_without_a_page_and_does_not_finish_a_part(mine, draft):
    Dossier.objects.update(completed_sections=[])
    data = factories.boxes(requester_name="Lê An", wants_copy="khong")
    answer = mine.post(url("section", draft, "requester"), data, headers={"X-Autosave": "1"})
    assert answer.status_code == 204
    draft.refresh_from_db()
    assert (draft.answers["requester_name"], draft.completed_sections) == ("Lê An", [])


def test_step_from_the_review_goes_back_there(mine, draft):
    section = url("section", draft, "requester") + "?back=review"
    answer = mine.post(section, factories.boxes(requester_name="Lê An", wants_copy="khong"))
    assert answer.url == url("review", draft)


def test_unknown_section_leads_back_to_the_parts(mine, draft):
    for section in ("nowhere", "x" * 300):
        assert mine.get(url("section", draft, section)).url == url("dossier", draft)


@pytest.mark.parametrize("name", ["submit", "paper_remove", "paper_promise", "paper_upload", "renew", "copy"])
def test_pages_that_only_take_posts_refuse_get(mine, draft, name):
    args = ["abc"] if name.startswith("paper") else []
    assert mine.get(url(name, draft, *args)).status_code == 405


def test_delivery_online_needs_level_four_and_post_an_address(mine, commune, citizen):
    draft = factories.draft(citizen, commune.unit, factories.version(commune.unit, level=3))
    page = mine.get(url("delivery", draft)).content.decode()
    assert 'value="online"' not in page
    assert mine.post(url("delivery", draft), {"delivery": "online"}).status_code == 200
    answer = mine.post(url("delivery", draft), {"delivery": "post", "name": "Lê An"})
    assert answer.status_code == 200
    assert "data-error-summary" in answer.content.decode()
    post = {
        "delivery": "post",
        "name": "Lê An",
        "phone": "0912000001",
        "address_province": "75",
        "address_commune_name": "Xuân Bắc",
        "address_detail": "Ấp 3",
    }
    assert mine.post(url("delivery", draft), post).url == url("review", draft)
    draft.refresh_from_db()
    assert present(draft.delivery_address)["address"]["province"] == "75"
    assert "Ấp 3" in mine.get(url("review", draft)).content.decode()


def test_review_lists_what_is_missing_and_submit_changes_nothing(mine, draft):
    draft.papers.all().delete()
    Dossier.objects.update(completed_sections=[], delivery="")
    fields = ready(mine, draft)
    page = mine.get(url("review", draft)).content.decode()
    for part in (
        url("section", draft, "requester"),
        url("papers", draft) + "#paper-chung-sinh",
        url("delivery", draft),
    ):
        assert f'href="{part}"' in page
    answer = mine.post(url("submit", draft), fields)
    assert answer.url == url("review", draft)
    draft.refresh_from_db()
    assert draft.status == 0


def test_declaration_must_be_ticked(mine, draft):
    fields = ready(mine, draft)
    del fields["declared"]
    page = mine.post(url("submit", draft), fields)
    assert page.status_code == 422
    assert "data-error-summary" in page.content.decode()
    again = {"key": hidden(page, "key"), "revision": hidden(page, "revision"), "declared": "on"}
    assert mine.post(url("submit", draft), again).url == url("submitted", draft)


def test_same_key_again_leads_to_the_same_dossier(mine, draft):
    fields = ready(mine, draft)
    assert mine.post(url("submit", draft), fields).url == url("submitted", draft)
    assert mine.post(url("submit", draft), fields).url == url("submitted", draft)
    assert DossierEvent.objects.filter(dossier=draft).count() == 1
    other = ready_key(fields)
    answer = mine.post(url("submit", draft), other)
    assert answer.url == url("dossier", draft)
    assert DossierEvent.objects.filter(dossier=draft).count() == 1


def ready_key(fields: dict[str, str]) -> dict[str, str]:
    return fields | {"key": onetime.new_key()}


def test_a_key_submits_no_second_dossier(mine, citizen, commune, draft):
    fields = ready(mine, draft)
    mine.post(url("submit", draft), fields)
    second = factories.draft(citizen, commune.unit, draft.version)
    answer = mine.post(url("submit", second), fields | {"revision": "0"})
    assert answer.url == url("review", second)
    second.refresh_from_db()
    assert second.status == 0


def test_draft_changed_after_the_review_is_shown_again(mine, draft):
    fields = ready(mine, draft)
    mine.post(url("section", draft, "requester"), factories.boxes(requester_name="Lê An", wants_copy="khong"))
    assert mine.post(url("submit", draft), fields).url == url("review", draft)
    draft.refresh_from_db()
    assert draft.status == 0


@pytest.mark.parametrize(
    "fields", [{}, {"key": "x"}, {"key": "a" * 32, "revision": "-1"}, {"revision": "9" * 30, "declared": "on"}]
)
def test_broken_submit_forms_are_refused(mine, draft, fields):
    assert mine.post(url("submit", draft), fields).status_code == 422
    assert (
        mine.post(url("submit", draft), fields | {"key": "short", "revision": "0", "declared": "on"}).status_code == 302
    )
    draft.refresh_from_db()
    assert draft.status == 0


def test_closed_offering_is_refused_at_submit(mine, draft):
    fields = ready(mine, draft)
    Offering.objects.update(until="2026-03-22")
    answer = mine.post(url("submit", draft), fields)
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.status == 0


def test_new_version_under_a_draft_keeps_what_fits(mine, draft, version):
    mine.post(url("paper_upload", draft, "chung-sinh"), {"file": photo()})
    fields = ready(mine, draft)
    type(version).objects.update(effective_until="2026-03-22")
    form = {**factories.FORM, "sections": [{**factories.FORM["sections"][0]}]}
    form["sections"][0]["fields"] = form["sections"][0]["fields"][:1]
    newer = type(version).objects.create(
        procedure=version.procedure, number=2, published_at=draft.created_at, level=4, form=form,
        effective_from="2026-03-23", name="Khai sinh mới", processing_unit="working_days",
    )  # fmt: skip
    newer.papers.create(n=1, key="chung-sinh", name="Giấy chứng sinh (mới)")
    type(version).objects.filter(pk=newer.pk).update(status="published")
    type(version).objects.filter(pk=newer.pk).update(status="published")
    assert mine.post(url("submit", draft), fields).status_code == 302
    assert url("renew", draft) in mine.get(url("dossier", draft)).content.decode()
    for name in ("papers", "delivery", "review"):
        assert mine.get(url(name, draft)).url == url("dossier", draft)
    assert mine.get(url("section", draft, "requester")).url == url("dossier", draft)
    mine.post(url("renew", draft))
    mine.post(url("renew", draft))
    draft.refresh_from_db()
    assert draft.version == newer
    assert draft.answers == {"requester_name": "Nguyễn Văn An"}
    assert draft.papers.get().required.version == newer
    mine.post(url("section", draft, "requester"), factories.boxes(requester_name="Nguyễn Văn An"))
    mine.post(url("submit", draft), ready(mine, draft))
    draft.refresh_from_db()
    assert draft.status == 1


def test_submitted_dossier_is_no_longer_edited(mine, draft):
    mine.post(url("submit", draft), ready(mine, draft))
    for name in ("papers", "delivery", "review"):
        assert mine.get(url(name, draft)).url == url("dossier", draft)
    section = url("section", draft, "requester")
    assert mine.post(section, factories.boxes(requester_name="Kẻ Khác")).url == url("dossier", draft)
    assert mine.post(url("paper_upload", draft, "chung-sinh"), {"file": photo()}).url == url("dossier", draft)
    assert mine.post(url("paper_promise", draft, "chung-sinh")).url == url("dossier", draft)
    assert mine.post(url("discard", draft)).url == url("dossier", draft)
    draft.refresh_from_db()
    assert draft.answers["requester_name"] == "Nguyễn Văn An"
    assert draft.papers.get().kind == "promised"


PAGES = [
    "dossier",
    "papers",
    "delivery",
    "review",
    "submitted",
    "discard",
    "supplement",
    "withdraw",
    "result",
    "result_file",
]


def test_another_persons_dossier_does_not_exist(client, other_citizen, draft):
    client.force_login(other_citizen)
    for name in PAGES:
        assert client.get(url(name, draft)).status_code == 404
    for name in ("submit", "discard", "renew", "copy", "supplement", "withdraw", "result", "delivery"):
        assert client.post(url(name, draft)).status_code == 404
    assert client.post(url("paper_upload", draft, "chung-sinh"), {"file": photo()}).status_code == 404
    assert client.post(url("paper_remove", draft, draft.papers.get().ref)).status_code == 404
    assert client.post(url("section", draft, "requester"), factories.boxes(requester_name="Kẻ Khác")).status_code == 404


@pytest.mark.parametrize("ref", ["khong-co", "%00", "a" * 3000, "%ED%A0%80", "..%2f..", "%F0%9F%98%80"])
def test_unknown_references_are_refused(mine, draft, ref):
    for path in (
        f"/my/dossiers/{ref}/",
        f"/my/dossiers/{draft.ref}/papers/{ref}/file/",
        f"/procedures/{ref}/apply/",
    ):
        assert mine.get(path).status_code in (400, 404)


def test_unreadable_input_is_refused_and_nothing_changes(mine, draft):
    for text in ("Lê\0An", "x" * 1_000_000):
        answer = mine.post(url("section", draft, "requester"), factories.boxes(requester_name=text, wants_copy="khong"))
        assert answer.status_code in (400, 413)
    draft.refresh_from_db()
    assert draft.answers == factories.ANSWERS


def test_decomposed_letters_are_stored_composed(mine, draft):
    name = unicodedata.normalize("NFD", "Lê Thị Hồng")
    mine.post(url("section", draft, "requester"), factories.boxes(requester_name=name, wants_copy="khong"))
    draft.refresh_from_db()
    assert draft.answers["requester_name"] == "Lê Thị Hồng"


def test_confirmation_of_level_three_says_where_to_pay_and_what_to_bring(mine, citizen, commune):
    draft = factories.draft(citizen, commune.unit, factories.version(commune.unit, level=3))
    assert mine.get(url("submitted", draft)).url == url("dossier", draft)
    mine.post(url("submit", draft), ready(mine, draft))
    page = mine.get(url("submitted", draft)).content.decode()
    assert commune.unit.address in page
    assert "Giấy chứng sinh" in page
    assert mine.get(url("submitted", draft)).content.decode().count(Dossier.objects.get().code) >= 1


def test_pages_need_a_sign_in(client, draft):
    for name in PAGES:
        assert client.get(url(name, draft)).url.startswith(reverse("account_login"))


def test_the_result_comes_as_last_time_as_long_as_that_way_is_offered(mine, commune, citizen, version):
    factories.draft(citizen, commune.unit, version, status=1, code="A-1", delivery="online")
    page = mine.get(url("delivery", factories.draft(citizen, commune.unit, version, delivery=""))).content.decode()
    assert re.search(r'value="online"[^>]*checked', page)
    lower = factories.version(commune.unit, level=3, code="1.000003")
    page = mine.get(url("delivery", factories.draft(citizen, commune.unit, lower, delivery=""))).content.decode()
    assert "checked" not in page.partition("<main")[2]
