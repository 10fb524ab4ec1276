"""Registering: field checks, the code, and the same answers for known and unknown."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import Kind, User
from tests import factories
from tests.factories import PASSWORD
from tests.present import present

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
    return present(re.search(r"\b(\d{6})\b", mail.body))[1]


def test_citizen_registers_confirms_and_is_signed_in(visitor, mailoutbox):
    answer = visitor.fill(REGISTER, CITIZEN)
    assert answer.status_code == 302 and answer.url == "/accounts/verify/"
    user = User.objects.get(email="binh@example.com")
    assert (user.kind, user.personal_number, user.phone) == ("citizen", "075190000123", "0912345678")
    assert (user.birth, user.id_kind) == ("1990-03-27", "can_cuoc")
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
        ("id_number", "07519000012", "12 chữ số"),
        ("id_number", "003190000123", "tỉnh"),
        ("id_number", "075499000123", "tương lai"),
        ("id_number", "", "số giấy tờ"),
        ("id_kind", "", "giấy tờ tùy thân"),
        ("birth_year", "", "ngày có thật"),
        ("birth_year", "2190", "ngày đã qua"),
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
    "password",
    ["ngắn", "12345678", "motcua2026", "binh@example.com", "0912345678", "password1", "x" * 129, "075190000123"]
    + ["tranthibinh", "Trần Thị Bình", "Binh.Tran.27031990", "binh-27-3-1990", "075-190-000-123", "binhtran1990!"],
)
def test_weak_passwords_are_refused(visitor, password):
    page = visitor.fill(REGISTER, CITIZEN | {"password1": password, "password2": password})
    assert page.status_code == 200 and not User.objects.exists()


def test_tax_code_check_digit(visitor):
    page = visitor.fill("/accounts/register/enterprise/", BODY | {"tax_code": "0100233480"})
    assert "chữ số trong mã số thuế" in page.content.decode() and not User.objects.exists()


def test_an_account_whose_address_nobody_confirmed_gets_no_mail(visitor, citizen, mailoutbox):
    """It stays, because it was signed in to; a stranger who types its address must not make the portal write."""
    User.objects.filter(pk=citizen.pk).update(last_login=factories.NOW)
    answer = visitor.fill(REGISTER, CITIZEN | {"email": citizen.email})
    assert answer.url == "/accounts/verify/" and mailoutbox == []


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

    hashed: list[str] = []
    monkeypatch.setattr(forms, "make_password", hashed.append)
    visitor.fill(REGISTER, CITIZEN | {"email": confirmed.email})
    assert hashed == [CITIZEN["password1"]]


def test_a_number_is_never_said_to_be_taken(visitor, citizen):
    answer = visitor.fill(REGISTER, CITIZEN | {"id_number": citizen.personal_number})
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
    assert old != new
    assert visitor.post("/accounts/verify/", {"code": old}).status_code == 200
    assert not EmailAddress.objects.filter(verified=True).exists()
    answers = [visitor.post("/accounts/verify/", {"action": "resend"}) for _n in range(5)]
    assert answers[-1].status_code == 429 and int(answers[-1]["Retry-After"]) > 0


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


@pytest.mark.parametrize(
    ("kind", "typed", "number"),
    [
        ("ho_chieu", "C01X00T47", "C01X00T47"),
        ("ho_chieu", "b 1234567", "B1234567"),
        ("cmnd", "271 234 567", "271234567"),
        ("khong_co", "", ""),
    ],
)
def test_citizens_register_with_the_paper_they_have(visitor, kind, typed, number):
    year_only = {"birth_day": "", "birth_month": "", "birth_year": "1950"}
    assert visitor.fill(REGISTER, CITIZEN | year_only | {"id_kind": kind, "id_number": typed}).status_code == 302
    user = User.objects.get()
    assert (user.id_kind, user.id_number, user.personal_number, user.birth) == (kind, number, "", "1950")
    assert (User.objects.find(typed) if typed else user) == user


def test_a_number_that_does_not_fit_the_birth_is_pointed_out_to_known_and_unknown_alike(visitor, confirmed):
    for address in ("binh@example.com", confirmed.email):
        browser = Visitor()
        assert browser.fill(REGISTER, CITIZEN | {"birth_year": "1991", "email": address}).status_code == 302
        assert "Năm sinh trong số định danh" in browser.get("/accounts/verify/").content.decode()


def test_a_foreigner_represents_an_enterprise_with_a_passport(visitor):
    assert (
        visitor.fill("/accounts/register/enterprise/", BODY | {"representative_number": "M123A4567"}).status_code == 302
    )
    assert User.objects.get().representative.personal_number == "M123A4567"


# Registering again before the code ------------------------------------------------------------------------------------


def test_registering_again_before_the_code_sends_a_code_and_keeps_what_was_typed_last(visitor, mailoutbox):
    visitor.fill(REGISTER, CITIZEN)
    again = Visitor()
    newer = CITIZEN | {
        "full_name": "Trần Thị Bình An",
        "password1": "bay-con-vit-vang",
        "password2": "bay-con-vit-vang",
    }
    answer = again.fill(REGISTER, newer)
    assert (answer.status_code, answer.url) == (302, "/accounts/verify/") and len(mailoutbox) == 2
    done = again.post("/accounts/verify/", {"code": code_in(mailoutbox[1])})
    user = User.objects.get()
    assert done.status_code == 302 and again.session["_auth_user_id"] == str(user.pk)
    assert user.full_name == "Trần Thị Bình An" and user.check_password("bay-con-vit-vang")


def test_whoever_registered_first_enters_with_no_code_of_theirs(visitor, mailoutbox):
    """The first browser may be a stranger's: neither its code nor its password opens the newer account."""
    visitor.fill(REGISTER, CITIZEN)
    owner = Visitor()
    owner.fill(REGISTER, CITIZEN | {"password1": "bay-con-vit-vang", "password2": "bay-con-vit-vang"})
    first, second = map(code_in, mailoutbox)
    for code in (first, second):
        visitor.post("/accounts/verify/", {"code": code})
    visitor.post("/accounts/verify/", {"action": "resend"})
    assert "_auth_user_id" not in visitor.session and len(mailoutbox) == 2
    owner.post("/accounts/verify/", {"code": second})
    assert "_auth_user_id" in owner.session
    user = User.objects.get()
    assert not user.check_password(CITIZEN["password1"])


def test_accounts_that_somebody_uses_do_not_give_way(visitor, confirmed, commune, mailoutbox):
    from django.utils import timezone

    factories.user(full_name="Đã vào", email="vao@example.com", last_login=timezone.now())
    factories.user(full_name="Được mời", email="moi@example.com", password=None)
    factories.user(full_name="Bàn tiếp dân", email="ban@example.com", assurance="verified")
    before = User.objects.count()
    addresses = [confirmed.email, "vao@example.com", "moi@example.com", "ban@example.com", commune.clerk.email]
    for address in addresses:
        assert Visitor().fill(REGISTER, CITIZEN | {"email": address}).url == "/accounts/verify/"
    assert User.objects.count() == before and not User.objects.filter(full_name="Trần Thị Bình").exists()
    assert not any(re.search(r"\b\d{6}\b", mail.body) for mail in mailoutbox)


def test_an_address_that_another_account_only_typed_can_be_registered(visitor, confirmed, mailoutbox):
    EmailAddress.objects.create(user=confirmed, email="binh@example.com", verified=False)
    assert visitor.fill(REGISTER, CITIZEN).status_code == 302
    assert code_in(mailoutbox[-1]) and User.objects.filter(email="binh@example.com").exists()


def test_registering_again_answers_like_the_first_time(mailoutbox):
    first, second = Visitor(), Visitor()
    answers = [browser.fill(REGISTER, CITIZEN) for browser in (first, second)]
    assert len({(answer.status_code, answer.url, tuple(sorted(answer.cookies))) for answer in answers}) == 1
    pages = [
        re.sub(r'value="[^"]{30,}"', "", browser.get("/accounts/verify/").content.decode())
        for browser in (first, second)
    ]
    assert pages[0] == pages[1]


# Addresses as they are pasted -----------------------------------------------------------------------------------------

PASTED = "\u200bbinh\u00ad@exam\u200dple.com\ufeff"


def test_a_pasted_address_makes_an_account_that_its_owner_enters(visitor, mailoutbox):
    assert visitor.fill(REGISTER, CITIZEN | {"email": PASTED}).status_code == 302
    assert User.objects.get().email == "binh@example.com" and mailoutbox[0].to == ["binh@example.com"]
    visitor.post("/accounts/verify/", {"code": code_in(mailoutbox[0])})
    for typed in ("binh@example.com", PASTED, "BINH@example.com\u2060"):
        browser = Visitor()
        browser.fill("/accounts/login/", {"login": typed, "password": CITIZEN["password1"]})
        assert "_auth_user_id" in browser.session, typed


def test_a_pasted_address_is_the_one_that_is_registered_already(visitor, confirmed, mailoutbox):
    visitor.fill(REGISTER, CITIZEN | {"email": "\u200ban@example.com"})
    assert User.objects.count() == 1 and "đã có tài khoản" in mailoutbox[0].subject


def test_reset_and_change_of_address_clean_alike(client, confirmed, mailoutbox):
    Visitor().fill("/accounts/reset/", {"email": "an\u200b@example.com"})
    assert mailoutbox[0].to == ["an@example.com"]
    client.force_login(confirmed)
    client.post("/account/email/", {"action_add": "1", "email": PASTED, "password": PASSWORD})
    assert mailoutbox[-1].to == ["binh@example.com"]


def test_every_form_that_takes_an_address_cleans_it():
    from common.forms.fields import MailField
    from dossiers.desk.forms.intake import IntakeForm
    from offices.forms.people import InviteForm
    from offices.forms.units import UnitForm
    from portal.installation import CHECKS

    for form in (InviteForm, UnitForm, IntakeForm):
        field = form.base_fields["email"]
        assert isinstance(field, MailField) and field.clean(PASTED) == "binh@example.com"
    assert CHECKS["admin_email"](PASTED) == "binh@example.com"


def test_an_account_made_in_code_cleans_its_address_and_refuses_what_cannot_be_mailed():
    from django.core.exceptions import ValidationError

    assert factories.user(email=PASTED).email == "binh@example.com"
    with pytest.raises(ValidationError):
        factories.user(email="khong phai dia chi")


def test_an_address_stored_before_is_found_as_it_is_typed_and_as_it_was_pasted(citizen):
    User.objects.filter(pk=citizen.pk).update(email="an\u200b@example.com")
    assert User.objects.find("an\u200b@example.com") == citizen
    clean_stored_addresses()
    assert User.objects.find("an@example.com") == User.objects.find("an\u200b@example.com") == citizen


def test_stored_addresses_are_cleaned_unless_somebody_has_the_clean_one(citizen, other_citizen):
    EmailAddress.objects.create(user=citizen, email="an\ufeff@example.com")
    User.objects.filter(pk=other_citizen.pk).update(email="an\u200b@example.com")
    clean_stored_addresses()
    other_citizen.refresh_from_db()
    assert EmailAddress.objects.get().email == "an@example.com" and other_citizen.email == "an\u200b@example.com"


def clean_stored_addresses() -> None:
    """Run the migration's step over what is stored."""
    from importlib import import_module

    from django.apps import apps

    import_module("accounts.migrations.0003_clean_addresses").clean_addresses(apps, None)
