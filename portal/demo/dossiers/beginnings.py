"""How a dossier begins: who files what, when, and what is in it."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from accounts.models import Kind, User
from common import onetime
from common.clock import local_day
from common.files.uploads import Accepted
from common.values.working_time import OfficeCalendar, add_working_hours, at, next_open
from dossiers import actions
from dossiers.actions.filing import Letter
from dossiers.actions.readiness import Readiness
from dossiers.filing import drafts, papers
from dossiers.filing.origins import HERE, Origin
from dossiers.models import Channel, Delivery, Dossier, System
from dossiers.records.applicants import PERSONAL_NUMBER, ApplicantData
from dossiers.records.papers import Handed
from dossiers.records.terms import due_from
from dossiers.timeline.meeting import DAY_OF_COMING, first_day
from dossiers.workflow import perform
from eforms import schema as form_schema
from offices.models import Role
from payments.charges import claiming
from procedures.models import ProcedureVersion, TimeUnit
from procedures.papers import asked_papers

from .. import answers
from ..accounts import XUAN_BAC
from ..people import Person
from ..town import Commune, Town, make_resident, person_of
from . import post
from .cases import (
    BIRTH,
    BY_POST,
    COPY,
    CORRECTION,
    DEATH,
    DUE_TODAY,
    OF_BEFORE,
    OVERDUE,
    RESIDENCE,
    SHOP,
    TIMELY,
    Case,
)

# What happens once in a household: one of these, and never two that contradict each other.
ONCE = (
    (BIRTH, "1.000689", "2.000986"),
    (DEATH, "1.001731", "1.005461"),
    ("1.004772", "1.004884", CORRECTION, COPY),
    (SHOP, "1.001266", "1.001570", "2.000720"),
)


@dataclass
class Stage:
    """What the stories share."""

    town: Town
    rng: random.Random
    now: datetime
    versions: dict[str, ProcedureVersion]
    samples: tuple[Accepted, ...]
    # Who has asked for what: keys of accounts and codes.
    asked: set[tuple[int, str]] = field(default_factory=set)

    def commune(self, case: Case) -> Commune:
        """Return the commune of a case."""
        return self.town.communes[case.commune]


def fitting(stage: Stage, case: Case) -> ProcedureVersion:
    """Return the procedure of a case; one with a term of some days where the case needs time."""
    version = stage.versions[case.code]
    needs_time = case.end in (
        "received", "assigned", "claimed", "overdue", "due_today", "extended", "sent_back", "proposed", "asked",
        "completed", "withdrawing",
    )  # fmt: skip
    if case.owner in ("", "counter") and needs_time and not 16 <= term_hours(version) <= 80:
        fit = [
            other
            for other in stage.versions.values()
            if other.level >= 3 and 16 <= term_hours(other) <= 80 and Kind.CITIZEN in other.audience
        ]
        version = stage.rng.choice(fit)
    if case.owner in ("", "counter") and Kind.CITIZEN not in version.audience:
        version = stage.versions[COPY]
    return version


def term_hours(version: ProcedureVersion) -> float:
    """Return about how many desk hours a procedure takes."""
    match version.processing_unit:
        case TimeUnit.HOURS:
            return version.processing_amount
        case TimeUnit.DAYS:
            return version.processing_amount * 5 / 7 * 8.5
        case TimeUnit.WORKING_DAYS if version.processing_amount:
            return version.processing_amount * 8.5
    return 6


def placed(stage: Stage, case: Case) -> tuple[Case, ProcedureVersion, datetime]:
    """Return a case with its procedure and the moment it begins; at Xuân Bắc, where its commune had not opened then."""
    version = fitting(stage, case)
    moment = beginning(stage, case, version)
    if moment < stage.commune(case).opened:
        case = replace(case, commune=XUAN_BAC)
        moment = beginning(stage, case, version)
    return case, version, moment


def beginning(stage: Stage, case: Case, version: ProcedureVersion) -> datetime:
    """Return when a case is filed: so many working days ago, at an hour when people file."""
    calendar, now = stage.commune(case).calendar, stage.now
    if case.way == OF_BEFORE:
        return add_working_hours(calendar, stage.commune(case).opened, stage.rng.uniform(1, 10)).replace(microsecond=0)
    if case.end in DUE_TODAY:
        return filed_to_be_due(calendar, version, now)
    if case.end in OVERDUE:
        days = term_hours(version) / 8.5 + stage.rng.uniform(1.5, 6)
    else:
        # Finished ones have had their term; those under way began when the case says.
        finished = case.end in ("returned", "decided", "withdrawn", "stopped")
        days = max(case.age, term_hours(version) / 8.5 * 0.7 + 2 if finished else 0)
        days += 20 if case.end == "stopped" else 0
        if case.end in TIMELY:
            days = min(days, term_hours(version) / 8.5 * 0.8)
    moment = ago(calendar, now, days)
    if case.owner != "counter" and stage.rng.random() < 0.25:
        evening = at(local_day(moment), time(19 + stage.rng.randrange(3), stage.rng.randrange(60)))
        moment = evening if evening < now else moment
    return moment.replace(second=stage.rng.randrange(60), microsecond=0)


def ago(calendar: OfficeCalendar, now: datetime, days: float) -> datetime:
    """Return the moment that lies so many working days of 8.5 hours before now; three years back at most."""
    day, left = local_day(now), timedelta(hours=days * 8.5)
    for _n in range(1000):
        for opens, closes in reversed(calendar.stretches(day)):
            begin, end = at(day, opens), min(at(day, closes), now)
            if end > begin:
                if end - begin >= left:
                    return end - left
                left -= end - begin
        day -= timedelta(days=1)
    return now - timedelta(days=1)


def filed_to_be_due(calendar: OfficeCalendar, version: ProcedureVersion, now: datetime) -> datetime:
    """Return an afternoon whose reception makes the dossier due late on the working day that is, or comes next."""
    today = local_day(next_open(calendar, now))
    for days in range(1, 60):
        day = local_day(now) - timedelta(days=days)
        if not calendar.is_working_day(day):
            continue
        # Received within twenty minutes of filing.
        filed = at(day, calendar.stretches(day)[-1][1]) - timedelta(minutes=25)
        if local_day(due_from(version, calendar, filed + timedelta(minutes=12))) == today:
            return filed
    return ago(calendar, now, 1)


def owner_of(stage: Stage, case: Case, version: ProcedureVersion, day: date) -> User | None:
    """Return the account that files, None for somebody at the counter.

    An inhabitant is of the age of whoever fills in such a form and asks for
    nothing twice. If nobody is there, one more opens an account.
    """
    if case.owner == "counter":
        return None
    if case.owner:
        return stage.town.accounts[case.owner]
    code, lives_at = version.procedure.code, home_of(stage, case, version)
    once = next((codes for codes in ONCE if code in codes), (code,))
    schema = form_schema.load(version.form) if version.form else None
    for user in stage.rng.sample(stage.town.residents, len(stage.town.residents)):
        is_there = user.address is not None and user.address["commune"] == lives_at
        is_fit = schema is None or answers.suits(schema, person_of(user), day)
        if is_there and is_fit and not any((user.pk, other) in stage.asked for other in once):
            break
    else:
        user = make_resident(stage.town, answers.applicant(schema, stage.rng, lives_at, day), stage.now)
    stage.asked.add((user.pk, code))
    return user


def home_of(stage: Stage, case: Case, version: ProcedureVersion) -> str:
    """Return the code of the commune in which applicants live: the one that receives, for a stay the other."""
    is_stay = version.procedure.code == RESIDENCE
    units = {slug: commune.unit for slug, commune in stage.town.communes.items()}
    return next(unit.division_code for slug, unit in units.items() if (slug == case.commune) != is_stay)


def answers_for(stage: Stage, version: ProcedureVersion, person: Person, day: date, commune: str) -> dict:
    """Return answers to a version's form for the commune of a code; nothing when it has none."""
    if not version.form:
        return {}
    return answers.fill(form_schema.load(version.form), person, stage.rng, day, commune)


def draft(stage: Stage, case: Case, version: ProcedureVersion, owner: User, moment: datetime) -> Dossier:
    """Start a draft half an hour before it is filed and fill it in; an unfinished one lacks its last parts."""
    begun = moment - timedelta(minutes=stage.rng.randint(9, 40))
    unit = stage.commune(case).unit
    made = drafts.start_draft(version, unit, owner, key=onetime.new_key(), now=begun)
    given = answers_for(stage, version, person_of(owner), local_day(moment), unit.division_code)
    if DAY_OF_COMING in given and (first := first_day(unit, local_day(moment))):
        given[DAY_OF_COMING] = first[1].isoformat()
    sections = [section["key"] for section in (version.form or {}).get("sections", [])]
    if case.end == "draft":
        sections = sections[: max(len(sections) // 2, 1)]
    drafts.write_draft(drafts.locked_draft(made), moment, answers=given, completed_sections=sections)
    if case.end == "draft":
        return made
    for required in asked_papers(version, given):
        if not required.is_required and stage.rng.random() < 0.6:
            continue
        if required.may_bring_original and stage.rng.random() < 0.45:
            papers.promise_original(made, required.key, by=owner, now=moment)
        else:
            papers.add_file(made, required.key, stage.rng.choice(stage.samples), by=owner, now=moment)
    ways = Readiness(made, local_day(moment)).ways
    way = Delivery.ONLINE if case.online and Delivery.ONLINE in ways else stage.rng.choice([Delivery.DESK, ways[-1]])
    if case.claims:
        offered = claiming.exemptions_of(made, local_day(moment))
        proof = stage.samples[1] if offered else None
        claiming.save(made, set(offered[0].ids if offered else ()), proof, count=None, by=owner, now=moment)
    by_post = {"name": owner.full_name, "phone": owner.phone, "address": person_of(owner).address}
    address = by_post if way == Delivery.POST else None
    pays_then = address is not None and made.pk % 2 == 0
    drafts.set_delivery(made, way, address, pays_on_delivery=pays_then, now=moment)
    return made


def submit(dossier: Dossier, owner: User, moment: datetime) -> None:
    """Send a complete draft in."""
    dossier.refresh_from_db()
    perform(actions.Submit(), dossier, by=owner, now=moment)
    dossier.refresh_from_db()


def register(stage: Stage, case: Case, version: ProcedureVersion, moment: datetime) -> Dossier:
    """Take a paper dossier in at the counter; every second person leaves no phone number."""
    commune, rng = stage.commune(case), stage.rng
    clerk = commune.officer(Role.CLERK)
    schema, day = form_schema.load(version.form) if version.form else None, local_day(moment)
    person = answers.applicant(schema, rng, home_of(stage, case, version), day)
    is_letter, is_old = case.way == BY_POST, case.way == OF_BEFORE
    made = Dossier.objects.create(
        version=version,
        received_by=commune.unit,
        unit=stage.town.communes[case.decides or case.commune].unit,
        filed_by=clerk,
        channel=Channel.POST if is_letter else Channel.COUNTER,
        answers=answers_for(stage, version, person, day, commune.unit.division_code),
        delivery=Delivery.DESK,
        created_at=moment,
        saved_at=moment,
    )
    applicant = ApplicantData(
        kind=Kind.CITIZEN,
        name=person.name,
        birth=person.birth,
        sex=person.sex,
        id_kind=PERSONAL_NUMBER,
        id_number=person.number,
        phone=person.phone if rng.random() < 0.5 else "",
        address=person.address,
    )
    papers = tuple(Handed(paper.key) for paper in asked_papers(version, made.answers) if paper.is_required)
    letter = Letter(person.name, post.item_number("RR", made.pk)) if is_letter else None
    origin = Origin(System.BEFORE, f"SO-{made.pk:04d}") if is_old else HERE
    # A letter was handed over some minutes before it is entered; what is old was received before the commune opened.
    earlier = moment - timedelta(minutes=rng.randint(5, 20)) if is_letter else None
    if is_old:
        earlier = ago(commune.calendar, commune.opened, rng.uniform(0.5, 2))
    perform(actions.Register(applicant, papers, letter, origin=origin), made, by=clerk, now=moment, at=earlier)
    return made
