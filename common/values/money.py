"""Whole numbers and money in whole đồng: as people write them."""


def grouped(number: int) -> str:
    """Return a whole number as people write it: '8.000'."""
    return f"{number:,}".replace(",", ".")


def format_vnd(amount: int) -> str:
    """Return an amount as '8.000 đồng'."""
    return f"{grouped(amount)} đồng"
