"""Text size, contrast, theme and language."""

import pytest
from django.urls import reverse

from tests.pages import checks

OWN = {"HTTP_ORIGIN": "http://testserver"}


@pytest.mark.parametrize(
    ("name", "value", "attribute"),
    [
        ("text", "large", 'data-text="large"'),
        ("text", "small", 'data-text="small"'),
        ("contrast", "more", 'data-contrast="more"'),
        ("theme", "dark", 'data-theme="dark"'),
        ("theme", "light", 'data-theme="light"'),
    ],
)
def test_choice_is_kept_and_shown(client, db, name, value, attribute):
    response = client.post(reverse("display"), {name: value, "next": "/help/?x=1"}, **OWN)
    assert response.status_code == 302 and response["Location"] == "/help/?x=1"
    html = client.get("/help/").content.decode()
    assert attribute in html.split("<head>")[0]
    assert checks.faults(html) == []


def test_choice_can_be_taken_back(client, db):
    client.post(reverse("display"), {"theme": "dark", "contrast": "more"}, **OWN)
    client.post(reverse("display"), {"theme": "", "contrast": "", "text": "normal"}, **OWN)
    head = client.get("/help/").content.decode().split("<head>")[0]
    assert "data-" not in head


def test_unknown_values_are_ignored(client, db):
    client.post(reverse("display"), {"theme": "red", "text": "\x7f", "contrast": "9"}, **OWN)
    client.cookies["text"] = 'x" onload="y'
    assert "data-" not in client.get("/help/").content.decode().split("<head>")[0]


def test_language_is_kept(client, db):
    response = client.post(reverse("language"), {"language": "en", "next": "/contact/"}, **OWN)
    assert response["Location"] == "/contact/"
    assert '<html lang="en"' in client.get("/contact/").content.decode()
    client.post(reverse("language"), {"language": "xx"}, **OWN)
    assert '<html lang="en"' in client.get("/contact/").content.decode()


@pytest.mark.parametrize("name", ["display", "language"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {"HTTP_REFERER": "https://evil.example/"}],
)
def test_another_site_cannot_change_it(client, db, name, headers):
    response = client.post(reverse(name), {"theme": "dark", "language": "en"}, **headers)
    assert response.status_code == 403
    assert not response.cookies


@pytest.mark.parametrize("name", ["display", "language"])
@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:x", "/" + "x" * 3000, ""])
def test_the_way_back_stays_on_this_site(client, db, name, url):
    response = client.post(reverse(name), {"next": url, "theme": "dark", "language": "en"}, **OWN)
    assert response["Location"] == "/"


def test_setting_a_preference_starts_no_session(client, db):
    client.post(reverse("display"), {"theme": "dark"}, **OWN)
    client.post(reverse("language"), {"language": "en"}, **OWN)
    assert set(client.cookies) == {"theme", "django_language"}


def test_language_only_by_post(client, db):
    assert client.get(reverse("language")).status_code == 405
