"""A result by post: handed to the postman, followed, paid at the door; and one that came back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PASSWORD, PHONE
from tests.journeys.steps import (
    CITIZEN,
    CLERK,
    LEADER,
    SPECIALIST,
    approve,
    file_copy,
    forward,
    propose,
    receive,
    until,
)

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]
ITEM = re.compile(r"\b[A-Z]{2}\d{9}VN\b")
WORKER_SECONDS = 150


def decided(visit: Visit, page: Page) -> tuple[str, str]:
    """File a dossier whose result goes by post, paid to the postman, and decide it; returns its code and page."""
    code = file_copy(page, delivery="post", pays_postman=True)
    page.goto("/my/dossiers/")
    page.locator("li.card", has_text=code).get_by_role("heading").get_by_role("link").click()
    receive(visit(js=False, size=DESK, who=CLERK), code)
    forward(visit(js=False, size=DESK, who=CLERK), code)
    propose(visit(js=False, size=DESK, who=SPECIALIST), code)
    approve(visit(js=False, size=DESK, who=LEADER), code, PASSWORD)
    return code, page.url


def hand_over(clerk: Page, code: str) -> str:
    """Hand the parcel of a dossier to the postman once the post has numbered it; returns its item number."""
    until(clerk, "/desk/post/", rf"[A-Z]{{2}}\d{{9}}VN\s+{re.escape(code)}", WORKER_SECONDS)
    row = clerk.locator("tbody tr", has_text=code)
    row.get_by_role("checkbox").check()
    clerk.locator("[name=postman]").fill("Trần Văn Lộc")
    clerk.locator("main form [accesskey=T]").click()
    expect(clerk).to_have_url(re.compile(r"/desk/post/records/\d+/"))
    sheet = clerk.locator("main")
    expect(sheet).to_contain_text("Biên bản giao nhận bưu gửi")
    expect(sheet).to_contain_text(code)
    found = ITEM.search(sheet.locator("tbody tr", has_text=code).inner_text())
    assert found
    return found.group()


def postman(page: Page, address: str, *choices: str) -> None:
    """Let things happen to a parcel on the simulated look-up page, which its own page leads to."""
    page.goto(address)
    page.get_by_role("link", name="Tra cứu trên trang của bưu điện").first.click()
    for choice in choices:
        page.locator(f"button[value='{choice}']").click()
        page.wait_for_load_state()
    page.goto(address)


def test_a_fee_paid_to_the_postman(visit: Visit, picture: Picture, js: bool) -> None:
    """The parcel is handed over with a record, followed on the citizen's page, and its delivery ends the dossier."""
    page = visit(js=js, size=PHONE, who=CITIZEN)
    variant = "phone" if js else "plain"
    code, address = decided(visit, page)
    clerk = visit(js=js, size=DESK, who=CLERK)
    item = hand_over(clerk, code)
    picture(clerk, f"post-record-{variant}")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("Đã bàn giao cho bưu điện")
    expect(page.locator("main")).to_contain_text(item)
    picture(page, f"post-sent-{variant}")
    postman(page, address, "step", "step", "step", "step")
    until(page, address, "Bưu tá đang giao", WORKER_SECONDS)
    postman(page, address, "14")
    # The parcel and its money come first, the dossier's end in a transaction after them.
    until(page, address, "Đã trả kết quả", WORKER_SECONDS)
    expect(page.get_by_role("link", name=re.compile("^Biên lai")).first).to_be_visible()
    expect(page.get_by_role("link", name="Nộp phí", exact=True)).to_have_count(0)
    picture(page, f"post-delivered-{variant}")
    clerk.goto("/desk/post/parcels/?view=all")
    expect(clerk.locator("tbody tr", has_text=item)).to_contain_text("Đã giao")


def test_a_refused_parcel_is_kept_at_the_desk(visit: Visit, picture: Picture, js: bool) -> None:
    """The fee is open again, the citizen is told, the desk sees it in its list and sends it once more."""
    page = visit(js=js, size=PHONE, who=CITIZEN)
    variant = "phone" if js else "plain"
    code, address = decided(visit, page)
    clerk = visit(js=js, size=DESK, who=CLERK)
    item = hand_over(clerk, code)
    postman(page, address, "step", "15", "16", "19")
    until(page, address, "Kết quả được giữ tại xã", WORKER_SECONDS)
    expect(page.get_by_role("link", name="Nộp phí", exact=True).first).to_be_visible()
    picture(page, f"post-returned-{variant}")
    clerk.goto("/desk/post/parcels/?view=held")
    row = clerk.locator("tbody tr", has_text=item)
    expect(row).to_contain_text("Đã chuyển hoàn về xã")
    picture(clerk, f"post-list-{variant}")
    # Nobody gets the result at the desk before the fee is paid.
    clerk.goto(f"/desk/dossiers/{code}/return-result/")
    expect(clerk.locator("main form[method=post] .actions button")).to_have_count(0)
    clerk.goto("/desk/post/")
    clerk.locator("#parcel-search").fill(item)
    clerk.locator("#parcel-search").press("Enter")
    expect(clerk.locator("main")).to_contain_text("Đang giữ tại quầy")
    clerk.get_by_role("button", name="Gửi lại").click()
    expect(clerk.locator("main .banner-ok").first).to_be_visible()
    again = hand_over(clerk, code)
    assert again != item
    page.goto(address)
    expect(page.locator("main")).to_contain_text(again)
