"""Paying a fee: online, with the browser closed, cancelled, unknown; several at once, copies, an exemption.

The payer chooses at the simulated gateway what happens. The gateway's page is left by a link and comes back by
itself, unless the payer closes the browser there.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.steps import (
    BIRTH,
    CLERK,
    COPY,
    COPY_ANSWERS,
    SECOND_COPY,
    act,
    choose,
    file_copy,
    fill_sections,
    go_to_gateway,
    photo,
    save,
    start,
    submit,
    token,
    until,
    upload,
)
from tests.journeys.test_filing import BIRTH_ANSWERS

PAYER = "cong-dan-2@example.com"
pytestmark = pytest.mark.journey
# The first question to the gateway comes after two minutes, and the clock strikes once a minute.
POLL_SECONDS = 240


def open_dossier(page: Page, code: str) -> None:
    """Open a dossier by its code from the list, whichever page it is on by now."""
    page.goto("/my/dossiers/")
    card = page.locator("li.card", has_text=code)
    while not card.count():
        with page.expect_navigation():
            page.locator(".pagination [rel=next]").click()
    card.get_by_role("heading").get_by_role("link").click()


@pytest.fixture(scope="module", autouse=True)
def forgotten(portal: str, chromium, signed_in) -> Iterator[tuple[str, str]]:
    """A payment whose payer closed the browser and whose notification was lost: its code and page; looked at later."""
    context = chromium.new_context(base_url=portal, locale="vi-VN", storage_state=signed_in(PAYER))
    context.set_default_timeout(15_000)
    page = context.new_page()
    code = file_copy(page, answers=SECOND_COPY)
    page.get_by_role("link", name="Nộp phí", exact=True).click()
    payment = go_to_gateway(page)
    choose(page, "paid", ipn="lost", closes=True)
    context.close()
    yield code, payment


def test_a_fee_is_paid_online(visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool) -> None:
    """From the confirmation to the receipt; afterwards nothing asks for money any more."""
    page = visit(js=js, size=PHONE, who=PAYER)
    code = file_copy(page, answers=SECOND_COPY)
    variant = "phone" if js else "plain"
    expect(page.locator("main")).to_contain_text("16.000 đồng")
    page.get_by_role("link", name="Nộp phí", exact=True).click()
    expect(page.locator("main")).to_contain_text("16.000 đồng (2 × 8.000 đồng/bản)")
    picture(page, f"pay-{variant}")
    payment = go_to_gateway(page)
    choose(page, "paid")
    expect(page).to_have_url(re.compile("/my/payments/"))
    until(page, payment, "Đã nộp")
    picture(page, f"paid-{variant}")
    open_dossier(page, code)
    expect(page.get_by_role("link", name="Nộp phí", exact=True)).to_have_count(0)
    page.get_by_role("link", name=re.compile("^Biên lai")).first.click()
    expect(page.locator("main")).to_contain_text("Mười sáu nghìn đồng")


def test_a_closed_browser_loses_nothing(visit: Callable[..., Page], js: bool) -> None:
    """The payer closes the browser at the gateway: its notification settles the fee."""
    page = visit(js=js, who=PAYER)
    code = file_copy(page, answers=SECOND_COPY)
    page.get_by_role("link", name="Nộp phí", exact=True).click()
    payment = go_to_gateway(page)
    choose(page, "paid", closes=True)
    until(page, payment, "Đã nộp")
    open_dossier(page, code)
    expect(page.get_by_role("link", name=re.compile("^Biên lai")).first).to_be_visible()


def test_cancelled_then_paid(visit: Callable[..., Page], js: bool) -> None:
    """Who cancels is told that nothing was paid, and may try again."""
    page = visit(js=js, size=PHONE, who=PAYER)
    file_copy(page, answers=SECOND_COPY)
    page.get_by_role("link", name="Nộp phí", exact=True).click()
    payment = go_to_gateway(page)
    choose(page, "cancelled")
    until(page, payment, "Bạn đã hủy")
    page.get_by_role("link", name="Thử lại").click()
    second = go_to_gateway(page)
    assert second != payment
    choose(page, "paid")
    until(page, second, "Đã nộp")


def test_unknown_then_found(visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool) -> None:
    """The notification is lost: the page says so, warns against paying twice, and asks when told to."""
    page = visit(js=js, size=PHONE, who=PAYER)
    file_copy(page, answers=SECOND_COPY)
    page.get_by_role("link", name="Nộp phí", exact=True).click()
    payment = go_to_gateway(page)
    choose(page, "paid", ipn="lost")
    expect(page.locator("main")).to_contain_text("Bạn đừng nộp lại")
    picture(page, f"unknown-{'phone' if js else 'plain'}")
    page.get_by_role("button", name="Kiểm tra lại").click()
    until(page, payment, "Đã nộp")


def test_two_dossiers_are_paid_at_once(visit: Callable[..., Page], js: bool) -> None:
    """Two fees of one commune, one payment, two receipts."""
    page = visit(js=js, size=DESK, who=PAYER)
    codes = [file_copy(page, answers=SECOND_COPY), file_copy(page, answers=SECOND_COPY)]
    page.goto("/my/payments/")
    for code in codes:
        page.locator("li", has_text=code).locator("[name=dossier]").check()
    page.locator("form.panel", has_text=codes[0]).locator(".btn-primary").click()
    expect(page.locator("main")).to_contain_text("32.000 đồng")
    payment = go_to_gateway(page)
    choose(page, "paid")
    until(page, payment, "Đã nộp")
    expect(page.get_by_role("link", name=re.compile("^Biên lai"))).to_have_count(2)


def test_a_transfer_by_qr(visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool) -> None:
    """The QR page shows the same in words; who changes their mind pays in another way."""
    page = visit(js=js, size=PHONE, who=PAYER)
    file_copy(page, answers=SECOND_COPY)
    page.get_by_role("link", name="Nộp phí", exact=True).click()
    page.locator("[name=way][value=vietqr]").check()
    page.locator("main form.panel .btn-primary").click()
    expect(page.locator("main svg[role=img]")).to_be_visible()
    expect(page.locator("main")).to_contain_text("KHÔNG CHUYỂN TIỀN")
    picture(page, f"qr-{'phone' if js else 'plain'}")
    page.get_by_role("button", name="Nộp bằng cách khác").click()
    page.get_by_role("link", name="Thử lại").click()
    payment = go_to_gateway(page)
    choose(page, "paid")
    until(page, payment, "Đã nộp")


def test_the_poll_finds_what_was_forgotten(visit: Callable[..., Page], forgotten: tuple[str, str]) -> None:
    """Browser closed and notification lost: the portal asks by itself, and the fee is paid."""
    code, payment = forgotten
    page = visit(who=PAYER)
    until(page, payment, "Đã nộp", POLL_SECONDS)
    open_dossier(page, code)
    expect(page.get_by_role("link", name=re.compile("^Biên lai")).first).to_be_visible()


def test_copies_ordered_with_an_online_result_are_paid(visit: Callable[..., Page], js: bool) -> None:
    """Three paper copies of a birth certificate that is returned online: charged, and paid with the rest."""
    page = visit(js=js, size=PHONE, who=PAYER)
    start(page, BIRTH)
    fill_sections(page, BIRTH_ANSWERS)
    for card in page.locator(".file-card").all():
        if card.get_by_role("button", name="Tôi sẽ nộp bản giấy tại xã").count():
            upload(page, card, photo(f"giay-{token()}", "PDF"))
    page.locator("main .actions .btn-primary").click()
    page.locator("[name=delivery][value=online]").check()
    save(page)
    expect(page).to_have_url(re.compile("/review/"))
    expect(page.locator("main")).to_contain_text("24.000 đồng (3 × 8.000 đồng/bản)")
    code = submit(page)
    expect(page.locator("main")).to_contain_text("24.000 đồng")
    page.get_by_role("link", name="Nộp phí", exact=True).click()
    payment = go_to_gateway(page)
    choose(page, "paid")
    until(page, payment, "Đã nộp")
    open_dossier(page, code)
    expect(page.locator("main")).to_contain_text("Phí cấp bản sao Giấy khai sinh")


def test_an_exemption_is_claimed_declined_and_paid(
    visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool
) -> None:
    """Nothing is asked for while an officer has to look; declined, the fee is owed with the reason."""
    page = visit(js=js, size=PHONE, who=PAYER)
    start(page, COPY)
    fill_sections(page, COPY_ANSWERS)
    page.locator("main .actions .btn-primary").click()
    page.locator("[name=delivery][value=desk]").check()
    page.locator("[name=steps]").check()
    save(page)
    expect(page).to_have_url(re.compile("/fee/"))
    page.get_by_label("Người thuộc hộ nghèo").check()
    page.locator("[name=proof]").set_input_files(photo("ho-ngheo", "JPEG"))
    picture(page, f"exemption-{'phone' if js else 'plain'}")
    save(page)
    expect(page.locator("main")).to_contain_text("Nếu cán bộ chấp nhận cho miễn: Không mất phí")
    code = submit(page)
    expect(page.get_by_role("link", name="Nộp phí", exact=True)).to_have_count(0)
    desk = visit(js=js, who=CLERK)
    desk.goto(f"/desk/dossiers/{code}/fees/")
    desk.locator("main a[href*='/claims/']").first.click()
    desk.locator("[name=granted][value='0']").check()
    desk.locator("textarea[name=reason]").fill("Giấy xác nhận đã hết hạn.")
    act(desk)
    open_dossier(page, code)
    expect(page.locator("main")).to_contain_text("Giấy xác nhận đã hết hạn.")
    page.get_by_role("link", name="Nộp phí", exact=True).click()
    payment = go_to_gateway(page)
    choose(page, "paid")
    until(page, payment, "Đã nộp")
