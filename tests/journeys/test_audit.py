"""Money's record: a statement is brought, an auditor reads and saves figures, two officers close a discrepancy."""

import secrets
import time

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.journeys.conftest import PHONE
from tests.journeys.steps import AUDITOR, CASHIER, LEADER

pytestmark = pytest.mark.journey


def brought(page: Page) -> str:
    """Bring a statement with a credit that nobody knows, wait until it is compared, and return its number."""
    number = f"FT{secrets.randbelow(10**9):09d}"
    content = f"id,time,amount,description\n{number},2026-03-20T10:00:00,50000,CHUYEN TIEN\n"
    page.goto("/audit/files/bring/")
    page.locator("select[name=provider]").select_option(value="vietqr")
    file: FilePayload = {"name": "sao-ke.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form button.btn-primary").click()
    expect(page.locator(".messages")).to_be_visible()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        page.goto("/audit/discrepancies/?kind=unknown_ref")
        if page.get_by_text(number).count():
            return number
        time.sleep(1)
    raise AssertionError(f"{number} was not compared")


def opened(page: Page, number: str) -> None:
    """Open the discrepancy of a credit."""
    page.goto("/audit/discrepancies/?kind=unknown_ref")
    page.locator("tr", has_text=number).get_by_role("link").click()


def test_two_officers_close_what_an_auditor_only_reads(visit, js, picture):
    cashier, leader = visit(js=js, who=CASHIER), visit(js=js, who=LEADER)
    auditor = visit(js=js, size=PHONE, who=AUDITOR)
    number = brought(cashier)

    opened(auditor, number)
    expect(auditor.locator("main .actions")).to_have_count(0)
    picture(auditor, "audit-discrepancy-phone")

    opened(cashier, number)
    cashier.locator("a[href$='/propose/']").click()
    cashier.locator("input[value=unapplied]").check()
    cashier.locator("textarea[name=reason]").fill("Chưa rõ người chuyển, chờ sao kê bổ sung")
    cashier.locator("main form button.btn-primary").click()
    expect(cashier.locator("a[href$='/close/']")).to_have_count(0)

    opened(leader, number)
    picture(leader, "audit-discrepancy")
    leader.locator("a[href$='/close/']").click()
    leader.locator("main form button.btn-primary").click()
    expect(leader.locator("main .actions")).to_have_count(0)

    auditor.goto("/audit/ledger/?kind=correction")
    expect(auditor.locator("main")).to_contain_text("50.000 đồng")


def test_an_auditor_reads_and_saves_figures(visit, js, picture):
    page = visit(js=js, who=AUDITOR)
    page.goto("/")
    page.locator("nav a[href='/audit/']:visible").first.click()
    picture(page, "audit-overview")
    for path in ("ledger", "receipts", "receipts/monthly", "discrepancies", "files", "days", "period"):
        page.goto(f"/audit/{path}/")
        expect(page.locator("h1")).to_be_visible()
    page.goto("/audit/period/?since=01/01/2026&until=31/12/2026")
    for ending in ("xlsx", "csv"):
        with page.expect_download() as saving:
            page.locator(f"button[value={ending}]").click()
        assert saving.value.suggested_filename.endswith(ending)
    page.goto("/desk/")
    expect(page.locator("main")).not_to_contain_text("H19-")
