"""Whole numbers and money in whole đồng: as figures and in official words."""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
GROUPS = ("", "nghìn", "triệu")
BILLION = 10**9
MAX_AMOUNT = 10**15


def grouped(number: int) -> str:
    """Return a whole number as people write it: '8.000'."""
    return f"{number:,}".replace(",", ".")


def format_vnd(amount: int) -> str:
    """Return an amount as '8.000 đồng'."""
    return f"{grouped(amount)} đồng"


def amount_in_words(amount: int) -> str:
    """Return an amount in the words of receipts: 'hai mươi mốt nghìn không trăm linh năm đồng'.

    The official forms linh, mốt, tư, lăm; a missing hundred inside a number is
    spoken. Raises ValueError outside 0 … 10**15 - 1.
    """
    if not 0 <= amount < MAX_AMOUNT:
        raise ValueError(f"{amount} is not an amount that can be written")
    return f"{_number(amount)} đồng" if amount else "không đồng"


def _number(value: int, *, inside: bool = False) -> str:
    words: list[str] = []
    billions, rest = divmod(value, BILLION)
    if billions:
        words += [_number(billions, inside=inside), "tỷ"]
    for power in (2, 1, 0):
        group = rest // 1000**power % 1000
        if group:
            words.append(_group(group, inside=inside or bool(words)))
            words.append(GROUPS[power])
    return " ".join(word for word in words if word)


def _group(value: int, *, inside: bool) -> str:
    hundreds, tens, ones = value // 100, value // 10 % 10, value % 10
    words: list[str] = []
    if hundreds or inside:
        words += [DIGITS[hundreds], "trăm"]
    if tens == 0:
        if ones:
            words += ["linh", DIGITS[ones]] if words else [DIGITS[ones]]
        return " ".join(words)
    words += ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 4 and tens > 1:
        words.append("tư")
    elif ones == 5:
        words.append("lăm")
    elif ones:
        words.append(DIGITS[ones])
    return " ".join(words)
