"""The portal as its users meet it: real processes, a temporary database, Debian's Chromium.

State is read through pages only. One portal with demo data serves the whole
run; journeys file dossiers of their own and leave the demo ones alone.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running portal with demo data; web, worker and beat as `make run` starts them."""
    var = tmp_path_factory.mktemp("portal")
    port = free_port()
    url = f"http://localhost:{port}"
    env = os.environ | {
        "VAR_DIR": str(var),
        "PORT": str(port),
        "SITE_URL": url,
        "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
        env.pop(name, None)
    subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=env, check=True, timeout=300)
    log = var / "portal.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["honcho", "--no-prefix", "start", "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_ready(url, process, log)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    path = shutil.which("chromium")
    assert path, "apt install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(portal: str, chromium: Browser) -> Iterator[Visit]:
    """Open a fresh visitor: ``visit(js=False, size=PHONE)`` returns a page with the portal as base address.

    Fails the test at its end when a page logged an error or broke the content security policy.
    """
    contexts = []
    troubles: list[str] = []

    def open_visitor(*, js: bool = True, size: dict[str, int] = DESK) -> Page:
        context = chromium.new_context(
            base_url=portal,
            java_script_enabled=js,
            viewport={"width": size["width"], "height": size["height"]},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.on("console", lambda message: _note(message, page, troubles))
        return page

    yield open_visitor
    for context in contexts:
        context.close()
    assert not troubles, "\n".join(troubles)


def _note(message: object, page: Page, troubles: list[str]) -> None:
    kind, text = message.type, message.text  # type: ignore[attr-defined]
    # An answer of 4xx that a journey provokes on purpose is logged by the browser as an error too.
    if kind == "error" and "the server responded with a status of 4" not in text:
        troubles.append(f"{page.url}: {text}")


@pytest.fixture
def sign_in() -> Callable[[Page, str], None]:
    """Sign a demo account in through the sign-in page."""

    def fill(page: Page, login: str, password: str = PASSWORD) -> None:
        page.goto("/accounts/login/")
        page.locator("main input[name=login]").fill(login)
        page.locator("main input[name=password]").fill(password)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state()
        assert "/accounts/login" not in page.url, page.locator("main").inner_text()

    return fill


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keep a screenshot of the whole page as var/journeys/<name>.png."""

    def take(page: Page, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    return take
