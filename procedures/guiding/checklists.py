"""The checklist of an occasion in life: its steps in order, each with its time, and what else belongs to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from common.kept import until_changed
from common.templatetags.ui import vi_day
from common.text import page_language, sentence, translated

from ..finding.cards import Card, cards
from ..finding.listing import Listed, on_offer
from ..models import ChecklistStep, LifeEvent, Procedure, Signpost, SpanUnit
from . import hooks
from .deadlines import Deadline, deadline
from .signposts import host_of

_LINKS = Procedure.life_events.through
# A dossier of longer ago belongs to another occasion; papers for an event may be got so long before its day.
OWN_DAYS, OWN_DAYS_BEFORE = 365, 180


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the page says it. ``procedure`` is its primary key, 0 where another agency does it; then ``name``,
    ``agency``, ``how``, ``url`` and ``host`` are the signpost's. ``amount`` is 0 without a limit.

    ``is_from_event``: the time counts from the day of the event, so that its last day can be told. ``way`` is the
    primary key of the first of the steps that are ways of doing the same.
    """

    pk: int
    procedure: int
    name: str
    agency: str
    how: str
    url: str
    host: str
    needs_check: bool
    gain: str
    condition: str
    together: str
    time: str
    amount: int
    amount_unit: str
    is_from_event: bool
    late: str
    basis: str
    way: int


@dataclass(frozen=True, slots=True)
class Checklist:
    """A life event with its steps; ``day_name`` is what their time counts from."""

    pk: int
    code: str
    name: str
    day_name: str
    steps: tuple[Step, ...]

    @property
    def takes_day(self) -> bool:
        """Whether a day that somebody enters tells when something must be done."""
        return any(step.is_from_event for step in self.steps)

    def step(self, pk: int) -> Step | None:
        """Return the step of a primary key."""
        return next((step for step in self.steps if step.pk == pk), None)


@dataclass(frozen=True, slots=True)
class Line:
    """A step on somebody's page: its procedure's card, its last day, the own dossier; each None when there is none.

    ``is_alternative``: it is another way of the line before; ``is_spared``: another way has been filed.
    """

    step: Step
    is_alternative: bool
    card: Card | None = None
    due: Deadline | None = None
    filing: hooks.OwnFiling | None = None
    is_spared: bool = False

    @property
    def is_done(self) -> bool:
        """Whether an own dossier has its result."""
        return self.filing is not None and self.filing.is_done

    @property
    def day_words(self) -> str:
        """The last day with its weekday; '' when it cannot be told."""
        return vi_day(self.due.day) if self.due else ""

    @property
    def left_words(self) -> str:
        """How long until the last day; '' when it has passed or cannot be told, or nothing is left to file."""
        if self.due is None or self.due.left < 0 or self._is_filed:
            return ""
        if self.due.left == 0:
            return _("today is the last day")
        return ngettext("%(n)d day left", "%(n)d days left", self.due.left) % {"n": self.due.left}

    @property
    def is_over(self) -> bool:
        """Whether the time has run out and nothing was filed."""
        return self.due is not None and self.due.left < 0 and not self._is_filed

    @property
    def _is_filed(self) -> bool:
        return self.is_spared or (self.filing is not None and self.filing.is_filed)


@until_changed(ChecklistStep, LifeEvent, _LINKS, Procedure, Signpost)
def checklist_of(code: str, language: str) -> Checklist | None:
    """Return the checklist of a life event in the active language, None when there is nothing to show for it.

    Two queries when it is not kept.
    """
    links = _LINKS._default_manager.filter(lifeevent=OuterRef("pk"))
    steps = ChecklistStep.objects.filter(event=OuterRef("pk"))
    event = LifeEvent.objects.filter(Q(Exists(links)) | Q(Exists(steps)), code=code).first()
    if event is None:
        return None
    rows = list(event.steps.select_related("signpost", "event"))
    ways = _ways(rows)
    shown = tuple(_step(row, ways[row.pk]) for row in rows if row.signpost is None or row.signpost.is_shown)
    return Checklist(event.pk, event.code, translated(event, "name"), translated(event, "day_name"), shown)


def _ways(rows: Iterable[ChecklistStep]) -> dict[int, int]:
    """Return for each step the first one of those that are ways of doing the same, by primary key.

    Of all steps, hidden ones too: another way of one that is hidden is no other way of the step before that.
    """
    ways: dict[int, int] = {}
    first = 0
    for row in rows:
        first = first if row.is_alternative and first else row.pk
        ways[row.pk] = first
    return ways


def _step(row: ChecklistStep, way: int) -> Step:
    signpost = row.signpost
    return Step(
        pk=row.pk,
        procedure=row.procedure_id or 0,
        name=translated(signpost, "name") if signpost else "",
        agency=translated(signpost, "agency") if signpost else "",
        how=translated(signpost, "how") if signpost else "",
        url=signpost.url if signpost else "",
        host=host_of(signpost) if signpost else "",
        needs_check=signpost is not None and signpost.needs_check,
        gain=translated(row, "gain"),
        condition=translated(row, "condition"),
        together=translated(row, "together"),
        time=time_words(row),
        amount=row.amount or 0,
        amount_unit=row.amount_unit,
        is_from_event=bool(row.amount and not row.since),
        late=sentence(translated(row, "late")),
        basis=row.basis,
        way=way,
    )


def time_words(step: ChecklistStep) -> str:
    """Say within which time a step is done, counted from which day; '' without a limit."""
    if not step.amount:
        return ""
    since = translated(step, "since") if step.since else translated(step.event, "day_name")
    facts = {"n": step.amount, "day": since}
    if step.amount_unit == SpanUnit.MONTHS:
        return ngettext("within %(n)d month of %(day)s", "within %(n)d months of %(day)s", step.amount) % facts
    return ngettext("within %(n)d day of %(day)s", "within %(n)d days of %(day)s", step.amount) % facts


def lines(
    checklist: Checklist, start: date | None, user: User | None, today: date, base: str
) -> tuple[list[Line], list[Card]]:
    """Return the steps as a page shows them, and the cards of the procedures of the event that are in none.

    ``start`` is the day of the event, ``user`` whose dossiers tick steps off; a procedure that nobody takes today is
    left out. No query when all is kept, one for a user.
    """
    taken = {one.id: one for one in on_offer(today)}
    steps = [step for step in checklist.steps if not step.procedure or step.procedure in taken]
    wanted = [taken[step.procedure] for step in steps if step.procedure]
    listed = {step.procedure for step in checklist.steps}
    others = [one for one in taken.values() if checklist.pk in one.events and one.id not in listed]
    found = _cards([*wanted, *others], today, base)
    filings = _filings(user, [one.id for one in wanted], start, today)
    filed = [step.way for step in steps if (own := filings.get(step.procedure)) and own.is_filed]
    before = [None, *steps]
    shown = [
        Line(
            step,
            previous is not None and previous.way == step.way,
            found.get(step.procedure),
            deadline(start, step.amount, step.amount_unit, today) if start and step.is_from_event else None,
            filing,
            step.way in filed and not (filing and filing.is_filed),
        )
        for previous, step in zip(before, steps, strict=False)
        for filing in (filings.get(step.procedure),)
    ]
    return shown, [found[one.id] for one in others]


def _cards(listed: Iterable[Listed], today: date, base: str) -> dict[int, Card]:
    wanted = list(listed)
    return {row["id"]: row for row in cards.each(wanted, (), today, page_language(), base)}


def _filings(
    user: User | None, procedures: list[int], start: date | None, today: date
) -> Mapping[int, hooks.OwnFiling]:
    """Return what became of a user's dossiers that belong to this occasion, not to an earlier one."""
    if user is None or not procedures:
        return {}
    since = min(start, today) - timedelta(days=OWN_DAYS_BEFORE) if start else today - timedelta(days=OWN_DAYS)
    found: dict[int, hooks.OwnFiling] = {}
    for ask in hooks.own_filings:
        found |= ask(user, procedures, since)
    return found
