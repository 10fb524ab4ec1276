"""When a term ends, by the unit in which the law counts it, and when it begins."""

from datetime import datetime
from decimal import Decimal

import pytest

from common.clock import LOCAL
from common.refusals import Refused
from dossiers.records import terms
from offices.calendar.office_calendar import calendar_of
from offices.models import CalendarYear, OpeningHours
from procedures.models import ProcedureVersion, TimeUnit
from tests import factories

pytestmark = pytest.mark.django_db


def march(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of March 2026; the 23rd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("unit", "amount", "start", "due"),
    [
        # Working days: the same time of day; the weekend does not count.
        (TimeUnit.WORKING_DAYS, 3, march(23, 9), march(26, 9)),
        (TimeUnit.WORKING_DAYS, 5, march(23, 9), march(30, 9)),
        # Calendar days: to the end of the last one; one on a Saturday moves to Monday.
        (TimeUnit.DAYS, 3, march(23, 9), march(26, 17)),
        (TimeUnit.DAYS, 5, march(23, 9), march(30, 17)),
        # Hours in which the desk is open.
        (TimeUnit.HOURS, 8, march(23, 9), march(24, 8, 30)),
        (TimeUnit.HOURS, 2, march(27, 16), march(30, 8)),
        # The same day, the next one after 15:00; no amount in the law means the same.
        (TimeUnit.SAME_DAY, 0, march(23, 9), march(23, 17)),
        (TimeUnit.SAME_DAY, 7, march(23, 9), march(23, 17)),
        (TimeUnit.SAME_DAY, 0, march(23, 15, 30), march(24, 17)),
        (TimeUnit.DAYS, 0, march(23, 9), march(23, 17)),
        (TimeUnit.WORKING_DAYS, 0, march(27, 16), march(30, 17)),
        (TimeUnit.HOURS, 0, march(23, 9), march(23, 17)),
    ],
)
def test_a_term_ends_as_its_unit_is_counted(commune, unit, amount, start, due):
    version = ProcedureVersion(processing_unit=unit, processing_amount=amount)
    assert terms.due_from(version, calendar_of(commune.unit, around=start), start) == due


@pytest.mark.parametrize(
    ("at", "begins"),
    [
        (march(23, 9), march(23, 9)),
        (march(23, 12), march(23, 13)),
        (march(23, 18), march(24, 7)),
        (march(28, 9), march(30, 7)),
    ],
)
def test_a_term_begins_when_the_desk_is_open(road, at, begins):
    started = terms.start_term(road.dossier, at)
    assert started["term_from"] == begins
    calendar = calendar_of(road.commune.unit, around=at)
    assert started["due_at"] == terms.due_from(road.version, calendar, begins)


def test_a_term_in_a_year_that_nobody_entered_is_refused_by_its_year(road):
    CalendarYear.objects.filter(year__gte=2026).delete()
    with pytest.raises(Refused) as caught:
        terms.start_term(road.dossier, march(23, 9))
    assert caught.value.code == "calendar"
    assert "2026" in caught.value.message


def test_a_term_without_opening_hours_is_refused(road):
    OpeningHours.objects.all().delete()
    with pytest.raises(Refused) as caught:
        terms.start_term(road.dossier, march(23, 9))
    assert caught.value.code == "calendar"
    assert "2026" not in caught.value.message


def test_the_time_of_a_step_informs_and_stops_nothing(road):
    unit = road.commune.unit
    assert terms.step_due(unit, march(23, 9), Decimal("1.5")) == march(23, 10, 30)
    for nothing in (None, Decimal(0)):
        assert terms.step_due(unit, march(23, 9), nothing) is None
    OpeningHours.objects.all().delete()
    assert terms.step_due(unit, march(23, 9), Decimal(4)) is None


def test_the_competent_units_calendar_counts(road, other_commune):
    OpeningHours.objects.filter(unit=other_commune.unit, weekday=0).delete()
    road.dossier.unit = other_commune.unit
    assert terms.start_term(road.dossier, march(23, 9))["term_from"] == march(24, 7)


def test_factories_use_working_days(db):
    """The dates of the road in other tests are counted so."""
    version = factories.version()
    assert (version.processing_amount, version.processing_unit) == (3, TimeUnit.WORKING_DAYS)
