"""Feedback: given without an account, answered by the desk, followed by its giver; of the demo one came late."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE
from tests.journeys.steps import CITIZEN, CLERK, LEADER, SPECIALIST, answer_question
from tests.present import present

pytestmark = pytest.mark.journey
CODE = re.compile(r"\d{3}(?:\.\d{2}){2}\.H\d{2}-PA\d{6}-\d{3}")


def act(page: Page, code: str, segment: str, **values: str) -> None:
    """Perform an action on feedback through its page."""
    page.goto(f"/desk/feedback/{code}/{segment}/")
    for name, value in values.items():
        box = page.locator(f"main [name={name}]")
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(label=value)
        elif box.get_attribute("type") == "checkbox":
            box.check()
        else:
            box.fill(value)
    page.locator("main form[method=post] .actions button").click()
    expect(page.locator(".banner-ok")).to_be_visible()


def test_feedback_is_answered_and_a_late_answer_stays_late(visit, picture):
    giver = visit(size=PHONE, js=False)
    giver.goto("/feedback/")
    giver.get_by_label("Tố cáo").check()
    giver.locator("main form .actions button").click()
    expect(giver.locator(".error-summary")).to_be_visible()
    giver.get_by_label("Phản ánh việc chưa tốt").check()
    giver.get_by_label("Việc khác").check()
    giver.locator("[name=unit]").select_option(value="xuan-bac")
    giver.locator("textarea[name=text]").fill("Máy lấy số thứ tự bị kẹt giấy.")
    giver.locator("[name=may_publish]").check()
    answer_question(giver.locator("main form"))
    giver.locator("main form .actions button").click()
    expect(giver.locator(".banner-ok")).to_be_visible()
    code = present(CODE.search(giver.url))[0]
    picture(giver, "feedback")

    act(visit(who=CLERK), code, "assign", person="Trần Văn Mẫn")
    act(visit(who=SPECIALIST), code, "propose", answer="Đã sửa máy.")
    leader = visit(who=LEADER)
    act(leader, code, "confirm", answer="Đã sửa máy sáng nay.")
    act(leader, code, "publish", question="Máy lấy số kẹt giấy.", answer="Đã sửa máy.", is_clear="on")
    giver.reload()
    expect(giver.locator("main")).to_contain_text("Đã sửa máy sáng nay.")
    leader.goto("/desk/feedback/?view=done")
    late = leader.locator("tbody tr", has_text="Trả lời quá hạn")
    expect(late).to_have_count(1)
    picture(leader, "feedback-desk")
    late.locator("a.code").click()
    expect(leader.locator(".timeline .light-late").first).to_be_visible()
    assert visit(who=CITIZEN).goto(f"/desk/feedback/{code}/").status == 403
