"""Money at the desk: cash in a shift, a transfer, an exemption, a repayment, a waiver, a fee required first."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.steps import (
    CASHIER,
    CITIZEN,
    CLERK,
    LEADER,
    SPECIALIST,
    act,
    file_copy,
    forward,
    photo,
    receive,
    token,
)

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]
MONEY = re.compile(r"[\d.]+ đồng")


def send(page: Page) -> None:
    """Press the one button of a form about money and see the banner of the next page."""
    page.locator("main form[method=post] .actions button").first.click()
    expect(page.locator("main .banner-ok").first).to_be_visible()


def fees(page: Page, code: str) -> None:
    """Open the fees of a dossier."""
    page.goto(f"/desk/dossiers/{code}/fees/")


def open_shift(page: Page) -> None:
    """Open the cashier's shift, if it is not."""
    page.goto("/desk/cash/")
    if (link := page.locator("a[href*='/desk/cash/open/']")).count():
        link.first.click()
        page.locator("[name=opening_vnd]").fill("100.000")
        send(page)


def find(page: Page, code: str) -> None:
    """Scan a receipt at the cashier's page."""
    page.goto("/desk/cash/")
    page.locator("#cash-search").fill(code)
    page.locator("#cash-search").press("Enter")
    expect(page).to_have_url(re.compile(f"/desk/dossiers/{re.escape(code)}/fees/"))


def take_cash(page: Page, code: str, given: str = "") -> None:
    """Take what a dossier owes in cash."""
    find(page, code)
    page.locator("main a[accesskey=T]").click()
    if given:
        page.locator("[name=given_vnd]").fill(given)
    send(page)


def received(visit: Visit, *, js: bool = True) -> tuple[str, Page]:
    """File a dossier with a fee and receive it; returns its code and the clerk's page."""
    code = file_copy(visit(js=False, size=PHONE, who=CITIZEN))
    clerk = visit(js=js, size=DESK, who=CLERK)
    receive(clerk, code)
    return code, clerk


def test_cash_at_the_counter_and_a_closed_shift(visit: Visit, picture: Picture, js: bool) -> None:
    """Cash is taken with change and a receipt; the shift is counted, closed and brought to the treasury."""
    variant = "desk" if js else "plain"
    code, clerk = received(visit, js=js)
    clerk.goto("/desk/dossiers/?view=all&fee=owed")
    picture(clerk, f"queue-fee-{variant}")
    expect(clerk.locator("main table")).to_contain_text(code)
    cashier = visit(js=js, size=DESK, who=CASHIER)
    open_shift(cashier)
    picture(cashier, f"cash-{variant}")
    find(cashier, code)
    picture(cashier, f"fees-{variant}")
    cashier.locator("main a[accesskey=T]").click()
    cashier.locator("[name=given_vnd]").fill("1.000")
    cashier.locator("main form[method=post] .actions button").click()
    expect(cashier.locator(".error-summary")).to_be_visible()
    cashier.locator("[name=given_vnd]").fill("500.000")
    picture(cashier, f"take-cash-{variant}")
    send(cashier)
    expect(cashier.locator("main .banner-ok")).to_contain_text("Thối lại")
    cashier.locator("main .banner-ok a[accesskey=I]").click()
    expect(cashier.locator("main")).to_contain_text(re.compile("biên lai", re.IGNORECASE))
    picture(cashier, f"receipt-{variant}")
    cashier.goto("/desk/cash/receipts/")
    expect(cashier.locator("main table")).to_contain_text(code)
    cashier.goto("/desk/cash/close/")
    expected = MONEY.search(cashier.locator("main .summary-list strong").inner_text())
    assert expected
    cashier.locator("[name=counted_vnd]").fill("1")
    cashier.locator("main form[method=post] .actions button").click()
    expect(cashier.locator(".error-summary")).to_be_visible()
    cashier.locator("[name=counted_vnd]").fill(expected.group())
    picture(cashier, f"close-shift-{variant}")
    send_to_sheet(cashier, code)
    picture(cashier, f"shift-sheet-{variant}")
    cashier.goto("/desk/cash/deposits/")
    cashier.locator("[name=slip_number]").fill(f"GNT-{token()}")
    send(cashier)
    picture(cashier, f"deposits-{variant}")


def send_to_sheet(page: Page, code: str) -> None:
    """Close the shift and see its sheet."""
    page.locator("main form[method=post] .actions button").click()
    expect(page).to_have_url(re.compile(r"/desk/cash/shifts/\d+/"))
    expect(page.locator("main")).to_contain_text(code)


def test_a_transfer_with_its_picture(visit: Visit, js: bool) -> None:
    """A transfer seen on the account is recorded with the bank's reference and a picture."""
    code, _clerk = received(visit)
    cashier = visit(js=js, size=DESK, who=CASHIER)
    find(cashier, code)
    cashier.locator("main a[accesskey=K]").click()
    cashier.locator("[name=reference]").fill(f"FT{token()}")
    cashier.locator("main form[method=post] .actions button").click()
    expect(cashier.locator(".error-summary")).to_be_visible()
    cashier.locator("[name=upload]").set_input_files(photo("chuyen-khoan", "JPEG"))
    send(cashier)
    with cashier.expect_download() as download:
        cashier.locator("main a[href$='/proof/']").click()
    assert download.value.suggested_filename.endswith(".jpeg")


def test_a_repayment_after_a_refusal_by_two_persons(visit: Visit, picture: Picture, js: bool) -> None:
    """A paid dossier is refused: the repayment waits, the leader approves, the cashier hands it out."""
    code = file_copy(visit(js=False, size=PHONE, who=CITIZEN))
    cashier = visit(js=js, size=DESK, who=CASHIER)
    open_shift(cashier)
    take_cash(cashier, code)
    clerk = visit(js=js, size=DESK, who=CLERK)
    clerk.goto(f"/desk/dossiers/{code}/refuse/")
    clerk.locator("[name=reason]").fill("Không thuộc thẩm quyền của xã.")
    rule = clerk.locator("[name=rule]")
    if rule.count():
        rule.fill("Điều 16, Luật Hộ tịch")
    act(clerk)
    leader = visit(js=js, size=DESK, who=LEADER)
    leader.goto("/desk/refunds/")
    leader.get_by_role("link", name=code).click()
    leader.locator("main a[accesskey=K]").click()
    leader.locator("[name=approved][value='1']").check()
    picture(leader, "refund-decide")
    send(leader)
    fees(cashier, code)
    cashier.locator("main a[href^='/desk/refunds/']").first.click()
    cashier.locator("main button[accesskey=T]").click()
    expect(cashier.locator("main .banner-ok")).to_be_visible()
    fees(cashier, code)
    expect(cashier.locator("main")).to_contain_text("Đã hủy")


def test_the_leader_waives_and_the_result_is_free(visit: Visit, js: bool) -> None:
    """A waiver is the leader's: the clerk has no button for it."""
    code, clerk = received(visit, js=js)
    fees(clerk, code)
    expect(clerk.locator("main a[href$='/waive/']")).to_have_count(0)
    leader = visit(js=js, size=DESK, who=LEADER)
    fees(leader, code)
    leader.locator("main a[href$='/waive/']").first.click()
    leader.locator("[name=reason]").fill("Hộ bị thiên tai.")
    send(leader)
    expect(leader.locator("main")).to_contain_text("Hộ bị thiên tai.")


def test_an_exemption_granted_at_the_desk(visit: Visit, js: bool) -> None:
    """Whoever brings the proof to the counter owes nothing any more: the clerk assesses the fee anew with it."""
    code, clerk = received(visit, js=js)
    fees(clerk, code)
    clerk.locator("main a[href$='/assess/']").first.click()
    clerk.get_by_label(re.compile("hộ nghèo", re.IGNORECASE)).first.check()
    clerk.locator("[name=reason]").fill("Đã xem giấy chứng nhận hộ nghèo.")
    send(clerk)
    cashier = visit(js=js, size=DESK, who=CASHIER)
    cashier.goto(f"/desk/dossiers/{code}/fees/")
    expect(cashier.locator("main a[accesskey=T]")).to_have_count(0)
    cashier.goto(f"/desk/dossiers/{code}/fees/cash/")
    expect(cashier.locator("main .banner")).to_be_visible()


def test_a_fee_required_first_and_then_the_work_goes_on(visit: Visit, picture: Picture, js: bool) -> None:
    """The specialist requires the fee, the cashier takes it, the dossier goes on with the specialist by itself."""
    code, clerk = received(visit, js=js)
    forward(clerk, code)
    specialist = visit(js=js, size=DESK, who=SPECIALIST)
    specialist.goto(f"/desk/dossiers/{code}/require-payment/")
    picture(specialist, "require-payment")
    act(specialist)
    specialist.goto(f"/desk/dossiers/{code}/")
    expect(specialist.locator("main .tag").first).to_contain_text("phí")
    cashier = visit(js=js, size=DESK, who=CASHIER)
    open_shift(cashier)
    take_cash(cashier, code)
    specialist.goto(f"/desk/dossiers/{code}/")
    expect(specialist.locator("main .dossier-head")).to_contain_text("Đang xử lý")
