"""Provinces and communes, found as people type them."""

import pytest

from common.values import divisions


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


@pytest.mark.parametrize(
    ("province", "typed"),
    [
        ("75", "TT. Gia Ray"),
        ("75", "tt gia ray"),
        ("75", "Gia Ray"),
        ("75", "Thị trấn Gia Ray, huyện Xuân Lộc"),
        ("75", "TT.Gia Ray, H. Xuân Lộc, T. Đồng Nai"),
        ("", "Gia Ray, Xuân Lộc, Đồng Nai"),
        ("", "\u200bTT Gia Ray \u2013 Đồng Nai"),
        ("75", "X. Xuân Lộc"),
        ("75", "Xã Xuân Lộc, tỉnh Đồng Nai"),
        ("75", "xuan loc dong nai"),
    ],
)
def test_abbreviated_former_and_longer_names_lead_to_the_commune_of_today(province, typed):
    assert names(province, typed) == ["Xã Xuân Lộc"]


def test_a_former_name_says_so():
    hit = divisions.find_commune("79", "P. Bến Nghé, Q.1, TP.HCM")[0]
    assert (hit.name, hit.former) == ("Phường Sài Gòn", "Phường Bến Nghé, quận 1")
    assert divisions.find_commune("79", "Sài Gòn")[0].former == ""


def test_former_names_without_number_signs_and_of_several_districts():
    assert names("79", "P12 Q5") == names("79", "Phường 12, Quận 05") == ["Phường Chợ Lớn"]
    assert len(names("79", "P.12")) > 5


def test_all_parts_of_a_divided_commune_are_offered():
    assert set(names("01", "TT Tây Đằng")) == {"Xã Minh Châu", "Xã Quảng Oai"}


def test_a_former_province_leads_to_the_one_of_today():
    assert names("", "Thủ Dầu Một, Bình Dương") == names("79", "Thủ Dầu Một, tỉnh Bình Dương") == ["Phường Thủ Dầu Một"]
    assert names("75", "Xuân Lộc, Bình Dương") == []


def test_a_kind_that_is_gone_means_the_former_commune():
    assert names("75", "Xuân Hòa") == ["Xã Xuân Hòa"]
    assert names("75", "Phường Xuân Hòa") == ["Phường Long Khánh"]


def test_every_former_commune_leads_to_one_of_today():
    former = [row for rows in divisions._load_former().communes.values() for row in rows]
    assert len(former) == 9687
    assert all(divisions.commune(code) for row in former for code in row.codes)


def test_communes_and_provinces_stand_in_vietnamese_order():
    shown = [province.name.removeprefix("Thành phố ") for province in divisions.provinces()]
    assert shown.index("Cần Thơ") < shown.index("Đà Nẵng") < shown.index("Đắk Lắk") < shown.index("Điện Biên")
    assert shown.index("Đồng Tháp") < shown.index("Gia Lai") < shown.index("Hà Nội")
    communes = [commune.name for commune in divisions.communes("75")]
    assert communes.index("Xã Dầu Giây") < communes.index("Xã Đak Lua") < communes.index("Xã Gia Kiệm")
