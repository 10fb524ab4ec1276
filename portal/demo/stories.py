"""The demonstration's hundred dossiers: every step is a real action at a time it could have happened.

Each dossier is a generator that yields the moment of its next step and then
does it. Steps of all dossiers run in the order of their moments, so numbers
grow with time; what would lie in the future is left undone.
"""

import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import User
from common.clock import local_day
from common.files.uploads import Accepted
from common.values.working_time import add_working_hours, next_open
from dossiers import actions
from dossiers.filing import papers, supplements
from dossiers.models import Delivery, Dossier
from dossiers.records.terms import is_overdue
from dossiers.workflow import perform
from offices.models import Role
from procedures.models import ProcedureVersion
from procedures.papers import asked_papers

from .dossiers import attesting, cases, money, national, post
from .dossiers.beginnings import Stage, draft, owner_of, placed, register, submit, term_hours
from .dossiers.cases import DUE_TODAY, ENDED_AT_RECEPTION, TO_SIGN, Case
from .dossiers.national import NationalList
from .town import Commune, Town

# Desk hours between two entries in the books of a commune.
APART = {"xuan-bac": 2.4, "xuan-loc": 6.0}
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
    told = [*cases.OWN, *cases.TODAY, *cases.USUAL, *cases.other_cases(rng, versions), *cases.ELSEWHERE]
    stories = [tell(stage, case) for case in told]
    for each in national.lists(stage, cases.NATIONAL):
        stories += [tell_national(each, n) for n in range(len(each.cases))]
    waiting = [(next(story), next(order), story) for story in stories]
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


# One dossier ----------------------------------------------------------------------------------------------------------


def tell(stage: Stage, case: Case) -> Iterator[datetime]:
    """Live through one case: yield each moment, then do what happens at it."""
    case, version, moment = placed(stage, case)
    rng, commune = stage.rng, stage.commune(case)
    owner = owner_of(stage, case, version, local_day(moment))
    yield moment
    if owner is None:
        dossier = register(stage, case, version, moment)
        step = Steps(commune, dossier, rng, moment, stage.town.communes[case.decides or case.commune])
    else:
        dossier = draft(stage, case, version, owner, moment)
        if case.end == "draft":
            return
        submit(dossier, owner, moment)
        step = Steps(commune, dossier, rng, moment)
        yield from reception(step, case, owner)
    if case.end not in ENDED_AT_RECEPTION:
        yield from processing(stage, step, case, owner)


def tell_national(listed: NationalList, n: int) -> Iterator[datetime]:
    """Live through a row of a list of the national portal, counted from 0."""
    stage, case = listed.stage, listed.cases[n]
    yield listed.moment
    listed.take_over()
    step = Steps(stage.commune(case), listed.dossier(n), stage.rng, listed.moment)
    yield from reception(step, case, None)
    if case.end not in ENDED_AT_RECEPTION:
        yield from processing(stage, step, case, None)


class Steps:
    """The course of one dossier: who acts, and when the next step can happen; ``decides`` is the competent commune."""

    def __init__(
        self,
        commune: Commune,
        dossier: Dossier,
        rng: random.Random,
        moment: datetime,
        decides: Commune | None = None,
    ) -> None:
        self.commune = commune
        self.dossier = dossier
        self.rng = rng
        self.moment = moment
        self.term = term_hours(dossier.version)
        self.clerk = commune.officer(Role.CLERK)
        decides = decides or commune
        self.leader = decides.officer(Role.LEADER)
        self.specialist = decides.specialist(dossier.version.procedure.sector.code)

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


def reception(step: Steps, case: Case, owner: User | None) -> Iterator[datetime]:
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
