"""What happens at the desk: receive, refuse, forward."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.refusals import Refused
from offices.models import Post, Role, Unit

from ..filing import origins
from ..models import Dossier, Paper, SlipKind
from ..records import assignments, notices, slips
from ..records.papers import AUTHORITY, NOT_FILES, asks_authority, at_desk, is_authority, present, receive_promised
from ..records.terms import start_term
from ..table import Action
from ..workflow import ActionBase, Move, carry_out, is_own
from .common import require_not_signing, require_text


@dataclass(frozen=True)
class Receive(ActionBase):
    """A clerk receives a complete dossier; its term begins.

    ``originals`` are keys of required papers whose originals were handed over, ``AUTHORITY`` that of a promised power
    of attorney beyond the list. ``competent`` is another unit that decides, by whose opening hours the term then
    counts. ``late_reason`` says why it is entered later than it was received (``perform``'s ``at``); ``forward`` is
    done in the same transaction, with an event of its own. Refusals: papers, unit, at, reason, calendar, and those of
    ``forward``.
    """

    originals: tuple[str, ...] = ()
    competent: Unit | None = None
    late_reason: str = ""
    forward: "Forward | None" = None
    action: ClassVar[Action] = Action.RECEIVE

    def guard(self, move: Move) -> None:
        origins.require_competent(move, self.competent)
        origins.require_reason(move, self.late_reason)
        known = {paper.key for paper in move.dossier.version.papers.all()}
        if asks_authority(move.dossier, AUTHORITY):
            known.add(AUTHORITY)
        if not set(self.originals) <= known:
            raise Refused(_("One of the papers does not belong to this procedure."), code="papers")

    def changes(self, move: Move) -> dict[str, Any]:
        moved = {}
        if self.competent is not None and self.competent.pk != move.dossier.unit_id:
            moved = {"unit": self.competent}
            move.dossier.unit = self.competent
        term = start_term(move.dossier, move.at)
        return {"received_at": term["term_from"], "recorded_at": move.now, **term, **moved}

    def record(self, move: Move) -> dict[str, Any]:
        facts = {"originals": list(self.originals), "due_at": slips.iso(move.dossier.due_at)}
        competent = {} if self.competent is None else {"competent": self.competent.name}
        return {"data": facts | competent | origins.late(self.late_reason)}

    def effects(self, move: Move) -> None:
        dossier = move.dossier
        mark_originals(move, self.originals)
        assignments.start_step(move)
        slips.issue(move, SlipKind.RECEIPT, **slips.receipt_facts(dossier))
        notices.tell_received(move)
        if self.forward is not None:
            carry_out(self.forward, dossier, move.written, by=move.by, now=move.now)


def mark_originals(move: Move, keys: tuple[str, ...]) -> None:
    """Note that originals lie at the desk: promises are fulfilled, unannounced originals are added."""
    if not keys:
        return
    dossier = move.dossier
    given = present(dossier)
    handed = {key: [paper for paper in given if _has_key(paper, dossier, key)] for key in keys}
    receive_promised(move, [paper for papers in handed.values() for paper in papers])
    Paper.objects.bulk_create(
        at_desk(move, required, required.name)
        for required in dossier.version.papers.all()
        if required.key in keys and not any(paper.kind in NOT_FILES for paper in handed[required.key])
    )


def _has_key(paper: Paper, dossier: Dossier, key: str) -> bool:
    """Tell whether a given paper stands under a key of the list, or is the power of attorney beyond it."""
    if key == AUTHORITY:
        return is_authority(paper)
    return any(required.pk == paper.required_id and required.key == key for required in dossier.version.papers.all())


@dataclass(frozen=True)
class Refuse(ActionBase):
    """A clerk does not receive a dossier and says why."""

    reason: str
    action: ClassVar[Action] = Action.REFUSE

    def guard(self, move: Move) -> None:
        require_text(self.reason)

    def changes(self, move: Move) -> dict[str, Any]:
        return {"closed_at": move.now, **assignments.NOBODY}

    def record(self, move: Move) -> dict[str, Any]:
        return {"public_text": self.reason}

    def effects(self, move: Move) -> None:
        assignments.end(move)
        slips.issue(move, SlipKind.REFUSAL, reason=self.reason)
        notices.tell(move, "refused", reason=self.reason)


FORWARD_TO = (Role.CLERK, Role.SPECIALIST)


@dataclass(frozen=True)
class Forward(ActionBase):
    """The holder hands the dossier on, to a person or to a whole role of the competent unit.

    A leader may do so with any dossier of the unit: an officer who is ill must
    not stop it. Forwarding to yourself takes a dossier that was offered to your
    role. There, and when a leader puts one in the place of another, the step
    stays. ``note`` is read by officers only. Refusals: holder, signing, to.
    """

    to: User | None = None
    role: str = Role.SPECIALIST
    note: str = ""
    action: ClassVar[Action] = Action.FORWARD
    holder_only: ClassVar[bool] = True
    overseers: ClassVar[tuple[str, ...]] = (Role.LEADER,)

    @classmethod
    def permit(cls, move: Move) -> None:
        require_not_signing(move)

    def guard(self, move: Move) -> None:
        dossier = move.dossier
        if self.role not in FORWARD_TO:
            raise Refused(_("A dossier is forwarded to a specialist or a clerk."), code="to")
        posts = Post.objects.valid_on(move.local_day).able().filter(unit=dossier.unit, role=self.role)
        chosen = [post for post in posts if self.to is None or post.user_id == self.to.pk]
        if not any(assignments.lets_hold(post, self.role, dossier) for post in chosen):
            raise Refused(_("Nobody chosen can handle this dossier. Choose somebody who covers its field."), code="to")
        if self.to is not None and is_own(self.to, dossier):
            raise Refused(_("This person may not handle their own dossier."), code="to")
        if (dossier.holder_id, dossier.holder_role) == (getattr(self.to, "pk", None), self.role):
            raise Refused(_("The dossier is there already."), code="to")

    def changes(self, move: Move) -> dict[str, Any]:
        dossier = move.dossier
        is_same_work = self.role == dossier.holder_role and (self.to == move.by or move.role == Role.LEADER)
        step = dossier.step if is_same_work else assignments.step_of(dossier.version, self.role, dossier.step)
        return assignments.Assignee(dossier.unit, self.role, self.to, step).columns()

    def record(self, move: Move) -> dict[str, Any]:
        return {
            "internal_text": self.note,
            "data": {"role": self.role, "to": self.to.get_full_name() if self.to else ""},
        }

    def effects(self, move: Move) -> None:
        assignments.give(move)
