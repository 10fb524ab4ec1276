"""Two desks at once: numbers of a book have neither gap nor double; a control shows the race without the counter."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common.database.writing import raise_counter
from common.onetime import new_key
from common.refusals import Refused
from dossiers import actions
from dossiers.books import entering
from dossiers.models import BookEntry, Dossier
from dossiers.records import numbering
from dossiers.tests.actions.test_races import at_once
from dossiers.workflow import perform
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 6


@pytest.fixture
def books(commune):
    return [factories.booked(commune.unit), factories.booked(commune.unit, "signatures", code="2.000884")]


def entries(commune, versions, now, keys=()) -> list[Callable[[], Any]]:
    """Return calls that each enter something into the books in turn."""
    given = [factories.given(commune, versions[n % len(versions)]) for n in range(TRIES)]
    keys = keys or [new_key() for _n in given]
    return [
        partial(entering.attest, one, by=commune.clerk, key=key, now=now) for one, key in zip(given, keys, strict=True)
    ]


def test_every_book_is_numbered_without_gap_and_double(commune, books, now):
    outcomes = at_once(entries(commune, books, now))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    for book in ("copies", "signatures"):
        numbers = BookEntry.objects.filter(book=book).order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, TRIES // 2 + 1))
    assert Dossier.objects.values("code").distinct().count() == TRIES


def test_one_key_sent_by_six_enters_once(commune, books, now):
    outcomes = at_once(entries(commune, books[:1], now, [new_key()] * TRIES))
    assert len({outcome.dossier.pk for outcome in outcomes}) == BookEntry.objects.count() == 1
    assert sum(outcome.is_new for outcome in outcomes) == 1


def test_what_fails_after_its_number_gives_it_back(commune, books, now):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert factories.attested(commune, books[0], now).entry.number == 1
        raise ZeroDivisionError
    assert factories.attested(commune, books[0], now).entry.number == 1


def test_an_entry_is_cancelled_once(commune, books, now):
    dossier = factories.attested(commune, books[0], now).dossier
    calls = [
        lambda: perform(actions.CancelEntry("Sai"), Dossier.objects.get(pk=dossier.pk), by=commune.clerk, now=now)
        for _try in range(2)
    ]
    outcomes = at_once(calls)
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] in (["entry"], ["stale"])


# SQLite lets one writer in at a time.
@pytest.mark.postgres
def test_control_numbers_double_when_the_counter_is_read_then_written(commune, books, now, monkeypatch):
    meeting = threading.Barrier(TRIES)

    def read_then_write(model, name, **key) -> int:
        if not key["purpose"].startswith("b."):
            return raise_counter(model, name, **key)
        row = model.objects.get(**key)
        meeting.wait(timeout=10)
        model.objects.filter(pk=row.pk).update(last=row.last + 1)
        return int(row.last) + 1

    factories.attested(commune, books[0], now)
    monkeypatch.setattr(numbering, "raise_counter", read_then_write)
    outcomes = at_once(entries(commune, books[:1], now))
    # Only the table's own rule stands between a book and the same number twice.
    assert any(isinstance(outcome, IntegrityError) for outcome in outcomes)
    assert BookEntry.objects.filter(number__gt=1).count() < TRIES
