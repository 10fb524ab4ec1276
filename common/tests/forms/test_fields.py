"""Form fields of several boxes: what people type, what is stored, what they read when it is wrong."""

import pytest
from django import forms
from django.utils import translation

from common.forms import fields
from common.forms.warnings import warnings_of
from common.values import divisions


class Sample(forms.Form):
    born = fields.PartialDateField(partial=True, required=False)
    issued = fields.PartialDateField(required=False)
    home = fields.AddressField(required=False)
    name = fields.FullNameField(required=False)
    amount = fields.MoneyField(required=False)


XUAN_BAC = divisions.find_commune("75", "xuan bac")[0].code


@pytest.mark.parametrize(
    ("boxes", "iso"),
    [
        ({"born_day": "5", "born_month": "3", "born_year": "1990"}, "1990-03-05"),
        ({"born_month": "3", "born_year": "1990"}, "1990-03"),
        ({"born_year": "1990"}, "1990"),
        ({"born_day": "5/3/1990"}, "1990-03-05"),
        ({"born_day": "1990-03-05"}, "1990-03-05"),
        ({"born_day": "5–3–1990"}, "1990-03-05"),
        ({"born_year": "5/3/1990"}, "1990-03-05"),
        ({"born_day": "00/00/1950"}, "1950"),
        ({"born_day": "/1950"}, "1950"),
        ({"born_day": "00", "born_month": "00", "born_year": "1950"}, "1950"),
        ({"born_day": "00", "born_month": "3", "born_year": "\u200e1950"}, "1950-03"),
        ({}, ""),
    ],
)
def test_three_boxes_make_a_date(boxes, iso):
    form = Sample(boxes)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == iso


@pytest.mark.parametrize(
    "boxes",
    [
        {"born_day": "31", "born_month": "2", "born_year": "1990"},
        {"born_day": "x"},
        {"born_day": "5", "born_year": "1990"},
    ],
)
def test_dates_that_do_not_exist_are_refused_and_kept_on_the_page(boxes):
    form = Sample(boxes)
    assert "born" in form.errors
    html = str(form["born"])
    assert all(f'value="{text}"' in html for text in boxes.values())


def test_unknown_days_only_where_allowed():
    assert "issued" in Sample({"issued_year": "1990"}).errors


@pytest.mark.parametrize("typed", ["Xuân Bắc", "xuan bac", "Xã Xuân Bắc"])
def test_address_by_typed_commune(typed):
    form = Sample({"home_province": "75", "home_commune_name": typed, "home_detail": "Ấp 3"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["home"] == {"province": "75", "commune": XUAN_BAC, "detail": "Ấp 3"}


def test_a_former_commune_is_taken_with_a_word_about_today():
    form = Sample({"home_province": "75", "home_commune_name": "TT. Gia Ray", "home_detail": "Ấp 3"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["home"]["commune"] == "26425"
    assert any("Gia Ray" in said and "xã Xuân Lộc" in said for said in warnings_of(form))


def test_a_divided_commune_comes_back_as_radios():
    boxes = {"home_province": "01", "home_commune_name": "TT Tây Đằng"}
    form = Sample(boxes)
    assert "home" in form.errors and str(form["home"]).count('type="radio"') == 2
    chosen = Sample(boxes | {"home_commune": "09619"})
    assert chosen.is_valid(), chosen.errors


def test_a_province_behind_the_name_is_enough():
    form = Sample({"home_commune_name": "P. Thủ Dầu Một, tỉnh Bình Dương"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["home"]["province"] == "79"


def test_several_communes_come_back_as_radios_and_one_is_taken():
    boxes = {"home_province": "75", "home_commune_name": "xuân"}
    form = Sample(boxes)
    assert "home" in form.errors
    html = str(form["home"])
    assert 'type="radio"' in html and 'value="xuân"' in html
    chosen = Sample(boxes | {"home_commune": XUAN_BAC})
    assert chosen.is_valid(), chosen.errors
    assert chosen.cleaned_data["home"]["commune"] == XUAN_BAC


@pytest.mark.parametrize(
    "boxes",
    [
        {"home_province": "75", "home_commune_name": "không có xã này"},
        {"home_province": "75"},
        {"home_commune_name": "xuan bac"},
        {"home_province": "xx", "home_commune_name": "xuan bac"},
        {"home_detail": "Ấp 3"},
        {"home_elsewhere": "x" * 201},
    ],
)
def test_incomplete_addresses_are_refused(boxes):
    assert "home" in Sample(boxes).errors


def test_former_and_foreign_places():
    form = Sample({"home_elsewhere": "Xã Xuân Trường cũ"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["home"] == {"elsewhere": "Xã Xuân Trường cũ"}


def test_a_stored_address_shows_its_names():
    html = str(Sample(initial={"home": {"province": "75", "commune": XUAN_BAC, "detail": "Ấp 3"}})["home"])
    assert 'value="Xã Xuân Bắc"' in html and 'value="Ấp 3"' in html and 'value="75" selected' in html


@pytest.mark.parametrize(
    "typed",
    ["Nguyễn Văn An", "Nguye\u0302\u0303n Va\u0306n An", "  Nguyễn  Văn   An ", "H’ Hen Niê", "Y-Moan Êban"]
    + ["Rơ Lan Hơ̆", "Siu Y\u0306 Ksơr", "H' Hen Niê", "H‘Hen Niê", "Hʼ Hen", "Y–Moan Êban", "Nguyễn V. An"]
    + ["J.R. Smith", "An", "Ly", "សុខ វិបុល", "\u202dNguyễn\u202c V\u200băn An"],
)
def test_names_are_stored_composed(typed):
    form = Sample({"name": typed})
    assert form.is_valid(), form.errors
    assert "\u0303" not in form.cleaned_data["name"] and "  " not in form.cleaned_data["name"]


@pytest.mark.parametrize(
    "typed",
    ["A", "Nguyễn Văn 1", "<b>An</b> Lê", "x" * 81, "Nguyễn_Văn An", "...", "\u0301An", "a" + "\u0306" * 9, ". An"],
)
def test_names_that_are_none(typed):
    assert "name" in Sample({"name": typed}).errors


@pytest.mark.parametrize("typed", ["H'Hen Niê", "H‘Hen Niê", "HʼHen Niê", "H`Hen Niê", "H’Hen Niê"])
def test_a_name_has_one_apostrophe(typed):
    assert fields.FullNameField().clean(typed) == "H’Hen Niê"


def test_a_letter_keeps_its_mark_that_no_composed_letter_has():
    assert fields.FullNameField().clean("Rơ Lan Hơ\u0306") == "Rơ Lan Hơ\u0306"


def test_one_word_is_a_name_with_a_warning():
    field = fields.FullNameField()
    assert field.warning(field.clean("Ly")) and not field.warning(field.clean("Siu Ly"))
    assert not field.warning(field.clean("H’Hen")) and not field.warning("")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("8000", 8000), ("8.000", 8000), ("1 500 000 đồng", 1500000), ("", None)]
    + [("1\u00a0500\u202f000\u00a0₫", 1500000), ("8.000 VNĐ", 8000), ("\u22128.000", -8000), ("８０００", 8000)],
)
def test_money(typed, amount):
    form = Sample({"amount": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["amount"] == amount


@pytest.mark.parametrize("typed", ["8,5", "8.00", "abc", "9" * 30, "1e3", "١٢"])
def test_money_that_is_none(typed):
    assert "amount" in Sample({"amount": typed}).errors


def test_a_person_may_have_no_paper():
    from common.forms.checks import check_person
    from common.forms.person import person_text

    person = check_person({"full_name": "Cụ Bảy", "id_kind": "khong_co"})
    assert person["id_number"] == "" and person_text(person, "vi").endswith("không có giấy tờ")
    with pytest.raises(forms.ValidationError) as fault:
        check_person({"full_name": "Cụ Bảy", "id_kind": "khong_co", "id_number": "271234567"})
    assert [found.code for found in fault.value.error_list] == ["id_number"]


def test_a_text_too_long_says_how_many_characters_fit():
    with translation.override("vi"), pytest.raises(forms.ValidationError, match="Nhập tối đa 5 ký tự"):
        fields.NfcCharField(max_length=5).clean("Xuân Bắc")


def test_a_line_break_counts_once_against_the_limit_that_the_browser_keeps():
    field = fields.NfcCharField(lines=True, max_length=5)
    assert field.clean("ab\r\ncd") == "ab\ncd"
    assert field.clean("\u200bab\u2028cd\ufeff") == "ab\ncd"
    assert field.widget.attrs["maxlength"] == "5"
    with pytest.raises(forms.ValidationError):
        field.clean("ab\r\ncde")
    assert fields.NfcCharField(widget=forms.Textarea).clean("a\r\nb") == "a\nb"
    assert fields.NfcCharField().clean("a\r\nb") == "a b"


def test_a_box_with_nothing_to_see_is_empty():
    with pytest.raises(forms.ValidationError):
        fields.NfcCharField().clean("\u200b\u00ad \u2060")


@pytest.mark.parametrize("typed", ["27/03/2026", "27–3–2026", "27 . 3 . 2026", "2026-03-27", "\u202a27/03/2026\u202c"])
def test_a_day_in_one_box(typed):
    assert str(fields.OneBoxDateField().clean(typed)) == "2026-03-27"


@pytest.mark.parametrize("typed", ["3/2026", "00/00/2026", "31/2/2026", "x"])
def test_a_day_in_one_box_that_is_none(typed):
    with pytest.raises(forms.ValidationError):
        fields.OneBoxDateField().clean(typed)
