"""What went wrong is put right: a correction, a recall, a cancelled reception, and what the citizen asks to correct."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.steps import CITIZEN, CLERK, act, file_copy, forward, mail_about, receive, token

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]


def test_corrected_recalled_and_cancelled(visit: Visit, picture: Callable[[Page, str], None], js: bool) -> None:
    """A name mended after reception, a dossier called back before it was opened, the reception taken back."""
    code = file_copy(visit(js=False, size=PHONE, who=CITIZEN))
    clerk = visit(js=js, size=DESK, who=CLERK)
    receive(clerk, code)
    clerk.goto(f"/desk/dossiers/{code}/correct/")
    name = f"Nguyễn Thị Mai {token().capitalize()}"
    clerk.locator("[name=name]").fill(name)
    # Nothing said of why: the fault is told, what was typed stays.
    clerk.locator("main form[method=post] .actions button").click()
    expect(clerk.locator(".error-summary")).to_be_visible()
    expect(clerk.locator("[name=name]")).to_have_value(name)
    picture(clerk, "correct")
    clerk.locator("[name=reason]").fill("Gõ sai họ tên.")
    act(clerk)
    clerk.goto(f"/desk/dossiers/{code}/")
    expect(clerk.locator(".dossier-head")).to_contain_text(name)
    expect(clerk.locator("main")).to_contain_text(f"→ {name}")
    clerk.goto(f"/desk/print/receipt/{code}/")
    expect(clerk.locator("main")).to_contain_text("Thay giấy tiếp nhận số")
    expect(clerk.locator("main")).to_contain_text(name)

    forward(clerk, code)
    clerk.goto(f"/desk/dossiers/{code}/")
    clerk.get_by_role("link", name="Thu hồi").click()
    act(clerk)
    clerk.goto(f"/desk/dossiers/{code}/")
    clerk.get_by_role("link", name="Hủy tiếp nhận").click()
    clerk.locator("[name=reason]").fill("Tiếp nhận nhầm hồ sơ.")
    act(clerk)
    clerk.locator("main .banner-ok a").last.click()
    expect(clerk.locator("main")).to_contain_text("ĐÃ HỦY")
    assert "Tiếp nhận nhầm hồ sơ." in mail_about(visit(js=False), code, "đã hủy tiếp nhận")
    clerk.goto(f"/desk/dossiers/{code}/")
    expect(clerk.locator(".actions .btn-primary")).to_contain_text("Tiếp nhận")


def test_the_citizen_corrects_an_answer(visit: Visit, js: bool) -> None:
    """Asked on the dossier's page, allowed at the desk, corrected; the desk sees old and new."""
    citizen = visit(js=js, size=PHONE, who=CITIZEN)
    code = file_copy(visit(js=False, size=PHONE, who=CITIZEN))
    citizen.goto("/my/dossiers/")
    citizen.locator("li.card", has_text=code).get_by_role("heading").get_by_role("link").click()
    here = citizen.url
    citizen.get_by_role("link", name="Đề nghị sửa hồ sơ").click()
    citizen.locator("[name=what][value=section-copies]").check()
    citizen.locator("[name=reason]").fill("Tôi cần 3 bản.")
    citizen.get_by_role("button", name="Gửi đề nghị").click()
    expect(citizen.locator(".banner-ok").first).to_be_visible()

    clerk = visit(js=js, size=DESK, who=CLERK)
    clerk.goto(f"/desk/dossiers/{code}/")
    expect(clerk.locator("main .banner-warn").first).to_contain_text("Tôi cần 3 bản.")
    clerk.get_by_role("link", name="Cho sửa", exact=False).first.click()
    act(clerk)

    assert "được sửa" in mail_about(citizen, code, "bạn được sửa")
    citizen.goto(here)
    citizen.get_by_role("link", name="Sửa hồ sơ").click()
    citizen.locator("[name=answer-copy_count]").fill("3")
    citizen.get_by_role("button", name="Gửi phần sửa").click()
    expect(citizen.locator(".banner-ok").first).to_be_visible()
    clerk.goto(f"/desk/dossiers/{code}/")
    expect(clerk.locator("main ins").first).to_contain_text("3")
