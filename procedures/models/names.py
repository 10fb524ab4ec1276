"""How procedures are called in lists and headings."""

import re

# "Thủ tục hành chính …" speaks of procedures in general; there the words belong to the name.
_HEAD = re.compile(r"^thủ tục (?!hành chính\b)(?=\S)", re.IGNORECASE)


def short_name(name: str) -> str:
    """Return a procedure's name without 'Thủ tục' at its head: 'Đăng ký khai tử' for 'Thủ tục đăng ký khai tử'.

    The whole name, as the law has it, stands in the title of the page, on its forms and in what is exchanged.
    """
    short = _HEAD.sub("", name)
    return short[:1].upper() + short[1:]
