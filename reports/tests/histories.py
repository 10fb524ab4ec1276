"""Random histories of dossiers, lived through by the real actions, and a year of them written at once."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from common.refusals import Refused
from dossiers import actions
from dossiers.models import Dossier, DossierEvent, Status
from dossiers.workflow import perform
from tests import factories
from tests.present import present


class Lives:
    """Several dossiers that go on by random steps; ``seen`` has each one's columns after every step."""

    def __init__(self, rng: random.Random, commune: SimpleNamespace, citizen: Any, now: datetime) -> None:
        self.rng, self.commune, self.citizen, self.now = rng, commune, citizen, now
        self.version = factories.version(commune.unit)
        self.dossiers: list[Dossier] = []
        self.seen: dict[int, list[tuple[datetime, int, int, datetime | None, datetime | None]]] = {}

    def step(self) -> None:
        """Let some hours pass, then let something happen to one dossier, or a new one come."""
        self.now += timedelta(hours=self.rng.choice((1, 3, 20, 50)))
        if not self.dossiers or self.rng.random() < 0.2:
            dossier = factories.draft(
                self.citizen, self.commune.unit, self.version, channel=self.rng.choice(("online", "post"))
            )
            self.dossiers.append(dossier)
            self.do(dossier, actions.Submit(), self.citizen)
            return
        dossier = self.rng.choice(self.dossiers)
        action, by = self.rng.choice(self.possible(dossier) or [(None, None)])
        if action is not None:
            self.do(dossier, action, by)

    def possible(self, dossier: Dossier) -> list[tuple[Any, Any]]:
        """Return what may well happen to a dossier in its state; the way to a result twice as often."""
        staff, paper = self.commune, present(self.version.papers.first())
        ask = actions.RequestSupplement((actions.Item(paper.pk, "", paper.name, "Ảnh mờ"),))
        withdraw = (actions.RequestWithdrawal("Đổi ý"), self.citizen)
        later = (dossier.due_at or self.now) + timedelta(days=7)
        found: dict[int, list[tuple[Any, Any]]] = {
            Status.SUBMITTED: [
                *[(actions.Receive(), staff.clerk)] * 4,
                (actions.Refuse("Trùng"), staff.clerk),
                (ask, staff.leader if dossier.supplements_asked else staff.clerk),
                withdraw,
            ],
            Status.RECEIVED: [*[(actions.Forward(staff.specialist), staff.clerk)] * 3, withdraw],
            Status.PROCESSING: [
                *[(actions.Propose(is_granted=True), staff.specialist)] * 3,
                *[(actions.Approve(), staff.leader)] * 3,
                (ask, staff.leader),
                (actions.Extend(later, "Xác minh"), staff.leader),
                (actions.Stop("Không đủ"), staff.leader),
                withdraw,
            ],
            Status.AWAITING_SUPPLEMENT: [
                *[(actions.Supplement(), staff.clerk)] * 3,
                (actions.ProposeStop("Quá hạn bổ sung"), staff.clerk),
                (actions.Stop("Quá hạn bổ sung"), staff.leader),
                withdraw,
            ],
            Status.WITHDRAWAL_REQUESTED: [
                (actions.Stop("Rút"), staff.leader),
                (actions.DeclineWithdrawal("Đã xong"), staff.leader),
            ],
            Status.DECIDED: [(actions.ReturnResult(receiver_name="An"), staff.clerk)],
        }
        return found.get(dossier.status, [])

    def do(self, dossier: Dossier, action: Any, by: Any) -> None:
        """Perform an action; what may not happen does not."""
        try:
            perform(action, dossier, by=by, now=self.now)
        except Refused:
            return
        column = (dossier.status, dossier.supplements_asked, dossier.due_at, dossier.paused_since)
        self.seen.setdefault(dossier.pk, []).append((self.now, *column))


def late_by(seen: list[Any], moment: datetime) -> bool:
    """Tell from the columns after each step whether a dossier was ever late by a moment, as a reader of lists would."""
    for n, (since, status, asked, due_at, paused_since) in enumerate(seen):
        if since > moment:
            return False
        until = min(seen[n + 1][0] if n + 1 < len(seen) else moment, moment)
        is_running = status in (2, 4, 7) and paused_since is None
        if asked > 1 or (is_running and due_at is not None and due_at < until):
            return True
    return False


@dataclass
class Written:
    """A dossier of a written year: its columns, and its events as (from, to, at, data)."""

    came: datetime
    status: int = 0
    due: datetime | None = None
    events: list[tuple[int, int, datetime, dict[str, Any]]] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)

    def go(self, to: int, at: datetime, **data: Any) -> None:
        """Go on to a status; ``first_due_at`` becomes the promised time that passed before it, if it was late first."""
        is_late = self.status in (2, 4, 7) and self.due is not None and self.due < at
        if is_late and to in (5, 6) and not self.columns.get("was_late") and not self.columns.get("counts_late"):
            self.columns |= {"was_late": True, "first_due_at": self.due}
        self.events.append((self.status, to, at, data))
        self.status = to
        if "due_at" in data:
            self.due = datetime.fromisoformat(data["due_at"])
            if not self.columns.get("was_late"):
                self.columns["first_due_at"] = self.due

    def promise(self, to: int, at: datetime, due: datetime) -> None:
        """Go on to a status with a promised time."""
        self.go(to, at, due_at=due.isoformat())


def live(rng: random.Random, came: datetime, channel: str, level: int) -> Written:
    """Return one life: received or not, supplemented, corrected, extended, paid for, ended in every way, or pending."""

    def days(most: int) -> timedelta:
        return timedelta(hours=rng.randrange(2, most * 24))

    life = Written(came)
    life.go(1, came, level=level)
    kind = rng.choice(("new", "refused", "mistake", "open", *["done"] * 5, "stopped", "withdrawn", "awaited", "paying"))
    if kind == "new":
        return life
    at = came + days(6)
    if kind == "refused":
        life.go(3, at)
        life.columns["closed_at"] = at
        return life
    life.promise(4, at, at + days(25))
    life.columns["received_at"] = at
    assert life.due is not None
    if rng.random() < 0.15:
        # Corrected or extended before the promised day.
        at = at + (life.due - at) * 0.5
        life.promise(4, at, life.due + days(9))
    for n in range(rng.choice((0, 0, 0, 0, 1, 1, 2))):
        at += days(20)
        life.go(5, at)
        life.columns |= {"supplements_asked": n + 1, "counts_late": n > 0}
        at += days(20)
        life.promise(4, at, at + days(25))
    if kind == "mistake" and channel == "counter":
        at += days(2)
        life.go(8, at)
        life.columns |= {"closed_at": at, "cancelled_at": at, "received_at": None}
    elif kind in ("awaited", "paying"):
        at += days(20)
        life.go(5 if kind == "awaited" else 6, at)
        if kind == "awaited":
            asked = life.columns.get("supplements_asked", 0) + 1
            life.columns |= {"supplements_asked": asked, "counts_late": asked > 1}
        life.columns["paused_since"] = at
        if kind == "awaited" and rng.random() < 0.3:
            at += days(20)
            life.go(8, at)
            life.columns["closed_at"] = at
    elif kind == "done":
        at += days(30)
        life.go(9, at)
        life.columns["decided_at"] = at
        if rng.random() < 0.7:
            at += days(9)
            life.go(10, at)
            life.columns["closed_at"] = at
    elif kind in ("stopped", "withdrawn"):
        at += days(30)
        if kind == "withdrawn":
            life.go(7, at)
            at += days(3)
        life.go(8, at)
        life.columns["closed_at"] = at
        if rng.random() < 0.3:
            # Linked to an account afterwards.
            life.go(8, at + days(5))
    return life


def write_year(rng: random.Random, units: list[Any], versions: list[Any], citizen: Any, year: int, count: int) -> None:
    """Write dossiers of a year at once, with as many columns and events as figures read; one in ten has two units.

    What would have happened after the present of tests has not.
    """
    start = datetime(year, 1, 2, 9, tzinfo=factories.NOW.tzinfo)
    made: list[Dossier] = []
    lives: list[Written] = []
    while len(made) < count:
        channel, version = rng.choice(("online", "online", "counter", "post")), rng.choice(versions)
        came = start + timedelta(hours=rng.randrange(0, 350 * 24))
        life = live(rng, came, channel, rng.randint(1, version.level))
        if life.events[-1][2] >= factories.NOW:
            continue
        unit = rng.choice(units)
        code = f"H-{year}-{rng.getrandbits(60)}"
        receiver = rng.choice(units) if rng.random() < 0.1 else unit
        shared = {"version": version, "unit": unit, "received_by": receiver, "owner": citizen, "channel": channel}
        moments = {"created_at": came, "saved_at": came, "submitted_at": came, "due_at": life.due}
        lives.append(life)
        made.append(Dossier(code=code, status=life.status, revision=9, **shared, **moments, **life.columns))
    Dossier.objects.bulk_create(made, batch_size=1000)
    DossierEvent.objects.bulk_create(
        (
            DossierEvent(
                dossier=dossier,
                n=n,
                action="x",
                actor_role="system",
                from_status=a,
                to_status=b,
                at=at,
                data=data,
                hash="x",
            )
            for dossier, life in zip(made, lives, strict=True)
            for n, (a, b, at, data) in enumerate(life.events, start=1)
        ),
        batch_size=2000,
    )
