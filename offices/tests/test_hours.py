"""Opening hours are read and written the way offices put them on the door."""

from datetime import time

import pytest
from django.utils import translation

from offices.models import OpeningHours
from offices.units import hours


def lines(text):
    with translation.override("en"):
        return hours.hours_lines(hours.parse_hours(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T2-T6 7:00-11:30, 13:00-17:00", ["Mon–Fri: 7:00–11:30, 13:00–17:00"]),
        (
            "2-6 7:00-11:30,13:00-17:00; 7 7-11",
            ["Mon–Fri: 7:00–11:30, 13:00–17:00", "Sat: 7:00–11:00"],
        ),
        ("T2 8:00-12:00; T4-T5 8:00-12:00", ["Mon: 8:00–12:00", "Wed–Thu: 8:00–12:00"]),
        ("T7 7:00-11:00; CN 7:00-11:00", ["Sat: 7:00–11:00", "Sunday: 7:00–11:00"]),
        ("T2-CN 7:00-17:00", ["Every day: 7:00–17:00"]),
        ("T7 7:00-11:00 không tính", ["Sat: 7:00–11:00 (receives only)"]),
        ("Thứ 2–Thứ 6: 7:00–11:30", ["Mon–Fri: 7:00–11:30"]),
    ],
)
def test_hours_are_read_and_grouped(text, expected):
    assert lines(text) == expected


def test_hours_in_vietnamese():
    with translation.override("vi"):
        assert hours.hours_lines(hours.parse_hours("T2-T6 7:00-11:30, 13:00-17:00; CN 8:00-9:00")) == [
            "Thứ 2–6: 7:00–11:30, 13:00–17:00",
            "Chủ nhật: 8:00–9:00",
        ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ;  ",
        "mornings",
        "T2-T6",
        "T2-T6 7:00",
        "T2-T6 25:00-26:00",
        "T2-T6 11:30-7:00",
        "T2-T6 7:00-12:00, 11:00-17:00",
        "T6-T2 7:00-11:00",
        "T2-T6 7:00-11:00; T3 8:00-9:00",
        "T9 7:00-11:00",
        "T2\x00 7:00-11:00",
    ],
)
def test_unreadable_hours_are_refused(text):
    with pytest.raises(ValueError):
        hours.parse_hours(text)


def test_set_hours_replaces_what_was_there(commune):
    hours.set_hours(commune.unit, hours.parse_hours("T7 7:30-11:00"))
    kept = OpeningHours.objects.get(unit=commune.unit)
    assert (kept.weekday, kept.opens, kept.closes) == (5, time(7, 30), time(11))
