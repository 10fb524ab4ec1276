"""Open the pages that every demonstration account lands on and the dossiers it sees; ends with 1 unless all answer.

Reads the database that the environment names; used after an upgrade.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")

import django  # noqa: E402

django.setup()

from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from portal.demo.accounts import ACCOUNTS  # noqa: E402

STARTS = (
    *("/", "/procedures/", "/my/dossiers/", "/desk/", "/desk/dossiers/", "/leader/", "/manage/procedures/"),
    *("/manage/people/", "/manage/units/", "/manage/calendar/", "/manage/alerts/", "/manage/log/", "/account/"),
    *("/life-events/co-con-nho/", "/manage/signposts/"),
)
LINKED = re.compile(r'href="(/(?:applicant|desk|leader|manage|procedures)/[^"?#]*)"')
MOST = 40


def answers(client: Client) -> Iterator[tuple[str, int]]:
    """Yield (path, status) of the starting pages and of what they link to."""
    waiting, seen = list(STARTS), set(STARTS)
    opened = 0
    while waiting and opened < MOST:
        path = waiting.pop(0)
        response = client.get(path, headers={"host": "localhost"})
        opened += 1
        yield path, response.status_code
        if response.status_code != 200 or not response.get("Content-Type", "").startswith("text/html"):
            continue
        for found in LINKED.findall(response.content.decode()):
            if found not in seen and "/export" not in found:
                seen.add(found)
                waiting.append(found)


def main() -> int:
    """Walk as every account; a page may be refused (403, 404), but not fail."""
    bad, count = [], 0
    # Accounts that came later are not in a database of before.
    people = User.objects.filter(email__in=[account.email for account in ACCOUNTS])
    for person in people:
        client = Client()
        client.force_login(person)
        for path, status in answers(client):
            count += 1
            if status >= 500 or (status >= 400 and status not in (403, 404)):
                bad.append(f"{person.email} {path}: {status}")
    if not count:
        bad.append("nobody is there to walk as")
    print("\n".join(bad) if bad else f"{count} pages answer.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
