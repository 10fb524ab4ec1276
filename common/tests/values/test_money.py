"""Amounts as figures."""

from common.values.money import format_vnd, grouped


def test_figures_are_grouped_by_dots():
    assert format_vnd(8000) == "8.000 đồng"
    assert format_vnd(1_234_567) == "1.234.567 đồng"
    assert format_vnd(0) == "0 đồng"
    assert grouped(-1_000) == "-1.000"
