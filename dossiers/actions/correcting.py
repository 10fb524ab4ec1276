"""A received dossier corrected by the desk, and what its owner asks to correct before the decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from common.refusals import Refused
from common.text import fold
from common.values.identity import masked
from eforms.filling.filled import SentSection
from eforms.schema import Schema, clean_all, is_empty, with_calculated
from procedures.catalogue import current_version, offering_of
from procedures.models import ProcedureVersion
from procedures.papers import needed_papers

from .. import hooks
from ..models import CorrectionRequest, Delivery, Dossier, Paper, PaperKind, Side, SlipKind, Status
from ..records import assignments, notices, slips
from ..records.applicants import TAX_CODE, number_index
from ..records.papers import NOT_FILES, at_desk, present
from ..records.terms import term_of
from ..standing import standing_of
from ..table import Action
from ..talk import writing
from ..timeline.changes import Change, lines
from ..workflow import ActionBase, Move
from .common import Stays, require_holder_or_leader, require_not_signing, require_text
from .readiness import schema_of
from .righting import others_acted
from .supplement import Item, is_for, states

# Columns of the applicant whose values stand in the history; of the others only that they were changed.
TOLD = ("name", "birth", "sex", "phone", "email")


@dataclass(frozen=True)
class Return:
    """How the result travels; ``address`` has name, phone and address when the postman comes."""

    way: str
    address: dict[str, Any] | None = None
    pays_on_delivery: bool = False


@dataclass(frozen=True)
class OtherProcedure:
    """The version that a dossier really belongs to, with the answers that fit its form and the sections done."""

    version: ProcedureVersion
    answers: dict[str, Any]
    done: list[str]


@dataclass(frozen=True)
class Correct(Stays, ActionBase):
    """A clerk corrects what was received: applicant, papers at the desk, way of return, or the procedure.

    ``applicant`` has the columns of :class:`~dossiers.models.Applicant` as they should be, ``papers`` a PaperKind or
    '' by the keys of the list. The history keeps old and new, never an ID number or an address in clear; the receipt is
    void and replaced. Only another procedure changes the due date: counted from the first reception. Refusals: reason,
    signing, same, papers, own, delivery, procedure, acted, calendar.
    """

    reason: str
    applicant: Mapping[str, Any] = field(default_factory=dict)
    delivery: Return | None = None
    papers: Mapping[str, str] = field(default_factory=dict)
    procedure: OtherProcedure | None = None
    action: ClassVar[Action] = Action.CORRECT

    @classmethod
    def permit(cls, move: Move) -> None:
        require_not_signing(move)

    def guard(self, move: Move) -> None:
        require_text(self.reason)
        changed = [*self._applicant(move), *self._delivery(move), *self._papers(move), *self._procedure(move)]
        if not changed:
            raise Refused(_("Nothing was changed."), code="same")
        move.extra["changed"] = changed

    def _applicant(self, move: Move) -> list[Change]:
        now = move.dossier.applicant
        move.extra["applicant"] = {name: value for name, value in self.applicant.items() if value != getattr(now, name)}
        wanted: dict[str, Any] = move.extra["applicant"]
        if "name" in wanted and not wanted["name"].strip():
            raise Refused(_("Enter the name of the applicant."), code="reason", field="name")
        own = number_index(move.person.identity_number)
        number = wanted.get("id_number")
        if number and own and now.id_kind != TAX_CODE and number_index(number) == own:
            raise Refused(_("You may not handle your own dossier. Ask a colleague."), code="own")
        found = [Change(name, str(getattr(now, name)), str(wanted[name])) for name in TOLD if name in wanted]
        if "id_number" in wanted:
            found.append(Change("id_number", now.masked_number, masked(wanted["id_number"])))
        return found + ([Change("address")] if "address" in wanted else [])

    def _delivery(self, move: Move) -> list[Change]:
        dossier, to = move.dossier, self.delivery
        if to is None:
            return []
        is_by_post = to.way == Delivery.POST
        if to.way not in Delivery.values or (is_by_post and not to.address):
            raise Refused(_("Enter where the postman brings the result."), code="delivery", field="delivery")
        if to.way != Delivery.DESK and dossier.version.needs_presence:
            raise Refused(_("Those who sign are handed the result at the desk."), code="delivery", field="delivery")
        if to.way == Delivery.ONLINE and dossier.owner_id is None:
            raise Refused(_("Without an account nobody can take the result online."), code="delivery", field="delivery")
        # What the post fetches is fetched from the address that was given.
        address = to.address if is_by_post else dossier.delivery_address if dossier.papers_by_post else None
        columns: dict[str, Any] = {
            "delivery": to.way,
            "delivery_address": address,
            "pays_on_delivery": is_by_post and to.pays_on_delivery,
        }
        found = []
        if to.way != dossier.delivery:
            found.append(Change("delivery", dossier.delivery, to.way))
        if is_by_post and address != dossier.delivery_address:
            found.append(Change("postal_address"))
        if columns["pays_on_delivery"] != dossier.pays_on_delivery:
            found.append(Change("pays_on_delivery", str(int(dossier.pays_on_delivery)), str(int(to.pays_on_delivery))))
        move.extra["columns"] = columns if found else {}
        return found

    def _papers(self, move: Move) -> list[Change]:
        dossier, given = move.dossier, present(move.dossier)
        known = {paper.key: paper for paper in dossier.version.papers.all()}
        if not set(self.papers) <= set(known) or not set(self.papers.values()) <= {"", *NOT_FILES}:
            raise Refused(_("One of the papers does not belong to this procedure."), code="papers")
        found, replaced, made = [], [], []
        for key, kind in self.papers.items():
            required = known[key]
            old = [paper for paper in given if paper.required_id == required.pk and paper.kind in NOT_FILES]
            before = old[0].kind if old else ""
            if before == kind:
                continue
            found.append(Change("paper", before, kind, required.name))
            replaced += old
            if kind == PaperKind.ORIGINAL_PROMISED:
                facts: dict[str, Any] = {"uploaded_by": move.by, "uploaded_at": move.now}
                made.append(Paper(dossier=dossier, required=required, name=required.name, kind=kind, **facts))
            elif kind:
                made.append(at_desk(move, required, required.name, is_copy=kind == PaperKind.COPY_RECEIVED))
        left = {paper.required_id for paper in [*given, *made] if paper not in replaced}
        if replaced and any(paper.pk not in left for paper in needed_papers(dossier.version, dossier.answers)):
            words = _("Without this paper the dossier is not complete: mark it as promised, or ask for a supplement.")
            raise Refused(words, code="papers")
        move.extra["replaced"], move.extra["made"] = replaced, made
        return found

    def _procedure(self, move: Move) -> list[Change]:
        dossier, other = move.dossier, self.procedure
        if other is None or other.version.procedure_id == dossier.version.procedure_id:
            return []
        if dossier.status != Status.RECEIVED or others_acted(dossier, move.person):
            raise Refused(
                _("The procedure can be corrected only while nobody else has acted on the dossier."), code="acted"
            )
        in_force = current_version(other.version.procedure, move.local_day)
        if in_force is None or in_force.pk != other.version.pk:
            raise Refused(_("This procedure is not in force."), code="procedure", field="procedure")
        if offering_of(other.version.procedure_id, dossier.unit_id, move.local_day) is None:
            raise Refused(_("This unit does not offer the procedure."), code="procedure", field="procedure")
        step = assignments.step_of(other.version, dossier.holder_role, 0)
        move.extra["term"] = term_of(other.version, dossier.unit, dossier.received_at or move.at)
        move.extra["old_due_at"] = dossier.due_at
        move.extra["procedure"] = {
            "version": other.version,
            "answers": other.answers,
            "completed_sections": other.done,
            "sections_to_review": [],
            "typed": None,
            "step": step,
            **move.extra["term"],
        }
        return [Change("procedure", dossier.version.short_name, other.version.short_name)]

    def changes(self, move: Move) -> dict[str, Any]:
        return {**move.extra.get("columns", {}), **move.extra.get("procedure", {})}

    def record(self, move: Move) -> dict[str, Any]:
        data: dict[str, Any] = {"changes": [change.kept() for change in move.extra["changed"]]}
        if "procedure" in move.extra:
            data["procedure"] = move.dossier.version.procedure.code
            data["old_due_at"] = slips.iso(move.extra["old_due_at"])
            data["due_at"] = slips.iso(move.dossier.due_at)
        return {"public_text": self.reason, "data": data}

    def effects(self, move: Move) -> None:
        dossier, columns = move.dossier, move.extra["applicant"]
        if columns:
            _set_applicant(dossier, columns)
        if move.extra["replaced"]:
            rows = Paper.objects.filter(pk__in=[paper.pk for paper in move.extra["replaced"]])
            rows.update(replaced_at=move.now)
        Paper.objects.bulk_create(move.extra["made"])
        if "procedure" in move.extra:
            _move_papers(dossier)
            assignments.follow_version(move)
            for hook in hooks.moved:
                hook(move)
        facts = slips.receipt_facts(dossier) | {"replaces": slips.void(move, SlipKind.RECEIPT)}
        if "procedure" in move.extra:
            facts["old_due_at"] = slips.iso(move.extra["old_due_at"])
        slips.issue(move, SlipKind.RECEIPT, **facts)
        with override(notices.language_of(dossier)):
            told = lines(move.extra["changed"])
        due_at = dossier.due_at if "procedure" in move.extra else None
        notices.tell(move, "corrected", reason=self.reason, changes=told, void=facts["replaces"], due_at=due_at)


def _set_applicant(dossier: Dossier, columns: Mapping[str, Any]) -> None:
    applicant = dossier.applicant
    for name, value in columns.items():
        setattr(applicant, name, value)
    applicant.search_name = fold(applicant.name)[:160]
    applicant.number_index = number_index(applicant.id_number)
    applicant.save(update_fields=[*columns, "search_name", "number_index"])


def _move_papers(dossier: Dossier) -> None:
    """Let papers belong to those of the new list that have their key or name; others are further papers."""
    listed = list(dossier.version.papers.all())
    given = list(dossier.papers.filter(required__isnull=False).select_related("required"))
    for paper in given:
        old = paper.required
        by_key = (one for one in listed if old is not None and one.key == old.key)
        by_name = (one for one in listed if fold(one.name) == fold(paper.name))
        paper.required = next(by_key, next(by_name, None))
    Paper.objects.bulk_update(given, ["required"])


# Asked by the owner ---------------------------------------------------------------------------------------------------


def open_correction(dossier: Dossier) -> CorrectionRequest:
    """Return the open request of a dossier's owner; raises Refused('closed') when there is none. One query."""
    found = CorrectionRequest.objects.filter(dossier=dossier, closed_at=None).select_related("required").first()
    if found is None:
        raise Refused(_("No correction is asked for now."), code="closed")
    return found


def may_name(dossier: Dossier, item: Item) -> bool:
    """Tell whether a correction may be asked of a section of the form, or of a paper that was given or is listed."""
    if item.section:
        schema = schema_of(dossier.version)
        return schema is not None and any(
            section.key == item.section for section in schema.visible_sections(dossier.answers)
        )
    if item.required_id is not None:
        return any(paper.pk == item.required_id for paper in dossier.version.papers.all())
    return any(paper.required_id is None and paper.name == item.name for paper in present(dossier))


def _said(text: Any, **facts: str) -> str:
    """Return what stands in the talk, in Vietnamese."""
    with override("vi"):
        return str(text) % facts


@dataclass(frozen=True)
class RequestCorrection(Stays, ActionBase):
    """The owner asks to correct one section or paper and says why, one at a time. Refusals: open, items, reason."""

    item: Item
    action: ClassVar[Action] = Action.REQUEST_CORRECTION

    @classmethod
    def permit(cls, move: Move) -> None:
        if standing_of(move.dossier).correction is not None:
            raise Refused(_("You have asked for a correction already. Wait for its end."), code="open")

    def guard(self, move: Move) -> None:
        require_text(self.item.reason, _("Say what is wrong and what it should be."))
        if not may_name(move.dossier, self.item):
            raise Refused(_("Choose what you want to correct."), code="items", field="what")

    def record(self, move: Move) -> dict[str, Any]:
        return {"public_text": f"{self.item.name}: {self.item.reason}"}

    def effects(self, move: Move) -> None:
        dossier, item = move.dossier, self.item
        CorrectionRequest.objects.create(
            dossier=dossier,
            required_id=item.required_id,
            section=item.section,
            name=item.name,
            reason=item.reason,
            wished_at=move.now,
        )
        words = _said(_("I ask to correct “%(name)s”: %(reason)s"), name=item.name, reason=item.reason)
        writing.note(dossier, Side.OWNER, words, by=move.person, now=move.now)
        notices.tell_holder(move, "correction_asked", item=item.name, is_sent=False)


def require_waiting(move: Move) -> None:
    """Refuse to answer a request that is not there or has been answered, and whoever neither holds nor leads."""
    require_holder_or_leader(move)
    standing = standing_of(move.dossier)
    if standing.correction is None or standing.is_opened is not None:
        raise Refused(_("No correction waits for an answer."), code="closed")


@dataclass(frozen=True)
class AcceptCorrection(Stays, ActionBase):
    """The holder, or a leader, opens what the owner asked for; the clock runs on. Refusals: holder, closed, signing."""

    note: str = ""
    action: ClassVar[Action] = Action.ACCEPT_CORRECTION

    @classmethod
    def permit(cls, move: Move) -> None:
        require_waiting(move)
        require_not_signing(move)

    def record(self, move: Move) -> dict[str, Any]:
        move.extra["request"] = open_correction(move.dossier)
        name = move.extra["request"].name
        return {"public_text": f"{name}: {self.note}" if self.note else name}

    def effects(self, move: Move) -> None:
        request: CorrectionRequest = move.extra["request"]
        _answer(move, request, is_accepted=True, text=self.note)
        words = _said(_("You may correct “%(name)s” now."), name=request.name)
        writing.note(move.dossier, Side.OFFICE, f"{words} {self.note}".strip(), by=move.person, now=move.now)


@dataclass(frozen=True)
class DeclineCorrection(Stays, ActionBase):
    """The holder, or a leader, leaves the dossier as it is and says why. Refusals: holder, closed, reason."""

    reason: str
    action: ClassVar[Action] = Action.DECLINE_CORRECTION

    @classmethod
    def permit(cls, move: Move) -> None:
        require_waiting(move)

    def guard(self, move: Move) -> None:
        require_text(self.reason)

    def record(self, move: Move) -> dict[str, Any]:
        move.extra["request"] = open_correction(move.dossier)
        return {"public_text": f"{move.extra['request'].name}: {self.reason}"}

    def effects(self, move: Move) -> None:
        request: CorrectionRequest = move.extra["request"]
        _answer(move, request, is_accepted=False, text=self.reason)
        words = _said(_("“%(name)s” stays as it is: %(reason)s"), name=request.name, reason=self.reason)
        writing.note(move.dossier, Side.OFFICE, words, by=move.person, now=move.now)


def _answer(move: Move, request: CorrectionRequest, *, is_accepted: bool, text: str) -> None:
    CorrectionRequest.objects.filter(pk=request.pk).update(
        is_accepted=is_accepted,
        answer=text,
        answered_at=move.now,
        answered_by=move.by,
        closed_at=None if is_accepted else move.now,
    )
    notices.tell(move, "correction_answered", item=request.name, is_accepted=is_accepted, reason=text)


@dataclass(frozen=True)
class SendCorrection(Stays, ActionBase):
    """The owner sends the paper given anew, or with ``sent`` the section; old answers are kept beside the new ones.

    Refusals: closed, signing, items, same, answers.
    """

    sent: SentSection | None = None
    action: ClassVar[Action] = Action.SEND_CORRECTION

    @classmethod
    def permit(cls, move: Move) -> None:
        if standing_of(move.dossier).is_opened is not True:
            raise Refused(_("Nothing is open for a correction now."), code="closed")
        require_not_signing(move)

    def guard(self, move: Move) -> None:
        request = move.extra["request"] = open_correction(move.dossier)
        if request.section:
            self._section(move, request)
            return
        opened: Any = request
        given = [paper for state in states(opened, move.dossier) for paper in state.given]
        if not given:
            raise Refused(_("Add the paper first."), code="items")
        move.extra["given"] = given

    def _section(self, move: Move, request: CorrectionRequest) -> None:
        dossier, sent, schema = move.dossier, self.sent, schema_of(move.dossier.version)
        if schema is None or sent is None or sent.key != request.section or not sent.is_done:
            raise Refused(_("Some answers are missing or need to be corrected."), code="items")
        day = dossier.filed_day
        filled = dossier.filled.with_section(sent)
        answers = with_calculated(schema, filled.answers, today=day)
        faults, before = (set(clean_all(schema, each, today=day)[1]) for each in (answers, dossier.answers))
        if faults - before:
            words = _("With this answer other parts of the form would no longer fit. Write to the commune instead.")
            raise Refused(words, code="answers")
        keys = changed_keys(schema, dossier.answers, answers)
        if not keys:
            raise Refused(_("Nothing was changed."), code="same")
        move.extra["changed"] = {
            name: {key: kept[key] for key in keys if key in kept}
            for name, kept in (("before", dossier.answers), ("after", answers))
        }
        labels = {question.key: question.label.vi for _section, question in schema.fields()}
        move.extra["labels"] = ", ".join(labels[key] for key in keys)
        move.extra["columns"] = {"answers": dict(answers), "completed_sections": filled.done}

    def changes(self, move: Move) -> dict[str, Any]:
        return move.extra.get("columns", {})

    def record(self, move: Move) -> dict[str, Any]:
        name = move.extra["request"].name
        return {"public_text": f"{name}: {move.extra['labels']}" if "labels" in move.extra else name}

    def effects(self, move: Move) -> None:
        request: CorrectionRequest = move.extra["request"]
        since = request.asked_at or move.now
        item: Any = request
        earlier = [paper.pk for paper in present(move.dossier) if paper.uploaded_at < since and is_for(item, paper)]
        Paper.objects.filter(pk__in=earlier).update(replaced_at=move.now)
        request.changed, request.closed_at = move.extra.get("changed"), move.now
        request.save(update_fields=["changed", "closed_at"])
        notices.tell_holder(move, "correction_asked", item=request.name, is_sent=True)


def changed_keys(schema: Schema, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the keys of the questions whose answers differ, in the order of the form."""
    keys = [question.key for _section, question in schema.fields()]
    return [
        key
        for key in keys
        if before.get(key) != after.get(key) and not (is_empty(before.get(key)) and is_empty(after.get(key)))
    ]
