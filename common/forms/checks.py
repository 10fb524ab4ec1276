"""Checks of single answers that accounts and the forms of procedures share.

Each takes what was typed, returns the stored form, or raises ValidationError
with a sentence that says what to do. Numbers that name people are in
``common/values/identity.py``.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from ..text import clean_text, plain_apostrophes, plain_dashes
from ..values import partial_date
from ..values.identity import check_any_id, check_personal_number, check_phone, check_tax_code, compact
from ..values.mail_address import ascii_address

__all__ = [
    "check_bank_account",
    "check_email",
    "check_full_name",
    "check_identity_paper",
    "check_identity_paper_of_kind",
    "check_person",
    "check_phone",
    "check_tax_code",
    "name_warning",
]

SEXES = ("nam", "nu")
NO_PAPER = "khong_co"
ID_KINDS = ("can_cuoc", "cmnd", "ho_chieu", "khac", NO_PAPER)
PERSON_PARTS = ("full_name", "birth", "sex", "id_kind", "id_number")

# Words of letters of any script; an apostrophe (H’ Hen Niê) or a hyphen may join them, a dot may follow an initial.
_NAME = re.compile(r"(?=.{2,80}$)[^\W\d_]+\.?(?:(?:[ \-]|’ ?|(?<=\.))[^\W\d_]+\.?)*")
_MARKS_ON_A_LETTER = 3
_PAPER = re.compile(r"[0-9A-Z][0-9A-ZĐ/]{3,29}")
_PASSPORT = re.compile(r"[0-9A-Z]{6,12}", re.ASCII)
_ACCOUNT = re.compile(r"\d{6,20}", re.ASCII)
_email = EmailValidator()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError(_("Enter words here."))
    return clean_text(value)


def check_full_name(value: Any) -> str:
    """Return a full name with single spaces, NFC, every apostrophe as ’.

    Letters may carry marks that no composed letter has (Gia Rai ``ơ̆``). One word is enough: see :func:`name_warning`.
    """
    name = plain_dashes(plain_apostrophes(_text(value)))
    if not _NAME.fullmatch(_without_marks(name)) or len(name) > 80:
        raise ValidationError(_("Enter the whole name as on the papers, for example Nguyễn Văn An."))
    return name


def _without_marks(name: str) -> str:
    """Return a name without the marks that stand on its letters; a heap of marks, or one on nothing, stays."""
    bare, marks = "", 0
    for ch in name:
        marks = marks + 1 if unicodedata.category(ch).startswith("M") else 0
        bare += ch if not marks or marks > _MARKS_ON_A_LETTER or not bare[-1:].isalpha() else ""
    return bare


def name_warning(name: str) -> str:
    """Return a sentence when a name is a single word: rare in Vietnam, so perhaps cut short; never a refusal."""
    is_single = bool(name) and not re.search(r"[ ’.\-]", name)
    return _("This name has only one word. Please check that it is written as on the papers.") if is_single else ""


def check_email(value: Any) -> str:
    """Return an e-mail address of at most 254 characters, its domain in ASCII (IDNA)."""
    email = _text(value)
    try:
        _email(email)
    except ValidationError as error:
        raise ValidationError(_("Enter an email address, such as ten@example.com.")) from error
    try:
        email = ascii_address(email)
    except ValueError as error:
        message = _("No mail can be sent to this address. Check what stands before and after the @.")
        raise ValidationError(message) from error
    if len(email) > 254:
        raise ValidationError(_("This email address is too long."))
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


def check_birth(value: Any, *, today: date | None = None) -> str:
    """Return the ISO prefix of a day of birth, of which only the year may be known; with ``today`` no later one."""
    try:
        iso = partial_date.check(value)
    except ValueError as error:
        raise ValidationError(_("Enter a date that exists, for example 27 3 1990.")) from error
    if today is not None and partial_date.earliest(iso) > today:
        raise ValidationError(_("Enter a date that is not after today."))
    return iso


def check_person(value: Any, *, today: date | None = None) -> dict[str, str]:
    """Return a person ``{"full_name", "birth", "sex", "id_kind", "id_number"}``; unknown parts are ''.

    The name is needed, the rest may be missing, but a kind of paper needs its
    number, and somebody without a paper has none. Raises ValidationError with a message for every wrong part, each
    beginning with what the part is called.
    """
    if not isinstance(value, Mapping) or not all(isinstance(value.get(part, ""), str) for part in PERSON_PARTS):
        raise ValidationError(_("Enter the full name."))
    typed = {part: _text(value.get(part, "")) for part in PERSON_PARTS}
    kind = typed["id_kind"]
    checks: dict[str, tuple[str, Callable[[], str]]] = {
        "full_name": (_("Full name"), lambda: check_full_name(typed["full_name"])),
        "birth": (_("Date of birth"), lambda: check_birth(typed["birth"], today=today)),
        "sex": (_("Sex"), lambda: _listed(typed["sex"], SEXES)),
        "id_kind": (_("Kind of identity paper"), lambda: _listed(kind, ID_KINDS)),
        "id_number": (
            _("Number of the paper"),
            lambda: check_identity_paper_of_kind(
                check_identity_paper(typed["id_number"]), kind if kind in ID_KINDS else ""
            ),
        ),
    }
    if kind == NO_PAPER:
        checks["id_number"] = (_("Number of the paper"), lambda: _nothing(typed["id_number"]))
    kept, faults = dict.fromkeys(PERSON_PARTS, ""), []
    for part, (label, check) in checks.items():
        if not typed[part] and part != "full_name" and not (part == "id_number" and kind not in ("", NO_PAPER)):
            continue
        try:
            kept[part] = check()
        except ValidationError as error:
            message = " ".join(error.messages)
            faults.append(ValidationError(_("%(part)s: %(message)s") % {"part": label, "message": message}, code=part))
    if faults:
        raise ValidationError(faults)
    return kept


def _nothing(value: str) -> str:
    raise ValidationError(_("Choose which paper this number is of, or clear the number."))


def _listed(value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValidationError(_("Choose one of the answers listed."))
    return value
