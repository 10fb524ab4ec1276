"""Which procedures a search means: its words, a unit named among them, filters, and what comes first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import LessThan

from offices.models import Unit

from .. import labels
from ..models import Offering, Procedure, ProcedureVersion
from . import spelling

# Which procedure belongs to which life event.
LINKS: QuerySet[Any] = Procedure.life_events.through._default_manager.all()


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


def with_words(found: QuerySet[Procedure], asked: Wanted) -> QuerySet[Procedure]:
    """Keep what has all words; each word begins with what was typed."""
    condition = Q()
    for word in asked.words:
        condition &= Q(search_text__contains=f" {word}")
    return found.filter(condition)


def ranked(found: QuerySet[Procedure], asked: Wanted) -> QuerySet[Procedure]:
    """Add the rank of each, the best first, read from the one search text.

    0 a whole name or synonym, 1 the words one after another in the name, 2 in a
    synonym, 3 all words in the name, 4 in name and synonyms, 5 the name has
    words that begin so, 6 the rest: 'con' means 'con' before 'công'.
    """
    name_end, titles_end = StrIndex("search_text", Value(" \n")), StrIndex("search_text", Value(spelling.REST))
    whole, in_name, in_synonym, begins = Q(), Q(), Q(), Q()
    for phrase in asked.phrases:
        whole |= Q(search_text__contains=f"\n {phrase} \n") | Q(search_text__contains=f"\n thu tuc {phrase} \n")
        in_name |= _stands(f" {phrase} ", name_end)
        in_synonym |= _stands(f" {phrase} ", titles_end)
        begins |= _stands(f" {phrase}", name_end)
    ways = [whole, in_name, in_synonym]
    if len(asked.words) > 1:
        words_in_name, words_in_titles = Q(), Q()
        for word in asked.words:
            words_in_name &= _stands(f" {word} ", name_end)
            words_in_titles &= _stands(f" {word} ", titles_end)
        ways += [words_in_name, words_in_titles]
    ways.append(begins)
    cases = [When(way, then=n) for n, way in enumerate(ways)]
    return found.annotate(rank=Case(*cases, default=len(ways), output_field=IntegerField()))


def _stands(text: str, before: StrIndex) -> Q:
    """Return whether a text first stands before a place of the search text; words share their spaces with the ends."""
    return Q(search_text__contains=text) & Q(LessThan(StrIndex("search_text", Value(text)), before))


# Building a condition costs more than asking the database: what a day and the filters say is built once
# and only ever copied. Nothing is read here.
@lru_cache(maxsize=64)
def narrowed(
    agencies: tuple[str, ...], field: str, level: str, audience: str, event: str, day: date
) -> QuerySet[Procedure]:
    """Return the procedures in force and on offer on a day that fit the filters; '' and () stand for no filter."""
    offerings = Offering.objects.on(day)
    versions = ProcedureVersion.objects.in_force(day).filter(procedure=OuterRef("pk"))
    if agencies:
        offerings = offerings.filter(unit__slug__in=agencies)
    if audience:
        # The list as text: SQLite cannot look inside JSON lists.
        versions = versions.annotate(kinds=Cast("audience", TextField())).filter(kinds__contains=f'"{audience}"')
    if level:
        versions = versions.filter(_at_level(level, offerings))
    found = Procedure.objects.filter(Exists(versions), Exists(offerings.filter(procedure=OuterRef("pk"))))
    if field:
        found = found.filter(sector__code=field)
    if event:
        found = found.filter(Exists(LINKS.filter(procedure=OuterRef("pk"), lifeevent__code=event)))
    return found


def _at_level(level: str, offerings: QuerySet[Offering]) -> Q:
    """Return the versions whose tag has a level, or a name of NĐ 42/2022: the highest offering, never above the own."""
    own = offerings.filter(procedure=OuterRef("procedure"))
    if level == labels.INFORMATION:
        return Q(level__lte=2) | ~Q(Exists(own.filter(level__gte=3)))
    if level == labels.WHOLLY:
        return _just(4, own) & Q(needs_presence=False)
    if level == labels.PARTLY:
        return _just(3, own) | _just(4, own) & Q(needs_presence=True)
    return _just(int(level), own)


def _just(level: int, own: QuerySet[Offering]) -> Q:
    at_own = Q(Exists(own.filter(level__gte=level)), level=level)
    lowered = Q(Exists(own.filter(level=level)), ~Q(Exists(own.filter(level__gt=level))), level__gt=level)
    return at_own | lowered
