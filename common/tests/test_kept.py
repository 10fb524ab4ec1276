"""What is kept until it changes: looked at once a request, once a second, and by whoever decides on it."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.http import HttpRequest

from common import kept
from common.kept import Kept, until_changed
from common.logs import current_request
from procedures.models import Sector

pytestmark = pytest.mark.django_db
# Of people, or of what somebody does with the portal.
PERSONAL = ("accounts_", "account_", "dossiers_", "notifications_", "django_", "auth_", "common_")
PERSONAL_TABLES = {"offices_post", "offices_auditentry", "procedures_preparedform", "procedures_waitingimport"}


@pytest.fixture
def process():
    """What one process keeps: how often it made the names of the sectors."""
    return Process()


class Process:
    """Sectors by name, kept; ``made`` counts how often they were read."""

    def __init__(self):
        self.made = 0
        self.kept = until_changed(Sector, most=3)(self.names)

    def names(self, prefix=""):
        self.made += 1
        return tuple(Sector.objects.filter(name__startswith=prefix).order_by("name").values_list("name", flat=True))

    def __call__(self, *args):
        return self.kept(*args)


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """What these tests keep is nobody else's."""
    monkeypatch.setattr(kept, "_everything", list(kept._everything))


@pytest.fixture
def clock(monkeypatch, settings):
    """A clock in the tests' hand, and the second of a running portal."""
    settings.KEPT_SECONDS = 1.0
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def add(name, code=None):
    return Sector.objects.create(code=code or name.lower(), name=name)


def test_it_is_made_once_for_each_argument(process):
    add("A")
    assert (process(), process(), process("A"), process("A"), process("B")) == (("A",), ("A",), ("A",), ("A",), ())
    assert process.made == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda: add("B"),
        lambda: Sector.objects.update(name="C"),
        lambda: connection.cursor().execute("UPDATE procedures_sector SET name = 'C'"),
        lambda: Sector.objects.all().delete(),
    ],
)
def test_a_change_shows_within_a_second_in_two_processes(change, clock):
    one, two = Process(), Process()
    add("A")
    assert one() == two() == ("A",)
    change()
    clock[0] += 1
    assert one() == two() == one.names() != ("A",)


def test_it_looks_once_a_second(process, clock, django_assert_num_queries):
    process()
    with django_assert_num_queries(0):
        process()
        clock[0] += 0.9
        process()
    clock[0] += 0.1
    with django_assert_num_queries(1):
        process()


def test_who_decides_looks_at_once(process, clock):
    add("A")
    process()
    add("B")
    assert process() == ("A",)
    with transaction.atomic():
        kept.look()
        assert process() == ("A", "B")


def test_a_request_sees_one_state_and_looks_once(process, settings, django_assert_num_queries):
    settings.KEPT_SECONDS = 0
    add("A")
    process()
    token = current_request.set(HttpRequest())
    try:
        with django_assert_num_queries(1):
            process()
            process()
        add("B")
        assert process() == ("A",)
    finally:
        current_request.reset(token)
    assert process() == ("A", "B")


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_saw_and_took_back_is_seen_by_nobody(process, clock):
    add("A")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        add("B")
        kept.look()
        assert process() == ("A", "B")
        raise ZeroDivisionError
    assert process() == ("A",)
    with transaction.atomic():
        add("C")
    clock[0] += 1
    assert process() == ("A", "C")


@pytest.mark.django_db(transaction=True)
def test_what_was_read_while_somebody_wrote_is_read_again(process, clock):
    """It looked, another committed, it read: the value is new, its stamp old."""
    add("A")
    read = process.names

    def slowly(prefix=""):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        return read(prefix)

    def elsewhere():
        add("B")
        connection.close()

    process.kept.make = slowly
    assert process() == ("A", "B")
    process.kept.make = process.names
    clock[0] += 1
    assert process() == ("A", "B") and process.made == 2
    assert process() == ("A", "B") and process.made == 2


def test_what_raises_is_not_kept(process):
    process.kept.make = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        process()
    process.kept.make = process.names
    assert process() == ()


def test_those_not_asked_for_go_first(process):
    for prefix in ("A", "B", "C", "A", "D"):
        process(prefix)
    assert process.made == 4
    process("A")
    assert process.made == 4
    process("B")
    assert process.made == 5


def test_only_tables_without_persons_are_kept():
    """The rule of who may be in it. The functions of the portal, by the tables they are made of."""
    names = {one.make.__module__ for one in kept._everything}
    assert "procedures.catalogue" in names
    for one in kept._everything:
        for table in one.tables:
            assert not table.startswith(PERSONAL) and table not in PERSONAL_TABLES, (one.make, table)


def test_forgetting_drops_everything(process):
    process()
    kept.forget()
    process()
    assert process.made == 2
    assert isinstance(process.kept, Kept)
