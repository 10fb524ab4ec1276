"""The one table of feedback: for each action from which states, to which, who may, and what it was once done."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.models import Role

from ..models import FeedbackStatus

# Who gave it; who was given it to answer; an administrator's handing on of what a leaver holds.
GIVER, ASSIGNEE, SYSTEM = "giver", "assignee", "system"


class Action(StrEnum):
    """Every way feedback can move."""

    GIVE = "give"
    PASS_ON = "pass_on"
    REFUSE = "refuse"
    ASSIGN = "assign"
    HAND_ON = "hand_on"
    NAME_OFFICER = "name_officer"
    ASK_DETAILS = "ask_details"
    GIVE_DETAILS = "give_details"
    PROPOSE = "propose"
    SEND_BACK = "send_back"
    CONFIRM = "confirm"
    PUBLISH = "publish"
    KEEP_BACK = "keep_back"

    @property
    def segment(self) -> str:
        """The action's URL segment: its name in kebab case."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True)
class Rule:
    """One row of the table; ``target`` None means that the action says it. Of an internal one only officers read."""

    sources: tuple[FeedbackStatus, ...]
    target: FeedbackStatus | None
    who: tuple[str, ...]
    done: Any
    is_internal: bool = False


S = FeedbackStatus
DESK = (Role.LEADER, Role.CLERK)
BEFORE_ANSWER = (S.RECEIVED, S.ASSIGNED, S.DETAILS, S.PROPOSED)
TABLE: dict[Action, Rule] = {
    Action.GIVE: Rule((), S.RECEIVED, (GIVER,), _("Feedback received")),
    Action.PASS_ON: Rule((S.RECEIVED,), S.RECEIVED, DESK, _("Passed on to another unit")),
    Action.REFUSE: Rule((S.RECEIVED,), S.REFUSED, DESK, _("Feedback not taken")),
    Action.ASSIGN: Rule((S.RECEIVED, S.ASSIGNED, S.DETAILS), None, DESK, _("Assigned to an officer")),
    Action.HAND_ON: Rule(
        (S.ASSIGNED, S.DETAILS, S.PROPOSED), None, (SYSTEM,), _("Handed on by an administrator"), is_internal=True
    ),
    Action.NAME_OFFICER: Rule(BEFORE_ANSWER, None, (Role.LEADER,), _("Officer concerned noted"), is_internal=True),
    Action.ASK_DETAILS: Rule((S.ASSIGNED,), S.DETAILS, (ASSIGNEE,), _("Details asked for")),
    Action.GIVE_DETAILS: Rule((S.DETAILS,), S.ASSIGNED, (GIVER,), _("Details given")),
    Action.PROPOSE: Rule(
        (S.ASSIGNED, S.DETAILS), S.PROPOSED, (ASSIGNEE,), _("Answer written, waits for the leader"), is_internal=True
    ),
    Action.SEND_BACK: Rule((S.PROPOSED,), S.ASSIGNED, (Role.LEADER,), _("Answer sent back"), is_internal=True),
    Action.CONFIRM: Rule((S.PROPOSED,), None, (Role.LEADER,), pgettext_lazy("feedback", "Answered")),
    Action.PUBLISH: Rule((S.ANSWERED,), S.PUBLISHED, (Role.LEADER,), _("Answer published")),
    Action.KEEP_BACK: Rule((S.ANSWERED,), S.CLOSED, (Role.LEADER,), _("Answer not published")),
}
