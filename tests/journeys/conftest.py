"""The portal as its users meet it: real processes, a temporary database, Debian's Chromium.

State is read through pages only. One portal with demo data serves the whole
run, however many processes pytest-xdist starts; journeys file dossiers of their
own and leave the demo ones alone. ``JOURNEY_PORTAL=http://localhost:8000``
drives a portal that runs already. Pictures that the README does not show are
taken only with ``JOURNEY_PICTURES=<folder>``.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from docs.take_pictures import SHOWN

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = Path(os.environ.get("JOURNEY_PICTURES", ROOT / "var" / "journeys"))
PHONE = {"width": 360, "height": 780}
DESK = {"width": 1366, "height": 768}
PASSWORD = "demo-mot-cua-2026"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """Return a TCP port that is free on the loopback address now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait at most 120 s for /readyz; raises RuntimeError with the log's end."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("the portal did not become ready:\n" + log.read_text(errors="replace")[-4000:])


@contextmanager
def running_portal() -> Iterator[str]:
    """Start a portal with demo data and yield its address; web, workers, beat, simulator as `make run` has them."""
    with tempfile.TemporaryDirectory(prefix="mot-cua-journeys-", ignore_cleanup_errors=True) as folder:
        var = Path(folder)
        port = free_port()
        url = f"http://localhost:{port}"
        env = os.environ | {
            "VAR_DIR": folder,
            "PORT": str(port),
            "SITE_URL": url,
            "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
            # Who publishes and looks a moment later sees it.
            "KEPT_SECONDS": "0",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SIMULATOR_URL", "SIMULATOR_PORT"):
            env.pop(name, None)
        # Gateway, bank and postal service; their addresses are the portal's settings.
        simulator = subprocess.run(
            [sys.executable, "-m", "simulator", "prepare"],
            cwd=ROOT,
            env=env,
            check=True,
            timeout=120,
            capture_output=True,
            text=True,
        )
        env |= dict(line.split("=", 1) for line in simulator.stdout.splitlines())
        subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=env, check=True, timeout=300)
        log = var / "portal.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "deploy/supervise.py", "Procfile", "deploy/simulator.procfile"],
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        # For journeys that look into the database besides.
        os.environ["JOURNEY_VAR"] = folder
        try:
            wait_until_ready(url, process, log)
            yield url
        finally:
            del os.environ["JOURNEY_VAR"]
            # It ends all that it started, at the latest after 20 seconds.
            process.terminate()
            process.wait(timeout=30)


SHARED = pytest.StashKey[ExitStack]()
# Two citizens file and pay what these walk through, each with one draft of a procedure at a time: a citizen's journeys
# come one after the other. Modules, and tests of other modules.
FILED_BY = {
    "first citizen": {
        "ask_less", "cashier", "checks", "desk", "exchange", "filing", "lookup", "papers", "post",
        "putting_right", "seen_and_held", "talk", "where",
    },
    "second citizen": {
        "kept", "paying", "test_level_3_says_where_to_go", "test_somebody_files_by_power_of_attorney",
    },
    # The same person stands at the counter in both rounds.
    "the counter": {"morning"},
}  # fmt: skip


class OneCitizenAtATime(LoadScopeScheduling):
    """Gives the journeys of each citizen who files to one process, and each other one to whoever is free.

    ``--dist loadgroup`` of pytest-xdist 3.8 puts its groups where pytest 9.2 does not look.
    """

    def _split_scope(self, nodeid: str) -> str:
        path, _colons, name = nodeid.partition("::")
        for place in (name.partition("[")[0], Path(path).stem.removeprefix("test_")):
            for who, places in FILED_BY.items():
                if place in places:
                    return who
        return nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Schedule the journeys by who files them."""
    return OneCitizenAtATime(config, log) if config.option.markexpr == "journey" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what the worker takes minutes for happen while the module's other journeys run: its test comes last there."""
    for item in [each for each in items if each.name == "test_the_poll_finds_what_was_forgotten"]:
        items.remove(item)
        last = max((n for n, other in enumerate(items) if other.path == item.path), default=len(items) - 1)
        items.insert(last + 1, item)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start one portal for the processes that pytest-xdist is about to start."""
    config = session.config
    is_controller = getattr(config.option, "dist", "no") != "no" and not hasattr(config, "workerinput")
    if is_controller and config.option.markexpr == "journey" and not os.environ.get("JOURNEY_PORTAL"):
        config.stash[SHARED] = ExitStack()
        os.environ["JOURNEY_PORTAL"] = config.stash[SHARED].enter_context(running_portal())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the portal that the processes shared."""
    if shared := session.config.stash.get(SHARED, None):
        shared.close()


@pytest.fixture(scope="session")
def portal() -> Iterator[str]:
    """The address of a running portal with demo data."""
    if running := os.environ.get("JOURNEY_PORTAL"):
        yield running
        return
    with running_portal() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless: without the parts that draw a window where it is installed, half of the work."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "apt install chromium-headless-shell, or chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture(params=[True, False], ids=["scripts", "plain"])
def js(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs JavaScript: a journey that takes this fixture is walked twice."""
    return bool(request.param)


@pytest.fixture(scope="session")
def signed_in(portal: str, chromium: Browser) -> Callable[[str], Any]:
    """Return the cookies of a demo account; each account signs in once in a run, through the sign-in page."""
    known: dict[str, Any] = {}

    def cookies(login: str) -> Any:
        if login not in known:
            context = chromium.new_context(base_url=portal, locale="vi-VN")
            context.set_default_timeout(15_000)
            fill_sign_in(context.new_page(), login)
            known[login] = context.storage_state()
            context.close()
        return known[login]

    return cookies


FAILED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """Do not take Playwright's own driver process for a forgotten one when the run ends."""
    config.addinivalue_line("filterwarnings", "ignore:subprocess .* is still running:ResourceWarning")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure, so that the browser's last pages can be kept."""
    report: pytest.TestReport = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, portal: str, chromium: Browser, signed_in: Callable[[str], Any]
) -> Iterator[Visit]:
    """Open a fresh visitor: ``visit(js=False, size=PHONE)`` returns a page with the portal as base address.

    ``who="cong-dan@example.com"`` opens a visitor who has signed in already. Fails the test at its end when a page
    logged an error or broke the content security policy; of a failed journey the last pages are kept as pictures.
    """
    contexts = []
    troubles: list[str] = []

    def open_visitor(*, js: bool = True, size: dict[str, int] = DESK, who: str = "") -> Page:
        context = chromium.new_context(
            base_url=portal,
            java_script_enabled=js,
            viewport={"width": size["width"], "height": size["height"]},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            storage_state=signed_in(who) if who else None,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.on("console", lambda message: _note(message, page, troubles))
        return page

    yield open_visitor
    for n, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False) and context.pages:
            PICTURES.mkdir(parents=True, exist_ok=True)
            name = re.sub(r"\W+", "-", request.node.name).strip("-")
            context.pages[0].screenshot(path=PICTURES / f"failed-{name}-{n}.png", full_page=True)
        context.close()
    assert not troubles, "\n".join(troubles)


def _note(message: ConsoleMessage, page: Page, troubles: list[str]) -> None:
    kind, text = message.type, message.text
    # An answer of 4xx that a journey provokes on purpose is logged by the browser as an error too.
    if kind == "error" and "the server responded with a status of 4" not in text:
        troubles.append(f"{page.url}: {text}")


def fill_sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Sign an account in through the sign-in page."""
    if "/accounts/login" not in page.url:
        page.goto("/accounts/login/")
    page.locator("main input[name=login]").fill(login)
    page.locator("main input[name=password]").fill(password)
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    assert "/accounts/login" not in page.url, page.locator("main").inner_text()


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keep a screenshot of the whole page as var/journeys/<name>.png, if README or guides show it or all are wanted."""

    def take(page: Page, name: str) -> None:
        if name not in SHOWN and "JOURNEY_PICTURES" not in os.environ:
            return
        PICTURES.mkdir(parents=True, exist_ok=True)
        # That a page is of the demonstration says nothing to who reads a guide.
        page.evaluate("() => document.querySelectorAll('.demo').forEach((line) => line.remove())")
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    return take
