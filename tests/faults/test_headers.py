"""Every kind of answer carries the headers that keep a browser out of trouble."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from tests.faults.answers import read

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def checked(response, status):
    """Assert the status and every protecting header; return the answer."""
    assert response.status_code == status, response
    for name, value in FIXED.items():
        assert response.headers.get(name) == value, f"{status} lacks {name}"
    policy = response.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "sandbox" in policy or ("frame-ancestors 'none'" in policy and "base-uri 'none'" in policy)
    assert "camera=()" in response.headers.get("Permissions-Policy", "")
    return response


def test_pages_redirects_and_refusals(world, settings):
    stranger, citizen, clerk = Client(), Client(), Client()
    citizen.force_login(world.citizen)
    clerk.force_login(world.commune.clerk)
    checked(stranger.get("/"), 200)
    checked(stranger.get("/healthz"), 200)
    checked(stranger.get("/my/dossiers/"), 302)
    checked(stranger.get("/?q=%00"), 400)
    checked(stranger.get("/", HTTP_HOST="evil.example"), 400)
    checked(citizen.get("/desk/"), 403)
    checked(stranger.get("/nothing/"), 404)
    checked(citizen.get(reverse("applicant:submit", args=[world.draft.ref])), 405)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    checked(stranger.post("/accounts/login/", {"login": "a" * 100}), 413)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
    settings.LIMITS = settings.LIMITS | {"upload_user": (0, 3600)}
    answer = checked(citizen.post(reverse("applicant:paper_upload", args=[world.draft.ref, "chung-sinh"])), 429)
    assert int(answer["Retry-After"]) > 0


def test_a_page_not_modified(world, settings):
    settings.PAGE_CACHE_SECONDS = 60
    address = reverse("procedures:detail", args=[world.version.procedure.code])
    tag = checked(Client().get(address), 200)["ETag"]
    checked(Client().get(address, HTTP_IF_NONE_MATCH=tag), 304)


def test_files(world):
    paper = world.submitted.papers.exclude(file="").first()
    paper.sha256 = hashlib.sha256(b"\x89PNG").hexdigest()
    paper.file.save("a.png", ContentFile(b"\x89PNG"), save=True)
    citizen, clerk = Client(), Client()
    citizen.force_login(world.citizen)
    clerk.force_login(world.commune.clerk)
    for browser, address in (
        (citizen, reverse("applicant:paper_file", args=[world.submitted.ref, paper.ref])),
        (clerk, reverse("desk:paper_file", args=[world.submitted.code, paper.ref])),
        (clerk, reverse("desk:result_file", args=[world.decided.code])),
        (clerk, reverse("desk:slip_pdf", args=[world.submitted.code, world.submitted.slips.first().pk])),
    ):
        response = browser.get(address)
        read(response)
        checked(response, 200)
        assert "sandbox" in response["Content-Security-Policy"] and "no-store" in response["Cache-Control"]


def test_personal_pages_rest_in_no_cache(world):
    citizen, clerk = Client(), Client()
    citizen.force_login(world.citizen)
    clerk.force_login(world.commune.clerk)
    for browser, address in (
        (citizen, "/my/dossiers/"),
        (citizen, reverse("applicant:dossier", args=[world.submitted.ref])),
        (citizen, "/account/"),
        (clerk, reverse("desk:dossier", args=[world.submitted.code])),
        (clerk, "/desk/"),
    ):
        kept = checked(browser.get(address), 200).headers.get("Cache-Control", "")
        assert "no-store" in kept, address


@pytest.mark.parametrize("path", ["/", "/procedures/", "/my/dossiers/", "/accounts/login/"])
def test_a_database_that_is_away_is_told_and_not_a_fault(world, path):
    def away(execute, sql, params, many, context):
        raise OperationalError("database is locked")

    browser = Client(raise_request_exception=False)
    browser.force_login(world.citizen)
    with connection.execute_wrapper(away):
        response = browser.get(path)
    page = checked(response, 503).content.decode()
    assert response["Retry-After"] == "60"
    assert "<h1>" in page and "0251 3000 001" in page


def test_a_fault_of_ours_is_no_503(world, monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError

    monkeypatch.setattr("portal.views.unit_cards", broken)
    answer = checked(Client(raise_request_exception=False).get("/"), 500)
    assert "<h1>" in answer.content.decode()
