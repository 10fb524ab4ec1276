"""A person of a form filled in from a card, from the account or from people named before: shown, never submitted."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dossiers.applicant.pages.known import applicant_of
from dossiers.models import Acting
from eforms.tests import test_pages as shared
from eforms.tests.test_people import FORM
from eforms.tests.test_schema import field, form_of
from tests import factories
from tests.cards import CARD, photo
from tests.pages import checks

from .steps import url

pytestmark = pytest.mark.usefixtures("at_work")
MOTHER = {"answer-mother_known": "co", "answer-note": "quá dài rồi"}


@pytest.fixture
def birth(commune):
    return factories.version(commune.unit, code="1.000002", form=FORM)


@pytest.fixture
def draft(citizen, commune, birth):
    return factories.draft(citizen, commune.unit, birth, answers={}, completed_sections=["mother"])


def fill(mine, draft, wished, **more):
    """Press a button of the mother's part; returns the page that follows and the draft as it is now."""
    page = mine.post(url("section", draft, "mother"), MOTHER | {"fill": wished} | more, follow=True)
    draft.refresh_from_db()
    return page.content.decode(), draft


def test_a_card_s_text_or_photo_fills_the_person(mine, draft):
    picture = SimpleUploadedFile("the.jpg", photo(width=900, size=(1200, 900)), "image/jpeg")
    for given in ({"card-mother-text": CARD}, {"card-mother-picture": picture}):
        page, kept = fill(mine, draft, "mother", **given)
        assert "Nguyễn Thị Hồng Nhung" in page and "Xuân Bắc" in page
        assert kept.answers["mother_birth"] == "1990-03-27" and kept.status == 0
        # What was wrong stays as it was typed; nobody has said that the part is done; of the card nothing is kept.
        assert kept.typed["mother"]["answer-note"] == ["quá dài rồi"] and kept.completed_sections == []
        assert "card-" not in str(kept.typed) and CARD not in page
        kept.answers = {}
        kept.save(update_fields=["answers"])


def test_a_wrong_card_is_told_and_costs_nothing_typed(mine, draft):
    blank = SimpleUploadedFile("anh.jpg", photo("x", width=300, size=(400, 300)), "image/jpeg")
    for given, words in (
        ({}, "Chọn ảnh mặt trước thẻ"),
        ({"card-mother-text": "Nguyễn Văn An"}, "không phải nội dung mã QR"),
        ({"card-mother-picture": blank}, "Không đọc được mã QR"),
    ):
        page, kept = fill(mine, draft, "mother", **given)
        assert words in page and "mother_name" not in kept.answers and kept.answers["mother_known"] == "co"


def test_a_scanned_text_counts_whichever_button_is_pressed(mine, draft):
    address = url("section", draft, "mother")
    sent = MOTHER | {"card-mother-text": CARD}
    assert mine.post(address, sent, headers={"X-Autosave": "1"}).status_code == 204
    draft.refresh_from_db()
    assert "mother_name" not in draft.answers and CARD not in str(draft.typed)
    assert mine.post(address, sent).url == address
    draft.refresh_from_db()
    assert draft.answers["mother_name"] == "Nguyễn Thị Hồng Nhung"


def test_this_person_is_me(mine, draft, citizen):
    page, kept = fill(mine, draft, "mother:self")
    assert kept.answers["mother_name"] == citizen.full_name and kept.answers["mother_alive"] == "song"


def test_who_is_not_the_applicant_after_all_is_asked_about_and_the_rest_of_the_page_kept(mine, citizen, commune):
    parts = [shared.OWN, shared.CHILD, shared.MOTHER, shared.END]
    form = {"schema": 1, "title": {"vi": "Tờ khai"}, "sections": parts}
    version = factories.version(commune.unit, code="1.000002", form=form)
    answers = {"own_name": citizen.full_name, "relation": "me", "child_name": "Lê An", "is_known": "co"}
    draft = factories.draft(citizen, commune.unit, version, answers=answers, completed_sections=["own", "child"])
    address = url("section", draft, "mother") + "?back=review"
    assert 'name="other" value="mother"' in mine.get(address).content.decode()
    sent = {"sections": ["mother", "end"], "answer-mother_name": citizen.full_name, "answer-wish": "Nhanh"}
    answer = mine.post(address, sent | {"other": "mother"})
    assert answer.url == address + "&other=mother"
    draft.refresh_from_db()
    assert draft.answers["wish"] == "Nhanh" and "mother_name" not in draft.answers
    assert draft.completed_sections == ["own", "child"]
    page = mine.get(answer.url).content.decode()
    assert 'name="other"' not in page and citizen.full_name not in page.partition('id="topic-mother"')[2]
    # Another page's person is no wish of this one.
    mine.post(address, sent | {"other": "nobody"})
    draft.refresh_from_db()
    assert draft.answers["mother_name"] == citizen.full_name


def test_who_is_filled_in_on_a_shared_page_is_shown_on_the_page_of_their_topic(mine, citizen, commune):
    """What has to be corrected has a page for itself then: the first topic's address would show that one."""
    mother = {key: value for key, value in shared.MOTHER.items() if key != "show_if"}
    form = {"schema": 1, "title": {"vi": "Tờ khai"}, "sections": [shared.CHILD, mother]}
    version = factories.version(commune.unit, code="1.000002", form=form)
    draft = factories.draft(citizen, commune.unit, version, answers={}, completed_sections=[])
    sent = {"sections": ["child", "mother"], "answer-child_name": "1", "answer-is_known": "co", "fill": "mother:self"}
    answer = mine.post(url("section", draft, "child") + "?back=review", sent)
    assert answer.url == url("section", draft, "mother") + "?back=review"
    page = mine.get(answer.url).content.decode()
    assert citizen.full_name in page.partition("<form")[2] and "answer-child_name" not in page


def test_people_of_one_s_own_earlier_dossiers_only(mine, draft, citizen, other_citizen, commune, birth):
    before = {"mother_known": "co", "mother_name": "Trần Thị Ba", "child": {"full_name": "Lê Văn Tí"}}
    for owner in (citizen, other_citizen):
        made = factories.draft(owner, commune.unit, birth, answers=before, status=1, code=f"A-{owner.pk}")
    page = mine.get(url("section", draft, "mother")).content.decode()
    assert checks.faults(page) == []
    own = citizen.dossiers.get(status=1)
    assert f"mother:{own.ref}.mother" in page and "Lê Văn Tí" in page and made.ref not in page
    assert mine.post(url("section", draft, "mother"), {"fill": f"mother:{made.ref}.mother"}).status_code == 404
    _page, kept = fill(mine, draft, f"child:{own.ref}.child")
    assert kept.answers["child"]["full_name"] == "Lê Văn Tí"


def test_a_part_without_people_offers_nothing(mine, citizen, commune):
    draft = factories.draft(citizen, commune.unit)
    address = url("section", draft, "requester")
    page = mine.get(address).content.decode()
    assert "mother:" not in page
    assert mine.post(address, {"fill": "mother:self"}).status_code == 200


def test_a_submitted_dossier_takes_nothing(mine, draft):
    type(draft).objects.filter(pk=draft.pk).update(status=1, code="A-1")
    answer = mine.post(url("section", draft, "mother"), {"fill": "mother:self"})
    assert answer.url == reverse("applicant:dossier", args=[draft.ref])
    draft.refresh_from_db()
    assert draft.answers == {}


def test_the_account_learns_from_what_was_filed(mine, draft, citizen):
    answers = {"own_name": citizen.full_name, "own_ethnicity": "kinh"}
    type(draft).objects.filter(pk=draft.pk).update(answers=answers)
    early = mine.post(url("remember", draft))
    assert early.url == url("dossier", draft)
    factories.applicant(draft)
    type(draft).objects.filter(pk=draft.pk).update(status=1, code="A-1", submitted_at=draft.saved_at)
    page = mine.get(url("submitted", draft)).content.decode()
    assert "Dân tộc" in page and url("remember", draft) in page and checks.faults(page) == []
    mine.post(url("remember", draft))
    page = mine.get(reverse("accounts:profile")).content.decode()
    assert "Kinh" in page and checks.faults(page) == []
    assert url("remember", draft) not in mine.get(url("submitted", draft)).content.decode()
    mine.post(reverse("accounts:forget"))
    citizen.refresh_from_db()
    assert citizen.details is None and "Kinh" not in mine.get(reverse("accounts:profile")).content.decode()


def test_a_fact_that_is_asked_twice_is_kept_in_the_words_of_its_answer(citizen, commune):
    asked = [field(key, "choice", options_from="ethnic_groups", prefill="ethnicity") for key in ("one", "two")]
    version = factories.version(commune.unit, code="1.000003", form=form_of(*asked))
    facts, texts = applicant_of(factories.draft(citizen, commune.unit, version, answers={"one": "kinh", "two": None}))
    assert (facts["ethnicity"], texts["ethnicity"]) == ("kinh", "Kinh")


def test_nothing_is_learned_from_what_was_filed_for_somebody_else(citizen, draft):
    draft.answers = {"own_name": citizen.full_name, "own_ethnicity": "kinh"}
    assert applicant_of(draft)[0]
    draft.acting = Acting.PARENT
    assert applicant_of(draft) == ({}, {})


def test_drafts_are_named_by_whom_they_are_about(mine, draft, django_assert_max_num_queries):
    child = {"full_name": "Lê Văn Tí"}
    type(draft).objects.filter(pk=draft.pk).update(answers={"own_name": "Nguyễn Văn An", "child": child}, revision=1)
    for address in (reverse("applicant:dossiers"), reverse("applicant:apply", args=["1.000002"])):
        page = mine.get(address).content.decode()
        assert "Lê Văn Tí" in page and draft.ref in page and checks.faults(page) == []
    with django_assert_max_num_queries(7):
        mine.get(reverse("applicant:dossiers"))
