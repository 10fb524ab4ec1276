"""Where is a dossier? Asked without signing in: by code, and by number, birth date and phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE
from tests.journeys.steps import CITIZEN, REQUESTER, answer_question, file_copy, fill

pytestmark = pytest.mark.journey
NOBODY = "000.00.16.H19-200101-0001"


def look_up(page: Page, code: str) -> None:
    """Look a code up on /track/."""
    page.goto("/track/")
    form = page.locator("section form").first
    form.locator("[name$=code]").fill(code)
    answer_question(form)
    form.get_by_role("button", name="Tra cứu").click()
    page.wait_for_load_state()


def test_by_code(visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool) -> None:
    """Journey 4: the status sentence first, no names, no holder; a wrong code says what to check."""
    code = file_copy(visit(js=js, size=PHONE, who=CITIZEN), paper=False)
    page = visit(js=js, size=PHONE)
    look_up(page, NOBODY)
    expect(page.locator(".error-summary")).to_contain_text("Không tìm thấy hồ sơ này")
    expect(page.locator("[name$=code]").first).to_have_value(NOBODY)
    picture(page, f"look-up-nothing-{'phone' if js else 'plain'}")
    # The page that says so asks another question; the form on it works on.
    form = page.locator("section form").first
    form.locator("[name$=code]").fill(code.lower())
    answer_question(form)
    form.get_by_role("button", name="Tra cứu").click()
    expect(page).to_have_url(re.compile(f"/track/{re.escape(code)}/"))
    main = page.locator("main")
    expect(main).to_contain_text("Chờ tiếp nhận")
    expect(main.locator("ol.stages > .is-done")).to_have_count(1)
    expect(main).not_to_contain_text("Nguyễn Thị Mai")
    picture(page, f"look-up-{'phone' if js else 'plain'}")
    stranger = visit(js=js, size=PHONE)
    stranger.goto(f"/track/{code}/")
    expect(stranger.locator("main")).not_to_contain_text("Chờ tiếp nhận")


def test_by_number(visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool) -> None:
    """All of number, birth date and phone must match; nobody and not matching give the same answer."""
    code = file_copy(visit(js=js, size=PHONE, who=CITIZEN), paper=False)
    page = visit(js=js, size=PHONE)
    wrong_day = {"number": "075199000011", "birth": "01/01/1999", "phone_end": "0011"}
    nobody = {"number": "075199999999", "birth": "27/05/1999", "phone_end": "0011"}
    answers = []
    for values in (wrong_day, nobody):
        ask_by_number(page, values)
        expect(page.locator(".error-summary")).to_be_visible()
        answers.append(page.locator(".error-summary").inner_text())
    assert answers[0] == answers[1]
    # The form says when its applicant was born, whatever the account says.
    ask_by_number(page, wrong_day | {"birth": str(REQUESTER["requester_dob"])})
    expect(page.locator("main")).to_contain_text(code)
    expect(page.locator("main")).not_to_contain_text("Nguyễn Thị Mai")
    picture(page, f"look-up-number-{'phone' if js else 'plain'}")
    page.locator("main li", has_text=code).get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("Chờ tiếp nhận")


def ask_by_number(page: Page, values: dict[str, str]) -> None:
    """Fill in the second form of /track/ and send it."""
    page.goto("/track/")
    page.locator("details.filters summary").click()
    form = page.locator("form[action$='/number/']")
    prefix = (form.locator("[name$=phone_end]").get_attribute("name") or "").removesuffix("phone_end")
    fill(page, {f"{prefix}{name}": value for name, value in values.items()})
    answer_question(form)
    form.get_by_role("button", name="Tra cứu").click()
    page.wait_for_load_state()
