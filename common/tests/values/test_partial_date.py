"""Dates with unknown parts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.values import partial_date


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("5/3/1990", "1990-03-05"),
        ("05-03-1990", "1990-03-05"),
        ("5.3.1990", "1990-03-05"),
        (" 5  3 1990 ", "1990-03-05"),
        ("1990-03-05", "1990-03-05"),
        ("3/1990", "1990-03"),
        ("1990", "1990"),
        ("29/2/2024", "2024-02-29"),
        ("00/00/1950", "1950"),
        ("00-00-1950", "1950"),
        ("0–0—1950", "1950"),
        ("1950-00-00", "1950"),
        ("00/03/1950", "1950-03"),
        ("/1950", "1950"),
        ("//1950", "1950"),
        ("__/__/1950", "1950"),
        ("27 – 3 – 1990", "1990-03-27"),
        ("27\u201103\u20111990\u200b", "1990-03-27"),
        ("２７／３／１９９０", "1990-03-27"),
    ],
)
def test_typed_dates_are_read(typed, iso):
    assert partial_date.parse(typed) == iso
    assert partial_date.check(iso) == iso


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "31/2/1990",
        "29/2/2023",
        "5/0/1990",
        "0/0/0",
        "5/13/1990",
        "90",
        "1/2/3/4",
        "1700",
        "٥/3/1990",
        "5/3/19901",
    ],
)
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(ValueError):
        partial_date.parse(typed)


@pytest.mark.parametrize("value", [None, 1990, "1990-3-5", "1990-13", "5/3/1990", "1990-02-30", "1990-", "1990-03-05T"])
def test_stored_values_are_strict(value):
    with pytest.raises(ValueError):
        partial_date.check(value)


def test_a_partial_date_means_a_stretch_of_days():
    assert partial_date.earliest("2024-02") == date(2024, 2, 1)
    assert partial_date.latest("2024-02") == date(2024, 2, 29)
    assert partial_date.latest("1950") == date(1950, 12, 31)
    assert partial_date.earliest("1950-03-27") == partial_date.latest("1950-03-27") == date(1950, 3, 27)


@given(st.dates(date(1800, 1, 1), date(2200, 12, 31)))
def test_whole_dates_round_trip(day):
    iso = day.isoformat()
    assert partial_date.parse(partial_date.display(iso)) == iso
    assert partial_date.is_whole(iso)


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("2026-03-26", "Ngày hai mươi sáu tháng ba năm hai nghìn không trăm hai mươi sáu"),
        ("1990-04-05", "Ngày mùng năm tháng tư năm một nghìn chín trăm chín mươi"),
        ("2005-11-21", "Ngày hai mươi mốt tháng mười một năm hai nghìn không trăm linh năm"),
        ("1955-12", "Tháng mười hai năm một nghìn chín trăm năm mươi lăm"),
        ("2000", "Năm hai nghìn"),
        ("", ""),
    ],
)
def test_dates_in_words(iso, words):
    assert partial_date.in_words(iso) == words
