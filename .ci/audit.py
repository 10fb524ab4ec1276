"""Look up the locked packages in the list of known weaknesses; ends with 1 when one stands there.

The list is PyPI's, asked by pip-audit, which is installed for this run. Where it cannot be reached (no way out, a
mirror without it) a line says so and nothing is proved.
"""

import json
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from urllib.request import urlopen

# What ships is part of it.
LOCK = Path(__file__).resolve().parent.parent / "requirements-dev.txt"


def obstacle() -> str:
    """Return why the list cannot be asked, '' when it can: the page of the first locked package tells."""
    name, version = re.findall(r"^([\w.-]+)==([\w.]+)", LOCK.read_text(encoding="utf-8"), re.M)[0]
    page = f"https://pypi.org/pypi/{name}/{version}/json"
    try:
        with urlopen(page, timeout=20) as answer:
            return "" if "vulnerabilities" in json.load(answer) else f"{page}: holds no weaknesses"
    except (OSError, ValueError) as error:
        return f"{page}: {error}"


def main() -> int:
    """Ask for every package of the lock."""
    if why := obstacle():
        print(f"NOT AUDITED: the list of known weaknesses cannot be asked from here ({why}).")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        subprocess.run([f"{folder}/bin/pip", "install", "--quiet", "pip-audit"], check=True)
        options = ["--progress-spinner", "off", "--strict", "--require-hashes", "--disable-pip"]
        return subprocess.run([f"{folder}/bin/pip-audit", *options, "--requirement", LOCK], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
