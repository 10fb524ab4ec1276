"""Vietnamese text: one form stored, one form searched."""

import unicodedata

_DROP = {0x0111: "d", 0x0110: "d"}


def nfc(text: str) -> str:
    """Return a text in the composed form in which everything is stored."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return a text as it is searched: no accents, đ→d, lower case, single spaces."""
    plain = unicodedata.normalize("NFD", text.translate(_DROP))
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return " ".join(plain.casefold().split())
