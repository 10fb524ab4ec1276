"""How much a birth registration asks of a mother who has an account: screens, typed fields and taps, counted."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests import cards
from tests.journeys.conftest import PHONE
from tests.journeys.steps import (
    BIRTH,
    CITIZEN,
    COPY,
    COPY_ANSWERS,
    HOME,
    choose_unit,
    code_on,
    fill_sections,
    photo,
    save,
    submit,
    token,
    upload,
)

pytestmark = pytest.mark.journey
FATHER = "075095000077||Trần Văn Bình|27031995|Nam|Ấp 2, Xuân Bắc, Xuân Lộc, Đồng Nai|15062021"
OWN = {"requester_residence_type": "thuong_tru", "relation": "me"}
CHILD: dict[str, Any] = {
    "birth_case": "du_cha_me",
    "child_dob": "05/11/2026",
    "child_gender": "nam",
    "child_ethnicity": "kinh",
    "child_nationality": "VN",
    "birth_place": HOME,
    "hometown": HOME,
}
MOTHER: dict[str, Any] = {
    "mother_name": "Nguyễn Thị Mai",
    "mother_birth": "12/04/1999",
    "mother_ethnicity": "kinh",
    "mother_nationality": "VN",
    "mother_residence_type": "thuong_tru",
    "mother_residence": HOME,
    "mother_id_type": "can_cuoc",
    "mother_id_number": "075199000011",
}
BOTH = {
    key.replace("mother", "father"): value
    for key, value in (MOTHER | {"mother_name": "Trần Văn Bình", "mother_id_number": "075095000077"}).items()
}


REST = {"parents_married": "khong", "want_copy": "khong"}


class Counted:
    """A page that counts what somebody does on it: boxes typed in (a date is one), taps, screens seen."""

    def __init__(self, page: Page) -> None:
        self.page, self.typed, self.taps, self.screens = page, 0, 0, 1

    def __str__(self) -> str:
        return f"{self.screens} screens, {self.typed} typed fields, {self.taps} taps"

    def press(self, button: Locator) -> None:
        """Tap a button that leads to the next screen."""
        button.click()
        self.page.wait_for_load_state()
        self.taps += 1
        self.screens += 1

    def save(self) -> None:
        """Tap the page's main button."""
        self.press(self.page.locator("main form .actions .btn-primary").first)

    def fill_in(self, button: Locator) -> None:
        """Tap a button that fills boxes of the same screen."""
        button.click()
        self.page.wait_for_load_state()
        self.taps += 1

    def answer(self, answers: dict[str, Any]) -> None:
        """Answer what the page asks and does not stand there yet; a choice is a tap, an address a tap and two boxes."""
        for key, given in answers.items():
            name = f"answer-{key}"
            boxes = ", ".join(f"main [name={name}{part}]" for part in ("", "_day", "_province"))
            shown = self.page.locator(boxes)
            if shown.count() and shown.first.is_visible():
                self._answer(name, given)

    def _answer(self, name: str, given: Any) -> None:
        main = self.page.locator("main")
        if isinstance(given, dict):
            if main.locator(f"[name={name}_commune_name]").input_value():
                return
            main.locator(f"[name={name}_province]").select_option(given["province"])
            self.taps += 1
            for part, value in (("commune_name", given["commune"]), ("detail", given["detail"])):
                self._type(main.locator(f"[name={name}_{part}]"), value)
        elif main.locator(f"[name={name}_day]").count():
            if not main.locator(f"[name={name}_year]").input_value():
                for part, text in zip(("day", "month", "year"), given.split("/"), strict=True):
                    main.locator(f"[name={name}_{part}]").fill(text)
                self.typed += 1
        elif main.locator(f"input[type=checkbox][name={name}], input[type=radio][name={name}]").count():
            choice = main.locator(f"[name={name}][value='{given}']")
            if not choice.is_checked():
                choice.check()
                self.taps += 1
        elif main.locator(f"select[name={name}]").count():
            if main.locator(f"select[name={name}]").input_value() != given:
                main.locator(f"select[name={name}]").select_option(given)
                self.taps += 1
        else:
            self._type(main.locator(f"[name={name}]"), given)

    def _type(self, box: Locator, text: str) -> None:
        if not box.input_value():
            box.fill(text)
            self.typed += 1


def begin(page: Page, procedure: str) -> Counted:
    """Open the start page of a procedure and begin; counts from there."""
    page.goto(f"/procedures/{procedure}/apply/")
    by = Counted(page)
    if page.locator("[name=unit]").count() and not page.locator("[name=unit]:checked").count():
        page.locator("[name=unit][value=xuan-bac]").check()
        by.taps += 1
    by.press(page.locator("main form[method=post] .actions button").last)
    return by


def fill_in_form(by: Counted, answers: dict[str, Any], fills: Callable[[Counted, list[str]], None]) -> None:
    """Answer the form page by page, as far as it asks; ``fills`` puts in first what one button can."""
    while "/sections/" in by.page.url:
        here = by.page.url
        shown = by.page.locator("main form [name=sections]").evaluate_all("boxes => boxes.map(box => box.value)")
        fills(by, shown)
        by.answer(answers)
        by.save()
        assert by.page.url != here, by.page.locator("main").inner_text()


def to_review(by: Counted, papers: int) -> None:
    """Give the first papers, choose the way of return unless it stands there, arrive at the review."""
    if "/papers/" in by.page.url:
        for n in range(papers):
            by.page.locator("main .file-card > .field input[type=file]").nth(n).set_input_files(photo(f"g{n}", "JPEG"))
            by.taps += 1
        by.save()
    if not by.page.locator("[name=delivery]:checked").count():
        by.page.locator("[name=delivery]").first.check()
        by.taps += 1
    by.save()
    expect(by.page).to_have_url(re.compile("/review/"))


def hand_in(by: Counted) -> str:
    """Declare and submit; the confirmation is the last screen."""
    by.page.locator("[name=declared]").check()
    by.taps += 1
    by.press(by.page.locator("form[action$='/submit/'] .btn-primary"))
    expect(by.page.locator(".panel-confirm")).to_be_visible()
    return code_on(by.page)


def register(page: Page, child: str, fills: Callable[[Counted, list[str]], None]) -> Counted:
    """Register a birth up to the review."""
    by = begin(page, BIRTH)
    fill_in_form(by, OWN | CHILD | {"child_name": child} | MOTHER | BOTH | REST, fills)
    to_review(by, 1)
    return by


def by_hand(by: Counted, shown: list[str]) -> None:
    """Nothing is filled in by a button."""


def from_card(by: Counted, shown: list[str]) -> None:
    """The father's card is scanned."""
    if "father" in shown:
        open_card(by.page)
        by.taps += 1
        by.page.locator("[name=card-father-text]").fill(FATHER)
        by.typed += 1
        by.fill_in(card_of(by.page).get_by_role("button", name="Điền"))
        expect(by.page.locator("[name=answer-father_name]")).to_have_value("Trần Văn Bình")


def from_earlier(by: Counted, shown: list[str]) -> None:
    """The father is the one of the earlier dossier, offered in his place at once."""
    if "father" in shown:
        by.fill_in(by.page.get_by_role("button", name="Trần Văn Bình"))
        expect(by.page.locator("[name=answer-father_name]")).to_have_value("Trần Văn Bình")


def card_of(page: Page) -> Locator:
    """The fold for an identity card."""
    return page.locator("details[data-card]")


def open_card(page: Page) -> None:
    """Unfold it."""
    card_of(page).locator("summary").click()


def test_a_mother_registers_births(visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool) -> None:
    """The first child's father typed by hand, then the second child's taken from there; nothing of herself is typed."""
    page = visit(js=js, size=PHONE, who=CITIZEN)
    child = f"Trần {token().capitalize()}"
    first = register(page, child, by_hand)
    picture(page, f"birth-review-{'phone' if js else 'plain'}")
    # The draft has a name where somebody would begin another.
    review = page.url
    page.goto(f"/procedures/{BIRTH}/apply/")
    expect(page.get_by_role("link", name=child)).to_be_visible()
    page.goto(review)
    hand_in(first)
    if page.get_by_role("button", name="Lưu lại").count():
        picture(page, f"remember-{'phone' if js else 'plain'}")
        first.fill_in(page.get_by_role("button", name="Lưu lại"))
        expect(page.locator("main .banner-ok")).to_be_visible()
    second = register(page, f"Trần {token().capitalize()}", from_earlier)
    hand_in(second)
    print(f"\nBirth registration by a mother with an account, {'with' if js else 'without'} scripts: {first}")
    print(f"a second one of hers: {second}")
    assert first.screens <= 9 and first.typed <= 12 and first.taps <= 22
    assert second.screens <= 9 and second.typed <= 8 and second.taps <= 22


def from_account(by: Counted, shown: list[str]) -> None:
    """Whoever signs in stands in the place where the page offers it."""
    me = by.page.get_by_role("button", name="Người này là tôi")
    if me.count() and {"bride"} & set(shown):
        by.fill_in(me.first)


GROOM = {
    "groom_name": "Trần Văn Bình",
    "groom_dob": "27/03/1995",
    "groom_ethnicity": "kinh",
    "groom_nationality": "VN",
    "groom_residence_type": "thuong_tru",
    "groom_residence": HOME,
    "groom_id_type": "can_cuoc",
    "groom_id_number": "075095000077",
    "groom_marriage_order": "1",
    "groom_status": "chua",
}
OTHERS: dict[str, tuple[str, dict[str, Any], int]] = {
    "Marriage": (
        "1.000894",
        {"bride_ethnicity": "kinh", "bride_residence_type": "thuong_tru", "bride_marriage_order": "1"}
        | {"bride_status": "chua"}
        | GROOM
        | {"contact_phone": "0912000011", "signing_date": "14/12/2026", "voluntary": "dong_y", "want_copy": "khong"},
        0,
    ),
    "Death": (
        "1.000656",
        {"requester_residence_type": "thuong_tru", "relation": "con", "deceased_name": "Nguyễn Văn Cả"}
        | {"deceased_dob": "02/03/1950", "deceased_gender": "nam", "deceased_ethnicity": "kinh"}
        | {"deceased_nationality": "VN", "deceased_residence": HOME, "deceased_id_number": "075050000123"}
        | {"death_date": "20/11/2026", "death_place": HOME, "death_cause": "Bệnh già", "notice_kind": "khong_co"}
        | {"want_copy": "khong"},
        0,
    ),
    "Household business": (
        "1.001612",
        {
            "db_down": "khong",
            "hkd_name": "Hộ kinh doanh Mai",
            "hkd_address": HOME,
            "lines_0_l_name": "Bán tạp hóa",
            "lines_0_l_code": "4711",
        }
        | {"capital": "50000000", "capital_text": "Năm mươi triệu đồng", "tax_addr_differs": "khong"}
        | {"founder_kind": "ca_nhan"},
        0,
    ),
    "Permanent residence": (
        "1.004222",
        {"residence_case": "so_huu", "new_address": HOME, "request_content": "Đăng ký thường trú"}
        | {"head_relation": "chu_ho", "head_name": "Nguyễn Thị Mai", "head_id_number": "075199000011"}
        | {"head_consent": "khong_can", "owner_consent": "khong_can", "is_minor": "khong"},
        0,
    ),
}


@pytest.mark.parametrize("what", OTHERS)
def test_other_roads_are_counted(visit: Callable[..., Page], what: str, js: bool) -> None:
    """Up to the review; the figures are printed."""
    code, answers, papers = OTHERS[what]
    page = visit(js=js, size=PHONE, who=CITIZEN)
    by = begin(page, code)
    fill_in_form(by, answers, from_account)
    to_review(by, papers)
    print(f"\n{what}, {'with' if js else 'without'} scripts, up to the review: {by}")
    page.goto(re.sub("review/.*", "discard/", page.url))
    page.locator("main form[method=post] button").last.click()


def test_somebody_files_by_power_of_attorney(
    visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool
) -> None:
    """Declared on the start page: nothing of the account fills the applicant's boxes, and the paper is needed."""
    page = visit(js=js, size=PHONE, who="cong-dan-2@example.com")
    page.goto(f"/procedures/{COPY}/apply/")
    page.locator("[name=acting]").select_option("principal")
    picture(page, f"for-another-{'phone' if js else 'plain'}")
    choose_unit(page)
    expect(page.locator("[name=answer-requester_name]")).to_have_value("")
    fill_sections(page, COPY_ANSWERS)
    for box, text in (("day_day", "1"), ("day_month", "10"), ("day_year", "2026"), ("number", "12/UQ")):
        page.locator(f"[name={box}]").fill(text)
    picture(page, f"authority-{'phone' if js else 'plain'}")
    save(page)
    authority = page.locator(".file-card", has_text="ủy quyền").first
    expect(authority).to_contain_text("Chưa có")
    upload(page, authority, photo("uy-quyen", "PDF"))
    upload(page, page.locator(".file-card").last, photo("can-cuoc", "JPEG"))
    page.locator("main .actions .btn-primary").click()
    page.locator("[name=delivery][value=desk]").check()
    save(page)
    submit(page)
    page.get_by_role("link", name="In phiếu").click()
    expect(page.locator("body")).to_contain_text("Người nộp thay")
    expect(page.locator("body")).to_contain_text("(theo giấy ủy quyền số 12/UQ ngày 01/10/2026)")


def test_an_identity_card_is_read(visit: Callable[..., Page], picture: Callable[[Page, str], None]) -> None:
    """A photo, a wrong photo and a text on the page of the father; nothing typed is lost."""
    page = visit(size=PHONE, who=CITIZEN)
    page.goto(f"/procedures/{BIRTH}/apply/")
    page.locator("main form[method=post] .actions button").last.click()
    expect(page).to_have_url(re.compile("/sections/"))
    draft = page.url.partition("sections/")[0]
    page.goto(draft + "sections/child/")
    page.locator("[name=answer-birth_case][value=du_cha_me]").check()
    page.get_by_role("button", name="Lưu, làm tiếp sau").click()
    page.goto(draft + "sections/father/")
    page.locator("[name=answer-father_ethnicity]").select_option("tay")
    give(page, cards.photo(FATHER, width=1500, angle=17, size=(2400, 1800)), "Đã điền")
    picture(page, "card-filled-phone")
    expect(page.locator("[name=answer-father_residence_commune_name]")).to_have_value("Xã Xuân Bắc")
    expect(page.locator("[name=answer-father_ethnicity]")).to_have_value("tay")
    give(page, cards.photo("https://example.com/", width=500, size=(800, 600)), "Không đọc được mã QR")
    expect(page.locator("[name=answer-father_name]")).to_have_value("Trần Văn Bình")
    open_card(page)
    page.locator("[name=card-father-text]").fill(FATHER.replace("Bình", "Dũng"))
    page.locator("[name=card-father-text]").press("Enter")
    expect(page.locator("[name=answer-father_name]")).to_have_value("Trần Văn Dũng")
    page.goto(re.sub("sections/.*", "discard/", page.url))
    page.locator("main form[method=post] button").last.click()


def give(page: Page, content: bytes, words: str) -> None:
    """Choose a photo of a card and press the button; the next page says the words."""
    open_card(page)
    file: FilePayload = {"name": "the.jpg", "mimeType": "image/jpeg", "buffer": content}
    page.locator("[name=card-father-picture]").set_input_files(file)
    card_of(page).get_by_role("button", name="Điền").click()
    expect(page.locator("main")).to_contain_text(words)
