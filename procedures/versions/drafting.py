"""Drafts: new procedures, copies, and the next version of what applies."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.files.uploads import delete_after_commit
from common.refusals import Refused

from ..finding.indexing import index_unpublished
from ..marks import plain_marks, write_marks
from ..models import (
    FeeLine,
    Procedure,
    ProcedureStep,
    ProcedureVersion,
    RequiredPaper,
    Sector,
    TimeUnit,
    VersionStatus,
)
from .changing import record, refused
from .fee_lines import plain_exemptions, write_exemptions

Row = TypeVar("Row", RequiredPaper, FeeLine, ProcedureStep)
# The national code ('1.001193', '2.000635.000.00.00.H19') or a local one ('XA-0001').
CODE = re.compile(r"(?:\d\.\d{6}(?:\.[0-9A-Z]{1,4})*|[A-Z]{2,4}-\d{4})", re.ASCII)
LOCAL_PREFIX = "XA-"
MAX_CODE = 20
# What a draft takes over from the version before, and files of the exchange carry; dates, notes and people are its own.
COPIED = (
    "name",
    "name_en",
    "level",
    "needs_presence",
    "audience",
    "channels",
    "processing_amount",
    "processing_unit",
    "processing_note",
    "processing_note_en",
    "outcome",
    "outcome_en",
    "conditions",
    "conditions_en",
    "note",
    "note_en",
    "legal_bases",
    "dossier_sets",
    "book",
    "receipt_note",
    "letter_text",
    "reasons",
    "form",
)
PUBLISHED = (VersionStatus.PUBLISHED, VersionStatus.RETIRED)


def is_code(text: str) -> bool:
    """Tell whether a text has the shape of a procedure's code."""
    return len(text) <= MAX_CODE and CODE.fullmatch(text) is not None


def next_local_code() -> str:
    """Return the first local code after the last one in use: 'XA-0002'. One query."""
    codes = Procedure.objects.filter(code__startswith=LOCAL_PREFIX).values_list("code", flat=True)
    numbers = [int(digits) for code in codes if (digits := code.removeprefix(LOCAL_PREFIX)).isdecimal()]
    return f"{LOCAL_PREFIX}{max(numbers, default=0) + 1:04d}"


def first_of_next_month(day: date) -> date:
    """Return the day from which a fresh draft proposes to apply."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def draft_from(procedure: Procedure, by: User, now: datetime) -> ProcedureVersion:
    """Return the open draft of a procedure, or make one from its newest published version.

    Raises Refused when there is nothing to begin from. About ten queries; safe when two begin at once.
    """
    for _attempt in range(2):
        existing = procedure.versions.open().first()
        if existing is not None:
            return existing
        source = procedure.versions.filter(status__in=PUBLISHED).order_by("-number").first()
        if source is None:
            raise Refused(_("This procedure has no version to begin from."))
        try:
            with transaction.atomic():
                made = _copy(source, procedure, source.number + 1, by, now)
                record(procedure, "version.new", by=by, now=now, version=made)
        except IntegrityError:
            # Somebody else began at the same moment: theirs is the draft.
            continue
        return made
    raise Refused(_("Somebody else is making a draft right now. Try again."))


def new_procedure(code: str, name: str, sector: Sector, level: int, by: User, now: datetime) -> ProcedureVersion:
    """Make a procedure with an empty draft; raises Refused for a code that is taken or malformed."""
    with transaction.atomic():
        procedure = _procedure(code, sector=sector)
        made = ProcedureVersion.objects.create(
            procedure=procedure,
            number=1,
            status=VersionStatus.DRAFT,
            name=name,
            level=level,
            audience=["citizen"],
            channels=["online", "direct"] if level >= 3 else ["direct"],
            processing_unit=TimeUnit.WORKING_DAYS,
            effective_from=first_of_next_month(clock.local_day(now)),
            author=by,
        )
        made.editors.add(by)
        record(procedure, "procedure.new", by=by, now=now, version=made)
        index_unpublished(made)
    return made


def duplicate(procedure: Procedure, code: str, by: User, now: datetime, name: str = "") -> ProcedureVersion:
    """Make a new procedure with a draft of everything the newest version of another says.

    Synonyms, questions and answers, life events and related procedures come
    along. Raises Refused like :func:`new_procedure`.
    """
    source = procedure.versions.order_by("-number").first()
    if source is None:
        raise Refused(_("This procedure has no version to begin from."))
    with transaction.atomic():
        twin = _procedure(code, sector=procedure.sector, synonyms=procedure.synonyms, faq=procedure.faq)
        twin.life_events.set(procedure.life_events.all())
        twin.related.set([*procedure.related.all(), procedure])
        made = _copy(source, twin, 1, by, now, name=name)
        record(twin, "procedure.duplicate", by=by, now=now, version=made, changes=[("source", None, procedure.code)])
        index_unpublished(made)
    return made


def discard(version: ProcedureVersion, revision: int, by: User, now: datetime) -> bool:
    """Delete a draft and the template files that only it has; says whether its procedure went with it.

    A procedure that never had another version goes too. Raises Refused when the draft has moved on or is none.
    """
    procedure = version.procedure
    with transaction.atomic():
        mine = ProcedureVersion.objects.select_for_update().filter(
            pk=version.pk, status=VersionStatus.DRAFT, revision=revision
        )
        if not mine:
            raise refused(version)
        record(procedure, "version.discard", by=by, now=now, version=version)
        files = [paper.template_file for paper in version.papers.exclude(template_file="")]
        version.editors.clear()
        version.delete()
        is_last = not procedure.versions.exists()
        if is_last:
            procedure.delete()
        forget_files(files)
    return is_last


def forget_files(files: Iterable[Any]) -> None:
    """Delete template files after the commit, but those that another paper still names. One query."""
    by_name = {str(file.name): file for file in files}
    used = RequiredPaper.objects.filter(template_file__in=list(by_name)).values_list("template_file", flat=True)
    for name in set(by_name) - set(used):
        delete_after_commit(by_name[name])


def _procedure(code: str, **columns: Any) -> Procedure:
    if not is_code(code):
        raise Refused(_("Enter the national code, for example 1.001193, or a local one, for example XA-0001."))
    try:
        with transaction.atomic():
            return Procedure.objects.create(code=code, **columns)
    except IntegrityError as error:
        raise Refused(_("The code %(code)s belongs to another procedure.") % {"code": code}) from error


def _copy(
    source: ProcedureVersion, procedure: Procedure, number: int, by: User, now: datetime, **changed: Any
) -> ProcedureVersion:
    """Make a draft of all that a version says, with its open marks; template files keep their stored names."""
    columns = {name: getattr(source, name) for name in COPIED}
    columns |= {name: value for name, value in changed.items() if value}
    made = ProcedureVersion.objects.create(
        procedure=procedure,
        number=number,
        status=VersionStatus.DRAFT,
        effective_from=first_of_next_month(clock.local_day(now)),
        author=by,
        **columns,
    )
    made.editors.add(by)
    RequiredPaper.objects.bulk_create([_twin(paper, made) for paper in source.papers.all()])
    lines = list(source.fees.prefetch_related("exemptions"))
    exemptions = [plain_exemptions(line) for line in lines]
    write_exemptions(FeeLine.objects.bulk_create([_twin(line, made) for line in lines]), exemptions)
    ProcedureStep.objects.bulk_create([_twin(step, made) for step in source.steps.all()])
    write_marks(made, plain_marks(source))
    return made


def _twin(row: Row, version: ProcedureVersion) -> Row:
    row.pk, row.version = None, version
    row._state.adding = True
    return row
