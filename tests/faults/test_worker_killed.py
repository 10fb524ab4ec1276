"""``kill -9`` of the worker in the middle of many mails: every mail leaves, none is lost."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.processes import wait_for
from tests.smtp_sink import SmtpSink

ROOT = Path(__file__).resolve().parent.parent.parent
MAILS = 60
QUEUE = f"""
from django.db import transaction
from common.clock import now
from notifications.outbox import Recipient, write
for n in range({MAILS}):
    with transaction.atomic():
        write("trial", to=Recipient(email=f"person{{n}}@example.com"), subject=f"Hồ sơ {{n}}", body="x", now=now())
"""
REDIS = [os.environ["REDIS_URL"]] if os.environ.get("REDIS_URL") else []


class Portal:
    """A portal of its own: a temporary SQLite file, its own broker, a real worker process with beat."""

    def __init__(self, folder: Path, sink: SmtpSink, redis_url: str) -> None:
        self.folder, self.sink = folder, sink
        self.worker: subprocess.Popen[bytes] | None = None
        self.env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
            "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
            "VAR_DIR": str(folder),
            "REDIS_URL": redis_url,
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "NOTIFICATION_LEASE_SECONDS": "4",
            "NOTIFICATION_SWEEP_SECONDS": "2",
            "PYTHONWARNINGS": "ignore",
        }

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def states(self) -> dict[str, int]:
        """Count the mails by state."""
        with closing(sqlite3.connect(self.folder / "portal.sqlite3")) as database:
            return dict(database.execute("SELECT state, COUNT(*) FROM notifications_notification GROUP BY state"))

    def start_worker(self) -> None:
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "portal", "worker", "-B", "-c", "2", "-l", "warning"],
                cwd=ROOT,
                env=self.env,
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def kill_worker(self) -> None:
        """End the worker, its children and its beat at once, without a chance to put anything back."""
        if self.worker is not None:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()
            self.worker = None


@pytest.fixture(params=["", *REDIS], ids=["filesystem", "redis"][: 1 + len(REDIS)])
def portal(request, tmp_path):
    """A migrated portal whose mails go to ``portal.sink``."""
    with SmtpSink() as sink:
        made = Portal(tmp_path, sink, request.param)
        made.manage("migrate", "-v0")
        yield made
        made.kill_worker()


def test_every_mail_leaves_although_the_worker_is_killed_twice(portal):
    portal.manage("shell", "-v0", "-c", QUEUE)
    for reached in (10, 30):
        # The mail server stops in the middle of a mail: that is when the worker dies.
        portal.sink.let(reached)
        portal.start_worker()
        assert portal.sink.wait_for(reached, timeout=90), (portal.folder / "worker.log").read_text()
        portal.kill_worker()
    portal.sink.let(10 * MAILS)
    portal.start_worker()
    wait_for(lambda: portal.states() == {"sent": MAILS}, seconds=90)
    ids = [mail["Message-ID"] for mail in portal.sink.mails]
    assert len(set(ids)) == MAILS
    assert {mail["To"] for mail in portal.sink.mails} == {f"person{n}@example.com" for n in range(MAILS)}
    # A kill between sending and marking repeats a mail: at most one per process and kill.
    assert len(ids) - MAILS <= 4, "too many mails were sent twice"
