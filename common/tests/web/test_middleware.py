"""What every request passes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from common.clock import now as clock_now
from common.web.middleware import Sessions

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.mark.parametrize(
    "path",
    ["/?q=%00", "/?q=%ff%fe", "/?%00=1", "/?q=%ed%a0%80", "/a%00b/", "/?q=" + "x" * 2001, "/?" + "k" * 201 + "=1"],
)
def test_unreadable_addresses_get_a_helpful_page(path):
    answer = Client().get(path)
    page = answer.content.decode()
    assert answer.status_code == 400 and "<h1>" in page and "UNDEFINED" not in page


@pytest.mark.parametrize("value", ["a\0b", "x" * 20_001, "x" * 1_000_000])
def test_unreadable_fields_get_a_helpful_page(value):
    answer = Client().post(LOGIN, {"login": value})
    assert answer.status_code == 400 and "<h1>" in answer.content.decode()


def test_undecodable_body_is_refused():
    for body in (b"login=%ff%fe&password=x", b"login=\xff\xfe", b"login=%ed%a0%80"):
        answer = Client().post(LOGIN, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 400
    kind = "multipart/form-data; boundary=x"
    assert Client().post(LOGIN, b"--x\r\nnonsense", content_type=kind).status_code in (200, 400)
    assert Client().post(LOGIN, b"a", content_type="multipart/form-data").status_code == 400
    latin = "application/x-www-form-urlencoded; charset=latin-1"
    assert Client().post(LOGIN, b"login=a", content_type=latin).status_code == 400


def test_too_large_and_too_many(settings):
    assert Client().post(LOGIN, {str(n): "a" for n in range(1100)}).status_code == 400
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = Client().post(LOGIN, {"login": "a" * 2000})
    assert answer.status_code == 413 and "<h1>" in answer.content.decode()


def test_ordinary_vietnamese_passes():
    assert Client().get("/?q=%C4%91%C4%83ng+k%C3%BD&x=%20").status_code == 200
    assert Client().post(LOGIN, {"login": "Đặng Thị Hoa"}).status_code == 200


@pytest.fixture
def signed_in(client, citizen, time_machine):
    time_machine.move_to(datetime(2026, 3, 23, 2, tzinfo=UTC), tick=False)
    client.force_login(citizen)
    assert client.get("/account/").status_code == 200
    return client


def test_pages_know_when_the_session_ends(signed_in, time_machine):
    """The sooner of idling and the longest life; autosave and the warning's button learn it anew."""
    answer = signed_in.get("/account/")
    assert answer["X-Session-Left"] == "7200" and 'data-session="7200"' in answer.content.decode()
    time_machine.shift(timedelta(seconds=40))
    assert signed_in.head("/account/")["X-Session-Left"] == "7160"
    for _n in range(23):
        time_machine.shift(timedelta(hours=1))
        left = signed_in.get("/account/")["X-Session-Left"]
    assert int(left) == 3600 - 40
    stranger = Client().get("/")
    assert "X-Session-Left" not in stranger and "data-session" not in stranger.content.decode()


def test_idle_citizen_is_signed_out(signed_in, time_machine):
    time_machine.shift(timedelta(hours=2, seconds=1))
    assert signed_in.get("/account/").status_code == 302
    assert "_auth_user_id" not in signed_in.session


def test_busy_session_lives_until_its_last_hour(signed_in, time_machine):
    for _n in range(23):
        time_machine.shift(timedelta(hours=1))
        assert signed_in.get("/account/").status_code == 200
    time_machine.shift(timedelta(hours=1, seconds=1))
    assert signed_in.get("/account/").status_code == 302


def test_officers_idle_for_half_an_hour_only(signed_in, time_machine):
    session = signed_in.session
    session["audience"] = "officer"
    session.save()
    time_machine.shift(timedelta(minutes=31))
    assert signed_in.get("/account/").status_code == 302


def test_sessions_before_valid_from_have_ended(signed_in, citizen, time_machine):
    time_machine.shift(timedelta(minutes=1))
    citizen.sessions_valid_from = clock_now()
    citizen.save()
    assert signed_in.get("/account/").status_code == 302
    signed_in.force_login(citizen)
    assert signed_in.get("/account/").status_code == 200


def test_reading_writes_at_most_once_a_minute(signed_in, django_assert_max_num_queries, time_machine):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    time_machine.shift(timedelta(seconds=30))
    with CaptureQueriesContext(
        connection,
    ) as seen:
        signed_in.get("/account/")
    assert not [query for query in seen if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_anonymous_pages_hold_no_session(client):
    answer = client.get("/help/")
    assert answer.status_code == 200 and not answer.cookies
    assert set(client.get(LOGIN).cookies) == {"csrftoken"}


def test_a_session_without_an_account_ends_with_the_browser():
    """A machine at the desk is used by one person after the other."""

    request, answer = RequestFactory().get("/"), HttpResponse("ok")
    sessions = Sessions(lambda request: answer)
    sessions.process_request(request)
    request.session["kept"] = 1
    cookie = sessions.process_response(request, answer).cookies["sessionid"]
    assert cookie.value and cookie["max-age"] == "" and cookie["expires"] == ""


def test_language_is_vietnamese_unless_chosen(client):
    page = client.get("/help/", headers={"Accept-Language": "en"})
    assert 'lang="vi"' in page.content.decode()
    client.cookies["django_language"] = "en"
    assert 'lang="en"' in client.get("/help/").content.decode()
    client.cookies["django_language"] = "xx"
    assert 'lang="vi"' in client.get("/help/").content.decode()
