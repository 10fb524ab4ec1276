"""A received dossier corrected by the desk: applicant, papers, way of return, procedure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from common.refusals import Refused
from common.text import fold
from procedures.catalogue import current_version, level_at, offering_of
from procedures.models import ProcedureVersion
from procedures.papers import needed_papers

from ... import hooks
from ...models import CorrectionRequest, Delivery, Dossier, Paper, PaperKind, Status
from ...records import assignments, notices, slips
from ...records.applicants import TAX_CODE, number_index
from ...records.papers import NOT_FILES, at_desk, present
from ...records.terms import term_of
from ...table import Action
from ...timeline.changes import Change, lines
from ...workflow import ActionBase, Move
from ..common import Stays, require_not_signing, require_text
from .applicants import changes_of, differing, renew_receipt, write_applicant
from .righting import others_acted


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
        wanted = move.extra["applicant"] = differing(now, self.applicant)
        if "name" in wanted and not wanted["name"].strip():
            raise Refused(_("Enter the name of the applicant."), code="reason", field="name")
        own = number_index(move.person.identity_number)
        number = wanted.get("id_number")
        if number and own and now.id_kind != TAX_CODE and number_index(number) == own:
            raise Refused(_("You may not handle your own dossier. Ask a colleague."), code="own")
        return changes_of(now, wanted)

    def _delivery(self, move: Move) -> list[Change]:
        dossier, to = move.dossier, self.delivery
        if to is None:
            return []
        is_by_post = to.way == Delivery.POST
        if to.way not in Delivery.values or (is_by_post and not to.address):
            raise Refused(_("Enter where the postman brings the result."), code="delivery", field="delivery")
        # What was chosen elsewhere stays: the national portal hands its results over itself.
        is_new = to.way != dossier.delivery
        if is_new and to.way != Delivery.DESK and dossier.version.needs_presence:
            raise Refused(_("Those who sign are handed the result at the desk."), code="delivery", field="delivery")
        if is_new and to.way == Delivery.ONLINE and dossier.owner_id is None:
            raise Refused(_("Without an account nobody can take the result online."), code="delivery", field="delivery")
        # What the post fetches is fetched from the address that was given.
        address = to.address if is_by_post else dossier.delivery_address if dossier.papers_by_post else None
        columns: dict[str, Any] = {
            "delivery": to.way,
            "delivery_address": address,
            "pays_on_delivery": is_by_post and to.pays_on_delivery,
        }
        found = []
        if is_new:
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
            data["level"] = level_at(move.dossier.version, move.dossier.unit_id, move.local_day)
        return {"public_text": self.reason, "data": data}

    def effects(self, move: Move) -> None:
        dossier = move.dossier
        write_applicant(dossier, move.extra["applicant"])
        if move.extra["replaced"]:
            rows = Paper.objects.filter(pk__in=[paper.pk for paper in move.extra["replaced"]])
            rows.update(replaced_at=move.now)
        Paper.objects.bulk_create(move.extra["made"])
        if "procedure" in move.extra:
            _move_papers(dossier)
            _close_wish(move, self.reason)
            assignments.follow_version(move)
            for hook in hooks.moved:
                hook(move)
        is_moved = "procedure" in move.extra
        void = renew_receipt(move, **({"old_due_at": slips.iso(move.extra["old_due_at"])} if is_moved else {}))
        with override(notices.language_of(dossier)):
            told = lines(move.extra["changed"])
        due_at = dossier.due_at if is_moved else None
        notices.tell(move, "corrected", reason=self.reason, changes=told, void=void, due_at=due_at)


def _close_wish(move: Move, reason: str) -> None:
    """End what the owner wants to correct: it names a part of the former procedure; they may ask anew."""
    wishes = CorrectionRequest.objects.filter(dossier=move.dossier, closed_at=None)
    answer = {"is_accepted": False, "answer": reason, "answered_at": move.now, "answered_by": move.by}
    wishes.filter(is_accepted=None).update(**answer)
    wishes.update(closed_at=move.now)


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
