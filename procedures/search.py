"""Finding procedures: words without accents, filters, one page of prepared rows."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Self
from urllib.parse import quote, urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from common.paging import Page, capped_count, keyset_page
from common.text import fold
from offices.models import Unit

from .models import FeeLine, Offering, Procedure, ProcedureVersion, Sector
from .words import audience_words, fee_words, level_words, name_in, time_words

ORDER = ("-popularity", "sort_key", "id")
PAGE_SIZE = 20
MAX_QUERY, MAX_WORDS = 200, 10
AUDIENCES = ("citizen", "organisation", "enterprise")


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for; values that make no sense were dropped."""

    q: str = ""
    agency: str = ""
    field: str = ""
    level: int = 0
    audience: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Self:
        """Read a query string; anything unknown counts as not asked."""
        level = query.get("level", "")
        audience = query.get("audience", "")
        return cls(
            q=" ".join(query.get("q", "")[:MAX_QUERY].split()),
            agency=query.get("agency", "")[:40],
            field=query.get("field", "")[:60],
            level=int(level) if level in ("1", "2", "3", "4") else 0,
            audience=audience if audience in AUDIENCES else "",
        )

    @property
    def words(self) -> list[str]:
        """The folded words that must all be found."""
        return list(dict.fromkeys(fold(self.q).split()))[:MAX_WORDS]

    @property
    def is_narrow(self) -> bool:
        """Whether a filter besides the words is set."""
        return bool(self.agency or self.field or self.level or self.audience)

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Return the query parameters that are set, with changes."""
        found = {
            "q": self.q,
            "agency": self.agency,
            "field": self.field,
            "level": self.level,
            "audience": self.audience,
        }
        return {name: value for name, value in (found | changes).items() if value}

    def url(self, base: str, **changes: Any) -> str:
        """Return the address of the same search with changes."""
        query = urlencode(self.parameters(**changes))
        return f"{base}?{query}" if query else base


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    units: list[Unit]
    sectors: list[Sector]


def choices(filters: Filters, day: date) -> tuple[Choices, Filters]:
    """Return the units and fields to choose from, and the filters without unknown ones. Two queries."""
    units = list(Unit.objects.receiving().only("slug", "short_name", "name").order_by("name", "id"))
    sectors = list(Sector.objects.filter(pk__in=Procedure.objects.values("sector")).order_by("name"))
    known = Filters(
        q=filters.q,
        agency=filters.agency if any(unit.slug == filters.agency for unit in units) else "",
        field=filters.field if any(sector.code == filters.field for sector in sectors) else "",
        level=filters.level,
        audience=filters.audience,
    )
    return Choices(units, sectors), known


def matching(filters: Filters, day: date) -> QuerySet[Procedure]:
    """Return the procedures on offer that a search finds."""
    condition = Q()
    for word in filters.words:
        condition &= Q(search_text__contains=word)
    return _narrowed(filters.agency, filters.field, filters.level, filters.audience, day).filter(condition)


# Building a condition costs more than asking the database: what a day and the filters say is built once
# and only ever copied. Nothing is read here.
@lru_cache(maxsize=64)
def _narrowed(agency: str, field: str, level: int, audience: str, day: date) -> QuerySet[Procedure]:
    offerings = Offering.objects.on(day).filter(procedure=OuterRef("pk"))
    versions = ProcedureVersion.objects.in_force(day).filter(procedure=OuterRef("pk"))
    if agency:
        offerings = offerings.filter(unit__slug=agency)
    if level:
        offerings = offerings.filter(level=level)
    if audience:
        # The list as text: SQLite cannot look inside JSON lists.
        versions = versions.annotate(kinds=Cast("audience", TextField())).filter(kinds__contains=f'"{audience}"')
    found = Procedure.objects.filter(Exists(versions), Exists(offerings))
    if field:
        found = found.filter(sector__code=field)
    return found


@lru_cache(maxsize=4)
def _in_force(day: date) -> QuerySet[ProcedureVersion, Any]:
    columns = ("id", "procedure_id", "name", "name_en", "level", "audience", "processing_amount", "processing_unit")
    return ProcedureVersion.objects.in_force(day).order_by("number").values_list(*columns, named=True)


@lru_cache(maxsize=64)
def _on_offer(agency: str, day: date) -> QuerySet[Offering, Any]:
    offerings = Offering.objects.on(day)
    if agency:
        offerings = offerings.filter(unit__slug=agency)
    return offerings.values_list("procedure_id", "level", "fee_vnd", named=True)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search: prepared rows, how many in all, the neighbours' cursors."""

    rows: list[dict[str, Any]]
    count: str
    page: Page


def find(filters: Filters, day: date, base: str, *, after: str = "", before: str = "") -> Found:
    """Return a page of a search. Five queries, however many rows; four where one page holds all.

    ``base`` is the address of the list; those of the rows begin with it.
    """
    everything = matching(filters, day)
    procedures = everything.values_list("id", "code", "popularity", "sort_key", "sector__name", named=True)
    page = keyset_page(procedures, ORDER, after=after, before=before, size=PAGE_SIZE)
    ids = [procedure.id for procedure in page.rows]
    versions = {version.procedure_id: version for version in _in_force(day).filter(procedure__in=ids)}
    offerings: dict[int, list[Any]] = defaultdict(list)
    for offering in _on_offer(filters.agency, day).filter(procedure__in=ids):
        offerings[offering.procedure_id].append(offering)
    fees: dict[int, list[FeeLine]] = defaultdict(list)
    for line in FeeLine.objects.filter(version__in=[version.id for version in versions.values()]).order_by("n"):
        fees[line.version_id].append(line)
    levels = {level: level_words(level) for level in (1, 2, 3, 4)}
    rows = [
        _row(procedure, versions[procedure.id], offerings[procedure.id], fees, levels, base)
        for procedure in page.rows
        if procedure.id in versions
    ]
    is_all = not page.next and not page.previous
    return Found(rows, str(len(page.rows)) if is_all else capped_count(everything), page)


def _row(
    procedure: Any,
    version: Any,
    offerings: list[Any],
    fees: Mapping[int, list[FeeLine]],
    levels: Mapping[int, str],
    base: str,
) -> dict[str, Any]:
    level = min(version.level, max(offering.level for offering in offerings))
    fee, caution = fee_words(fees.get(version.id, []), offerings[0] if len(offerings) == 1 else None)
    name, language = name_in(version)
    url = f"{base}{quote(procedure.code)}/"
    return {
        "name": name,
        "language": language,
        "code": procedure.code,
        "sector": procedure.sector__name,
        "level": levels[level],
        "rank": level,
        "time": time_words(version),
        "fee": fee,
        "caution": caution,
        "audience": audience_words(version.audience),
        "url": url,
        "apply_url": f"{url}apply/" if level >= 3 else "",
    }


def active(filters: Filters, options: Choices, base: str) -> list[dict[str, str]]:
    """Return the filters that are set, in words, each with the address of the search without it."""
    unit = next((unit.short_name for unit in options.units if unit.slug == filters.agency), "")
    sector = next((sector.name for sector in options.sectors if sector.code == filters.field), "")
    found = [
        ("q", f"“{filters.q}”" if filters.q else ""),
        ("agency", unit),
        ("field", sector),
        ("level", level_words(filters.level) if filters.level else ""),
        ("audience", audience_words([filters.audience])),
    ]
    return [
        {
            "words": words,
            "url": filters.url(base, **{name: ""}),
            "label": _("Search without %(filter)s") % {"filter": words},
        }
        for name, words in found
        if words
    ]
