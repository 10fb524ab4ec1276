"""What `.ci/run` refuses: a tree that is not what is committed, retired words, reports without a package's tests."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES: tuple[str, ...] = (
    *("accounts", "articles", "common", "dossiers", "eforms", "notifications", "offices", "payments", "portal"),
    *("procedures", "reports", "simulator", "tests"),
)


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=CI", "-c", "user.email=ci@example.com"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def clone(tmp_path):
    """A repository with the script and one file, all committed."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci/run")
    (tmp_path / "a.py").write_text("A = 1\n")
    (tmp_path / ".gitignore").write_text("var/\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    return tmp_path


def change(clone: Path) -> None:
    (clone / "a.py").write_text("A = 2\n")


def stage(clone: Path) -> None:
    change(clone)
    git(clone, "add", "a.py")


def add(clone: Path) -> None:
    (clone / "b.py").write_text("B = 1\n")


def remove(clone: Path) -> None:
    (clone / "a.py").unlink()


@pytest.mark.parametrize("spoil", [change, stage, add, remove])
def test_a_run_proves_only_what_is_committed(clone, spoil: Callable[[Path], None]):
    spoil(clone)
    done = subprocess.run([clone / ".ci/run"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "not clean" in done.stderr and (".py" in done.stderr)
    assert "System packages" not in done.stdout


def test_ignored_files_do_not_stop_a_run(clone):
    (clone / "var").mkdir()
    (clone / "var/database").write_text("x")
    # Without any program but bash and git it gets as far as the first thing it needs.
    tools = clone / "var/bin"
    tools.mkdir()
    for name in ("bash", "git", "dirname", "date"):
        (tools / name).symlink_to(str(shutil.which(name)))
    run = [str(shutil.which("bash")), str(clone / ".ci/run")]
    done = subprocess.run(run, env={"PATH": str(tools)}, capture_output=True, text=True, check=False)
    assert "System packages" in done.stdout
    assert "not clean" not in done.stderr


@pytest.fixture
def words(tmp_path):
    """A tree with the check of words, and one Vietnamese message."""
    catalogue = tmp_path / "locale/vi/LC_MESSAGES/django.po"
    for folder in (tmp_path / ".ci", catalogue.parent, tmp_path / "templates/slips"):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / ".ci/check_words.py", tmp_path / ".ci")
    catalogue.write_text('msgid "Home"\nmsgstr "Trang chủ"\n')
    return tmp_path


def said_of_words(tree: Path) -> tuple[int, str]:
    done = subprocess.run([sys.executable, tree / ".ci/check_words.py"], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_settled_words_pass(words):
    (words / "templates/slips/receipt.html").write_text("<p>Bộ phận Một cửa, email, thủ tục đăng ký khai sinh</p>\n")
    assert said_of_words(words) == (0, "No retired word is back.\n")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (
            "locale/vi/LC_MESSAGES/django.po",
            'msgid "Home"\nmsgstr "Về Trang đầu"\n',
            "“Home”: “Trang đầu”: write trang chủ",
        ),
        ("templates/slips/receipt.html", "<p>\nBộ phận một cửa\n</p>", "receipt.html:2: “Bộ phận một cửa”"),
        ("texts.py", 'TEXT = "Gửi qua thư điện tử"', "texts.py:1: “thư điện tử”: write email"),
    ],
)
def test_retired_words_are_found(words, name, text, found):
    (words / name).write_text(text)
    code, said = said_of_words(words)
    assert code == 1 and found in said


def report(path: Path, packages: tuple[str, ...], inside: str = "") -> None:
    """Write a junit report with one test for each package."""
    cases = "".join(f'<testcase classname="{name}.tests.test_a" name="test_a">{inside}</testcase>' for name in packages)
    path.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")


@pytest.fixture
def reports(tmp_path):
    """Three reports as a good run leaves them."""
    for name in ("sqlite", "postgresql"):
        report(tmp_path / f"{name}.xml", PACKAGES)
    report(tmp_path / "journeys.xml", ("tests",))
    return tmp_path


def check(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, ROOT / ".ci/check_reports.py", folder], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_reports_of_a_good_run_are_counted(reports):
    code, said = check(reports)
    assert code == 0
    assert [line.split() for line in said.splitlines()][1] == ["accounts", "1", "1", "0"]
    assert [line.split() for line in said.splitlines()][-2] == ["all", "13", "13", "1"]


def test_every_package_with_tests_is_counted(reports):
    found = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("[a-z]*/**/test_*.py") if "var" not in path.parts}
    assert found - {"bench"} == set(PACKAGES)
    testpaths = (ROOT / "pytest.ini").read_text().partition("testpaths = ")[2].splitlines()[0]
    assert set(testpaths.split()) == set(PACKAGES)


@pytest.mark.parametrize("suite", ["sqlite", "postgresql"])
def test_a_package_whose_tests_are_gone_fails_the_run(reports, suite):
    report(reports / f"{suite}.xml", tuple(name for name in PACKAGES if name != "offices"))
    assert check(reports)[0] == 1
    assert f"{suite}: no test of offices ran" in check(reports)[1]


def test_a_package_without_database_tests_need_not_run_on_the_second_engine(reports):
    """Of simulator, --database-only leaves nothing; that its tests ran at all, the first run shows."""
    without = tuple(name for name in PACKAGES if name != "simulator")
    report(reports / "postgresql.xml", without)
    assert check(reports)[0] == 0
    report(reports / "sqlite.xml", without)
    assert "sqlite: no test of simulator ran" in check(reports)[1]


def test_skipped_tests_do_not_count(reports):
    report(reports / "sqlite.xml", PACKAGES, '<skipped message="needs PostgreSQL"/>')
    code, said = check(reports)
    assert code == 1
    assert "sqlite: no test of accounts ran" in said


@pytest.mark.parametrize(
    ("name", "reason"), [("sqlite", "later"), ("postgresql", "needs PostgreSQL"), ("journeys", "needs PostgreSQL")]
)
def test_no_test_is_skipped_without_good_reason(reports, name, reason):
    report(reports / f"{name}.xml", (*PACKAGES, "tests"), f'<skipped message="{reason}"/>')
    code, said = check(reports)
    assert code == 1
    assert f"skipped: {reason}" in said


def test_a_missing_report_fails_the_run(reports):
    (reports / "journeys.xml").unlink()
    code, said = check(reports)
    assert (code, "journeys: no report" in said) == (1, True)
