"""The publishers' list of procedures: search, filters by state, one page of rows at a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from common.text import clean, fold, in_order
from common.web.paging import Page, capped_count, keyset_page

from ..marks import counts
from ..models import Mark, Offering, Procedure, ProcedureVersion, Sector, VersionStatus
from .sections import state_words

ORDER = ("sort_key", "id")
PAGE_SIZE = 30
MAX_QUERY, MAX_WORDS = 200, 10
MAX_WAITING = 50
STATES = ("live", "draft", "review", "retired", "unoffered", "marked")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a publisher asked for; values that make no sense were dropped."""

    q: str = ""
    state: str = ""
    field: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Self:
        """Read a query string."""
        state = query.get("state", "")
        return cls(
            q=" ".join(clean(query.get("q", "")[:MAX_QUERY]).split()),
            state=state if state in STATES else "",
            field=query.get("field", "")[:60],
        )

    @property
    def is_narrow(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.q or self.state or self.field)


def state_labels() -> list[tuple[str, str]]:
    """Return the states to filter by, in words."""
    return [
        ("live", _("In force")),
        ("draft", _("With a draft")),
        ("review", _("Waiting for review")),
        ("retired", _("Retired")),
        ("unoffered", _("Offered by no unit")),
        ("marked", _("Needs checking")),
    ]


def matching(filters: Filters, day: date) -> QuerySet[Procedure]:
    """Return the procedures that the filters leave."""
    found = Procedure.objects.all()
    for word in list(dict.fromkeys(fold(filters.q).split()))[:MAX_WORDS]:
        found = found.filter(Q(search_text__contains=word) | Q(code__icontains=word))
    if filters.field:
        found = found.filter(sector__code=filters.field)
    versions = ProcedureVersion.objects.filter(procedure=OuterRef("pk"))
    in_force = ProcedureVersion.objects.in_force(day).filter(procedure=OuterRef("pk"))
    match filters.state:
        case "live":
            return found.filter(Exists(in_force))
        case "draft":
            return found.filter(Exists(versions.filter(status=VersionStatus.DRAFT)))
        case "review":
            return found.filter(Exists(versions.filter(status=VersionStatus.IN_REVIEW)))
        case "retired":
            ended = versions.filter(status=VersionStatus.RETIRED)
            to_come = versions.filter(status=VersionStatus.PUBLISHED, effective_from__gt=day)
            return found.filter(Exists(ended), ~Exists(in_force), ~Exists(to_come))
        case "unoffered":
            return found.filter(~Exists(Offering.objects.on(day).filter(procedure=OuterRef("pk"))))
        case "marked":
            return found.filter(Exists(Mark.objects.filter(version__procedure=OuterRef("pk"), cleared_at=None)))
    return found


def sectors() -> list[Sector]:
    """Return the fields to filter by. One query."""
    return in_order(Sector.objects.all())


@dataclass(frozen=True, slots=True)
class Found:
    """One page: prepared rows, how many in all, the neighbours' cursors."""

    rows: list[dict[str, Any]]
    count: str
    page: Page


def find(filters: Filters, day: date, *, after: str = "", before: str = "") -> Found:
    """Return a page of the list. Five queries."""
    everything = matching(filters, day)
    page = keyset_page(
        everything.select_related("sector"), ORDER, after=after, before=before, size=PAGE_SIZE, has_empty=False
    )
    versions = versions_of(procedure.pk for procedure in page.rows)
    running = Offering.objects.on(day).filter(procedure__in=[procedure.pk for procedure in page.rows])
    offered = set(running.values_list("procedure_id", flat=True))
    marked = counts(version.pk for listed in versions.values() for version in listed)
    rows = [_row(procedure, versions[procedure.pk], procedure.pk in offered, marked, day) for procedure in page.rows]
    is_all = not page.next and not page.previous
    return Found(rows, str(len(rows)) if is_all else capped_count(everything, 10_000), page)


def versions_of(procedures: Iterable[int]) -> dict[int, list[ProcedureVersion]]:
    """Return the versions of procedures (primary keys), newest first, without their forms. One query."""
    found: dict[int, list[ProcedureVersion]] = defaultdict(list)
    versions = ProcedureVersion.objects.filter(procedure__in=list(procedures)).defer("form").order_by("-number")
    for version in versions:
        found[version.procedure_id].append(version)
    return found


def shown_of(versions: Iterable[ProcedureVersion], day: date) -> ProcedureVersion | None:
    """Return the version that names a procedure: the one in force, else the newest published, else the newest."""
    listed = list(versions)
    known = [one for one in listed if one.status in (VersionStatus.PUBLISHED, VersionStatus.RETIRED)]
    for version in known:
        if version.effective_from <= day and (version.effective_until is None or version.effective_until >= day):
            return version
    return known[0] if known else (listed[0] if listed else None)


def names_of(procedures: Iterable[Procedure], day: date) -> dict[int, str]:
    """Return what procedures are called, by primary key. One query."""
    versions = versions_of(procedure.pk for procedure in procedures)
    shown = {pk: shown_of(listed, day) for pk, listed in versions.items()}
    return {pk: version.short_name for pk, version in shown.items() if version is not None}


def waiting_for(user: Any) -> list[ProcedureVersion]:
    """Return the versions in review that a person may publish, those waiting longest first. One query."""
    waiting = ProcedureVersion.objects.filter(status=VersionStatus.IN_REVIEW)
    mine = ProcedureVersion.editors.through.objects.filter(procedureversion=OuterRef("pk"), user=user)
    others = waiting.filter(~Exists(mine)).exclude(author=user)
    return list(
        others.select_related("procedure", "author").defer("form").order_by("effective_from", "id")[:MAX_WAITING]
    )


def _row(
    procedure: Procedure, versions: list[ProcedureVersion], is_offered: bool, marked: Mapping[int, int], day: date
) -> dict[str, Any]:
    shown = shown_of(versions, day)
    tags = []
    if shown is not None and shown.status in (VersionStatus.PUBLISHED, VersionStatus.RETIRED):
        words, look = state_words(shown, day)
        tags.append((f"v{shown.number}: {words}", look))
    for version in versions:
        if version.status in (VersionStatus.DRAFT, VersionStatus.IN_REVIEW):
            words, look = state_words(version, day)
            tags.append((f"v{version.number}: {words}", look))
    if waiting := marked.get(shown.pk, 0) if shown else 0:
        tags.append((_("Needs checking: %(n)d") % {"n": waiting}, "soon"))
    if not is_offered:
        tags.append((_("Offered by no unit"), "late"))
    return {
        "code": procedure.code,
        "name": shown.short_name if shown else procedure.code,
        "sector": procedure.sector.name,
        "level": shown.level if shown else "",
        "tags": tags,
    }
