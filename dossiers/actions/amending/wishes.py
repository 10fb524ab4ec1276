"""What the owner of a filed dossier asks to correct before the decision: allowed or declined, and sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from common.refusals import Refused
from eforms.filling.filled import SentSection
from eforms.schema import Schema, clean_all, is_empty, with_calculated

from ...models import CorrectionRequest, Dossier, Paper, Side
from ...records import notices
from ...records.applicants import told_anew
from ...records.papers import present
from ...standing import standing_of
from ...table import Action
from ...talk import writing
from ...timeline.changes import lines
from ...workflow import ActionBase, Move
from ..common import Stays, require_holder_or_leader, require_not_signing, require_text
from ..readiness import schema_of
from ..supplement import Item, is_for, states
from .applicants import changes_of, differing, renew_receipt, write_applicant


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

    What the section says of who asks, the frozen applicant says from then on, as after the desk's *Correct*. Refusals:
    closed, signing, items, same, answers.
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
        confirmed = move.person.email or ""
        told = told_anew(dossier.applicant, schema, dossier.answers, answers, confirmed=confirmed)
        columns = move.extra["applicant"] = differing(dossier.applicant, told)
        move.extra["told"] = changes_of(dossier.applicant, columns)

    def changes(self, move: Move) -> dict[str, Any]:
        return move.extra.get("columns", {})

    def record(self, move: Move) -> dict[str, Any]:
        name = move.extra["request"].name
        text = f"{name}: {move.extra['labels']}" if "labels" in move.extra else name
        changes = [change.kept() for change in move.extra.get("told", ())]
        return {"public_text": text, "data": {"changes": changes} if changes else {}}

    def effects(self, move: Move) -> None:
        request: CorrectionRequest = move.extra["request"]
        since = request.asked_at or move.now
        item: Any = request
        earlier = [paper.pk for paper in present(move.dossier) if paper.uploaded_at < since and is_for(item, paper)]
        Paper.objects.filter(pk__in=earlier).update(replaced_at=move.now)
        request.changed, request.closed_at = move.extra.get("changed"), move.now
        request.save(update_fields=["changed", "closed_at"])
        notices.tell_holder(move, "correction_asked", item=request.name, is_sent=True)
        if move.extra.get("applicant"):
            self._follow(move)

    def _follow(self, move: Move) -> None:
        """Let the frozen applicant say what the section says now; a receipt names the one that it replaces."""
        dossier = move.dossier
        write_applicant(dossier, move.extra["applicant"])
        if dossier.received_at is None:
            return
        void = renew_receipt(move)
        with override(notices.language_of(dossier)):
            told = lines(move.extra["told"])
        notices.tell(move, "corrected", changes=told, void=void)


def changed_keys(schema: Schema, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the keys of the questions whose answers differ, in the order of the form."""
    keys = [question.key for _section, question in schema.fields()]
    return [
        key
        for key in keys
        if before.get(key) != after.get(key) and not (is_empty(before.get(key)) and is_empty(after.get(key)))
    ]
