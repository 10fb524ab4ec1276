"""Where the time of each page goes: python -m bench.profile, called by ``bench.run --profile`` with what was loaded.

Asks each page in one process and looks a thousand times a second of CPU at which part of the program is at work:
the innermost of PARTS on the stack. Prints a table, milliseconds of CPU per request of this process.
"""

import json
import os
import signal
import sys
import time
from collections import Counter
from types import FrameType
from typing import Any

import django

from .memory import pages

REQUESTS, WARM = 40, 3
STEP = 0.001
# The first that is found in the name of a file counts.
PARTS = {
    "database": ("/db/backends/",),
    "ORM": ("/django/db/",),
    "forms": ("/django/forms/", "/crispy_forms/"),
    "template": ("/django/template/",),
    "form schema": ("/eforms/",),
    "session, user": ("/contrib/sessions/", "/contrib/auth/"),
}
_seen: Counter[str] = Counter()


def part_of(frame: FrameType | None) -> str:
    """Return the innermost part of the program on a stack; 'rest' for none."""
    while frame is not None:
        for part, places in PARTS.items():
            if any(place in frame.f_code.co_filename for place in places):
                return part
        frame = frame.f_back
    return "rest"


def main() -> None:
    """Ask every kind of page and print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.bench")
    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.urls import resolve

    from accounts.models import User

    settings.ALLOWED_HOSTS.append("testserver")
    clients: dict[str, Any] = {}
    signal.signal(signal.SIGPROF, lambda _number, frame: _seen.update([part_of(frame)]))
    print("| page | CPU ms | " + " | ".join([*PARTS, "rest"]) + " |")
    print("| --- |" + " --- |" * (len(PARTS) + 2))
    shown = set()
    for person, path in pages(json.loads(sys.argv[1])):
        name = resolve(path.partition("?")[0]).view_name
        if name in shown:
            continue
        shown.add(name)
        if person not in clients:
            clients[person] = Client()
            if person != "anyone":
                clients[person].force_login(User.objects.get(email=f"{person}@example.com"))
        total, parts = profile(clients[person], path)
        print(f"| {name} | {total:.1f} | " + " | ".join(f"{parts[part]:.1f}" for part in [*PARTS, "rest"]) + " |")


def profile(client: Any, path: str) -> tuple[float, dict[str, float]]:
    """Return the CPU milliseconds of one request and those of each part."""
    for _ in range(WARM):
        client.get(path)
    _seen.clear()
    begun = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, STEP, STEP)
    for _ in range(REQUESTS):
        client.get(path)
    signal.setitimer(signal.ITIMER_PROF, 0)
    total = 1000 * (time.process_time() - begun) / REQUESTS
    looks = sum(_seen.values()) or 1
    return total, {part: total * _seen[part] / looks for part in [*PARTS, "rest"]}


if __name__ == "__main__":
    main()
