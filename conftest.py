"""Fixtures shared by every test: a fixed Monday morning, a commune with its officers, its people."""

import fcntl
import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import fontTools
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import translation
from xdist.scheduler import LoadScopeScheduling

from common import broker, clock, kept, pdf
from common.clock import LOCAL
from common.database import append_only
from common.web import caches
from notifications import delivery
from tests import factories

# Files of few long tests that share nothing: whoever is free takes the next one of them.
ONE_BY_ONE = {"tests/access/test_matrix.py", "tests/faults/test_supervisor.py", "portal/tests/test_load_demo_times.py"}
FACES = Path(__file__).resolve().parent / "var" / "test-faces"


@pytest.fixture(scope="session", autouse=True)
def flush_deletes_rows():
    """Empty the tables after a transactional test with DELETEs, append-only triggers lifted.

    Django's own flush truncates sixty tables, 0.3 s each time on PostgreSQL, and writes permissions and content
    types anew; these stay.
    """

    def teardown(self):
        kept = {"django_migrations", "django_content_type", "auth_permission"}
        with append_only.lifted(), transaction.atomic(), connection.cursor() as cursor:
            # Foreign keys are checked at the end of the transaction: any order will do.
            for table in sorted(set(connection.introspection.django_table_names(only_existing=True)) - kept):
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer what CI asks of its second engine."""
    parser.addoption("--database-only", action="store_true", help="leave out tests that say the same on every database")


class FilesInTurn(LoadScopeScheduling):
    """Gives a file to one process, as ``--dist loadfile`` does, but the tests of some to both."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return nodeid if path in ONE_BY_ONE else path


@pytest.hookimpl(trylast=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Schedule the suite by file."""
    return FilesInTurn(config, log) if config.option.dist == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, where that is asked for, what touches no database of this process."""
    if not config.getoption("--database-only"):
        return
    needed = {"db", "transactional_db", "django_db_setup"}
    left_out = {
        item
        for item in items
        if not item.get_closest_marker("django_db")
        and not item.get_closest_marker("postgres")
        and not needed.intersection(getattr(item, "fixturenames", ()))
    }
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what only the other engine can show, or shows as well in less time."""
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    if item.get_closest_marker("sqlite") and connection.vendor != "sqlite":
        pytest.skip("needs SQLite")


@pytest.fixture(autouse=True)
def nothing_rests(monkeypatch):
    """Forget what an earlier test kept, and that it found the broker, the cache or a mail server away."""
    kept.forget()
    monkeypatch.setattr(kept, "_release", partial(str, uuid.uuid4()))
    monkeypatch.setattr(broker, "_rests_until", 0.0)
    monkeypatch.setattr(caches.Forgiving, "rests_until", 0.0)
    monkeypatch.setattr(delivery, "_rests", {})


@pytest.fixture(autouse=True)
def database_clock(monkeypatch):
    """Let the database's clock show what the test's own shows, so that one frozen stands still in both.

    Returns the real one.
    """
    real = clock.database_now
    monkeypatch.setattr(clock, "database_now", lambda: clock.now())
    return real


@pytest.fixture(autouse=True)
def words_are_vietnamese():
    """Forget the language in which an earlier test asked for its pages."""
    translation.activate(settings.LANGUAGE_CODE)


def pytest_configure(config: pytest.Config) -> None:
    """Compile the message catalogues: a fresh clone has none, and its pages would be English."""
    from portal.management.commands.prepare import compile_messages

    compile_messages()


@pytest.fixture(scope="session", autouse=True)
def faces_are_cut_once() -> Iterator[None]:
    """Keep the faces of the paper font beside the code: every process of every run would cut them anew, for 20 s.

    A clean clone has none and cuts each once.
    """
    cut = pdf._cut

    def once(source: bytes, name: str) -> bytes:
        made_of = f"{pdf.FACES[name]} {fontTools.version}".encode() + cut.__code__.co_code
        key = hashlib.sha256(source + made_of).hexdigest()
        FACES.mkdir(parents=True, exist_ok=True)
        with (FACES / f"{key}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = FACES / f"{key}.ttf"
            if not kept.exists():
                made = kept.with_suffix(".made")
                made.write_bytes(cut(source, name))
                made.rename(kept)
            return kept.read_bytes()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "_cut", once)
        yield


@pytest.fixture
def now() -> datetime:
    """Monday 23 March 2026, 09:00 in Vietnam."""
    return datetime(2026, 3, 23, 9, 0, tzinfo=LOCAL)


@pytest.fixture
def commune(db):
    """A commune with opening hours, an entered calendar and officers in every role.

    ``commune.unit``, ``commune.clerk``, ``.specialist``, ``.leader``, ``.cashier``, ``.auditor``,
    ``.publisher``, ``.administrator``.
    """
    return factories.commune()


@pytest.fixture
def other_commune(db):
    """A second commune, the same way."""
    return factories.commune(slug="xuan-loc", name="Xã Xuân Lộc", identifier="000.00.17.H19")


@pytest.fixture
def citizen(db):
    """A citizen with a declared personal number and an address."""
    return factories.citizen()


@pytest.fixture
def other_citizen(db):
    """Another citizen."""
    return factories.citizen(
        full_name="Lê Thị Hoa", email="hoa@example.com", personal_number="075099000022", phone="0912000002"
    )
