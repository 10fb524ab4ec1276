"""Every page of every role, as a browser gets it: accessible, valid, narrow, light, without a word on the console.

The pages of a role are found by following its links. A page stands for its
template: the URL pattern behind it is looked at once or twice, not for every
dossier.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page, Request

from tests.journeys.conftest import PHONE
from tests.journeys.looks import focus_faults, looks
from tests.journeys.steps import ADMINISTRATOR, AUDITOR, CASHIER, CITIZEN, CLERK, LEADER, PUBLISHER, SPECIALIST
from tests.pages import checks

pytestmark = pytest.mark.journey
AXE_SOURCE = Axe().axe_script
AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
# Paths that the crawl starts from, beside what they link to.
STARTS = {
    "": ["/", "/sitemap/", "/procedures/1.001193/", "/procedures/1.001193/apply/", "/accounts/reset/", "/nowhere/"],
    CITIZEN: [
        "/",
        "/my/dossiers/",
        "/my/payments/",
        "/account/",
        "/account/edit/",
        "/account/password/",
        "/account/email/",
    ],
    CLERK: ["/desk/", "/desk/dossiers/?view=all", "/desk/results/", "/desk/messages/", "/desk/shortcuts/"],
    SPECIALIST: ["/desk/", "/desk/dossiers/?view=mine", "/desk/dossiers/?view=all"],
    LEADER: ["/leader/", "/desk/"],
    # No desk work: their own pages, and the page that says why the desk is closed to them.
    CASHIER: [
        "/desk/cash/",
        "/desk/refunds/",
        "/",
        "/account/",
        "/account/edit/",
        "/account/password/",
        "/account/email/",
        "/my/dossiers/",
        "/desk/",
    ],
    AUDITOR: ["/audit/", "/account/", "/desk/"],
    PUBLISHER: ["/manage/procedures/", "/manage/procedures/1.001193/v2/form/", "/account/", "/leader/"],
    ADMINISTRATOR: [
        *("/manage/people/", "/manage/units/", "/manage/calendar/", "/manage/log/", "/manage/signposts/"),
        *("/account/", "/desk/"),
    ],
}
# How many addresses of one URL pattern are looked at.
ONCE, MORE = 1, {"applicant:dossier": 5, "applicant:section": 3, "desk:dossier": 4, "procedures:detail": 3}
MOST_PAGES = 70
# Looked at as a stranger sees them; signed in, only the frame around them differs.
PUBLIC = re.compile(
    r"^(procedures|track|account|statistics|not found|(help|contact|accessibility|privacy|display|site_map|demo_mail))"
)
FILES = ("/file/", "/blank-form/", "/template", "/static/", "/slips/", "/receipts/", "/proof/")
# What another look can spoil: colours, and how large things are. The server writes a look as an attribute of <html>
# (tests/pages/test_display.py), so that a page can change its clothes where it stands.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]}, "resultTypes": ["violations"]}
SIZES = {"runOnly": {"type": "rule", "values": ["target-size"]}, "resultTypes": ["violations"]}
LOOKS = {"data-theme": ("dark", COLOURS), "data-contrast": ("more", COLOURS), "data-text": ("large", SIZES)}
WIDTH = PHONE["width"]
OVERFLOW = "() => document.scrollingElement.scrollWidth"


@dataclass
class Findings:
    """What is wrong, by page, and the pages looked at."""

    faults: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def add(self, path: str, faults: list[str]) -> None:
        """Note the faults of a page."""
        self.faults += [f"{path}: {fault}" for fault in faults]


def pattern_of(path: str) -> str:
    """Return the name of the URL pattern behind a path, and its query's keys: what shares a template."""
    parts = urlsplit(path)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        name = "not found"
    return f"{name}?" if parts.query else name


def is_page(path: str) -> bool:
    """Leave out files, printed slips and what only sends mail."""
    return not any(part in path for part in FILES) and not path.startswith("/static")


def axe_faults(page: Page, options: dict[str, Any] = AXE_OPTIONS) -> list[str]:
    """Run axe-core and name each violation with its first places."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SOURCE)
    found = page.evaluate("options => axe.run(document, options).then(results => results.violations)", options)
    return [f"{item['id']}: {', '.join(str(node['target']) for node in item['nodes'][:3])}" for item in found]


def weight_faults(requests: list[Request], path: str) -> list[str]:
    """Compare what the first view fetched with the budget; file previews of a dossier come after the first view."""
    own = [request for request in requests if "/papers/" not in request.url]
    found = [f"fetched from elsewhere: {request.url}" for request in requests if urlsplit(request.url).port is None]
    # Pictures of a guide are fetched as one comes near them; their bytes count all the same.
    at_once = [request for request in own if "/static/guides/" not in request.url]
    if len(at_once) > 8:
        found.append(f"{len(at_once)} requests")
    size = 0
    for request in own:
        sizes = request.sizes()
        size += sizes["responseBodySize"] + sizes["responseHeadersSize"]
    if size > checks.FIRST_VIEW_BUDGET:
        found.append(f"{size} bytes in the first view")
    return found


def look_at(page: Page, path: str, findings: Findings, *, is_new: bool) -> list[str]:
    """Open a page on a phone, check everything, and return the links on it; a new template in every look."""
    requests: list[Request] = []

    def note(request: Request) -> None:
        requests.append(request)

    page.on("requestfinished", note)
    try:
        answer = page.goto(path)
    except Error as error:
        if "Download is starting" in str(error):
            return []
        raise
    finally:
        page.remove_listener("requestfinished", note)
    assert answer is not None
    if "text/html" not in answer.headers.get("content-type", ""):
        return []
    is_print = "/print/" in path
    source = answer.text()
    findings.seen.append(path)
    findings.add(path, checks.faults(source, is_print=is_print))
    findings.add(path, axe_faults(page))
    findings.add(path, weight_faults(requests, path))
    if not is_print and (width := page.evaluate(OVERFLOW)) > WIDTH:
        findings.add(path, [f"{width} px wide"])
    if answer.status >= 500:
        findings.add(path, [str(answer.status)])
    if is_new and not is_print:
        try_looks(page, path, findings)
    return page.locator("a[href^='/'], .form-rows a").evaluate_all("links => links.map(a => a.pathname + a.search)")


def try_looks(page: Page, path: str, findings: Findings) -> None:
    """Look at the open page in dark, in high contrast and with large text, and at what has the focus in every look."""
    for name, (value, options) in LOOKS.items():
        page.evaluate("([name, value]) => document.documentElement.setAttribute(name, value)", [name, value])
        findings.add(f"{path} {value}", axe_faults(page, options))
        if (width := page.evaluate(OVERFLOW)) > WIDTH:
            findings.add(f"{path} {value}", [f"{width} px wide"])
        page.evaluate("name => document.documentElement.removeAttribute(name)", name)
    for look in looks(page):
        findings.add(f"{path} {look}", focus_faults(page))


def crawl(page: Page, starts: list[str], findings: Findings, *, is_stranger: bool) -> None:
    """Follow links breadth first, each URL pattern once or a few times; public ones as a stranger only."""
    queue, known = list(starts), set(starts)
    looked: Counter[str] = Counter()
    while queue and len(findings.seen) < MOST_PAGES:
        path = queue.pop(0)
        pattern = pattern_of(path)
        is_seen = looked[pattern] >= MORE.get(pattern, ONCE) or (not is_stranger and PUBLIC.match(pattern))
        if path not in starts and is_seen:
            continue
        looked[pattern] += 1
        for link in look_at(page, path, findings, is_new=looked[pattern] == 1):
            if link not in known and is_page(link):
                known.add(link)
                queue.append(link)


def begin_draft(page: Page, code: str) -> None:
    """Draft the next version of a procedure, so that the pages that change one are there."""
    page.goto(f"/manage/procedures/{code}/")
    button = page.locator(f"form[action$='/{code}/draft/'] button")
    if button.count():
        button.click()
        page.wait_for_load_state()


@pytest.mark.parametrize("who", list(STARTS), ids=[who.partition("@")[0] or "anonymous" for who in STARTS])
def test_every_page(visit: Callable[..., Page], who: str) -> None:
    """No fault on any page of a role, nor on its templates in dark, high contrast and A+."""
    findings = Findings()
    page = visit(size=PHONE, who=who)
    # A colour on its way to another one is no fault.
    page.emulate_media(reduced_motion="reduce")
    if who == PUBLISHER:
        # The longest form there is, 50 questions.
        begin_draft(page, "1.001193")
    crawl(page, STARTS[who], findings, is_stranger=not who)
    assert not findings.faults, "\n".join(findings.faults)
    assert len(findings.seen) >= max(len(STARTS[who]), 4), findings.seen


def test_the_checks_see_faults(visit: Callable[..., Page]) -> None:
    """The control: a page made worse on purpose is found out."""
    page = visit(size=PHONE)
    page.goto("/")
    page.evaluate("document.querySelector('main h1').outerHTML = '<p></p><input><div class=\"wide\">x</div>'")
    page.evaluate("document.querySelector('.wide').style.width = '700px'")
    page.evaluate("document.querySelector('main a').style.setProperty('color', '#ffd000', 'important')")
    assert focus_faults(page)
    found: list[Any] = axe_faults(page)
    assert any(fault.startswith("label") for fault in found)
    assert page.evaluate(OVERFLOW) > WIDTH
