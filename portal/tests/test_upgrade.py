"""An installation in use takes the next release: its tables change although triggers guard them."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The last migrations before tables that other tables' triggers name were changed.
BEFORE = (("procedures", "0002"), ("offices", "0001"))


def manage(folder, *arguments):
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "portal.settings.dev"}
    command = [sys.executable, "manage.py", *arguments, "-v0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=120)


def triggers(folder):
    with sqlite3.connect(folder / "portal.sqlite3") as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}


@pytest.mark.sqlite
def test_guarded_sqlite_tables_can_be_rebuilt_and_are_guarded_again(tmp_path):
    for app, migration in BEFORE:
        manage(tmp_path, "migrate", app, migration)
    assert "procedures_requiredpaper_no_insert" in triggers(tmp_path)
    manage(tmp_path, "migrate")
    assert {"procedures_requiredpaper_no_insert", "offices_auditentry_no_update"} <= triggers(tmp_path)
