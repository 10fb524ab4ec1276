"""What the citizen asks to correct before the decision; what the desk puts right stands in test_morning.py."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.steps import CITIZEN, CLERK, act, file_copy, mail_about

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]


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
