"""Every page with a form, sent with a fault after the skip link was used: the list of faults takes the focus.

The pages of a role are found without a browser, by their links, one of each URL pattern; only forms are opened in it.
Boxes are emptied and the key or revision is spoiled, so that nothing is ever saved.
"""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from playwright.sync_api import Page, TimeoutError

from tests.journeys.conftest import DESK
from tests.journeys.steps import ADMINISTRATOR, CASHIER, CITIZEN, CLERK, LEADER, PUBLISHER, SPECIALIST
from tests.journeys.test_pages import PUBLIC, STARTS, begin_draft, is_page, pattern_of

pytestmark = pytest.mark.journey
LINK = re.compile(r'href="(/[^"#]*)')
MOST_PAGES = 150
# A form that something is typed or chosen in.
BOXES = "input:not([type=hidden]):not([type=submit]), select, textarea"
FORMS = f"main form[method=post]:has(:is({BOXES})):has(.btn-primary, .btn-danger)"
SPOIL = """(form, boxes) => {
  form.noValidate = true;
  for (const box of form.elements) {
    if (["key", "revision"].includes(box.name)) box.value = "x";
    else if (["checkbox", "radio"].includes(box.type)) box.checked = false;
    else if (box.matches(boxes) && box.type !== "file" && box.tagName !== "SELECT") box.value = "";
  }
  location.hash = "main";
}"""
FOCUSED = "() => document.activeElement.matches('[data-error-summary]')"
# What takes an empty form: nothing is asked there, or what was typed is kept as a draft and faults come at the end.
TAKES_ALL = {
    "display",
    "procedures:fill",
    "procedures:fill_section",
    "procedures:fill_print",
    "applicant:papers",
    "manage:preview",
    "manage:export",
    "manage:export_one",
}


def form_pages(page: Page, who: str) -> Iterator[str]:
    """Yield the addresses of a role's pages that hold a form, one of each URL pattern; no browser opens them."""
    waiting, known, seen = list(STARTS[who]), set(STARTS[who]), set[str]()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        pattern = pattern_of(path)
        if pattern in seen or (who and PUBLIC.match(pattern)):
            continue
        seen.add(pattern)
        answer = page.request.get(path)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        html = answer.text()
        if 'method="post"' in html.partition("<main")[2]:
            yield path
        links = [unescape(link) for link in LINK.findall(html)]
        waiting += [link for link in links if link not in known and is_page(link)]
        known.update(links)


@pytest.mark.parametrize("who", ["", CITIZEN, CLERK, SPECIALIST, LEADER, CASHIER, PUBLISHER, ADMINISTRATOR])
def test_faults_take_the_focus_after_the_skip_link(visit: Callable[..., Page], who: str) -> None:
    """On whatever page the form stands."""
    page = visit(size=DESK, who=who)
    if who == PUBLISHER:
        begin_draft(page, "1.001193")
    told, faults = [], []
    for path in form_pages(page, who):
        page.goto(path)
        form = page.locator(FORMS).first
        if not form.count():
            continue
        form.evaluate(SPOIL, BOXES)
        with page.expect_navigation():
            form.locator(".btn-primary, .btn-danger").first.click()
        if not page.locator("[data-error-summary]").count():
            # Where a page is older than what it changes, the next page says so in a message, which is read out.
            if pattern_of(path).rstrip("?") not in TAKES_ALL and not page.locator("main .messages").count():
                faults.append(f"{path}: no fault is told, {page.url}")
            continue
        told.append(path)
        try:
            page.wait_for_function(FOCUSED, timeout=2000)
        except TimeoutError:
            faults.append(f"{path}: the focus is on {page.evaluate('() => document.activeElement.outerHTML')[:80]}")
    assert not faults, "\n".join(faults)
    assert told
