"""Since when a dossier is late: the one place where figures read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from dossiers.models import RUNNING, Status

PAUSED = (Status.AWAITING_SUPPLEMENT, Status.AWAITING_PAYMENT)
# From these nothing is asked for anew: it is awaited still, or again after a declined withdrawal.
_ASKED_BEFORE = (Status.AWAITING_SUPPLEMENT, Status.WITHDRAWAL_REQUESTED)


class Fact(NamedTuple):
    """What an event says of a dossier's status: when it happened for the law, and the due time that it set, if any."""

    from_status: int
    to_status: int
    at: datetime
    due_at: datetime | None


@dataclass(frozen=True)
class Lateness:
    """Since when a dossier is late, and when it becomes late unless something happens; None for not."""

    since: datetime | None
    turns_at: datetime | None


def fact_of(from_status: int, to_status: int, at: datetime, data: dict[str, Any]) -> Fact:
    """Return the fact in an event's columns."""
    legal, due = data.get("at"), data.get("due_at")
    return Fact(
        from_status,
        to_status,
        datetime.fromisoformat(legal) if legal else at,
        datetime.fromisoformat(due) if due else None,
    )


def lateness(facts: Iterable[Fact], due_at: datetime | None, now: datetime) -> Lateness:
    """Return since when a dossier with this course of events and the present ``due_at`` is late at a moment.

    It is late once its clock runs beyond the due time that held then, or once a supplement is asked for a second
    time (national index); it stays late whatever comes after (Thông tư 01/2018/TT-VPCP art. 19). Events after a
    moment do not change what it was at that moment.
    """
    due: datetime | None = None
    runs, asked = False, 0
    for fact in facts:
        if runs and due is not None and due < fact.at:
            return Lateness(due, None)
        if fact.to_status == Status.AWAITING_SUPPLEMENT and fact.from_status not in _ASKED_BEFORE:
            asked += 1
            if asked > 1:
                return Lateness(fact.at, None)
        due = fact.due_at or due
        if fact.to_status in PAUSED:
            runs = False
        elif fact.to_status != Status.WITHDRAWAL_REQUESTED:
            runs = fact.to_status in RUNNING
    if not runs or due_at is None:
        return Lateness(None, None)
    return Lateness(due_at, None) if due_at < now else Lateness(None, due_at)
