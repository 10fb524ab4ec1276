"""A form sent after the session ended is shown again, to its owner and to nobody else."""

import html
import re

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import resume
from common.clock import now
from common.secret import encrypt
from tests.factories import PASSWORD
from tests.present import present

pytestmark = pytest.mark.django_db
PAPER = {"id_kind": "cmnd", "id_number": "271234567"}
TYPED = PAPER | {"full_name": "Nguyễn Văn Ân", "note": "  hai\ndòng", "phone": "0912000009", "password": "bi-mat-lam"}
TYPED |= {"answer-password": "wifi", "answer-resume": "lại", "answer-csrfmiddlewaretoken": "x"}
EDIT = "/account/edit/?from=x"


def resume_value(page: str) -> str:
    return html.unescape(present(re.search(r'name="resume" value="([^"]+)"', page))[1])


@pytest.fixture
def interrupted(confirmed, client, time_machine):
    """A browser whose session ended while a form was open; returns (browser, answer to its POST)."""
    time_machine.move_to("2026-03-23T02:00:00Z", tick=False)
    client.post("/accounts/login/", {"login": confirmed.email, "password": PASSWORD})
    client.get("/account/")
    time_machine.move_to("2026-03-23T04:30:00Z", tick=False)
    return client, client.post(EDIT, TYPED, headers={"referer": "http://testserver/account/edit/?from=page"})


def test_typed_fields_wait_through_signing_in(interrupted, confirmed):
    browser, answer = interrupted
    page = answer.content.decode()
    assert answer.status_code == 403 and "Nguyễn Văn Ân" not in page
    token = resume_value(page)
    wrong = browser.post("/accounts/login/", {"login": confirmed.email, "password": "sai", "resume": token})
    assert resume_value(wrong.content.decode()) == token
    done = browser.post("/accounts/login/", {"login": confirmed.email, "password": PASSWORD, "resume": token})
    assert done.url == "/accounts/resume/"
    shown = browser.get(done.url).content.decode()
    assert 'action="/account/edit/?from=x"' in shown and "Nguyễn Văn Ân" in shown and "bi-mat-lam" not in shown
    form = shown[shown.index('action="/account/edit/?from=x"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    fields = {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}
    assert fields == {name: value for name, value in TYPED.items() if name != "password"}
    saved = browser.post(EDIT, fields)
    assert saved.status_code == 302 and "resume" not in browser.session
    assert 'href="/account/edit/?from=page"' in shown
    confirmed.refresh_from_db()
    assert confirmed.full_name == "Nguyễn Văn Ân"


def test_another_person_never_sees_it(interrupted, other_citizen):
    EmailAddress.objects.create(user=other_citizen, email=other_citizen.email, verified=True, primary=True)
    browser, answer = interrupted
    token = resume_value(answer.content.decode())
    browser.post("/accounts/login/", {"login": other_citizen.email, "password": PASSWORD, "resume": token})
    shown = browser.get("/accounts/resume/", follow=False)
    assert shown.status_code == 302 and "resume" not in browser.session


def test_a_session_that_left_no_trace_still_had_an_owner(confirmed, other_citizen, client):
    """Signed out in another window, or tidied away at night: the next person at this machine reads nothing."""
    EmailAddress.objects.create(user=other_citizen, email=other_citizen.email, verified=True, primary=True)
    client.post("/accounts/login/", {"login": confirmed.email, "password": PASSWORD})
    client.post("/accounts/logout/")
    token = resume_value(client.post(EDIT, TYPED).content.decode())
    client.post("/accounts/login/", {"login": other_citizen.email, "password": PASSWORD, "resume": token})
    shown = client.get("/accounts/resume/", follow=True)
    assert "Nguyễn Văn Ân" not in shown.content.decode() and "resume" not in client.session
    client.post("/accounts/logout/")
    client.post("/accounts/login/", {"login": confirmed.email, "password": PASSWORD, "resume": token})
    assert "Nguyễn Văn Ân" in client.get("/accounts/resume/").content.decode()


def test_a_browser_that_nobody_signed_in_with_opens_it_for_the_first_who_does(confirmed, client):
    token = resume_value(client.post(EDIT, TYPED).content.decode())
    client.post("/accounts/login/", {"login": confirmed.email, "password": PASSWORD, "resume": token})
    assert "Nguyễn Văn Ân" in client.get("/accounts/resume/").content.decode()


def test_it_dies_after_an_hour(interrupted, confirmed, time_machine):
    browser, answer = interrupted
    token = resume_value(answer.content.decode())
    time_machine.move_to("2026-03-23T05:31:00Z", tick=False)
    browser.post("/accounts/login/", {"login": confirmed.email, "password": PASSWORD, "resume": token})
    assert browser.get("/accounts/resume/").status_code == 302


def test_tokens_of_other_uses_and_garbage_open_nothing(confirmed):
    assert resume.read("rác", confirmed.pk, now()) is None
    assert resume.read(encrypt('{"use": "question"}'), confirmed.pk, now()) is None
    assert resume.read(encrypt("[]"), confirmed.pk, now()) is None


def test_files_are_left_behind_with_a_word(client):
    answer = client.post("/account/edit/", {"note": "a", "file": SimpleUploadedFile("a.pdf", b"%PDF")})
    assert answer.status_code == 403 and "Tệp" in answer.content.decode()


def test_a_form_longer_than_any_of_ours_is_not_carried(client, settings):
    settings.MAX_FIELD_CHARS = 10**6
    answer = client.post("/account/edit/", {"note": "x" * 300_000})
    page = answer.content.decode()
    assert answer.status_code == 403 and 'name="resume" value=' not in page and "quá dài" in page


def test_stale_token_of_our_own_form_is_shown_again(confirmed):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(confirmed)
    answer = browser.post("/account/edit/", TYPED, headers={"origin": "http://testserver"})
    page = answer.content.decode()
    assert answer.status_code == 403 and "Nguyễn Văn Ân" in page and "bi-mat-lam" not in page
    assert 'name="csrfmiddlewaretoken"' in page


def test_stale_token_without_a_session_asks_to_sign_in():
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/account/edit/", TYPED, headers={"origin": "http://testserver"})
    assert answer.status_code == 403 and resume_value(answer.content.decode())


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_a_form_of_another_site_is_never_shown(confirmed, origin):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(confirmed)
    answer = browser.post("/account/edit/", TYPED, headers={"origin": origin} if origin else {})
    assert answer.status_code == 403 and "Nguyễn Văn Ân" not in answer.content.decode()


# A browser that keeps no cookies --------------------------------------------------------------------------------------


def send_without_cookies(path: str, fields: dict[str, str]) -> str:
    """Open a page and send its form as a browser does that keeps no cookies; returns the answer."""
    browser = Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(path).content.decode())
    browser.cookies.clear()
    sent = {"csrfmiddlewaretoken": present(token)[1]} | fields
    answer = browser.post(path, sent, headers={"origin": "http://testserver", "referer": f"http://testserver{path}"})
    assert answer.status_code == 403
    return answer.content.decode()


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/accounts/login/", {"login": "an@example.com", "password": "bi-mat-lam", "resume": "mot-phieu"}),
        ("/accounts/register/citizen/", {"full_name": "Nguyễn Văn Ân", "password1": "bi-mat-lam"}),
        ("/accounts/reset/", {"email": "an@example.com"}),
        ("/track/", {"code": "000.00.99.H19-260105-0012"}),
    ],
)
def test_a_form_sent_without_cookies_says_so_and_keeps_what_was_typed(db, path, fields):
    page = send_without_cookies(path, fields)
    assert "Trình duyệt của bạn không lưu cookie" in page and "bi-mat-lam" not in page
    kept = {name: value for name, value in fields.items() if "password" not in name}
    assert all(f'name="{name}" value="{value}"' in page for name, value in kept.items())
    assert f'action="{path}"' in page


def test_a_browser_with_some_cookie_is_not_told_that_it_keeps_none(db):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["language"] = "vi"
    answer = browser.post("/accounts/login/", {"login": "an@example.com"}, headers={"origin": "http://testserver"})
    page = answer.content.decode()
    assert answer.status_code == 403 and "không lưu cookie" not in page and 'value="an@example.com"' in page
