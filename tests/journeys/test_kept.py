"""Nothing that was typed or chosen is lost by leaving a page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.journeys.conftest import PHONE
from tests.journeys.steps import COPY, COPY_ANSWERS, answer, draft_of, fill_sections, photo, save, start, unfold

pytestmark = pytest.mark.journey
WHO = "cong-dan-2@example.com"


def test_what_is_typed_is_written_when_the_page_is_left(visit: Callable[..., Page]) -> None:
    """At once, not after the pause of autosave; what is at fault stays as typed and its part says so."""
    page = visit(size=PHONE, who=WHO)
    start(page, COPY)
    parts = draft_of(page)
    unfold(page)
    answer(page, {"requester_phone": "09 12"})
    page.locator(".back-link").click()
    page.wait_for_url(parts)
    tag = page.locator(".task-list .tag").first
    for _n in range(20):
        if tag.inner_text() == "Cần sửa":
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(tag).to_have_text("Cần sửa")
    page.locator(".task-list a").first.click()
    expect(page.locator("[name=answer-requester_phone]")).to_have_value("09 12")
    expect(page.locator(".error-summary")).to_contain_text("số điện thoại")
    answer(page, COPY_ANSWERS["requester"])
    save(page)
    page.goto(parts)
    expect(tag).to_have_text("Xong")


def test_a_chosen_file_goes_with_the_button_that_is_pressed(visit: Callable[..., Page], js: bool) -> None:
    """Without scripts the button carries it; with scripts it is sent first, and a link asks before it leaves."""
    page = visit(js=js, size=PHONE, who=WHO)
    start(page, COPY)
    fill_sections(page, COPY_ANSWERS)
    expect(page).to_have_url(re.compile("/papers/"))
    papers = page.url
    card = page.locator(".file-card").last
    if js:
        # On the way, but not there yet.
        held: list[Route] = []
        page.route("**/upload/", lambda route: held.append(route))
    card.locator("> .field input[type=file]").set_input_files(photo("can-cuoc", "JPEG"))
    if js:
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.once("dialog", stay)
        page.locator(".back-link").click(no_wait_after=True)
        page.wait_for_timeout(500)
        assert asked == ["beforeunload"] and page.url == papers
        held[0].continue_()
    page.locator("main .actions .btn-primary").click()
    expect(page).to_have_url(re.compile("/delivery/"))
    page.goto(papers)
    expect(page.get_by_role("link", name=re.compile("can-cuoc"))).to_have_count(1)


def test_the_end_of_a_session_is_told_in_time_and_put_off(visit: Callable[..., Page]) -> None:
    """Two hours without a page end a citizen's session; the browser's own clock is set forward."""
    page = visit(size=PHONE, who=WHO)
    page.clock.install()
    page.goto("/account/")
    warning = page.get_by_role("alert").locator(".banner")
    page.clock.fast_forward("01:54:00")
    expect(warning).to_have_count(0)
    page.clock.fast_forward("01:30")
    expect(warning).to_be_visible()
    warning.get_by_role("button").click()
    page.clock.fast_forward("00:20")
    expect(warning).to_have_count(0)
    expect(page.locator("main")).to_be_focused()
    page.clock.fast_forward("01:56:00")
    expect(warning).to_be_visible()
