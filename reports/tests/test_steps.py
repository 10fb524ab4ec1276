"""Times of steps: working hours between reception and decision, without pauses."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from common.clock import LOCAL
from dossiers.models import Dossier, Pause
from reports.counting import steps
from reports.models import StepFigure
from reports.statistics.charts import bar_chart
from reports.statistics.periods import Period, usual
from tests import factories

NOW = datetime(2026, 3, 23, 9, tzinfo=LOCAL)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=LOCAL)


@pytest.mark.django_db
def test_a_step_counts_from_reception_to_decision_without_the_citizens_time(commune, citizen):
    dossier = factories.draft(citizen, commune.unit)
    # Monday 2 March: received at 8:00, decided on Tuesday at 10:00; awaited from 9:00 to 11:00.
    Dossier.objects.filter(pk=dossier.pk).update(received_at=at(2, 8), decided_at=at(3, 10), status=9, code="H-1")
    Pause.objects.create(dossier=dossier, since=at(2, 9), until=at(2, 11), reason="supplement")
    rows = [("clerk", at(1, 8), at(2, 9), 2), ("specialist", at(2, 9), at(3, 8), 4), ("leader", at(3, 8), at(3, 10), 0)]
    rows.append(("clerk", at(3, 10), at(9, 8), 1))
    for n, (role, since, until, allotted) in enumerate(rows, start=1):
        dossier.assignments.create(
            n=n, step=n, unit=commune.unit, role=role, since=since, until=until, allotted=allotted or None
        )
    assert steps.measure(NOW) == 6
    found = {row.role: row for row in StepFigure.objects.filter(procedure=None)}
    assert {role: (row.count, row.median_hours, row.over) for role, row in found.items()} == {
        "clerk": (1, Decimal("1.0"), 0),
        # 9:00–11:30 and 13:00–17:00 and 7:00–8:00 less two hours.
        "specialist": (1, Decimal("5.5"), 1),
        "leader": (1, Decimal("2.0"), 0),
    }
    assert (found["clerk"].allotted_hours, found["leader"].allotted_hours) == (2, None)
    assert steps.measure(NOW + timedelta(days=200)) == 0 and not StepFigure.objects.exists()


@pytest.mark.django_db
def test_a_step_that_went_on_after_a_recall_counts_once_and_what_was_recalled_not_at_all(commune, citizen):
    dossier = factories.draft(citizen, commune.unit)
    Dossier.objects.filter(pk=dossier.pk).update(received_at=at(2, 8), status=4, code="H-1")
    # Two hours, half an hour with the wrong colleague, one hour more; then six with the right one.
    rows = [
        ("clerk", at(2, 8), at(2, 10), None),
        ("specialist", at(2, 10), at(2, 11), None),
        ("clerk", at(2, 11), at(2, 14), 1),
        ("specialist", at(2, 14), at(3, 10), None),
    ]
    for n, (role, since, until, continues) in enumerate(rows, start=1):
        dossier.assignments.create(
            n=n, step=1, unit=commune.unit, role=role, since=since, until=until, allotted=3, continues=continues
        )
    assert steps.measure(NOW) == 4
    found = {row.role: (row.count, row.median_hours, row.over) for row in StepFigure.objects.filter(procedure=None)}
    assert found == {"clerk": (1, Decimal("3.5"), 1), "specialist": (1, Decimal("6.0"), 1)}


@pytest.mark.parametrize(("hours", "expected"), [([3.0], 3), (list(range(1, 11)), 9), (list(range(1, 12)), 10)])
def test_nine_in_ten_took_no_longer(hours, expected):
    assert steps.slowest(hours) == expected


def test_a_chart_draws_in_proportion_and_leaves_out_what_is_withheld():
    chart = bar_chart("t", [("a", [("early", 3), ("late", 1)]), ("b", [("early", 2), ("late", None)])], {})
    assert [[part.width for part in bar.parts] for bar in chart.bars] == [["225.0", "75.0"], []]
    assert chart.bars[0].number == "4" and "b" in chart.description


@pytest.mark.parametrize("day", [at(23, 9).date(), at(23, 9).date().replace(month=1, day=1)])
def test_usual_periods_say_again_what_they_are(day):
    for _name, period in usual(day):
        asked = Period.read(dict(period.fields()), day, by_months=True)
        assert (asked.since, min(asked.until, day)) == (period.since, period.until)
