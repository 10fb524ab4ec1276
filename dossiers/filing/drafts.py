"""A draft: where it may be filed, how it begins, what is written into it, how it goes.

Every write locks the row, wants status 0 and raises the revision, so that a page
made for an older state is recognised. Nothing here reads the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common import onetime
from common.database import purging
from common.files.uploads import delete_after_commit
from common.forms.typed import Typed
from common.refusals import Refused
from eforms import schema as form_schema
from offices.models import Unit
from procedures.catalogue import current_version, effective_level, offerings_for
from procedures.models import Offering, Procedure, ProcedureVersion

from ..models import Dossier, Paper, Status
from ..models.dossier import new_ref

MAX_DRAFTS = 20
# Counted from the last time the draft was saved.
DRAFT_DAYS = 30
EXPIRY_BATCH = 100
ONLINE_LEVEL = 3
START = "start_draft"
# Where the delivery page keeps what was typed; no key of a section begins so.
DELIVERY = "-delivery"


def changed_meanwhile() -> Refused:
    """Return the refusal of a page made before the draft was submitted or removed."""
    return Refused(
        _("This dossier has changed since you opened the page. Look at its newer state below."), code="stale"
    )


@dataclass(frozen=True)
class Entry:
    """Where a procedure may be filed online today: its version in force and the offerings of level 3 and 4.

    ``level`` is the highest at which anybody takes it in any way, 0 for nobody.
    """

    version: ProcedureVersion | None
    offerings: tuple[Offering, ...] = ()
    is_over: bool = False
    level: int = 0

    def offering(self, slug: str) -> Offering | None:
        """Return the offering of the unit with a slug."""
        return next((offering for offering in self.offerings if offering.unit.slug == slug), None)


def entry_of(procedure: Procedure, day: date) -> Entry:
    """Return how a procedure can be filed online on a local day; two queries."""
    version = current_version(procedure, day)
    if version is None:
        # What has yet to begin is not over.
        begun = procedure.versions.filter(published_at__isnull=False, effective_from__lte=day)
        return Entry(None, is_over=begun.exists())
    if procedure.accept_until is not None and procedure.accept_until < day:
        return Entry(version, is_over=True)
    offerings = offerings_for(version, day)
    online = [offering for offering in offerings if effective_level(version, offering) >= ONLINE_LEVEL]
    highest = max((effective_level(version, offering) for offering in offerings), default=0)
    return Entry(version, tuple(online), level=highest)


def offering_of(dossier: Dossier, day: date) -> Offering:
    """Return the offering under which a draft is filed.

    Raises :class:`Refused` when the unit no longer takes the procedure online.
    """
    return offering_in(entry_of(dossier.version.procedure, day), dossier.received_by)


def offering_in(entry: Entry, unit: Unit) -> Offering:
    """Return a unit's offering; raises :class:`Refused` ('closed') when it has none online."""
    found = next((offering for offering in entry.offerings if offering.unit_id == unit.pk), None)
    if found is None:
        raise Refused(
            _("%(unit)s no longer takes this procedure online. Your answers are kept: print them and file on paper.")
            % {"unit": unit.name},
            code="closed",
        )
    return found


def expires(dossier: Dossier) -> datetime:
    """Return until when a draft is kept when nobody saves it again."""
    return dossier.saved_at + timedelta(days=DRAFT_DAYS)


def is_taken(dossier: Dossier, day: date) -> bool:
    """Tell whether the unit of a draft still takes its procedure online on a local day. Two queries."""
    return entry_of(dossier.version.procedure, day).offering(dossier.received_by.slug) is not None


def start_draft(version: ProcedureVersion, unit: Unit, owner: User, *, key: str, now: datetime) -> Dossier:
    """Make a draft, once per key; an untouched draft of the same procedure and unit is used again.

    Raises :class:`Refused` when the account holds too many drafts and
    ``onetime.KeyMisused`` for a key that is not this account's.
    """
    with transaction.atomic():
        ref = new_ref()
        made_before = onetime.use_key(key, START, owner.pk, ref, now)
        if made_before is not None:
            return drafted_before(owner, made_before)
        drafts = Dossier.objects.of_owner(owner).filter(status=Status.DRAFT)
        untouched = drafts.filter(version=version, received_by=unit, revision=0, saved_at=F("created_at")).first()
        if untouched is not None:
            return untouched
        require_room_for_a_draft(owner)
        return Dossier.objects.create(
            ref=ref,
            version=version,
            received_by=unit,
            unit=unit,
            owner=owner,
            filed_by=owner,
            created_at=now,
            saved_at=now,
        )


def drafted_before(owner: User, ref: str) -> Dossier:
    """Return what an earlier request with the same key made; raises Refused('stale') when it is gone."""
    existing = Dossier.objects.of_owner(owner).filter(ref=ref).first()
    if existing is None:
        raise changed_meanwhile()
    return existing


def require_room_for_a_draft(owner: User) -> None:
    """Raise Refused when an account holds as many drafts as it may."""
    if Dossier.objects.of_owner(owner).filter(status=Status.DRAFT).count() >= MAX_DRAFTS:
        raise Refused(
            _("You have %(count)d drafts. Finish or discard one first.") % {"count": MAX_DRAFTS}, code="drafts"
        )


def locked_draft(dossier: Dossier) -> Dossier:
    """Return the draft's row, locked until the transaction ends; raises Refused('stale') when it is none now."""
    rows = Dossier.objects.select_for_update(of=("self",)).select_related("version__procedure", "received_by")
    fresh = rows.filter(pk=dossier.pk, status=Status.DRAFT).first()
    if fresh is None:
        raise changed_meanwhile()
    return fresh


def write_draft(fresh: Dossier, now: datetime, **columns: Any) -> None:
    """Write columns of a locked draft and raise its revision."""
    columns |= {"saved_at": now, "revision": fresh.revision + 1}
    for name, value in columns.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=list(columns))


def save_section(
    dossier: Dossier,
    section: form_schema.Section,
    answers: Mapping[str, Any],
    *,
    is_done: bool,
    now: datetime,
    typed: Typed | None = None,
) -> None:
    """Store the answers of one section, finished or not; ``typed`` is what was sent when some of it is at fault.

    Raises Refused('stale') when the draft was submitted meanwhile.
    """
    with transaction.atomic():
        fresh = locked_draft(dossier)
        write_draft(
            fresh,
            now,
            answers=merged(fresh.answers, answers),
            typed=with_typed(fresh.typed, section.key, typed),
            completed_sections=marked(fresh.completed_sections, section.key, is_done),
            sections_to_review=marked(fresh.sections_to_review, section.key, False)
            if is_done
            else fresh.sections_to_review,
        )


def merged(stored: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored answers with those of one page laid over them; cleared ones are forgotten."""
    return {key: value for key, value in {**stored, **answers}.items() if not form_schema.is_empty(value)}


def marked(done: list[str], key: str, is_done: bool) -> list[str]:
    """Return the finished sections with one added or taken away, each once."""
    return [other for other in done if other != key] + ([key] if is_done else [])


def with_typed(stored: Mapping[str, Typed] | None, key: str, typed: Typed | None) -> dict[str, Typed] | None:
    """Return what is kept as typed with one part's replaced or, when nothing of it is at fault, taken away."""
    kept = {other: boxes for other, boxes in (stored or {}).items() if other != key} | ({key: typed} if typed else {})
    return kept or None


def set_delivery(dossier: Dossier, delivery: str, address: dict[str, Any] | None, *, now: datetime) -> None:
    """Store how the result travels; ``address`` has name, phone and address when by post."""
    with transaction.atomic():
        fresh = locked_draft(dossier)
        typed = with_typed(fresh.typed, DELIVERY, None)
        write_draft(fresh, now, delivery=delivery, delivery_address=address, typed=typed)


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


def remove_with_files(drafts: QuerySet[Dossier]) -> int:
    """Delete drafts and, after commit, their files; returns how many. Submitted dossiers are never touched."""
    drafts = drafts.filter(status=Status.DRAFT)
    for paper in Paper.objects.filter(dossier__in=drafts).exclude(file=""):
        delete_after_commit(paper.file)
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
