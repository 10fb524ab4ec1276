"""Every page and mail of an account: Vietnamese throughout, valid HTML, nothing undefined."""

import re

import html5lib
import pytest
from django.test import Client
from django.utils import translation

from accounts.adapter import AccountAdapter
from accounts.forms import REGISTER_FORMS
from tests.factories import PASSWORD
from tests.present import present

from .conftest import CITIZEN, REGISTER, Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
PUBLIC = [
    "/accounts/register/",
    *(f"/accounts/register/{kind}/" for kind in REGISTER_FORMS),
    "/accounts/login/",
    "/accounts/login/?next=/account/",
    "/accounts/reset/",
    "/accounts/reset/sent/",
    "/accounts/reset/done/",
    "/accounts/reset/1-abc/",
]
OWN = [
    "/account/",
    "/account/edit/",
    "/account/password/",
    "/account/email/",
    "/account/sessions/",
    "/account/export/",
    "/account/close/",
    "/accounts/logout/",
]
ENGLISH = re.compile(
    r"\b(the|your|you|password|account|sign|please|enter|code|with|and|this|login|must|field|required|e-mail|address"
    r"|confirm|wrong|again|click|link|try|use|valid|hello)\b",
    re.IGNORECASE,
)


def check(page: str, *allowed: str) -> None:
    """Assert that a page is valid, complete and without English."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page)
    assert not parser.errors, [(error[1], page.splitlines()[error[0][0] - 1][:160]) for error in parser.errors]
    assert "UNDEFINED" not in page and page.count("<h1") == 1
    main = page[page.index("<main") : page.index("</main>")]
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", "", main, flags=re.S))
    for word in allowed:
        text = text.replace(word, "")
    assert not ENGLISH.findall(text), text


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages(path):
    answer = Client().get(path)
    assert answer.status_code == 200
    check(answer.content.decode())


@pytest.mark.parametrize("path", OWN)
def test_own_pages_of_every_kind(path, client, citizen):
    for kind in REGISTER_FORMS:
        citizen.kind = kind
        citizen.save()
        client.force_login(citizen)
        answer = client.get(path)
        assert answer.status_code == 200
        check(answer.content.decode(), citizen.email)


@pytest.mark.parametrize("path", [path for path in PUBLIC if "?" not in path and path != "/accounts/register/"])
def test_pages_with_every_error(path):
    answer = Client().post(path, {"login": "", "email": "x"})
    if answer.status_code == 200:
        check(answer.content.decode())
    else:
        assert answer.status_code == 405


@pytest.mark.parametrize("path", ["/account/edit/", "/account/password/", "/account/email/"])
def test_own_pages_with_every_error(path, client, citizen):
    client.force_login(citizen)
    bad = {"action_add": "1", "email": "x", "phone": "1", "birth_day": "99", "password1": "ngan", "password2": "khac"}
    check(client.post(path, bad).content.decode(), citizen.email)


def test_code_page_and_its_error(visitor):
    visitor.fill(REGISTER, CITIZEN)
    check(visitor.get("/accounts/verify/").content.decode(), CITIZEN["email"])
    check(visitor.post("/accounts/verify/", {"code": "1"}).content.decode(), CITIZEN["email"])


def test_interrupted_and_resumed_pages(confirmed):
    browser = Visitor()
    answer = browser.post("/account/edit/", {"full_name": "Đặng Thị Hoa"})
    page = answer.content.decode()
    check(page)
    token = present(re.search(r'name="resume" value="([^"]+)"', page))[1]
    browser.post("/accounts/login/", {"login": confirmed.email, "password": PASSWORD, "resume": token})
    check(browser.get("/accounts/resume/").content.decode())


def test_too_many_page(visitor, settings):
    settings.LIMITS = settings.LIMITS | {"reset_target": (0, 3600)}
    answer = visitor.fill("/accounts/reset/", {"email": "a@example.com"})
    assert answer.status_code == 429
    check(answer.content.decode())


def test_mails_and_messages(visitor, confirmed, mailoutbox, client):
    visitor.fill(REGISTER, CITIZEN)
    Visitor().fill(REGISTER, CITIZEN | {"email": confirmed.email})
    Visitor().fill("/accounts/reset/", {"email": confirmed.email})
    Visitor().fill("/accounts/reset/", {"email": "khong-co@example.com"})
    client.force_login(confirmed)
    new = "ba-con-meo-den-2026"
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    client.post("/account/email/", {"action_add": "1", "email": "moi@example.com", "password": new})
    code = present(re.search(r"\b(\d{6})\b", mailoutbox[-1].body))[1]
    page = client.post("/accounts/verify/", {"code": code}, follow=True).content.decode()
    check(page, "moi@example.com")
    assert "Đã lưu mật khẩu mới" in page and "đã được xác nhận" in page
    assert len(mailoutbox) == 6
    for mail in mailoutbox:
        text = re.sub(r"\S+@\S+|http\S+", "", mail.subject + mail.body)
        assert not ENGLISH.findall(text) and "UNDEFINED" not in text and "\n" not in mail.subject, text
        assert "example.com" not in re.sub(r"\S+@\S+", "", mail.body), "links start with SITE_URL"


def test_messages_that_can_reach_people_are_ours():
    with translation.override("vi"):
        ours = {key: str(text) for key, text in AccountAdapter.error_messages.items()}
    for key in ("incorrect_code", "email_password_mismatch", "email_taken", "duplicate_email", "rate_limited"):
        assert not ENGLISH.search(ours[key]), ours[key]


def test_english_pages_are_english():
    browser = Client()
    assert "Đăng nhập</h1>" in browser.get("/accounts/login/").content.decode()
    browser.cookies["django_language"] = "en"
    page = browser.get("/accounts/login/").content.decode()
    assert "Sign in</h1>" in page and "Đăng nhập" not in page
