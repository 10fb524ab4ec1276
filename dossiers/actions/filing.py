"""The actions that open a dossier: submitted online, or registered at the counter or from the post."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from common.refusals import Refused
from offices.models import Role
from procedures.papers import needed_papers

from ..models import Channel, Dossier, Paper, SlipKind
from ..records import assignments, notices, slips
from ..records.applicants import TAX_CODE, ApplicantData, data_of_filing, number_index
from ..records.numbering import dossier_code
from ..records.papers import at_desk, remove
from ..records.terms import answer_due, start_term
from ..table import Action
from ..workflow import ActionBase, Move
from .readiness import Readiness, require_none


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
        data = data_of_filing(move.person, found.form.schema, found.form.kept, acting=move.dossier.acting)
        data.freeze(move.dossier)
        assignments.begin(move)
        papers = slips.paper_rows(move.dossier.version, found.asked)
        answer_by = answer_due(move.dossier.received_by, move.now)
        moments = {"submitted_at": slips.iso(move.now), "answer_by": slips.iso(answer_by)}
        slips.issue(move, SlipKind.FILING, papers=papers, **moments)
        notices.tell_submitted(move, found.asked, answer_by)


@dataclass(frozen=True)
class Register(ActionBase):
    """A clerk takes in a dossier that somebody brought or sent on paper.

    The draft is the clerk's own (``filed_by``); ``papers_received`` are keys of
    the required papers at hand, ``copies`` those of them that are copies.
    Refusals: channel, papers, own, calendar.
    """

    applicant: ApplicantData
    papers_received: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    action: ClassVar[Action] = Action.REGISTER

    @classmethod
    def permit(cls, move: Move) -> None:
        if move.dossier.channel == Channel.ONLINE or move.dossier.filed_by_id != move.person.pk:
            raise Refused(_("This draft was not made at the counter by you."), code="channel")

    def guard(self, move: Move) -> None:
        own = number_index(move.person.identity_number)
        if own and self.applicant.id_kind != TAX_CODE and number_index(self.applicant.id_number) == own:
            raise Refused(_("You may not handle your own dossier. Ask a colleague."), code="own")
        dossier = move.dossier
        known = {paper.key: paper for paper in dossier.version.papers.all()}
        if not set(self.copies) <= set(self.papers_received) <= set(known):
            raise Refused(_("One of the papers does not belong to this procedure."), code="papers")
        move.extra["papers"] = [known[key] for key in self.papers_received]
        given = set(dossier.papers.filter(replaced_at=None).values_list("required_id", flat=True))
        given |= {paper.pk for paper in move.extra["papers"]}
        if any(paper.pk not in given for paper in needed_papers(dossier.version, dossier.answers)):
            raise Refused(_("Some papers are missing."), code="papers")

    def changes(self, move: Move) -> dict[str, Any]:
        term = start_term(move.dossier, move.at)
        return {
            "code": dossier_code(move.dossier.received_by, move.now),
            "submitted_at": move.at,
            "saved_at": move.now,
            "received_at": term["term_from"],
            "recorded_at": move.now,
            **term,
            **reception(move.dossier).columns(),
        }

    def record(self, move: Move) -> dict[str, Any]:
        return {"data": {"papers": list(self.papers_received), "due_at": slips.iso(move.dossier.due_at)}}

    def effects(self, move: Move) -> None:
        dossier = move.dossier
        self.applicant.freeze(dossier)
        Paper.objects.bulk_create(
            at_desk(move, required, required.name, is_copy=required.key in self.copies)
            for required in move.extra["papers"]
        )
        assignments.begin(move)
        slips.issue(move, SlipKind.RECEIPT, **slips.receipt_facts(dossier))
        notices.tell_received(move)
