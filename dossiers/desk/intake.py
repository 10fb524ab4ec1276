"""Taking in a declaration that was filled in on the portal and arrived on paper: no answer is typed again.

Nothing here reads the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Kind, User
from common.clock import local_day
from common.database.contention import once_more
from common.files.uploads import removed_on_failure
from common.models import OneTimeKey
from common.refusals import Refused
from common.text import in_order
from eforms import schema as form_schema
from offices.models import Role, Unit
from procedures.catalogue import current_version
from procedures.models import Offering, PreparedForm, ProcedureVersion, RequiredPaper
from procedures.paper import prepared
from procedures.papers import asked_papers, is_brought

from .. import hooks
from ..actions import Register
from ..filing.drafts import made_once
from ..models import Channel, Dossier
from ..models.dossier import new_ref
from ..records import applicants
from ..records.applicants import ApplicantData
from ..timeline import promises
from ..workflow import carry_out
from .officer import Officer

REGISTER = "take_in_prepared"


def mark_opened(form: PreparedForm, by: User, now: datetime) -> None:
    """Write down who opened a form first. One UPDATE."""
    PreparedForm.objects.filter(pk=form.pk, opened_at=None).update(opened_at=now, opened_by=by)


@dataclass(frozen=True)
class Intake:
    """A declaration as it would be taken in today.

    ``version`` is the one in force, ``answers`` what it takes of the declared
    ones, ``lost`` the questions whose answers no longer fit, ``units`` where
    the officer may receive it.
    """

    form: PreparedForm
    version: ProcedureVersion
    answers: dict[str, Any]
    lost: list[str]
    units: tuple[Unit, ...]
    papers: tuple[RequiredPaper, ...]

    def is_brought(self, paper: RequiredPaper) -> bool:
        """Whether a paper comes beside the signed declaration."""
        return is_brought(self.version, paper)

    @property
    def has_changed(self) -> bool:
        """Whether the procedure has another version now."""
        return self.form.version_id != self.version.pk


def intake_of(form: PreparedForm, officer: Officer) -> Intake:
    """Return what taking in a declaration would mean; four queries. Raises Refused."""
    version = current_version(form.version.procedure, officer.day)
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
    answers = answers_for(form, version, officer.day)
    schema = form_schema.load(form.version.form or {})
    declared = form_schema.with_calculated(schema, prepared.answers_of(form), today=officer.day)
    live = form_schema.live_answers(schema, declared)
    lost = [field.label.vi for _section, field in schema.fields() if field.key in live and field.key not in answers]
    papers = asked_papers(version, answers, on_paper=True)
    return Intake(form, version, answers, lost, units, tuple(papers))


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
    desks = [post.unit_id for post in officer.posts if post.role == Role.CLERK]
    offerings = Offering.objects.on(officer.day).filter(procedure=version.procedure_id, unit__in=desks)
    return tuple(in_order(offering.unit for offering in offerings.select_related("unit").order_by("unit_id")))


def known_of(intake: Intake) -> dict[str, Any]:
    """Return what the answers say about the applicant, by pre-fill source."""
    return applicants.known_of(form_schema.load(intake.version.form or {}), intake.answers)


def fee_by_post(intake: Intake, now: datetime) -> bool:
    """Tell whether the postman who brings the result could take the fee; at most six queries."""
    unit = intake.units[0]
    imagined = Dossier(
        version=intake.version,
        received_by=unit,
        unit=unit,
        channel=Channel.COUNTER,
        answers=intake.answers,
        saved_at=now,
    )
    offer = hooks.post_offer(imagined)
    return offer is not None and bool(offer.fee)


def start_words(intake: Intake, now: datetime) -> str:
    """Say from when the term counts of papers taken in now; by unit where their opening hours differ.

    No query while opening hours are kept.
    """
    said = {unit.name: promises.start_words(Dossier(version=intake.version, unit=unit), now) for unit in intake.units}
    if len(set(said.values())) == 1:
        return said.popitem()[1]
    return " ".join(f"{unit}: {words}" for unit, words in said.items() if words)


def register(intake: Intake, data: Mapping[str, Any], *, by: User, key: str, now: datetime) -> Dossier:
    """Make the dossier of a declaration and take it in, once; the declaration filled in here is deleted with it.

    ``data`` is the cleaned form: ``unit``, ``channel``, ``delivery``, ``pays_on_delivery``, ``applicant``
    (ApplicantData), ``received`` and ``copies`` (keys of papers); seldom ``competent``, ``origin``, ``at``,
    ``late_reason`` and ``forward``.
    Raises Refused and ``onetime.KeyMisused``. What a deadlock undid is done once more.
    """
    return once_more(lambda: _take_in(intake, data, by=by, key=key, now=now))


def _take_in(intake: Intake, data: Mapping[str, Any], *, by: User, key: str, now: datetime) -> Dossier:
    ref = new_ref()

    def make() -> Dossier:
        fresh = PreparedForm.objects.select_for_update(of=("self",)).select_related("version")
        form = fresh.filter(pk=intake.form.pk, expires_at__gt=now).first()
        if form is None:
            raise gone()
        applicant: ApplicantData = data["applicant"]
        unit: Unit = data["unit"]
        address = {"name": applicant.name, "phone": applicant.phone, "address": applicant.address}
        dossier = Dossier.objects.create(
            ref=ref,
            version=intake.version,
            received_by=unit,
            unit=data.get("competent") or unit,
            filed_by=by,
            channel=data["channel"],
            answers=answers_for(form, intake.version, local_day(now)),
            delivery=data["delivery"],
            delivery_address=address if data["delivery"] == "post" else None,
            pays_on_delivery=data["pays_on_delivery"],
            created_at=now,
            saved_at=now,
        )
        more = {name: data[name] for name in ("origin", "late_reason", "forward") if name in data}
        action = Register(applicant, tuple(data["received"]), tuple(data["copies"]), **more)
        carry_out(action, dossier, written, by=by, now=now, at=data.get("at"))
        PreparedForm.objects.filter(pk=form.pk).delete()
        return dossier

    with removed_on_failure() as written:
        return made_once(key, REGISTER, ref, make, by=by, now=now)


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
