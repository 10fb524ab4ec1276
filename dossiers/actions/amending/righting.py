"""What puts a wrong step right: a reception cancelled, a dossier recalled or given back, originals that come late."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.clock import local_day
from common.refusals import Refused
from offices.models import Role

from ...models import AccessRecord, Assignment, Channel, Dossier, SlipKind, Status
from ...records import assignments, notices, slips
from ...records.papers import owed, receive_promised
from ...standing import standing_of
from ...table import Action
from ...workflow import ActionBase, Move
from ..common import Stays, require_text

RECEIVED_BY = (Action.RECEIVE, Action.REGISTER)


def others_acted(dossier: Dossier, person: User) -> bool:
    """Tell whether anybody else has done something with a dossier since it was received; one query.

    Its reception counts too: whoever received it puts it right.
    """
    for action, actor in dossier.events.order_by("-n").values_list("action", "actor"):
        if actor != person.pk:
            return True
        if action in RECEIVED_BY:
            return False
    return True


@dataclass(frozen=True)
class CancelReception(ActionBase):
    """Whoever received a dossier by mistake takes that back, the same day and before anybody else acted.

    What was filed online waits for reception again; what was taken in on paper ends and counts in no figure. The
    code stays used, the receipt is void, what was paid is paid back by the hook of what ended. Refusals: day, acted,
    reason.
    """

    reason: str
    action: ClassVar[Action] = Action.CANCEL_RECEPTION

    @classmethod
    def target(cls, move: Move) -> Status:
        return Status.SUBMITTED if move.dossier.channel == Channel.ONLINE else Status.STOPPED

    @classmethod
    def permit(cls, move: Move) -> None:
        recorded_at = move.dossier.recorded_at
        if recorded_at is None or local_day(recorded_at) != move.local_day:
            raise Refused(_("A reception can be cancelled on its own day only. Correct it instead."), code="day")
        if others_acted(move.dossier, move.person):
            raise Refused(
                _("Somebody else has acted on this dossier; only whoever received it can cancel that, before others."),
                code="acted",
            )

    def guard(self, move: Move) -> None:
        require_text(self.reason)

    def changes(self, move: Move) -> dict[str, Any]:
        changes: dict[str, Any] = dict.fromkeys(("received_at", "recorded_at", "term_from", "due_at"))
        if move.to_status == Status.STOPPED:
            changes |= {"closed_at": move.now, "cancelled_at": move.now, **assignments.NOBODY}
        else:
            # Who decides is said at reception.
            changes["unit"] = move.dossier.received_by
        return changes

    def record(self, move: Move) -> dict[str, Any]:
        return {"public_text": self.reason}

    def effects(self, move: Move) -> None:
        if move.to_status == Status.STOPPED:
            assignments.end(move)
        else:
            # As before reception: the desk owes an answer, the step has no end.
            assignments.start_step(move)
        void = slips.void(move, SlipKind.RECEIPT)
        has_ended = move.to_status == Status.STOPPED
        notices.tell(move, "reception_cancelled", reason=self.reason, void=void, has_ended=has_ended)


def has_opened(dossier: Dossier, since: Any, giver: User) -> bool:
    """Tell whether whoever a dossier was given to has looked at it: the person, or anyone of the role. One query.

    The ``giver`` may have that role too, by a delegation.
    """
    looks = AccessRecord.objects.filter(dossier=dossier, at__gte=since).exclude(reader=giver)
    if dossier.holder_id is not None:
        return looks.filter(reader=dossier.holder_id).exists()
    return looks.filter(reader__posts__role=dossier.holder_role, reader__posts__unit=dossier.holder_unit_id).exists()


@dataclass(frozen=True)
class Recall(ActionBase):
    """Whoever forwarded a dossier, or submitted it for signature, takes it back until the receiver has opened it.

    It stands again as before: status, holder, what was left of the step's time. ``note`` is read by officers only.
    Refusals: forwarded, opened.
    """

    note: str = ""
    action: ClassVar[Action] = Action.RECALL

    @classmethod
    def target(cls, move: Move) -> Status:
        return Status(standing_of(move.dossier).from_status)

    @classmethod
    def permit(cls, move: Move) -> None:
        last = standing_of(move.dossier)
        if last.action not in (Action.FORWARD, Action.PROPOSE) or last.actor != move.person.pk:
            raise Refused(_("Only whoever handed the dossier on last can recall it."), code="forwarded")
        if has_opened(move.dossier, last.at, move.person):
            raise Refused(_("It has been opened there. Ask the colleague to send it back."), code="opened")

    def changes(self, move: Move) -> dict[str, Any]:
        before: Assignment = move.dossier.assignments.select_related("unit", "person").order_by("-n")[1]
        move.extra["before"] = before
        return assignments.Assignee(before.unit, before.role, before.person, before.step).columns()

    def record(self, move: Move) -> dict[str, Any]:
        return {"internal_text": self.note}

    def effects(self, move: Move) -> None:
        assignments.give_again(move, move.extra["before"])


@dataclass(frozen=True)
class GiveBack(ActionBase):
    """The specialist gives a dossier back to the desk with a note for officers; whoever forwarded it gets a mail.

    The desk goes on with what was left of its step. Refusals: holder, reason.
    """

    note: str
    action: ClassVar[Action] = Action.GIVE_BACK
    holder_only: ClassVar[bool] = True

    def guard(self, move: Move) -> None:
        require_text(self.note, _("Say what the desk is to do."))

    def changes(self, move: Move) -> dict[str, Any]:
        dossier = move.dossier
        step = next((step.n for step in dossier.version.steps.all() if step.role == Role.CLERK), dossier.step)
        return assignments.Assignee(dossier.received_by, Role.CLERK, None, step).columns()

    def record(self, move: Move) -> dict[str, Any]:
        return {"internal_text": self.note}

    def effects(self, move: Move) -> None:
        dossier = move.dossier
        of_desk = dossier.assignments.filter(role=Role.CLERK, step=dossier.step).select_related("unit").last()
        if of_desk is None:
            assignments.give(move)
        else:
            assignments.give_again(move, of_desk)
        forwarded = move.dossier.events.filter(action=Action.FORWARD, actor_role=Role.CLERK).order_by("-n")
        event = forwarded.select_related("actor").first()
        if event is not None and event.actor is not None and event.actor.is_active:
            notices.tell_officer(move, "given_back", event.actor, giver=move.person.get_full_name())


@dataclass(frozen=True)
class NoteOriginals(Stays, ActionBase):
    """An officer notes that promised originals lie at the desk, whenever they come; ``refs`` name the papers.

    Refusals: nothing, papers.
    """

    refs: tuple[str, ...]
    action: ClassVar[Action] = Action.NOTE_ORIGINALS

    @classmethod
    def permit(cls, move: Move) -> None:
        if not standing_of(move.dossier).owes:
            raise Refused(_("No original is owed for this dossier."), code="nothing")

    def guard(self, move: Move) -> None:
        waiting = {paper.ref: paper for paper in owed(move.dossier)}
        if not self.refs or not set(self.refs) <= set(waiting):
            raise Refused(_("Tick the originals that were handed in. The list may have changed."), code="papers")
        move.extra["papers"] = [paper for ref, paper in waiting.items() if ref in self.refs]

    def record(self, move: Move) -> dict[str, Any]:
        return {"public_text": "\n".join(paper.name for paper in move.extra["papers"])}

    def effects(self, move: Move) -> None:
        receive_promised(move, move.extra["papers"])
