"""Check the three test reports of a CI run: each ran tests, in every package, and none was skipped without good reason.

The only skips allowed are tests of one engine in the run of the other one:
they say "needs PostgreSQL" or "needs SQLite". Prints how many tests each
package ran. Ends with 1 when one ran none.
"""

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUITES = {"sqlite": "needs PostgreSQL", "postgresql": "needs SQLite"}
ALLOWED = {**SUITES, "journeys": None}
# Packages whose tests touch no database: the run on PostgreSQL (--database-only) has none of them.
WITHOUT_DATABASE = {"simulator"}


def packages() -> list[str]:
    """Return the folders in which the suite looks for tests, as pytest.ini names them."""
    parser = ConfigParser()
    parser.read(ROOT / "pytest.ini")
    return parser["pytest"]["testpaths"].split()


def cases(report: Path) -> list[ElementTree.Element]:
    """Return the tests of one junit report; none when there is no report."""
    return list(ElementTree.parse(report).iter("testcase")) if report.exists() else []


def counts(report: Path) -> Counter[str]:
    """Return how many tests each package ran, without the skipped ones."""
    ran = [case for case in cases(report) if case.find("skipped") is None]
    return Counter(case.get("classname", "").split(".")[0] for case in ran)


def complaints(report: Path, allowed: str | None) -> list[str]:
    """Return what is wrong with one junit report."""
    if not report.exists():
        return [f"{report.stem}: no report"]
    found = [] if cases(report) else [f"{report.stem}: no test ran"]
    for case in cases(report):
        for skipped in case.iter("skipped"):
            reason = skipped.get("message", "")
            if allowed is None or allowed not in reason:
                found.append(f"{report.stem}: {case.get('classname')}::{case.get('name')} skipped: {reason}")
    if report.stem in SUITES:
        ran = counts(report)
        expected = set(packages()) - (WITHOUT_DATABASE if report.stem == "postgresql" else set())
        found += [f"{report.stem}: no test of {package} ran" for package in sorted(expected) if not ran[package]]
    return found


def table(folder: Path) -> list[str]:
    """Return the lines of a table: a row for each package, a column for each report."""
    ran = {name: counts(folder / f"{name}.xml") for name in ALLOWED}
    rows = [(package, [ran[name][package] for name in ALLOWED]) for package in packages()]
    rows.append(("all", [sum(ran[name].values()) for name in ALLOWED]))
    head = f"{'':16}" + "".join(f"{name:>12}" for name in ALLOWED)
    return [head, *(f"{package:16}" + "".join(f"{count:12}" for count in row) for package, row in rows)]


def main(folder: Path) -> int:
    """Read the reports in a folder, print their counts and what is wrong with them."""
    found = [line for name, allowed in ALLOWED.items() for line in complaints(folder / f"{name}.xml", allowed)]
    print("\n".join([*table(folder), *(found or ["Every test ran."])]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
