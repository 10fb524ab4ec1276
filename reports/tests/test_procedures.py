"""How procedures went this year, counted from what really happened."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest

from common.clock import LOCAL
from dossiers.models import DossierEvent, Pause
from procedures.models import ProcedureFigures
from reports import tasks
from reports.counting import procedures, rollup
from reports.models import IndicatorFigure
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(commune, citizen):
    """Make a dossier decided some working hours after its reception, at the commune or another unit."""
    version, numbers = factories.version(commune.unit), count(1)

    def make(received, decided=None, *, unit=None, **fields):
        dossier = factories.draft(citizen, unit or commune.unit, version)
        values = {
            "status": 9 if decided else 4,
            "code": f"X-{next(numbers)}",
            "received_at": received,
            "decided_at": decided,
        }
        values |= {"submitted_at": received, "due_at": received + timedelta(days=7)} | fields
        type(dossier).objects.filter(pk=dossier.pk).update(**values)
        due = {"due_at": values["due_at"].isoformat()} if values["due_at"] else {}
        steps = [(0, 1, received, {}), (1, 4, received, due)]
        steps += [(4, 9, decided, {})] if decided else []
        DossierEvent.objects.bulk_create(
            DossierEvent(
                dossier=dossier, n=n, action="x", actor_role="system", from_status=a, to_status=b, at=when, data=data
            )
            for n, (a, b, when, data) in enumerate(steps, start=1)
        )
        return dossier

    return make


def count_year(now):
    """Count days, then procedures, as a night does."""
    for _difference in rollup.rebuild(now):
        pass
    return procedures.count(now)


def at(day, hour, month=3):
    return datetime(2026, month, day, hour, tzinfo=LOCAL)


def test_a_year_is_counted(made, now):
    # Monday 2 March 2026; the desk is open 7:00–11:30 and 13:00–17:00.
    made(at(2, 8), at(2, 10))
    paused = made(at(2, 8), at(3, 10), channel="counter")
    Pause.objects.create(dossier=paused, since=at(2, 9), until=at(3, 9), reason="supplement")
    made(at(2, 8), at(11, 8))
    asked = made(at(2, 8), at(2, 9))
    for n, (before, after) in enumerate([(4, 5), (5, 4), (4, 5), (5, 4)], start=10):
        DossierEvent.objects.create(
            dossier=asked, n=n, action="x", actor_role="system", from_status=before, to_status=after, at=at(2, 8)
        )
    made(at(2, 8))
    made(datetime(2025, 12, 30, 8, tzinfo=LOCAL), at(5, 8, 1), channel="counter")
    made(datetime(2025, 6, 2, 8, tzinfo=LOCAL), datetime(2025, 6, 3, 8, tzinfo=LOCAL))
    assert count_year(now) == 1
    row = ProcedureFigures.objects.get()
    assert (row.year, row.received, row.received_online) == (2026, 5, 4)
    assert (row.decided, row.decided_online, row.on_time) == (5, 3, 3)
    # 1, 2, 2 (8:00–9:00 and 9:00–10:00 beside the pause) hours, and two of days.
    assert row.median_hours == Decimal("2.0")


def test_counting_again_replaces_and_an_old_year_goes(made, now):
    made(at(2, 8), at(2, 10))
    count_year(now)
    count_year(now)
    assert ProcedureFigures.objects.get().decided == 1
    assert count_year(now.replace(year=2027)) == 0
    assert not ProcedureFigures.objects.exists()


def test_costs_do_not_grow_with_dossiers(made, now, django_assert_num_queries):
    for _n in range(3):
        made(at(2, 8), at(2, 10))
    count_year(now)
    with django_assert_num_queries(14):
        procedures.count(now)
    for _n in range(10):
        made(at(2, 8), at(2, 10))
    count_year(now)
    with django_assert_num_queries(14):
        procedures.count(now)


def test_a_year_that_was_not_entered_leaves_the_hours_open(made, now):
    made(datetime(2023, 12, 28, 8, tzinfo=LOCAL), at(5, 8, 1))
    tasks.count_procedures()
    count_year(now)
    row = ProcedureFigures.objects.get()
    assert (row.decided, row.median_hours) == (1, None)


def test_more_dossiers_than_are_read_at_once_are_counted_once(made, now, monkeypatch):
    monkeypatch.setattr(procedures, "BATCH", 2)
    for _n in range(5):
        made(at(2, 8), at(2, 10))
    assert count_year(now) == 1
    row = ProcedureFigures.objects.get()
    assert (row.received, row.decided, row.on_time, row.counted_at) == (5, 5, 5, now)
    # Two hours each, in tenths.
    assert IndicatorFigure.objects.values_list("measure", "points", "count").get() == ("time", 100, 5)


def test_figures_of_each_procedure_are_its_own(made, now, commune, citizen):
    made(at(2, 8), at(2, 10))
    other = factories.draft(citizen, commune.unit, factories.version(commune.unit, code="1.000002"))
    type(other).objects.filter(pk=other.pk).update(status=4, code="Y-1", submitted_at=at(2, 8), received_at=at(2, 8))
    assert count_year(now) == 2
    found = {
        row.procedure.code: (row.received, row.decided, row.median_hours) for row in ProcedureFigures.objects.all()
    }
    assert found == {"1.000001": (1, 1, Decimal("2.0")), "1.000002": (1, 0, None)}


def test_a_result_is_on_time_to_the_minute_and_where_no_day_was_promised(made, now):
    made(at(2, 8), at(2, 10), due_at=at(2, 10))
    made(at(2, 8), at(2, 10), due_at=at(2, 10) - timedelta(minutes=1))
    made(at(2, 8), at(2, 10), due_at=None)
    count_year(now)
    row = ProcedureFigures.objects.get()
    assert (row.decided, row.on_time) == (3, 2)


def test_a_year_begins_at_midnight_in_vietnam(made, now):
    new_year = datetime(2026, 1, 1, tzinfo=LOCAL)
    made(new_year, new_year)
    made(new_year - timedelta(minutes=1))
    count_year(now)
    row = ProcedureFigures.objects.get()
    assert (row.received, row.decided) == (1, 1)


def test_a_pause_that_nobody_ended_ends_with_the_decision(made, now):
    dossier = made(at(2, 8), at(2, 11))
    Pause.objects.create(dossier=dossier, since=at(2, 9), until=None, reason="supplement")
    count_year(now)
    assert ProcedureFigures.objects.get().median_hours == Decimal("1.0")


def test_a_pause_stops_the_clock_only_between_reception_and_decision(made, now):
    dossier = made(at(2, 8), at(2, 11))
    Pause.objects.create(dossier=dossier, since=at(2, 7), until=at(2, 9), reason="supplement")
    Pause.objects.create(dossier=dossier, since=at(2, 10), until=at(2, 15), reason="supplement")
    count_year(now)
    assert ProcedureFigures.objects.get().median_hours == Decimal("1.0")


def test_hours_are_those_of_each_unit(made, now):
    other = factories.commune("xuan-loc", "Xã Xuân Lộc", "000.00.17.H19").unit
    other.opening_hours.filter(weekday=0).delete()
    # Monday 8:00 to Tuesday 8:00: 8:00–11:30, 13:00–17:00 and one hour; the other is closed on Mondays.
    made(at(2, 8), at(3, 8))
    made(at(2, 8), at(3, 8), unit=other)
    count_year(now)
    # The middle of 8.5 and 1 to a tenth.
    assert ProcedureFigures.objects.get().median_hours == Decimal("4.8")


def test_a_unit_without_hours_leaves_them_open(made, now, commune):
    commune.unit.opening_hours.all().delete()
    for _n in range(2):
        made(at(2, 8), at(2, 10))
    count_year(now)
    row = ProcedureFigures.objects.get()
    assert (row.decided, row.median_hours) == (2, None)


def test_a_decision_counts_in_its_own_year_and_what_is_in_hand_in_none(made, now):
    made(datetime(2025, 12, 30, 8, tzinfo=LOCAL), at(5, 8, 1))
    made(at(2, 8))
    count_year(now)
    row = ProcedureFigures.objects.get()
    assert (row.received, row.decided, row.on_time) == (1, 1, 1)
