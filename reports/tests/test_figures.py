"""Figures of a year agree with a plain count of the dossiers, and balance in every row."""

from datetime import date
from itertools import product

import pytest
from django.db import connection

from offices.models import Unit
from procedures.models import Sector
from reports.statistics.figures import By, Flow, Selection, table
from reports.statistics.periods import Period, month_end

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
# Moments as the database keeps them, on Vietnam's days.
LOCAL = {"sqlite": "DATE({}, '+7 hours')", "postgresql": "({} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"}


def plain(where: str, values: tuple = ()) -> Flow:
    """Count the dossiers of the year themselves, in one plain statement."""
    on = LOCAL[connection.vendor].format
    came, ended = on("d.submitted_at"), on("COALESCE(d.decided_at, d.closed_at)")
    decided, due = on("d.decided_at"), on("d.due_at")
    within = "BETWEEN '2025-01-01' AND '2025-12-31'"
    left = f"{came} <= '2025-12-31' AND ({ended} IS NULL OR {ended} > '2025-12-31')"
    is_late = f"d.due_at IS NOT NULL AND {due} <= '2025-12-31' AND (d.decided_at IS NULL OR d.due_at < d.decided_at)"
    was_withdrawn = (
        "(SELECT e.from_status FROM dossiers_dossierevent e WHERE e.dossier_id = d.id ORDER BY e.n DESC LIMIT 1) = 7"
    )
    counted = {
        "carried": f"{came} < '2025-01-01'",
        "online": f"{came} {within} AND d.channel = 'online'",
        "direct": f"{came} {within} AND d.channel <> 'online'",
        "early": f"{decided} {within} AND d.decided_at <= d.due_at AND {decided} < {due}",
        "on_time": f"{decided} {within} AND d.decided_at <= d.due_at AND {decided} = {due}",
        "late": f"{decided} {within} AND d.decided_at > d.due_at",
        "refused": f"d.status = 3 AND {ended} {within}",
        "stopped": f"d.status = 8 AND {ended} {within} AND NOT {was_withdrawn}",
        "withdrawn": f"d.status = 8 AND {ended} {within} AND {was_withdrawn}",
        "pending": f"{left} AND NOT ({is_late})",
        "overdue": f"{left} AND {is_late}",
    }
    sums = ", ".join(f"COUNT(CASE WHEN {rule} THEN 1 END)" for rule in counted.values())
    sql = (
        f"SELECT {sums} FROM dossiers_dossier d JOIN procedures_procedureversion v ON v.id = d.version_id "
        f"JOIN procedures_procedure p ON p.id = v.procedure_id WHERE d.status > 0 AND {where}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return Flow(*cursor.fetchone())


@pytest.mark.django_db
@pytest.mark.parametrize("by", [By.FIELD, By.PROCEDURE, By.UNIT, By.LEVEL])
def test_figures_agree_with_a_plain_count(year, by):
    column = {"field": "p.sector_id", "procedure": "p.id", "unit": "d.unit_id", "level": "v.level"}[by]
    found = table(Selection(), YEAR, by)
    assert len(found.rows) > 1
    assert {key: plain(f"{column} = %s", (key,)) for key in found.rows} == found.rows
    assert found.total == plain("1 = 1")
    assert found.total.resolved > 50 and found.total.overdue > 5 and found.total.withdrawn and found.total.stopped


@pytest.mark.django_db
def test_the_balance_holds_for_every_unit_field_and_month(year):
    units, sectors = Unit.objects.values_list("pk", flat=True), Sector.objects.values_list("pk", flat=True)
    for unit, sector in product([None, *units], [None, *sectors]):
        selected = Selection([unit] if unit else None, sector)
        whole = table(selected, YEAR, By.MONTH)
        assert len(whole.rows) == 12 and whole.total.is_balanced
        left = whole.total.carried
        for month, row in whole.rows.items():
            assert row.is_balanced and row.carried == left
            left = row.pending + row.overdue
            assert row == table(selected, Period(month, month_end(month)), By.UNIT).total
        assert whole.total == table(selected, YEAR, By.PROCEDURE).total


@pytest.mark.django_db
def test_what_two_units_below_one_have_counts_once_in_the_sum(year):
    below = Unit.objects.get(slug="phong")
    both = table(Selection([year.unit.pk, below.pk]), YEAR, By.UNIT)
    each = [table(Selection([pk]), YEAR, By.UNIT).total.received for pk in (year.unit.pk, below.pk)]
    assert both.total.received == sum(each)


@pytest.mark.django_db
@pytest.mark.parametrize("by", list(By))
def test_a_table_is_one_query_whatever_it_counts(year, by, django_assert_num_queries):
    with django_assert_num_queries(1):
        table(Selection([year.unit.pk], level=3), Period(date(2025, 2, 1), date(2025, 8, 31)), by)
