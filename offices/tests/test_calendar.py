"""A unit's calendar: its own rows win, a department borrows those above."""

from datetime import date, time

import pytest

from common import kept
from common.values.working_time import YearNotEntered
from offices.calendar.office_calendar import NeverOpen, calendar_of
from offices.models import CalendarYear, Holiday, OpeningHours, Unit


def test_own_day_wins_over_the_day_of_all(commune, other_commune, now):
    Holiday.objects.create(day=date(2026, 3, 24), name="Nghỉ chung")
    Holiday.objects.create(day=date(2026, 3, 24), unit=commune.unit, kind="working", name="Trực")
    assert calendar_of(commune.unit, around=now).is_working_day(date(2026, 3, 24))
    assert not calendar_of(other_commune.unit, around=now).is_working_day(date(2026, 3, 24))


def test_days_of_other_units_do_not_count(commune, other_commune, now):
    Holiday.objects.create(day=date(2026, 3, 24), unit=other_commune.unit, name="Lễ hội")
    assert calendar_of(commune.unit, around=now).is_working_day(date(2026, 3, 24))


def test_department_has_the_hours_above_unless_it_has_its_own(commune, now):
    department = Unit.objects.create(kind="department", slug="ho-tich", name="Hộ tịch", short_name="Hộ tịch")
    department.parent = commune.unit
    department.save(update_fields=["parent"])
    assert calendar_of(department, around=now).stretches(date(2026, 3, 23))[0] == (time(7), time(11, 30))
    OpeningHours.objects.create(unit=department, weekday=0, opens=time(8), closes=time(10))
    assert calendar_of(department, around=now).stretches(date(2026, 3, 23)) == ((time(8), time(10)),)


def test_year_not_entered_is_shown_as_such(commune, now):
    CalendarYear.objects.filter(year=2027).delete()
    with pytest.raises(YearNotEntered):
        calendar_of(commune.unit, around=now).stretches(date(2027, 1, 4))


def test_unit_without_hours_is_refused(commune, now):
    OpeningHours.objects.all().delete()
    with pytest.raises(NeverOpen):
        calendar_of(commune.unit, around=now)


def test_a_calendar_is_read_once_until_somebody_changes_it(commune, now, settings, django_assert_num_queries):
    settings.KEPT_SECONDS = 600
    Holiday.objects.create(day=date(2026, 4, 30), name="30/4")
    # The look whether anything changed, and the three tables.
    with django_assert_num_queries(4):
        calendar = calendar_of(commune.unit, around=now)
    with django_assert_num_queries(0):
        assert calendar_of(commune.unit, around=now) is calendar
        assert not calendar.is_working_day(date(2026, 4, 30))
    Holiday.objects.all().delete()
    kept.look()
    assert calendar_of(commune.unit, around=now).is_working_day(date(2026, 4, 30))


def test_a_saturday_morning_receives_and_does_not_count(commune, now):
    OpeningHours.objects.create(unit=commune.unit, weekday=5, opens=time(7), closes=time(11), counts=False)
    Holiday.objects.create(day=date(2026, 8, 22), kind="working", replaces=date(2026, 8, 31), name="Làm bù")
    calendar = calendar_of(commune.unit, around=now)
    assert calendar.receiving(date(2026, 3, 28)) == ((time(7), time(11)),)
    assert calendar.stretches(date(2026, 3, 28)) == ()
    # A swapped Saturday has full hours, not its usual morning.
    assert calendar.stretches(date(2026, 8, 22)) == calendar.stretches(date(2026, 8, 24))
    assert calendar.receiving(date(2026, 8, 22)) == calendar.stretches(date(2026, 8, 24))
