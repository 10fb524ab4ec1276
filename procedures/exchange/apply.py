"""Applying an import: everything in one transaction, or nothing. Wording becomes drafts, never published."""

import base64
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.crypto import get_random_string

from accounts.models import User
from common import clock
from common.files.store import NotKept
from common.files.uploads import removed_on_failure
from common.refusals import Refused, stale
from offices.models import Unit

from ..marks import write_marks
from ..models import LifeEvent, Procedure, ProcedureStep, ProcedureVersion, RequiredPaper, Sector
from ..versions import changing, drafting, procedure_editing, publishing, template_files
from ..versions.comparing import ChangedSection
from ..versions.drafting import forget_files
from ..versions.fee_lines import write_exemptions
from ..versions.serialising import COLUMNS, Plain, digested, plain_version, template_digest
from .item import ImportItem
from .merging import build
from .outcome import CHANGED, NEW, Options, Outcome, Plan
from .plan import plan

ACTION = "version.import"


class Stale(Refused):
    """The catalogue has changed since the dry run; ``plan`` is what the file would do now."""

    def __init__(self, newer: Plan) -> None:
        super().__init__(*stale().reasons, code="stale")
        self.plan = newer


def apply(parcels: list[ImportItem], digest: str, note: str, *, by: User, options: Options, now: datetime) -> Plan:
    """Write what the dry run of :attr:`Plan.digest` promised.

    ``note`` tells the reviewers where the drafts come from. Raises
    :class:`Stale` or :class:`~common.files.store.NotKept`, and then nothing is written. About 20 queries a procedure.
    """
    day = clock.local_day(now)
    try:
        with removed_on_failure() as written, transaction.atomic():
            codes = [parcel.code for parcel in parcels]
            # Whoever changes one of them waits; the plan below sees what is there now.
            list(Procedure.objects.select_for_update().filter(code__in=codes).values_list("pk").order_by("pk"))
            newest = plan(parcels, by=by, options=options, day=day)
            if newest.is_faulty or newest.digest() != digest:
                raise Stale(newest)
            _Writer(newest, note, by, options, now, written).write()
    except (Stale, NotKept):
        raise
    except (IntegrityError, Refused) as error:
        # Somebody else was in the middle of it.
        raise Stale(plan(parcels, by=by, options=options, day=day)) from error
    return newest


class _Writer:
    """One import on its way into the catalogue."""

    def __init__(self, planned: Plan, note: str, by: User, options: Options, now: datetime, written: list[Any]) -> None:
        self.plan, self.note, self.by, self.options, self.now, self.written = planned, note, by, options, now, written

    def write(self) -> None:
        for found in self.plan.sectors.values():
            Sector.objects.get_or_create(code=found["code"], defaults=found)
        last = LifeEvent.objects.order_by("-n").values_list("n", flat=True).first() or 0
        for n, found in enumerate(self.plan.events.values(), start=last + 1):
            LifeEvent.objects.get_or_create(code=found["code"], defaults={"n": n} | found)
        self.sectors = {row.code: row for row in Sector.objects.all()}
        self.events = {row.code: row for row in LifeEvent.objects.all()}
        at_work = [outcome for outcome in self.plan.outcomes if outcome.state in (NEW, CHANGED)]
        for outcome in at_work:
            if outcome.procedure is None:
                self.make(outcome)
        # New procedures may be related to each other: they are all there now.
        for outcome in at_work:
            self.about(outcome)
            if outcome.target is not None:
                self.wording(outcome, outcome.target)

    def make(self, outcome: Outcome) -> None:
        target = outcome.target or {}
        outcome.draft = drafting.new_procedure(
            outcome.code,
            target["name"],
            self.sectors[outcome.about["sector"]["code"]],
            target["level"],
            self.by,
            self.now,
        )
        outcome.procedure = outcome.draft.procedure
        Procedure.objects.filter(pk=outcome.procedure.pk).update(popularity=outcome.about["popularity"])

    def about(self, outcome: Outcome) -> None:
        """Change what the procedure says beside its versions; at once, and logged."""
        about, procedure = outcome.about, outcome.procedure
        if procedure is None or (outcome.state == CHANGED and not outcome.whole):
            return
        # A colleague's change may have raised it through a relation of this file.
        revision = Procedure.objects.values_list("revision", flat=True).get(pk=procedure.pk)
        procedure_editing.change_procedure(
            procedure,
            revision,
            self.by,
            self.now,
            sector=self.sectors[about["sector"]["code"]],
            life_events=[self.events[event["code"]] for event in about["life_events"]],
            # Relations go both ways: a file that is silent here does not undo what the other side says.
            related=Procedure.objects.filter(code__in=about["related"]) if outcome.says_related else None,
            synonyms=about["synonyms"],
            faq=about["faq"],
            notice=about["notice"],
            accept_until=date.fromisoformat(about["accept_until"]) if about["accept_until"] else None,
            supplement_days=about["supplement_days"],
        )

    def wording(self, outcome: Outcome, target: Plain) -> None:
        """Write the draft: its columns, then the rows that differ."""
        procedure = outcome.procedure
        assert procedure is not None, "what is new has been made before"
        draft = outcome.draft or drafting.draft_from(procedure, self.by, self.now)
        outcome.draft = draft
        before = plain_version(draft, template_digest)
        columns: dict[str, Any] = {name: target[name] for name in COLUMNS}
        columns["effective_from"] = date.fromisoformat(target["effective_from"])
        until = target["effective_until"]
        columns["effective_until"] = date.fromisoformat(until) if until else None
        columns["change_note"] = self.note
        changes = [change for section in outcome.sections for change in _logged(section)]
        if outcome.state == NEW:
            changes = [("name", None, target["name"])]
        revision = draft.revision
        changing.edit(draft, revision, self.by, self.now, action=ACTION, changes=changes, **columns)
        if draft.revision == revision:
            changing.touch(draft, revision, self.by, self.now, ACTION, changes)
        _version, papers, fees, steps = build(target)
        if _papers_differ(before["papers"], target["papers"]):
            self.papers(draft, papers, target["papers"])
        if before["fees"] != target["fees"]:
            _replace(draft.fees, fees, draft)
            write_exemptions(fees, [fee["exemptions"] for fee in target["fees"]])
        if before["steps"] != target["steps"]:
            self.name_units(steps, target["steps"])
            _replace(draft.steps, steps, draft)
        if before["marks"] != target["marks"]:
            write_marks(draft, target["marks"])
        if self.options.to_review:
            publishing.send_to_review(draft, draft.revision, self.by, self.now, self.note)

    def name_units(self, steps: list[ProcedureStep], wanted: list[Plain]) -> None:
        """Name the units of steps, found by their identifiers; one the portal does not know is left out."""
        codes = {step["unit"] for step in wanted if step.get("unit")}
        units = {unit.identifier: unit for unit in Unit.objects.filter(identifier__in=codes)} if codes else {}
        for row, step in zip(steps, wanted, strict=True):
            row.unit = units.get(step.get("unit"))

    def papers(self, draft: ProcedureVersion, rows: list[RequiredPaper], wanted: list[Plain]) -> None:
        """Replace the papers; a template that stays keeps its stored file, a new one is stored."""
        old = {paper.key: paper for paper in draft.papers.all()}
        for row, paper in zip(rows, wanted, strict=True):
            template, was = paper["template_file"], old.get(paper["key"])
            row.template_file = row.template_sha256 = ""
            if template is None:
                continue
            if was is not None and _same_content(template, template_digest(was)):
                row.template_file, row.template_sha256 = was.template_file.name, was.template_sha256
            elif "content" in template:
                self.store(row, template)
        gone = [paper.template_file for paper in old.values() if paper.template_file]
        _replace(draft.papers, rows, draft)
        forget_files(gone)

    def store(self, row: RequiredPaper, template: Mapping[str, Any]) -> None:
        """Keep a template file under a random name; it goes again when the import fails."""
        ending = str(template["name"]).rpartition(".")[2].lower()
        content = base64.b64decode(template["content"])
        template_files.keep(row, f"{get_random_string(20)}.{ending}", content, self.written)


def _same_content(one: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
    mine = digested(one)
    return mine is not None and other is not None and bool(mine["sha256"] == other["sha256"])


def _papers_differ(before: list[Plain], after: list[Plain]) -> bool:
    return [paper | {"template_file": digested(paper["template_file"])} for paper in before] != [
        paper | {"template_file": digested(paper["template_file"])} for paper in after
    ]


def _replace(manager: Any, rows: list[Any], draft: ProcedureVersion) -> None:
    manager.all().delete()
    for row in rows:
        row.version = draft
    model: type[Model] = manager.model
    model._default_manager.bulk_create(rows)
    draft._prefetched_objects_cache = {}  # type: ignore[attr-defined]  # the stubs leave it out


def _logged(section: ChangedSection) -> list[tuple[str, Any, Any]]:
    return [(section.key, change.before or None, change.after or change.text) for change in section.changes[:50]]
