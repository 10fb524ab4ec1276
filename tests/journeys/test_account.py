"""One's own account: where it is signed in, the copy of one's data, and its end."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, fill_sign_in
from tests.journeys.steps import BIRTH, NEW_PASSWORD, register_citizen, token

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]


def test_sessions_copy_and_end(visit: Visit, picture: Picture, js: bool) -> None:
    """A person ends another session, takes the copy in both forms and closes the account; then nobody signs in."""
    variant = "phone" if js else "plain"
    email = f"tam-biet-{token()}@example.com"
    page = visit(js=js, size=PHONE)
    page.goto(f"/procedures/{BIRTH}/apply/")
    register_citizen(page, email)
    other = visit(js=js, size=PHONE)
    fill_sign_in(other, email, NEW_PASSWORD)

    page.goto("/account/sessions/")
    expect(page.locator("main tbody tr")).to_have_count(2)
    picture(page, f"sessions-{variant}")
    page.get_by_role("button", name="Kết thúc phiên này").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    other.goto("/account/")
    expect(other.locator("[name=login]")).to_be_visible()

    for way, start in (("json", b"{"), ("pdf", b"%PDF-")):
        page.goto("/account/export/")
        page.locator(f"[name=way][value={way}]").check()
        page.locator("[name=password]").fill(NEW_PASSWORD)
        picture(page, f"copy-{variant}")
        # The first document of a new portal cuts the faces of its font.
        with page.expect_download(timeout=120_000) as caught:
            page.locator("main form .btn-primary").last.click(timeout=120_000)
        content = caught.value.path().read_bytes()
        assert content.startswith(start)
        if way == "json":
            assert json.loads(content)["account"]["email"] == email

    page.goto("/account/close/")
    page.locator("[name=understood]").check()
    page.locator("[name=password]").fill("không-phải-mật-khẩu")
    page.locator("main form .btn-danger").click()
    expect(page.locator(".error-summary")).to_be_visible()
    picture(page, f"close-{variant}")
    page.locator("[name=password]").fill(NEW_PASSWORD)
    page.locator("main form .btn-danger").click()
    expect(page).to_have_url("/")
    page.goto("/accounts/login/")
    page.locator("main input[name=login]").fill(email)
    page.locator("main input[name=password]").fill(NEW_PASSWORD)
    page.locator("main form button").first.click()
    expect(page.locator(".error-summary")).to_be_visible()
