"""Vietnamese text: one form stored, one form searched."""

import re
import string
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row")
# Đ as other alphabets and old fonts write it; only the capital cannot be told apart, so only it is stored as Đ.
_STROKE = {0x00D0: "Đ", 0x0189: "Đ"}
APOSTROPHES = "'`´\u02b9\u02bb-\u02bd\u02c8\u2018\u2019\u201b\u2032\uff07"
DASHES = "\\-\u058a\u05be\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2e3a\u2e3b\u301c\u3030\ufe58\ufe63\uff0d"
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_DASH = re.compile(f"[{DASHES}]")
_BROKEN = re.compile("[\x00\ud800-\udfff\ufffd]")
# Control characters, marks that reorder text, joiners, fillers and variation selectors: they only deceive the eye.
_UNSEEN = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACE = re.compile(r"[^\S\n\t]")
# The wide forms of ASCII that East Asian keyboards write; ² is no 2.
_FULL_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)}
_FOLDED = {0x0111: "d", 0x0110: "d", 0x00D0: "d", 0x00F0: "d", 0x0189: "d", 0x0256: "d"}
# Letters in the order of Vietnamese dictionaries, each by a sign that sorts there; f, j, w and z as in other alphabets.
_LETTERS = dict(zip("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", string.ascii_uppercase + "abcdefg", strict=True))
# Marks that make another letter of a, d, e, o or u; all other marks are tones.
_LETTER_MARKS = "\u0302\u0306\u031b"
_TONES = {mark: n for n, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}
# A number, a letter with the marks on it, or what separates words.
_RUN = re.compile(r"[0-9]+|[^\W_][\u0300-\u036f]*|[\W_]+")


def page_language() -> str:
    """Return the language of what is being shown: 'vi' or 'en'."""
    return "en" if (get_language() or "").startswith("en") else "vi"


def translated(row: Any, name: str) -> str:
    """Return a text of a row or mapping in the language of the page: what is in ``<name>_en``, else the Vietnamese."""
    if isinstance(row, Mapping):
        return (row.get(f"{name}_en", "") if page_language() == "en" else "") or row[name]
    return (getattr(row, f"{name}_en") if page_language() == "en" else "") or getattr(row, name)


def digits_in(text: Any, length: int = 18) -> int | None:
    """Return the number that a text of at most so many ASCII digits writes; None for anything else."""
    text = str(text)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= length else None


def readable(value: Any, length: int) -> str:
    """Return the cleaned beginning of what a query string holds; '' when it cannot be read."""
    try:
        return clean_text(str(value)[:length])
    except ValidationError:
        return ""


def nfc(text: str) -> str:
    """Return a text in the composed form in which everything is stored."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return a text as it is searched: nothing unseen, no accents, đ→d, one apostrophe, lower case, single spaces."""
    plain = unicodedata.normalize("NFD", _UNSEEN.sub("", text).translate(_FOLDED))
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return " ".join(_APOSTROPHE.sub("'", plain).casefold().split())


def plain_dashes(text: str) -> str:
    """Return a text in which every kind of dash and minus is a hyphen."""
    return _DASH.sub("-", text)


def plain(text: str) -> str:
    """Return a line as numbers, dates and codes are read: cleaned, with plain digits, spaces and dashes."""
    return " ".join(plain_dashes(clean(text).translate(_FULL_WIDTH)).split())


def plain_apostrophes(text: str) -> str:
    """Return a text in which every mark used as an apostrophe is ’."""
    return _APOSTROPHE.sub("\u2019", text)


def sort_key(text: str) -> str:
    """Return the key by which lists shown to people are sorted, in the order of Vietnamese dictionaries.

    a ă â b c d đ e ê … o ô ơ … u ư …; tones (none, huyền, hỏi, ngã, sắc, nặng) count between texts with the same
    letters. Numbers compare as numbers; other signs only separate words. Compare keys by code point (``COLLATE "C"``).
    """
    letters, tones = "", ""
    for run in _RUN.findall(unicodedata.normalize("NFD", clean(text).casefold())):
        if run.isdecimal():
            letters += run.zfill(12)
        elif not run[0].isalnum():
            letters += "."
        else:
            marks = "".join(mark for mark in run[1:] if mark in _LETTER_MARKS)
            letter = nfc(run[0] + marks)
            letters += _LETTERS.get(letter) or _LETTERS.get(letter[0], letter)
            tones += str(max((_TONES.get(mark, 6) for mark in run[1:] if mark not in _LETTER_MARKS), default=0))
    return f"{'.'.join(filter(None, letters.split('.')))}!{tones}"


def in_order(rows: Iterable[Row], name: Callable[[Row], str] = lambda row: str(getattr(row, "name", row))) -> list[Row]:
    """Return rows sorted by their names as :func:`sort_key` says; those with the same name keep their order."""
    return sorted(rows, key=lambda row: sort_key(name(row)))


def lower_first(text: str) -> str:
    """Return a name as it stands inside a sentence: 'xã Xuân Bắc' for 'Xã Xuân Bắc'."""
    return text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """Return what somebody wrote as a sentence: a capital letter first, one sign at its end; '' stays ''."""
    words = text.rstrip(" .,;:…")
    ending = text[len(words) :].strip()
    if not words or "…" in ending or "..." in ending:
        return text[:1].upper() + text[1:]
    return words[:1].upper() + words[1:] + ("" if words.endswith(("!", "?")) else ".")


def is_broken(text: str) -> bool:
    """Say whether a text holds what no keyboard sends: NUL, half of a character, an undecodable byte."""
    return _BROKEN.search(text) is not None


def clean(text: str) -> str:
    """Return a text in the composed form, without what cannot be seen, Đ written as Vietnamese writes it."""
    return nfc(_UNSEEN.sub("", text).translate(_STROKE))


def clean_text(text: str, *, lines: bool = False) -> str:
    """Return a typed text as it is stored: :func:`clean`, plain spaces, no outer space.

    Everything typed or pasted goes through here, except passwords. Line breaks become spaces unless ``lines``;
    then they are all ``\\n``. Raises ``ValidationError`` for NUL, lone surrogates and undecodable bytes.
    """
    if is_broken(text):
        raise ValidationError(
            _("This text holds characters that cannot be read. Type it again."), code="unreadable_characters"
        )
    text = clean(text)
    if lines:
        return "\n".join(_SPACE.sub(" ", line).rstrip() for line in _BREAK.sub("\n", text).split("\n")).strip()
    return " ".join(text.split())
