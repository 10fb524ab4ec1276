"""From a draft to a submitted dossier: what the applicant may write, and what is still missing.

Only drafts change here; the moment of submission belongs to the workflow. Every
write locks the row, wants status 0 and raises the revision, so that a page made
for an older state is recognised. Nothing here reads the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from accounts.models import User
from common import onetime
from common.clock import local_day
from common.files import Accepted, delete_after_commit, removed_on_failure
from offices.models import Unit
from procedures import form_schema
from procedures.catalogue import current_version, effective_level, offerings_for
from procedures.models import Offering, Procedure, ProcedureVersion, RequiredPaper

from .actions import Submit
from .applicants import ApplicantData, data_of_account
from .models import Delivery, Dossier, Paper, PaperKind, ScanState, Status
from .models.dossier import new_ref
from .workflow import ActionRefused, perform

MAX_DRAFTS = 20
# Counted from the last time the draft was saved.
DRAFT_DAYS = 30
ONLINE_LEVEL = 3
ONLINE_RETURN_LEVEL = 4
START = "start_draft"
COPY = "copy_dossier"
SUBMIT = "submit"


class FilingRefused(Exception):
    """Something the applicant may not do now; ``message`` says why and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


def changed_meanwhile() -> FilingRefused:
    """Return the refusal of a page made before the draft was submitted or removed."""
    return FilingRefused(
        "stale", _("This dossier has changed since you opened the page. Look at its newer state below.")
    )


# What may be filed ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """Where a procedure may be filed online today: its version in force and the offerings of level 3 and 4."""

    version: ProcedureVersion | None
    offerings: tuple[Offering, ...] = ()
    is_over: bool = False

    def offering(self, slug: str) -> Offering | None:
        """Return the offering of the unit with a slug."""
        return next((offering for offering in self.offerings if offering.unit.slug == slug), None)


def entry_of(procedure: Procedure, day: date) -> Entry:
    """Return how a procedure can be filed online on a local day; three queries."""
    version = current_version(procedure, day)
    if version is None or (procedure.accept_until is not None and procedure.accept_until < day):
        return Entry(version, is_over=True)
    online = [
        offering for offering in offerings_for(version, day) if effective_level(version, offering) >= ONLINE_LEVEL
    ]
    return Entry(version, tuple(online))


def offering_of(dossier: Dossier, day: date) -> Offering:
    """Return the offering under which a draft is filed.

    Raises :class:`FilingRefused` when the unit no longer takes the procedure online.
    """
    return offering_in(entry_of(dossier.version.procedure, day), dossier.received_by)


def offering_in(entry: Entry, unit: Unit) -> Offering:
    """Return a unit's offering; raises :class:`FilingRefused` ('closed') when it has none online."""
    found = next((offering for offering in entry.offerings if offering.unit_id == unit.pk), None)
    if found is None:
        raise FilingRefused(
            "closed",
            _("%(unit)s no longer takes this procedure online. Ask the commune how to go on.") % {"unit": unit.name},
        )
    return found


# Drafts ---------------------------------------------------------------------------------------------------------------


def start_draft(version: ProcedureVersion, unit: Unit, owner: User, *, key: str, now: datetime) -> Dossier:
    """Make a draft, once per key; an untouched draft of the same procedure and unit is used again.

    Raises :class:`FilingRefused` when the account holds too many drafts and
    ``onetime.KeyMisused`` for a key that is not this account's.
    """
    with transaction.atomic():
        ref = new_ref()
        made_before = onetime.claim(key, START, owner.pk, ref, now)
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
    """Return what an earlier request with the same key made; raises FilingRefused('stale') when it is gone."""
    existing = Dossier.objects.of_owner(owner).filter(ref=ref).first()
    if existing is None:
        raise changed_meanwhile()
    return existing


def require_room_for_a_draft(owner: User) -> None:
    """Raise FilingRefused when an account holds as many drafts as it may."""
    if Dossier.objects.of_owner(owner).filter(status=Status.DRAFT).count() >= MAX_DRAFTS:
        raise FilingRefused(
            "drafts", _("You have %(count)d drafts. Finish or discard one first.") % {"count": MAX_DRAFTS}
        )


def locked_draft(dossier: Dossier) -> Dossier:
    """Return the draft's row, locked until the transaction ends; raises FilingRefused('stale') when it is none now."""
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
    dossier: Dossier, section: form_schema.Section, answers: Mapping[str, Any], *, is_done: bool, now: datetime
) -> None:
    """Store the answers of one section, finished or not.

    Raises FilingRefused('stale') when the draft was submitted meanwhile.
    """
    with transaction.atomic():
        fresh = locked_draft(dossier)
        write_draft(
            fresh,
            now,
            answers=merged(fresh.answers, answers),
            sections_done=marked(fresh.sections_done, section.key, is_done),
        )


def merged(stored: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored answers with those of one page laid over them; cleared ones are forgotten."""
    return {key: value for key, value in {**stored, **answers}.items() if not form_schema.is_empty(value)}


def marked(done: list[str], key: str, is_done: bool) -> list[str]:
    """Return the finished sections with one added or taken away, each once."""
    return [other for other in done if other != key] + ([key] if is_done else [])


def set_delivery(dossier: Dossier, delivery: str, address: dict[str, Any] | None, *, now: datetime) -> None:
    """Store how the result travels; ``address`` has name, phone and address when by post."""
    with transaction.atomic():
        write_draft(locked_draft(dossier), now, delivery=delivery, delivery_address=address)


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


# A new version under a draft ------------------------------------------------------------------------------------------


def newer_version(dossier: Dossier, day: date) -> ProcedureVersion | None:
    """Return the version in force when it is not the draft's own; None when nothing changed. One query."""
    current = current_version(dossier.version.procedure, day)
    return current if current is not None and current.pk != dossier.version_id else None


def renew(dossier: Dossier, *, now: datetime) -> None:
    """Move a draft to the version in force, keeping the answers and papers that still fit.

    Answers stay where the new form knows the field and accepts the value; every
    section is to be looked at again. Papers stay where the new version asks for
    a paper of the same key; the others go with their files.
    """
    with transaction.atomic():
        fresh = locked_draft(dossier)
        version = newer_version(fresh, local_day(now))
        if version is None:
            return
        kept: dict[str, Any] = {}
        if version.form:
            kept, _errors = form_schema.clean_all(form_schema.load(version.form), fresh.answers, today=local_day(now))
        by_key = {required.key: required for required in version.papers.all()}
        for paper in fresh.papers.select_related("required"):
            required = by_key.get(paper.required.key) if paper.required else None
            if required is None:
                remove_paper_row(paper)
            else:
                Paper.objects.filter(pk=paper.pk).update(required=required, name=required.name)
        write_draft(fresh, now, version=version, answers=kept, sections_done=[])


# Papers ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperCard:
    """One required paper with what has been given for it."""

    required: RequiredPaper
    files: tuple[Paper, ...]
    promise: Paper | None
    is_needed: bool

    @property
    def is_given(self) -> bool:
        """Whether a file or the promise of the original is there."""
        return bool(self.files) or self.promise is not None


def asked_papers(version: ProcedureVersion, answers: Mapping[str, Any]) -> list[RequiredPaper]:
    """Return the papers to upload for these answers; one query.

    A paper made from the form's answers is left out once the procedure has a form.
    """
    return [
        required
        for required in version.papers.all()
        if not (required.from_form and version.form) and form_schema.show(required.show_if, answers)
    ]


def add_file(
    dossier: Dossier, required: RequiredPaper, accepted: Accepted, *, by: User, now: datetime, replaces: str = ""
) -> Paper:
    """Store a checked file for a required paper of a draft, in place of ``replaces`` when given.

    A promise of the original is withdrawn. Raises :class:`FilingRefused` at 20
    files or 60 MB. Nothing stays in the store when the transaction fails.
    """
    with removed_on_failure() as written, transaction.atomic():
        fresh = locked_draft(dossier)
        papers = list(fresh.papers.all())
        leaving = [
            paper
            for paper in papers
            if paper.required_id == required.pk and (paper.ref == replaces or paper.kind == PaperKind.ORIGINAL_PROMISED)
        ]
        check_room([paper for paper in papers if paper not in leaving], accepted)
        made = store_file(fresh, required, required.name, accepted, by=by, now=now, written=written)
        for paper in leaving:
            remove_paper_row(paper)
        write_draft(fresh, now)
    return made


def check_room(papers: list[Paper], accepted: Accepted) -> None:
    """Raise FilingRefused when a further file would exceed the dossier's limits."""
    files = [paper for paper in papers if paper.kind == PaperKind.FILE]
    if len(files) >= settings.MAX_PAPERS:
        raise FilingRefused(
            "too_many",
            _("A dossier takes at most %(count)d files. Remove one, or put several pages into one PDF.")
            % {"count": settings.MAX_PAPERS},
        )
    if sum(paper.size for paper in files) + accepted.size > settings.MAX_DOSSIER_BYTES:
        raise FilingRefused(
            "too_much",
            _("The files of a dossier may together have at most %(size)d MB. Remove one or make it smaller.")
            % {"size": settings.MAX_DOSSIER_BYTES // 1024**2},
        )


def store_file(
    dossier: Dossier,
    required: RequiredPaper | None,
    name: str,
    accepted: Accepted,
    *,
    by: User,
    now: datetime,
    written: list[FieldFile],
) -> Paper:
    """Write a file to the store under a random name, note it in ``written``, then write its row."""
    paper = Paper(
        dossier=dossier,
        required=required,
        name=name,
        kind=PaperKind.FILE,
        original_name=accepted.name,
        media_type=accepted.media_type,
        size=accepted.size,
        sha256=accepted.sha256,
        pages=accepted.pages,
        scan_state=ScanState.OFF,
        uploaded_by=by,
        uploaded_at=now,
    )
    paper.file.save(accepted.name, ContentFile(accepted.content), save=False)
    written.append(paper.file)
    paper.save(force_insert=True)
    return paper


def promise_original(dossier: Dossier, required: RequiredPaper, *, by: User, now: datetime) -> None:
    """Note that the applicant brings the paper to the desk; once per paper.

    Raises FilingRefused when this paper must come as a file.
    """
    if not required.may_bring_original:
        raise FilingRefused("must_upload", _("This paper has to be sent as a file."))
    with transaction.atomic():
        fresh = locked_draft(dossier)
        if not fresh.papers.filter(required=required).exists():
            fresh.papers.create(
                required=required,
                name=required.name,
                kind=PaperKind.ORIGINAL_PROMISED,
                uploaded_by=by,
                uploaded_at=now,
            )
            write_draft(fresh, now)


def remove_paper(dossier: Dossier, ref: str, *, now: datetime) -> None:
    """Take a file or a promise out of a draft; one that is gone already is no error."""
    with transaction.atomic():
        fresh = locked_draft(dossier)
        paper = fresh.papers.filter(ref=ref).first()
        if paper is not None:
            remove_paper_row(paper)
            write_draft(fresh, now)


def remove_paper_row(paper: Paper) -> None:
    """Delete a paper's row now and its file after commit."""
    delete_after_commit(paper.file)
    Paper.objects.filter(pk=paper.pk).delete()


# What is done and what is missing -------------------------------------------------------------------------------------


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
        return section.key in self.dossier.sections_done and section.key not in self.errors

    def is_begun(self, section: form_schema.Section) -> bool:
        """Whether a section has any answer."""
        return any(item.key in self.dossier.answers for item in section.fields)

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
        """Whether the way of return has been chosen."""
        return bool(self.dossier.delivery)

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


def deliveries(level: int) -> list[str]:
    """Return the ways of return that a level allows; only level 4 returns online."""
    ways = [Delivery.DESK.value, Delivery.POST.value]
    return [Delivery.ONLINE.value, *ways] if level >= ONLINE_RETURN_LEVEL else ways


# Submission -----------------------------------------------------------------------------------------------------------


def applicant_data(user: User, dossier: Dossier) -> ApplicantData:
    """Return the applicant to be frozen with a dossier: the account as it stands now."""
    return data_of_account(user)


def submit(dossier: Dossier, *, by: User, key: str, revision: int, now: datetime) -> Dossier:
    """Submit a draft, once per key, and return the dossier that the key stands for.

    Hidden answers and papers no longer asked for are dropped first. Raises
    :class:`FilingRefused` (stale, incomplete, renewed, closed),
    :class:`~dossiers.workflow.ActionRefused` and ``onetime.KeyMisused``; nothing is
    changed then, and the key stays free.
    """
    with transaction.atomic():
        submitted = onetime.claim(key, SUBMIT, by.pk, dossier.ref, now)
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
        raise FilingRefused("renewed", _("The procedure has changed since you began. Look at the new questions first."))
    offering = offering_in(entry, fresh.received_by)
    if fresh.delivery and fresh.delivery not in deliveries(effective_level(fresh.version, offering)):
        raise FilingRefused("delivery", _("This way of receiving the result is no longer offered. Choose another one."))
    progress = Progress(fresh, day)
    if not progress.is_complete:
        raise FilingRefused("incomplete", _("Some parts are still missing. They are listed below."))
    asked = {card.required.pk for card in progress.cards}
    for paper in progress.papers:
        if paper.required_id not in asked:
            remove_paper_row(paper)
    if progress.kept != fresh.answers:
        Dossier.objects.filter(pk=fresh.pk).update(answers=progress.kept)
        fresh.answers = progress.kept


def copy_draft(source: Dossier, *, by: User, key: str, now: datetime) -> Dossier:
    """Start a new draft with the answers and current papers of an ended dossier, once per key.

    It follows the version in force: what no longer fits is left out. Raises
    :class:`FilingRefused` when the procedure is no longer taken online.
    """
    if source.status not in (Status.REFUSED, Status.STOPPED):
        raise FilingRefused("state", _("A copy can be started once the dossier has been refused or withdrawn."))
    offering_of(source, local_day(now))
    with removed_on_failure() as written, transaction.atomic():
        ref = new_ref()
        made_before = onetime.claim(key, COPY, by.pk, ref, now)
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
            sections_done=source.sections_done,
            created_at=now,
            saved_at=now,
            revision=1,
        )
        for paper in source.papers.filter(replaced_at=None):
            copy_paper(paper, made, by=by, now=now, written=written)
        renew(made, now=now)
    return made


def copy_paper(paper: Paper, target: Dossier, *, by: User, now: datetime, written: list[FieldFile]) -> None:
    """Copy a paper of the list and its file to a draft; an original left at the desk is promised anew."""
    if paper.required is None:
        return
    if paper.file:
        with paper.file.open("rb") as stored:
            content = stored.read()
        accepted = Accepted(paper.original_name, content, paper.media_type, paper.size, paper.sha256, paper.pages)
        store_file(target, paper.required, paper.name, accepted, by=by, now=now, written=written)
        return
    target.papers.create(
        required=paper.required, name=paper.name, kind=PaperKind.ORIGINAL_PROMISED, uploaded_by=by, uploaded_at=now
    )


def explain(refusal: ActionRefused | FilingRefused | onetime.KeyMisused) -> str:
    """Return the sentence for the person whose request was refused."""
    if isinstance(refusal, onetime.KeyMisused):
        return _("This page was made for another request. Look at the dossier and try again from here.")
    return str(refusal.message)
