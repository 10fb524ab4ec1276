#!/usr/bin/env python3
"""Keep the processes of Procfiles running until this one is told to end.

Usage: deploy/supervise.py [Procfile …]. A process that ends is started again, after a pause that doubles up to half a
minute while it keeps ending soon. Ctrl+C, SIGTERM and a closed terminal (SIGHUP) end all of them in good order; a
second signal, or 20 seconds, end them at once.

Celery's processes are forked from this one, which has loaded the program: they share its memory, about 100 MB less
than when each loads its own.
"""

import ctypes
import gc
import os
import shlex
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from types import FrameType

POLL_SECONDS = 0.2
# Time for a request or a task in hand.
GRACE_SECONDS = 20
LONGEST_PAUSE = 30
# A process that ran as long begins anew with the shortest pause.
STEADY_SECONDS = 60
# Linux: a signal when the parent dies; the name that ps and top show.
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def say(text: str) -> None:
    """Print a line; the terminal may be gone."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def load_program() -> None:
    """Load the portal once, for every process that is forked from this one."""
    import django

    django.setup()
    from portal import celery_app

    celery_app.loader.import_default_modules()
    gc.collect()
    gc.freeze()


def run_celery(words: list[str]) -> int:
    """Run a celery command in this process and return its exit status."""
    from celery.bin.celery import main

    sys.argv = words
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    return 0


class Member:
    """One line of the Procfile and the process that runs it, in a session of its own.

    Its children hear no signal but from itself: Celery's must not, or they drop the task in hand.
    """

    def __init__(self, name: str, command: str) -> None:
        self.name = name
        self.command = command
        self.pid = 0
        self.status: int | None = None
        self.started = 0.0
        self.due = 0.0
        self.pause = 1

    def start(self) -> None:
        """Start the process."""
        self.started = time.monotonic()
        self.status = None
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            status = 127
            try:
                status = self.become()
            except BaseException:
                traceback.print_exc()
            finally:
                with suppress(OSError):
                    sys.stdout.flush()
                    sys.stderr.flush()
                os._exit(status)

    def become(self) -> int:
        """Turn the forked process into what the line says; returns its exit status."""
        os.setsid()
        for signum in STOPPING:
            if signal.getsignal(signum) != signal.SIG_IGN:
                signal.signal(signum, signal.SIG_DFL)
        with suppress(OSError, AttributeError):
            libc = ctypes.CDLL(None)
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            libc.prctl(PR_SET_NAME, self.name.encode()[:15])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        words = [os.path.expandvars(word) for word in shlex.split(self.command)]
        if words[0] == "celery":
            return run_celery(words)
        os.execvp(words[0], words)

    def keep_running(self) -> None:
        """Start the process if its time has come; note when it has ended."""
        now = time.monotonic()
        if not self.pid:
            if now >= self.due:
                self.start()
        elif not self.is_running():
            self.kill()
            self.pid = 0
            self.pause = 1 if now - self.started >= STEADY_SECONDS else min(self.pause, LONGEST_PAUSE)
            code = self.status or 0
            how = f"by signal {-code}" if code < 0 else f"with {code}"
            say(f"{self.name} ended {how}; it starts again in {self.pause} s.")
            self.due = now + self.pause
            self.pause *= 2

    def is_running(self) -> bool:
        """Tell whether the process has been started and has not ended yet."""
        if self.pid and self.status is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.status = os.waitstatus_to_exitcode(status)
        return bool(self.pid) and self.status is None

    def terminate(self) -> None:
        """Ask the process to end; it ends its children."""
        if self.is_running():
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End what is left of the process and its children at once."""
        if self.pid:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)


class Supervisor:
    """Runs members until a signal comes."""

    def __init__(self, members: list[Member]) -> None:
        self.members = members
        self.signals: list[int] = []

    def note(self, signum: int, frame: FrameType | None) -> None:
        """Remember a signal; the loop acts on it."""
        self.signals.append(signum)

    def run(self) -> int:
        """Run until a signal comes, end everything, and return the exit status."""
        for signum in STOPPING:
            # Ignored by whoever started this (nohup): it stays ignored.
            if signal.getsignal(signum) != signal.SIG_IGN:
                signal.signal(signum, self.note)
        try:
            while not self.signals:
                for member in self.members:
                    member.keep_running()
                time.sleep(POLL_SECONDS)
            self.end()
        finally:
            for member in self.members:
                member.kill()
        return 0 if self.signals[0] in (signal.SIGINT, signal.SIGTERM) else 128 + self.signals[0]

    def end(self) -> None:
        """Wait until every process has ended by itself, a second signal comes, or their time is up."""
        deadline = time.monotonic() + GRACE_SECONDS
        for member in self.members:
            member.terminate()
        while time.monotonic() < deadline and len(self.signals) < 2:
            if not any(member.is_running() for member in self.members):
                return
            time.sleep(POLL_SECONDS / 4)


def members_of(procfile: Path) -> list[Member]:
    """Read ``name: command`` lines."""
    lines = [line for line in procfile.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Member(*line.split(": ", 1)) for line in lines]


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    started = [member for name in sys.argv[1:] or ["Procfile"] for member in members_of(Path(name))]
    if any(member.command.startswith("celery ") for member in started):
        load_program()
    sys.exit(Supervisor(started).run())
