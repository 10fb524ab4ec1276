"""Codes and register numbers: which day and year they belong to, and that no number is lost or given twice."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from dossiers.models import NumberSeries, SlipKind
from dossiers.records import numbering
from tests import factories

pytestmark = pytest.mark.django_db
# 23:59 and 00:00 in Vietnam; both lie in the afternoon of 31 December 2026 in UTC.
OLD_YEAR = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)


@pytest.fixture
def unit(commune):
    return commune.unit


def register(unit, moment, purpose=SlipKind.RECEIPT) -> str:
    return numbering.yearly_number(unit, moment, purpose, "TNHS")


def test_the_register_of_a_year_ends_at_midnight_in_vietnam(unit):
    assert [register(unit, OLD_YEAR), register(unit, OLD_YEAR)] == ["1/TNHS", "2/TNHS"]
    assert [register(unit, NEW_YEAR), register(unit, OLD_YEAR)] == ["1/TNHS", "3/TNHS"]
    assert set(NumberSeries.objects.values_list("period", "last")) == {(date(2026, 1, 1), 3), (date(2027, 1, 1), 1)}


def test_a_code_carries_the_day_in_vietnam_and_counts_from_one_each_day(unit):
    codes = [numbering.dossier_code(unit, moment) for moment in (OLD_YEAR, OLD_YEAR, NEW_YEAR)]
    assert codes == [
        "000.00.16.H19-261231-0001",
        "000.00.16.H19-261231-0002",
        "000.00.16.H19-270101-0001",
    ]


def test_a_register_counts_through_the_year(unit):
    numbers = [register(unit, datetime(2026, month, 15, 3, tzinfo=UTC)) for month in (1, 6, 12)]
    assert numbers == ["1/TNHS", "2/TNHS", "3/TNHS"]


def test_units_and_purposes_have_registers_of_their_own(unit):
    other = factories.commune(slug="xuan-loc", name="Xã Xuân Lộc", identifier="000.00.17.H19").unit
    assert register(unit, OLD_YEAR) == "1/TNHS"
    assert register(other, OLD_YEAR) == "1/TNHS"
    assert register(unit, OLD_YEAR, SlipKind.REFUSAL) == "1/TNHS"
    assert register(unit, OLD_YEAR) == "2/TNHS"


def test_a_transaction_that_fails_gives_its_number_back(unit):
    register(unit, OLD_YEAR)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert register(unit, OLD_YEAR) == "2/TNHS"
        raise ZeroDivisionError
    assert register(unit, OLD_YEAR) == "2/TNHS"


@pytest.mark.django_db(transaction=True)
def test_no_number_is_given_outside_the_transaction_that_uses_it(unit):
    with pytest.raises(transaction.TransactionManagementError):
        register(unit, OLD_YEAR)
    assert not NumberSeries.objects.exists()


@pytest.mark.parametrize("earlier", [0, 2])
def test_a_number_costs_one_statement(unit, earlier, django_assert_num_queries):
    for _n in range(earlier):
        register(unit, OLD_YEAR)
    with django_assert_num_queries(1):
        assert register(unit, OLD_YEAR) == f"{earlier + 1}/TNHS"
