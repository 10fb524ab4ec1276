"""What a draft needs before it may be submitted: the one answer for the applicant's pages and for ``Submit``."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.refusals import Refused
from eforms import schema as form_schema
from eforms.filling.progress import NO_FORM, Progress
from procedures.catalogue import Entry, effective_level, entry_of
from procedures.levels import ONLINE_LEVEL, ONLINE_RETURN_LEVEL
from procedures.models import Offering, ProcedureVersion, RequiredPaper
from procedures.papers import asked_papers

from ..models import Acting, Delivery, Dossier, Paper, PaperKind
from ..records.applicants import authority_faults
from ..records.papers import is_authority, present, with_authority
from ..timeline.meeting import DAY_OF_COMING, day_fault

# Where the delivery page keeps what was typed; no key of a section begins so.
DELIVERY = "-delivery"
NOT_TAKEN = _("%(unit)s no longer takes this procedure online. Your answers are kept: print them and file on paper.")


@dataclass(frozen=True)
class Gap:
    """One thing that stands in the way of a submission.

    ``code`` is 'version', 'level', 'answers', 'authority', 'papers' or 'delivery'; ``part``
    the section or the paper concerned. ``is_faulty``: something was given that
    has to be corrected.
    """

    code: str
    message: Any
    part: form_schema.Section | RequiredPaper | None = None
    is_faulty: bool = False


def require_none(gaps: list[Gap]) -> None:
    """Raise :class:`Refused` with the code of the first gap and a sentence for each kind of them."""
    if gaps:
        raise Refused(*dict.fromkeys(str(gap.message) for gap in gaps), code=gaps[0].code)


@dataclass(frozen=True)
class PaperCard:
    """One paper asked for with what has been given for it."""

    required: RequiredPaper
    files: tuple[Paper, ...]
    promise: Paper | None

    @property
    def is_given(self) -> bool:
        """Whether a file or the promise of the original is there."""
        return bool(self.files) or self.promise is not None

    @property
    def is_missing(self) -> bool:
        """Whether the paper is needed and nothing of it is there yet."""
        return self.required.is_required and not self.is_given


def deliveries(level: int, *, needs_presence: bool = False) -> list[str]:
    """Return the ways of return that a level allows; only level 4 returns online.

    Where people must come to sign, they are handed the result there.
    """
    if needs_presence:
        return [Delivery.DESK.value]
    ways = [Delivery.DESK.value, Delivery.POST.value]
    return [Delivery.ONLINE.value, *ways] if level >= ONLINE_RETURN_LEVEL else ways


def schema_of(version: ProcedureVersion) -> form_schema.Schema | None:
    """Return the form of a version, None when it has none."""
    return form_schema.load(version.form) if version.form else None


def _is_for(paper: Paper, required: RequiredPaper) -> bool:
    if required.pk is None:
        return is_authority(paper)
    return paper.required_id == required.pk


@dataclass
class Readiness:
    """A draft measured on a local day against all that a submission needs. Four queries, each at its first use."""

    dossier: Dossier
    day: date

    # Where it goes ----------------------------------------------------------------------------------------------------

    @cached_property
    def entry(self) -> Entry:
        """Where the procedure is taken online; two queries."""
        return entry_of(self.dossier.version.procedure, self.day, ONLINE_LEVEL)

    @property
    def offering(self) -> Offering | None:
        """That the draft's unit takes the procedure online."""
        return self.entry.offering_of(self.dossier.received_by)

    @property
    def level(self) -> int:
        """The level at which the draft's unit takes it online; 0 when it does not."""
        return effective_level(self.dossier.version, self.offering) if self.offering else 0

    @property
    def ways(self) -> list[str]:
        """The ways of return that may be chosen; none where nothing is taken online."""
        return deliveries(self.level, needs_presence=self.dossier.version.needs_presence) if self.level else []

    @property
    def not_taken(self) -> list[Gap]:
        """That nobody takes the draft online where it was begun, if so."""
        if self.entry.version is None or self.entry.is_over:
            return [Gap("version", _("This procedure no longer takes dossiers."))]
        return [] if self.offering else [Gap("level", NOT_TAKEN % {"unit": self.dossier.received_by.name})]

    @property
    def newer(self) -> ProcedureVersion | None:
        """The version in force when it is not the draft's own."""
        version = self.entry.version
        return version if version is not None and version.pk != self.dossier.version_id else None

    @property
    def outdated(self) -> list[Gap]:
        """That the draft still follows an earlier version, if so."""
        text = _("The procedure has changed since you began. Look at the new questions first.")
        return [Gap("version", text)] if self.newer else []

    # What is in it ----------------------------------------------------------------------------------------------------

    @cached_property
    def form(self) -> Progress:
        """The answers; no query while opening hours are kept."""
        schema = schema_of(self.dossier.version) or NO_FORM
        filed = None if self.dossier.is_draft else self.dossier.filed_day
        further = {}
        if self.dossier.version.needs_presence:
            further[DAY_OF_COMING] = partial(day_fault, self.dossier, self.day)
        return Progress(schema, self.dossier.filled, self.day, further, filed)

    @cached_property
    def given(self) -> list[Paper]:
        """What has been given, for whatever paper; one query."""
        return present(self.dossier)

    @cached_property
    def cards(self) -> tuple[PaperCard, ...]:
        """The papers asked for, each with what has been given; two queries."""
        found = []
        for required in with_authority(self.dossier, asked_papers(self.dossier.version, self.form.kept)):
            given = [paper for paper in self.given if _is_for(paper, required)]
            files = tuple(paper for paper in given if paper.kind == PaperKind.FILE)
            promise = next((paper for paper in given if paper.kind != PaperKind.FILE), None)
            found.append(PaperCard(required, files, promise))
        return tuple(found)

    @property
    def asked(self) -> list[Paper]:
        """What was given for papers that the answers ask for."""
        return [paper for paper in self.given if any(_is_for(paper, card.required) for card in self.cards)]

    @property
    def unasked(self) -> list[Paper]:
        """What was given for papers that the answers no longer ask for; it does not stay with the dossier.

        What belongs to no paper of the list proves a claim, and stays.
        """
        asked = self.asked
        return [paper for paper in self.given if paper.required_id and paper not in asked]

    @property
    def has_papers(self) -> bool:
        """Whether the papers are done; which ones are optional is known only when the questions are answered."""
        is_given = any(card.is_given for card in self.cards)
        return not any(card.is_missing for card in self.cards) and (is_given or not self.form.missing)

    @property
    def asks_authority(self) -> bool:
        """Whether it is filed by power of attorney, whose date is asked."""
        return self.dossier.acting == Acting.PRINCIPAL

    @property
    def authority_fault(self) -> str:
        """What is missing or wrong of the power of attorney; '' when it holds on the day, or none is needed."""
        faults = authority_faults(self.dossier.authority or {}, self.day) if self.asks_authority else {}
        return next(iter(faults.values()), "")

    @property
    def has_faulty_delivery(self) -> bool:
        """Whether what was typed about the way of return failed its checks, or the way is no longer offered."""
        is_offered = not self.ways or self.dossier.delivery in ["", *self.ways]
        return DELIVERY in self.dossier.filled.typed or not is_offered

    @property
    def has_delivery(self) -> bool:
        """Whether the way of return has been chosen, and nothing about it is at fault."""
        return bool(self.dossier.delivery) and not self.has_faulty_delivery

    @cached_property
    def missing(self) -> list[Gap]:
        """What is still to be filled in, given or corrected."""
        found = [
            Gap("answers", _("Some answers are missing or need to be corrected."), part, self.form.is_faulty(part))
            for part in self.form.missing
        ]
        if fault := self.authority_fault:
            found.append(Gap("authority", fault, is_faulty=bool(self.dossier.authority)))
        found += [Gap("papers", _("Some papers are missing."), card.required) for card in self.cards if card.is_missing]
        if not self.has_delivery:
            found.append(Gap("delivery", self._delivery_words(), is_faulty=self.has_faulty_delivery))
        return found

    def _delivery_words(self) -> Any:
        if self.ways and self.dossier.delivery not in ["", *self.ways]:
            return _("This way of receiving the result is no longer offered. Choose another one.")
        return _("Choose how to receive the result.")

    @property
    def gaps(self) -> list[Gap]:
        """Everything that stands in the way, what is in the draft last; nothing when it may go in."""
        return [*self.not_taken, *self.outdated, *self.missing]

    # How far it is ----------------------------------------------------------------------------------------------------

    @property
    def parts(self) -> int:
        """How many parts there are before the check: sections, power of attorney and papers where asked, delivery."""
        return len(self.form.sections) + self.asks_authority + bool(self.cards) + 1

    @property
    def parts_done(self) -> int:
        """How many of the parts are finished."""
        done = len(self.form.sections) - len(self.form.missing) + (self.asks_authority and not self.authority_fault)
        return done + (bool(self.cards) and self.has_papers) + self.has_delivery
