"""What an officer may do with a dossier now: one obvious next action, the others beside it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.values.working_time import CalendarError, add_working_days
from offices.models import Role

from .. import hooks
from ..actions.ending import proposal_to_stop
from ..hooks import Audience, Button
from ..models import Dossier, DossierEvent, Status
from ..records.terms import is_over
from ..table import Action
from ..workflow import is_own, roles_by
from .actions import DESK_ACTIONS, EXTEND
from .counter import attesting
from .lists import ListSpec
from .officer import Officer, available_actions
from .rows import dossier_url


@dataclass(frozen=True)
class Buttons:
    """The buttons of a dossier page; ``can_take`` when the dossier waits for anybody of the officer's role.

    ``pay_by`` is the day by which a required fee is to be paid, ``answer_by`` that by which a supplement is awaited;
    ``is_unpaid`` and ``is_unanswered`` once it has passed: then stopping is proposed. ``stop_wish`` is the proposal
    that a leader answers; ``wants_apology`` from a working day before the date on, unless it has been given.
    """

    primary: Button | None
    others: tuple[Button, ...]
    can_take: bool
    is_own: bool
    pay_by: date | None
    is_unpaid: bool
    answer_by: date | None
    is_unanswered: bool
    stop_wish: DossierEvent | None
    wants_apology: bool


def buttons(officer: Officer, dossier: Dossier, spec: ListSpec, answer_by: date | None = None) -> Buttons:
    """Return the buttons for an officer, those of the packages above last; one query for the posts.

    One more where stopping has been proposed. ``answer_by`` is the last day of the supplement that is awaited.
    """
    allowed = available_actions(dossier, officer.user, officer.now)
    possible = {
        row: Button(dossier_url(dossier, spec, "desk:act", row.segment), row.label, row.key, row.is_danger)
        for row in DESK_ACTIONS
        if row.performs.action in allowed
    }
    can_take = Action.FORWARD in allowed and is_offered(dossier, officer)
    pay_by = dossier.pay_by if dossier.status == Status.AWAITING_PAYMENT else None
    is_unpaid = pay_by is not None and pay_by < officer.day
    is_unanswered = answer_by is not None and is_over(dossier.received_by, answer_by, officer.now)
    stop_wish = proposal_to_stop(dossier) if dossier.stop_proposed_at is not None else None
    obvious = None if can_take else next((row for row in possible if dossier.status in row.next_in), None)
    if is_unpaid or is_unanswered or stop_wish is not None:
        by_action = {row.performs.action: row for row in possible}
        obvious = by_action.get(Action.STOP, by_action.get(Action.PROPOSE_STOP))
    primary = possible.pop(obvious) if obvious else None
    added = hooks.ask(hooks.buttons[Audience.OFFICER], dossier, officer.user)
    return Buttons(
        primary=primary,
        others=(*possible.values(), *added),
        can_take=can_take,
        is_own=is_own(officer.user, dossier),
        pay_by=pay_by,
        is_unpaid=is_unpaid,
        answer_by=answer_by,
        is_unanswered=is_unanswered,
        stop_wish=stop_wish,
        wants_apology=wants_apology(dossier, officer),
    )


def wants_apology(dossier: Dossier, officer: Officer) -> bool:
    """Tell whether an apology with a new date is due: from the working day before the date on, once. No query."""
    if dossier.status not in EXTEND.rule.sources or dossier.due_at is None or dossier.extended_once:
        return False
    try:
        return dossier.due_at <= add_working_days(officer.calendar, officer.now, 1)
    except CalendarError:
        return False


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
