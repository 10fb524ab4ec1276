"""How procedures went this year, counted from what really happened."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest

from common.clock import LOCAL
from dossiers import tasks
from dossiers.models import Pause
from dossiers.timeline import figures
from procedures.models import ProcedureFigures
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(commune, citizen):
    """Make a dossier decided some working hours after its reception."""
    version, numbers = factories.version(commune.unit), count(1)

    def make(received, decided=None, **fields):
        dossier = factories.draft(citizen, commune.unit, version)
        values = {
            "status": 9 if decided else 4,
            "code": f"X-{next(numbers)}",
            "received_at": received,
            "decided_at": decided,
        }
        values |= {"due_at": received + timedelta(days=7)} | fields
        type(dossier).objects.filter(pk=dossier.pk).update(**values)
        return dossier

    return make


def at(day, hour, month=3):
    return datetime(2026, month, day, hour, tzinfo=LOCAL)


def test_a_year_is_counted(made, now):
    # Monday 2 March 2026; the desk is open 7:00–11:30 and 13:00–17:00.
    made(at(2, 8), at(2, 10))
    paused = made(at(2, 8), at(3, 10), channel="counter")
    Pause.objects.create(dossier=paused, since=at(2, 9), until=at(3, 9), reason="supplement")
    made(at(2, 8), at(11, 8))
    made(at(2, 8), at(2, 9), counts_late=True)
    made(at(2, 8))
    made(datetime(2025, 12, 30, 8, tzinfo=LOCAL), at(5, 8, 1), channel="counter")
    made(datetime(2025, 6, 2, 8, tzinfo=LOCAL), datetime(2025, 6, 3, 8, tzinfo=LOCAL))
    assert figures.count(now) == 1
    row = ProcedureFigures.objects.get()
    assert (row.year, row.received, row.received_online) == (2026, 5, 4)
    assert (row.decided, row.decided_online, row.on_time) == (5, 3, 3)
    # 1, 2, 2 (8:00–9:00 and 9:00–10:00 beside the pause) hours, and two of days.
    assert row.median_hours == Decimal("2.0")


def test_counting_again_replaces_and_an_old_year_goes(made, now):
    made(at(2, 8), at(2, 10))
    figures.count(now)
    figures.count(now)
    assert ProcedureFigures.objects.get().decided == 1
    assert figures.count(now.replace(year=2027)) == 0
    assert not ProcedureFigures.objects.exists()


def test_costs_do_not_grow_with_dossiers(made, now, django_assert_num_queries):
    for _n in range(3):
        made(at(2, 8), at(2, 10))
    figures.count(now)
    with django_assert_num_queries(9):
        figures.count(now)
    for _n in range(10):
        made(at(2, 8), at(2, 10))
    with django_assert_num_queries(9):
        figures.count(now)


def test_a_year_that_was_not_entered_leaves_the_hours_open(made, now):
    made(datetime(2023, 12, 28, 8, tzinfo=LOCAL), at(5, 8, 1))
    tasks.count_figures()
    figures.count(now)
    row = ProcedureFigures.objects.get()
    assert (row.decided, row.median_hours) == (1, None)
