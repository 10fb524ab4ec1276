"""Vietnamese text: one form stored, one form searched."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_DROP = {0x0111: "d", 0x0110: "d"}
_BROKEN = re.compile("[\x00\ud800-\udfff\ufffd]")
# Control characters, marks that reorder text and invisible joiners: nobody types them, they only deceive the eye.
_UNSEEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def nfc(text: str) -> str:
    """Return a text in the composed form in which everything is stored."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return a text as it is searched: no accents, đ→d, lower case, single spaces."""
    plain = unicodedata.normalize("NFD", text.translate(_DROP))
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return " ".join(plain.casefold().split())


def lower_first(text: str) -> str:
    """Return a name as it stands inside a sentence: 'xã Xuân Bắc' for 'Xã Xuân Bắc'."""
    return text[:1].lower() + text[1:]


def is_broken(text: str) -> bool:
    """Say whether a text holds what no keyboard sends: NUL, half of a character, an undecodable byte."""
    return _BROKEN.search(text) is not None


def clean_text(text: str, *, lines: bool = False) -> str:
    """Return a typed text as it is stored: NFC, no control characters, no outer space.

    Line breaks become spaces unless ``lines``; then they are all ``\\n``.
    Raises ``ValidationError`` for NUL, lone surrogates and undecodable bytes.
    """
    if is_broken(text):
        raise ValidationError(
            _("This text holds characters that cannot be read. Type it again."), code="unreadable_characters"
        )
    text = nfc(_UNSEEN.sub("", text))
    if lines:
        return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
    return " ".join(text.split())
