"""What an officer may do with a dossier now: one obvious next action, the others beside it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from offices.models import Role

from .. import hooks
from ..hooks import Audience, Button
from ..models import Dossier, Status
from ..table import Action
from ..workflow import is_own
from .actions import DESK_ACTIONS
from .lists import ListSpec
from .officer import Officer, available_actions
from .rows import dossier_url


@dataclass(frozen=True)
class Buttons:
    """The buttons of a dossier page; ``can_take`` when the dossier waits for anybody of the officer's role."""

    primary: Button | None
    others: tuple[Button, ...]
    can_take: bool
    is_own: bool


def buttons(officer: Officer, dossier: Dossier, spec: ListSpec) -> Buttons:
    """Return the buttons for an officer, those of the packages above last; one query for the posts."""
    allowed = available_actions(dossier, officer.user, officer.now)
    possible = {
        row: Button(dossier_url(dossier, spec, "desk:act", row.segment), row.label, row.key, row.is_danger)
        for row in DESK_ACTIONS
        if row.performs.action in allowed
    }
    can_take = Action.FORWARD in allowed and is_offered(dossier, officer)
    obvious = None if can_take else next((row for row in possible if dossier.status in row.next_in), None)
    primary = possible.pop(obvious) if obvious else None
    added = hooks.ask(hooks.buttons[Audience.OFFICER], dossier, officer.user)
    return Buttons(primary, (*possible.values(), *added), can_take, is_own(officer.user, dossier))


def action_keys() -> dict[str, list[Any]]:
    """Return each access key of the actions with the labels of its buttons."""
    keys: dict[str, list[Any]] = defaultdict(list)
    for row in DESK_ACTIONS:
        if row.key:
            keys[row.key].append(row.label)
    return dict(keys)


def is_offered(dossier: Dossier, officer: Officer) -> bool:
    """Tell whether a dossier waits for any specialist and the officer is one."""
    return (
        dossier.status == Status.PROCESSING
        and dossier.holder_id is None
        and dossier.holder_role == Role.SPECIALIST
        and Role.SPECIALIST in officer.roles
    )
