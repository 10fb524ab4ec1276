"""What publishers do on a journey: one question, paper, fee or step after the other, each through its page."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from common.text import fold
from tests.journeys.steps import fill

SECOND_PUBLISHER = "cong-bo-2@example.com"
SAVE = "main form[method=post] .actions :is(.btn-primary, .btn-danger)"


def today() -> str:
    """Return the day in Vietnam as it is typed."""
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).strftime("%d/%m/%Y")


def key_of(label: str) -> str:
    """Return the key that the builder makes of a label."""
    return "_".join(re.findall("[a-z]+", fold(label)))[:40].strip("_")


def press(page: Page) -> None:
    """Press the main button of a page and see that it was taken."""
    page.locator(SAVE).first.click()
    page.wait_for_load_state()
    expect(page.locator("main .error-summary, main .banner-error")).to_have_count(0)


class Draft:
    """A version in the making; every method starts and ends on a page of its own."""

    def __init__(self, page: Page, code: str, number: int = 1) -> None:
        self.page, self.code = page, code
        self.address = f"/manage/procedures/{code}/v{number}/"

    def open(self, path: str = "") -> None:
        """Open a page of the version."""
        self.page.goto(self.address + path)

    def fill(self, path: str, **values: Any) -> None:
        """Open a page, fill in its boxes and save; lists are several boxes to tick, True is one."""
        self.open(path)
        self._type(values)
        press(self.page)

    def _type(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if value is True:
                self.page.locator(f"[name={name}]").check()
            elif isinstance(value, list):
                for one in value:
                    self.page.locator(f"[name={name}][value='{one}']").check()
            else:
                fill(self.page, {name: value})

    def section(self, title: str, **values: Any) -> str:
        """Add a section; returns its key."""
        self.fill("form/add-section/", title=title, **values)
        return key_of(title)

    def question(self, section: str, kind: str, label: str, *, only_if: str = "", **values: Any) -> str:
        """Add a question; ``only_if`` is 'key:value' of an earlier choice. Returns its key."""
        return self._part(f"form/sections/{section}/add-field/?type={kind}", label, only_if, values)

    def column(self, table: str, kind: str, label: str, **values: Any) -> str:
        """Add a column to a table; returns its key."""
        return self._part(f"form/fields/{table}/add-column/?type={kind}", label, "", values)

    def _part(self, path: str, label: str, only_if: str, values: dict[str, Any]) -> str:
        self.open(path)
        self._type({"label": label} | values)
        if only_if:
            self.page.locator("[name=show_if-0-field]").select_option(only_if.partition(":")[0])
            self.page.locator("[name=show_if-0-option]").select_option(only_if)
        press(self.page)
        return key_of(label)

    def keys(self) -> list[str]:
        """Return the keys of the questions in the order in which the builder shows them."""
        self.open("form/")
        rows = self.page.locator(".form-rows > li")
        return list(rows.evaluate_all("rows => rows.map(row => row.id.replace('field-', ''))"))

    def send_to_review(self, note: str) -> None:
        """Hand the draft to the second publisher."""
        self.fill("review/", note=note)

    def publish(self, second: Page) -> None:
        """Let the second publisher look it through and publish it from today on."""
        second.goto("/manage/procedures/")
        second.locator(f"main a[href$='{self.address}']").first.click()
        second.locator("main .actions .btn-primary").click()
        fill(second, {"effective_from": today()})
        press(second)
        expect(second.locator("main .banner-ok")).to_be_visible()
