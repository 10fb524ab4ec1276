"""Check that every text of a fresh extraction has its Vietnamese.

Extracts into a copy of the tree (needs xgettext: apt install gettext), so that
nothing here changes. Prints what is missing or fuzzy and ends with 1 when anything is.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".*", "var", "__pycache__", "data", "*.mo", "node_modules")


def extract(tree: Path) -> Path:
    """Copy the project to ``tree``, extract there, and return the Vietnamese catalogue."""
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "vi", "--no-location", "--no-obsolete", "-v0"],
        cwd=tree,
        env=os.environ | {"VAR_DIR": str(tree / "var"), "DJANGO_SETTINGS_MODULE": "portal.settings.dev"},
        check=True,
    )
    return tree / "locale" / "vi" / "LC_MESSAGES" / "django.po"


def missing(catalogue: Path) -> list[str]:
    """Return the msgids without a finished translation."""
    with catalogue.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    unfinished = []
    for message in messages:
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if message.fuzzy or not all(strings):
            unfinished.append(message.id if isinstance(message.id, str) else message.id[0])
    return unfinished


def main() -> int:
    """Compare the committed catalogue with what the program says today."""
    if shutil.which("xgettext") is None:
        print("xgettext is missing: apt install gettext")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        unfinished = missing(extract(Path(folder) / "tree"))
    for text in unfinished:
        print(f"No Vietnamese for: {text!r}")
    if not unfinished:
        print("Every text has its Vietnamese.")
    return 1 if unfinished else 0


if __name__ == "__main__":
    sys.exit(main())
