"""The demonstration's hundred dossiers: every step is a real action at a time it could have happened.

Each dossier is a generator that yields the moment of its next step and then
does it. Steps of all dossiers run in the order of their moments, so numbers
grow with time; what would lie in the future is left undone.
"""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count, cycle
from typing import Any

from accounts.models import Kind, User
from common import onetime
from common.clock import local_day
from common.files.uploads import Accepted
from common.values.working_time import OfficeCalendar, add_working_hours, at, next_open
from dossiers import actions
from dossiers.actions.readiness import Readiness
from dossiers.filing import drafts, papers, supplements
from dossiers.models import Channel, Delivery, Dossier
from dossiers.records.applicants import PERSONAL_NUMBER, ApplicantData
from dossiers.records.papers import Handed
from dossiers.records.terms import due_from, is_overdue
from dossiers.timeline.meeting import DAY_OF_COMING, first_day
from dossiers.workflow import perform
from eforms import schema as form_schema
from offices.models import Role
from payments.charges import claiming
from procedures.models import ProcedureVersion, TimeUnit
from procedures.papers import asked_papers

from . import answers, attesting, money, post
from .people import Person
from .town import Commune, Town, make_resident, person_of

BIRTH, DEATH, MARRIAGE, COPY, STATUS = "1.001193", "1.000656", "1.000894", "2.000635", "1.004873"
RESIDENCE, SHOP, REGISTER, NURSERY = "1.004194", "1.001612", "2.000908", "1.004492"
SPLIT, LIVES_AT, GUARDIAN, CORRECTION = "1.010038", "1.010041", "1.004837", "1.004859"
# Desk hours between two entries in the books of a commune.
APART = {"xuan-bac": 5.0, "xuan-loc": 10.0}
# What happens once in a household: one of these, and never two that contradict each other.
ONCE = (
    (BIRTH, "1.000689", "2.000986"),
    (DEATH, "1.001731", "1.005461"),
    ("1.004772", "1.004884", CORRECTION, COPY),
    (SHOP, "1.001266", "1.001570", "2.000720"),
)
GRANTED = "Ủy ban nhân dân xã đồng ý giải quyết theo đề nghị. Thông tin đã được ghi vào sổ và cơ sở dữ liệu."
DENIED = "Thông tin khai chưa khớp với sổ gốc và cơ sở dữ liệu; đề nghị bổ sung giấy tờ chứng minh rồi nộp lại."
MISSING = (
    "Bản chụp bị mờ, không đọc được số và ngày cấp. Đề nghị chụp lại rõ cả bốn góc.",
    "Thiếu trang có chữ ký và con dấu. Đề nghị gửi đủ các trang.",
    "Giấy tờ đã hết hạn. Đề nghị gửi bản còn hiệu lực.",
)
REFUSALS = (
    "Việc này thuộc thẩm quyền của Ủy ban nhân dân xã nơi cư trú cuối cùng. Đề nghị nộp tại nơi đó.",
    "Hồ sơ nộp trùng với hồ sơ đã tiếp nhận trước đó.",
)


@dataclass(frozen=True)
class Case:
    """How one dossier goes: where, whose, what, how far, and how many working days ago it began.

    ``owner`` is an account's e-mail, '' for any inhabitant, 'counter' for
    somebody without an account. ``online`` returns the result on the portal, ``claims`` an exemption from the fee.
    """

    end: str
    age: float
    owner: str = ""
    commune: str = "xuan-bac"
    code: str = ""
    online: bool = False
    denied: bool = False
    claims: bool = False


CITIZEN, SECOND, CLUB, FIRM = (
    "cong-dan@example.com",
    "cong-dan-2@example.com",
    "to-chuc@example.com",
    "doanh-nghiep@example.com",
)
# The accounts people sign in with have something on every page.
OWN = (
    Case("draft", 2, CITIZEN, code=BIRTH),
    Case("draft", 5, CITIZEN, "xuan-loc", code=RESIDENCE),
    Case("submitted", 0.2, CITIZEN, code=COPY),
    Case("received", 1, CITIZEN, code=COPY, claims=True),
    Case("claimed", 2, CITIZEN, code=STATUS),
    Case("proposed", 2, CITIZEN, code=CORRECTION),
    Case("asked", 3, CITIZEN, code=GUARDIAN),
    Case("decided", 4, CITIZEN, code=SPLIT),
    Case("decided", 5, CITIZEN, code=REGISTER, online=True),
    Case("returned", 30, CITIZEN, code=LIVES_AT),
    Case("returned", 55, CITIZEN, code=COPY, online=True),
    Case("returned", 80, CITIZEN, code=STATUS, denied=True),
    Case("refused", 40, CITIZEN, code=DEATH),
    Case("withdrawn_early", 21, CITIZEN, "xuan-loc", code=RESIDENCE),
    Case("draft", 1, SECOND, code=SHOP),
    Case("received", 1, SECOND, code=SPLIT),
    Case("asked_early", 2, SECOND, code=BIRTH),
    Case("withdrawing", 3, SECOND, code=STATUS),
    Case("decided", 6, SECOND, code=COPY),
    Case("returned", 25, SECOND, code=LIVES_AT),
    Case("draft", 3, CLUB, code=NURSERY),
    Case("claimed", 4, CLUB, code="2.001035"),
    Case("returned", 45, CLUB, code=REGISTER),
    Case("submitted", 0.4, FIRM, code="1.010736"),
    Case("claimed", 3, FIRM, "xuan-loc", code="1.008004"),
    Case("decided", 9, FIRM, code="1.008004"),
    Case("returned", 35, FIRM, code="1.010736"),
)
# What the officers whose accounts people try find on their desks: something late and something due, whatever the day.
TODAY = tuple(
    Case(end, 0, code=STATUS) for end in ("left", "left_today", "overdue", "due_today", "late_to_sign", "to_sign_today")
)
# Enough of two procedures that their pages show how they really go.
USUAL = tuple(
    Case("returned", 14 + 9 * n, "counter" if n == 4 else "", ("xuan-bac", "xuan-loc")[n % 2], code)
    for n in range(5)
    for code in (COPY, STATUS)
)
# The others: (how it ends, how many, first and last age in working days).
OTHERS = (
    ("draft", 2, 1, 8),
    ("submitted", 9, 0.1, 1.5),
    ("received", 6, 0.4, 2),
    ("assigned", 8, 1, 3),
    ("claimed", 7, 1, 4),
    ("overdue", 2, 0, 0),
    ("due_today", 3, 0, 0),
    ("extended", 2, 4, 5),
    ("sent_back", 2, 3, 5),
    ("proposed", 3, 3, 6),
    ("asked", 4, 3, 7),
    ("asked_early", 2, 2, 5),
    ("completed", 3, 6, 9),
    ("refused", 4, 10, 70),
    ("withdrawing", 2, 2, 4),
    ("withdrawn_early", 1, 12, 30),
    ("withdrawn", 2, 20, 50),
    ("stopped", 2, 25, 60),
    ("decided", 6, 5, 9),
    ("returned", 8, 15, 110),
)
NAMED = (BIRTH, DEATH, MARRIAGE, COPY, STATUS, RESIDENCE, SHOP)


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


def play(town: Town, rng: random.Random, now: datetime, samples: tuple[Accepted, ...]) -> int:
    """Live through every case up to ``now``; returns how many dossiers there are."""
    versions = {
        version.procedure.code: version
        for version in ProcedureVersion.objects.in_force(local_day(now))
        .select_related("procedure__sector")
        .order_by("procedure__code", "number")
    }
    stage = Stage(town, rng, now, versions, samples)
    order = count()
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    for case in [*OWN, *TODAY, *USUAL, *other_cases(stage)]:
        story = tell(stage, case)
        waiting.append((next(story), next(order), story))
    for commune in town.communes.values():
        entries = attesting.month(commune, now, apart=APART.get(commune.unit.slug, 8))
        waiting.append((next(entries), next(order), entries))
    heapq.heapify(waiting)
    while waiting:
        moment, _n, story = heapq.heappop(waiting)
        following = next(story, None) if moment <= now else None
        if following is not None:
            heapq.heappush(waiting, (following, next(order), story))
    return Dossier.objects.count()


def other_cases(stage: Stage) -> Iterator[Case]:
    """Yield the cases of other inhabitants: two in three at Xuân Bắc, one in four at the counter."""
    codes = cycle(NAMED)
    # Every procedure that can be filed online appears before one repeats.
    online = [code for code, version in stage.versions.items() if version.level >= 3 and code not in NAMED]
    stage.rng.shuffle(online)
    rest = cycle(online)
    for end, number, first, last in OTHERS:
        for n in range(number):
            is_paper = n % 4 == 3 and end in ("received", "claimed", "overdue", "decided", "returned", "proposed")
            yield Case(
                end,
                stage.rng.uniform(first, last),
                "counter" if is_paper else "",
                "xuan-loc" if n % 3 == 2 else "xuan-bac",
                next(codes) if n % 2 else next(rest),
                online=n % 4 == 1,
                denied=end == "returned" and n % 6 == 5,
            )


# One dossier ----------------------------------------------------------------------------------------------------------


def tell(stage: Stage, case: Case) -> Iterator[datetime]:
    """Live through one case: yield each moment, then do what happens at it."""
    rng, commune = stage.rng, stage.commune(case)
    version = fitting(stage, case)
    moment = beginning(stage, case, version)
    owner = owner_of(stage, case, version, local_day(moment))
    yield moment
    if owner is None:
        dossier = register(stage, case, version, moment)
        step = Steps(commune, dossier, rng, moment)
    else:
        dossier = draft(stage, case, version, owner, moment)
        if case.end == "draft":
            return
        submit(dossier, owner, moment)
        step = Steps(commune, dossier, rng, moment)
        yield from reception(step, case, owner)
    if case.end not in ENDED_AT_RECEPTION:
        yield from processing(stage, step, case, owner)


ENDED_AT_RECEPTION = ("submitted", "refused", "withdrawn_early", "asked_early", "received", "left", "left_today")
DUE_TODAY, OVERDUE = ("due_today", "left_today", "to_sign_today"), ("overdue", "left", "late_to_sign")
# Under way within their term: what is late is told so.
TIMELY = ("received", "assigned", "claimed", "withdrawing", "sent_back")
TO_SIGN = ("proposed", "to_sign_today", "late_to_sign")


class Steps:
    """The course of one dossier: who acts, and when the next step can happen."""

    def __init__(self, commune: Commune, dossier: Dossier, rng: random.Random, moment: datetime) -> None:
        self.commune = commune
        self.dossier = dossier
        self.rng = rng
        self.moment = moment
        self.term = term_hours(dossier.version)
        self.clerk = commune.officer(Role.CLERK)
        self.leader = commune.officer(Role.LEADER)
        self.specialist = commune.specialist(dossier.version.procedure.sector.code)

    def after(self, first: float, last: float) -> datetime:
        """Move on by so many desk hours and return the new moment."""
        hours = self.rng.uniform(first, last)
        start = next_open(self.commune.calendar, self.moment)
        self.moment = add_working_hours(self.commune.calendar, start, hours).replace(second=0, microsecond=0)
        return self.moment

    def share(self, first: float, last: float) -> datetime:
        """Move on by a share of the procedure's term."""
        return self.after(self.term * first, self.term * last)

    def do(self, action: actions.ActionBase, by: User | None) -> None:
        """Perform an action at the present moment."""
        perform(action, self.dossier, by=by, now=self.moment)


def reception(step: Steps, case: Case, owner: User) -> Iterator[datetime]:
    """What a submitted dossier meets at the desk."""
    if case.end == "submitted":
        return
    if case.end == "withdrawn_early":
        yield step.after(0.2, 1)
        step.do(actions.RequestWithdrawal("Tôi nộp nhầm thủ tục, xin rút để nộp lại."), owner)
        return
    yield step.after(0.1, 0.3) if case.end in DUE_TODAY else step.after(0.2, 2.5)
    if case.end == "refused":
        step.do(actions.Refuse(step.rng.choice(REFUSALS)), step.clerk)
        return
    if case.end == "asked_early":
        step.do(ask(step), step.clerk)
        return
    promised = step.dossier.papers.filter(kind="promised").values_list("required__key", flat=True)
    step.do(actions.Receive(originals=tuple(promised) if step.rng.random() < 0.6 else ()), step.clerk)


def processing(stage: Stage, step: Steps, case: Case, owner: User | None) -> Iterator[datetime]:
    """From the desk to the specialist and on."""
    yield step.after(0.1, 0.6)
    to_role = case.end == "assigned" or step.rng.random() < 0.2
    step.do(actions.Forward(to=None if to_role else step.specialist), step.clerk)
    if case.end == "assigned":
        return
    if to_role:
        yield step.after(0.1, 0.5)
        step.do(actions.Forward(to=step.specialist), step.specialist)
    if case.end in ("claimed", "overdue", "due_today"):
        return
    if case.end == "extended":
        yield step.after(0.5, 2)
        assert step.dossier.due_at is not None, "a received dossier has a date"
        later = next_open(step.commune.calendar, step.dossier.due_at + timedelta(days=4))
        step.do(actions.Extend(later, "Cần xác minh thêm tại cơ quan đã cấp giấy tờ trước đây."), step.leader)
        return
    if case.end in ("withdrawing", "withdrawn") and owner is not None:
        yield from withdrawal(step, case, owner)
        return
    if case.end in ("asked", "completed", "stopped") and owner is not None:
        yield from supplement(stage, step, case, owner)
        if case.end != "completed":
            return
    yield from decision(stage, step, case, owner)


def withdrawal(step: Steps, case: Case, owner: User) -> Iterator[datetime]:
    """The applicant takes the request back; an officer answers or has yet to."""
    yield step.after(0.5, 3)
    step.do(actions.RequestWithdrawal("Gia đình tôi chưa có nhu cầu nữa, xin rút hồ sơ."), owner)
    if case.end == "withdrawn":
        yield step.after(0.5, 4)
        step.do(actions.AcceptWithdrawal(), step.specialist)


def supplement(stage: Stage, step: Steps, case: Case, owner: User) -> Iterator[datetime]:
    """Something is missing; the applicant sends it, has yet to, or never does."""
    yield step.after(0.5, 3)
    # Once a dossier is overdue it is the leader who asks.
    step.do(ask(step), step.leader if is_overdue(step.dossier, step.moment) else step.specialist)
    if case.end == "completed":
        yield step.after(6, 14)
        request = supplements.open_request(step.dossier)
        assert request is not None, "asked for a moment ago"
        for item in request.items.all():
            papers.add_file(
                step.dossier, f"{supplements.ITEM_PREFIX}{item.pk}", stage.samples[0], by=owner, now=step.moment
            )
        step.do(actions.Supplement(), owner)
    if case.end == "stopped":
        yield step.after(80, 120)
        reason = "Quá thời hạn mà hồ sơ chưa được bổ sung."
        step.do(actions.ProposeStop(reason), step.specialist)
        yield step.after(0.5, 4)
        step.do(actions.Stop(reason), step.leader)


def decision(stage: Stage, step: Steps, case: Case, owner: User | None) -> Iterator[datetime]:
    """Proposed, sent back, signed and handed over, as far as the case goes."""
    takes_online = case.online and owner is not None and step.dossier.delivery == Delivery.ONLINE
    upload = stage.samples[0] if takes_online else None
    words: dict[str, Any] = {"is_granted": not case.denied, "reason": DENIED if case.denied else "", "text": GRANTED}
    yield step.share(0.15, 0.5) if case.end != "completed" else step.share(0.05, 0.2)
    if case.end == "completed":
        return
    step.do(actions.Propose(upload=upload, **words), step.specialist)
    if case.end in TO_SIGN:
        return
    if case.end == "sent_back":
        yield step.after(0.3, 2)
        step.do(actions.SendBack("Ghi rõ căn cứ pháp lý trong văn bản trả lời."), step.leader)
        return
    yield step.after(0.3, min(3, step.term / 4))
    step.do(actions.Approve(), step.leader)
    if case.end == "decided":
        yield from post.go_on(step)
        return
    yield step.after(0.5, 12)
    if post.deliver(step):
        return
    money.take_fees(step.commune, step.dossier, step.moment)
    if takes_online:
        step.do(actions.ReturnResult(), owner)
    else:
        applicant = step.dossier.applicant
        step.do(actions.ReturnResult(applicant.name, applicant.id_number), step.clerk)


def ask(step: Steps) -> actions.RequestSupplement:
    """Return a request for one paper of the dossier, or for a further one when the list has none."""
    reason = step.rng.choice(MISSING)
    asked = asked_papers(step.dossier.version, step.dossier.answers)
    if asked:
        paper = step.rng.choice(asked)
        item = actions.Item(paper.pk, "", paper.name, reason)
    else:
        item = actions.Item(None, "", "Bản chụp giấy tờ tùy thân của người nộp", reason)
    return actions.RequestSupplement((item,), "Gọi số điện thoại của Bộ phận Một cửa nếu cần hướng dẫn thêm.")


# Beginnings -----------------------------------------------------------------------------------------------------------


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


def beginning(stage: Stage, case: Case, version: ProcedureVersion) -> datetime:
    """Return when a case is filed: so many working days ago, at an hour when people file."""
    calendar, now = stage.commune(case).calendar, stage.now
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
    commune = stage.commune(case)
    clerk = commune.officer(Role.CLERK)
    schema, day = form_schema.load(version.form) if version.form else None, local_day(moment)
    person = answers.applicant(schema, stage.rng, home_of(stage, case, version), day)
    made = Dossier.objects.create(
        version=version,
        received_by=commune.unit,
        unit=commune.unit,
        filed_by=clerk,
        channel=Channel.COUNTER,
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
        phone=person.phone if stage.rng.random() < 0.5 else "",
        address=person.address,
    )
    papers = tuple(Handed(paper.key) for paper in asked_papers(version, made.answers) if paper.is_required)
    perform(actions.Register(applicant, papers), made, by=clerk, now=moment)
    return made
