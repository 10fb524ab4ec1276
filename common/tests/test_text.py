"""Text as it is stored and searched."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError

from common.text import clean_text, fold


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
