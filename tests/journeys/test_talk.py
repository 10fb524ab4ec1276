"""What a citizen and the commune say to each other about a dossier, as both see it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.steps import CITIZEN, CLERK, LEADER, code_on, file_copy, mail_about, photo, token

pytestmark = pytest.mark.journey


def test_a_question_its_answer_and_a_call(visit: Callable[..., Page], js: bool) -> None:
    """Asked with a photo, found by its mark, answered and read; then a call is asked for and ticked off."""
    citizen = visit(js=js, size=PHONE, who=CITIZEN)
    code = file_copy(visit(js=False, size=PHONE, who=CITIZEN))
    citizen.goto("/my/dossiers/")
    citizen.locator("li.card", has_text=code).get_by_role("heading").get_by_role("link").click()
    assert code_on(citizen) == code
    here = citizen.url
    citizen.get_by_role("link", name="Nhắn cho xã").click()
    # Nothing written: the fault is said, nothing is sent.
    citizen.get_by_role("button", name="Gửi tin nhắn").click()
    expect(citizen.locator(".error-summary")).to_be_visible()
    question = f"Tôi mang theo giấy tờ gì? {token()}"
    citizen.locator("main form [name=text]").fill(question)
    citizen.locator("[name=attached]").set_input_files([photo("so-ho-khau", "JPEG")])
    citizen.get_by_role("button", name="Gửi tin nhắn").click()
    expect(citizen.locator(".banner-ok")).to_be_visible()
    expect(citizen.get_by_role("link", name="so-ho-khau.jpg")).to_be_visible()

    clerk = visit(js=js, size=DESK, who=CLERK)
    clerk.goto("/desk/")
    clerk.get_by_role("link", name="Tin nhắn chưa đọc").click()
    clerk.get_by_role("row", name=code).get_by_role("link", name=code).click()
    expect(clerk.locator("#talk")).to_contain_text(question)
    clerk.get_by_role("link", name="Trả lời").click()
    clerk.locator("main form [name=text]").fill("Chỉ cần thẻ căn cước.")
    clerk.get_by_role("button", name="Gửi trả lời").click()
    expect(clerk.locator(".banner-ok")).to_be_visible()
    clerk.goto("/desk/dossiers/?view=messages")
    expect(clerk.locator("main")).not_to_contain_text(code)

    assert "thẻ căn cước" not in mail_about(citizen, code, "có tin nhắn từ xã")
    citizen.goto(here)
    citizen.get_by_role("link", name="Đọc câu trả lời").first.click()
    expect(citizen.locator("main")).to_contain_text("Chỉ cần thẻ căn cước.")
    citizen.get_by_role("link", name="Gọi lại cho tôi").click()
    citizen.get_by_label("Buổi chiều").check()
    citizen.locator("main form [name=text]").fill(question)
    citizen.get_by_role("button", name="Gửi yêu cầu").click()
    expect(citizen.locator("main")).to_contain_text("Bạn đã yêu cầu gọi lại")

    clerk.goto("/desk/messages/")
    call = clerk.locator("article", has_text=question)
    expect(call).to_contain_text("Buổi chiều")
    call.locator("[name=text]").fill("Đã hướng dẫn qua điện thoại.")
    call.get_by_role("button", name="Đã gặp").click()
    expect(clerk.locator("main")).not_to_contain_text(question)
    citizen.reload()
    expect(citizen.locator("main")).to_contain_text("Đã hướng dẫn qua điện thoại.")
    if js:
        refuse_with_a_reason(visit, code)


def refuse_with_a_reason(visit: Callable[..., Page], code: str) -> None:
    """A reason that the leader keeps fills the box, where another one takes its place and own words stay."""
    leader, reasons = visit(who=LEADER), [f"Nộp nhầm nơi {token()}.", f"Trùng hồ sơ {token()}."]
    leader.goto("/leader/")
    leader.get_by_role("link", name="Lý do soạn sẵn của đơn vị").click()
    leader.locator("[name=refuse]").fill("\n".join(reasons))
    leader.get_by_role("button", name="Lưu các lý do").click()
    expect(leader.locator(".banner-ok")).to_be_visible()
    clerk = visit(size=DESK, who=CLERK)
    clerk.goto(f"/desk/dossiers/{code}/refuse/")
    box, chooser = clerk.locator("#id_reason"), clerk.get_by_label("Lý do soạn sẵn")
    box.fill("Gọi 0251 3000 001.")
    chooser.select_option(label=reasons[0])
    expect(box).to_have_value(f"{reasons[0]}\nGọi 0251 3000 001.")
    chooser.select_option(label=reasons[1])
    clerk.locator("[name=rule]").fill("Điều 16")
    clerk.locator("main form .actions button").click()
    expect(clerk.locator("main .banner-ok").first).to_be_visible()
    clerk.goto(f"/desk/dossiers/{code}/")
    expect(clerk.locator("main")).to_contain_text(reasons[1])
    expect(clerk.locator("main")).not_to_contain_text(reasons[0])
