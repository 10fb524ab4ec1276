"""A few places that all threads and processes of one machine share, so that costly work is not done all at once."""

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE_SECONDS = 0.05


class NoPlace(Exception):
    """Every place stayed taken."""


@contextmanager
def one_of(places: int, folder: Path, seconds: float) -> Iterator[int]:
    """Hold one of ``places``; yields a descriptor that keeps it taken for as long as anybody has it open.

    Give the descriptor to a child process, and the place is free only when the
    child has ended too; a process that is killed frees its own. Waits at most
    ``seconds``, then raises :class:`NoPlace`. Raises OSError when the lock
    files cannot be made in ``folder``.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    deadline = time.monotonic() + seconds
    while (held := _free_one(places, folder)) is None:
        if time.monotonic() >= deadline:
            raise NoPlace
        time.sleep(PAUSE_SECONDS)
    try:
        yield held
    finally:
        os.close(held)


def _free_one(places: int, folder: Path) -> int | None:
    for n in random.sample(range(places), places):  # noqa: S311 – spreads the tries, guards nothing
        held = os.open(folder / str(n), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
        else:
            return held
    return None
