"""The last day of a time: as the Civil Code counts."""

from datetime import date

import pytest

from offices.models import DayKind, Holiday
from procedures.guiding.deadlines import deadline
from procedures.models import SpanUnit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 23)


def last(start, amount, unit=SpanUnit.DAYS):
    found = deadline(start, amount, unit, TODAY)
    return found and (found.day, found.left)


def test_the_first_day_does_not_count():
    assert last(date(2026, 3, 2), 60) == (date(2026, 5, 1), 39)
    assert last(TODAY, 1) == (date(2026, 3, 24), 1)


def test_a_last_day_off_moves_to_the_next_working_day():
    # A Saturday.
    assert last(date(2026, 3, 18), 10) == (date(2026, 3, 30), 7)
    Holiday.objects.create(day=date(2026, 3, 30), name="Nghỉ")
    assert last(date(2026, 3, 18), 10) == (date(2026, 3, 31), 8)
    Holiday.objects.create(day=date(2026, 3, 28), kind=DayKind.WORKING, name="Làm bù")
    assert last(date(2026, 3, 18), 10) == (date(2026, 3, 28), 5)


def test_months_end_on_the_same_day_or_the_last_one():
    assert last(date(2025, 12, 31), 2, SpanUnit.MONTHS) == (date(2026, 3, 2), -21)
    assert last(date(2024, 2, 29), 12, SpanUnit.MONTHS) == (date(2025, 2, 28), -388)
    assert last(date(2026, 1, 15), 36, SpanUnit.MONTHS) == (date(2029, 1, 15), 1029)


def test_beyond_the_calendar_there_is_no_day():
    assert last(date(9999, 12, 1), 60) is None
    assert last(date(9999, 12, 1), 12, SpanUnit.MONTHS) is None
