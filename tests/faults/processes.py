"""Looking at other processes, and waiting for what they do."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def children(pid: int) -> set[int]:
    """Return the direct children of a process."""
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def by_name(pids: set[int]) -> dict[str, int]:
    """Return name → process id of those that still live."""
    found = {}
    for pid in pids:
        try:
            found[Path(f"/proc/{pid}/comm").read_text().strip()] = pid
        except OSError:
            continue
    return found


def sessions(pids: set[int]) -> set[int]:
    """Return every living process in the sessions that these processes lead."""
    found = set()
    for entry in os.listdir("/proc"):
        try:
            fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z" and int(fields[3]) in pids:
            found.add(int(entry))
    return found


def wait_for(what: Callable[[], Any], seconds: float = 60) -> Any:
    """Return what a function says once it is true; fails when it never is."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
    return answer
