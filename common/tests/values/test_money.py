"""Amounts as figures and in the official words."""

import pytest

from common.values.money import amount_in_words, format_vnd


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "không đồng"),
        (5, "năm đồng"),
        (10, "mười đồng"),
        (14, "mười bốn đồng"),
        (15, "mười lăm đồng"),
        (21, "hai mươi mốt đồng"),
        (24, "hai mươi tư đồng"),
        (101, "một trăm linh một đồng"),
        (8_000, "tám nghìn đồng"),
        (15_000, "mười lăm nghìn đồng"),
        (21_005, "hai mươi mốt nghìn không trăm linh năm đồng"),
        (105_000, "một trăm linh năm nghìn đồng"),
        (1_000_000, "một triệu đồng"),
        (1_005_000, "một triệu không trăm linh năm nghìn đồng"),
        (1_000_000_005, "một tỷ không trăm linh năm đồng"),
        (2_031_044_000_000, "hai nghìn không trăm ba mươi mốt tỷ không trăm bốn mươi tư triệu đồng"),
    ],
)
def test_words_follow_the_official_forms(amount, words):
    assert amount_in_words(amount) == words


@pytest.mark.parametrize("amount", [-1, 10**15])
def test_amounts_beyond_words_are_refused(amount):
    with pytest.raises(ValueError, match="not an amount"):
        amount_in_words(amount)


def test_figures_are_grouped_by_dots():
    assert format_vnd(8000) == "8.000 đồng"
    assert format_vnd(1_234_567) == "1.234.567 đồng"
    assert format_vnd(0) == "0 đồng"
