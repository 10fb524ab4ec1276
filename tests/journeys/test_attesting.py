"""At the counter: six attestations by keyboard alone, the same person again with one key, the book they stand in."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK
from tests.journeys.steps import CLERK, token
from tests.journeys.test_desk import press_access_key

pytestmark = pytest.mark.journey
NUMBER = re.compile(r"(\d+), quyển số 01/\d{4}-SCT/BS")
# Beyond the person: the document, its copies and pages, and into the book.
MOST_KEYS = 12


def entered(page: Page) -> int:
    """Return the number that the banner of the next page names."""
    banner = page.locator(".banner-ok").first
    expect(banner).to_contain_text(NUMBER)
    found = NUMBER.search(banner.inner_text())
    assert found
    return int(found[1])


def test_six_attestations_by_keyboard(
    visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool
) -> None:
    clerk = visit(js=js, size=DESK, who=CLERK)
    clerk.goto("/desk/attest/?book=copies")
    numbers, presses, name = [], [], ""
    for n in range(6):
        count = 0
        if n % 3 == 0:
            name = f"Trần Thị {token().capitalize()}"
            expect(clerk.locator("#id_name")).to_be_focused()
            clerk.keyboard.type(name)
            clerk.keyboard.press("Tab")
            clerk.keyboard.type("075190001234")
            clerk.keyboard.press("Tab")
            count += 1
        # One key has brought the same person again: typing goes on at the document.
        expect(clerk.locator("#id_document")).to_be_focused()
        for stroke in (str(n + 1), "Tab", "2", "Tab", "3"):
            clerk.keyboard.press(stroke)
            count += 1
        if n % 3 == 2:
            clerk.keyboard.press("Enter")
        else:
            press_access_key(clerk, "K")
        clerk.wait_for_url(re.compile(r"unit="))
        count += 1
        numbers.append(entered(clerk))
        presses.append(count)
        if n == 0:
            picture(clerk, f"attest-{'desk' if js else 'plain'}")
    print(f"key presses beyond the person: {presses}")
    assert max(presses) <= MOST_KEYS
    # Others may enter something in between.
    assert numbers == sorted(set(numbers)) and len(numbers) == 6

    clerk.goto("/desk/books/")
    clerk.locator("main tbody th a").first.click()
    row = clerk.locator("tbody tr", has_text=name).first
    expect(row).to_contain_text(str(numbers[-1]))
    expect(clerk.locator("main")).not_to_contain_text("075190001234")
    picture(clerk, f"book-{'desk' if js else 'plain'}")
    row.locator("td a").click()
    clerk.locator("#id_reason").fill("Ghi nhầm số bản")
    clerk.keyboard.press("Enter")
    expect(clerk).to_have_url(re.compile("/desk/books/$"))
    clerk.locator("main tbody th a").first.click()
    expect(clerk.locator("tr.crossed").first).to_contain_text("Ghi nhầm số bản")
    with clerk.expect_download() as kept:
        clerk.locator("main form[method=post] button[value=xlsx]").click()
    assert kept.value.suggested_filename.endswith(".xlsx")
