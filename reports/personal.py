"""What in a text may tell of a person: numbers, addresses, names; for whoever decides about publishing it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from common.text import fold

# As in telephone, card and account numbers, with whatever stands between the digits.
_NUMBER = re.compile(r"(?:\d[\s.\-()/]{0,2}){8,}\d")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|\b(?:zalo|facebook)\b", re.IGNORECASE)
_STOP = re.compile(r"[.!?:;,\n“”\"()]+")
# Shorter names and numbers stand in any text by chance.
LEAST_NAME, LEAST_DIGITS = 4, 8
# The part of a phone number that is the same however it begins: 0912…, +84 912….
PHONE_END = 9


@dataclass(frozen=True)
class Personal:
    """What was found: parts of the text, each once; ``has_applicant`` when the applicant's own name stands in it."""

    numbers: list[str]
    names: list[str]
    has_applicant: bool

    def __bool__(self) -> bool:
        return bool(self.numbers or self.names or self.has_applicant)


def personal_in(text: str, names: Iterable[str] = ()) -> Personal:
    """Return what in a text may tell of a person; ``names`` are those of the applicant. It may be wrong both ways."""
    numbers = [found[0].strip() for found in (*_NUMBER.finditer(text), *_ADDRESS.finditer(text))]
    is_named = bool(known_in(text, names))
    return Personal(list(dict.fromkeys(numbers)), list(dict.fromkeys(_capitalised(text))), is_named)


def known_in(text: str, words: Iterable[str], phone: str = "") -> str:
    """Return which of somebody's names and addresses, or their phone number, stands in a text; '' for none.

    However it is accented, set apart or begun.
    """
    folded = fold(text)
    for known in words:
        if len(known) >= LEAST_NAME and re.search(rf"(?<!\w){re.escape(fold(known))}(?!\w)", folded):
            return known
    end = _digits(phone)[-PHONE_END:]
    return phone if len(end) >= LEAST_DIGITS and end in _digits(text) else ""


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _capitalised(text: str) -> Iterable[str]:
    """Yield runs of two or more capitalised words, names of people or places; the first word of a sentence is none."""
    for line in _STOP.split(text):
        words = line.split()
        run: list[str] = []
        for n, word in enumerate([*words, ""]):
            if word[:1].isupper() and n:
                run.append(word)
                continue
            if len(run) > 1:
                yield " ".join(run)
            run = []
