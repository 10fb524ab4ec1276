"""Provinces and communes, found as people type them."""

import pytest

from common import divisions


def names(province, typed):
    return [commune.name for commune in divisions.find_commune(province, typed)]


def test_all_of_viet_nam_is_there():
    provinces = divisions.provinces()
    assert len(provinces) == 34
    assert sum(len(divisions.communes(province.code)) for province in provinces) == 3321


@pytest.mark.parametrize("typed", ["Xã Xuân Bắc", "xuan bac", "XUÂN BẮC", "xa xuan bac", "Xuân Bắc"])
def test_communes_are_found_without_accents(typed):
    assert names("75", typed) == ["Xã Xuân Bắc"]


def test_d_and_đ_are_the_same():
    assert names("75", "dinh quan") == names("75", "Định Quán") == ["Xã Định Quán"]


def test_parts_give_several_to_choose_from():
    hits = names("75", "xuân")
    assert len(hits) > 1 and len(hits) <= divisions.MAX_HITS


@pytest.mark.parametrize("typed", ["", "  ", "không có", "%", "_"])
def test_nothing_is_made_up(typed):
    assert names("75", typed) == []
    assert names("999", "xuan bac") == []


def test_addresses_in_one_line():
    address = {"province": "75", "commune": divisions.find_commune("75", "xuan bac")[0].code, "detail": "Ấp 3"}
    assert divisions.is_address(address)
    assert divisions.address_text(address) == "Ấp 3, Xã Xuân Bắc, Đồng Nai"
    assert divisions.address_text({"elsewhere": "Vientiane, Lào"}) == "Vientiane, Lào"
    assert divisions.address_text(None) == divisions.address_text({}) == ""


@pytest.mark.parametrize(
    "value",
    [None, "x", {}, {"province": "75", "commune": "00070"}, {"elsewhere": " "}, {"province": "75"}, {"commune": []}],
)
def test_broken_addresses_are_none(value):
    assert not divisions.is_address(value)
