"""Finding procedures: words without accents, filters, one page of prepared rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from common.kept import until_changed
from common.text import clean, fold, in_order, page_language, translated
from common.values.frozen import frozen
from common.web.paging import Page, count_words
from offices.models import Unit

from .. import labels
from ..models import LifeEvent, Procedure, Sector
from . import spelling
from .cards import Card, cards
from .listing import Listed, Walk, on_offer
from .matching import Wanted, matching, ranks, wanted

# Which procedure belongs to which life event.
LINKS = Procedure.life_events.through
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

    units: tuple[Unit, ...]
    sectors: tuple[Sector, ...]
    events: tuple[LifeEvent, ...]

    def event(self, code: str) -> LifeEvent | None:
        """Return the life event of a code."""
        return next((event for event in self.events if event.code == code), None)


def choices(filters: Filters) -> tuple[Choices, Filters]:
    """Return the units, fields and events to choose from, and the filters without unknown ones."""
    offered = offered_choices()
    known = replace(
        filters,
        agency=filters.agency if any(unit.slug == filters.agency for unit in offered.units) else "",
        field=filters.field if any(sector.code == filters.field for sector in offered.sectors) else "",
        event=filters.event if offered.event(filters.event) else "",
    )
    return offered, known


@until_changed(Unit, Sector, Procedure, LifeEvent, LINKS)
def offered_choices() -> Choices:
    """Return what the filters offer; life events in their own order. Three queries when it is not kept."""
    units = in_order(Unit.objects.receiving().only("slug", "short_name", "name").order_by("id"))
    sectors = in_order(Sector.objects.filter(pk__in=Procedure.objects.values("sector")))
    events = LifeEvent.objects.filter(Exists(LINKS._default_manager.filter(lifeevent=OuterRef("pk"))))
    return Choices(tuple(map(frozen, units)), tuple(map(frozen, sectors)), tuple(map(frozen, events)))


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search: prepared rows, how many in all, the neighbours' cursors.

    ``groups`` are the same rows under life events, empty where headings would
    not help; ``events`` the life events of everything found, with counts
    (empty words beyond :data:`COUNTED`). ``corrected`` is what was searched
    instead of what was typed, ``suggestion`` what may have been meant.
    """

    rows: list[Card]
    count: str
    page: Page
    groups: list[dict[str, Any]]
    events: list[dict[str, Any]]
    corrected: str = ""
    suggestion: str = ""


def find(
    filters: Filters,
    options: Choices,
    day: date,
    base: str,
    *,
    after: str = "",
    before: str = "",
    forgives: bool = True,
) -> Found:
    """Return a page of a search, with typing errors forgiven when nothing else is found and ``forgives``.

    Without a query when all is kept, one for a misspelt search.
    ``base`` is the address of the list; those of the rows begin with it.
    """
    asked = wanted(filters.words, options.units)
    found = _find(filters, asked, options, day, base, after, before)
    is_enough = len(found.rows) > FEW or found.page.next or found.page.previous
    is_final = filters.exact or not forgives or not asked.words or is_enough
    correction = None if is_final else spelling.correct(asked.words)
    if correction is None:
        return found
    if found.rows:
        return replace(found, suggestion=said(correction.words, found.rows))
    better = wanted(correction.words, ())
    better = replace(better, agencies=asked.agencies)
    other = _find(filters, better, options, day, base, after, before)
    return replace(other, corrected=said(correction.words, other.rows)) if other.rows else found


def said(found: Iterable[str], rows: Iterable[Card]) -> str:
    """Return folded words as the names of the rows write them: 'kết hôn' for ['ket', 'hon']."""
    written: dict[str, str] = {}
    for row in rows:
        for word in row["title"].lower().replace(",", " ").split():
            written.setdefault(fold(word), word)
    return " ".join(written.get(word, word) for word in found)


def _find(filters: Filters, asked: Wanted, options: Choices, day: date, base: str, after: str, before: str) -> Found:
    agencies = (filters.agency,) if filters.agency else asked.agencies
    event = options.event(filters.event)
    everything = matching(
        on_offer(day), asked, agencies, filters.field, filters.level, filters.audience, event.pk if event else 0
    )
    walk = Walk(everything, ranks(everything, asked) if asked.words else {})
    page = walk.page(after=after, before=before, size=PAGE_SIZE)
    rows = cards.each(page.rows, agencies, day, page_language(), base)
    is_all = not page.next and not page.previous
    count = str(len(page.rows)) if is_all else count_words(len(everything), COUNTED)
    groups = events = []
    if is_all and not filters.event and len(rows) >= GROUPED_FROM:
        groups = grouped(page.rows, rows, options.events)
    elif not is_all and not filters.event:
        events = counted_events(everything, filters, options.events, base, is_capped=count.endswith("+"))
    return Found(rows, count, page, groups, events)


def grouped(found: Sequence[Listed], rows: Sequence[Card], events: Sequence[LifeEvent]) -> list[dict[str, Any]]:
    """Return the rows under life events, in the order in which the first row of each was found.

    A procedure of several events stands under the one that most rows share;
    empty when there would be one heading only.
    """
    shared = Counter(event for one in found for event in one.events)
    places = {event.pk: n for n, event in enumerate(events)}
    groups: dict[int | None, list[Card]] = defaultdict(list)
    for one, row in zip(found, rows, strict=True):
        own = [event for event in one.events if event in places]
        groups[min(own, key=lambda event: (-shared[event], places[event])) if own else None].append(row)
    if len(groups) < 2:
        return []
    names = {event.pk: translated(event, "name") for event in events}
    # What belongs to no event comes last, however well it was found.
    ordered = sorted(groups.items(), key=lambda group: group[0] is None)
    return [{"name": names[event] if event else _("Other matters"), "rows": group} for event, group in ordered]


def counted_events(
    everything: Iterable[Listed], filters: Filters, events: Sequence[LifeEvent], base: str, *, is_capped: bool
) -> list[dict[str, Any]]:
    """Return the life events of what was found, with how many each, and the address that narrows to it.

    Where so much was found that it is not counted, all events are offered.
    """
    counts = Counter(event for one in everything for event in one.events)
    return [
        {
            "name": translated(event, "name"),
            "count": "" if is_capped else str(counts[event.pk]),
            "url": filters.url(base, event=event.code),
        }
        for event in events
        if is_capped or event.pk in counts
    ]


def active(filters: Filters, options: Choices, base: str) -> list[dict[str, str]]:
    """Return the filters that are set, in words, each with the address of the search without it."""
    unit = next((unit.short_name for unit in options.units if unit.slug == filters.agency), "")
    sector = next((translated(sector, "name") for sector in options.sectors if sector.code == filters.field), "")
    event = options.event(filters.event)
    found = [
        ("q", f"“{filters.q}”" if filters.q else ""),
        ("event", translated(event, "name") if event else ""),
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
