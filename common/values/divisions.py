"""Provinces and communes since 1 July 2025 (two tiers), in memory, found as people type them.

Codes are those of the General Statistics Office: 2 digits for a province, 5
for a commune. What was a commune before leads to what it is today; that list
(9,687 communes, MIT, see its LICENSE) is read when somebody first types such a name.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from ..text import fold, plain, sort_key

DATA = Path(__file__).with_name("data") / "divisions.json"
FORMER_DATA = DATA.with_name("divisions-before-2025.json")
MAX_HITS = 12
_COMMUNE_KINDS = ("xa ", "phuong ", "thi tran ", "dac khu ")
_UPPER_KINDS = ("thanh pho ", "thi xa ", "tinh ", "quan ", "huyen ")
# No name of a commune, district or province has one of these as a word of its own.
_ABBREVIATED = {
    "p": "phuong", "f": "phuong", "ph": "phuong", "x": "xa", "tt": "thi tran", "tx": "thi xa", "tp": "thanh pho",
    "q": "quan", "h": "huyen", "t": "tinh", "dk": "dac khu", "tphcm": "ho chi minh", "hcm": "ho chi minh",
}  # fmt: skip
_OTHER_NAMES = {"ho chi minh": ("sai gon", "hcmc"), "ba ria vung tau": ("brvt", "vung tau"), "hue": ("thua thien hue",)}
_WORD = re.compile(r"[^\W\d_]+|\d+")


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
class Hit:
    """A commune that a typed name may mean; ``former`` is the earlier commune that was typed, with its district."""

    commune: Commune
    former: str = ""

    @property
    def code(self) -> str:
        """The commune's code."""
        return self.commune.code

    @property
    def name(self) -> str:
        """The commune's name today."""
        return self.commune.name

    @property
    def label(self) -> str:
        """What stands beside its radio button."""
        if not self.former:
            return self.name
        return _("%(name)s (formerly %(former)s)") % {"name": self.name, "former": self.former}


@dataclass(frozen=True, slots=True)
class _Divisions:
    provinces: dict[str, Province]
    communes: dict[str, Commune]
    by_province: dict[str, tuple[Commune, ...]]
    spoken: dict[str, tuple[tuple[str, str, Commune], ...]]


@dataclass(frozen=True, slots=True)
class _Former:
    whole: str
    bare: str
    district: str
    shown: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _FormerDivisions:
    """Former communes by the present province; names of provinces and districts as typed, with what they lead to."""

    communes: dict[str, tuple[_Former, ...]]
    provinces: dict[str, frozenset[str]]
    districts: dict[str, frozenset[str]]


def _spoken(text: str) -> str:
    """Return a name as it is compared: folded words without signs, abbreviations written out, '01' as '1'."""
    words = (word.lstrip("0") or "0" for word in _WORD.findall(fold(plain(text)).replace("'", "")))
    return " ".join(_ABBREVIATED.get(word, word) for word in words)


def _bare(spoken: str, kinds: tuple[str, ...]) -> str:
    return next((spoken[len(kind) :] for kind in kinds if spoken.startswith(kind)), spoken)


@lru_cache(maxsize=1)
def _load() -> _Divisions:
    provinces: dict[str, Province] = {}
    communes: dict[str, Commune] = {}
    by_province: dict[str, tuple[Commune, ...]] = {}
    spoken: dict[str, tuple[tuple[str, str, Commune], ...]] = {}
    for row in json.loads(DATA.read_text(encoding="utf-8"))["provinces"]:
        provinces[row["code"]] = Province(row["code"], row["name"])
        of_province = tuple(Commune(item["code"], item["name"], row["code"]) for item in row["communes"])
        communes |= {commune.code: commune for commune in of_province}
        by_province[row["code"]] = tuple(sorted(of_province, key=lambda commune: sort_key(_proper(commune.name))))
        names = [(_spoken(commune.name), commune) for commune in by_province[row["code"]]]
        spoken[row["code"]] = tuple((whole, _bare(whole, _COMMUNE_KINDS), commune) for whole, commune in names)
    ordered = sorted(provinces.values(), key=lambda province: sort_key(_proper(province.name)))
    return _Divisions({province.code: province for province in ordered}, communes, by_province, spoken)


def _proper(name: str) -> str:
    """Return a name without its kind: 'Xuân Bắc' of 'Xã Xuân Bắc'."""
    return re.sub(r"^(?:Thành phố|Tỉnh|Xã|Phường|Đặc khu) ", "", name)


@lru_cache(maxsize=1)
def _load_former() -> _FormerDivisions:
    today = _load()
    communes: dict[str, list[_Former]] = {}
    provinces: dict[str, set[str]] = {}
    districts: dict[str, set[str]] = {}

    def call(names: dict[str, set[str]], spoken: str, meant: Iterable[str]) -> None:
        bare = _bare(spoken, _UPPER_KINDS)
        for name in (spoken, bare, f"tinh {bare}", f"thanh pho {bare}", *_OTHER_NAMES.get(bare, ())):
            names.setdefault(name, set()).update(meant)

    for province in today.provinces.values():
        call(provinces, _spoken(province.name), [province.code])
    for province_name, its_districts in json.loads(FORMER_DATA.read_text(encoding="utf-8"))["provinces"].items():
        successors: set[str] = set()
        for district_name, rows in its_districts.items():
            district = _spoken(district_name)
            for name in (district, _bare(district, _UPPER_KINDS)):
                districts.setdefault(name, set()).add(district)
            for row in rows:
                name, _equals, codes = row.partition("=")
                where = today.communes[codes[:5]].province
                successors.add(where)
                whole = _spoken(name)
                shown = f"{name}, {district_name[0].lower()}{district_name[1:]}"
                communes.setdefault(where, []).append(
                    _Former(whole, _bare(whole, _COMMUNE_KINDS), district, shown, tuple(codes.split("+")))
                )
        call(provinces, _spoken(province_name), successors)
    return _FormerDivisions(
        {code: tuple(rows) for code, rows in communes.items()},
        {name: frozenset(codes) for name, codes in provinces.items()},
        {name: frozenset(meant) for name, meant in districts.items()},
    )


def provinces() -> tuple[Province, ...]:
    """Return the 34 provinces in Vietnamese order of their bare names."""
    return tuple(_load().provinces.values())


def province(code: str) -> Province | None:
    """Return a province by its code."""
    return _load().provinces.get(code)


def communes(province: str) -> tuple[Commune, ...]:
    """Return the communes of a province code in Vietnamese order; empty for an unknown code."""
    return _load().by_province.get(province, ())


def commune(code: str) -> Commune | None:
    """Return a commune by its code."""
    return _load().communes.get(code)


def find_commune(province: str, typed: str) -> list[Hit]:
    """Return the communes that a typed name may mean, at most :data:`MAX_HITS`.

    Accents, đ/d, case and the words xã, phường, đặc khu may be left out or abbreviated; the (former) province and
    district may stand behind. Without ``province`` (a code) they must. Today's names win over former ones unless a
    district or a kind says otherwise, whole names over beginnings, beginnings over parts.
    """
    spoken = _spoken(typed)
    if not spoken or (province and province not in _load().provinces):
        return []
    for scope, district, name in _readings(province, spoken):
        found = _named(scope, district, name)
        if found:
            return found[:MAX_HITS]
    for scope, district, name in _readings(province, spoken):
        found = [] if district else _like(scope, name)
        if found:
            return found[:MAX_HITS]
    return []


def _readings(province: str, spoken: str) -> Iterator[tuple[tuple[str, ...], frozenset[str], str]]:
    """Yield what a text may say: the codes of provinces to look in, the districts named, the commune's name."""
    if province:
        yield (province,), frozenset(), spoken
    former = _load_former()
    texts: list[tuple[tuple[str, ...], str]] = [((province,) if province else (), spoken)]
    for rest, codes in _tails(spoken, former.provinces):
        scope = tuple(sorted(codes & {province} if province else codes))
        if scope:
            yield scope, frozenset(), rest
            texts.append((scope, rest))
    for scope, text in texts:
        for rest, districts in _tails(text, former.districts):
            if scope:
                yield scope, districts, rest


def _tails(text: str, names: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield a text without a name at its end and what that name means, the longest name first."""
    words = text.split()
    for n in range(1, len(words)):
        meant = names.get(" ".join(words[n:]))
        if meant:
            yield " ".join(words[:n]), meant


def _named(scope: tuple[str, ...], districts: frozenset[str], name: str) -> list[Hit]:
    """Return the communes called so, today or formerly."""
    bare = {name, _bare(name, _COMMUNE_KINDS)}
    today = [row for code in scope for row in _load().spoken[code]]
    exact = [Hit(commune) for whole, _name, commune in today if whole == name]
    if exact and not districts:
        return exact
    has_kind = len(bare) > 1
    alike = [Hit(commune) for _whole, own, commune in today if own in bare]
    if alike and not districts and not has_kind:
        return alike
    former = [row for code in scope for row in _load_former().communes.get(code, ())]
    former = [row for row in former if row.bare in bare and (not districts or row.district in districts)]
    same_kind = [row for row in former if row.whole == name]
    if same_kind or (former and not alike) or (former and districts):
        return _successors(same_kind or former)
    return exact or alike


def _like(scope: tuple[str, ...], name: str) -> list[Hit]:
    """Return the communes whose names begin with a text, else hold it, else once began with it."""
    bare = _bare(name, _COMMUNE_KINDS)
    today = [(own, commune) for code in scope for _whole, own, commune in _load().spoken[code]]
    begins = [Hit(commune) for own, commune in today if own.startswith(bare)]
    found = begins or [Hit(commune) for own, commune in today if bare in own]
    if found:
        return found
    former = [row for code in scope for row in _load_former().communes.get(code, ())]
    return _successors([row for row in former if row.bare.startswith(bare)])


def _successors(former: Iterable[_Former]) -> list[Hit]:
    """Return what former communes are today, all parts of those that were divided."""
    found: dict[str, str] = {}
    for row in former:
        for code in row.codes:
            found.setdefault(code, row.shown)
    return [Hit(_load().communes[code], shown) for code, shown in found.items()]


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
