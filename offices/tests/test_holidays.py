"""The stock of days off: facts of 2025–2027 that administrators may edit."""

from datetime import date

import pytest

from offices.calendar.holidays import load_holidays, read_holidays
from offices.models import CalendarYear, DayKind, Holiday

pytestmark = pytest.mark.django_db


def kinds():
    return {row.day: row.kind for row in read_holidays()}


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2025, 1, 27), date(2025, 1, 31)),
        (date(2026, 2, 16), date(2026, 2, 20)),
        (date(2027, 2, 4), date(2027, 2, 10)),
        (date(2025, 9, 1), date(2025, 9, 2)),
        (date(2026, 8, 31), date(2026, 9, 2)),
        (date(2026, 4, 26), date(2026, 4, 27)),
    ],
)
def test_runs_of_days_off(first, last):
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    assert [kinds().get(day) for day in days] == [DayKind.OFF] * len(days)


@pytest.mark.parametrize("day", [date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)])
def test_make_up_days_are_working_saturdays(day):
    assert day.weekday() == 5
    assert kinds()[day] == DayKind.WORKING


def test_the_day_of_culture_is_off_from_2026_on():
    assert date(2025, 11, 24) not in kinds()
    assert kinds()[date(2026, 11, 24)] == kinds()[date(2027, 11, 24)] == DayKind.OFF


def test_loading_enters_three_years_once(now):
    assert load_holidays(now) == [2025, 2026, 2027]
    assert set(CalendarYear.objects.values_list("year", flat=True)) == {2025, 2026, 2027}
    count = Holiday.objects.count()
    assert count == len(read_holidays())
    assert load_holidays(now) == []
    assert Holiday.objects.count() == count


def test_an_edited_year_stays_as_it_was_edited(now):
    load_holidays(now)
    Holiday.objects.filter(day=date(2027, 2, 4)).delete()
    Holiday.objects.filter(day=date(2027, 2, 5)).update(name="Tết Nguyên đán")
    load_holidays(now)
    assert not Holiday.objects.filter(day=date(2027, 2, 4)).exists()
    assert Holiday.objects.get(day=date(2027, 2, 5)).name == "Tết Nguyên đán"


def test_a_broken_file_is_refused(tmp_path, now):
    path = tmp_path / "days.csv"
    path.write_text("day,kind,name\n2026-02-30,off,No such day\n")
    with pytest.raises(ValueError):
        load_holidays(now, path)
    assert not CalendarYear.objects.exists()
