"""Deadlines computed by hand on the calendar of 2026 and 2027, one a line.

The desk opens 7:00–11:30 and 13:00–17:00 from Monday to Friday; on Saturday mornings it receives and nothing counts.
"""

import csv
from datetime import date, datetime, time
from pathlib import Path

import pytest

import offices
from common.clock import LOCAL
from common.values.working_time import (
    OfficeCalendar,
    add_calendar_days,
    add_working_days,
    add_working_hours,
    add_working_time,
    is_receiving,
    same_day,
    working_time_between,
)

WEEK = (((time(7), time(11, 30)), (time(13), time(17))),) * 5 + ((), ())
SATURDAY_MORNING = ((),) * 5 + (((time(7), time(11, 30)),), ())
STOCK = Path(offices.__file__).parent / "calendar" / "data" / "holidays.csv"
LOCAL_DAYS = {
    date(2026, 6, 10): "afternoon_off",
    date(2026, 6, 11): "morning_off",
    date(2026, 6, 16): "receiving",
    date(2026, 6, 17): "counting",
}
with STOCK.open(encoding="utf-8", newline="") as _lines:
    _ROWS = list(csv.DictReader(_lines))
CALENDAR = OfficeCalendar(
    WEEK,
    {date.fromisoformat(row["day"]): row["kind"] for row in _ROWS} | LOCAL_DAYS,
    frozenset({2025, 2026, 2027}),
    SATURDAY_MORNING,
    {date.fromisoformat(row["day"]): date.fromisoformat(row["replaces"]) for row in _ROWS if row["replaces"]},
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


WORKING_DAYS = [
    ("2026-03-23 09:15", 3, "2026-03-26 09:15"),
    ("2026-03-27 10:00", 1, "2026-03-30 10:00"),
    ("2026-03-27 16:59", 5, "2026-04-03 16:59"),
    # A Saturday morning receives and does not count.
    ("2026-03-28 09:00", 3, "2026-04-02 07:00"),
    ("2026-03-29 20:00", 1, "2026-03-31 07:00"),
    ("2026-03-23 12:00", 1, "2026-03-24 13:00"),
    ("2026-03-23 17:00", 1, "2026-03-25 07:00"),
    ("2026-03-23 06:00", 2, "2026-03-25 07:00"),
    # Tết, 16–20 February 2026.
    ("2026-02-13 10:00", 1, "2026-02-23 10:00"),
    ("2026-02-12 15:00", 2, "2026-02-23 15:00"),
    ("2026-02-12 15:00", 3, "2026-02-24 15:00"),
    ("2026-02-17 09:00", 1, "2026-02-24 07:00"),
    ("2026-02-11 08:00", 5, "2026-02-25 08:00"),
    # Giỗ Tổ with its day instead on Monday, 30 April and 1 May.
    ("2026-04-28 10:00", 1, "2026-04-29 10:00"),
    ("2026-04-28 10:00", 2, "2026-05-04 10:00"),
    ("2026-04-29 16:00", 3, "2026-05-06 16:00"),
    ("2026-04-24 09:00", 2, "2026-04-29 09:00"),
    ("2026-04-26 10:00", 1, "2026-04-29 07:00"),
    ("2026-04-30 10:00", 1, "2026-05-05 07:00"),
    # Saturday 22 August makes up for Monday 31 August, with full hours.
    ("2026-08-21 10:00", 1, "2026-08-22 10:00"),
    ("2026-08-21 10:00", 2, "2026-08-24 10:00"),
    ("2026-08-22 14:00", 1, "2026-08-24 14:00"),
    ("2026-08-22 16:30", 5, "2026-08-28 16:30"),
    ("2026-08-28 15:00", 1, "2026-09-03 15:00"),
    ("2026-08-27 09:00", 3, "2026-09-04 09:00"),
    ("2026-08-31 09:00", 1, "2026-09-04 07:00"),
    # Friday 2 January was swapped with Saturday 10 January.
    ("2026-01-02 09:00", 1, "2026-01-06 07:00"),
    ("2025-12-31 10:00", 1, "2026-01-05 10:00"),
    ("2026-01-09 10:00", 1, "2026-01-10 10:00"),
    ("2026-01-10 08:00", 2, "2026-01-13 08:00"),
    ("2026-11-23 10:00", 1, "2026-11-25 10:00"),
    ("2026-12-31 10:00", 1, "2027-01-04 10:00"),
    ("2027-02-03 10:00", 1, "2027-02-11 10:00"),
    ("2027-04-15 10:00", 1, "2027-04-19 10:00"),
    ("2027-04-29 10:00", 1, "2027-05-04 10:00"),
    # Half days: an afternoon off, then a morning off.
    ("2026-06-09 15:00", 1, "2026-06-10 11:30"),
    ("2026-06-10 09:00", 1, "2026-06-11 13:00"),
    ("2026-06-10 13:30", 1, "2026-06-12 13:00"),
    ("2026-06-11 08:00", 1, "2026-06-12 13:00"),
    ("2026-06-08 16:00", 2, "2026-06-10 11:30"),
    # A day that only receives, then one that only counts.
    ("2026-06-15 09:00", 1, "2026-06-17 09:00"),
    ("2026-06-16 09:00", 1, "2026-06-18 07:00"),
]
HOURS = [
    ("2026-03-23 13:00", 4, "2026-03-23 17:00"),
    ("2026-03-23 16:00", 2, "2026-03-24 08:00"),
    ("2026-03-23 11:00", 1, "2026-03-23 13:30"),
    ("2026-03-27 16:00", 8, "2026-03-30 15:30"),
    ("2026-03-28 09:00", 8, "2026-03-30 16:30"),
    ("2026-02-13 16:00", 8, "2026-02-23 15:30"),
    ("2026-08-21 16:00", 8, "2026-08-22 15:30"),
    ("2026-06-09 16:00", 8, "2026-06-11 15:30"),
    ("2026-04-29 15:00", 8.5, "2026-05-04 15:00"),
    ("2026-06-15 16:00", 2, "2026-06-17 08:00"),
]
DAYS = [
    ("2026-03-23 09:00", 3, "2026-03-26 17:00"),
    ("2026-03-23 09:00", 5, "2026-03-30 17:00"),
    ("2026-02-09 09:00", 7, "2026-02-23 17:00"),
    ("2026-04-22 10:00", 8, "2026-05-04 17:00"),
    ("2026-08-15 09:00", 7, "2026-08-24 17:00"),
    ("2026-08-17 10:00", 5, "2026-08-22 17:00"),
    ("2026-06-05 09:00", 5, "2026-06-10 11:30"),
    ("2026-08-03 09:00", 30, "2026-09-03 17:00"),
]
SAME_DAY = [
    ("2026-03-23 14:59", "2026-03-23 17:00"),
    ("2026-03-23 15:00", "2026-03-23 17:00"),
    ("2026-03-23 15:01", "2026-03-24 17:00"),
    ("2026-03-27 15:30", "2026-03-30 17:00"),
    ("2026-03-28 08:00", "2026-03-30 17:00"),
    ("2026-02-13 16:00", "2026-02-23 17:00"),
    ("2026-06-10 09:00", "2026-06-10 11:30"),
    ("2026-04-29 15:30", "2026-05-04 17:00"),
    ("2026-08-21 16:00", "2026-08-22 17:00"),
    ("2026-01-09 15:30", "2026-01-10 17:00"),
]
# A date, a pause from and to, the date after it: later by the time that counted in the pause.
PAUSES = [
    ("2026-02-12 10:00", "2026-02-11 09:00", "2026-02-24 09:00", "2026-02-25 10:00"),
    ("2026-04-29 16:00", "2026-04-28 15:00", "2026-05-04 08:00", "2026-05-05 09:00"),
    ("2026-08-24 09:00", "2026-08-21 10:00", "2026-08-22 10:00", "2026-08-25 09:00"),
    ("2026-03-31 09:00", "2026-03-28 08:00", "2026-03-28 11:00", "2026-03-31 09:00"),
    ("2026-03-31 09:00", "2026-03-27 18:00", "2026-03-30 06:00", "2026-03-31 09:00"),
    # A date at the closing of a day stays there when nothing counted.
    ("2026-03-27 17:00", "2026-03-27 18:00", "2026-03-28 10:00", "2026-03-27 17:00"),
    ("2026-06-11 16:00", "2026-06-10 10:00", "2026-06-11 14:00", "2026-06-12 08:30"),
]


def test_the_table_is_long_enough():
    assert len(WORKING_DAYS) + len(HOURS) + len(DAYS) + len(SAME_DAY) + len(PAUSES) >= 60


@pytest.mark.parametrize(("start", "days", "due"), WORKING_DAYS)
def test_working_days(start, days, due):
    assert add_working_days(CALENDAR, local(start), days) == local(due)


@pytest.mark.parametrize(("start", "hours", "due"), HOURS)
def test_desk_hours(start, hours, due):
    assert add_working_hours(CALENDAR, local(start), hours) == local(due)


@pytest.mark.parametrize(("start", "days", "due"), DAYS)
def test_calendar_days(start, days, due):
    assert add_calendar_days(CALENDAR, local(start), days) == local(due)


@pytest.mark.parametrize(("start", "due"), SAME_DAY)
def test_the_same_day(start, due):
    assert same_day(CALENDAR, local(start)) == local(due)


@pytest.mark.parametrize(("due", "since", "until", "later"), PAUSES)
def test_a_pause_moves_a_date_by_what_counted_in_it(due, since, until, later):
    stood = working_time_between(CALENDAR, local(since), local(until))
    assert add_working_time(CALENDAR, local(due), stood) == local(later)


@pytest.mark.parametrize(
    ("moment", "receives"),
    [
        ("2026-03-28 07:00", True),
        ("2026-03-28 11:30", False),
        ("2026-03-29 09:00", False),
        # A make-up Saturday receives all day, a day off not at all.
        ("2026-08-22 15:00", True),
        ("2026-08-31 09:00", False),
        ("2026-06-10 14:00", False),
        ("2026-06-16 14:00", True),
        ("2026-06-17 09:00", False),
    ],
)
def test_when_the_desk_receives(moment, receives):
    assert is_receiving(CALENDAR, local(moment)) is receives


@pytest.mark.parametrize(
    ("kind", "day", "receives", "counts"),
    [
        # A Saturday that usually receives in the morning; a Sunday that is closed.
        ("receiving", date(2026, 7, 4), ((time(7), time(11, 30)),), ()),
        ("receiving", date(2026, 7, 5), ((time(7), time(11, 30)),), ()),
        ("counting", date(2026, 7, 4), (), WEEK[0]),
        ("working", date(2026, 7, 4), WEEK[0], WEEK[0]),
        ("working", date(2026, 7, 6), WEEK[0], WEEK[0]),
        ("afternoon_off", date(2026, 7, 4), ((time(7), time(11, 30)),), ()),
        ("morning_off", date(2026, 7, 4), (), ()),
        ("off", date(2026, 7, 6), (), ()),
    ],
)
def test_two_facts_of_a_day(kind, day, receives, counts):
    calendar = OfficeCalendar(WEEK, {day: kind}, frozenset({2026}), SATURDAY_MORNING)
    assert (calendar.receiving(day), calendar.stretches(day)) == (receives, counts)


def test_a_make_up_day_has_the_hours_of_the_day_replaced():
    short_friday = (*WEEK[:4], ((time(7), time(11)),), (), ())
    saturday = date(2026, 8, 22)
    replacing = OfficeCalendar(
        short_friday, {saturday: "working"}, frozenset({2026}), replaced={saturday: date(2026, 8, 31)}
    )
    assert replacing.stretches(saturday) == WEEK[0]
    without = OfficeCalendar(short_friday, {saturday: "working"}, frozenset({2026}))
    assert without.stretches(saturday) == ((time(7), time(11)),)
