"""The actions that open a dossier: submitted online, or registered at the counter or from the post."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from common.onetime import KeyMisused, use_key
from common.refusals import Refused
from eforms import schema as form_schema
from offices.models import Role
from procedures import catalogue

from ..models import Channel, Dossier, Paper, SlipKind
from ..records import assignments, notices, slips
from ..records.applicants import TAX_CODE, ApplicantData, number_index
from ..records.numbering import dossier_code
from ..records.papers import at_desk
from ..records.terms import start_term
from ..workflow import Action, ActionBase, Move

SUBMIT_KEY = "submit"
ONLINE_LEVEL = 3


def reception(dossier: Dossier) -> assignments.Assignee:
    """Return the desk that receives a dossier: every clerk of the unit that gives its code."""
    return assignments.Assignee(
        dossier.received_by, Role.CLERK, None, assignments.step_of(dossier.version, Role.CLERK, 0)
    )


def clean_answers(dossier: Dossier, day: date) -> dict[str, Any]:
    """Return the answers that count, those of hidden questions left out. Raises Refused('answers')."""
    if not dossier.version.form:
        return {}
    schema = form_schema.load(dossier.version.form)
    answers, errors = form_schema.clean_all(schema, dossier.answers, today=day)
    if errors:
        raise Refused(_("Some answers are missing or need to be corrected."), code="answers")
    return answers


def needed_papers(dossier: Dossier, answers: dict[str, Any]) -> list[Any]:
    """Return the papers that these answers make compulsory; one query."""
    return [
        paper
        for paper in dossier.version.papers.all()
        if paper.is_required
        and not (paper.from_form and dossier.version.form)
        and form_schema.show(paper.show_if, answers)
    ]


@dataclass(frozen=True)
class Submit(ActionBase):
    """The applicant sends a draft in; it gets its code and is frozen.

    ``key`` is the form's one-time key. Refusals: level, version, delivery,
    answers, papers, key.
    """

    applicant: ApplicantData
    key: str
    action: ClassVar[Action] = Action.SUBMIT

    @classmethod
    def permit(cls, move: Move) -> None:
        dossier, day = move.dossier, move.local_day
        procedure = dossier.version.procedure
        offerings = catalogue.offerings_for(dossier.version, day)
        offering = next((offering for offering in offerings if offering.unit_id == dossier.received_by_id), None)
        if offering is None or catalogue.effective_level(dossier.version, offering) < ONLINE_LEVEL:
            raise Refused(_("This unit does not take this procedure online."), code="level")
        if procedure.accept_until is not None and day > procedure.accept_until:
            raise Refused(_("This procedure no longer takes dossiers."), code="version")
        if not catalogue.is_current(dossier.version, day):
            raise Refused(
                _("The procedure has changed since you began. Start a new dossier; your answers are kept."),
                code="version",
            )

    def guard(self, move: Move) -> None:
        dossier = move.dossier
        if not dossier.delivery:
            raise Refused(_("Choose how to receive the result."), code="delivery")
        move.extra["answers"] = clean_answers(dossier, move.local_day)
        given = set(dossier.papers.filter(replaced_at=None).values_list("required_id", flat=True))
        if any(paper.pk not in given for paper in needed_papers(dossier, move.extra["answers"])):
            raise Refused(_("Some papers are missing."), code="papers")
        try:
            earlier = use_key(self.key, SUBMIT_KEY, move.person.pk, dossier.ref, move.now)
        except KeyMisused as error:
            raise Refused(_("This page is too old. Open the review page again and submit."), code="key") from error
        if earlier not in (None, dossier.ref):
            raise Refused(_("This page is too old. Open the review page again and submit."), code="key")

    def changes(self, move: Move) -> dict[str, Any]:
        return {
            "code": dossier_code(move.dossier.received_by, move.now),
            "answers": move.extra["answers"],
            "submitted_at": move.now,
            "saved_at": move.now,
            **reception(move.dossier).columns(),
        }

    def effects(self, move: Move) -> None:
        self.applicant.freeze(move.dossier)
        assignments.begin(move)
        papers = slips.papers_of(move.dossier)
        slips.issue(move, SlipKind.FILING, papers=papers, submitted_at=slips.iso(move.now))
        notices.tell(move, "submitted", originals=[paper["name"] for paper in papers if "promised" in paper])


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
        if any(paper.pk not in given for paper in needed_papers(dossier, dossier.answers)):
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
        notices.tell(move, "received", due_at=dossier.due_at)
