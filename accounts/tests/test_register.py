"""Registering: field checks, the code, and the same answers for known and unknown."""

import re

import pytest
from django.test import Client

from accounts.models import Kind, User
from tests.factories import PASSWORD

from .conftest import CITIZEN, REGISTER, Visitor, answer_to, token_of

pytestmark = pytest.mark.django_db

BODY = {
    "full_name": "Hợp tác xã Xuân Bắc",
    "tax_code": "0100233488",
    "phone": "02513000001",
    "representative_name": "Lê Văn Chung",
    "representative_position": "Giám đốc",
    "representative_number": "075085000321",
    "email": "htx@example.com",
    "password1": "ba-con-meo-den-2026",
    "password2": "ba-con-meo-den-2026",
}


def code_in(mail) -> str:
    return re.search(r"\b(\d{6})\b", mail.body)[1]


def test_citizen_registers_confirms_and_is_signed_in(visitor, mailoutbox):
    answer = visitor.fill(REGISTER, CITIZEN)
    assert answer.status_code == 302 and answer.url == "/accounts/verify/"
    user = User.objects.get(email="binh@example.com")
    assert (user.kind, user.personal_number, user.phone) == ("citizen", "075190000123", "0912345678")
    assert user.assurance == "declared" and user.check_password(CITIZEN["password1"])
    assert len(mailoutbox) == 1 and mailoutbox[0].to == ["binh@example.com"]
    page = visitor.get("/accounts/verify/").content.decode()
    assert "binh@example.com" in page
    done = visitor.post("/accounts/verify/", {"code": code_in(mailoutbox[0])})
    assert done.status_code == 302 and visitor.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(("kind", "expected"), [("organisation", Kind.ORGANISATION), ("enterprise", Kind.ENTERPRISE)])
def test_bodies_register_with_their_representative(visitor, kind, expected):
    assert visitor.fill(f"/accounts/register/{kind}/", BODY).status_code == 302
    user = User.objects.get(email="htx@example.com")
    assert (user.kind, user.tax_code, user.representative.full_name) == (expected, "0100233488", "Lê Văn Chung")
    assert user.representative.personal_number == "075085000321"


def test_organisation_may_have_no_tax_code_but_enterprise_must(visitor):
    without = BODY | {"tax_code": ""}
    page = visitor.fill("/accounts/register/enterprise/", without)
    assert page.status_code == 200 and not User.objects.exists()
    assert visitor.fill("/accounts/register/organisation/", without).status_code == 302


def test_household_business_number_rests_encrypted(visitor):
    visitor.fill("/accounts/register/enterprise/", BODY | {"tax_code": "075085000321"})
    user = User.objects.get()
    assert user.tax_code == "" and user.personal_number == "075085000321"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("personal_number", "07519000012", "12 chữ số"),
        ("personal_number", "003190000123", "tỉnh"),
        ("personal_number", "075499000123", "tương lai"),
        ("phone", "12345", "số điện thoại"),
        ("email", "khong-phai", "ten@example.com"),
        ("full_name", "", "họ"),
        ("password2", "khac-hoan-toan-2026", "không giống nhau"),
        ("full_name", "Trần Thị 1", "tên"),
    ],
)
def test_bad_field_says_what_to_do_and_keeps_the_rest(visitor, field, value, message):
    page = visitor.fill(REGISTER, CITIZEN | {field: value})
    text = page.content.decode()
    assert page.status_code == 200 and message in text and not User.objects.exists()
    kept = {"full_name": "Trần Thị Bình", "phone": "0912 345 678", "email": "binh@example.com"}
    kept.pop(field, None)
    assert all(f'value="{typed}"' in text for typed in kept.values())


@pytest.mark.parametrize(
    "password", ["ngắn", "12345678", "motcua2026", "binh@example.com", "0912345678", "password1", "x" * 129]
)
def test_weak_passwords_are_refused(visitor, password):
    page = visitor.fill(REGISTER, CITIZEN | {"password1": password, "password2": password})
    assert page.status_code == 200 and not User.objects.exists()


def test_tax_code_check_digit(visitor):
    page = visitor.fill("/accounts/register/enterprise/", BODY | {"tax_code": "0100233480"})
    assert "chữ số trong mã số thuế" in page.content.decode() and not User.objects.exists()


def test_known_and_unknown_address_get_the_same_answer(visitor, confirmed, mailoutbox):
    other = Visitor()
    new, known = visitor.fill(REGISTER, CITIZEN), other.fill(REGISTER, CITIZEN | {"email": "an@example.com"})
    assert (new.status_code, new.url, set(new.cookies)) == (known.status_code, known.url, set(known.cookies))
    pages = [
        re.sub(r'value="[^"]{30,}"', "", browser.get(new.url).content.decode()).replace(address, "@")
        for browser, address in ((visitor, "binh@example.com"), (other, "an@example.com"))
    ]
    assert pages[0] == pages[1]
    wrong = [
        re.sub(r'value="[^"]{30,}"', "", browser.post(new.url, {"code": "000000"}).content.decode()).replace(a, "@")
        for browser, a in ((visitor, "binh@example.com"), (other, "an@example.com"))
    ]
    assert wrong[0] == wrong[1]
    assert User.objects.filter(email="an@example.com").count() == 1
    assert "đã có tài khoản" in mailoutbox[1].subject and not re.search(r"\b\d{6}\b", mailoutbox[1].body)


def test_known_address_costs_a_hash_too(visitor, confirmed, monkeypatch):
    from accounts import forms

    hashed = []
    monkeypatch.setattr(forms, "make_password", hashed.append)
    visitor.fill(REGISTER, CITIZEN | {"email": confirmed.email})
    assert hashed == [CITIZEN["password1"]]


def test_a_number_is_never_said_to_be_taken(visitor, citizen):
    answer = visitor.fill(REGISTER, CITIZEN | {"personal_number": citizen.personal_number})
    assert answer.status_code == 302 and User.objects.count() == 2


def test_sending_twice_makes_one_account(visitor):
    token = token_of(visitor.get(REGISTER).content.decode())
    fields = CITIZEN | {"question_token": token, "answer": answer_to(token)}
    visitor.post(REGISTER, fields)
    visitor.post(REGISTER, fields)
    assert User.objects.count() == 1


def test_question_must_be_answered_and_a_wrong_answer_draws_another(visitor):
    token = token_of(visitor.get(REGISTER).content.decode())
    page = visitor.post(REGISTER, CITIZEN | {"question_token": token, "answer": "một trăm"}).content.decode()
    assert not User.objects.exists() and token_of(page) != token
    again = token_of(page)
    assert visitor.post(REGISTER, CITIZEN | {"question_token": again, "answer": answer_to(again)}).status_code == 302


def test_right_answer_is_not_asked_again_when_another_field_is_wrong(visitor):
    page = visitor.fill(REGISTER, CITIZEN | {"phone": "1"}).content.decode()
    done = visitor.post(REGISTER, CITIZEN | {"question_token": token_of(page), "answer": ""})
    assert done.status_code == 302 and User.objects.count() == 1


def test_honeypot_stops_the_form(visitor):
    page = visitor.fill(REGISTER, CITIZEN | {"website": "http://spam.example"})
    assert page.status_code == 200 and not User.objects.exists() and "spam.example" not in page.content.decode()


def test_five_wrong_codes_end_the_try(visitor, mailoutbox):
    visitor.fill(REGISTER, CITIZEN)
    right = code_in(mailoutbox[0])
    for _n in range(5):
        visitor.post("/accounts/verify/", {"code": "000000" if right != "000000" else "111111"})
    assert visitor.post("/accounts/verify/", {"code": right}).status_code == 302
    assert "_auth_user_id" not in visitor.session


def test_codes_tried_side_by_side_are_all_counted(visitor, settings):
    """Parallel requests read the session's count before any of them has written it."""
    settings.LIMITS = settings.LIMITS | {"code_try": (8, 3600)}
    visitor.fill(REGISTER, CITIZEN)
    before = dict(visitor.session)
    answers = []
    for _n in range(9):
        session = visitor.session
        session.update(before)
        session.save()
        answers.append(visitor.post("/accounts/verify/", {"code": "abcdef"}))
    assert [answer.status_code for answer in answers] == [200] * 8 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_new_code_replaces_the_old_and_codes_are_limited(visitor, mailoutbox):
    visitor.fill(REGISTER, CITIZEN)
    visitor.post("/accounts/verify/", {"action": "resend"})
    assert len(mailoutbox) == 2
    old, new = map(code_in, mailoutbox)
    answers = [visitor.post("/accounts/verify/", {"action": "resend"}) for _n in range(5)]
    assert answers[-1].status_code == 429 and int(answers[-1]["Retry-After"]) > 0
    assert old != new or len(mailoutbox) > 2


def test_decomposed_name_is_stored_composed(visitor):
    import unicodedata

    visitor.fill(REGISTER, CITIZEN | {"full_name": unicodedata.normalize("NFD", "Trần Thị Bình")})
    assert User.objects.get().full_name == "Trần Thị Bình"


def test_unknown_kind_is_not_found(client):
    assert client.get("/accounts/register/king/").status_code == 404


def test_simultaneous_registration_answers_alike(visitor, monkeypatch):
    from django.db import IntegrityError

    from accounts.forms import CitizenForm

    monkeypatch.setattr(CitizenForm, "save", lambda self, request: (_ for _ in ()).throw(IntegrityError))
    answer = visitor.fill(REGISTER, CITIZEN)
    assert answer.status_code == 302 and answer.url == "/accounts/verify/"


def test_chooser_sets_no_cookie(client: Client):
    answer = client.get("/accounts/register/")
    assert answer.status_code == 200 and not answer.cookies
    assert PASSWORD not in answer.content.decode()
