"""A company lets somebody act for it: invited by mail, accepted, used, looked up, ended."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PASSWORD, PHONE
from tests.journeys.steps import CITIZEN, COPY, mail_about, token

pytestmark = pytest.mark.journey
COMPANY = "doanh-nghiep@example.com"


def test_invited_accepted_used_and_ended(visit: Callable[..., Page]) -> None:
    """The member begins a draft for the company, which sees it and ends the membership under its hands."""
    company, position = visit(size=DESK, who=COMPANY), f"kế toán {token()}"
    company.goto("/account/")
    company.get_by_role("link", name="Người làm thủ tục thay").click()
    company.get_by_role("link", name="Mời người làm thủ tục thay").click()
    company.locator("main form [name=email]").fill(CITIZEN)
    company.locator("main form [name=position]").fill(position)
    company.locator("main form [name=password]").fill(PASSWORD)
    company.get_by_role("button", name="Gửi lời mời").click()
    expect(company.locator(".banner-ok")).to_contain_text(CITIZEN)

    member = visit(size=PHONE, who=CITIZEN)
    link = re.search(r"/accounts/joining/\S+", mail_about(member, CITIZEN, "/accounts/joining/"))
    assert link is not None
    member.goto(link[0])
    member.get_by_role("button", name="Nhận lời").click()
    member.locator("section.card", has_text=position).get_by_role("button", name="Làm thủ tục cho").click()
    band = member.locator(".acting")
    expect(band).to_contain_text("Công ty TNHH Nông sản Xuân Lộc")
    member.goto(f"/procedures/{COPY}/apply/")
    member.get_by_role("button", name=re.compile("^Bắt đầu")).click()
    expect(member.locator("main form [name^=answer-]").first).to_be_attached()
    draft = member.url

    company.goto("/account/people/")
    company.get_by_role("row", name=position).get_by_role("link").click()
    expect(company.locator("main table")).to_contain_text("Bắt đầu bản nháp")
    company.goto("/account/people/")
    company.get_by_role("row", name=position).get_by_role("button", name="Kết thúc").click()
    expect(company.locator(".banner-ok")).to_be_visible()
    member.goto(draft)
    expect(member.locator(".banner-warn")).to_contain_text("không còn làm thủ tục thay")
    expect(band).to_have_count(0)
