"""Values that readers gave pages, summed by page and day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Sum

from common.clock import local_day
from common.database.writing import raise_counter
from common.onetime import once
from common.values.money import grouped
from procedures.labels import name_in
from procedures.models import ProcedureVersion, VersionStatus

from ..guides.contents import GUIDES
from ..models import ArticleKind, UsefulCount

PUBLISHED = (VersionStatus.PUBLISHED, VersionStatus.RETIRED)
# A few votes are no picture, and might tell who gave them.
PUBLIC_FROM = 5
# What readers said of a page that has long been rewritten no longer counts.
COUNTED = timedelta(days=365)
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What readers thought of a page: ``average`` of 1 to 5, out of ``count`` values."""

    kind: str
    ref: str
    count: int
    average: float
    name: str = ""

    @property
    def is_guide(self) -> bool:
        """Whether the page is a guide, else a procedure."""
        return self.kind == ArticleKind.GUIDE

    @property
    def average_words(self) -> str:
        """The average with one decimal, as it is written in Vietnam: '4,2'."""
        return f"{self.average:.1f}".replace(".", ",")

    @property
    def count_words(self) -> str:
        """The count with its groups: '1.204'."""
        return grouped(self.count)


def rate(kind: str, ref: str, value: int, key: str, now: datetime) -> bool:
    """Count a value once for each key; tells whether it was counted now. Raises KeyMisused."""
    page = {"kind": kind, "ref": ref, "day": local_day(now), "value": value}
    made = once(key, "useful", None, f"{kind} {ref}", now, lambda: raise_counter(UsefulCount, "count", **page))
    return made is None


def public_outcome(kind: str, ref: str, day: date) -> Outcome | None:
    """Return what everybody may read of a page; None below five values. One query."""
    rows = UsefulCount.objects.filter(kind=kind, ref=ref, day__gt=day - COUNTED)
    sums = rows.aggregate(votes=Sum("count"), total=Sum(F("count") * F("value")))
    if (sums["votes"] or 0) < PUBLIC_FROM:
        return None
    return Outcome(kind, ref, sums["votes"], sums["total"] / sums["votes"])


def outcomes(day: date) -> list[Outcome]:
    """Return the pages that were rated within a year, those that served their readers worst first. Two queries."""
    rows = (
        UsefulCount.objects.filter(day__gt=day - COUNTED)
        .values("kind", "ref")
        .annotate(votes=Sum("count"), total=Sum(F("count") * F("value")))
        .order_by("kind", "ref")
    )
    found = [Outcome(row["kind"], row["ref"], row["votes"], row["total"] / row["votes"]) for row in rows]
    found = sorted(found, key=lambda one: (one.average, -one.count))[:MOST_LISTED]
    names = _names(one.ref for one in found if one.kind == ArticleKind.PROCEDURE)
    return [
        Outcome(one.kind, one.ref, one.count, one.average, names.get(one.ref, "") or _guide_name(one.ref))
        for one in found
    ]


def _names(codes: Iterable[str]) -> dict[str, str]:
    versions = ProcedureVersion.objects.filter(procedure__code__in=list(codes), status__in=PUBLISHED)
    rows = versions.order_by("number").values_list("procedure__code", "name", "name_en", named=True)
    return {row.procedure__code: name_in(row)[0] for row in rows}


def _guide_name(ref: str) -> str:
    return str(GUIDES[ref].title) if ref in GUIDES else ref
