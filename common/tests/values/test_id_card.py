"""The text of a card's QR: what cards and scanners send, and what others do."""

import unicodedata
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from common.values import divisions
from common.values.id_card import DEPARTMENT, MINISTRY, IdCard, check_id_card, residence
from tests.cards import CARD

TODAY = date(2026, 3, 23)
ADDRESS = "Tổ 3, Ấp 2, Xuân Bắc, Xuân Lộc, Đồng Nai"
KNOWN = IdCard("075190001234", "Nguyễn Thị Hồng Nhung", "1990-03-27", "nu", ADDRESS, "2021-06-15")


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        unicodedata.normalize("NFD", CARD),
        CARD.swapcase(),
        f"\ufeff {CARD.replace('|', ' | ')}\r\n",
        CARD.replace("|", "｜"),
        f"{CARD}||Nguyễn Văn Ba|Lê Thị Tư|",
    ],
)
def test_what_cards_and_scanners_send(text):
    assert check_id_card(text, today=TODAY) == KNOWN


def test_capitals_an_empty_old_number_and_a_year_alone():
    read = check_id_card("079050001234||H’ BIA KSOR|00001950|Nam||", today=TODAY)
    assert (read.full_name, read.birth, read.sex) == ("H’ Bia Ksor", "1950", "nam")
    assert (read.issued, read.issuer) == ("", "") and "address" not in read.facts()


def test_the_issuer_follows_from_the_day():
    days = {"30062024": DEPARTMENT, "01072024": MINISTRY}
    assert {day: check_id_card(CARD.replace("15062021", day), today=TODAY).issuer for day in days} == days


@pytest.mark.parametrize(
    "text",
    [
        "", "|", "|" * 30, "Nguyễn Văn An", "https://example.com/?a|b|c|d|e|f|g", CARD[:60], CARD * 20, f"{CARD}\0",
        CARD.replace("075190001234", "07519000123"), CARD.replace("075190001234", "005190001234"),
        CARD.replace("27031990", "31021990"), CARD.replace("27031990", "27032090"),
        CARD.replace("15062021", "15062091"),
        CARD.replace("27031990", ""), CARD.replace("15062021", "00062021"), CARD.replace("Nguyễn", "<b>"),
        CARD.replace("Nguyễn Thị Hồng Nhung", ""), CARD.replace("Nguyễn", "N" * 90), "0" * 5000, "१" * 12 + CARD[12:],
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValidationError):
        check_id_card(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (ADDRESS, "Tổ 3, Ấp 2, Xã Xuân Bắc, Đồng Nai"),
        ("Ấp 2, Xã Xuân Bắc, Huyện Xuân Lộc, Tỉnh Đồng Nai", "Ấp 2, Xã Xuân Bắc, Đồng Nai"),
        ("Ấp 2, Xã Xuân Bắc, Tỉnh Đồng Nai", "Ấp 2, Xã Xuân Bắc, Đồng Nai"),
        ("12/5 Lê Lợi, Phường 7, Vũng Tàu, Bà Rịa - Vũng Tàu", "12/5 Lê Lợi, Phường Tam Thắng, Thành phố Hồ Chí Minh"),
    ],
)
def test_an_address_leads_to_the_commune_of_today(text, shown):
    found = residence(text, "2025-08-01")
    assert "commune" in found and divisions.address_text(found) == shown


@pytest.mark.parametrize(
    # Divided since; unknown; abroad; a district that has the name of a commune of today.
    "text",
    ["Số 5, Cửa Nam, Hoàn Kiếm, Hà Nội", "Thôn A, Xyz, Abc, Đồng Nai", "Hoa Kỳ", "Ấp 1, Abc, Xuân Lộc, Đồng Nai"],
)
def test_any_other_address_stays_text(text):
    assert residence(text, "2021-06-15") == {"elsewhere": text}
    assert residence("", "") == residence(" , ", "") == {}
