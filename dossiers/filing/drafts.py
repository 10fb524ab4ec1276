"""A draft: how it begins, what is written into it, how it goes.

Every write locks the row, wants status 0 and raises the revision, so that a page
made for an older state is recognised. Nothing here reads the clock.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common import onetime
from common.database import purging
from common.database.compiled import Compiled
from common.forms.typed import Typed
from common.refusals import Refused
from eforms.filling.filled import Filled, SentSection, with_typed
from offices.models import Unit
from procedures.models import ProcedureVersion

from ..actions.readiness import DELIVERY
from ..models import Dossier, Paper, Status
from ..models.dossier import new_ref
from ..records import previews
from ..records.papers import forget_files

MAX_DRAFTS = 20
# Counted from the last time the draft was saved.
DRAFT_DAYS = 30
EXPIRY_BATCH = 100
START = "start_draft"


def changed_meanwhile() -> Refused:
    """Return the refusal of a page made before the draft was submitted or removed."""
    return Refused(
        _("This dossier has changed since you opened the page. Look at its newer state below."), code="stale"
    )


def expires(dossier: Dossier) -> datetime:
    """Return until when a draft is kept when nobody saves it again."""
    return dossier.saved_at + timedelta(days=DRAFT_DAYS)


def made_once(key: str, purpose: str, ref: str, make: Callable[[], Dossier], *, by: User, now: datetime) -> Dossier:
    """Return the dossier that a one-time key stands for; the first time ``make`` brings about the one with ``ref``.

    One transaction. Raises ``onetime.KeyMisused`` for a key that is another
    account's, or whose dossier is gone. One statement the first time, later three.
    """
    with transaction.atomic():
        earlier = onetime.use_key(key, purpose, by.pk, ref, now)
        if earlier is None:
            return make()
    found = Dossier.objects.filter(ref=earlier).first()
    if found is None:
        raise onetime.KeyMisused
    return found


def start_draft(
    version: ProcedureVersion, unit: Unit, owner: User, *, acting: str = "", key: str, now: datetime
) -> Dossier:
    """Make a draft, once per key; an untouched draft of the same procedure and unit is used again.

    ``acting`` says for whom it is filed.

    Raises :class:`Refused` when the account holds too many drafts and
    ``onetime.KeyMisused`` for a key that is not this account's.
    """
    drafts = Dossier.objects.of_owner(owner).filter(status=Status.DRAFT)
    untouched = drafts.filter(
        version=version, received_by=unit, acting=acting, revision=0, saved_at=F("created_at")
    ).first()
    ref = untouched.ref if untouched else new_ref()

    def make() -> Dossier:
        if untouched is not None:
            return untouched
        require_room_for_a_draft(owner)
        columns = {"received_by": unit, "unit": unit, "owner": owner, "filed_by": owner.person, "acting": acting}
        return Dossier.objects.create(ref=ref, version=version, created_at=now, saved_at=now, **columns)

    return made_once(key, START, ref, make, by=owner, now=now)


def require_room_for_a_draft(owner: User) -> None:
    """Raise Refused when an account holds as many drafts as it may."""
    if Dossier.objects.of_owner(owner).filter(status=Status.DRAFT).count() >= MAX_DRAFTS:
        raise Refused(
            _("You have %(count)d drafts. Finish or discard one first.") % {"count": MAX_DRAFTS}, code="drafts"
        )


_draft: Compiled[Dossier] = Compiled(
    lambda pk: (
        Dossier.objects.select_for_update(of=("self",)).select_related("received_by").filter(pk=pk, status=Status.DRAFT)
    )
)


def locked_draft(dossier: Dossier) -> Dossier:
    """Return the draft's row, locked until the transaction ends; raises Refused('stale') when it is none now."""
    fresh = _draft.first(dossier.pk)
    if fresh is None:
        raise changed_meanwhile()
    return fresh


def write_draft(fresh: Dossier, now: datetime, **columns: Any) -> None:
    """Write columns of a locked draft and raise its revision."""
    columns |= {"saved_at": now, "revision": fresh.revision + 1}
    for name, value in columns.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=list(columns))


def save_sections(dossier: Dossier, sent: Iterable[SentSection], now: datetime) -> None:
    """Store sections, finished or not; raises Refused('stale') when the draft was submitted meanwhile."""
    with transaction.atomic():
        fresh = locked_draft(dossier)
        filled = fresh.filled
        for section in sent:
            filled = filled.with_section(section)
        write_draft(fresh, now, **columns_of(filled))


def columns_of(filled: Filled) -> dict[str, Any]:
    """Return the columns of a dossier that keep what is filled in."""
    return {
        "answers": dict(filled.answers),
        "typed": dict(filled.typed) or None,
        "completed_sections": filled.done,
        "sections_to_review": filled.to_review,
    }


def set_authority(dossier: Dossier, authority: dict[str, str], *, now: datetime) -> None:
    """Store day, number and end of the power of attorney by which a draft is filed."""
    with transaction.atomic():
        write_draft(locked_draft(dossier), now, authority=authority)


def set_delivery(
    dossier: Dossier,
    delivery: str,
    address: dict[str, Any] | None,
    *,
    papers_by_post: bool = False,
    pays_on_delivery: bool = False,
    now: datetime,
) -> None:
    """Store how result and promised papers travel; ``address`` has name, phone and address when one goes by post."""
    with transaction.atomic():
        fresh = locked_draft(dossier)
        typed = with_typed(fresh.typed, DELIVERY, None) or None
        write_draft(
            fresh,
            now,
            delivery=delivery,
            delivery_address=address,
            papers_by_post=papers_by_post,
            pays_on_delivery=pays_on_delivery,
            typed=typed,
        )


def keep_delivery_typed(dossier: Dossier, typed: Typed, *, now: datetime) -> None:
    """Keep what was typed about the way of return while something of it is at fault."""
    with transaction.atomic():
        fresh = locked_draft(dossier)
        write_draft(fresh, now, typed=with_typed(fresh.typed, DELIVERY, typed))


def discard(dossier: Dossier) -> None:
    """Delete a draft with its papers and, after commit, their files."""
    with transaction.atomic():
        fresh = locked_draft(dossier)
        remove_with_files(Dossier.objects.filter(pk=fresh.pk))


def discard_all(owner: User) -> None:
    """Delete every draft of a person who leaves, inside the caller's transaction."""
    mine = Dossier.objects.filter(owner=owner, status=Status.DRAFT)
    remove_with_files(Dossier.objects.filter(pk__in=list(mine.select_for_update().values_list("pk", flat=True))))


def remove_with_files(drafts: QuerySet[Dossier]) -> int:
    """Delete drafts and, after commit, their files; returns how many. Submitted dossiers are never touched."""
    drafts = drafts.filter(status=Status.DRAFT)
    papers = list(Paper.objects.filter(dossier__in=drafts).exclude(file=""))
    forget_files(papers)
    previews.remove(papers)
    removed = drafts.delete()[1].get("dossiers.Dossier", 0)
    return removed


def due_for_expiry(now: datetime) -> purging.Due:
    """Return the drafts that nobody saved for 30 days, for the nightly clean-up. Two queries."""
    rows = Dossier.objects.filter(status=Status.DRAFT)
    before = now - timedelta(days=DRAFT_DAYS)
    return purging.Due(rows.filter(saved_at__lt=before).count(), rows.count(), partial(_expire, before))


def _expire(before: datetime) -> int:
    """Delete drafts not saved since then, with their files; small batches keep the lock short."""
    removed = 0
    rows = Dossier.objects.filter(status=Status.DRAFT, saved_at__lt=before).values_list("pk", flat=True)
    while pks := list(rows[:EXPIRY_BATCH]):
        with transaction.atomic():
            # Saved again meanwhile, also by somebody for whose transaction this waits: it stays.
            locked = list(rows.filter(pk__in=pks).select_for_update())
            removed += remove_with_files(Dossier.objects.filter(pk__in=locked))
    return removed
