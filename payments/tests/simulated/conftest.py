"""The simulator as a process of its own, told to speak to the portal under test."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from payments.collecting import paying
from payments.models import Attempt
from payments.providers import provider
from payments.providers.base import Redirect

ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Simulator:
    """The gateway, the bank and the post, by their addresses and their control interface."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx.Client(base_url=url, timeout=60)

    def fault(self, ref: str, **faults: Any) -> None:
        """Let something go wrong with one payment ('*': with all)."""
        assert self.client.post("/_sim/scenario", json={"ref": ref, "faults": faults}).status_code == 200

    def step(self, **asked: Any) -> int:
        """Send what is due now; return how many messages went out."""
        return int(self.client.post("/_sim/step", json=asked).json()["sent"])

    def ahead(self, minutes: float) -> None:
        """Put its clock ahead."""
        self.client.post("/_sim/clock", json={"minutes": minutes})

    def payer(self, attempt: Attempt, choice: str = "paid") -> httpx.Response:
        """Go to the gateway's page as a payer and choose how it ends; return the answer, a redirect back mostly."""
        led = paying.go_on(attempt, attempt.begun_at)
        assert isinstance(led, Redirect)
        page = self.client.get(led.url)
        assert page.status_code == 200, page.text
        return self.client.post(f"/paymentv2/choose/{attempt.ref}/", data={"choice": choice})

    def transfer(self, attempt: Attempt, how: str = "", amount: int | None = None) -> None:
        """Transfer what a code asks for, as it is or with something amiss."""
        shown = provider(attempt.provider).initiate(attempt)
        asked = {
            "account": shown.account,  # type: ignore[union-attr]
            "amount": amount or attempt.amount_vnd,
            "description": shown.reference,  # type: ignore[union-attr]
            "how": how,
        }
        assert self.client.post("/bank/transfer", data=asked).status_code == 200

    def look(self) -> dict[str, Any]:
        """Return what it remembers."""
        found: dict[str, Any] = self.client.get("/_sim/log").json()
        return found


@pytest.fixture(scope="session")
def simulator_process(live_server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the simulator with a database of its own; it sends its messages to the portal under test."""
    folder = tmp_path_factory.mktemp("simulator")
    port = free_port()
    env = os.environ | {
        "VAR_DIR": str(folder),
        "PORT": live_server.url.rpartition(":")[2],
        "SITE_URL": live_server.url,
        "SIMULATOR_PORT": str(port),
        "SIMULATOR_TICKS": "0",
    }
    command = [sys.executable, "-m", "simulator"]
    subprocess.run([*command, "prepare"], cwd=ROOT, env=env, check=True, capture_output=True, timeout=120)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "serve"], cwd=ROOT, env=env, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{url}/_sim/log", timeout=5)
            break
        except httpx.HTTPError:
            assert process.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def simulator(simulator_process, settings) -> Simulator:
    """The simulator, speaking to the portal under test; the portal speaks to it."""
    url = simulator_process
    settings.SIMULATOR_URL = url
    settings.VNPAY = settings.VNPAY | {"base_url": url}
    settings.VIETQR = settings.VIETQR | {"feed_url": f"{url}/bank"}
    # A busy machine answers late.
    settings.PROVIDER_TIMEOUT = 10
    found = Simulator(url)
    found.client.post("/_sim/reset")
    return found
