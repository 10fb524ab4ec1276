#!/usr/bin/env python3
"""Say who holds a TCP port that is about to be used; ends with 1 when somebody does.

Usage: deploy/port.py ADDRESS PORT. Needs nothing but Python, and Linux to name the process.
"""

import os
import socket
import sys
from contextlib import closing
from pathlib import Path

LISTENING = "0A"


def is_free(address: str, port: int) -> bool:
    """Tell whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            # Binding alone succeeds beside a listener that allows reuse.
            probe.listen(1)
        except OSError:
            return False
    return True


def listening_sockets(port: int) -> set[str]:
    """Return the inodes of the sockets that listen on a port."""
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            local, state, inode = (line.split()[n] for n in (1, 3, 9))
            if state == LISTENING and int(local.rsplit(":", 1)[1], 16) == port:
                inodes.add(inode)
    return inodes


def holder(port: int) -> tuple[int, str] | None:
    """Return process id and command of who listens on a port; None when that cannot be seen.

    Of several (a server and its children) the first one started, which is the one to stop.
    """
    wanted = {f"socket:[{inode}]" for inode in listening_sockets(port)}
    for pid in sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit()) if wanted else []:
        try:
            if any(os.readlink(link.path) in wanted for link in os.scandir(f"/proc/{pid}/fd")):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                return pid, words.strip()[:80] or Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:  # Another user's process, or one that has just ended.
            continue
    return None


def next_free(address: str, port: int) -> int:
    """Return the first free port above one."""
    return next((other for other in range(port + 1, 65536) if is_free(address, other)), 8000)


def main(address: str, text: str) -> int:
    """Print a sentence in Vietnamese and in English when the port cannot be used; returns the exit status."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        print(f"PORT={text}: cổng phải là một số từ 1 đến 65535 / a port is a number from 1 to 65535.", file=sys.stderr)
        return 1
    port = int(text)
    if is_free(address, port):
        return 0
    found = holder(port)
    who = f"pid {found[0]}: {found[1]}" if found else "?"
    other = f"PORT={next_free(address, port)} make run"
    say = f"Cổng {port} đang có chương trình khác dùng ({who}). Dừng chương trình đó, hoặc chọn cổng khác: {other}"
    print(say, file=sys.stderr)
    say = f"Port {port} is taken by another program ({who}). Stop it, or choose another port: {other}"
    print(say, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
