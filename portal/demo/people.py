"""Invented inhabitants: common names, numbers that are well formed and belong to nobody."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
WOMEN = "Thị Hồng,Thị Kim,Thị Thu,Ngọc,Thị Mỹ,Thị Thanh".split(",")
WOMEN_GIVEN = "Hoa Lan Hương Loan Phượng Thảo Trang Yến Nga Cúc Duyên Nhung".split()
MEN = "Văn,Minh,Quốc,Đức,Hữu,Thanh".split(",")
MEN_GIVEN = "Hùng Dũng Long Phúc Tài Khánh Hải Cường Bình Toàn Lâm Đạt".split()
HAMLETS = [f"Số {n}, ấp {m}" for n, m in ((12, 1), (45, 2), (7, 3), (103, 4), (68, 5), (31, 6))]


@dataclass(frozen=True)
class Person:
    """Somebody who can be written into a form; ``address`` is in the shape of answers."""

    name: str
    birth: str
    sex: str
    number: str
    phone: str
    email: str
    address: dict[str, Any]


def somebody(
    rng: random.Random,
    commune: str,
    *,
    sex: str = "",
    born: tuple[int, int] = (1960, 2004),
    family: str = "",
    birth: date | None = None,
) -> Person:
    """Return an invented inhabitant of a commune of Đồng Nai; ``born`` are the first and last year of their birth."""
    sex = sex or rng.choice(["nam", "nu"])
    middle, given = (MEN, MEN_GIVEN) if sex == "nam" else (WOMEN, WOMEN_GIVEN)
    birth = birth or date(rng.randint(*born), 1, 1) + timedelta(days=rng.randrange(365))
    return Person(
        name=f"{family or rng.choice(FAMILY)} {rng.choice(middle)} {rng.choice(given)}",
        birth=birth.isoformat(),
        sex=sex,
        number=personal_number(rng, birth.year, sex),
        phone=f"09{rng.randint(0, 99999999):08}",
        email="",
        address={"province": "75", "commune": commune, "detail": rng.choice(HAMLETS)},
    )


def personal_number(rng: random.Random, year: int, sex: str) -> str:
    """Return a well-formed number of somebody registered in Đồng Nai."""
    century = (year // 100 - 19) * 2 + (sex == "nu")
    return f"075{century}{year % 100:02}{rng.randint(0, 999999):06}"
