"""Numbers that name people."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from common.values import identity


@pytest.mark.parametrize("typed", [
    "075199000011", " 075 199 000 011 ", "075.199.000011", "０７５１９９００００１１", "075–199—000−011",
    "\u202d075\u00a0199\u2009000\u200b011\u202c", "075\u2011199\u00ad000\uff0d011",
])  # fmt: skip
def test_personal_number_in_every_spelling(typed):
    assert identity.check_personal_number(typed) == "075199000011"


@pytest.mark.parametrize(
    "typed", ["", "07519900001", "0751990000111", "07519900001a", "003199000011", "٠٧٥١٩٩٠٠٠٠١١"[:11]]
)
def test_malformed_personal_numbers(typed):
    with pytest.raises(ValidationError):
        identity.check_personal_number(typed)


def test_year_of_birth_in_the_future():
    today = date(2026, 3, 23)
    assert identity.check_personal_number("075226000011", today=today)
    for future in ("075227000011", "075499000011"):
        with pytest.raises(ValidationError):
            identity.check_personal_number(future, today=today)
        assert identity.check_personal_number(future)


@pytest.mark.parametrize("number", ["101199000011", "229085000321"])
def test_a_number_may_carry_the_country_of_birth(number):
    assert identity.check_personal_number(number) == number
    assert identity.check_any_id(number) == number and identity.id_kind(number) == "personal"
    assert identity.check_tax_code(number) == number
    assert identity.birth_warning(number, "1950", "") and not identity.birth_warning(number, "", "")


def test_there_are_63_provinces():
    assert len(identity.PROVINCES) == 63


@pytest.mark.parametrize(("typed", "stored"), [
    ("0100233488", "0100233488"),
    ("0314409058002", "0314409058-002"),
    ("0314409058 - 002", "0314409058-002"),
    ("075085000321", "075085000321"),
])  # fmt: skip
def test_tax_codes(typed, stored):
    assert identity.check_tax_code(typed) == stored


@pytest.mark.parametrize("typed", ["0100233480", "010023348", "0314409058-000", "abcdefghij", "003085000321"])
def test_wrong_tax_codes(typed):
    with pytest.raises(ValidationError):
        identity.check_tax_code(typed)


@pytest.mark.parametrize(("typed", "stored"), [
    ("0912 345 678", "0912345678"),
    ("+84 912 345 678", "0912345678"),
    ("84912345678", "0912345678"),
    ("+84 (0)912 345 678", "0912345678"),
    ("0251 3000 001", "02513000001"),
    ("0084 912 345 678", "0912345678"),
    ("0084 (0)912–345–678", "0912345678"),
    ("0081 90 1234 5678", "+819012345678"),
    ("\u202a0912\u00a0345\u2011678\u202c", "0912345678"),
    ("+81 90 1234 5678", "+819012345678"),
])  # fmt: skip
def test_phones(typed, stored):
    assert identity.check_phone(typed) == stored


@pytest.mark.parametrize("typed", ["", "12345", "0112345678", "09123456789", "+84 12", "gọi tôi"])
def test_wrong_phones(typed):
    with pytest.raises(ValidationError):
        identity.check_phone(typed)


@pytest.mark.parametrize(("typed", "stored", "kind"), [
    ("075199000011", "075199000011", "personal"),
    ("271 234 567", "271234567", "card"),
    ("b1234567", "B1234567", "passport"),
    ("C12345678", "C12345678", "passport"),
])  # fmt: skip
def test_any_id(typed, stored, kind):
    assert identity.check_any_id(typed) == stored and identity.id_kind(stored) == kind


@pytest.mark.parametrize("typed", ["", "12345678", "BBBBBB123", "003199000011"])
def test_wrong_ids(typed):
    with pytest.raises(ValidationError):
        identity.check_any_id(typed)


def test_birth_warning_looks_at_year_and_sex():
    fits = identity.birth_warning("075199000011", "1999-05-27", "nu")
    year = identity.birth_warning("075199000011", "1998", "nu")
    sex = identity.birth_warning("075199000011", "1999", "nam")
    assert not fits and year and sex and year != sex
    assert not identity.birth_warning("", "1999", "nam") and not identity.birth_warning("075199000011", "", "")
