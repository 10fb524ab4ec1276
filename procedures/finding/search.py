"""Finding procedures: words without accents, filters, one page of prepared rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Self
from urllib.parse import quote, urlencode

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from common.text import clean, fold, in_order
from common.web.paging import Page, capped_count, keyset_page
from offices.models import Unit

from .. import fees, labels
from ..levels import ONLINE_LEVEL
from ..models import FeeLine, LifeEvent, Offering, OfferingFee, Procedure, ProcedureVersion, Sector
from . import spelling
from .matching import LINKS, Wanted, narrowed, ranked, wanted, with_words

ORDER = ("-popularity", "sort_key", "id")
PAGE_SIZE = 20
MAX_QUERY, MAX_WORDS = 200, 10
AUDIENCES = ("citizen", "organisation", "enterprise")
LEVELS = (*labels.LEVELS, *labels.SCHEME_2022)
# Beyond so many results none are counted.
COUNTED = 1000
# Headings help in a list of some length only.
GROUPED_FROM = 6
# With so few results a better spelling is offered beside them.
FEW = 2
_FIGURES = ("figures__year", "figures__decided", "figures__on_time", "figures__median_hours")


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for; values that make no sense were dropped.

    ``exact`` says that typing errors are not forgiven.
    """

    q: str = ""
    agency: str = ""
    field: str = ""
    level: str = ""
    audience: str = ""
    event: str = ""
    exact: bool = False

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Self:
        """Read a query string; anything unknown counts as not asked."""
        level = query.get("level", "")
        audience = query.get("audience", "")
        q = " ".join(clean(query.get("q", "")[:MAX_QUERY].replace("\0", " ")).split())
        return cls(
            q=q,
            agency=query.get("agency", "")[:40],
            field=query.get("field", "")[:60],
            level=level if level in LEVELS else "",
            audience=audience if audience in AUDIENCES else "",
            event=query.get("event", "")[:40],
            exact=bool(q) and query.get("exact", "") == "1",
        )

    @property
    def words(self) -> list[str]:
        """The folded words that must all be found; signs alone are searched as they are."""
        found = list(dict.fromkeys(spelling.words_of(self.q)))
        return found[:MAX_WORDS] or fold(self.q).split()[:1]

    @property
    def is_narrow(self) -> bool:
        """Whether a filter besides the words is set."""
        return bool(self.agency or self.field or self.level or self.audience or self.event)

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Return the query parameters that are set, with changes."""
        found = {
            "q": self.q,
            "exact": int(self.exact),
            "event": self.event,
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
    events: list[LifeEvent]

    def event(self, code: str) -> LifeEvent | None:
        """Return the life event of a code."""
        return next((event for event in self.events if event.code == code), None)


def choices(filters: Filters, day: date) -> tuple[Choices, Filters]:
    """Return the units, fields and events to choose from, and the filters without unknown ones. Three queries."""
    units = in_order(Unit.objects.receiving().only("slug", "short_name", "name").order_by("id"))
    sectors = in_order(Sector.objects.filter(pk__in=Procedure.objects.values("sector")))
    events = life_events()
    known = replace(
        filters,
        agency=filters.agency if any(unit.slug == filters.agency for unit in units) else "",
        field=filters.field if any(sector.code == filters.field for sector in sectors) else "",
        event=filters.event if any(event.code == filters.event for event in events) else "",
    )
    return Choices(units, sectors, events), known


def life_events() -> list[LifeEvent]:
    """Return the life events that lead to procedures, in their order. One query."""
    return list(LifeEvent.objects.filter(Exists(LINKS.filter(lifeevent=OuterRef("pk")))))


def matching(filters: Filters, asked: Wanted, day: date) -> QuerySet[Procedure]:
    """Return the procedures on offer that a search finds."""
    agencies = (filters.agency,) if filters.agency else asked.agencies
    found = narrowed(agencies, filters.field, filters.level, filters.audience, filters.event, day)
    return with_words(found, asked)


# Built once a day and only ever copied, as in matching.py.
@lru_cache(maxsize=4)
def _in_force(day: date) -> QuerySet[ProcedureVersion, Any]:
    columns = ("id", "procedure_id", "name", "name_en", "level", "needs_presence", "audience")
    versions = ProcedureVersion.objects.in_force(day).order_by("number")
    return versions.values_list(*columns, "processing_amount", "processing_unit", named=True)


@lru_cache(maxsize=64)
def _on_offer(agencies: tuple[str, ...], day: date) -> QuerySet[Offering, Any]:
    offerings = Offering.objects.on(day)
    if agencies:
        offerings = offerings.filter(unit__slug__in=agencies)
    return offerings.values_list("id", "procedure_id", "level", named=True)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search: prepared rows, how many in all, the neighbours' cursors.

    ``groups`` are the same rows under life events, empty where headings would
    not help; ``events`` the life events of everything found, with counts
    (empty words beyond :data:`COUNTED`). ``corrected`` is what was searched
    instead of what was typed, ``suggestion`` what may have been meant.
    """

    rows: list[dict[str, Any]]
    count: str
    page: Page
    groups: list[dict[str, Any]]
    events: list[dict[str, Any]]
    corrected: str = ""
    suggestion: str = ""


def find(filters: Filters, options: Choices, day: date, base: str, *, after: str = "", before: str = "") -> Found:
    """Return a page of a search, with typing errors forgiven when nothing else is found.

    Seven queries, however many rows; three more for a misspelt search. ``base``
    is the address of the list; those of the rows begin with it.
    """
    asked = wanted(filters.words, options.units)
    found = _find(filters, asked, options, day, base, after, before)
    is_final = filters.exact or not asked.words or len(found.rows) > FEW or found.page.next or found.page.previous
    correction = None if is_final else spelling.correct(asked.words)
    if correction is None:
        return found
    if found.rows:
        return replace(found, suggestion=said(correction.words, found.rows))
    better = wanted(correction.words, ())
    better = replace(better, agencies=asked.agencies)
    other = _find(filters, better, options, day, base, after, before)
    return replace(other, corrected=said(correction.words, other.rows)) if other.rows else found


def said(found: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return folded words as the names of the rows write them: 'kết hôn' for ['ket', 'hon']."""
    written: dict[str, str] = {}
    for row in rows:
        for word in row["title"].lower().replace(",", " ").split():
            written.setdefault(fold(word), word)
    return " ".join(written.get(word, word) for word in found)


def _find(filters: Filters, asked: Wanted, options: Choices, day: date, base: str, after: str, before: str) -> Found:
    everything = matching(filters, asked, day)
    columns = ("id", "code", "popularity", "sort_key", "accept_until", "sector__name", *_FIGURES)
    if asked.words:
        procedures = ranked(everything, asked).values_list(*columns, "rank", named=True)
        order: tuple[str, ...] = ("rank", *ORDER)
    else:
        procedures, order = everything.values_list(*columns, named=True), ORDER
    page = keyset_page(procedures, order, after=after, before=before, size=PAGE_SIZE)
    rows = _rows(page.rows, (filters.agency,) if filters.agency else asked.agencies, day, base)
    is_all = not page.next and not page.previous
    count = str(len(page.rows)) if is_all else capped_count(everything, COUNTED)
    groups = events = []
    if is_all and not filters.event and len(rows) >= GROUPED_FROM:
        groups = grouped(rows, options.events)
    elif not is_all and not filters.event:
        events = counted_events(everything, filters, options.events, base, is_capped=count.endswith("+"))
    return Found(rows, count, page, groups, events)


def grouped(rows: list[dict[str, Any]], events: Sequence[LifeEvent]) -> list[dict[str, Any]]:
    """Return the rows under life events, in the order in which the first row of each was found. One query.

    A procedure of several events stands under the one that most rows share;
    empty when there would be one heading only.
    """
    links: dict[int, list[int]] = defaultdict(list)
    shared: dict[int, int] = defaultdict(int)
    for procedure, event in LINKS.filter(procedure__in=[row["id"] for row in rows]).values_list(
        "procedure_id", "lifeevent_id"
    ):
        links[procedure].append(event)
        shared[event] += 1
    places = {event.pk: n for n, event in enumerate(events)}
    groups: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        own = [event for event in links[row["id"]] if event in places]
        groups[min(own, key=lambda event: (-shared[event], places[event])) if own else None].append(row)
    if len(groups) < 2:
        return []
    names = {event.pk: labels.event_name(event) for event in events}
    # What belongs to no event comes last, however well it was found.
    ordered = sorted(groups.items(), key=lambda group: group[0] is None)
    return [{"name": names[event] if event else _("Other matters"), "rows": group} for event, group in ordered]


def counted_events(
    everything: QuerySet[Procedure], filters: Filters, events: Sequence[LifeEvent], base: str, *, is_capped: bool
) -> list[dict[str, Any]]:
    """Return the life events of what was found, with how many each, and the address that narrows to it.

    One query; none where so much was found that it is not counted: then all events are offered.
    """
    counts: dict[int, int] = {}
    if not is_capped:
        found = LINKS.filter(procedure__in=everything.order_by().values("pk"))
        counts = dict(found.values_list("lifeevent").annotate(Count("id")).order_by())
    return [
        {
            "name": labels.event_name(event),
            "count": str(counts.get(event.pk, "")),
            "url": filters.url(base, event=event.code),
        }
        for event in events
        if is_capped or event.pk in counts
    ]


def _rows(procedures: Sequence[Any], agencies: tuple[str, ...], day: date, base: str) -> list[dict[str, Any]]:
    """Return the prepared rows of a page. Four queries."""
    ids = [procedure.id for procedure in procedures]
    versions = {version.procedure_id: version for version in _in_force(day).filter(procedure__in=ids)}
    offerings: dict[int, list[Any]] = defaultdict(list)
    for offering in _on_offer(agencies, day).filter(procedure__in=ids):
        offerings[offering.procedure_id].append(offering)
    lines: dict[int, list[FeeLine]] = defaultdict(list)
    shown = FeeLine.objects.filter(version__in=[version.id for version in versions.values()])
    for line in shown.with_exemptions().order_by("n"):
        lines[line.version_id].append(line)
    # Amounts of one unit say nothing where several offer the procedure.
    single = [found[0].id for found in offerings.values() if len(found) == 1]
    own: dict[int, list[OfferingFee]] = defaultdict(list)
    for fee in OfferingFee.objects.filter(offering__in=single).order_by():
        own[fee.offering_id].append(fee)
    said = {
        procedure: fees.fee_words(lines[version.id], fees.in_force(own[offerings[procedure][0].id], day))
        for procedure, version in versions.items()
        if offerings[procedure]
    }
    return [
        _row(procedure, versions[procedure.id], offerings[procedure.id], said[procedure.id], day, base)
        for procedure in procedures
        if procedure.id in versions and offerings[procedure.id]
    ]


def _row(
    procedure: Any, version: Any, offerings: list[Any], fee: tuple[str, str], day: date, base: str
) -> dict[str, Any]:
    level = min(version.level, max(offering.level for offering in offerings))
    name, language = labels.name_in(version)
    url = f"{base}{quote(procedure.code)}/"
    is_open = procedure.accept_until is None or procedure.accept_until >= day
    return {
        "id": procedure.id,
        "name": name,
        "title": version.name,
        "language": language,
        "code": procedure.code,
        "sector": procedure.sector__name,
        "level": labels.level_words(level, version.needs_presence),
        "rank": level,
        "time": labels.time_words(version),
        "fee": fee[0],
        "caution": fee[1],
        "audience": labels.audience_words(version.audience),
        "figures": labels.figures_words(
            procedure.figures__year,
            procedure.figures__decided,
            procedure.figures__on_time,
            procedure.figures__median_hours,
            day.year,
        ),
        "url": url,
        "apply_url": f"{url}apply/" if level >= ONLINE_LEVEL and is_open else "",
    }


def active(filters: Filters, options: Choices, base: str) -> list[dict[str, str]]:
    """Return the filters that are set, in words, each with the address of the search without it."""
    unit = next((unit.short_name for unit in options.units if unit.slug == filters.agency), "")
    sector = next((sector.name for sector in options.sectors if sector.code == filters.field), "")
    event = options.event(filters.event)
    found = [
        ("q", f"“{filters.q}”" if filters.q else ""),
        ("event", labels.event_name(event) if event else ""),
        ("agency", unit),
        ("field", sector),
        ("level", labels.level_choice_words(filters.level)),
        ("audience", labels.audience_words([filters.audience])),
    ]
    return [
        {
            "words": text,
            "url": filters.url(base, **({name: "", "exact": ""} if name == "q" else {name: ""})),
            "label": _("Search without %(filter)s") % {"filter": text},
        }
        for name, text in found
        if text
    ]
