"""From a draft to a submitted dossier: what is still missing, a newer version, and the submission itself.

Only drafts change here; the moment of submission belongs to the workflow.
Nothing here reads the clock.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import onetime
from common.clock import local_day
from common.database.contention import once_more
from common.files.uploads import removed_on_failure
from common.refusals import Refused
from eforms import schema as form_schema
from procedures.catalogue import current_version, effective_level
from procedures.models import ProcedureVersion

from ..actions import Submit
from ..models import Delivery, Dossier, Paper, PaperKind, Status
from ..models.dossier import new_ref
from ..records.applicants import ApplicantData, data_of_filing
from ..workflow import perform
from . import renewal
from .drafts import (
    DELIVERY,
    changed_meanwhile,
    drafted_before,
    entry_of,
    locked_draft,
    offering_in,
    offering_of,
    require_room_for_a_draft,
    write_draft,
)
from .papers import PaperCard, asked_papers, copy_paper, remove_paper_row

ONLINE_RETURN_LEVEL = 4
COPY = "copy_dossier"
SUBMIT = "submit"


def newer_version(dossier: Dossier, day: date) -> ProcedureVersion | None:
    """Return the version in force when it is not the draft's own; None when nothing changed. One query."""
    current = current_version(dossier.version.procedure, day)
    return current if current is not None and current.pk != dossier.version_id else None


def renew(dossier: Dossier, *, now: datetime) -> None:
    """Move a draft to the version in force, keeping the answers and papers that still fit.

    What becomes of answers and finished sections is said by ``renewal.carry``.
    Papers stay where the new version asks for a paper of the same key; the
    others go with their files.
    """
    with transaction.atomic():
        fresh = locked_draft(dossier)
        version = newer_version(fresh, local_day(now))
        if version is None:
            return
        schemas = renewal.schema_of(fresh.version), renewal.schema_of(version)
        carried = renewal.carry(*schemas, fresh.answers, fresh.completed_sections, today=local_day(now))
        by_key = {required.key: required for required in version.papers.all()}
        for paper in fresh.papers.select_related("required"):
            required = by_key.get(paper.required.key) if paper.required else None
            if required is None:
                remove_paper_row(paper)
            else:
                Paper.objects.filter(pk=paper.pk).update(required=required, name=required.name)
        write_draft(
            fresh,
            now,
            version=version,
            answers=carried.answers,
            typed=still_asked(fresh.typed, schemas[1]),
            completed_sections=carried.done,
            sections_to_review=carried.changed,
        )


def still_asked(typed: Any, schema: form_schema.Schema | None) -> Any:
    """Return what is kept as typed of the parts that a form still has."""
    keys = {section.key for section in schema.sections} if schema else set()
    return {key: boxes for key, boxes in (typed or {}).items() if key in keys or key == DELIVERY} or None


@dataclass
class Progress:
    """A draft measured against its version: sections, papers and delivery. Two queries, at first use.

    ``kept`` are the answers that count, ``errors`` the faults per section.
    """

    dossier: Dossier
    day: date
    schema: form_schema.Schema | None = field(init=False)
    kept: dict[str, Any] = field(init=False)
    errors: dict[str, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        form = self.dossier.version.form
        self.schema = form_schema.load(form) if form else None
        self.kept, self.errors = {}, {}
        if self.schema is not None:
            self.kept, self.errors = form_schema.clean_all(self.schema, self.dossier.answers, today=self.day)

    @cached_property
    def sections(self) -> tuple[form_schema.Section, ...]:
        """The sections that the answers so far call for."""
        return self.schema.visible_sections(self.dossier.answers) if self.schema else ()

    def section(self, key: str) -> form_schema.Section | None:
        """Return a visible section by its key."""
        return next((section for section in self.sections if section.key == key), None)

    def is_done(self, section: form_schema.Section) -> bool:
        """Whether a section was saved without an error and still has none."""
        is_right = section.key not in self.errors and not self.is_faulty(section)
        return section.key in self.dossier.completed_sections and is_right

    def is_faulty(self, section: form_schema.Section) -> bool:
        """Whether something typed in a section failed its checks and is kept as it was typed."""
        return section.key in (self.dossier.typed or {})

    def is_changed(self, section: form_schema.Section) -> bool:
        """Whether a section was done before the procedure changed and has to be looked at again."""
        return section.key in self.dossier.sections_to_review and not self.is_done(section)

    def is_begun(self, section: form_schema.Section) -> bool:
        """Whether a section has any answer."""
        return self.is_faulty(section) or any(item.key in self.dossier.answers for item in section.fields)

    @cached_property
    def papers(self) -> list[Paper]:
        """What has been given, for whatever paper; one query."""
        return list(self.dossier.papers.filter(replaced_at=None))

    @cached_property
    def cards(self) -> tuple[PaperCard, ...]:
        """The papers asked for, each with what has been given; two queries."""
        given: dict[int | None, list[Paper]] = {}
        for paper in self.papers:
            given.setdefault(paper.required_id, []).append(paper)
        return tuple(
            PaperCard(
                required,
                tuple(paper for paper in given.get(required.pk, []) if paper.kind == PaperKind.FILE),
                next((paper for paper in given.get(required.pk, []) if paper.kind != PaperKind.FILE), None),
                required.is_required,
            )
            for required in asked_papers(self.dossier.version, self.kept)
        )

    @property
    def missing_papers(self) -> list[PaperCard]:
        """Needed papers of which nothing is there yet."""
        return [card for card in self.cards if card.is_needed and not card.is_given]

    @property
    def has_papers(self) -> bool:
        """Whether the papers are done; which ones are optional is known only when the questions are answered."""
        return not self.missing_papers and (not self.missing_sections or any(card.is_given for card in self.cards))

    @property
    def missing_sections(self) -> list[form_schema.Section]:
        """Sections not finished."""
        return [section for section in self.sections if not self.is_done(section)]

    @property
    def has_delivery(self) -> bool:
        """Whether the way of return has been chosen, and nothing typed about it is at fault."""
        return bool(self.dossier.delivery) and not self.has_faulty_delivery

    @property
    def has_faulty_delivery(self) -> bool:
        """Whether something typed about the way of return failed its checks."""
        return DELIVERY in (self.dossier.typed or {})

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing_sections and not self.missing_papers and self.has_delivery

    @property
    def parts(self) -> int:
        """How many parts there are before the check: sections, papers when any are asked, delivery."""
        return len(self.sections) + bool(self.cards) + 1

    @property
    def parts_done(self) -> int:
        """How many of the parts are finished."""
        done = len(self.sections) - len(self.missing_sections)
        return done + (bool(self.cards) and self.has_papers) + self.has_delivery


def deliveries(level: int, *, needs_presence: bool = False) -> list[str]:
    """Return the ways of return that a level allows; only level 4 returns online.

    Where people must come to sign, they are handed the result there.
    """
    if needs_presence:
        return [Delivery.DESK.value]
    ways = [Delivery.DESK.value, Delivery.POST.value]
    return [Delivery.ONLINE.value, *ways] if level >= ONLINE_RETURN_LEVEL else ways


def applicant_data(user: User, dossier: Dossier) -> ApplicantData:
    """Return the applicant to be frozen with a dossier: what its answers say, else the account as it stands now."""
    return data_of_filing(user, renewal.schema_of(dossier.version), dossier.answers)


def submit(dossier: Dossier, *, by: User, key: str, revision: int, now: datetime) -> Dossier:
    """Submit a draft, once per key, and return the dossier that the key stands for.

    Hidden answers and papers no longer asked for are dropped first. Raises
    :class:`Refused` (stale, incomplete, renewed, closed),
    :class:`Refused` and ``onetime.KeyMisused``; nothing is
    changed then, and the key stays free. What a deadlock undid is done once more.
    """
    return once_more(lambda: _submit(dossier, by=by, key=key, revision=revision, now=now))


def _submit(dossier: Dossier, *, by: User, key: str, revision: int, now: datetime) -> Dossier:
    with transaction.atomic():
        submitted = onetime.use_key(key, SUBMIT, by.pk, dossier.ref, now)
        if submitted is not None:
            if submitted != dossier.ref:
                raise onetime.KeyMisused
            return Dossier.objects.of_owner(by).get(ref=submitted)
        fresh = (
            Dossier.objects.select_for_update(of=("self",))
            .select_related("version__procedure", "received_by")
            .get(pk=dossier.pk)
        )
        if fresh.is_draft:
            tidy_for_submission(fresh, revision, now)
            revision = fresh.revision
        perform(Submit(applicant=applicant_data(by, fresh), key=key), fresh, by=by, now=now, revision=revision)
    return fresh


def tidy_for_submission(fresh: Dossier, revision: int, now: datetime) -> None:
    """Check that a locked draft may go in as it is and keep only what counts."""
    if fresh.revision != revision:
        raise changed_meanwhile()
    day = local_day(now)
    entry = entry_of(fresh.version.procedure, day)
    if entry.version is not None and entry.version.pk != fresh.version_id:
        raise Refused(_("The procedure has changed since you began. Look at the new questions first."), code="renewed")
    offering = offering_in(entry, fresh.received_by)
    ways = deliveries(effective_level(fresh.version, offering), needs_presence=fresh.version.needs_presence)
    if fresh.delivery and fresh.delivery not in ways:
        raise Refused(_("This way of receiving the result is no longer offered. Choose another one."), code="delivery")
    progress = Progress(fresh, day)
    if not progress.is_complete:
        raise Refused(_("Some parts are still missing. They are listed below."), code="incomplete")
    asked = {card.required.pk for card in progress.cards}
    for paper in progress.papers:
        if paper.required_id not in asked:
            remove_paper_row(paper)
    if progress.kept != fresh.answers or fresh.typed:
        Dossier.objects.filter(pk=fresh.pk).update(answers=progress.kept, typed=None)
        fresh.answers, fresh.typed = progress.kept, None


def copy_draft(source: Dossier, *, by: User, key: str, now: datetime) -> Dossier:
    """Start a new draft with the answers and current papers of an ended dossier, once per key.

    It follows the version in force: what no longer fits is left out. Raises
    :class:`Refused` when the procedure is no longer taken online.
    """
    if source.status not in (Status.REFUSED, Status.STOPPED):
        raise Refused(_("A copy can be started once the dossier has been refused or withdrawn."), code="state")
    offering_of(source, local_day(now))
    with removed_on_failure() as written, transaction.atomic():
        ref = new_ref()
        made_before = onetime.use_key(key, COPY, by.pk, ref, now)
        if made_before is not None:
            return drafted_before(by, made_before)
        require_room_for_a_draft(by)
        made = Dossier.objects.create(
            ref=ref,
            version=source.version,
            received_by=source.received_by,
            unit=source.received_by,
            owner=by,
            filed_by=by,
            answers=source.answers,
            delivery=source.delivery,
            delivery_address=source.delivery_address,
            completed_sections=source.completed_sections,
            created_at=now,
            saved_at=now,
            revision=1,
        )
        for paper in source.papers.filter(replaced_at=None):
            copy_paper(paper, made, by=by, now=now, written=written)
        renew(made, now=now)
    return made
