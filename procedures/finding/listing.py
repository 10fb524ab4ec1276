"""What is on offer on a day, in memory: a search walks through it, in the order of the lists, and asks no table.

Ten thousand procedures take some 20 MB of a process, and a word is looked for in all of them within milliseconds;
building and running the same search in SQL took longer already for a hundred.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from common.kept import until_changed
from common.web.paging import SEPARATOR, Page
from offices.models import Unit

from ..models import Offering, Procedure, ProcedureVersion, Sector


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """A procedure in force that somebody offers: what it is found by, and its place in the lists.

    ``offers`` are (slug of the unit, level, primary key of the offering), ``events`` primary keys of life events.
    """

    id: int
    code: str
    popularity: int
    sort_key: str
    text: str
    sector: str
    version: int
    level: int
    needs_presence: bool
    audience: tuple[str, ...]
    offers: tuple[tuple[str, int, int], ...]
    events: frozenset[int]

    @property
    def place(self) -> tuple[int, str, int]:
        """Its place in the lists: the most popular first, then by name."""
        return -self.popularity, self.sort_key, self.id

    def offers_of(self, agencies: Sequence[str]) -> list[tuple[str, int, int]]:
        """Return the offers of some units, by slug; of all when none is named."""
        return [offer for offer in self.offers if not agencies or offer[0] in agencies]

    def level_of(self, agencies: Sequence[str]) -> int:
        """Return the level that counts at some units: the highest offered, never above the version's own."""
        return min(self.level, max((level for _unit, level, _pk in self.offers_of(agencies)), default=0))


# Today, and the day before for whoever asked at midnight.
@until_changed(Procedure, ProcedureVersion, Offering, Unit, Sector, Procedure.life_events.through, most=2)
def on_offer(day: date) -> tuple[Listed, ...]:
    """Return what is on offer on a local day, in the order of the lists. Four queries when it is not kept."""
    events: dict[int, set[int]] = defaultdict(set)
    links = Procedure.life_events.through._default_manager.values_list("procedure_id", "lifeevent_id")
    for procedure, event in links:
        events[procedure].add(event)
    offers: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for procedure, unit, level, pk in Offering.objects.on(day).values_list("procedure_id", "unit__slug", "level", "pk"):
        offers[procedure].append((unit, level, pk))
    what = ("procedure_id", "pk", "level", "needs_presence", "audience")
    in_force = ProcedureVersion.objects.in_force(day).order_by("number").values_list(*what, named=True)
    # The newest number stands last and counts.
    versions = {version.procedure_id: version for version in in_force}
    rows = Procedure.objects.values_list("id", "code", "popularity", "sort_key", "search_text", "sector__code")
    found = []
    for pk, *about in rows:
        if pk in versions and pk in offers:
            version = versions[pk]
            own = (version.pk, version.level, version.needs_presence, tuple(version.audience), tuple(offers[pk]))
            columns: tuple[Any, ...] = (*about, *own, frozenset(events[pk]))
            found.append(Listed(pk, *columns))
    return tuple(sorted(found, key=lambda one: one.place))


@dataclass(frozen=True, slots=True)
class Walk:
    """Procedures in the order of a search; ``ranks`` go before their places, none where no words were asked for."""

    listed: Sequence[Listed]
    ranks: dict[int, int] = field(default_factory=dict)

    def _key(self, one: Listed) -> tuple[Any, ...]:
        return (self.ranks[one.id], *one.place) if self.ranks else one.place

    def _cursor(self, one: Listed) -> str:
        rank = [self.ranks[one.id]] if self.ranks else []
        return SEPARATOR.join(str(part) for part in (*rank, one.popularity, one.sort_key, one.id))

    def _read(self, cursor: str) -> tuple[Any, ...] | None:
        """Return the key that a cursor names, None when it cannot be read."""
        columns = 4 if self.ranks else 3
        parts = cursor.rsplit(SEPARATOR, columns - 1)
        if len(parts) != columns:
            return None
        *rank, popularity, name, pk = parts
        try:
            numbers = [int(part) for part in (*rank, popularity, pk)]
        except ValueError:
            return None
        return (*numbers[: len(rank)], -numbers[-2], name, numbers[-1])

    def page(self, *, after: str, before: str, size: int) -> Page:
        """Return the page after or before a cursor, else the first one; see ``common.web.paging``."""
        rows = sorted(self.listed, key=self._key)
        forward = self._read(after)
        backward = self._read(before) if forward is None else None
        if backward is not None:
            rows = [one for one in rows if self._key(one) < backward]
            has_more = len(rows) > size
            page = rows[-size:]
            return Page(
                page,
                next=self._cursor(page[-1]) if page else "",
                previous=self._cursor(page[0]) if has_more else "",
            )
        if forward is not None:
            rows = [one for one in rows if self._key(one) > forward]
        page = rows[:size]
        return Page(
            page,
            next=self._cursor(page[-1]) if len(rows) > size else "",
            previous=self._cursor(page[0]) if page and forward is not None else "",
        )
