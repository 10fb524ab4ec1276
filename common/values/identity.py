"""Numbers that name people: personal number, tax code, old card, passport, phone.

Each ``check_…`` takes what was typed (spaces, dots and dashes of every kind are
forgiven, as are full-width digits) and returns the stored form, or raises
``ValidationError`` with a message that says what to do. A well-formed number
proves nothing about who typed it.
"""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.vn import mst

from ..text import plain

# Where a birth was registered. The codes of the 63 provinces before 2025 stay in the numbers (thông tư 59/2021/TT-BCA).
PROVINCES = frozenset(
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 "
    "044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 "
    "089 091 092 093 094 095 096".split()
)
# Those born abroad carry the code of a country instead; the three digits of countries begin at 101.
_COUNTRIES_FROM = "100"
_SEPARATORS = re.compile(r"[\s.\-]+")
_MOBILE = re.compile(r"0[35789]\d{8}", re.ASCII)
_LANDLINE = re.compile(r"02\d{9}", re.ASCII)
_ABROAD = re.compile(r"\+(?!84)[1-9]\d{6,13}", re.ASCII)
# Vietnamese ones are a letter and 7 or 8 digits; abroad two letters may begin them, or letters stand between.
_PASSPORT = re.compile(r"(?=(?:[A-Z]*\d){4})[A-Z][0-9A-Z]{5,11}", re.ASCII)


def compact(text: str) -> str:
    """Return a typed number without spaces, dots and dashes, in upper case and plain digits."""
    return _SEPARATORS.sub("", plain(text)).upper()


def _is_origin(code: str) -> bool:
    """Say whether three digits may be where a birth was registered: one of the provinces, or a country."""
    return code in PROVINCES or code > _COUNTRIES_FROM


def is_personal_number(text: str) -> bool:
    """Say whether a compact text has the form of a personal number (12 digits, the code of a province or country)."""
    return len(text) == 12 and text.isascii() and text.isdigit() and _is_origin(text[:3])


def born_in(number: str) -> int:
    """Return the year of birth that a personal number carries."""
    return 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])


def sex_of(number: str) -> str:
    """Return the sex that a personal number carries, ``nam`` or ``nu``; '' for any other number."""
    if not is_personal_number(number):
        return ""
    return "nu" if int(number[3]) % 2 else "nam"


def check_personal_number(text: str, *, today: date | None = None) -> str:
    """Return the 12 digits of a personal number.

    With ``today`` a year of birth in the future is refused too. There is no check digit.
    """
    number = compact(text)
    if len(number) != 12 or not (number.isascii() and number.isdigit()):
        raise ValidationError(_("Enter the 12 digits of the personal number, as on the identity card."), code="length")
    if not _is_origin(number[:3]):
        raise ValidationError(
            _("The first three digits are not the code of a province or country. Check the number on the card."),
            code="province",
        )
    if today is not None and born_in(number) > today.year:
        raise ValidationError(
            _("Digits 4 to 6 give a year of birth in the future. Check the number on the card."), code="year"
        )
    return number


def check_tax_code(text: str, *, today: date | None = None) -> str:
    """Return a tax code: 10 digits, ``0123456789-001`` for a branch, or a 12-digit personal number."""
    code = compact(text)
    if len(code) == 12 and code.isascii() and code.isdigit():
        return check_personal_number(code, today=today)
    if len(code) not in (10, 13) or not (code.isascii() and code.isdigit()):
        raise ValidationError(
            _("Enter the tax code: 10 digits, 13 digits for a branch, or a 12-digit personal number."), code="length"
        )
    try:
        return mst.format(mst.validate(code))
    except WrongNumber:
        raise ValidationError(
            _("One digit of this tax code is wrong. Check it on the certificate."), code="digit"
        ) from None


def check_phone(text: str) -> str:
    """Return a phone number: ``0912345678``, ``02513000001``, or ``+…`` for one abroad."""
    number = compact(text).replace("(", "").replace(")", "")
    if number.startswith("00"):
        number = "+" + number[2:]
    if number.startswith("+84"):
        number = "0" + number[3:].removeprefix("0")
    elif number.startswith("84") and len(number) in (11, 12):
        number = "0" + number[2:]
    if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number) or _ABROAD.fullmatch(number):
        return number
    raise ValidationError(_("Enter a phone number such as 0912 345 678."), code="phone")


def id_kind(number: str) -> str:
    """Return ``personal``, ``card`` (the 9 digits of an old identity card) or ``passport``; empty for anything else."""
    if is_personal_number(number):
        return "personal"
    if len(number) == 9 and number.isascii() and number.isdigit():
        return "card"
    return "passport" if _PASSPORT.fullmatch(number) else ""


def check_any_id(text: str) -> str:
    """Return a personal number, the 9 digits of an old identity card, or a passport number."""
    number = compact(text)
    if len(number) == 12 and number.isascii() and number.isdigit():
        return check_personal_number(number)
    if id_kind(number):
        return number
    raise ValidationError(
        _("Enter a 12-digit personal number, a 9-digit identity card number or a passport number."), code="id"
    )


def birth_warning(number: str, birth: str, sex: str) -> str:
    """Return a sentence when a personal number does not fit the birth (partial ISO date) or sex (``nam``, ``nu``).

    Empty when it fits or when nothing is known: a warning to look again, never a refusal.
    """
    if not is_personal_number(number):
        return ""
    if birth[:4].isascii() and birth[:4].isdigit() and int(birth[:4]) != born_in(number):
        return _("The personal number gives another year of birth. Please check both.")
    if sex in ("nam", "nu") and sex != sex_of(number):
        return _("The personal number gives another sex. Please check both.")
    return ""


def masked(number: str) -> str:
    """Return a number with all but its last three characters hidden; '' for none."""
    return "•" * (len(number) - 3) + number[-3:]


def masked_name(name: str) -> str:
    """Return a name as its initials: 'N. V. A.'; '' for none."""
    return " ".join(f"{word[0]}." for word in name.split())
