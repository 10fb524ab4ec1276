"""What an officer may do with a dossier now: one obvious next action, the others beside it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from offices.models import Role

from .. import hooks
from ..hooks import Audience, Button
from ..models import Dossier, Status
from ..table import Action
from ..workflow import is_own, roles_by
from . import attesting
from .actions import DESK_ACTIONS
from .lists import ListSpec
from .officer import Officer, available_actions
from .rows import dossier_url


@dataclass(frozen=True)
class Buttons:
    """The buttons of a dossier page; ``can_take`` when the dossier waits for anybody of the officer's role.

    ``pay_by`` is the day by which a required fee is to be paid; ``is_unpaid`` once it has passed: stopping is proposed.
    """

    primary: Button | None
    others: tuple[Button, ...]
    can_take: bool
    is_own: bool
    pay_by: date | None
    is_unpaid: bool


def buttons(officer: Officer, dossier: Dossier, spec: ListSpec) -> Buttons:
    """Return the buttons for an officer, those of the packages above last; one query for the posts."""
    allowed = available_actions(dossier, officer.user, officer.now)
    possible = {
        row: Button(dossier_url(dossier, spec, "desk:act", row.segment), row.label, row.key, row.is_danger)
        for row in DESK_ACTIONS
        if row.performs.action in allowed
    }
    can_take = Action.FORWARD in allowed and is_offered(dossier, officer)
    pay_by = dossier.pay_by if dossier.status == Status.AWAITING_PAYMENT else None
    is_unpaid = pay_by is not None and pay_by < officer.day
    obvious = None if can_take else next((row for row in possible if dossier.status in row.next_in), None)
    if is_unpaid:
        obvious = next((row for row in possible if row.performs.action == Action.STOP), None)
    primary = possible.pop(obvious) if obvious else None
    added = hooks.ask(hooks.buttons[Audience.OFFICER], dossier, officer.user)
    return Buttons(primary, (*possible.values(), *added), can_take, is_own(officer.user, dossier), pay_by, is_unpaid)


def action_keys() -> dict[str, list[Any]]:
    """Return each access key of the actions, and of the packages above, with the labels of its buttons."""
    keys: dict[str, list[Any]] = defaultdict(list)
    for row in DESK_ACTIONS:
        if row.key:
            keys[row.key].append(row.label)
    for key, label in [*attesting.KEYS, *hooks.keys]:
        keys[key].append(label)
    return dict(keys)


def is_offered(dossier: Dossier, officer: Officer) -> bool:
    """Tell whether a dossier waits for any specialist and the officer is one for it."""
    return (
        dossier.status == Status.PROCESSING
        and dossier.holder_id is None
        and dossier.holder_role == Role.SPECIALIST
        and Role.SPECIALIST in roles_by(officer.posts, officer.user, dossier)
    )
