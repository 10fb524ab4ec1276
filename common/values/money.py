"""Numbers as people write them: whole ones, money in whole đồng, exact decimals."""

import re
from decimal import ROUND_HALF_UP, Decimal

# '1.234,5' and '1 234,5'; a dot alone is a comma where it cannot divide thousands: '12.5', '0.125'.
_VIETNAMESE = re.compile(r"(?!0[. ])(\d{1,3}(?:[. ]\d{3})+|\d+)(?:,(\d+))?", re.ASCII)
_DOTTED = re.compile(r"(\d+)\.(\d+)", re.ASCII)
_EXACT = re.compile(r"(?:0|[1-9]\d*)(?:\.\d*[1-9])?", re.ASCII)


def grouped(number: int) -> str:
    """Return a whole number as people write it: '8.000'."""
    return f"{number:,}".replace(",", ".")


def format_vnd(amount: int) -> str:
    """Return an amount as '8.000 đồng'."""
    return f"{grouped(amount)} đồng"


def read_decimal(text: str) -> str:
    """Return a typed number, not negative, as an exact decimal string: '1.234,50' is '1234.5'. Raises ValueError."""
    found = _VIETNAMESE.fullmatch(text) or _DOTTED.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return exact(Decimal(f"{re.sub('[. ]', '', found[1])}.{found[2] or 0}"))


def is_exact(value: object) -> bool:
    """Tell whether a value is an exact decimal string as it is stored: '1234.5', no sign, nothing needless."""
    return isinstance(value, str) and _EXACT.fullmatch(value) is not None


def exact(number: Decimal, decimals: int | None = None) -> str:
    """Return a number as an exact decimal string, with ``decimals`` rounded half up to so many digits."""
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimal_text(value: str) -> str:
    """Return an exact decimal string as people write it: '1.234,5'."""
    whole, _dot, rest = value.partition(".")
    return grouped(int(whole)) + (f",{rest}" if rest else "")
