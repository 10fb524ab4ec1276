"""The words by which procedures are found and the order in which lists show them."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Q

from common.text import sort_key

from ..models import Procedure, ProcedureVersion, Sector
from ..models.names import short_name
from . import spelling

# Fewer filings say nothing about what people come for most.
FILINGS_THAT_TELL = 50


def name_key(name: str) -> str:
    """Return what orders a procedure in lists; the words 'Thủ tục' at the head of many names do not count."""
    return sort_key(short_name(name))[:120]


def write_search_text(procedure: Procedure, version: ProcedureVersion) -> bool:
    """Store the folded words by which a procedure is found; says whether they changed."""
    text, key = spelling.text_of(procedure, version), name_key(version.name)
    stale = Procedure.objects.filter(~Q(search_text=text, sort_key=key), pk=procedure.pk)
    if not stale.update(search_text=text, sort_key=key):
        return False
    spelling.learn(text)
    return True


def index_unpublished(version: ProcedureVersion) -> None:
    """Let publishers find a procedure that citizens do not know yet by its draft's name. Two queries.

    Its words forgive no typing errors: only those of names in force do.
    """
    procedure = version.procedure
    if not procedure.versions.exclude(published_at=None).exists():
        text, key = spelling.text_of(procedure, version), name_key(version.name)
        Procedure.objects.filter(pk=procedure.pk).update(search_text=text, sort_key=key)


def refresh_search_text(day: date) -> int:
    """Write the search words of every procedure from its version in force on a day; returns how many changed."""
    changed = 0
    versions = (
        ProcedureVersion.objects.in_force(day).defer("form").select_related("procedure__sector").order_by("number")
    )
    newest = {version.procedure_id: version for version in versions}
    for version in newest.values():
        changed += write_search_text(version.procedure, version)
    spelling.recount(day)
    return changed


def refresh_sector(sector: Sector, day: date) -> None:
    """Write the search words of the procedures of a field that was renamed; about three queries for each."""
    versions = ProcedureVersion.objects.filter(procedure__sector=sector).defer("form").order_by("number")
    versions = versions.select_related("procedure__sector")
    current = {version.procedure_id: version for version in versions.in_force(day)}
    for version in current.values():
        write_search_text(version.procedure, version)
    for version in versions.open().exclude(procedure__in=current):
        index_unpublished(version)


def rank_by_filings(filings: Mapping[int, int]) -> int:
    """Order the lists by how often each procedure (by primary key) was filed; returns how many places changed.

    Below :data:`FILINGS_THAT_TELL` in all, the order that came with the catalogue stays.
    """
    if sum(filings.values()) < FILINGS_THAT_TELL:
        return 0
    changed = []
    for procedure in Procedure.objects.only("popularity"):
        count = filings.get(procedure.pk, 0)
        if procedure.popularity != count:
            procedure.popularity = count
            changed.append(procedure)
    return Procedure.objects.bulk_update(changed, ["popularity"], batch_size=500)
