"""Numbers as figures and in words."""

from decimal import Decimal

import pytest

from common.values.money import decimal_text, exact, format_vnd, grouped, is_exact, read_decimal
from common.values.words import amount_in_words, number_in_words


def test_figures_are_grouped_by_dots():
    assert format_vnd(8000) == "8.000 đồng"
    assert format_vnd(1_234_567) == "1.234.567 đồng"
    assert format_vnd(0) == "0 đồng"
    assert grouped(-1_000) == "-1.000"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1.234,5", "1234.5"), ("1 234,50", "1234.5"), ("1234", "1234"), ("1.234", "1234"), ("12.5", "12.5"),
        ("0,05", "0.05"), ("0.125", "0.125"), ("007", "7"), ("0", "0"), ("0,0", "0"), ("1234.567", "1234.567"),
        ("1.234.567,89", "1234567.89"), ("100,00", "100"), ("120", "120"),
    ],
)  # fmt: skip
def test_decimals_are_read_as_they_are_written_in_vietnam(typed, stored):
    assert read_decimal(typed) == stored and is_exact(stored)
    assert read_decimal(decimal_text(stored)) == stored


@pytest.mark.parametrize("typed", ["", "-1", "1,2,3", "1.23.4", "1e3", "một", "1,", ",5", "1.234.5", "٣", "NaN"])
def test_what_is_no_decimal_is_refused(typed):
    with pytest.raises(ValueError):
        read_decimal(typed)


def test_exact_decimals_have_one_form_only():
    assert [value for value in ("1.50", "01", "1.", "-1", "1,5", "", 1, None, "1e2") if is_exact(value)] == []
    assert exact(Decimal("2.345"), 2) == "2.35" and exact(Decimal(100)) == "100" and exact(Decimal("0.004"), 2) == "0"


def test_numbers_in_words():
    assert amount_in_words(21_000) == "Hai mươi mốt nghìn đồng"
    assert number_in_words(105) == "Một trăm linh năm" and number_in_words(0) == "Không"
    with pytest.raises(ValueError):
        number_in_words(-1)
