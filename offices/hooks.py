"""What the administrators' screens need to know from the packages above; filled in their ``AppConfig.ready()``.

- ``sectors`` return the fields of administration as (code, name), in order.
- ``duties`` are kinds of work that a person holds and that must be handed on when the person leaves.
- ``unit_obstacles`` return sentences that say why a unit may not be closed.
- ``opening_checks`` return what has to be there before a unit is opened to filing.
- ``identifier_checks`` look at an identifier that a unit is about to get on a
  local day: they return a sentence to confirm, or raise ``ValidationError``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from .models import Unit


@dataclass(frozen=True)
class Held:
    """How much one person holds in one role of a unit."""

    unit_id: int
    role: str
    count: int


@dataclass(frozen=True)
class ReassignedLine:
    """What became of one thing that was to be handed on; ``reason`` is empty when it was."""

    name: str
    to: str
    reason: str = ""


@dataclass(frozen=True)
class OpeningCheck:
    """One point of the checklist of an opening; ``detail`` says what is missing, ``url`` is the page that mends it."""

    label: Any
    is_done: bool
    detail: Any = ""
    url: str = ""


class Duty(Protocol):
    """A kind of work that people hold, such as open dossiers."""

    label: Any

    def held(self, user: Any, unit_ids: Iterable[int]) -> list[Held]:
        """Return what a person holds in these units, by unit and role. One query."""
        ...

    def reassign(
        self, user: Any, unit: Unit, role: str, to: Any, *, by: Any, now: datetime, maximum: int
    ) -> list[ReassignedLine]:
        """Hand at most ``most`` things on to a person, or with ``to`` None to everybody in the role."""
        ...


sectors: list[Callable[[], list[tuple[str, str]]]] = []
duties: list[Duty] = []
unit_obstacles: list[Callable[[Unit], str]] = []
opening_checks: list[Callable[[Unit, datetime], list[OpeningCheck]]] = []
identifier_checks: list[Callable[[Unit | None, str, date], str]] = []


def sector_choices() -> list[tuple[str, str]]:
    """Return the fields of administration that a post may be limited to."""
    return [pair for ask in sectors for pair in ask()]


def held_by(user: Any, unit_ids: Iterable[int]) -> list[Held]:
    """Return what a person holds in these units, added up over all duties. One query for each duty."""
    wanted = list(unit_ids)
    total: dict[tuple[int, str], int] = {}
    for duty in duties:
        for held in duty.held(user, wanted):
            key = (held.unit_id, held.role)
            total[key] = total.get(key, 0) + held.count
    return [Held(unit_id, role, count) for (unit_id, role), count in sorted(total.items()) if count]
