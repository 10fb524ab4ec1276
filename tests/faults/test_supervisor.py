"""The processes of `make run`: what falls is started again, and when the terminal closes nothing is left."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.processes import by_name, children, sessions, wait_for
from tests.smtp_sink import SmtpSink

ROOT = Path(__file__).resolve().parent.parent.parent
SUPERVISE = [sys.executable, "deploy/supervise.py"]
PORT = [sys.executable, "deploy/port.py", "127.0.0.1"]
QUEUE = """
from common.clock import now
from notifications.outbox import Recipient, write
write("trial", to=Recipient(email="an@example.com"), subject="x", body="x", now=now())
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def supervised(folder: Path, *arguments: str, env: dict[str, str] | None = None):
    """Run the supervisor; whatever a test forgets is ended."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*SUPERVISE, *arguments], cwd=ROOT, env=env, stdout=log, stderr=log)
    seen: set[int] = set()
    try:
        yield process
    finally:
        if process.poll() is None:
            seen = children(process.pid)
            process.kill()
        process.wait()
        for pid in sessions(seen):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def procfile(tmp_path):
    """Two processes, each with a child of its own; one ends well when asked, the other does not care."""
    path = tmp_path / "Procfile"
    path.write_text(
        "polite: sh -c 'sleep 1000 & wait'\n"
        "stubborn: sh -c 'trap \"\" TERM; while true; do sleep 1000; done'\n"
        "brief: sh -c 'exit 3'\n"
    )
    return path


@pytest.mark.parametrize("signum", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_and_a_second_one_does_not_wait(tmp_path, procfile, signum):
    with supervised(tmp_path, str(procfile)) as process:
        # Each leads a session of itself and its sleeping child.
        wait_for(lambda: len(sessions(children(process.pid))) >= 4)
        leaders = children(process.pid)
        process.send_signal(signum)
        time.sleep(0.5)
        assert process.poll() is None, "the stubborn one has time to end"
        process.send_signal(signum)
        process.wait(timeout=5)
        assert sessions(leaders) == set()
        assert process.returncode == (128 + signum if signum == signal.SIGHUP else 0)


def test_a_supervisor_that_is_killed_ends_what_it_started(tmp_path):
    path = tmp_path / "Procfile"
    path.write_text("polite: sleep 1000\n")
    with supervised(tmp_path, str(path)) as process:
        wait_for(lambda: "sleep" in by_name(children(process.pid)))
        leaders = children(process.pid)
        process.kill()
        process.wait()
        wait_for(lambda: not sessions(leaders), seconds=5)


def test_what_keeps_ending_is_started_again_after_ever_longer_pauses(tmp_path, procfile):
    with supervised(tmp_path, str(procfile)) as process:
        wait_for(lambda: "brief ended with 3; it starts again in 2 s." in (tmp_path / "log").read_text())
        lines = [line for line in (tmp_path / "log").read_text().splitlines() if line.startswith("brief")]
        assert lines == [f"brief ended with 3; it starts again in {pause} s." for pause in (1, 2)]
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)


def test_a_closed_terminal_is_ignored_when_whoever_started_it_says_so(tmp_path):
    path = tmp_path / "Procfile"
    path.write_text("polite: sleep 1000\n")
    command = ["nohup", *SUPERVISE, str(path)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    wait_for(lambda: "sleep" in by_name(children(process.pid)))
    process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0


def test_a_busy_port_is_named_with_its_holder_and_a_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run([*PORT, str(port)], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    vietnamese, english = done.stderr.strip().splitlines()
    assert vietnamese.startswith(f"Cổng {port} ") and english.startswith(f"Port {port} ")
    assert f"(pid {os.getpid()}: " in vietnamese and " make run" in vietnamese
    other = int(english.rpartition("PORT=")[2].split()[0])
    assert other > port


@pytest.mark.parametrize("port", ["0", "65536", "http", "80a", ""])
def test_a_port_that_is_no_port_is_refused(port):
    done = subprocess.run([*PORT, port], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1 and "1" in done.stderr and "Traceback" not in done.stderr


def test_a_free_port_is_no_news():
    done = subprocess.run([*PORT, str(free_port())], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_run_looks_at_the_port_before_it_starts_anything():
    lines = (ROOT / "deploy" / "run.sh").read_text(encoding="utf-8").splitlines()
    [port] = [n for n, line in enumerate(lines) if "deploy/port.py" in line]
    [prepare] = [n for n, line in enumerate(lines) if "manage.py prepare" in line]
    assert port < prepare


def test_the_embedded_portal_survives_bad_messages_and_dead_workers(tmp_path):
    """One portal through it all: bad files in the queue, kill -9 of both workers and the clock, the terminal closed."""
    port = free_port()
    with SmtpSink() as sink:
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")} | {
            "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
            "VAR_DIR": str(tmp_path),
            "PORT": str(port),
            "SITE_URL": f"http://localhost:{port}",
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "NOTIFICATION_SWEEP_SECONDS": "2",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONWARNINGS": "ignore",
        }

        def manage(*arguments: str) -> None:
            command = [sys.executable, "manage.py", *arguments]
            subprocess.run(command, cwd=ROOT, env=env, check=True, timeout=120)

        def is_served() -> bool:
            try:
                with urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=5) as answer:
                    return answer.status == 200
            except OSError:
                return False

        manage("migrate", "-v0")
        queue = tmp_path / "broker" / "queue"
        with supervised(tmp_path, env=env) as process:
            wait_for(is_served)
            first = wait_for(lambda: len(found := by_name(children(process.pid))) == 4 and found)
            assert {"worker", "mail", "beat"} < set(first)
            bad = [queue / f"0_{n}.{name}.msg" for n, name in enumerate(("celery", "mail", "pdf", "mail"))]
            for path, content in zip(bad, (b"", b"", b'{"body": ', b"\xff\xfe"), strict=True):
                path.write_bytes(content)
            wait_for(lambda: not any(path.exists() for path in bad))
            manage("shell", "-v0", "-c", QUEUE)
            assert sink.wait_for(1, timeout=30), (tmp_path / "log").read_text()
            assert children(process.pid) == set(first.values()), "a bad message ended a process"

            killed = {first[name] for name in ("worker", "mail", "beat")}
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            wait_for(lambda: len(sessions(killed)) == 0)
            assert is_served()
            # Until the supervisor has looked, the dead still count among its children.
            second = wait_for(
                lambda: len(found := by_name(children(process.pid))) == 4 and not killed & set(found.values()) and found
            )
            manage("shell", "-v0", "-c", QUEUE)
            assert sink.wait_for(2, timeout=30), (tmp_path / "log").read_text()
            assert is_served()
            web = set(first.values()) & set(second.values())
            assert len(web) == 1, "the web process went on"

            process.send_signal(signal.SIGHUP)
            assert process.wait(timeout=25) == 128 + signal.SIGHUP
            assert sessions(set(second.values())) == set()
            assert not is_served()
        assert "Traceback" not in (tmp_path / "log").read_text()
