"""What a clerk does at the counter by keyboard, with the keys counted; the receipt looked at as a picture."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import zxingcpp
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page, expect

from dossiers.desk.national.columns import COLUMNS, SHEET
from tests.journeys.conftest import PICTURES
from tests.journeys.steps import CODE
from tests.journeys.test_desk import press_access_key
from tests.present import present

SECRET = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
# Of a sheet in points, and how far a printer's measure may be off.
A5, OFF = (419.5, 595.3), 2


@dataclass
class Keyboard:
    """An officer's hands: every key pressed counts, but for what belongs to the applicant."""

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
        """Scan or type what belongs to the applicant, or what an officer says in words."""
        self.page.keyboard.type(text)

    def at(self) -> str:
        """The name of the box that has the focus."""
        return str(self.page.evaluate("() => document.activeElement.name || document.activeElement.tagName"))


@dataclass
class Keys:
    """Key presses of each kind of work against the goals of a desk."""

    goals: dict[str, int]
    pressed: dict[str, list[int]] = field(default_factory=dict)

    def note(self, work: str, pressed: int) -> None:
        self.pressed.setdefault(work, []).append(pressed)

    def report(self) -> str:
        """The table: work, how often, fewest and most keys, the goal."""
        rows = [
            f"{work:<45} {len(found):>3} × {min(found):>3} to {max(found):>3} keys, goal {self.goals[work]}"
            for work, found in self.pressed.items()
        ]
        return "\n".join(rows)

    def missed(self) -> list[str]:
        """The kinds of work that took more keys than their goal."""
        return [work for work, found in self.pressed.items() if max(found) > self.goals[work]]


def card(number: str, name: str) -> str:
    """Return what a scanner reads from an identity card."""
    birth = f"0302{19 if number[3] in '01' else 20}{number[4:6]}"
    sex = "Nam" if number[3] in "02" else "Nữ"
    return f"{number}||{name}|{birth}|{sex}|Ấp 1, Xuân Bắc, Đồng Nai|10052022"


def take_in(
    hands: Keyboard,
    person: str,
    phone: str,
    *,
    by_post: bool = False,
    more: Callable[[Page], None] | None = None,
    ending: str = "T",
) -> str:
    """Take a dossier with three papers in, from the counter's first page to its receipt; returns its code.

    ``person`` is the text of a card; ``more`` does what few dossiers need, before the last key.
    """
    page = hands.page
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
    hands.of_applicant(person + "\n")
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
    if more is not None:
        more(page)
    hands.chord(ending)
    page.wait_for_url(re.compile("/desk/print/receipt/"))
    expect(page.locator("main")).to_contain_text("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", ignore_case=True)
    return present(CODE.search(page.locator("main").inner_text()))[0]


def next_one(hands: Keyboard, code: str) -> None:
    """Go on from a receipt to the scan box, which names the dossier just taken in."""
    hands.page.keyboard.press("Enter")
    hands.page.wait_for_url(re.compile("/desk/counter/new/$"))
    expect(hands.page.locator("main, .messages").first).to_contain_text(code)


def open_by_scan(hands: Keyboard, code: str) -> None:
    """Open a dossier from *Việc của tôi* as a scanner does."""
    hands.page.goto("/desk/")
    expect(hands.page.locator("#start-search")).to_be_focused()
    hands.of_applicant(code)
    hands.press("Enter")
    hands.page.wait_for_url(re.compile("/desk/dossiers/0"))


def attest(hands: Keyboard, name: str, number: str, *, document: int, copies: int, pages: int, again: bool) -> int:
    """Enter one paper into the open book, the person too unless they stand there again; returns its number.

    ``again`` brings the same person back for the next one.
    """
    page = hands.page
    if name:
        expect(page.locator("#id_name")).to_be_focused()
        hands.of_applicant(name)
        hands.press("Tab")
        hands.of_applicant(number)
        hands.press("Tab")
        if hands.at() == "procedure":
            hands.press("Tab")
    # One key has brought the same person again: typing goes on at the document.
    expect(page.locator("#id_document")).to_be_focused()
    hands.type(str(document))
    hands.press("Tab")
    hands.type(str(copies))
    hands.press("Tab")
    hands.type(str(pages))
    key = page.locator("[name=key]").input_value()
    if again:
        hands.chord("K")
    else:
        hands.press("Enter")
    expect(page.locator("[name=key]")).not_to_have_value(key)
    banner = page.locator(".banner-ok").first
    expect(banner).to_contain_text(re.compile(r"\d+, quyển số 01/\d{4}-SCT/"))
    return int(present(re.search(r"(\d+), quyển số", banner.inner_text()))[1])


def filled(template: Path, *rows: dict[str, str]) -> bytes:
    """Write rows into the downloaded template of the national portal's list."""
    book = load_workbook(BytesIO(template.read_bytes()))
    for n, row in enumerate(rows, start=2):
        for place, name in enumerate(COLUMNS, start=1):
            book[SHEET].cell(row=n, column=place).value = row.get(name)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def look_at_receipt(page: Page, code: str, name: str) -> None:
    """Print the receipt on show and look at it: one sheet of A5, written upon, its QR names the dossier.

    The picture is kept as ``<name>.png``.
    """
    content = page.pdf(prefer_css_page_size=True, print_background=True)
    look_at_sheet(content, code, name)


def look_at_sheet(content: bytes, code: str, name: str) -> None:
    """Look at the PDF of a receipt as :func:`look_at_receipt` does."""
    with pikepdf.open(BytesIO(content)) as document:
        assert len(document.pages) == 1, f"{len(document.pages)} pages"
        box = [float(side) for side in document.pages[0].mediabox]
    assert all(abs(found - wanted) <= OFF for found, wanted in zip(box[2:], A5, strict=True)), box
    sheet = pypdfium2.PdfDocument(content)
    picture: Image.Image = sheet[0].render(scale=3).to_pil().convert("L")
    sheet.close()
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture.save(PICTURES / f"{name}.png")
    dark = sum(picture.histogram()[:128]) / (picture.width * picture.height)
    assert 0.02 < dark < 0.3, f"{dark:.1%} of the sheet is dark"
    read = [found.text for found in zxingcpp.read_barcodes(picture)]
    assert any(code in text for text in read), read
