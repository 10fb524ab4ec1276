"""The time of a dossier: apologies before and after its date, a supplement that is the leader's once it is late."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from common.clock import local_day, now
from tests.journeys.conftest import DESK
from tests.journeys.steps import CITIZEN, CLERK, LEADER, SPECIALIST, act, file_copy, forward, receive

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]
LATE = "/desk/dossiers/?view=processing&deadline=late"


def apologise(page: Page, code: str) -> str:
    """Give a new date two months ahead, with an apology: the first working day that is taken; returns it."""
    page.goto(f"/desk/dossiers/{code}/extend/")
    for days in range(60, 80):
        day = f"{local_day(now()) + timedelta(days=days):%d/%m/%Y}"
        page.locator("[name=day]").fill(day)
        page.locator("[name=reason]").fill("Chờ xác minh tại cơ quan khác.")
        page.locator("main form[method=post] .actions button").click()
        page.wait_for_load_state()
        if page.locator("main .banner-ok").count():
            return day
    raise AssertionError("no working day within three weeks")


def overdue(page: Page) -> list[str]:
    """Return the codes of the demo's dossiers that are overdue, in the order of the list."""
    page.goto(LATE)
    return page.locator("table.queue tbody th a.code").all_inner_texts()


def test_apologies_and_a_late_supplement(visit: Visit, picture: Picture) -> None:
    """Before its date a dossier is not late; after it the leader asks for papers and apologises, and late it stays."""
    citizen, clerk, leader = (visit(size=DESK, who=who) for who in (CITIZEN, CLERK, LEADER))
    code = file_copy(citizen)
    receive(clerk, code)
    forward(clerk, code)
    day = apologise(leader, code)
    leader.goto(f"/desk/dossiers/{code}/deadline/")
    expect(leader.locator("main")).to_contain_text(day)
    expect(leader.locator("main")).not_to_contain_text("vẫn tính là quá hạn")
    picture(leader, "deadline")

    late = overdue(leader)
    assert late, "the demo has overdue dossiers"
    specialist = visit(size=DESK, who=SPECIALIST)
    specialist.goto(f"/desk/dossiers/{late[0]}/")
    expect(specialist.get_by_role("link", name="Yêu cầu bổ sung")).to_have_count(0)
    apologise(leader, late[0])
    leader.goto(f"/desk/dossiers/{late[0]}/")
    expect(leader.locator(".dossier-head")).to_contain_text("quá hạn")
    leader.get_by_role("link", name="Yêu cầu bổ sung").click()
    leader.locator("[name=other_name]").fill("Giấy xác nhận")
    leader.locator("[name=other_reason]").fill("Cần đối chiếu.")
    act(leader)
    leader.goto("/desk/dossiers/?view=all&deadline=was_late")
    expect(leader.locator("main")).to_contain_text(late[0])
