"""Resetting and changing the password and the address."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests.factories import PASSWORD
from tests.present import present

pytestmark = pytest.mark.django_db
RESET = "/accounts/reset/"
NEW = "mot-mat-khau-khac-han"


def link_in(mail) -> str:
    return present(re.search(r"http://testserver(/accounts/reset/\S+)", mail.body))[1]


def test_reset_by_mail_works_once(visitor, confirmed, mailoutbox, client, settings):
    client.force_login(confirmed)
    assert (
        visitor.fill(RESET, {"email": "AN@example.com"}, headers={"host": "localhost"}).url == "/accounts/reset/sent/"
    )
    assert mailoutbox[0].to == ["an@example.com"]
    link = link_in(mailoutbox[0])
    page = visitor.get(link, follow=True)
    form = page.request["PATH_INFO"]
    assert link != form and "Đặt mật khẩu mới" in page.content.decode()
    assert visitor.post(form, {"password1": NEW, "password2": NEW}).url == "/accounts/reset/done/"
    confirmed.refresh_from_db()
    assert confirmed.check_password(NEW)
    assert client.get("/account/").status_code == 302, "other sessions end"
    assert "không dùng được nữa" in Client().get(link).content.decode()
    assert mailoutbox[-1].subject == "Mật khẩu của bạn đã được đổi"
    # Whoever is told to call reads the number too.
    assert f"Điện thoại: {settings.SITE['phone']}" in mailoutbox[-1].body


def test_link_dies_after_an_hour(visitor, confirmed, mailoutbox, time_machine):
    time_machine.move_to("2026-03-23T02:00:00Z", tick=False)
    visitor.fill(RESET, {"email": confirmed.email})
    time_machine.move_to("2026-03-23T03:00:05Z", tick=False)
    assert "không dùng được nữa" in visitor.get(link_in(mailoutbox[0])).content.decode()


def test_known_and_unknown_address_get_the_same_answer(visitor, confirmed, mailoutbox):
    known, unknown = (visitor.fill(RESET, {"email": email}) for email in (confirmed.email, "khong-co@example.com"))
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [mail.to for mail in mailoutbox] == [[confirmed.email]]


def test_an_address_that_nobody_confirmed_gets_no_mail(visitor, citizen, mailoutbox):
    EmailAddress.objects.create(user=citizen, email=citizen.email, verified=False, primary=True)
    assert visitor.fill(RESET, {"email": citizen.email}).url == "/accounts/reset/sent/"
    assert mailoutbox == []


def test_mails_to_one_address_are_limited(visitor, confirmed, mailoutbox):
    answers = [visitor.fill(RESET, {"email": confirmed.email}) for _n in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429] and len(mailoutbox) == 3


def test_broken_link_is_answered_with_help(client):
    assert "không dùng được nữa" in client.get("/accounts/reset/1-abc-def/").content.decode()
    assert client.get("/accounts/reset/zzzzzzzzzzzzz-abc/").status_code == 200


def test_change_password_keeps_this_session_and_ends_others(confirmed, mailoutbox):
    here, there = Client(), Client()
    here.force_login(confirmed)
    there.force_login(confirmed)
    wrong = here.post("/account/password/", {"oldpassword": "sai", "password1": NEW, "password2": NEW})
    assert wrong.status_code == 200 and "Mật khẩu hiện tại chưa đúng" in wrong.content.decode()
    done = here.post("/account/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert done["Location"] == "/account/"
    assert here.get("/account/").status_code == 200 and there.get("/account/").status_code == 302
    assert mailoutbox[0].to == [confirmed.email]


def test_guessing_the_password_of_an_open_session_is_limited(confirmed, client):
    client.force_login(confirmed)
    answers = [client.post("/account/password/", {"oldpassword": f"sai-{n}"}).status_code for n in range(11)]
    assert answers[-1] == 429


def test_new_address_counts_once_confirmed_and_the_old_one_is_told(confirmed, client, mailoutbox):
    client.force_login(confirmed)
    answer = client.post("/account/email/", {"action_add": "1", "email": "moi@example.com", "password": PASSWORD})
    assert answer.url == "/accounts/verify/"
    confirmed.refresh_from_db()
    assert confirmed.email == "an@example.com"
    assert mailoutbox[0].to == ["moi@example.com"]
    code = present(re.search(r"\b(\d{6})\b", mailoutbox[0].body))[1]
    assert client.post("/accounts/verify/", {"code": code}).url == "/account/"
    confirmed.refresh_from_db()
    assert confirmed.email == "moi@example.com"
    assert EmailAddress.objects.get(user=confirmed).email == "moi@example.com"
    assert mailoutbox[1].to == ["an@example.com"] and "moi@example.com" in mailoutbox[1].body


def test_changing_the_address_needs_the_password(confirmed, client, mailoutbox):
    client.force_login(confirmed)
    page = client.post("/account/email/", {"action_add": "1", "email": "moi@example.com", "password": "sai"})
    assert page.status_code == 200 and not mailoutbox and 'value="moi@example.com"' in page.content.decode()


def test_somebody_elses_address_is_not_told_apart(confirmed, other_citizen, client, mailoutbox):
    client.force_login(confirmed)
    answer = client.post("/account/email/", {"action_add": "1", "email": "hoa@example.com", "password": PASSWORD})
    assert answer.url == "/accounts/verify/"
