"""Checks of single answers that accounts and the forms of procedures share.

Each takes what was typed, returns the stored form, or raises ValidationError
with a sentence that says what to do. Numbers that name people are in
``common/identity.py``.
"""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from .identity import check_any_id, check_personal_number, check_phone, check_tax_code, compact
from .text import nfc

__all__ = [
    "check_bank_account",
    "check_email",
    "check_full_name",
    "check_identity_paper",
    "check_identity_paper_of_kind",
    "check_phone",
    "check_tax_code",
]

# Letters of any script in at least two words; an apostrophe (H’ Hen Niê) or a hyphen may join them.
_NAME = re.compile(r"(?=.{2,80}$)[^\W\d_]+(?:(?:[ \-]|['’] ?)[^\W\d_]+)+")
_PAPER = re.compile(r"[0-9A-Z][0-9A-ZĐ/]{3,29}")
_PASSPORT = re.compile(r"[0-9A-Z]{6,12}", re.ASCII)
_ACCOUNT = re.compile(r"\d{6,20}", re.ASCII)
_email = EmailValidator()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError(_("Enter words here."))
    return " ".join(nfc(value).split())


def check_full_name(value: Any) -> str:
    """Return a full name with single spaces, NFC."""
    name = _text(value)
    if not _NAME.fullmatch(name):
        raise ValidationError(_("Enter the whole name as on the papers, for example Nguyễn Văn An."))
    return name


def check_email(value: Any) -> str:
    """Return an e-mail address of at most 254 characters."""
    email = _text(value)
    try:
        _email(email)
    except ValidationError as error:
        raise ValidationError(_("Enter the e-mail address as ten@example.com.")) from error
    if len(email) > 254:
        raise ValidationError(_("This e-mail address is too long."))
    return email


def check_identity_paper(value: Any) -> str:
    """Return the number of any identity paper: letters, digits and /, 4 to 30."""
    number = compact(_text(value))
    if not _PAPER.fullmatch(number):
        raise ValidationError(_("Enter the number as on the paper: letters and digits only."))
    return number


def check_identity_paper_of_kind(value: str, kind: str) -> str:
    """Return a number that fits the kind of paper: can_cuoc, cmnd, ho_chieu; any other kind takes it as it is."""
    if kind == "can_cuoc":
        return check_personal_number(value)
    if kind == "cmnd" and not (len(value) == 9 and value.isascii() and value.isdigit()):
        raise ValidationError(_("Enter the 9 digits of the old identity card."))
    if kind == "ho_chieu" and not _PASSPORT.fullmatch(value):
        raise ValidationError(_("Enter the passport number: 6 to 12 letters and digits."))
    if kind == "":
        return check_any_id(value)
    return value


def check_bank_account(value: Any) -> dict[str, str]:
    """Return ``{"bank", "number", "holder"}`` of a bank account; all three are needed."""
    if not isinstance(value, dict):
        raise ValidationError(_("Enter the bank, the account number and the holder."))
    bank, holder = _text(value.get("bank", "")), _text(value.get("holder", ""))
    number = compact(_text(value.get("number", "")))
    if not bank or not holder or len(bank) > 100 or len(holder) > 100:
        raise ValidationError(_("Enter the bank, the account number and the holder."))
    if not _ACCOUNT.fullmatch(number):
        raise ValidationError(_("Enter the account number: 6 to 20 digits."))
    return {"bank": bank, "number": number, "holder": holder}
