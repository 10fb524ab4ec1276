"""Provinces and communes since 1 July 2025 (two tiers), in memory, found without accents.

Codes are those of the General Statistics Office: 2 digits for a province, 5
for a commune.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .text import fold

DATA = Path(__file__).with_name("data") / "divisions.json"
_PROVINCE_KINDS = ("thanh pho ", "tinh ", "tp. ", "tp ")
_COMMUNE_KINDS = ("xa ", "phuong ", "dac khu ", "p. ", "x. ")
MAX_HITS = 12


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, ward or special zone."""

    code: str
    name: str
    province: str


@dataclass(frozen=True, slots=True)
class Province:
    """A province or centrally run city."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class _Divisions:
    provinces: dict[str, Province]
    communes: dict[str, Commune]
    by_province: dict[str, tuple[Commune, ...]]
    folded: dict[str, tuple[tuple[str, str, Commune], ...]]


def _bare(folded: str, kinds: tuple[str, ...]) -> str:
    return next((folded[len(kind) :] for kind in kinds if folded.startswith(kind)), folded)


@lru_cache(maxsize=1)
def _load() -> _Divisions:
    provinces: dict[str, Province] = {}
    communes: dict[str, Commune] = {}
    by_province: dict[str, tuple[Commune, ...]] = {}
    folded: dict[str, tuple[tuple[str, str, Commune], ...]] = {}
    for row in json.loads(DATA.read_text(encoding="utf-8"))["provinces"]:
        provinces[row["code"]] = Province(row["code"], row["name"])
        of_province = tuple(Commune(item["code"], item["name"], row["code"]) for item in row["communes"])
        communes |= {commune.code: commune for commune in of_province}
        by_province[row["code"]] = of_province
        folded[row["code"]] = tuple(
            (fold(commune.name), _bare(fold(commune.name), _COMMUNE_KINDS), commune) for commune in of_province
        )
    ordered = sorted(provinces.values(), key=lambda province: _bare(fold(province.name), _PROVINCE_KINDS))
    return _Divisions({province.code: province for province in ordered}, communes, by_province, folded)


def provinces() -> tuple[Province, ...]:
    """Return the 34 provinces in alphabetical order of their bare names."""
    return tuple(_load().provinces.values())


def province(code: str) -> Province | None:
    """Return a province by its code."""
    return _load().provinces.get(code)


def communes(province: str) -> tuple[Commune, ...]:
    """Return the communes of a province code; empty for an unknown code."""
    return _load().by_province.get(province, ())


def commune(code: str) -> Commune | None:
    """Return a commune by its code."""
    return _load().communes.get(code)


def find_commune(province: str, typed: str) -> list[Commune]:
    """Return the communes of a province that a typed name may mean, at most :data:`MAX_HITS`.

    Accents, đ/d, case and the words xã, phường, đặc khu may be left out. Whole
    names win over beginnings, beginnings over parts; three communes of a
    province may share one bare name.
    """
    wanted = fold(typed)
    rows = _load().folded.get(province, ())
    if not wanted:
        return []
    bare = _bare(wanted, _COMMUNE_KINDS)
    exact = [commune for whole, _name, commune in rows if whole == wanted]
    if exact:
        return exact
    named = [commune for _whole, name, commune in rows if name == bare]
    if named:
        return named
    begins = [commune for _whole, name, commune in rows if name.startswith(bare)]
    return (begins or [commune for _whole, name, commune in rows if bare in name])[:MAX_HITS]


def is_address(value: Any) -> bool:
    """Tell whether a value is a complete address in one of its two shapes."""
    if not isinstance(value, Mapping):
        return False
    if "elsewhere" in value:
        return isinstance(value["elsewhere"], str) and bool(value["elsewhere"].strip())
    found = commune(str(value.get("commune", "")))
    return found is not None and found.province == value.get("province") and isinstance(value.get("detail", ""), str)


def address_text(address: Mapping[str, Any] | None) -> str:
    """Return an address in one line, from the house to the province; '' when there is none."""
    if not address:
        return ""
    if address.get("elsewhere"):
        return str(address["elsewhere"])
    of_commune = commune(str(address.get("commune", "")))
    of_province = province(str(address.get("province", "")))
    parts = [address.get("detail", ""), of_commune and of_commune.name, of_province and of_province.name]
    return ", ".join(str(part) for part in parts if part)
