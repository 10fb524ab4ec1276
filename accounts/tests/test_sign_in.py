"""Signing in: every identifier, one answer for wrong and unknown, delay instead of lock-out."""

import logging
import re

import pytest
from django.core import signing
from django.test import RequestFactory

from accounts import browsers
from accounts.models import User
from common.models import Alert, AlertKind
from common.secret import blind_index
from tests import factories
from tests.factories import PASSWORD
from tests.present import present

from .conftest import Visitor, answer_to, token_of

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def sign_in(browser, login, password=PASSWORD, **fields):
    return browser.post(LOGIN, {"login": login, "password": password} | fields)


def is_signed_in(browser) -> bool:
    return "_auth_user_id" in browser.session


@pytest.mark.parametrize(
    "login", ["an@example.com", "AN@Example.com", "075199000011", "075 199 000 011", "075.199.000011"]
)
def test_every_spelling_of_an_identifier_signs_in(visitor, confirmed, login):
    answer = sign_in(visitor, login)
    assert answer.status_code == 302 and is_signed_in(visitor)
    assert answer.url == "/my/dossiers/"


@pytest.mark.parametrize("login", ["0314409058-002", "0314409058002"])
def test_tax_code_signs_in(visitor, login):
    factories.user(full_name="Công ty Xuân Bắc", kind="enterprise", tax_code="0314409058-002")
    sign_in(visitor, login)
    assert is_signed_in(visitor)


def test_wrong_unknown_shared_and_closed_get_one_answer(confirmed, other_citizen):
    factories.user(full_name="Người khác", email="khac@example.com", personal_number="075099000022")
    factories.user(full_name="Đã đóng", email="dong@example.com", is_active=False)
    pages = set()
    for login, password in (
        ("an@example.com", "sai-mat-khau"),
        ("khong-co@example.com", PASSWORD),
        ("075099000022", PASSWORD),
        ("dong@example.com", PASSWORD),
        ("079099000001", PASSWORD),
    ):
        browser = Visitor()
        answer = sign_in(browser, login, password)
        assert answer.status_code == 200 and not is_signed_in(browser)
        text = re.sub(r'value="[^"]{40,}"', "", answer.content.decode()).replace(login, "LOGIN")
        pages.add(text)
    assert len(pages) == 1 and "Số định danh hoặc mật khẩu chưa đúng" in pages.pop()


def test_shared_number_still_signs_in_by_mail(visitor, confirmed):
    factories.user(full_name="Người khác", email="khac@example.com", personal_number=confirmed.personal_number)
    sign_in(visitor, confirmed.personal_number)
    assert not is_signed_in(visitor)
    sign_in(visitor, confirmed.email)
    assert is_signed_in(visitor)


def test_unknown_account_costs_a_hash(visitor, monkeypatch):
    from accounts import backends

    hashed: list[str] = []
    monkeypatch.setattr(backends, "make_password", hashed.append)
    sign_in(visitor, "khong-co@example.com")
    assert hashed == [PASSWORD]


def test_unconfirmed_address_is_asked_for_a_code(visitor, citizen, mailoutbox):
    answer = sign_in(visitor, citizen.email)
    assert answer.url == "/accounts/verify/" and not is_signed_in(visitor) and len(mailoutbox) == 1
    code = present(re.search(r"\b(\d{6})\b", mailoutbox[0].body))[1]
    visitor.post("/accounts/verify/", {"code": code})
    assert is_signed_in(visitor) and "browser" in visitor.cookies


def test_account_without_address_made_at_the_desk_signs_in(visitor):
    factories.user(full_name="Cụ Bảy", personal_number="075030000123", assurance="verified")
    sign_in(visitor, "075030000123")
    assert is_signed_in(visitor)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_never_leaves_the_site(visitor, confirmed, target):
    answer = visitor.post(f"{LOGIN}?next={target}", {"login": confirmed.email, "password": PASSWORD, "next": target})
    assert answer.url == "/my/dossiers/"


def test_next_on_this_site_is_followed(visitor, confirmed):
    assert sign_in(visitor, confirmed.email, next="/account/?x=1").url == "/account/?x=1"


def test_officers_land_at_their_desk(commune):
    from allauth.account.models import EmailAddress

    lands = {
        commune.clerk: "/desk/",
        commune.leader: "/leader/",
        commune.cashier: "/desk/cash/",
        commune.auditor: "/audit/",
    }
    for person, path in lands.items():
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        browser = Visitor()
        assert sign_in(browser, person.email).url == path
        assert browser.session["audience"] == "officer"


def test_guessing_is_delayed_and_never_locks_out(visitor, confirmed, time_machine):
    time_machine.move_to("2026-03-23T02:00:00Z", tick=False)
    answers = [sign_in(visitor, confirmed.email, f"sai-{n}").status_code for n in range(8)]
    assert answers[:5] == [200] * 5 and answers[-1] == 429
    refused = sign_in(visitor, confirmed.email)
    assert refused.status_code == 429 and 0 < int(refused["Retry-After"]) <= 60 and not is_signed_in(visitor)
    time_machine.move_to("2026-03-23T02:01:05Z", tick=False)
    sign_in(visitor, confirmed.email)
    assert is_signed_in(visitor)


def test_another_account_is_not_touched_by_the_delay(visitor, confirmed):
    for n in range(9):
        sign_in(visitor, "075199000029", f"sai-{n}")
    sign_in(visitor, confirmed.email)
    assert is_signed_in(visitor)


def test_every_spelling_of_an_account_counts_as_that_account(visitor, confirmed, time_machine):
    time_machine.move_to("2026-03-23T02:00:00Z", tick=False)
    number = confirmed.personal_number
    spellings = [number, f"{number[:3]}-{number[3:]}", " ".join(number), confirmed.email, confirmed.email.upper()]
    answers = [sign_in(visitor, login, f"sai-{n}").status_code for n, login in enumerate([*spellings, *spellings])]
    assert answers[:5] == [200] * 5 and answers[6:] == [429] * 4


def from_address(address: str) -> Visitor:
    """Return a browser that nobody has signed in with, at a network address."""
    return Visitor(REMOTE_ADDR=address)


def test_a_wrong_try_every_half_minute_does_not_keep_the_owner_out(confirmed, time_machine):
    """Neither at the browser the owner has used before nor from an address of the owner's own."""
    time_machine.move_to("2026-03-23T02:00:00Z", tick=False)
    known, stranger = from_address("10.0.0.1"), from_address("10.6.6.6")
    sign_in(known, confirmed.email)
    known.post("/accounts/logout/")
    for n in range(25):
        sign_in(stranger, confirmed.email, f"sai-{n}")
        time_machine.shift(15)
    sign_in(stranger, confirmed.email)
    assert not is_signed_in(stranger)
    # The guesser sits in the owner's own house: the browser alone tells them apart.
    for n in range(9):
        sign_in(from_address("10.0.0.1"), confirmed.email, f"sai-{n}")
    beside = from_address("10.0.0.1")
    beside.fill(LOGIN, {"login": confirmed.email, "password": PASSWORD})
    assert not is_signed_in(beside)
    sign_in(known, confirmed.email)
    assert is_signed_in(known)
    elsewhere = from_address("10.0.0.2")
    elsewhere.fill(LOGIN, {"login": confirmed.email, "password": PASSWORD})
    page = sign_in(elsewhere, confirmed.email)
    elsewhere.post(LOGIN, answered(page, {"login": confirmed.email, "password": PASSWORD}))
    assert is_signed_in(elsewhere)


def answered(page, fields):
    """Return the fields together with the answer to the question that a page asks, if it asks one."""
    text = page.content.decode()
    if 'name="question_token"' not in text:
        return fields
    return fields | {"question_token": token_of(text), "answer": answer_to(token_of(text))}


def test_a_known_browser_is_slowed_by_its_own_tries(visitor, confirmed, time_machine):
    time_machine.move_to("2026-03-23T02:00:00Z", tick=False)
    sign_in(visitor, confirmed.email)
    visitor.post("/accounts/logout/")
    answers = [sign_in(visitor, confirmed.email, f"sai-{n}").status_code for n in range(8)]
    assert answers[:5] == [200] * 5 and answers[-1] == 429


def test_a_browser_knows_only_who_signed_in_with_it(visitor, confirmed, other_citizen):
    sign_in(visitor, confirmed.email)
    cookie = visitor.cookies["browser"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and int(cookie["max-age"]) > 300 * 24 * 3600
    name, accounts = signing.loads(cookie.value, salt="accounts.browsers")
    assert len(name) == 16 and [len(mark) for mark in accounts] == [16]
    request = RequestFactory().get("/")
    request.COOKIES = {"browser": cookie.value}
    assert browsers.name_of(request, confirmed) and not browsers.name_of(request, other_citizen)
    for forged in (cookie.value[:-2], "rác", "", 'a"b'):
        request.COOKIES = {"browser": forged}
        assert not browsers.name_of(request, confirmed) and not browsers.knows_somebody(request)


def test_spraying_accounts_from_one_address_meets_the_question_then_one_try_a_minute(time_machine):
    time_machine.move_to("2026-03-23T02:00:00Z", tick=False)
    answers = [sign_in(from_address("10.6.6.6"), f"ai-{n}@example.com", "sai") for n in range(60)]
    asked = ['name="question_token"' in answer.content.decode() for answer in answers]
    assert asked[:9] == [False] * 9 and all(asked[9:29])
    assert [answer.status_code for answer in answers[:30]] == [200] * 30
    assert [answer.status_code for answer in answers[30:]] == [429] * 30
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    time_machine.shift(60)
    one_more = [sign_in(from_address("10.6.6.6"), f"ba-{n}@example.com", "sai").status_code for n in range(2)]
    assert one_more == [200, 429]
    assert sign_in(from_address("10.0.0.1"), "ai-1@example.com", "sai").status_code == 200


def test_no_password_is_tried_before_the_question_is_answered(visitor, confirmed, settings):
    settings.LIMITS = settings.LIMITS | {"different_asked": (3, 900)}
    for n in range(3):
        sign_in(Visitor(), f"ai-{n}@example.com", "sai")
    assert 'name="question_token"' in visitor.get(LOGIN).content.decode()
    asked = sign_in(visitor, confirmed.email)
    assert asked.status_code == 200 and not is_signed_in(visitor)
    visitor.fill(LOGIN, {"login": confirmed.email, "password": PASSWORD})
    assert is_signed_in(visitor)


def test_one_account_tried_from_everywhere_is_asked_for_with_the_question(confirmed):
    for n in range(20):
        sign_in(from_address(f"10.1.1.{n}"), confirmed.email, "sai")
    stranger = from_address("10.2.2.2")
    asked = sign_in(stranger, confirmed.email)
    assert 'name="question_token"' in asked.content.decode() and not is_signed_in(stranger)
    stranger.post(LOGIN, answered(asked, {"login": confirmed.email, "password": PASSWORD}))
    assert is_signed_in(stranger)


def test_a_village_behind_one_address_signs_in(db):
    """Forty neighbours with the right password, some of them at the second try, are neither asked nor slowed."""
    for n in range(40):
        user = factories.user(full_name="Người dân", personal_number=f"0750300{n:05}", assurance="verified")
        browser = from_address("10.0.0.1")
        if n % 3 == 0:
            assert sign_in(browser, user.personal_number, "sai").status_code == 200
        sign_in(browser, user.personal_number)
        assert is_signed_in(browser)


def test_guessing_all_over_the_installation_raises_one_alert(settings):
    settings.LIMITS = settings.LIMITS | {"failures": (5, 900)}
    for n in range(12):
        sign_in(from_address(f"10.1.1.{n}"), f"ai-{n}@example.com", "sai")
    alert = Alert.objects.get()
    assert alert.kind == AlertKind.LIMITS_REACHED and alert.count == 1 and "5" in alert.detail


def test_right_password_takes_the_count_back(confirmed):
    for _n in range(12):
        browser = Visitor()
        sign_in(browser, confirmed.email)
        assert is_signed_in(browser)


def test_accents_of_a_password_may_come_in_pieces(visitor, confirmed):
    import unicodedata

    confirmed.set_password("mật khẩu có dấu")
    confirmed.save()
    sign_in(visitor, confirmed.email, unicodedata.normalize("NFD", "mật khẩu có dấu"))
    assert is_signed_in(visitor)


def test_signing_in_twice_and_signing_out(visitor, confirmed):
    sign_in(visitor, confirmed.email)
    assert visitor.get(LOGIN).status_code == 302
    assert visitor.get("/accounts/logout/").status_code == 200 and is_signed_in(visitor)
    assert visitor.post("/accounts/logout/").status_code == 302 and not is_signed_in(visitor)
    assert visitor.post("/accounts/logout/").status_code == 302


def test_no_number_in_logs_cache_keys_or_session(visitor, confirmed, caplog):
    from django.contrib.sessions.models import Session

    from common.models import AttemptCounter

    caplog.set_level(logging.DEBUG)
    sign_in(visitor, confirmed.personal_number, "sai")
    sign_in(visitor, confirmed.personal_number)
    assert is_signed_in(visitor)
    kept = str([row.get_decoded() for row in Session.objects.all()])
    buckets = str(list(AttemptCounter.objects.values_list("bucket", flat=True)))
    for place in (caplog.text, kept, buckets):
        assert confirmed.personal_number not in place
    assert blind_index("personal_number", confirmed.personal_number) == confirmed.personal_number_index


@pytest.mark.parametrize("bad", ["\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "x" * 1_000_000])
def test_hostile_fields_never_break_the_page(visitor, bad):
    assert 200 <= sign_in(visitor, bad, bad).status_code < 500
    assert not User.objects.exists()
