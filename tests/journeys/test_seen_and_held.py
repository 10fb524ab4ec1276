"""Eyes and hands: the focus can be read in every way of seeing, errors come first, menus close, prints are whole."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.steps import CITIZEN, CLERK, PUBLISHER

pytestmark = pytest.mark.journey
# A reader's choices, written as the server does, and what the machine asks for.
LOOKS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "light": ({}, {}),
    "dark": ({}, {"data-theme": "dark"}),
    "more": ({}, {"data-contrast": "more"}),
    "system dark": ({"color_scheme": "dark"}, {}),
    "system contrast": ({"contrast": "more"}, {}),
}
PLAIN: dict[str, Any] = {"color_scheme": "light", "contrast": "no-preference", "reduced_motion": "reduce"}
PAGES = {
    "": ["/", "/track/", "/procedures/", "/procedures/1.001193/", "/accounts/login/"],
    CITIZEN: ["/my/dossiers/", "/account/"],
    CLERK: ["/desk/", "/desk/dossiers/?view=all"],
    PUBLISHER: ["/manage/procedures/"],
}
# Everything that takes the focus: where words on their ground are below 4.5, and marks of the current item below 3.
CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const part = (p) => (p <= 10.3 ? p / 3294.6 : ((p / 255 + .055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + .05) / (Math.min(light(a), light(b)) + .05);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] > .9) return colour;
    }
    return [255, 255, 255];
  };
  const shown = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length;
  const faults = [];
  const worded = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  for (const box of document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea")) {
    if (!shown(box) || box.disabled || box.tabIndex < 0) continue;
    box.focus({ focusVisible: true, preventScroll: true });
    if (document.activeElement !== box) continue;
    for (const node of [box, ...box.querySelectorAll("*")].filter((one) => shown(one) && worded(one))) {
      const found = ratio(parse(getComputedStyle(node).color), ground(node));
      if (found < 4.5) faults.push(`${found.toFixed(2)} focused: ${node.tagName} ${node.textContent.trim()}`);
    }
    box.blur();
  }
  for (const link of document.querySelectorAll(".nav [aria-current], .tabs [aria-current]")) {
    if (!shown(link)) continue;
    const style = getComputedStyle(link);
    const [words, mark] = [style.color, style.borderBottomColor].map((colour) => ratio(parse(colour), ground(link)));
    if (words < 4.5 || mark < 3) faults.push(`current ${words} ${mark}: ${link.textContent.trim()}`);
  }
  return faults;
}"""


@pytest.mark.parametrize("who", list(PAGES), ids=["anonymous", "citizen", "clerk", "publisher"])
def test_what_has_the_focus_can_be_read(visit: Callable[..., Page], who: str) -> None:
    """On every kind of page, in each look that a reader or a machine chooses."""
    page = visit(size=DESK, who=who)
    faults = []
    for path in PAGES[who]:
        for name, (media, attributes) in LOOKS.items():
            page.emulate_media(**PLAIN | media)
            page.goto(path)
            for attribute, value in attributes.items():
                page.evaluate(
                    "([name, value]) => document.documentElement.setAttribute(name, value)", [attribute, value]
                )
            faults += [f"{path} {name}: {fault}" for fault in page.evaluate(CONTRAST)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("by_keyboard", [True, False], ids=["#main", "top"])
def test_errors_take_the_focus(visit: Callable[..., Page], by_keyboard: bool) -> None:
    """Also when the skip link has put #main into the address."""
    page = visit(size=DESK)
    page.goto("/track/")
    if by_keyboard:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")
    page.locator("main form button").first.click()
    page.wait_for_load_state("load")
    page.wait_for_timeout(300)
    assert page.evaluate("() => document.activeElement.matches('[data-error-summary]')")
    page.locator("[data-error-summary] a").first.click()
    top = page.evaluate("() => document.activeElement.getBoundingClientRect().top")
    label = page.evaluate("() => document.activeElement.labels[0].getBoundingClientRect().top")
    assert 0 <= label < top


def test_the_menu_closes_behind_the_focus(visit: Callable[..., Page]) -> None:
    """A menu that stays open hides what has the focus now."""
    page = visit(size=PHONE)
    page.goto("/help/")
    page.locator(".menu > summary").press("Enter")
    assert page.evaluate("() => document.querySelector('.menu').open")
    page.locator(".menu .display button").last.focus()
    page.keyboard.press("Tab")
    assert not page.evaluate("() => document.querySelector('.menu').open")


def test_stacked_tables_are_tables(visit: Callable[..., Page]) -> None:
    """What stands as a list on a phone is told as rows and columns."""
    page = visit(size=PHONE)
    page.goto("/privacy/")
    assert page.evaluate("() => getComputedStyle(document.querySelector('table.stackable td')).display") == "block"
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in tree if not node["ignored"]]
    rows = page.locator("table.stackable tr").count()
    assert roles.count("table") == 1 and roles.count("row") == rows and roles.count("columnheader") == 3
    assert roles.count("rowheader") == rows - 1 and roles.count("cell") == 2 * (rows - 1)


def test_forced_colours_tell_the_current_item(visit: Callable[..., Page]) -> None:
    """Transparent edges become visible there, so the ground has to differ."""
    page = visit(size=DESK)
    page.emulate_media(forced_colors="active")
    page.goto("/help/")
    ground = "links => links.map((link) => getComputedStyle(link).backgroundColor)"
    current = page.locator(".nav a[aria-current]").evaluate_all(ground)
    assert current and set(current).isdisjoint(page.locator(".nav a:not([aria-current])").evaluate_all(ground))
