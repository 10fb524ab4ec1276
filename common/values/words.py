"""Whole numbers in Vietnamese words, as they stand on receipts and declarations: 'Hai mươi mốt nghìn đồng'."""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SCALES = ("", "nghìn", "triệu", "tỷ")


def amount_in_words(amount_vnd: int) -> str:
    """Return a whole amount below one million tỷ in Vietnamese words, with 'đồng'. Raises ValueError for others."""
    return f"{number_in_words(amount_vnd)} đồng"


def number_in_words(number: int) -> str:
    """Return a whole number from 0 to below 10^15 in Vietnamese words. Raises ValueError for others."""
    if not 0 <= number < 10**15:
        raise ValueError(number)
    text = " ".join(_read(number) if number else ["không"])
    return f"{text[0].upper()}{text[1:]}"


def _read(number: int) -> list[str]:
    """Read a number above 0: groups of three, 'tỷ' again after nine digits."""
    if number >= 10**9:
        rest = number % 10**9
        return [*_read(number // 10**9), "tỷ", *(_read_groups(rest, is_first=False) if rest else [])]
    return _read_groups(number, is_first=True)


def _read_groups(number: int, *, is_first: bool) -> list[str]:
    words: list[str] = []
    for scale in (2, 1, 0):
        group = number // 1000**scale % 1000
        if not group:
            continue
        words += _read_three(group, is_first=is_first and not words)
        if scale:
            words.append(SCALES[scale])
    return words


def _read_three(group: int, *, is_first: bool) -> list[str]:
    """Read up to three digits; inside a number the hundreds are named even when there are none."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words = [] if is_first and not hundreds else [DIGITS[hundreds], "trăm"]
    if tens == 0:
        if ones and words:
            words.append("linh")
    elif tens == 1:
        words.append("mười")
    else:
        words += [DIGITS[tens], "mươi"]
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5 and tens:
        words.append("lăm")
    elif ones:
        words.append(DIGITS[ones])
    return words
