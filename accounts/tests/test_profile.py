"""The account's own details."""

import pytest

from accounts.forms import ProfileForm
from accounts.models import Representative, User
from tests import factories
from tests.cards import CARD
from tests.pages import checks

pytestmark = pytest.mark.django_db
DETAILS = {
    "full_name": "Nguyễn Văn An",
    "id_kind": "can_cuoc",
    "id_number": "075099000011",
    "birth_day": "27",
    "birth_month": "5",
    "birth_year": "1999",
    "sex": "nam",
    "phone": "0912000001",
    "address_province": "75",
    "address_commune_name": "xuan bac",
    "address_detail": "Ấp 3",
}


def test_page_masks_the_number(client, citizen, django_assert_max_num_queries):
    client.force_login(citizen)
    client.get("/account/")
    with django_assert_max_num_queries(8):
        page = client.get("/account/").content.decode()
    assert "•••••••••011" in page and citizen.personal_number not in page and "27/05/1999" in page


def test_details_are_saved(client, citizen):
    client.force_login(citizen)
    answer = client.post("/account/edit/", DETAILS)
    assert answer.status_code == 302, answer.content.decode()
    citizen.refresh_from_db()
    assert citizen.personal_number == "075099000011" and citizen.birth == "1999-05-27"
    assert citizen.address["province"] == "75" and citizen.address["detail"] == "Ấp 3"


def test_number_that_does_not_fit_the_birth_is_pointed_out_and_stored(client, citizen):
    client.force_login(citizen)
    page = client.post("/account/edit/", DETAILS | {"birth_year": "1998"}, follow=True).content.decode()
    citizen.refresh_from_db()
    assert "Năm sinh trong số định danh" in page and citizen.birth == "1998-05-27"


def test_a_name_of_one_word_and_a_former_commune_are_taken_with_a_word(client, citizen):
    client.force_login(citizen)
    former = {"full_name": "Ly", "address_province": "75", "address_commune_name": "TT. Gia Ray", "address_commune": ""}
    page = client.post("/account/edit/", DETAILS | former, follow=True).content.decode()
    citizen.refresh_from_db()
    assert citizen.full_name == "Ly" and "chỉ có một chữ" in page
    assert citizen.address["commune"] == "26425" and "Thị trấn Gia Ray, huyện Xuân Lộc nay là xã Xuân Lộc" in page


def test_bad_field_keeps_what_was_typed(client, citizen):
    client.force_login(citizen)
    page = client.post("/account/edit/", DETAILS | {"phone": "12", "full_name": "Tên Mới"}).content.decode()
    citizen.refresh_from_db()
    assert 'value="Tên Mới"' in page and citizen.full_name == "Nguyễn Văn An"


def test_what_the_desk_checked_stays(client):
    user = factories.citizen(assurance="verified")
    client.force_login(user)
    assert 'name="id_number"' not in client.get("/account/edit/").content.decode()
    client.post("/account/edit/", DETAILS | {"full_name": "Kẻ Khác", "phone": "0912000009"})
    user.refresh_from_db()
    assert (user.full_name, user.personal_number, user.phone) == ("Nguyễn Văn An", "075199000011", "0912000009")


def test_what_changes_while_the_page_is_open_is_left_alone(client, citizen, monkeypatch):
    def meanwhile(**changes):
        """Change the account between the moment in which the page's request read it and that in which it writes."""
        checked = ProfileForm.clean_birth

        def clean_birth(form):
            User.objects.filter(pk=citizen.pk).update(**changes)
            return checked(form)

        monkeypatch.setattr(ProfileForm, "clean_birth", clean_birth)

    client.force_login(citizen)
    with monkeypatch.context():
        meanwhile(language="en", sessions_valid_from=None, details={"a": {"value": "b", "text": "b"}})
        assert client.post("/account/edit/", DETAILS).status_code == 302
    citizen.refresh_from_db()
    assert (citizen.language, citizen.details["a"]["text"], citizen.birth) == ("en", "b", "1999-05-27")
    monkeypatch.undo()
    meanwhile(assurance="verified")
    page = client.post("/account/edit/", DETAILS | {"full_name": "Kẻ Khác"})
    citizen.refresh_from_db()
    assert page.status_code == 200 and 'value="Kẻ Khác"' in page.content.decode()
    assert (citizen.full_name, citizen.assurance) == ("Nguyễn Văn An", "verified")


def test_a_body_keeps_its_representative(client):
    user = factories.user(full_name="Công ty A", kind="enterprise", tax_code="0100233488", email="a@example.com")
    client.force_login(user)
    fields = {
        "full_name": "Công ty B",
        "tax_code": "0314409058-002",
        "phone": "02513000001",
        "representative_name": "Lê Văn Chung",
        "representative_number": "075085000321",
    }
    assert client.post("/account/edit/", fields).status_code == 302
    assert client.post("/account/edit/", fields | {"representative_name": "Lê Thị Chung"}).status_code == 302
    user.refresh_from_db()
    assert (user.full_name, user.tax_code) == ("Công ty B", "0314409058-002")
    assert Representative.objects.get().full_name == "Lê Thị Chung"
    assert "Lê Thị Chung" in client.get("/account/").content.decode()


def test_own_pages_need_signing_in(client):
    for path in ("/account/", "/account/edit/", "/account/password/", "/account/email/", "/accounts/resume/"):
        assert client.get(path).url.startswith("/accounts/login/?next=")


def test_a_passport_takes_the_place_of_the_personal_number(client, citizen):
    client.force_login(citizen)
    assert (
        client.post("/account/edit/", DETAILS | {"id_kind": "ho_chieu", "id_number": "n 0123-4567"}).status_code == 302
    )
    citizen.refresh_from_db()
    assert (citizen.personal_number, citizen.personal_number_index) == ("", "")
    assert (citizen.id_kind, citizen.id_number) == ("ho_chieu", "N01234567")
    page = client.get("/account/").content.decode()
    assert "Hộ chiếu: ••••••567" in page and "N01234567" not in page


def test_without_a_paper_the_number_is_left_empty_and_a_stray_one_is_pointed_out(client, citizen):
    client.force_login(citizen)
    page = client.post("/account/edit/", DETAILS | {"id_kind": "khong_co"}).content.decode()
    assert "số này" in page and 'value="075099000011"' in page
    assert client.post("/account/edit/", DETAILS | {"id_kind": "khong_co", "id_number": ""}).status_code == 302
    citizen.refresh_from_db()
    assert (citizen.id_kind, citizen.identity_number) == ("khong_co", "")


def test_a_card_fills_in_the_details_and_proves_nothing(client, citizen):
    client.force_login(citizen)
    page = client.post("/account/edit/", DETAILS | {"fill": "me", "card-me-text": CARD, "phone": "0912000099"})
    html = page.content.decode()
    assert page.status_code == 200 and "Nguyễn Thị Hồng Nhung" in html and "0912000099" in html and CARD not in html
    assert checks.faults(html) == []
    known = citizen.full_name
    citizen.refresh_from_db()
    assert citizen.full_name == known and citizen.assurance == "declared"
    wrong = client.post("/account/edit/", DETAILS | {"card-me-text": "x"}).content.decode()
    assert "không phải nội dung mã QR" in wrong and "Nguyễn Văn An" in wrong


def test_a_card_changes_nothing_that_the_desk_has_checked(client, citizen):
    citizen.assurance = "verified"
    citizen.save()
    client.force_login(citizen)
    html = client.post("/account/edit/", DETAILS | {"fill": "me", "card-me-text": CARD}).content.decode()
    assert "Nguyễn Thị Hồng Nhung" not in html and "Tổ 3, Ấp 2" in html
    without = CARD.split("|")
    without[5] = ""
    html = client.post("/account/edit/", DETAILS | {"card-me-text": "|".join(without)}).content.decode()
    assert "không hỏi gì về người đó" in html and "Đã điền" not in html
