"""Completing a dossier: what is missing, and that it came."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from common.refusals import Refused
from eforms.schema import with_calculated
from offices.models import Role

from ..models import Dossier, Paper, Pause, SlipKind, Status, SupplementItem, SupplementRequest
from ..records import assignments, notices, slips
from ..records.papers import at_desk, present
from ..records.terms import answer_by, answer_due, is_overdue, may_still_ask, start_term
from ..table import APPLICANT, Action
from ..workflow import ActionBase, Move
from .common import require_holder_or_leader, require_text
from .readiness import schema_of

PAUSE_REASON = "supplement"


@dataclass(frozen=True)
class Item:
    """One deficient paper, section of the form, or further paper, and why.

    ``required_id`` names a paper of the procedure's list, ``section`` a form
    section; with neither, ``name`` is a paper beyond the list.
    """

    required_id: int | None
    section: str
    name: str
    reason: str


@dataclass(frozen=True)
class RequestSupplement(ActionBase):
    """An officer asks once for all that is missing.

    Asked before reception no clock runs; afterwards it pauses. Whoever holds the
    dossier asks, from reception on within three working days (TT 01/2018/TT-VPCP
    art. 19.4); later, once overdue and a second time only the leader, which counts
    as late in the national figures when it is the second. Refusals: holder, second,
    overdue, days, items, reason, calendar.
    """

    items: tuple[Item, ...]
    note: str = ""
    action: ClassVar[Action] = Action.REQUEST_SUPPLEMENT

    @classmethod
    def prefers(cls, dossier: Dossier) -> str:
        is_leaders = dossier.supplements_asked or dossier.received_at is not None
        return Role.LEADER if is_leaders else dossier.holder_role

    @classmethod
    def permit(cls, move: Move) -> None:
        if move.dossier.supplements_asked and move.role != Role.LEADER:
            raise Refused(
                _("A supplement was asked before. Only a leader may ask again, and it counts as late."), code="second"
            )
        require_holder_or_leader(move)
        if move.role == Role.LEADER or move.from_status == Status.SUBMITTED:
            return
        if move.dossier.was_late or is_overdue(move.dossier, move.at):
            raise Refused(
                _("This dossier is overdue. Only a leader may ask for a supplement; it stays late."), code="overdue"
            )
        if not may_still_ask(move.dossier, move.at):
            raise Refused(
                _("More than three working days have passed since reception. Only a leader may ask for a supplement."),
                code="days",
            )

    def guard(self, move: Move) -> None:
        version = move.dossier.version
        if not self.items:
            raise Refused(_("Tick at least one paper."), code="items")
        papers = {paper.pk for paper in version.papers.all()}
        sections = {section["key"] for section in (version.form or {}).get("sections", [])}
        for item in self.items:
            require_text(item.reason, _("Give a reason for every ticked paper."))
            known = item.required_id is None or item.required_id in papers
            known &= not item.section or item.section in sections
            if not known or not item.name.strip():
                raise Refused(_("One of the papers does not belong to this procedure."), code="items")
        move.extra["answer_by"] = answer_by(move.dossier, move.at)

    def changes(self, move: Move) -> dict[str, Any]:
        dossier = move.dossier
        reopened = {item.section for item in self.items}
        changes: dict[str, Any] = {
            "supplements_asked": dossier.supplements_asked + 1,
            "counts_late": dossier.counts_late or dossier.supplements_asked > 0,
            "completed_sections": [key for key in dossier.completed_sections if key not in reopened],
        }
        if move.from_status != Status.SUBMITTED:
            changes["paused_since"] = move.now
        return changes

    def record(self, move: Move) -> dict[str, Any]:
        lines = [f"{item.name}: {item.reason}" for item in self.items]
        return {
            "public_text": "\n".join([*lines, self.note] if self.note else lines),
            "data": {"answer_by": move.extra["answer_by"].isoformat()},
        }

    def effects(self, move: Move) -> None:
        dossier = move.dossier
        request = SupplementRequest.objects.create(
            dossier=dossier,
            n=dossier.supplements_asked,
            asked_by=move.person,
            asked_at=move.now,
            asked_in=move.from_status,
            note=self.note,
            answer_by=move.extra["answer_by"],
        )
        SupplementItem.objects.bulk_create(
            SupplementItem(
                request=request,
                required_id=item.required_id,
                section=item.section,
                name=item.name,
                reason=item.reason,
            )
            for item in self.items
        )
        if dossier.paused_since is not None:
            Pause.objects.create(dossier=dossier, since=move.now, reason=PAUSE_REASON)
            assignments.rest(move)
        last_day = move.extra["answer_by"]
        facts = {"items": slips.item_rows(self.items), "note": self.note, "last_day": last_day.isoformat()}
        slips.issue(move, SlipKind.SUPPLEMENT, **facts)
        notices.tell_asked(move, self.items, self.note, last_day)


@dataclass(frozen=True)
class ItemState:
    """One listed item with what has been given for it since the request."""

    item: SupplementItem
    given: tuple[Paper, ...]
    # The paper is there again, or the section was saved anew without an error.
    is_answered: bool


def states(request: SupplementRequest, dossier: Dossier) -> list[ItemState]:
    """Return the items of a request in order with what was given for each; two queries."""
    papers = [paper for paper in present(dossier) if paper.uploaded_at >= request.asked_at]
    found = []
    for item in request.items.select_related("required"):
        given = tuple(paper for paper in papers if is_for(item, paper))
        is_answered = item.section in dossier.completed_sections if item.section else bool(given)
        found.append(ItemState(item, given, is_answered))
    return found


def is_for(item: SupplementItem, paper: Paper) -> bool:
    """Tell whether a paper belongs to a listed item: it is of the same kind, beyond the list of the same name."""
    if item.section:
        return False
    return paper.required_id == item.required_id and (item.required_id is not None or paper.name == item.name)


@dataclass(frozen=True)
class Supplement(ActionBase):
    """The applicant sends what was asked, or a clerk notes that it was brought to the counter.

    Asked before reception: the dossier waits for reception again. Asked later:
    the same officer goes on, the whole term starts anew (TT 01/2018/TT-VPCP art.
    19.4), and a new receipt names the old date, the new one and why. Refusals:
    items, calendar.
    """

    action: ClassVar[Action] = Action.SUPPLEMENT

    @classmethod
    def target(cls, move: Move) -> Status:
        request = move.dossier.supplement_requests.get(answered_at=None)
        move.extra["request"] = request
        return Status.SUBMITTED if request.asked_in == Status.SUBMITTED else Status.PROCESSING

    def guard(self, move: Move) -> None:
        move.extra["states"] = states(move.extra["request"], move.dossier)
        if move.role == APPLICANT and not all(state.is_answered for state in move.extra["states"]):
            raise Refused(_("Something that was asked for is still missing."), code="items")

    def changes(self, move: Move) -> dict[str, Any]:
        changes: dict[str, Any] = {"paused_since": None, "typed": None}
        dossier = move.dossier
        if (schema := schema_of(dossier.version)) is not None:
            answers = with_calculated(schema, dossier.answers, today=dossier.filed_day)
            changes |= {"answers": answers} if answers != dossier.answers else {}
        if move.to_status == Status.PROCESSING:
            move.extra["old_due_at"] = dossier.due_at
            changes |= start_term(move.dossier, move.at)
        return changes

    def record(self, move: Move) -> dict[str, Any]:
        data = {"due_at": slips.iso(move.dossier.due_at)}
        if "old_due_at" in move.extra:
            data["old_due_at"] = slips.iso(move.extra["old_due_at"])
        return {"data": data}

    def effects(self, move: Move) -> None:
        dossier, request = move.dossier, move.extra["request"]
        answered = [state.item for state in move.extra["states"] if state.given]
        earlier = [paper for paper in present(dossier) if paper.uploaded_at < request.asked_at]
        replaced = [paper.pk for paper in earlier if any(is_for(item, paper) for item in answered)]
        Paper.objects.filter(pk__in=replaced).update(replaced_at=move.now)
        # At the counter: what had not come online lies before the clerk.
        Paper.objects.bulk_create(
            at_desk(move, state.item.required, state.item.name)
            for state in move.extra["states"]
            if not state.given and not state.item.section
        )
        SupplementRequest.objects.filter(pk=request.pk).update(answered_at=move.now)
        Pause.objects.filter(dossier=dossier, until=None).update(until=move.at)
        if move.to_status == Status.PROCESSING:
            assignments.start_step(move)
            facts = slips.receipt_facts(dossier) | {
                "old_due_at": slips.iso(move.extra["old_due_at"]),
                "completed_at": slips.iso(move.at),
            }
            slips.issue(move, SlipKind.RECEIPT, **facts)
        due = answer_due(dossier.received_by, move.at) if move.to_status == Status.SUBMITTED else None
        notices.tell(move, "supplement_received", due_at=dossier.due_at, answer_by=due)
