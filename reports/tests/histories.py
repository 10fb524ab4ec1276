"""Random histories of dossiers, lived through by the real actions, and a year of them written at once."""

import random
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


def write_year(rng: random.Random, units: list[Any], versions: list[Any], citizen: Any, year: int, count: int) -> None:
    """Write dossiers of a year at once, with as many columns and events as figures read."""
    start = datetime(year, 1, 2, 9, tzinfo=factories.NOW.tzinfo)
    made = []
    for n in range(count):
        came = start + timedelta(hours=rng.randrange(0, 350 * 24))
        due = came + timedelta(days=rng.randrange(1, 30))
        status = rng.choice((1, 3, 4, 8, 9, 10))
        ended = came + timedelta(days=rng.randrange(1, 40)) if status not in (1, 4) else None
        unit = rng.choice(units)
        made.append(
            Dossier(
                code=f"H-{year}-{n}",
                version=rng.choice(versions),
                unit=unit,
                received_by=unit,
                owner=citizen,
                channel=rng.choice(("online", "counter", "post")),
                status=status,
                created_at=came,
                saved_at=came,
                submitted_at=came,
                received_at=came if status not in (1, 3) else None,
                due_at=due if status not in (1, 3) else None,
                decided_at=ended if status in (9, 10) else None,
                closed_at=ended if status in (3, 8, 10) else None,
                revision=3,
            )
        )
    Dossier.objects.bulk_create(made)
    events = []
    for dossier in made:
        assert dossier.submitted_at is not None
        steps: list[tuple[int, int, datetime, dict[str, str]]] = [(0, 1, dossier.submitted_at, {})]
        if dossier.due_at is not None:
            steps.append((1, 4, dossier.submitted_at, {"due_at": dossier.due_at.isoformat()}))
        ended = dossier.decided_at or dossier.closed_at
        if ended is not None:
            before = rng.choice((4, 7)) if dossier.status == 8 else steps[-1][1]
            steps.append((before, 9 if dossier.status == 10 else dossier.status, ended, {}))
        events += [
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
            for n, (a, b, at, data) in enumerate(steps, start=1)
        ]
    DossierEvent.objects.bulk_create(events)
