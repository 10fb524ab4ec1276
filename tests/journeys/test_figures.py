"""Figures: everybody reads them in every look, a leader sees how work stands, an administrator sets a target."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE
from tests.journeys.steps import ADMINISTRATOR, LEADER
from tests.journeys.test_pages import Findings, look_at

pytestmark = pytest.mark.journey
OF_ALL = "/statistics/?by=month"


def test_everybody_reads_the_figures(visit, picture):
    page, findings = visit(size=PHONE), Findings()
    # A colour on its way to another one is no fault.
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    page.locator("footer a[href='/statistics/']").click()
    expect(page.locator("h1")).to_be_visible()
    picture(page, "statistics-phone")
    for path in (OF_ALL, "/statistics/targets/", "/statistics/indicators/"):
        look_at(page, path, findings, is_new=True)
    assert not findings.faults, "\n".join(findings.faults)
    page.locator("main summary").nth(5).click()
    expect(page.locator("main details[open]")).to_contain_text("766")
    page.goto(OF_ALL)
    for ending in ("xlsx", "csv"):
        with page.expect_download() as saving:
            page.locator(f"a[href$='format={ending}']").click()
        assert saving.value.suggested_filename.endswith(ending)
    page.emulate_media(media="print")
    expect(page.locator("svg[role=img]")).to_be_visible()
    expect(page.locator("main form")).not_to_be_visible()


def test_a_leader_sees_how_work_stands_and_an_administrator_sets_a_target(visit, js, picture):
    page, findings = visit(js=js, who=LEADER), Findings()
    page.goto("/leader/")
    page.locator("nav a[href='/leader/overview/']:visible").first.click()
    expect(page.locator(".count strong").last).not_to_have_text("0")
    picture(page, "leader-overview")
    page.locator("main a[href='/leader/late/']").click()
    code = page.locator("main table a.code").first
    name = code.inner_text()
    code.click()
    expect(page.locator("main")).to_contain_text(name)
    page.goto("/leader/statistics/?by=unit")
    expect(page.locator("main table")).not_to_contain_text("…")
    page.goto("/leader/indicators/")
    page.locator("main td a[href^='/leader/indicators/3-3/']").click()
    expect(page.locator("main table a.code").first).to_be_visible()

    admin = visit(js=js, size=PHONE, who=ADMINISTRATOR)
    admin.goto("/manage/targets/add/?year=2031")
    admin.locator("select[name=unit]").select_option(value="xuan-bac")
    admin.locator("select[name=level]").select_option(value="3" if js else "4")
    admin.locator("input[name=value]").fill("7")
    admin.locator("main form button.btn-primary").click()
    expect(admin.locator("main tbody")).to_contain_text("7")
    # Everybody reads of it, before the year has begun: nothing is met and nothing can be foreseen.
    page.goto("/statistics/targets/?year=2031")
    expect(page.locator("main .lead")).to_contain_text("0/1")
    expect(page.locator("main tbody")).to_contain_text("–")
    if js:
        # A colour on its way to another one is no fault.
        admin.emulate_media(reduced_motion="reduce")
        for path in ("/manage/targets/", "/manage/targets/add/"):
            look_at(admin, path, findings, is_new=True)
        leader = visit(size=PHONE, who=LEADER)
        for path in (
            "/leader/overview/",
            "/leader/late/",
            "/leader/statistics/",
            "/leader/indicators/",
            "/leader/indicators/3-3/",
        ):
            look_at(leader, path, findings, is_new=True)
        assert not findings.faults, "\n".join(findings.faults)
