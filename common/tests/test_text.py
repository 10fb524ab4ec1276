"""Text as it is stored and searched."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError

from common.text import clean_text, fold, plain_apostrophes, plain_dashes, sort_key


@pytest.mark.parametrize("bad", ["a\0b", "\ud800", "a\udfff", "lạ\ufffd"])
def test_broken_text_is_refused(bad):
    with pytest.raises(ValidationError):
        clean_text(bad)


def test_text_is_composed_and_freed_of_what_nobody_sees():
    assert clean_text(unicodedata.normalize("NFD", "  Đặng  Thị\tHoa ")) == "Đặng Thị Hoa"
    assert clean_text("an\u202eninh\u200b") == "anninh"
    assert clean_text("một\r\nhai  \rba\n", lines=True) == "một\nhai\nba"
    assert clean_text("một\nhai") == "một hai"


def test_fold():
    assert fold("  Đăng ký  KHAI SINH ") == "dang ky khai sinh"


UNSEEN = "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\ufe00\ufe0f\U000e0100"


def test_every_mark_that_cannot_be_seen_is_taken_out():
    assert [hex(ord(mark)) for mark in UNSEEN if clean_text(f"Đặng{mark} An") != "Đặng An"] == []
    assert [hex(ord(mark)) for mark in UNSEEN if fold(f"Đặ{mark}ng") != "dang"] == []


def test_another_alphabets_d_becomes_the_vietnamese_one():
    assert clean_text("\u00d0ặng Văn \u0189ức") == "Đặng Văn Đức"
    assert fold("\u00d0ặng") == fold("Đặng") == "dang"


def test_all_spaces_and_line_breaks_become_plain_ones():
    assert clean_text("một\u00a0hai\u3000ba\u2009bốn") == "một hai ba bốn"
    assert clean_text("một\u00a0hai\u2028ba\x85bốn\x0bnăm", lines=True) == "một hai\nba\nbốn\nnăm"


def test_dashes_and_apostrophes_have_one_form():
    assert plain_dashes("1\u20102\u20113\u20124\u20135\u20146\u22127\uff0d8") == "1-2-3-4-5-6-7-8"
    assert {plain_apostrophes(f"H{mark} Hen") for mark in "'`´\u2018\u2019\u02bc"} == {"H\u2019 Hen"}
    assert {fold(f"H{mark} Hen") for mark in "'`´\u2018\u2019\u02bc"} == {"h' hen"}


def test_names_stand_in_vietnamese_order():
    ordered = (
        "An Giang|Ăn|Ân|Ba|Bà|Bả|Bã|Bá|Bạ|bà con|ba vì|Da|Đà Nẵng|Đắk Lắk|Điện Biên|Em|Êm|Lai|Lạng Sơn|Lào|Lâm".split(
            "|"
        )
    )
    ordered += "oc|ô|ốc|ơ|ờ|ung|ưng|Xã 2|Xã 10|Y".split("|")
    assert sorted(reversed(ordered), key=sort_key) == ordered
    assert sort_key(unicodedata.normalize("NFD", "Đặng")) == sort_key("đặng")
