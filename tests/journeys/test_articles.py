"""What the portal says of itself: a notice is written, pinned and read; a guide is read, rated, and prints whole."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE
from tests.journeys.steps import PUBLISHER
from tests.journeys.test_pages import Findings, look_at

pytestmark = pytest.mark.journey
TITLE = "Lịch tiếp dân tháng này"


def test_a_notice_is_written_pinned_and_read(visit, picture):
    publisher, findings = visit(who=PUBLISHER), Findings()
    publisher.goto("/manage/procedures/")
    publisher.locator("nav a[href='/manage/notices/']:visible").first.click()
    publisher.locator("main a[href='/manage/notices/add/']").click()
    publisher.locator("[name=title]").fill(TITLE)
    publisher.locator("textarea[name=text]").fill(
        "Chủ tịch xã tiếp dân **thứ Năm** hằng tuần.\n\n- Sáng: 8:00\n- Chiều: 14:00"
    )
    publisher.locator("[name=is_pinned]").check()
    picture(publisher, "notice-form-desk")
    publisher.locator("main form .btn-primary").click()
    expect(publisher.locator("main")).to_contain_text(TITLE)

    page = visit(size=PHONE)
    # A colour on its way to another one is no fault.
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    picture(page, "home-notices-phone")
    page.get_by_role("link", name=TITLE).click()
    expect(page.locator("main strong")).to_have_text("thứ Năm")
    picture(page, "notice-phone")
    for path in ("/", "/notices/", urlsplit(page.url).path, "/guides/", "/useful/guide/file/?value=5"):
        look_at(page, path, findings, is_new=True)
    publisher.set_viewport_size(PHONE)
    publisher.emulate_media(reduced_motion="reduce")
    for path in ("/manage/notices/", "/manage/notices/add/", "/manage/useful/"):
        look_at(publisher, path, findings, is_new=True)
    assert not findings.faults, "\n".join(findings.faults)


def test_a_guide_is_read_and_rated_and_prints_whole(visit, js, picture):
    page, findings = visit(js=js, size=PHONE), Findings()
    page.goto("/help/")
    page.locator("main a[href='/guides/file/']").click()
    pictures = page.locator(".guide img")
    for n in range(pictures.count()):
        pictures.nth(n).scroll_into_view_if_needed()
        expect(pictures.nth(n)).to_have_js_property("complete", True)
        expect(pictures.nth(n)).to_have_js_property("naturalWidth", 360)
    picture(page, f"guide-{'phone' if js else 'plain'}")
    page.locator("main button[name=value][value='4']").click()
    expect(page.locator("input[name=value][value='4']")).to_be_checked()
    page.locator("main form .btn-primary").click()
    expect(page).to_have_url(page.url.partition("?")[0])
    assert page.url.endswith("/thanks/")
    if js:
        page.emulate_media(reduced_motion="reduce")
        for path in ("/guides/file/", "/guides/track/"):
            look_at(page, path, findings, is_new=True)
        assert not findings.faults, "\n".join(findings.faults)
