"""The actions that end a dossier: return the result, withdraw, stop."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common.refusals import Refused
from offices.models import Role

from ..models import Delivery, Dossier, DossierEvent, Pause, Result, SlipKind, Status
from ..records import assignments, notices, slips
from ..table import APPLICANT, SYSTEM, Action
from ..workflow import ActionBase, Move, carry_out
from .common import require_holder_or_leader, require_text
from .payment import require_settled


@dataclass(frozen=True)
class ReturnResult(ActionBase):
    """The result reaches the applicant: handed over by a clerk, taken online, or delivered by the post (the system).

    ``receiver_id`` (the ID shown) at the counter only. What the post has delivered is recorded whatever is owed.
    Refusals: fee, receiver, delivery, file.
    """

    receiver_name: str = ""
    receiver_id: str = ""
    action: ClassVar[Action] = Action.RETURN_RESULT

    @classmethod
    def permit(cls, move: Move) -> None:
        if move.role != SYSTEM:
            require_settled(move)
        if move.role != APPLICANT:
            return
        if move.dossier.delivery != Delivery.ONLINE:
            raise Refused(_("You chose to receive the result on paper."), code="delivery")
        if not Result.objects.filter(dossier=move.dossier).exclude(file="").exists():
            raise Refused(_("The file of the result is being made. Try again in a minute."), code="file")

    def guard(self, move: Move) -> None:
        if move.role == Role.CLERK:
            require_text(self.receiver_name, _("Enter the name of the person who receives the result."))

    def changes(self, move: Move) -> dict[str, Any]:
        return {"closed_at": move.now, **assignments.NOBODY}

    def record(self, move: Move) -> dict[str, Any]:
        return {"data": {"receiver": self.receiver_name}}

    def effects(self, move: Move) -> None:
        assignments.end(move)
        Result.objects.filter(dossier=move.dossier).update(
            returned_at=move.now, receiver_name=self.receiver_name, receiver_id=self.receiver_id
        )
        online, posted = move.role == APPLICANT, move.role == SYSTEM
        notices.tell(move, "returned", online=online, posted=posted, receiver=self.receiver_name)


@dataclass(frozen=True)
class RequestWithdrawal(ActionBase):
    """The applicant takes the request back; before reception it ends at once, later an officer answers."""

    reason: str = ""
    action: ClassVar[Action] = Action.REQUEST_WITHDRAWAL

    def changes(self, move: Move) -> dict[str, Any]:
        return {"former_status": move.from_status}

    def record(self, move: Move) -> dict[str, Any]:
        return {"public_text": self.reason}

    def effects(self, move: Move) -> None:
        if move.from_status == Status.SUBMITTED:
            # The reason goes on an official slip, whatever language the screen has.
            with translation.override("vi"):
                reason = str(_("Withdrawn by the applicant before reception."))
            carry_out(Stop(reason), move.dossier, move.written, by=None, now=move.now)
        else:
            notices.tell(move, "withdrawal_asked")


@dataclass(frozen=True)
class DeclineWithdrawal(ActionBase):
    """An officer answers that the dossier goes on as before; the holder stays."""

    reason: str
    action: ClassVar[Action] = Action.DECLINE_WITHDRAWAL

    @classmethod
    def target(cls, move: Move) -> Status:
        return Status(move.dossier.former_status or Status.SUBMITTED)

    def guard(self, move: Move) -> None:
        require_text(self.reason)

    def changes(self, move: Move) -> dict[str, Any]:
        return {"former_status": None}

    def record(self, move: Move) -> dict[str, Any]:
        return {"public_text": self.reason}

    def effects(self, move: Move) -> None:
        notices.tell(move, "withdrawal_declined", reason=self.reason)


@dataclass(frozen=True)
class AcceptWithdrawal(ActionBase):
    """The holder or a leader lets the applicant's withdrawal end the dossier; ``note`` may say more.

    No notice of stopping goes out: the authority does not stop anything. Refusals: holder.
    """

    note: str = ""
    action: ClassVar[Action] = Action.ACCEPT_WITHDRAWAL

    @classmethod
    def permit(cls, move: Move) -> None:
        require_holder_or_leader(move)

    def changes(self, move: Move) -> dict[str, Any]:
        return _ended(move)

    def record(self, move: Move) -> dict[str, Any]:
        return {"public_text": self.note}

    def effects(self, move: Move) -> None:
        _end(move)
        notices.tell(move, "stopped", reason=self.note, withdrawn=True)


@dataclass(frozen=True)
class ProposeStop(ActionBase):
    """The holder proposes to the leader that a dossier be stopped: it cannot go on. The holder stays.

    ``reason`` is what the notice would say; officers alone read it until then. Refusals: holder, twice, reason.
    """

    reason: str
    action: ClassVar[Action] = Action.PROPOSE_STOP
    holder_only: ClassVar[bool] = True

    @classmethod
    def target(cls, move: Move) -> Status:
        return move.from_status

    @classmethod
    def permit(cls, move: Move) -> None:
        if move.dossier.stop_proposed_at is not None:
            raise Refused(_("Stopping has been proposed. The leader answers."), code="twice")

    def guard(self, move: Move) -> None:
        require_text(self.reason)

    def changes(self, move: Move) -> dict[str, Any]:
        return {"stop_proposed_at": move.now}

    def record(self, move: Move) -> dict[str, Any]:
        return {"internal_text": self.reason}


@dataclass(frozen=True)
class DeclineStop(ActionBase):
    """The leader sends a proposal to stop back: the dossier goes on. Refusals: proposal, reason."""

    reason: str
    action: ClassVar[Action] = Action.DECLINE_STOP

    @classmethod
    def target(cls, move: Move) -> Status:
        return move.from_status

    @classmethod
    def permit(cls, move: Move) -> None:
        if move.dossier.stop_proposed_at is None:
            raise Refused(_("Nobody has proposed to stop this dossier."), code="proposal")

    def guard(self, move: Move) -> None:
        require_text(self.reason)

    def changes(self, move: Move) -> dict[str, Any]:
        return {"stop_proposed_at": None}

    def record(self, move: Move) -> dict[str, Any]:
        return {"internal_text": self.reason}

    def effects(self, move: Move) -> None:
        holder = move.dossier.holder
        if holder is not None and holder.is_active:
            notices.tell_officer(move, "stop_declined", holder, leader=move.person.get_full_name())


@dataclass(frozen=True)
class Stop(ActionBase):
    """The leader stops a dossier that cannot go on, by proposal of its holder or without one.

    Whoever proposed it does not decide it. The system ends what was withdrawn before reception.
    Refusals: withdrawal, own, reason.
    """

    reason: str
    action: ClassVar[Action] = Action.STOP

    @classmethod
    def permit(cls, move: Move) -> None:
        if move.role == SYSTEM:
            return
        if move.from_status == Status.WITHDRAWAL_REQUESTED:
            raise Refused(_("The applicant asked to withdraw. Accept that or decline it."), code="withdrawal")
        if move.dossier.stop_proposed_at is not None and proposal_to_stop(move.dossier).actor_id == move.person.pk:
            raise Refused(_("You proposed this yourself. Another leader decides it."), code="own")

    def guard(self, move: Move) -> None:
        require_text(self.reason)

    def changes(self, move: Move) -> dict[str, Any]:
        return _ended(move)

    def record(self, move: Move) -> dict[str, Any]:
        return {"public_text": self.reason}

    def effects(self, move: Move) -> None:
        _end(move)
        slips.issue(move, SlipKind.STOP, reason=self.reason)
        notices.tell(move, "stopped", reason=self.reason, withdrawn=move.from_status == Status.WITHDRAWAL_REQUESTED)


def proposal_to_stop(dossier: Dossier) -> DossierEvent:
    """Return the event with which stopping was last proposed; one query. Raises DossierEvent.DoesNotExist."""
    return dossier.events.filter(action=Action.PROPOSE_STOP).select_related("actor").latest("n")


def _ended(move: Move) -> dict[str, Any]:
    return {"closed_at": move.now, "paused_since": None, **assignments.NOBODY}


def _end(move: Move) -> None:
    assignments.end(move)
    Pause.objects.filter(dossier=move.dossier, until=None).update(until=move.now)
