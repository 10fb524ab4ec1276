"""What an officer may do with a dossier now: one obvious next action, the others beside it."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from offices.models import Role

from .. import actions
from ..models import Dossier, Status
from ..workflow import Action, ActionBase, is_own
from .lists import ListSpec
from .officer import Officer, available_actions


@dataclass(frozen=True)
class Way:
    """How the desk offers an action: where, under which words, with which access key."""

    action: type[ActionBase]
    url_name: str
    label: Any
    key: str = ""
    is_danger: bool = False


# In the order in which the buttons stand; the first one that is possible in a status is its next action.
WAYS: tuple[Way, ...] = (
    Way(actions.Receive, "desk:receive", _("Receive"), "T"),
    Way(actions.Approve, "leader:approve", _("Sign"), "K"),
    Way(actions.SendBack, "leader:send_back", _("Send back")),
    Way(actions.Propose, "desk:propose", _("Submit for signature"), "K"),
    Way(actions.ReturnResult, "desk:return_result", _("Hand over result"), "T"),
    Way(actions.Supplement, "desk:supplement_received", _("Accept the missing papers"), "T"),
    Way(actions.Forward, "desk:forward", _("Forward"), "C"),
    Way(actions.RequestSupplement, "desk:supplement", _("Request supplement"), "B"),
    Way(actions.Extend, "desk:extend", _("Apologise, new date")),
    Way(actions.DeclineWithdrawal, "desk:decline_withdrawal", _("Decline the withdrawal")),
    Way(actions.Refuse, "desk:refuse", _("Refuse"), is_danger=True),
    Way(actions.Stop, "desk:stop", _("Stop"), is_danger=True),
)
# What a status waits for when several actions are possible; a stop is the answer to an asked withdrawal.
NEXT: dict[Status, tuple[Action, ...]] = {
    Status.SUBMITTED: (Action.RECEIVE,),
    Status.RECEIVED: (Action.FORWARD,),
    Status.PROCESSING: (Action.APPROVE, Action.PROPOSE),
    Status.AWAITING_SUPPLEMENT: (Action.SUPPLEMENT,),
    Status.WITHDRAWAL_REQUESTED: (Action.STOP,),
    Status.DECIDED: (Action.RETURN_RESULT,),
}


@dataclass(frozen=True)
class Offer:
    """One button of the dossier page."""

    url: str
    label: Any
    key: str
    is_danger: bool
    action: Action


@dataclass(frozen=True)
class Offers:
    """The buttons of a dossier page; ``can_claim`` when the dossier waits for anybody of the officer's role."""

    primary: Offer | None
    others: tuple[Offer, ...]
    can_take: bool
    is_own: bool


def offers(officer: Officer, dossier: Dossier, spec: ListSpec) -> Offers:
    """Return the buttons for an officer; one query for the posts."""
    allowed = available_actions(dossier, officer.user, officer.now)
    query = spec.query_string()
    possible: dict[Action, Offer] = {}
    for way in WAYS:
        action = way.action.action
        if action in allowed:
            url = f"{reverse(way.url_name, args=[dossier.code])}?{query}"
            possible[action] = Offer(url, way.label, way.key, way.is_danger, action)
    can_take = Action.FORWARD in allowed and is_offered(dossier, officer)
    wanted = () if can_take else NEXT.get(Status(dossier.status), ())
    primary = next((possible.pop(action) for action in wanted if action in possible), None)
    return Offers(primary, tuple(possible.values()), can_take, is_own(officer.user, dossier))


def is_offered(dossier: Dossier, officer: Officer) -> bool:
    """Tell whether a dossier waits for any specialist and the officer is one."""
    return (
        dossier.status == Status.PROCESSING
        and dossier.holder_id is None
        and dossier.holder_role == Role.SPECIALIST
        and Role.SPECIALIST in officer.roles
    )
