"""What the QR on a chip identity card says: number | old number | name | birth | sex | address | issued | ….

Dates are eight digits, day first. The old number and the further parts of cards since July 2024 are left out. What a
card says is declared, like anything typed: no signature in the code proves it.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..text import clean_text, fold, plain
from . import divisions, partial_date
from .identity import check_personal_number, compact

MAX_TEXT = 1000
_PARTS = 7
_BAR = re.compile(r"\s*[|｜¦]\s*")
_DAY = re.compile(r"\d{8}", re.ASCII)
_NAME = re.compile(r"[^\d<>@#{}=_/\\;:\"]{2,80}")
_SEXES = {"nam": "nam", "nu": "nu"}
# Since this day the Ministry itself issues the cards (Luật Căn cước 2023, art. 46); before, its police department.
_MINISTRY_FROM = date(2024, 7, 1)
_NO_DISTRICTS_FROM = "2025-07-01"
MINISTRY, DEPARTMENT = "Bộ Công an", "Cục Cảnh sát quản lý hành chính về trật tự xã hội"


@dataclass(frozen=True, slots=True)
class IdCard:
    """The facts on a card; ``birth`` a partial ISO date, ``sex`` nam or nu, ``issued`` an ISO date; unknown ones ''."""

    number: str
    full_name: str
    birth: str
    sex: str
    address: str
    issued: str

    @property
    def issuer(self) -> str:
        """The authority that issued it, by the day; '' when that is not known."""
        if not self.issued:
            return ""
        return MINISTRY if date.fromisoformat(self.issued) >= _MINISTRY_FROM else DEPARTMENT

    def facts(self) -> dict[str, Any]:
        """Return what it says of its holder, called as the sources that pre-fill forms; unknown facts left out."""
        known = {
            "full_name": self.full_name,
            "birth": self.birth,
            "sex": self.sex,
            "personal_number": self.number,
            "id_kind": "can_cuoc",
            "address": residence(self.address, self.issued),
            "id_issued": self.issued,
            "id_issuer": self.issuer,
        }
        return {fact: value for fact, value in known.items() if value}


def check_id_card(text: str, *, today: date) -> IdCard:
    """Return what the text of a card's QR says.

    Accents in either form, swapped case, a scanner's spaces and line ends are forgiven. Raises ValidationError for any
    other text, and for a day that is yet to come.
    """
    parts = _BAR.split(clean_text(text)) if len(text) <= MAX_TEXT else []
    if len(parts) < _PARTS:
        raise _no_card()
    number, _old, name, birth, sex, address, issued = _as_written(parts[:_PARTS])
    number = check_personal_number(number, today=today)
    if not _NAME.fullmatch(name):
        raise _no_card()
    return IdCard(
        number,
        name,
        _day(birth, today, needed=True),
        _SEXES.get(fold(sex), ""),
        address[:200],
        _day(issued, today, needed=False),
    )


def _no_card() -> ValidationError:
    return ValidationError(
        _("This is not the text of an identity card's QR code. Scan the QR on the front of the card again."),
        code="card",
    )


def _as_written(parts: list[str]) -> list[str]:
    """Return the parts in the case in which cards are written; a name in capitals gets small letters."""
    # A scanner that types with Caps Lock on: nGUYỄN vĂN aN.
    if any(word[0].islower() and word[1:].isupper() for word in parts[2].split()):
        parts = [part.swapcase() for part in parts]
    if parts[2].isupper():
        parts[2] = parts[2].title()
    return parts


def _day(text: str, today: date, *, needed: bool) -> str:
    """Return eight digits, day first, as an ISO prefix; zeros stand for a day or month that is not known."""
    digits = compact(text).replace("/", "")
    if not digits and not needed:
        return ""
    try:
        if not _DAY.fullmatch(digits):
            raise ValueError(digits)
        iso = partial_date.build(digits[:2], digits[2:4], digits[4:])
    except ValueError as error:
        raise _no_card() from error
    if iso > today.isoformat() or (not needed and not partial_date.is_whole(iso)):
        raise _no_card()
    return iso


def residence(text: str, issued: str) -> dict[str, str]:
    """Return the address on a card in the shape of addresses: by code where it leads to one commune of today.

    A card ``issued`` before July 2025 names commune, district and province, a newer one may leave the district out. Any
    other text stays text. {} when there is none.
    """
    parts = [part for part in (piece.strip() for piece in text.split(",")) if part]
    # With the district first: its name is often a commune's of today too.
    for n in (3,) if "" < issued < _NO_DISTRICTS_FROM else (3, 2):
        if len(parts) < n:
            continue
        hits = [hit for hit in divisions.find_commune("", ", ".join(parts[-n:])) if _is_named(parts[-n], hit)]
        if len(hits) == 1:
            found = hits[0].commune
            return {"province": found.province, "commune": found.code, "detail": ", ".join(parts[:-n])}
        if hits:
            # Divided since, or one of several: only the person knows which.
            break
    return {"elsewhere": plain(text)} if parts else {}


def _is_named(part: str, hit: divisions.Hit) -> bool:
    """Tell whether a part of an address is the whole name of a commune of today or before, not the beginning of one."""
    name = fold(part)
    return any(f" {fold(known)},".endswith(f" {name},") for known in (hit.name, hit.former.split(",")[0]) if known)
