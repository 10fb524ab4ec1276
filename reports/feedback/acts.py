"""What may be done with feedback, one class for each action: its input, what it asks, what it sets and tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.database.writing import insert
from common.files.store import keep
from common.files.uploads import Accepted
from common.refusals import Refused
from dossiers.querysets import DESK_ROLES
from offices.models import Post, Unit

from ..models import Feedback, FeedbackFile, FeedbackStatus, Topic
from ..personal import known_in
from . import notices, people, terms
from .table import Action
from .workflow import Act, Move


def store(feedback: Feedback, files: Sequence[Accepted], written: list[Any]) -> None:
    """Store files that came with feedback, in the caller's transaction. One statement each."""
    for accepted in files:
        row = FeedbackFile(
            feedback=feedback,
            original_name=accepted.name,
            media_type=accepted.media_type,
            size=accepted.size,
            sha256=accepted.sha256,
            pages=accepted.pages,
        )
        keep(row.file, accepted.name, accepted.content)
        written.append(row.file)
        insert(row)


@dataclass(frozen=True)
class PassOn(Act):
    """Give it to the unit whose affair it is; its terms begin there."""

    unit: Unit
    reason: str

    action = Action.PASS_ON

    def guard(self, move: Move) -> None:
        if self.unit.pk == move.feedback.unit_id:
            raise Refused(_("Choose another unit."), field="unit")
        if move.feedback.topic == Topic.CONDUCT:
            wanted = [*move.concerned, *self._named(move)]
            people.require_reader(self.unit, wanted, move.feedback.owner_id, move.now, "unit")

    def _named(self, move: Move) -> list[int]:
        found = move.feedback
        return people.named_in(f"{found.about} {found.text}", people.officers_of(self.unit, move.now))

    def changes(self, move: Move) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "unit_since": move.now,
            "holder": None,
            "due_at": terms.due(self.unit, move.now, terms.SORT_DAYS),
            "answer_due_at": terms.due(self.unit, move.now, terms.ANSWER_DAYS),
        }

    def texts(self) -> dict[str, str]:
        return {"public_text": self.reason}

    def effects(self, move: Move) -> None:
        if move.feedback.topic == Topic.CONDUCT:
            move.feedback.concerned.add(*self._named(move))
        notices.tell_giver(move, self.reason)


@dataclass(frozen=True)
class Refuse(Act):
    """Do not take it, for a reason that the giver reads."""

    reason: str

    action = Action.REFUSE

    def changes(self, move: Move) -> dict[str, Any]:
        return {"due_at": None, "closed_at": move.now}

    def texts(self) -> dict[str, str]:
        return {"public_text": self.reason}

    def effects(self, move: Move) -> None:
        notices.tell_giver(move, self.reason)


def require_assignable(move: Move, person: User, unit: int) -> None:
    """Raise Refused for an officer who may not answer this feedback."""
    if person.pk in move.concerned:
        raise Refused(_("This is about that officer. Choose somebody else."), code="concerned", field="person")
    if person.pk == move.feedback.owner_id:
        raise Refused(_("That officer gave this feedback. Choose somebody else."), code="concerned", field="person")
    posts = Post.objects.valid_on(local_day(move.now)).of(person).filter(unit=unit, role__in=DESK_ROLES)
    if not posts.exists():
        raise Refused(_("That officer does not work at the desk of this unit now."), code="person", field="person")


@dataclass(frozen=True)
class Assign(Act):
    """Give it to an officer of the unit to answer, or to another one than now."""

    person: User
    note: str = ""

    action = Action.ASSIGN

    def target(self, move: Move) -> FeedbackStatus:
        is_paused = move.feedback.status == FeedbackStatus.DETAILS
        return FeedbackStatus.DETAILS if is_paused else FeedbackStatus.ASSIGNED

    def guard(self, move: Move) -> None:
        if self.person.pk == move.feedback.holder_id:
            raise Refused(_("That officer has it already."), field="person")
        require_assignable(move, self.person, move.feedback.unit_id)

    def changes(self, move: Move) -> dict[str, Any]:
        is_paused = move.feedback.status == FeedbackStatus.DETAILS
        return {"holder": self.person} | ({} if is_paused else {"due_at": move.feedback.answer_due_at})

    def texts(self) -> dict[str, str]:
        return {"internal_text": " · ".join(filter(None, [self.person.get_full_name(), self.note]))}

    def effects(self, move: Move) -> None:
        if move.source == FeedbackStatus.RECEIVED:
            # Later changes of hands are the unit's own affair.
            notices.tell_giver(move)
        notices.tell_officer(move, self.person)


@dataclass(frozen=True)
class HandOn(Act):
    """An administrator hands on what a leaver holds: to somebody, or back to the unit's leader and clerks."""

    to: User | None

    action = Action.HAND_ON

    def guard(self, move: Move) -> None:
        if self.to is None:
            return
        try:
            require_assignable(move, self.to, move.feedback.unit_id)
        except Refused as refused:
            # Whom it is about and who gave it is nothing for an administrator.
            raise Refused(_("That officer cannot answer this."), code="person", field="person") from refused

    def changes(self, move: Move) -> dict[str, Any]:
        return {"holder": self.to}

    def texts(self) -> dict[str, str]:
        return {"internal_text": self.to.get_full_name() if self.to is not None else ""}

    def effects(self, move: Move) -> None:
        if self.to is not None:
            notices.tell_officer(move, self.to)


@dataclass(frozen=True)
class NameOfficer(Act):
    """Note that it is about an officer's conduct, and whose: that officer neither sees nor answers it."""

    person: User

    action = Action.NAME_OFFICER

    def guard(self, move: Move) -> None:
        if self.person.pk == move.feedback.holder_id:
            raise Refused(_("That officer has it to answer. Assign it to somebody else first."), field="person")
        # Who names oneself gives it out of one's own hands.
        wanted = [*move.concerned, self.person.pk]
        people.require_reader(move.feedback.unit, wanted, move.feedback.owner_id, move.now, "person")

    def changes(self, move: Move) -> dict[str, Any]:
        return {"topic": Topic.CONDUCT}

    def texts(self) -> dict[str, str]:
        return {"internal_text": self.person.get_full_name()}

    def effects(self, move: Move) -> None:
        move.feedback.concerned.add(self.person)


@dataclass(frozen=True)
class AskDetails(Act):
    """Ask for what is missing; meanwhile the time to answer stands still."""

    question: str

    action = Action.ASK_DETAILS

    def due_at(self, feedback: Feedback) -> datetime | None:
        return terms.due(feedback.unit, feedback.unit_since, terms.ASK_DAYS)

    def changes(self, move: Move) -> dict[str, Any]:
        return {"due_at": None, "paused_since": move.now}

    def texts(self) -> dict[str, str]:
        return {"public_text": self.question}

    def effects(self, move: Move) -> None:
        notices.tell_giver(move, self.question)


def going_on(move: Move) -> dict[str, Any]:
    """Return the columns that end a wait for details."""
    found = move.feedback
    if found.paused_since is None:
        return {"due_at": found.answer_due_at}
    due_at = terms.resumed(found.unit, found.answer_due_at, found.paused_since, move.now)
    return {"due_at": due_at, "answer_due_at": due_at, "paused_since": None}


@dataclass(frozen=True)
class GiveDetails(Act):
    """The giver adds what was asked for."""

    text: str
    files: Sequence[Accepted] = ()

    action = Action.GIVE_DETAILS

    def changes(self, move: Move) -> dict[str, Any]:
        return going_on(move)

    def texts(self) -> dict[str, str]:
        return {"public_text": self.text}

    def effects(self, move: Move) -> None:
        store(move.feedback, self.files, move.written)
        if move.feedback.holder is not None:
            notices.tell_officer(move, move.feedback.holder)


@dataclass(frozen=True)
class Propose(Act):
    """Write the answer for the leader to confirm, also while details are still awaited."""

    answer: str

    action = Action.PROPOSE

    def changes(self, move: Move) -> dict[str, Any]:
        return going_on(move) | {"answer": self.answer}


@dataclass(frozen=True)
class SendBack(Act):
    """Send a written answer back to whoever wrote it."""

    reason: str

    action = Action.SEND_BACK

    def texts(self) -> dict[str, str]:
        return {"internal_text": self.reason}

    def effects(self, move: Move) -> None:
        if move.feedback.holder is not None:
            notices.tell_officer(move, move.feedback.holder, self.reason)


@dataclass(frozen=True)
class Confirm(Act):
    """Confirm the answer, which goes out; it is done with unless the giver agreed to publishing."""

    answer: str

    action = Action.CONFIRM

    def target(self, move: Move) -> FeedbackStatus:
        return FeedbackStatus.ANSWERED if move.feedback.may_publish else FeedbackStatus.CLOSED

    def changes(self, move: Move) -> dict[str, Any]:
        common = {"answer": self.answer, "answered_at": move.now}
        if not move.feedback.may_publish:
            return common | {"due_at": None, "closed_at": move.now}
        return common | {"due_at": terms.due(move.feedback.unit, move.now, terms.PUBLISH_DAYS)}

    def texts(self) -> dict[str, str]:
        return {"public_text": self.answer}

    def effects(self, move: Move) -> None:
        notices.tell_giver(move, self.answer)


@dataclass(frozen=True)
class Publish(Act):
    """Let everybody read question and answer, without anything that says who asked."""

    question: str
    answer: str

    action = Action.PUBLISH

    def guard(self, move: Move) -> None:
        for name, text in (("question", self.question), ("answer", self.answer)):
            if told := known_in(text, (move.feedback.name, move.feedback.email), move.feedback.phone):
                message = _("“%(text)s” says who gave this feedback. Leave it out.") % {"text": told}
                raise Refused(message, code="personal", field=name)

    def changes(self, move: Move) -> dict[str, Any]:
        return {
            "public_question": self.question,
            "public_answer": self.answer,
            "published_at": move.now,
            "closed_at": move.now,
            "due_at": None,
        }

    def effects(self, move: Move) -> None:
        notices.tell_giver(move)


@dataclass(frozen=True)
class KeepBack(Act):
    """Do not publish the answer, for a reason that the giver reads."""

    reason: str

    action = Action.KEEP_BACK

    def changes(self, move: Move) -> dict[str, Any]:
        return {"closed_at": move.now, "due_at": None}

    def texts(self) -> dict[str, str]:
        return {"public_text": self.reason}

    def effects(self, move: Move) -> None:
        notices.tell_giver(move, self.reason)
