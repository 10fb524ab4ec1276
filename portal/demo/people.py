"""Invented inhabitants: common names, numbers that are well formed and belong to nobody."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
WOMEN = "Thị Hồng,Thị Kim,Thị Thu,Ngọc,Thị Mỹ,Thị Thanh".split(",")
WOMEN_GIVEN = "Hoa Lan Hương Loan Phượng Thảo Trang Yến Nga Cúc Duyên Nhung".split()
# Together they are nobody's whom the country knows.
MEN = "Văn,Công,Tấn,Hữu,Thành,Ngọc".split(",")
MEN_GIVEN = "Lành Sang Thạnh Hiệp Thuấn Mẫn Chương Khiêm Lượm Hậu Tường Nhơn".split()
HAMLETS = [f"Số {n}, ấp {m}" for n, m in ((12, 1), (45, 2), (7, 3), (103, 4), (68, 5), (31, 6))]
CARRIERS = "090 091 093 094 096 097 098 032 035 038 070 079 081 085".split()


@dataclass(frozen=True)
class Person:
    """Somebody who can be written into a form; ``address`` is in the shape of answers.

    Who acts for an organisation has its name and tax code and their own position.
    """

    name: str
    birth: str
    sex: str
    number: str
    phone: str
    email: str
    address: dict[str, Any]
    organisation: str = ""
    position: str = ""
    tax_code: str = ""

    @property
    def born(self) -> date:
        """The day of birth."""
        return date.fromisoformat(self.birth)

    @property
    def family(self) -> str:
        """The family name."""
        return self.name.split()[0]


def somebody(
    rng: random.Random,
    commune: str,
    birth: date,
    *,
    sex: str = "",
    family: str = "",
    address: dict[str, Any] | None = None,
) -> Person:
    """Return an invented inhabitant of a commune of Đồng Nai, or of an address there."""
    sex = sex or rng.choice(["nam", "nu"])
    middle, given = (MEN, MEN_GIVEN) if sex == "nam" else (WOMEN, WOMEN_GIVEN)
    return Person(
        name=f"{family or rng.choice(FAMILY)} {rng.choice(middle)} {rng.choice(given)}",
        birth=birth.isoformat(),
        sex=sex,
        number=personal_number(rng, birth.year, sex),
        phone=f"{rng.choice(CARRIERS)}{rng.randint(0, 9999999):07}",
        email="",
        address=address or {"province": "75", "commune": commune, "detail": rng.choice(HAMLETS)},
    )


def personal_number(rng: random.Random, year: int, sex: str) -> str:
    """Return a well-formed number of somebody registered in Đồng Nai."""
    century = (year // 100 - 19) * 2 + (sex == "nu")
    return f"075{century}{year % 100:02}{rng.randint(0, 999999):06}"


def later(day: date, years: int) -> date:
    """Return the day so many years later, or earlier; of 29 February the day before."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def aged(rng: random.Random, today: date, youngest: int, oldest: int) -> date:
    """Return the birth of somebody who is at least ``youngest`` and at most ``oldest`` years old."""
    return later(today, -youngest) - timedelta(days=rng.randrange((oldest - youngest) * 365 + 1))
