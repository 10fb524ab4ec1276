"""The decision: proposed, sent back or approved, and the date it was promised for."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, cast

from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.clock import LOCAL, local_day
from common.files.hashes import stored_digest
from common.files.store import NotKept, keep
from common.files.uploads import Accepted
from common.refusals import Refused
from common.values.working_time import CalendarError, clamp
from offices.calendar.office_calendar import calendar_of
from offices.models import Role

from ..models import Result, ResultKind, SlipKind, Status
from ..models.dossier import REF_ALPHABET
from ..records import assignments, notices, results, slips
from ..records.terms import calendar_refusal
from ..table import Action
from ..workflow import ActionBase, Move
from .common import require_proposed, require_text

# A result other than a PDF cannot be frozen and checked as one document.
PDF = "application/pdf"
CHECK_CODE_LENGTH = 12


@dataclass(frozen=True)
class Propose(ActionBase):
    """The specialist submits a decision for signature: an uploaded PDF, or a letter made from the answers.

    ``text`` is the letter's own wording; a refusal of the request needs a
    ``reason``. A later proposal replaces an earlier one. Refusals: holder,
    reason, upload, store.
    """

    is_granted: bool
    reason: str = ""
    text: str = ""
    upload: Accepted | None = field(default=None, repr=False)
    action: ClassVar[Action] = Action.PROPOSE
    holder_only: ClassVar[bool] = True

    def guard(self, move: Move) -> None:
        if not self.is_granted:
            require_text(self.reason, _("Say why the request is not granted."))
        if self.upload is not None and self.upload.media_type != PDF:
            raise Refused(_("A result must be a PDF."), code="upload")

    def changes(self, move: Move) -> dict[str, Any]:
        dossier = move.dossier
        step = assignments.step_of(dossier.version, Role.LEADER, dossier.step)
        # Whoever proposes a decision no longer wants to stop.
        return {"stop_proposed_at": None, **assignments.Assignee(dossier.unit, Role.LEADER, None, step).columns()}

    def record(self, move: Move) -> dict[str, Any]:
        return {"internal_text": self.reason, "data": {"is_granted": self.is_granted}}

    def effects(self, move: Move) -> None:
        result = Result.objects.filter(dossier=move.dossier).first() or Result(dossier=move.dossier)
        result.is_granted = self.is_granted
        result.reason = self.reason
        result.text = self.text
        result.proposed_by = move.person
        result.proposed_at = move.now
        if self.upload is not None:
            result.kind = ResultKind.UPLOAD
            try:
                keep(result.file, "result.pdf", self.upload.content)
            except NotKept as error:
                raise Refused(error.message, code="store") from error
            move.written.append(result.file)
            result.sha256 = self.upload.sha256
        else:
            result.kind = ResultKind.LETTER
            result.file = ""
            result.sha256 = ""
        result.save()
        assignments.give(move)


@dataclass(frozen=True)
class SendBack(ActionBase):
    """The leader gives a proposal back to the person who made it, with a reason for officers only.

    Refusals: holder, proposal, reason.
    """

    reason: str
    action: ClassVar[Action] = Action.SEND_BACK
    holder_only: ClassVar[bool] = True

    @classmethod
    def permit(cls, move: Move) -> None:
        require_proposed(move)

    def guard(self, move: Move) -> None:
        require_text(self.reason)

    def changes(self, move: Move) -> dict[str, Any]:
        dossier = move.dossier
        last = dossier.assignments.filter(role=Role.SPECIALIST).order_by("-n").first()
        person = Result.objects.select_related("proposed_by").get(dossier=dossier).proposed_by
        step = last.step if last else dossier.step
        return assignments.Assignee(dossier.unit, Role.SPECIALIST, person, step).columns()

    def record(self, move: Move) -> dict[str, Any]:
        return {"internal_text": self.reason}

    def effects(self, move: Move) -> None:
        assignments.give(move)
        # The reason is for the desk's eyes: it stands in the dossier, not in the mail.
        notices.tell_officer(move, "sent_back", cast(User, move.dossier.holder), leader=move.person.get_full_name())


@dataclass(frozen=True)
class Approve(ActionBase):
    """The leader decides as proposed: the result is frozen with its number and check code.

    An uploaded PDF is hashed again and must be the one proposed. A letter's
    content is frozen and its hash goes into the event; the worker makes its PDF
    from that content and stores the file's own hash with it, once. Nothing is
    digitally signed. Refusals: holder, proposal, own, file.
    """

    action: ClassVar[Action] = Action.APPROVE
    holder_only: ClassVar[bool] = True

    @classmethod
    def permit(cls, move: Move) -> None:
        require_proposed(move)
        result = Result.objects.filter(dossier=move.dossier).first()
        if result is None:
            raise Refused(_("Nothing has been proposed yet."), code="proposal")
        if result.proposed_by_id == move.person.pk:
            raise Refused(_("You made this proposal. Another leader must sign it."), code="own")
        move.extra["result"] = result

    def guard(self, move: Move) -> None:
        result = move.extra["result"]
        if result.kind != ResultKind.UPLOAD:
            return
        if stored_digest(result.file.storage, str(result.file.name)) != result.sha256:
            raise Refused(_("The file is not the one that was proposed. Send the proposal back."), code="file")

    def changes(self, move: Move) -> dict[str, Any]:
        dossier = move.dossier
        step = assignments.step_of(dossier.version, Role.CLERK, dossier.step)
        desk = assignments.Assignee(dossier.received_by, Role.CLERK, None, step)
        result = move.extra["result"]
        result.approved_by, result.approved_at = move.by, move.now
        result.check_code = get_random_string(CHECK_CODE_LENGTH, REF_ALPHABET)
        result.number = results.new_number(dossier, move.now)
        result.data = results.letter_data(move, result)
        return {"decided_at": move.now, **desk.columns()}

    def record(self, move: Move) -> dict[str, Any]:
        result = move.extra["result"]
        return {
            "public_text": result.reason,
            "data": {
                "is_granted": result.is_granted,
                "kind": result.kind,
                "number": result.number,
                "sha256": result.sha256 if result.kind == ResultKind.UPLOAD else "",
                "content_sha256": content_hash(result.data),
            },
        }

    def effects(self, move: Move) -> None:
        result = move.extra["result"]
        result.save(update_fields=["approved_by", "approved_at", "check_code", "number", "data"])
        assignments.give(move)
        results.wake(result)
        notices.tell(
            move, "decided", is_granted=result.is_granted, reason=result.reason, delivery=move.dossier.delivery
        )


def content_hash(data: dict[str, Any]) -> str:
    """Return the SHA-256 of a letter's frozen content."""
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Extend(ActionBase):
    """A leader apologises and names a new date: once, a day before the old one or, late, after it has passed.

    ``due_at`` is moved into the desk hours of its day (TT 01/2018/TT-VPCP art.
    19.9). What was late stays late. Refusals: once, due, reason, calendar.
    """

    due_at: datetime
    reason: str
    action: ClassVar[Action] = Action.EXTEND

    @classmethod
    def target(cls, move: Move) -> Status:
        return move.from_status

    @classmethod
    def permit(cls, move: Move) -> None:
        if move.dossier.extended_once:
            raise Refused(_("The date has been moved once; it cannot be moved again."), code="once")
        if move.dossier.due_at is None:
            raise Refused(_("This dossier has no date yet."), code="due")

    def guard(self, move: Move) -> None:
        require_text(self.reason)
        dossier = move.dossier
        old_due_at = dossier.due_at or move.now
        try:
            calendar = calendar_of(dossier.unit, around=move.now)
            day = local_day(self.due_at)
            if not calendar.is_working_day(day):
                raise Refused(_("The new date must be a working day."), code="due")
            due_at = clamp(calendar, day, self.due_at.astimezone(LOCAL).time())
        except CalendarError as error:
            raise calendar_refusal(error) from error
        if due_at <= max(old_due_at, move.now):
            raise Refused(_("The new date must be later than the old one, and not past."), code="due")
        move.extra["due_at"], move.extra["old_due_at"] = due_at, old_due_at

    def changes(self, move: Move) -> dict[str, Any]:
        return {"due_at": move.extra["due_at"], "extended_once": True}

    def record(self, move: Move) -> dict[str, Any]:
        old, new = slips.iso(move.extra["old_due_at"]), slips.iso(move.extra["due_at"])
        return {"public_text": self.reason, "data": {"old_due_at": old, "due_at": new}}

    def effects(self, move: Move) -> None:
        dossier, old = move.dossier, move.extra["old_due_at"]
        slips.issue(
            move,
            SlipKind.APOLOGY,
            reason=self.reason,
            received_at=slips.iso(dossier.received_at),
            old_due_at=slips.iso(old),
            due_at=slips.iso(dossier.due_at),
        )
        notices.tell(move, "extended", reason=self.reason, old_due_at=old, due_at=dossier.due_at)
