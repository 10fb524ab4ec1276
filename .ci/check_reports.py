"""Check the three test reports of a CI run: each ran tests, and none was skipped without good reason.

The only skips allowed are tests of one engine in the run of the other one:
they say "needs PostgreSQL" or "needs SQLite". Ends with 1 otherwise.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ALLOWED = {"sqlite": "needs PostgreSQL", "postgresql": "needs SQLite", "journeys": None}


def complaints(report: Path, allowed: str | None) -> list[str]:
    """Return what is wrong with one junit report."""
    if not report.exists():
        return [f"{report.stem}: no report"]
    cases = list(ElementTree.parse(report).iter("testcase"))
    found = [] if cases else [f"{report.stem}: no test ran"]
    for case in cases:
        for skipped in case.iter("skipped"):
            reason = skipped.get("message", "")
            if allowed is None or allowed not in reason:
                found.append(f"{report.stem}: {case.get('classname')}::{case.get('name')} skipped: {reason}")
    return found


def main(folder: Path) -> int:
    """Read the reports in a folder and print what is wrong with them."""
    found = [line for name, allowed in ALLOWED.items() for line in complaints(folder / f"{name}.xml", allowed)]
    print("\n".join(found) if found else "Every test ran.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
