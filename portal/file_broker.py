"""The queue of an installation without Redis: a folder of message files.

kombu's filesystem transport writes a message where readers already see it, and a reader that meets a half-written,
empty or foreign file ends its worker. Here a file appears whole (written under another name, then renamed), is taken
by renaming it, so that one reader wins, and is skipped for good when it cannot be read: messages only carry ids, and
sweeps find the rows again.
"""

import fcntl
import logging
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

LEFTOVER_SECONDS = 3600


def write_whole(path: Path, content: str) -> None:
    """Write a file that other processes see whole or not at all; raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A name that no reader looks for: it begins with a dot and ends otherwise.
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.new")
    try:
        beside.write_text(content, encoding="utf-8")
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def forget_leftovers(folder: Path) -> None:
    """Delete what killed processes left half written or half taken, an hour ago or earlier."""
    for path in folder.glob(".*.*"):
        with suppress(OSError):
            if path.suffix in (".new", ".taken") and path.stat().st_mtime < time.time() - LEFTOVER_SECONDS:
                path.unlink()


class Channel(filesystem.Channel):
    """Reads and writes message files and the tables of exchanges."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # as in the class above
        """Put one message into a queue; raises ChannelError when it cannot be written."""
        path = Path(self.data_folder_out) / f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        try:
            write_whole(path, dumps(payload))
        except OSError as error:
            raise ChannelError(f"A message cannot be written: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        """Take the oldest readable message of a queue; raises Empty when there is none."""
        for path in self._files(queue):
            message = self._take(path)
            if message is not None:
                return message
        raise Empty()

    def _size(self, queue: str) -> int:
        """Return how many messages wait in a queue."""
        return len(self._files(queue))

    def _purge(self, queue: str) -> int:
        """Remove all messages of a queue; returns how many there were."""
        files = self._files(queue)
        for path in files:
            with suppress(OSError):
                path.unlink()
        return len(files)

    def _files(self, queue: str) -> list[Path]:
        """Return the message files of a queue, the oldest first; none when the folder is not there."""
        folder = Path(self.data_folder_in)
        try:
            names = sorted(os.listdir(folder))
        except FileNotFoundError:
            return []
        return [folder / name for name in names if name.partition(".")[2] == f"{queue}.msg"]

    def _take(self, path: Path) -> dict[str, Any] | None:
        """Return the message of a file that is then gone, or None when another reader has it or nobody can read it."""
        taken = path.with_name(f".{path.name}.{uuid.uuid4().hex}.taken")
        try:
            path.rename(taken)
        except OSError:
            return None
        try:
            payload: dict[str, Any] = loads(taken.read_text(encoding="utf-8"))
            # Whatever the worker will ask of it, asked here: a message that cannot be built would end the worker.
            self.Message(payload, channel=self)
        except Exception as error:
            logger.warning("A message file is unreadable and left out: %s (%s)", path.name, type(error).__name__)
            return None
        finally:
            with suppress(OSError):
                taken.unlink()
        return payload

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:
        """Return the bindings of an exchange; none when its table cannot be read."""
        try:
            return super().get_table(exchange)
        except (ValueError, TypeError) as error:
            logger.warning("The table of exchange %s is unreadable: %s", exchange, type(error).__name__)
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._tables() as write:
            table = self.get_table(exchange)
            if row not in table:
                write(exchange, [row, *table])

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        virtual.Channel._delete(self, queue, exchange, routing_key, pattern, *args, **kwargs)
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._tables() as write:
            table = self.get_table(exchange)
            if row in table:
                write(exchange, [other for other in table if other != row])

    @contextmanager
    def _tables(self) -> Iterator[Any]:
        """Hold every other writer of exchange tables off; yields what replaces a table."""

        def write(exchange: str, table: list[filesystem.exchange_queue_t]) -> None:
            write_whole(self._exchange_file(exchange), dumps(table))

        try:
            self.control_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self.control_folder / ".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield write
        except OSError as error:
            raise ChannelError(f"The table of an exchange cannot be kept: {error}") from error


class Transport(filesystem.Transport):
    """The filesystem transport with the channel above."""

    Channel = Channel
