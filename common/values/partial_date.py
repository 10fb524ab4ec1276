"""Dates of which only the year, or the month and year, may be known.

Stored as ISO prefixes: '1950', '1950-03', '1950-03-27'. Comparisons use the
earliest or the latest day that the text may mean.
"""

import calendar
import re
from datetime import date

from ..text import plain

_ISO = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)
_SPLIT = re.compile(r"[\s/\\.,_\-]+")
MIN_YEAR, MAX_YEAR = 1800, 2200


def build(day: str, month: str, year: str) -> str:
    """Return the ISO prefix of what three boxes hold; day, or day and month, may be unknown: empty or zero.

    Raises ValueError when the boxes name no day of the calendar.
    """
    parts = [plain(part) for part in (year, month, day)]
    if any(part and not (part.isascii() and part.isdigit() and len(part) <= 4) for part in parts):
        raise ValueError("not digits")
    # Old papers write 00/00/1950 where only the year was known.
    parts = [part if part.strip("0") else "" for part in parts]
    if not parts[0] or (parts[2] and not parts[1]):
        raise ValueError("year missing, or a day without its month")
    numbers = [int(part) for part in parts if part]
    if not MIN_YEAR <= numbers[0] <= MAX_YEAR:
        raise ValueError("year out of range")
    date(numbers[0], *(numbers[1:] + [1, 1])[:2])
    return "-".join([f"{numbers[0]:04d}", *(f"{number:02d}" for number in numbers[1:])])


def parse(text: str) -> str:
    """Return the ISO prefix of a typed date: '5/3/1990', '3/1990', '1990', '00/00/1990' or ISO itself.

    Raises ValueError when the text is no such date.
    """
    parts = [part for part in _SPLIT.split(plain(text)) if part]
    if not 1 <= len(parts) <= 3:
        raise ValueError("one to three numbers expected")
    if len(parts[0]) == 4 and len(parts) > 1:
        parts.reverse()
    return build(*([""] * (3 - len(parts)) + parts))


def has_parts(text: str) -> bool:
    """Tell whether a text is more than one number: a whole date pasted into one box."""
    return len([part for part in _SPLIT.split(plain(text)) if part]) > 1


def check(iso: object) -> str:
    """Return a stored value when it is a well-formed ISO prefix, else raise ValueError."""
    if not isinstance(iso, str) or not _ISO.fullmatch(iso):
        raise ValueError("not an ISO prefix")
    return build(*([""] * 2 + iso.split("-")[::-1])[-3:])


def earliest(iso: str) -> date:
    """Return the first day that a partial date may mean."""
    return date(*([int(part) for part in iso.split("-")] + [1, 1])[:3])


def latest(iso: str) -> date:
    """Return the last day that a partial date may mean."""
    parts = [int(part) for part in iso.split("-")]
    if len(parts) == 1:
        parts.append(12)
    if len(parts) == 2:
        parts.append(calendar.monthrange(parts[0], parts[1])[1])
    return date(*parts)


def is_whole(iso: str) -> bool:
    """Tell whether day, month and year are all known."""
    return len(iso) == 10


def display(iso: str) -> str:
    """Return a partial date as written in Vietnam: '27/03/1990', '03/1990', '1990'; '' stays ''."""
    return "/".join(reversed(iso.split("-")))


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def _two_digits(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    words = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    if ones == 0:
        return words
    if ones == 1 and tens > 1:
        return f"{words} mốt"
    return f"{words} lăm" if ones == 5 else f"{words} {_DIGITS[ones]}"


def _year(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    hundreds, below = divmod(rest, 100)
    words = f"{_DIGITS[thousands]} nghìn"
    if rest == 0:
        return words
    words += f" {_DIGITS[hundreds]} trăm"
    if below == 0:
        return words
    return f"{words} linh {_DIGITS[below]}" if below < 10 else f"{words} {_two_digits(below)}"


def in_words(iso: str) -> str:
    """Return a partial date in Vietnamese words, as registers write it; '' stays ''."""
    if not iso:
        return ""
    parts = [int(part) for part in iso.split("-")]
    words = f"năm {_year(parts[0])}"
    if len(parts) > 1:
        month = "tư" if parts[1] == 4 else _two_digits(parts[1])
        words = f"tháng {month} {words}"
    if len(parts) > 2:
        words = f"ngày {'mùng ' if parts[2] <= 10 else ''}{_two_digits(parts[2])} {words}"
    return words[0].upper() + words[1:]
