"""Papers brought to the counter and sent by post, by keyboard alone; the receipt's secret links an account.

Key presses are counted beyond what belongs to the applicant (a scanned card, a phone number); the goal is 25 for a
complete dossier with three papers (docs/decisions/0032).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.steps import CITIZEN, CLERK, CODE
from tests.journeys.test_desk import press_access_key
from tests.present import present

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]
GOAL = 25
# The demo citizen, whose number the desk has checked, as her card says; and two others.
MAI = "075199000011||Nguyễn Thị Mai|12041999|Nữ|Ấp 2, Xuân Bắc, Đồng Nai|10052022"
BINH = "075090004321||Trần Văn Bình|03021990|Nam|Ấp 1, Xuân Bắc, Đồng Nai|10052022"
SECRET = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


@dataclass
class Keyboard:
    """A clerk's hands: every key pressed counts, but for what belongs to the applicant."""

    page: Page
    pressed: int = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def chord(self, key: str) -> None:
        """Press Alt and a key."""
        press_access_key(self.page, key)
        self.pressed += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def of_applicant(self, text: str) -> None:
        """Scan or type what belongs to the applicant."""
        self.page.keyboard.type(text)

    def at(self) -> str:
        """The name of the box that has the focus."""
        return str(self.page.evaluate("() => document.activeElement.name || document.activeElement.tagName"))


def take_in(page: Page, card: str, phone: str, *, by_post: bool = False) -> int:
    """Take a dossier in, from the counter's first page to the next one; returns the keys pressed."""
    hands = Keyboard(page)
    if not page.url.endswith("/desk/counter/new/"):
        hands.chord("2")
        page.wait_for_url(re.compile("/desk/counter/new/$"))
    expect(page.locator("[name=what]")).to_be_focused()
    if by_post:
        # Past the button to the switch of the channel.
        hands.press("Tab", "Tab", "Enter")
        page.wait_for_url(re.compile(r"\?channel=post$"))
        expect(page.locator("[name=what]")).to_be_focused()
    hands.type("ket hon")
    hands.press("Enter")
    expect(page.locator("ul.found, [name=name]").first).to_be_visible()
    if page.locator("ul.found").count():
        # Without scripts the server lists what it found, and the first of it has the focus.
        expect(page.locator("ul.found a").first).to_be_focused()
        hands.press("Enter")
    page.wait_for_url(re.compile(r"/desk/counter/new/[\d.]+/"))
    hands.of_applicant(card + "\n")
    expect(page.locator("[name=name]")).not_to_have_value("")
    if hands.at() == "phone":
        hands.of_applicant(phone)
        hands.press("Tab")
    assert hands.at() == "checked"
    hands.press("Space")
    if page.locator("[name=again]").count():
        hands.press("Tab", "Space")
    for _paper in range(3):
        # From "not there" on to the original; the signed declaration lies there already.
        hands.press("Tab")
        if page.evaluate("() => document.activeElement.value") == "none":
            hands.press("ArrowRight")
    if by_post:
        # Past what may be said of papers, the channel and the heading of the letter.
        hands.press("Tab", "Tab", "Tab", "Tab")
        assert hands.at() == "sender"
        hands.of_applicant("Lê Thị Gửi")
        hands.press("Tab")
        hands.of_applicant("CA123456789VN")
    hands.chord("T")
    page.wait_for_url(re.compile("/desk/print/receipt/"))
    return hands.pressed


def test_counter_by_keyboard(visit: Visit, picture: Picture, js: bool) -> None:
    """Several dossiers and one letter without a mouse; each prints its receipt, then the scan box waits again."""
    clerk = visit(js=js, size=DESK, who=CLERK)
    clerk.goto("/desk/")
    counts: list[int] = []
    secrets: dict[str, str] = {}
    for n, card in enumerate((BINH, MAI, BINH)):
        counts.append(take_in(clerk, card, f"09120000{n:02d}", by_post=n == 2))
        expect(clerk.locator("main")).to_contain_text("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", ignore_case=True)
        expect(clerk.locator("main svg").first).to_be_visible()
        found = SECRET.search(clerk.locator("main").inner_text())
        assert found
        secrets[card] = found[0]
        if not n:
            picture(clerk, f"counter-receipt-{'desk' if js else 'plain'}")
        code = present(CODE.search(clerk.locator("main").inner_text()))[0]
        clerk.keyboard.press("Enter")
        clerk.wait_for_url(re.compile("/desk/counter/new/$"))
        expect(clerk.locator("[name=what]")).to_be_focused()
        expect(clerk.locator("main, .messages").first).to_contain_text(code)
    print(f"\nkeys beyond the applicant's data, {'with' if js else 'without'} scripts: {counts}, goal {GOAL}")
    # The third came by post: its sender and item are keyed besides.
    assert max(counts[:2]) + 1 <= GOAL
    clerk.goto(f"/desk/dossiers/{code}/history/")
    expect(clerk.locator("main")).to_contain_text("CA123456789VN")

    citizen = visit(js=js, size=PHONE, who=CITIZEN)
    for typed, is_right in (("AAAA-AAAA-AAAA", False), (secrets[MAI], True)):
        citizen.goto("/my/link/")
        citizen.locator("[name=code]").fill(typed)
        citizen.locator("main form .btn-primary").click()
        if is_right:
            citizen.wait_for_url(re.compile("/my/dossiers/[a-z0-9]{12}/"))
        else:
            expect(citizen.locator(".error-summary")).to_be_visible()
    picture(citizen, f"counter-linked-{'phone' if js else 'plain'}")
