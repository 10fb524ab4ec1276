"""What a clerk takes in at the counter or from the post: one road, with a declaration's code or without.

A declaration that was filled in on the portal brings its answers along; without one only what the dossier needs to be
received is keyed (docs/decisions/0032). Nothing here reads the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Kind, User
from common.clock import local_day
from common.database.contention import once_more
from common.files.uploads import Accepted, removed_on_failure
from common.models import OneTimeKey
from common.refusals import Refused
from common.text import in_order
from eforms import schema as form_schema
from offices.models import Role, Unit
from procedures.catalogue import current_version
from procedures.finding.listing import Listed, on_offer
from procedures.finding.matching import matching, ranks, wanted
from procedures.finding.search import Filters
from procedures.models import Offering, PreparedForm, Procedure, ProcedureVersion, RequiredPaper
from procedures.paper import prepared
from procedures.papers import asked_papers, is_brought

from ... import hooks
from ...actions import Forward, Letter, Register
from ...filing.drafts import made_once
from ...filing.origins import HERE, Origin
from ...filing.papers import check_room, store_file
from ...models import OPEN, Channel, Dossier
from ...models.dossier import new_ref
from ...records import applicants
from ...records.applicants import ApplicantData
from ...records.papers import Handed
from ...timeline import promises
from ...workflow import carry_out
from ..officer import Officer

REGISTER = "take_in_prepared"


def mark_opened(form: PreparedForm, by: User, now: datetime) -> None:
    """Write down who opened a form first. One UPDATE."""
    PreparedForm.objects.filter(pk=form.pk, opened_at=None).update(opened_at=now, opened_by=by)


@dataclass(frozen=True)
class Intake:
    """A dossier as it would be taken in today.

    ``form`` is the declaration that its code has opened, None for papers without one; ``version`` the one in force,
    ``answers`` what it takes of the declared ones, ``lost`` the questions whose answers no longer fit, ``units`` where
    the officer may receive it.
    """

    form: PreparedForm | None
    version: ProcedureVersion
    units: tuple[Unit, ...]
    papers: tuple[RequiredPaper, ...]
    answers: dict[str, Any] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def is_brought(self, paper: RequiredPaper) -> bool:
        """Whether a paper comes beside the signed declaration."""
        return is_brought(self.version, paper)

    def is_needed(self, paper: RequiredPaper) -> bool:
        """Whether the dossier is not complete without a paper, as far as the answers tell."""
        shown = form_schema.show(paper.show_if, self.answers)
        return paper.is_required and self.is_brought(paper) and shown

    def imagined(self, now: datetime, channel: str = Channel.COUNTER) -> Dossier:
        """Return the dossier as it would be made, unsaved."""
        unit = self.units[0]
        return Dossier(
            version=self.version, received_by=unit, unit=unit, channel=channel, answers=self.answers, saved_at=now
        )


def intake_of(form: PreparedForm, officer: Officer) -> Intake:
    """Return what taking in a declaration would mean; four queries. Raises Refused."""
    begun = intake_for(form.version.procedure, officer)
    answers = answers_for(form, begun.version, officer.day)
    schema = form_schema.load(form.version.form or {})
    declared = form_schema.with_calculated(schema, prepared.answers_of(form), today=officer.day)
    live = form_schema.live_answers(schema, declared)
    lost = [item.label.vi for _section, item in schema.fields() if item.key in live and item.key not in answers]
    papers = tuple(asked_papers(begun.version, answers, on_paper=True))
    return replace(begun, form=form, answers=answers, lost=lost, papers=papers)


def intake_for(procedure: Procedure, officer: Officer) -> Intake:
    """Return what taking in papers of a procedure would mean; two queries. Raises Refused.

    Every paper of the list may be there: what depends on answers nobody has given here.
    """
    version = current_version(procedure, officer.day)
    if version is None:
        raise Refused(
            _("This procedure is no longer in force. Tell the applicant what applies instead."), code="intake"
        )
    units = receiving_units(version, officer)
    if not units:
        raise Refused(
            _("Your unit does not offer this procedure. Send the papers to the unit named on the declaration."),
            code="intake",
        )
    return Intake(None, version, units, tuple(version.papers.all()))


def answers_for(form: PreparedForm, version: ProcedureVersion, day: date) -> dict[str, Any]:
    """Return the answers as a dossier of a version keeps them.

    Under the form's own version they stay as declared: a day that was to come then may have passed since. What is
    worked out of them is worked out for this day, on which they are handed in.
    """
    declared = prepared.answers_of(form)
    if form.version_id != version.pk:
        return prepared.kept_answers(version, declared, day)
    schema = form_schema.load(version.form or {})
    live = form_schema.live_answers(schema, form_schema.with_calculated(schema, declared, today=day))
    return {key: value for key, value in live.items() if not form_schema.is_empty(value)}


def receiving_units(version: ProcedureVersion, officer: Officer) -> tuple[Unit, ...]:
    """Return the units in which the officer is a clerk and that offer the procedure today; one query."""
    offerings = Offering.objects.on(officer.day).filter(procedure=version.procedure_id, unit__in=desks_of(officer))
    return tuple(in_order(offering.unit for offering in offerings.select_related("unit").order_by("unit_id")))


def desks_of(officer: Officer) -> dict[int, str]:
    """Return the slugs of the units in which an officer is a clerk, by primary key."""
    return {post.unit_id: post.unit.slug for post in officer.posts if post.role == Role.CLERK}


def offered(officer: Officer) -> list[Listed]:
    """Return the procedures that an officer may take in, the most used first; no query while they are kept."""
    desks = list(desks_of(officer).values())
    return [one for one in on_offer(officer.day) if one.offers_of(desks)]


def meant(typed: str, officer: Officer) -> list[Listed]:
    """Return the procedures that a code, a name or a synonym means, the best first; no query while they are kept."""
    listed = offered(officer)
    exact = [one for one in listed if one.code.casefold() == typed.strip().casefold()]
    asked = wanted(Filters.read({"q": typed}).words, ())
    if exact or not asked.words:
        return exact
    found = matching(listed, asked, (), "", "", "", 0)
    rank = ranks(found, asked)
    return sorted(found, key=lambda one: (rank[one.id], one.place))


def known_of(intake: Intake) -> dict[str, Any]:
    """Return what the answers say about the applicant, by pre-fill source."""
    return applicants.known_of(form_schema.load(intake.version.form or {}), intake.answers)


def fee_by_post(intake: Intake, now: datetime) -> bool:
    """Tell whether the postman who brings the result could take the fee; at most six queries."""
    offer = hooks.post_offer(intake.imagined(now))
    return offer is not None and bool(offer.fee)


def counter_fee(intake: Intake, officer: Officer, channel: str) -> hooks.CounterFee | None:
    """Return the fee's part of the page, None where there is none to speak of; two queries."""
    imagined = intake.imagined(officer.now, channel)
    return next((fee for make in hooks.counter_fee if (fee := make(imagined, officer.user, officer.now))), None)


def twin_of(intake: Intake, number: str, officer: Officer) -> Dossier | None:
    """Return an open dossier that the same person has with this procedure, of those the officer opens; one query."""
    index = applicants.number_index(number)
    if not index:
        return None
    found = officer.dossiers().filter(applicant__number_index=index, status__in=OPEN)
    return found.filter(version__procedure=intake.version.procedure_id).order_by("-pk").first()


def declared_twin(intake: Intake, officer: Officer) -> Dossier | None:
    """Return such a dossier of the person whom the declaration names, None without one; one query at most."""
    known = known_of(intake)
    return twin_of(intake, known.get("tax_code") or known.get("personal_number", ""), officer)


def start_words(intake: Intake, now: datetime) -> str:
    """Say from when the term counts of papers taken in now; by unit where their opening hours differ.

    No query while opening hours are kept.
    """
    said = {unit.name: promises.start_words(Dossier(version=intake.version, unit=unit), now) for unit in intake.units}
    if len(set(said.values())) == 1:
        return said.popitem()[1]
    return " ".join(f"{unit}: {words}" for unit, words in said.items() if words)


@dataclass(frozen=True)
class Taking:
    """What the clerk says of the papers: the cleaned page.

    ``scans`` are checked files by the key of their paper; ``at`` is when the papers were received or the hand-over of
    a letter was signed, None for now; ``fee`` with its cleaned boxes what is to be done about the fee. ``competent``
    is another unit that decides; the rest goes to :class:`~dossiers.actions.Register`.
    """

    unit: Unit
    channel: str
    delivery: str
    applicant: ApplicantData
    papers: tuple[Handed, ...] = ()
    scans: tuple[tuple[str, Accepted], ...] = ()
    pays_on_delivery: bool = False
    letter: Letter | None = None
    at: datetime | None = None
    competent: Unit | None = None
    origin: Origin = HERE
    late_reason: str = ""
    forward: Forward | None = None
    fee_paid_vnd: int | None = None
    fee: hooks.CounterFee | None = None
    fee_cleaned: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """A dossier that was taken in, and what the fee left to print, as (address, name)."""

    dossier: Dossier
    receipts: tuple[tuple[str, str], ...] = ()


def register(intake: Intake, taking: Taking, *, by: User, key: str, now: datetime) -> Taken:
    """Make the dossier and take it in, once, with its fee; a declaration filled in here is deleted with it.

    Raises Refused and ``onetime.KeyMisused``. What a deadlock undid is done once more.
    """
    return once_more(lambda: _take_in(intake, taking, by=by, key=key, now=now))


def _take_in(intake: Intake, taking: Taking, *, by: User, key: str, now: datetime) -> Taken:
    ref = new_ref()
    receipts: list[tuple[str, str]] = []

    def make() -> Dossier:
        form, unit = _declaration(intake, now), taking.unit
        applicant = taking.applicant
        address = {"name": applicant.name, "phone": applicant.phone, "address": applicant.address}
        dossier = Dossier.objects.create(
            ref=ref,
            version=intake.version,
            received_by=unit,
            unit=taking.competent or unit,
            filed_by=by,
            channel=taking.channel,
            answers=answers_for(form, intake.version, local_day(now)) if form is not None else {},
            delivery=taking.delivery,
            delivery_address=address if taking.delivery == "post" else None,
            pays_on_delivery=taking.pays_on_delivery,
            created_at=now,
            saved_at=now,
        )
        _store_scans(dossier, taking, by, now, written)
        choice = taking.fee.choice(taking.fee_cleaned) if taking.fee is not None else None
        action = Register(
            applicant,
            taking.papers,
            taking.letter,
            choice,
            origin=taking.origin,
            late_reason=taking.late_reason,
            forward=taking.forward,
            fee_paid_vnd=taking.fee_paid_vnd,
        )
        carry_out(action, dossier, written, by=by, now=now, at=taking.at)
        if form is not None:
            PreparedForm.objects.filter(pk=form.pk).delete()
        if taking.fee is not None:
            receipts.extend(taking.fee.settle(dossier, taking.fee_cleaned, now))
        return dossier

    with removed_on_failure() as written:
        made = made_once(key, REGISTER, ref, make, by=by, now=now)
    return Taken(made, tuple(receipts))


def _declaration(intake: Intake, now: datetime) -> PreparedForm | None:
    """Return the declaration's row, locked; None without one. Raises Refused when it is gone."""
    if intake.form is None:
        return None
    fresh = PreparedForm.objects.select_for_update(of=("self",)).select_related("version")
    form = fresh.filter(pk=intake.form.pk, expires_at__gt=now).first()
    if form is None:
        raise gone()
    return form


def _store_scans(dossier: Dossier, taking: Taking, by: User, now: datetime, written: list[Any]) -> None:
    """Store the scans as the pages of their papers. Raises Refused at the limits of a dossier's files."""
    known = {paper.key: paper for paper in dossier.version.papers.all()}
    stored: list[Any] = []
    for place, (key, accepted) in enumerate(taking.scans, start=1):
        check_room(stored, accepted.size)
        required = known[key]
        facts: dict[str, Any] = {"by": by, "now": now, "written": written, "place": place}
        stored.append(store_file(dossier, required, required.name, accepted, **facts))


def taken_with(key: str, by: User) -> Dossier | None:
    """Return the dossier that a person made with a one-time key before; two queries at most."""
    row = OneTimeKey.objects.filter(key=key[:64], purpose=REGISTER, user_id=by.pk).first()
    return Dossier.objects.filter(filed_by=by, ref=row.subject).first() if row else None


def gone() -> Refused:
    """Return the refusal of a declaration that is no longer there."""
    return Refused(_("This declaration has been accepted already, or its time is over."), code="intake")


def kinds_of(version: ProcedureVersion) -> list[str]:
    """Return who may ask for a procedure, as kinds of applicants; a citizen when the version does not say."""
    return [kind for kind in Kind.values if kind in version.audience] or [Kind.CITIZEN.value]
