"""Where is it done, and what comes first: a matter of another agency, and the checklist of an occasion in life."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from common.clock import local_day, now
from tests.journeys.conftest import PHONE, fill_sign_in
from tests.journeys.steps import CITIZEN, file_copy

pytestmark = pytest.mark.journey


def test_where_and_in_which_order(visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool) -> None:
    """A search for another agency's matter is answered; a child's birth makes days, own dossiers tick steps off."""
    variant = "phone" if js else "plain"
    code = file_copy(visit(js=js, size=PHONE, who=CITIZEN), paper=False)
    page = visit(js=js, size=PHONE)
    page.goto("/")
    page.locator("main [name=q]").fill("làm sổ đỏ")
    page.locator("main .search button").click()
    expect(page.locator(".card.signpost")).to_contain_text("Việc này làm ở")
    picture(page, f"where-{variant}")

    page.goto("/")
    page.locator(".tiles a", has_text="Có con nhỏ").click()
    main = page.locator("main")
    expect(main).to_contain_text("Trong 60 ngày kể từ ngày sinh của con")
    day = local_day(now()) - timedelta(days=10)
    for box, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.locator(f"[name=on_{box}]").fill(str(value))
    page.get_by_role("button", name="Xem các ngày").click()
    expect(main).to_contain_text("Chậm nhất")
    with page.expect_download() as caught:
        page.get_by_role("link", name=re.compile("Thêm vào lịch")).first.click()
    assert b"DTSTART;VALUE=DATE" in caught.value.path().read_bytes()
    expect(main).not_to_contain_text("Mở hồ sơ")

    main.get_by_role("link", name="Đăng nhập").click()
    fill_sign_in(page, CITIZEN)
    # The day is still there, and the copy that was filed.
    expect(page.locator("[name=on_year]")).to_have_value(str(day.year))
    step = main.locator("li", has_text="bản sao Trích lục")
    expect(step).to_contain_text("Đã nộp")
    picture(page, f"life-event-{variant}")
    main.get_by_role("link", name="In danh sách này").click()
    expect(page.locator("article")).to_contain_text(f"{day:%d/%m/%Y}")
    page.go_back()
    step.get_by_role("link", name=re.compile("Mở hồ sơ")).click()
    expect(main).to_contain_text(code)
