"""Publishing: the moment a version becomes what citizens may rely on."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.text import fold

from . import form_schema, spelling
from .models import Procedure, ProcedureVersion, RequiredPaper, VersionStatus

# Fewer filings say nothing about what people come for most.
FILINGS_THAT_TELL = 50


class PublishingRefused(Exception):
    """A version that cannot be published; ``reasons`` says why, one sentence each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def faults(version: ProcedureVersion, papers: Iterable[RequiredPaper]) -> list[str]:
    """Return what keeps a version from being published, in the active language; empty when nothing does."""
    found = []
    schema = None
    if version.form is not None:
        try:
            schema = form_schema.load(version.form)
        except form_schema.SchemaError as error:
            found += error.reasons
    elif version.level >= 3:
        found.append(_("A procedure that can be filed online needs a form."))
    keys = {field.key for _section, field in schema.fields()} if schema else set()
    for paper in papers:
        unknown = form_schema.condition_fields(paper.show_if) - keys
        if unknown:
            found.append(
                _("The paper “%(paper)s” depends on a question that does not exist: %(keys)s.")
                % {"paper": paper.name, "keys": ", ".join(sorted(unknown))}
            )
    if not version.legal_bases:
        found.append(_("Name at least one legal basis."))
    return found


def publish(version: ProcedureVersion, by: User | None, now: datetime) -> None:
    """Publish a draft or reviewed version; from then on the database keeps its wording.

    An older version without an end gets the day before ``effective_from``.
    ``by`` is None for the catalogue that comes with the portal. Raises
    PublishingRefused. One transaction.
    """
    with transaction.atomic():
        reasons = faults(version, version.papers.all())
        if reasons:
            raise PublishingRefused(reasons)
        open_states = [VersionStatus.DRAFT, VersionStatus.IN_REVIEW]
        claimed = ProcedureVersion.objects.filter(pk=version.pk, status__in=open_states).update(
            status=VersionStatus.PUBLISHED, published_by=by, published_at=now
        )
        if claimed != 1:
            raise PublishingRefused([_("This version has been published already.")])
        version.procedure.versions.filter(
            status=VersionStatus.PUBLISHED, effective_until=None, number__lt=version.number
        ).update(effective_until=version.effective_from - timedelta(days=1))
        version.refresh_from_db()
        if version.effective_from <= clock.local_day(now):
            # A later version is found by its own words from its first night on.
            write_search_text(version.procedure, version)


def write_search_text(procedure: Procedure, version: ProcedureVersion) -> bool:
    """Store the folded words by which a procedure is found; says whether they changed."""
    text, key = spelling.text_of(procedure, version), fold(version.name).removeprefix("thu tuc ")[:120]
    stale = Procedure.objects.filter(~Q(search_text=text, sort_key=key), pk=procedure.pk)
    if not stale.update(search_text=text, sort_key=key):
        return False
    spelling.learn(text)
    return True


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
