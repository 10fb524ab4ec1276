"""Paper copies ordered with a result: how many, charged with the fee, and handed over, so that none is forgotten."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from common.database.writing import insert
from common.refusals import Refused
from dossiers.actions.readiness import schema_of
from dossiers.books import kinds
from dossiers.models import BookEntry, Channel, Dossier
from eforms.schema import live_answers
from procedures.fees import Quantity
from procedures.models import FeeUnit, ProcedureVersion

from ..models import CopyOrder

# The question of a form that asks how many (docs/form-schema.md).
COUNT = "copy_count"
MOST = 50


def is_asked_by_form(version: ProcedureVersion) -> bool:
    """Tell whether the form itself asks how many copies are wanted."""
    schema = schema_of(version)
    return schema is not None and any(field.key == COUNT for section in schema.sections for field in section.fields)


def may_be_ordered(version: ProcedureVersion) -> bool:
    """Tell whether copies of a version's result can be ordered beside its form: a fee by the copy that is optional."""
    lines = version.fees.all()
    return any(line.unit == FeeUnit.COPY and line.is_optional for line in lines) and not is_asked_by_form(version)


def ordered(dossier: Dossier) -> int:
    """Return how many copies are ordered: what the form says, else what was ordered beside it. At most one query."""
    schema = schema_of(dossier.version)
    if schema is not None and is_asked_by_form(dossier.version):
        count = live_answers(schema, dossier.answers).get(COUNT)
        return count if isinstance(count, int) and count > 0 else 0
    if not any(line.unit == FeeUnit.COPY for line in dossier.version.fees.all()):
        return 0
    return CopyOrder.objects.filter(dossier=dossier.pk).values_list("count", flat=True).first() or 0


def quantities_ordered(dossier: Dossier) -> dict[str, Quantity]:
    """Return what a dossier's fees are counted by; a fee by the copy that is not optional is due once at least.

    What was settled in one visit is counted by its entry in the book; one query.
    """
    if dossier.version.book and dossier.channel == Channel.COUNTER and dossier.pk:
        entry = BookEntry.objects.filter(dossier=dossier.pk).values_list("copies", "pages").first()
        if entry is not None:
            return kinds.quantities(dossier.version.book, *entry)
    count = ordered(dossier)
    return {FeeUnit.COPY: count} if count else {}


def order(dossier: Dossier, count: int, now: datetime) -> None:
    """Set how many copies a draft orders beside its form, 0 for none; two queries.

    Refused ('state') once the dossier is filed, ('copies') where the procedure has none, ('count') beyond MOST.
    """
    if not dossier.is_draft:
        raise Refused(_("This dossier has been filed."), code="state")
    if count and not may_be_ordered(dossier.version):
        raise Refused(_("No paper copies can be ordered with this procedure."), code="copies")
    if not 0 <= count <= MOST:
        raise Refused(_("Enter a number up to %(count)d.") % {"count": MOST}, code="count", field="copies")
    if count:
        CopyOrder.objects.update_or_create(dossier=dossier, defaults={"count": count, "ordered_at": now})
    else:
        CopyOrder.objects.filter(dossier=dossier).delete()


def freeze(dossier: Dossier, now: datetime) -> None:
    """Keep what the form of a dossier that has just been filed orders; one query where it orders something."""
    if is_asked_by_form(dossier.version) and (count := ordered(dossier)):
        insert(CopyOrder(dossier=dossier, count=count, ordered_at=now))


def follow(dossier: Dossier, now: datetime) -> None:
    """Let what waits to be handed over be what a corrected form orders; two queries where the form asks for it."""
    if is_asked_by_form(dossier.version):
        CopyOrder.objects.filter(dossier=dossier, handed_at=None).delete()
        if (count := ordered(dossier)) and not CopyOrder.objects.filter(dossier=dossier).exists():
            insert(CopyOrder(dossier=dossier, count=count, ordered_at=now))


def keep(dossier: Dossier, quantities: Mapping[str, Quantity], now: datetime) -> None:
    """Keep how many copies were ordered at the counter, by the lines of the tariff; one query where there are any."""
    wanted = (quantities.get(line.key, 0) for line in dossier.version.fees.all() if line.unit == FeeUnit.COPY)
    count = sum(number for number in wanted if isinstance(number, int))
    if count:
        insert(CopyOrder(dossier=dossier, count=min(count, MOST), ordered_at=now))


def hand_over(dossier: Dossier, *, by: User | None, now: datetime, to: str = "") -> bool:
    """Note that the copies were handed over, once; tell whether any were waiting. One query."""
    waiting = CopyOrder.objects.filter(dossier=dossier, handed_at=None)
    return bool(waiting.update(handed_at=now, handed_by=by, handed_to=to[:160]))


def waiting(dossier: Dossier) -> int:
    """Return how many copies are still to be handed over; one query."""
    found = CopyOrder.objects.filter(dossier=dossier, handed_at=None).values_list("count", flat=True)
    return found.first() or 0
