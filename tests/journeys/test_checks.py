"""Answers that do not fit together, and figures that the portal works out: told on page and review."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, Visit
from tests.journeys.steps import CITIZEN, HOME, answer, save, start

Picture = Callable[[Page, str], None]
pytestmark = pytest.mark.journey
LAND, RECOGNITION = "1.008004", "1.001022"


def to_section(page: Page, key: str) -> None:
    """Open a part of the draft that was just begun."""
    page.goto(re.sub(r"(/my/dossiers/[^/]+/).*", rf"\1sections/{key}/", page.url))


@pytest.mark.parametrize("js", [True, False])
def test_areas_are_typed_with_a_comma_and_added_up(visit: Visit, picture: Picture, js: bool) -> None:
    page = visit(js=js, size=PHONE, who=CITIZEN)
    start(page, LAND)
    to_section(page, "land")
    rows = {"lp_no": ("127", "128"), "lp_map": ("9", "9"), "lp_area": ("1.500,5", "99,5 m²")}
    for column, cells in rows.items():
        for n, cell in enumerate(cells):
            page.locator(f"[name=answer-parcels_{n}_{column}]").fill(cell)
    save(page)
    to_section(page, "land")
    expect(page.locator("main form")).to_contain_text("1.600 m²")
    expect(page.locator("[name=answer-parcels_0_lp_area]")).to_have_value("1.500,5")
    assert not page.locator("[name=answer-area_total]").count()
    picture(page, f"worked-out-{'js' if js else 'plain'}")
    page.locator("[name=answer-parcels_0_lp_area]").fill("1,55")
    save(page)
    expect(page.locator("main .error-summary, main [data-error-summary]")).to_contain_text("1 chữ số sau dấu phẩy")


@pytest.mark.parametrize("js", [True, False])
def test_a_parent_younger_than_the_child_is_refused_a_young_one_pointed_out(
    visit: Visit, picture: Picture, js: bool
) -> None:
    page = visit(js=js, size=PHONE, who=CITIZEN)
    start(page, RECOGNITION)
    person = {"ethnicity": "kinh", "nationality": "VN", "residence": HOME, "id_type": "khong_co"}
    for section, key, born, sex in (("recognised", "r", "12/04/2010", "nam"), ("of_person", "o", "01/03/2009", "nu")):
        to_section(page, section)
        known = person | {"name": f"Trần Văn {key.upper()}", "dob": born, "gender": sex}
        answer(page, {f"{key}_{fact}": given for fact, given in known.items()})
        if section == "of_person":
            # What shares its page.
            answer(page, {"proof": "adn", "want_copy": "khong"})
            break
        save(page)
        to_section(page, "relation_kind")
        answer(page, {"is_kind": "cha"})
        save(page)
    # The father was born after the child: told at the box of the later page, which keeps what was typed.
    save(page)
    expect(page.locator("#id_answer-o_dob-group")).to_contain_text("Cha, mẹ phải sinh trước con")
    expect(page.locator("[name=answer-o_dob_year]")).to_have_value("2009")
    picture(page, f"refused-{'js' if js else 'plain'}")
    # Thirteen years younger is possible: said, not refused.
    page.locator("[name=answer-o_dob_year]").fill("2023")
    save(page)
    expect(page.locator("main, .messages").first).to_contain_text("chưa đến 16 tuổi")
    page.goto(re.sub(r"(/my/dossiers/[^/]+/).*", r"\1review/", page.url))
    row = page.locator(".summary-list > div", has_text="chưa đến 16 tuổi")
    expect(row).to_have_count(1)
    expect(row.get_by_role("link")).to_have_attribute("href", re.compile("/sections/of_person/"))
    picture(page, f"warned-{'js' if js else 'plain'}")
