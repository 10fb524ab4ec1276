"""Pages that anybody may read: valid, light, cacheable, with their headers; errors that help."""

from itertools import product

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from offices.models import Unit
from portal import errors
from procedures.models import Procedure
from tests import factories
from tests.pages import checks

pytestmark = pytest.mark.sqlite
PUBLIC = (
    "home",
    "help",
    "contact",
    "accessibility",
    "privacy",
    "display",
    "site_map",
    "articles:notices",
    "articles:guides",
    "procedures:find",
    "track:find",
    "rating:find",
    "rating:ratings",
    "account_login",
    "account_signup",
    "account_reset_password",
)
# Pages without a form of their own: nothing in them differs between two visitors.
CACHEABLE = (
    "home",
    "help",
    "contact",
    "accessibility",
    "privacy",
    "display",
    "site_map",
    "articles:guides",
    "procedures:find",
)


@pytest.fixture
def site(commune):
    """A commune that offers one procedure."""
    factories.version(commune.unit)
    return commune


def test_every_page_keeps_the_rules(client, site):
    faults = {}
    for name, language in product(PUBLIC, ("vi", "en")):
        client.cookies["django_language"] = language
        response = client.get(reverse(name))
        html = response.content.decode()
        assert (response.status_code, f'<html lang="{language}"' in html) == (200, True), name
        faults[name, language] = checks.faults(html)
    assert {page: found for page, found in faults.items() if found} == {}


def test_what_anybody_reads_needs_no_cookie(client, site):
    for name in CACHEABLE:
        response = client.get(reverse(name))
        assert not response.cookies, name
        assert "csrfmiddlewaretoken" not in response.content.decode(), name
        assert response["Vary"] == "Cookie", name


@pytest.mark.parametrize("name", ["home", "contact", "help"])
def test_page_costs_the_same_with_more_units(client, site, name, django_assert_max_num_queries):
    for n in range(5):
        factories.commune(slug=f"xa-{n}", name=f"Xã {n}", identifier=f"000.00.9{n}.H19")
    client.get(reverse(name))
    # Whether anything changed.
    with django_assert_max_num_queries(1):
        client.get(reverse(name))


def test_a_unit_closed_to_filing_is_told_at_the_top(client, site):
    for path in ("/", reverse("contact")):
        assert "banner-warn" not in client.get(path).content.decode()
    Unit.objects.update(filing_since=None)
    for path in ("/", reverse("contact")):
        main = client.get(path).content.decode().partition("<main")[2]
        assert "UBND Xã Xuân Bắc" in main.partition("banner-warn")[2].partition("</div>")[0], path
    procedure = client.get(reverse("procedures:detail", args=[Procedure.objects.get().code])).content.decode()
    assert procedure.index("banner-warn") < procedure.index("facts-grid")


def test_home_shows_procedures_look_up_and_opening_hours(client, site):
    html = client.get("/").content.decode()
    assert "Đăng ký khai sinh" in html
    assert "Thứ 2–6: 7:00–11:30, 13:00–17:00" in html
    assert reverse("track:find") in html


def test_every_page_names_the_commune_phone(client, site, settings):
    for name in PUBLIC:
        assert settings.SITE["phone"] in client.get(reverse(name)).content.decode()


@pytest.mark.parametrize("path", ["/khong-co/", "/procedures/khong-co/"])
def test_unknown_page_helps(client, site, path):
    response = client.get(path)
    assert response.status_code == 404
    html = response.content.decode()
    assert checks.faults(html) == []
    assert "0251 3000 001" in html


@pytest.mark.parametrize("status", [400, 403, 413, 429, 410])
def test_error_page_keeps_the_rules(db, rf, status):
    from django.contrib.auth.models import AnonymousUser
    from django.shortcuts import render

    request = rf.get("/x/")
    request.user = AnonymousUser()
    html = render(request, f"{status}.html", status=status).content.decode()
    assert checks.faults(html) == []
    assert "0251 3000 001" in html


@pytest.mark.parametrize("page", [errors.server_error, errors.unavailable])
def test_a_fault_of_ours_needs_no_database(page, django_assert_num_queries):
    response = page(RequestFactory().get("/"))
    html = response.content.decode()
    assert response.status_code in (500, 503)
    assert checks.faults(html) == []
    assert "0251 3000 001" in html


def test_a_crash_answers_with_the_help_page_and_the_headers(site, monkeypatch):
    monkeypatch.setattr("portal.views.home_page", lambda *_args: 1 / 0)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert "0251 3000 001" in response.content.decode()
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/khong-co/"])
def test_pages_carry_the_security_headers(client, site, path):
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "style-src 'self'" in policy
    assert "unsafe" not in policy and "data:" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_form_without_its_token_is_answered_with_help(site):
    response = Client(enforce_csrf_checks=True).post(reverse("track:find"), {"code": "x"})
    assert response.status_code == 403
    assert checks.faults(response.content.decode()) == []
