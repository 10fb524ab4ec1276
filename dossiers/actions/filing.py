"""The actions that open a dossier: submitted online, or registered at the counter or from the post."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from common.refusals import Refused
from offices.models import Role
from procedures.papers import needed_papers

from .. import hooks
from ..filing import origins
from ..filing.origins import HERE, Origin
from ..models import Channel, Dossier, Paper, SlipKind, System
from ..records import assignments, notices, slips
from ..records.applicants import ApplicantData, data_of_filing
from ..records.numbering import dossier_code
from ..records.papers import Handed, at_desk, remove
from ..records.terms import answer_due, start_term
from ..table import Action
from ..workflow import ActionBase, Move, carry_out
from .common import require_made_at_counter, require_other_person, tell_filed
from .linking import issue_code
from .readiness import Readiness, require_none
from .reception import Forward


def reception(dossier: Dossier) -> assignments.Assignee:
    """Return the desk that receives a dossier: every clerk of the unit that gives its code."""
    return assignments.Assignee(
        dossier.received_by, Role.CLERK, None, assignments.step_of(dossier.version, Role.CLERK, 0)
    )


@dataclass(frozen=True)
class Submit(ActionBase):
    """The applicant sends a draft in; it gets its code, keeps what counts and is frozen with its applicant.

    Refusals are those of :class:`~dossiers.actions.readiness.Readiness`.
    """

    action: ClassVar[Action] = Action.SUBMIT

    @classmethod
    def permit(cls, move: Move) -> None:
        found = move.extra["readiness"] = Readiness(move.dossier, move.local_day)
        require_none(found.gaps)

    def changes(self, move: Move) -> dict[str, Any]:
        dossier, answers = move.dossier, move.extra["readiness"].form.kept
        changes: dict[str, Any] = {
            "code": dossier_code(dossier.received_by, move.now),
            "submitted_at": move.now,
            "saved_at": move.now,
            **reception(dossier).columns(),
        }
        # What is encrypted is written anew only when it says something else.
        if answers != dossier.answers:
            changes["answers"] = answers
        if dossier.typed is not None:
            changes["typed"] = None
        if dossier.filed_by_id != move.person.person.pk:
            # Begun by another member of the organisation.
            changes["filed_by"] = move.person.person
        return changes

    def effects(self, move: Move) -> None:
        found: Readiness = move.extra["readiness"]
        remove(found.unasked)
        acts: dict[str, Any] = {"acting": move.dossier.acting, "authority": move.dossier.authority}
        data = data_of_filing(move.person, found.form.schema, found.form.kept, **acts)
        data.freeze(move.dossier)
        assignments.begin(move)
        tell_filed(move)
        papers = slips.paper_rows(move.dossier.version, found.asked)
        answer_by = answer_due(move.dossier.received_by, move.now)
        moments = {"submitted_at": slips.iso(move.now), "answer_by": slips.iso(answer_by)}
        slips.issue(move, SlipKind.FILING, papers=papers, **moments)
        notices.tell_submitted(move, found.asked, answer_by)


@dataclass(frozen=True)
class Letter:
    """How a dossier came by post: from whom, and the item's number ('' for an ordinary letter)."""

    sender: str
    item: str = ""


@dataclass(frozen=True)
class Register(ActionBase):
    """A clerk takes in a dossier that somebody brought or sent on paper.

    The draft is the clerk's own (``filed_by``), its ``unit`` the competent one; ``papers`` are those of the list at
    hand: those of the national portal stay there. ``letter`` belongs to one that came by post, whose term begins when
    its hand-over was signed (``at`` of the move). ``fee`` is what the clerk says of the fee. ``origin`` is where it
    was entered before, ``late_reason`` why it is entered later than it was received (``at``), ``forward`` is done in
    the same transaction. ``fee_paid_vnd`` is what was paid at the national portal, None when that is not known.
    The receipt of a dossier without an account carries a secret that links it to one.
    Refusals: channel, papers, own, origin, at, reason, unit, calendar, and those of ``forward``.
    """

    applicant: ApplicantData
    papers: tuple[Handed, ...] = ()
    letter: Letter | None = None
    fee: hooks.FeeChoice | None = None
    origin: Origin = HERE
    late_reason: str = ""
    forward: Forward | None = None
    fee_paid_vnd: int | None = None
    action: ClassVar[Action] = Action.REGISTER

    @classmethod
    def permit(cls, move: Move) -> None:
        require_made_at_counter(move)

    def guard(self, move: Move) -> None:
        require_other_person(move.person, self.applicant)
        dossier = move.dossier
        origins.require_competent(move, dossier.unit)
        origins.require_known(move, self.origin)
        origins.require_reason(move, self.late_reason, self.origin)
        if self.letter is not None and dossier.channel != Channel.POST:
            raise Refused(_("Say who sent the papers only when they came by post."), code="channel")
        known = {paper.key: paper for paper in dossier.version.papers.all()}
        handed = {paper.key for paper in self.papers}
        if len(handed) != len(self.papers) or not handed <= set(known):
            raise Refused(_("One of the papers does not belong to this procedure."), code="papers")
        move.extra |= {"known": known, "fee": self.fee}
        if self.origin.system == System.NATIONAL:
            return
        given = set(dossier.papers.filter(replaced_at=None).values_list("required_id", flat=True))
        given |= {known[key].pk for key in handed}
        if any(paper.pk not in given for paper in needed_papers(dossier.version, dossier.answers)):
            raise Refused(_("Some papers are missing."), code="papers")

    def changes(self, move: Move) -> dict[str, Any]:
        term = start_term(move.dossier, move.at)
        return {
            "code": code_for(move, self.origin),
            "submitted_at": self.origin.filed_at or move.at,
            "saved_at": move.now,
            "received_at": term["term_from"],
            "recorded_at": move.now,
            **term,
            **reception(move.dossier).columns(),
            **self.origin.columns(),
        }

    def record(self, move: Move) -> dict[str, Any]:
        data: dict[str, Any] = {
            "papers": [paper.key for paper in self.papers],
            "due_at": slips.iso(move.dossier.due_at),
        }
        if self.letter is not None:
            data |= {"sender": self.letter.sender, "item": self.letter.item}
        if self.fee_paid_vnd and self.origin.system == System.NATIONAL:
            data["fee_paid_vnd"] = self.fee_paid_vnd
        return {"data": data | self.origin.facts() | origins.late(self.late_reason)}

    def effects(self, move: Move) -> None:
        dossier = move.dossier
        self.applicant.freeze(dossier)
        known = move.extra["known"]
        Paper.objects.bulk_create(
            at_desk(
                move,
                known[paper.key],
                known[paper.key].name,
                is_copy=paper.is_copy,
                count=paper.count,
                number=paper.number,
                dated=paper.dated,
            )
            for paper in self.papers
        )
        assignments.begin(move)
        tell_filed(move)
        slips.issue(move, SlipKind.RECEIPT, **slips.receipt_facts(dossier), link_code=issue_code(move))
        notices.tell_received(move)
        if self.forward is not None:
            carry_out(self.forward, dossier, move.written, by=move.by, now=move.now)


@dataclass(frozen=True)
class TakeOver(ActionBase):
    """A clerk enters what was filed at the national portal; it then waits for reception as any other.

    Answers and papers stay there. ``fee_paid_vnd`` is what was paid there, None when that is not known.
    The national portal has confirmed the filing: nobody is told. Refusals: channel, own, origin.
    """

    applicant: ApplicantData
    origin: Origin
    fee_paid_vnd: int | None = None
    action: ClassVar[Action] = Action.TAKE_OVER

    @classmethod
    def permit(cls, move: Move) -> None:
        dossier = move.dossier
        if dossier.channel != Channel.ONLINE or dossier.owner_id or dossier.filed_by_id != move.person.pk:
            raise Refused(_("This draft was not made at the counter by you."), code="channel")

    def guard(self, move: Move) -> None:
        require_other_person(move.person, self.applicant)
        if self.origin.system != System.NATIONAL:
            raise Refused(_("Enter the number that the dossier has there."), code="origin", field="external_code")
        origins.require_known(move, self.origin)

    def changes(self, move: Move) -> dict[str, Any]:
        return {
            "code": code_for(move, self.origin),
            "submitted_at": self.origin.filed_at,
            "saved_at": move.now,
            **reception(move.dossier).columns(),
            **self.origin.columns(),
        }

    def record(self, move: Move) -> dict[str, Any]:
        paid = {"fee_paid_vnd": self.fee_paid_vnd} if self.fee_paid_vnd else {}
        return {"data": self.origin.facts() | paid}

    def effects(self, move: Move) -> None:
        self.applicant.freeze(move.dossier)
        assignments.begin(move)
        tell_filed(move)


def code_for(move: Move, origin: Origin) -> str:
    """Return the code of a dossier that is entered now; one statement, one more for one of another system.

    The unit's series stays locked until the commit: who entered the same number at the same time has been seen.
    """
    code = dossier_code(move.dossier.received_by, move.now)
    origins.require_known(move, origin)
    return code
