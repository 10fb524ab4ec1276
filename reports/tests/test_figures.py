"""Figures of a year agree with a plain count of the dossiers, and balance in every row."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from offices.models import Unit
from procedures.models import Sector
from reports.statistics.figures import COLUMNS as FLOW
from reports.statistics.figures import By, Selection, table
from reports.statistics.periods import Period, month_end
from reports.tests.conftest import counted_year
from reports.tests.plain import COLUMNS, balances, plain

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture(scope="module")
def year(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    """Five thousand dossiers, counted."""
    yield from counted_year(django_db_blocker, 5000)


@pytest.mark.django_db
@pytest.mark.parametrize("by", [By.FIELD, By.PROCEDURE, By.UNIT, By.LEVEL])
def test_figures_of_five_thousand_dossiers_agree_with_a_plain_count(year, by):
    found = table(Selection(), YEAR, by)
    assert len(found.rows) > 1
    assert {key: plain(2025, f"{COLUMNS[by]} = %s", (key,)) for key in found.rows} == found.rows
    assert found.total == plain(2025)
    assert min(getattr(found.total, name) for name in FLOW if name not in ("carried", "on_time")) > 50


@pytest.mark.django_db
def test_the_balance_holds_for_every_unit_field_and_month(year):
    units, sectors = Unit.objects.values_list("pk", flat=True), Sector.objects.values_list("pk", flat=True)
    for unit, sector in product([None, *units], [None, *sectors]):
        selected = Selection([unit] if unit else None, sector)
        whole = table(selected, YEAR, By.MONTH)
        assert len(whole.rows) == 12 and balances(whole.total)
        left = whole.total.carried
        for month, row in whole.rows.items():
            assert balances(row) and row.carried == left
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
