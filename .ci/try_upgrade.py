"""Try this release as an upgrade: install the last one, load its demonstration, upgrade, and compare every row.

``python .ci/try_upgrade.py DATABASE_URL…`` (empty: SQLite in a temporary folder) tries each at the same time. The last
release is the commit in ``.ci/last-release``, checked out into a worktree for each database, with one environment.
After ``manage.py prepare`` of this release no row may be missing and no value changed, except what RENAMED, REWRITTEN
and TAKEN_BACK name; the chains verify and the pages of every demonstration account answer. Prints what is wrong and
ends with 1 when there is anything.
"""

import datetime
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
RELEASE = next(line for line in (ROOT / ".ci/last-release").read_text().splitlines() if not line.startswith("#"))
RENAMES = json.loads((ROOT / ".ci/upgrade.json").read_text())
# Table or 'table.column' as the last release calls it -> as this one does.
RENAMED: dict[str, str] = RENAMES["renamed"]
# 'table.column' of the last release whose values a migration rewrites -> why.
REWRITTEN: dict[str, str] = RENAMES["rewritten"]
# 'table.column' of the last release whose values a migration may take back, but not change -> why.
TAKEN_BACK: dict[str, str] = RENAMES["taken_back"]
# What every start of a release writes anew, and what ends by itself.
PASSING = ("django_migrations", "django_session", "django_content_type", "auth_permission", "sqlite_sequence")
Table = dict[Any, dict[str, str]]


def main(urls: list[str]) -> int:
    """Upgrade on each engine and say what differs."""
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / str(n) for n in range(len(urls))]
        try:
            for place in places:
                run(ROOT, {}, "git", "worktree", "add", "--quiet", "--detach", str(place / "release"), RELEASE)
            run(places[0] / "release", {}, "deploy/install.sh", "requirements.txt")
            for place in places[1:]:
                (place / "release/.venv").symlink_to(places[0] / "release/.venv")
            with ThreadPoolExecutor() as pool:
                return max(pool.map(upgrade, urls, places))
        finally:
            for place in places:
                run(ROOT, {}, "git", "worktree", "remove", "--force", str(place / "release"))


def upgrade(url: str, place: Path) -> int:
    """Install the last release below a folder, upgrade it, and return 1 when anything differs."""
    old, var = place / "release", place / "var"
    settings = {"VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "portal.settings.dev", "DATABASE_URL": url}
    settings = {name: value for name, value in settings.items() if value}
    run(old, settings, ".venv/bin/python", "manage.py", "prepare")
    before = rows(url, var)
    run(ROOT, settings, sys.executable, "manage.py", "prepare")
    faults = differences(before, rows(url, var))
    faults += said_by(ROOT, settings, sys.executable, "manage.py", "verify_history")
    faults += said_by(ROOT, settings, sys.executable, ".ci/open_pages.py")
    count, engine = sum(len(table) for table in before.values()), url.partition(":")[0] or "sqlite"
    good = f"{count} rows of {len(before)} tables came over from {RELEASE[:7]} whole."
    print(f"{engine}: " + ("\n".join(faults) or good))
    return 1 if faults else 0


def environment(settings: dict[str, str]) -> dict[str, str]:
    """Return this environment with nothing of the services it names, and with ``settings``."""
    dropped = ("DATABASE_URL", "REDIS_URL", "VAR_DIR", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in dropped} | settings


def run(folder: Path, settings: dict[str, str], *command: str) -> None:
    """Run a command that has to succeed."""
    subprocess.run(command, cwd=folder, env=environment(settings), check=True, stdout=subprocess.DEVNULL)


def said_by(folder: Path, settings: dict[str, str], *command: str) -> list[str]:
    """Run a check and return what it says when it fails."""
    done = subprocess.run(command, cwd=folder, env=environment(settings), capture_output=True, text=True, check=False)
    return [f"{' '.join(command[1:])}: {done.stdout}{done.stderr}"] if done.returncode else []


def rows(url: str, var: Path) -> dict[str, Table]:
    """Return every row of every table as texts, by table and primary key."""
    connection: Any = psycopg2.connect(url) if url else sqlite3.connect(var / "portal.sqlite3")
    try:
        cursor = connection.cursor()
        if url:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = sorted(name for (name,) in cursor.fetchall() if name not in PASSING)
        return {name: read(cursor, name) for name in names}
    finally:
        connection.close()


def read(cursor: Any, name: str) -> Table:
    """Return the rows of one table by their first column that identifies them."""
    cursor.execute(f'SELECT * FROM "{name}"')
    columns = [column[0] for column in cursor.description]
    key = columns.index("id") if "id" in columns else 0
    return {row[key]: dict(zip(columns, map(text, row), strict=True)) for row in cursor.fetchall()}


def text(value: Any) -> str:
    """Return a value of either engine so that equal ones look equal."""
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return value.isoformat() if isinstance(value, datetime.date) else repr(value)


def differences(before: dict[str, Table], after: dict[str, Table]) -> list[str]:
    """Return the rows that are gone and the values that changed."""
    found = []
    for name, table in before.items():
        now = after.get(RENAMED.get(name, name))
        if now is None:
            found.append(f"table {name} is gone")
            continue
        for key, row in table.items():
            if key not in now:
                found.append(f"{name}: row {key} is gone")
                continue
            for column, value in row.items():
                place = f"{name}.{column}"
                kept = now[key].get(RENAMED.get(place, column))
                is_meant = place in REWRITTEN or (place in TAKEN_BACK and kept == text(None))
                if kept != value and not is_meant:
                    found.append(f"{place}: row {key} changed or lost its value")
    return found[:50]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [""]))
