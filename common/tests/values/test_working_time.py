"""Working time: single cases from the rules, and properties that hold for every calendar day."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.clock import LOCAL
from common.values.working_time import (
    NeverOpen,
    OfficeCalendar,
    YearNotEntered,
    add_calendar_days,
    add_working_days,
    add_working_hours,
    add_working_time,
    is_open,
    next_open,
    same_day,
    working_days_between,
    working_time_between,
)

MORNING, AFTERNOON = (time(7), time(11, 30)), (time(13), time(17))
WEEK = ((MORNING, AFTERNOON),) * 5 + ((), ())
CALENDAR = OfficeCalendar(
    hours=WEEK,
    days={
        date(2026, 4, 27): "off",
        date(2026, 4, 30): "off",
        date(2026, 5, 1): "off",
        date(2026, 3, 25): "afternoon_off",
        date(2026, 3, 26): "morning_off",
        date(2026, 3, 28): "working",
    },
    years=frozenset({2025, 2026, 2027}),
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-23 09:00", "2026-03-23 09:00"),
        ("2026-03-23 05:00", "2026-03-23 07:00"),
        ("2026-03-23 11:30", "2026-03-23 13:00"),
        ("2026-03-23 17:00", "2026-03-24 07:00"),
        ("2026-03-25 12:00", "2026-03-26 13:00"),
        ("2026-03-27 18:00", "2026-03-28 07:00"),
        ("2026-04-29 18:00", "2026-05-04 07:00"),
    ],
)
def test_next_open_skips_what_is_closed(moment, expected):
    assert next_open(CALENDAR, local(moment)) == local(expected)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-03-23 13:00", 4, "2026-03-23 17:00"),
        ("2026-03-23 16:00", 2, "2026-03-24 08:00"),
        ("2026-03-23 11:00", 1, "2026-03-23 13:30"),
        ("2026-03-29 10:00", 8, "2026-03-30 16:30"),
    ],
)
def test_working_hours_are_desk_hours(start, hours, expected):
    assert add_working_hours(CALENDAR, local(start), hours) == local(expected)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-03-23 09:15", 3, "2026-03-26 13:00"),  # 26 March has its morning off
        ("2026-03-23 16:00", 2, "2026-03-25 11:30"),  # and the 25th its afternoon
        ("2026-03-27 10:00", 1, "2026-03-28 10:00"),  # a make-up Saturday counts
        ("2026-04-28 10:00", 2, "2026-05-04 10:00"),  # over the holidays and a weekend
        ("2026-04-25 20:00", 1, "2026-04-29 07:00"),  # a Saturday night counts from Tuesday's opening
    ],
)
def test_working_days_end_at_the_same_clock_time_within_desk_hours(start, days, expected):
    assert add_working_days(CALENDAR, local(start), days) == local(expected)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-03-23 09:00", 3, "2026-03-26 17:00"),
        ("2026-04-06 09:00", 5, "2026-04-13 17:00"),  # the 11th is a Saturday
        ("2026-04-25 09:00", 3, "2026-05-04 17:00"),  # received on Tuesday 28 April, ends on a holiday
    ],
)
def test_calendar_days_move_to_the_next_working_day(start, days, expected):
    assert add_calendar_days(CALENDAR, local(start), days) == local(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-03-23 08:00", "2026-03-23 17:00"),
        ("2026-03-23 15:00", "2026-03-23 17:00"),
        ("2026-03-23 15:01", "2026-03-24 17:00"),
        ("2026-03-25 08:00", "2026-03-25 11:30"),
        ("2026-03-27 15:30", "2026-03-28 17:00"),
        ("2026-03-29 08:00", "2026-03-30 17:00"),
    ],
)
def test_same_day_unless_received_after_three(start, expected):
    assert same_day(CALENDAR, local(start)) == local(expected)


def test_time_between_counts_opening_time_only():
    assert working_time_between(CALENDAR, local("2026-03-27 16:00"), local("2026-03-28 08:00")) == timedelta(hours=2)
    assert working_time_between(CALENDAR, local("2026-03-28 08:00"), local("2026-03-27 16:00")) == timedelta()


def test_days_between_leave_out_the_first_and_count_the_last():
    assert working_days_between(CALENDAR, date(2026, 4, 24), date(2026, 4, 29)) == 2


def test_year_not_entered_is_an_error_not_a_year_without_holidays():
    with pytest.raises(YearNotEntered) as caught:
        add_working_days(CALENDAR, local("2027-12-31 10:00"), 3)
    assert caught.value.year == 2028


def test_office_without_hours_is_refused():
    with pytest.raises(NeverOpen):
        OfficeCalendar(hours=((),) * 7)


def test_kinds_of_days_are_those_of_the_days_off_table():
    from common.values import working_time
    from offices.models import DayKind

    halves = {working_time.MORNING_OFF, working_time.AFTERNOON_OFF}
    wholes = {working_time.OFF, working_time.WORKING, working_time.RECEIVING, working_time.COUNTING}
    assert halves | wholes == set(DayKind.values)


FIRST, LAST = datetime.fromisoformat("2025-12-01"), datetime.fromisoformat("2026-10-01")
moments = st.datetimes(FIRST, LAST, timezones=st.just(LOCAL))
kinds = st.sampled_from(["off", "morning_off", "afternoon_off", "working", "receiving", "counting"])
days = st.dates(date(2025, 12, 1), date(2026, 12, 1))
calendars = st.dictionaries(days, kinds, max_size=30).map(
    lambda special: OfficeCalendar(WEEK, special, CALENDAR.years, ((),) * 5 + ((MORNING,), ()))
)
TERMS = {
    "working days": lambda calendar, start: add_working_days(calendar, start, 3),
    "hours": lambda calendar, start: add_working_hours(calendar, start, 10.5),
    "days": lambda calendar, start: add_calendar_days(calendar, start, 7),
    "same day": same_day,
    "next open": next_open,
}


@pytest.mark.parametrize("term", TERMS)
@settings(max_examples=60, deadline=None)
@given(calendar=calendars, one=moments, other=moments)
def test_later_start_is_never_due_earlier(term, calendar, one, other):
    early, late = sorted((one, other))
    assert TERMS[term](calendar, early) <= TERMS[term](calendar, late)


@pytest.mark.parametrize("term", TERMS)
@settings(max_examples=60, deadline=None)
@given(calendar=calendars, start=moments)
def test_due_time_falls_within_opening_hours_after_the_start(term, calendar, start):
    due = TERMS[term](calendar, start)
    assert due >= start
    # The closing minute included.
    assert is_open(calendar, due) or is_open(calendar, due - timedelta(microseconds=1))


@settings(max_examples=60, deadline=None)
@given(calendar=calendars, start=moments, hours=st.integers(1, 40))
def test_hours_added_are_the_hours_between(calendar, start, hours):
    due = add_working_hours(calendar, start, hours)
    assert working_time_between(calendar, start, due) == timedelta(hours=hours)


@settings(max_examples=60, deadline=None)
@given(calendar=calendars, moment=moments)
def test_next_open_is_open(calendar, moment):
    assert is_open(calendar, next_open(calendar, moment))


@settings(max_examples=60, deadline=None)
@given(calendar=calendars, start=moments, first=st.integers(0, 2400), second=st.integers(0, 2400))
def test_time_added_in_two_parts_is_time_added_at_once(calendar, start, first, second):
    one, other = timedelta(minutes=first), timedelta(minutes=second)
    at_once = add_working_time(calendar, start, one + other)
    assert add_working_time(calendar, add_working_time(calendar, start, one), other) == at_once


@settings(max_examples=60, deadline=None)
@given(calendar=calendars, due=moments, since=moments, hours=st.lists(st.integers(0, 30), min_size=1, max_size=4))
def test_pauses_move_a_date_as_much_in_parts_as_in_one(calendar, due, since, hours):
    marks = [since]
    for each in hours:
        marks.append(marks[-1] + timedelta(hours=each))
    parts = due
    for begins, ends in zip(marks, marks[1:], strict=False):
        parts = add_working_time(calendar, parts, working_time_between(calendar, begins, ends))
    whole = working_time_between(calendar, marks[0], marks[-1])
    assert parts == add_working_time(calendar, due, whole)


@settings(max_examples=60, deadline=None)
@given(calendar=calendars, start=moments, minutes=st.integers(1, 4000))
def test_time_between_is_the_inverse_of_time_added(calendar, start, minutes):
    due = add_working_time(calendar, start, timedelta(minutes=minutes))
    assert working_time_between(calendar, start, due) == timedelta(minutes=minutes)
    assert working_time_between(calendar, start, due - timedelta(minutes=1)) < timedelta(minutes=minutes)


@settings(max_examples=60, deadline=None)
@given(calendar=calendars, one=moments, other=moments, middle=moments)
def test_time_between_adds_up(calendar, one, other, middle):
    first, second, third = sorted((one, other, middle))
    parts = working_time_between(calendar, first, second) + working_time_between(calendar, second, third)
    assert working_time_between(calendar, first, third) == parts


@given(calendar=calendars, day=days)
def test_an_open_day_that_counts_receives_unless_it_is_said_not_to(calendar, day):
    if calendar.days.get(day) != "counting":
        assert set(calendar.stretches(day)) <= set(calendar.receiving(day))
