"""Eyes and hands: the focus can be read in every way of seeing, errors come first, menus close, prints are whole."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.steps import CITIZEN, CLERK

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("by_keyboard", [True, False], ids=["#main", "top"])
def test_errors_take_the_focus(visit: Callable[..., Page], by_keyboard: bool) -> None:
    """Also when the skip link has put #main into the address."""
    page = visit(size=DESK)
    page.goto("/track/")
    if by_keyboard:
        page.keyboard.press("Tab")
        expect(page.locator("a:focus")).to_have_attribute("href", "#main")
        page.keyboard.press("Enter")
        page.wait_for_url("**/track/#main")
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
    current = page.locator(".bar-nav a[aria-current]").evaluate_all(ground)
    assert current and set(current).isdisjoint(page.locator(".bar-nav a:not([aria-current])").evaluate_all(ground))


def test_large_text_is_never_cut(visit: Callable[..., Page]) -> None:
    """An ellipsis hides what somebody who reads large cannot get otherwise."""
    for path, who in (("/", ""), ("/desk/dossiers/?view=all", CLERK)):
        page = visit(size=DESK, who=who)
        page.goto(path)
        page.evaluate("() => document.documentElement.setAttribute('data-text', 'large')")
        cut = page.locator("body *").evaluate_all(
            "nodes => nodes.filter((node) => getComputedStyle(node).textOverflow === 'ellipsis'"
            " && getComputedStyle(node).overflow !== 'visible').map((node) => node.innerText)"
        )
        assert cut == []


def drafts(page: Page, path: str) -> Locator:
    """Open the page below ``path`` of each draft of a citizen until one has its main button; return that."""
    page.goto("/my/dossiers/")
    button = page.locator("main form[data-once] .btn-primary")
    for link in page.locator(".dossiers h3 a").evaluate_all("links => links.map((link) => link.getAttribute('href'))"):
        page.goto(f"{link}{path}")
        if button.count():
            break
    return button


def test_saving_that_fails_is_said_once(visit: Callable[..., Page]) -> None:
    """In a region that stood there before, as readers need it; typing on says nothing again."""
    page = visit(size=DESK, who=CITIZEN)
    assert drafts(page, "delivery/").count()
    said = page.locator("#said")
    assert said.get_attribute("role") == "status" and not said.inner_text()
    page.route(
        "**/delivery/", lambda route: route.fulfill(status=404) if route.request.method == "POST" else route.continue_()
    )
    page.locator("input[type=radio]").first.dispatch_event("input")
    page.wait_for_timeout(3500)
    assert said.inner_text() == page.locator("#words").get_attribute("data-unsaved")
    said.evaluate("line => line.textContent = ''")
    page.locator("input[type=radio]").last.dispatch_event("input")
    page.wait_for_timeout(3000)
    assert said.inner_text() == ""


def test_the_print_shows_what_the_screen_shows(visit: Callable[..., Page]) -> None:
    """Answers that were opened are printed; what only serves to act is not."""
    page = visit(size=DESK, who=CITIZEN)
    page.goto("/my/dossiers/")
    links = page.locator(".dossiers h3 a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    answers = page.locator("details:has(.summary-list)")
    for link in links:
        page.goto(link)
        if answers.count():
            break
    answers.locator("summary").click()
    assert answers.locator("dd").first.is_visible()
    page.emulate_media(media="print")
    assert answers.locator("dd").first.is_visible()
    assert not page.locator(".masthead").is_visible()


def test_review_takes_few_tabs(visit: Callable[..., Page]) -> None:
    """From the skip link to the button that submits: one stop a section."""
    page = visit(size=DESK, who=CITIZEN)
    button = drafts(page, "review/")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    tabs, most = 0, 12 + page.locator(".banner-warn li a").count()
    while not button.evaluate("button => button === document.activeElement"):
        page.keyboard.press("Tab")
        tabs += 1
        assert tabs <= most
