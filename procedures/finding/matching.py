"""Which procedures a search means: its words, a unit named among them, filters, and what comes first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from offices.models import Unit

from .. import labels
from . import spelling
from .listing import Listed


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a search: those that must be found, the whole phrases, and units that were named among them."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


def wanted(found: Sequence[str], units: Iterable[Unit]) -> Wanted:
    """Return what words ask for: 'khai sinh xuân lộc' wants 'khai sinh' of a unit called Xuân Lộc."""
    rest, agencies = _without_unit(list(found), units)
    telling = spelling.without_fillers(rest) if rest else []
    return Wanted(tuple(telling), tuple(dict.fromkeys((" ".join(rest), " ".join(telling)))), agencies)


def _without_unit(found: list[str], units: Iterable[Unit]) -> tuple[list[str], tuple[str, ...]]:
    named: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for unit in units:
        name = tuple(spelling.words_of(unit.short_name))
        named[name].append(unit.slug)
        # 'Xuân Lộc' alone is said of Xã Xuân Lộc; one syllable alone is said of many things.
        if len(name) > 2:
            named[name[1:]].append(unit.slug)
    for name in sorted(named, key=len, reverse=True):
        for at in range(len(found) - len(name) + 1):
            if tuple(found[at : at + len(name)]) == name:
                return found[:at] + found[at + len(name) :], tuple(named[name])
    return found, ()


def matching(
    listed: Iterable[Listed], asked: Wanted, agencies: Sequence[str], field: str, level: str, audience: str, event: int
) -> list[Listed]:
    """Keep what has all words, each beginning with what was typed, and fits the filters; '', 0 and () mean none."""
    words = [f" {word}" for word in asked.words]
    return [
        one
        for one in listed
        if all(word in one.text for word in words)
        and (not agencies or one.offers_of(agencies))
        and (not field or one.sector == field)
        and (not audience or audience in one.audience)
        and (not event or event in one.events)
        and (not level or _is_at(one, level, one.level_of(agencies)))
    ]


def _is_at(one: Listed, level: str, own: int) -> bool:
    """Tell whether the tag of a procedure has a level, or a name of NĐ 42/2022."""
    if level in labels.SCHEME_2022:
        return labels.scheme_2022(own, one.needs_presence) == level
    return own == int(level)


def ranks(found: Iterable[Listed], asked: Wanted) -> dict[int, int]:
    """Return the rank of each by primary key, the best first, read from the one search text.

    0 a whole name or synonym, 1 the words one after another in the name, 2 in a
    synonym, 3 all words in the name, 4 in name and synonyms, 5 the name has
    words that begin so, 6 the rest: 'con' means 'con' before 'công'.
    """
    return {one.id: _rank(one.text, asked) for one in found}


def _rank(text: str, asked: Wanted) -> int:
    name_end, titles_end = text.find(" \n"), text.find(spelling.REST)

    def stands(part: str, end: int) -> bool:
        # Words share their spaces with the ends.
        return 0 <= text.find(part) < end

    phrases = asked.phrases
    ways = [
        any(f"\n {phrase} \n" in text or f"\n thu tuc {phrase} \n" in text for phrase in phrases),
        any(stands(f" {phrase} ", name_end) for phrase in phrases),
        any(stands(f" {phrase} ", titles_end) for phrase in phrases),
    ]
    if len(asked.words) > 1:
        ways.append(all(stands(f" {word} ", name_end) for word in asked.words))
        ways.append(all(stands(f" {word} ", titles_end) for word in asked.words))
    ways.append(any(stands(f" {phrase}", name_end) for phrase in phrases))
    return next((n for n, is_so in enumerate(ways) if is_so), len(ways))
