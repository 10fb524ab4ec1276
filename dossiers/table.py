"""The one workflow table: for each action from which statuses, to which, who may, and what it was once done."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from offices.models import Role

from .models import OPEN, Status
from .querysets import DESK_ROLES

APPLICANT = "applicant"
SYSTEM = "system"


class Action(StrEnum):
    """Every way a dossier can move."""

    SUBMIT = "submit"
    REGISTER = "take_in"
    TAKE_OVER = "take_over"
    ATTEST = "attest"
    RECEIVE = "receive"
    REFUSE = "refuse"
    REQUEST_SUPPLEMENT = "ask_supplement"
    SUPPLEMENT = "supplement"
    FORWARD = "forward"
    REQUIRE_PAYMENT = "require_payment"
    FEE_SETTLED = "fee_settled"
    PROPOSE = "propose"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    RETURN_RESULT = "return_result"
    REQUEST_WITHDRAWAL = "ask_withdrawal"
    DECLINE_WITHDRAWAL = "decline_withdrawal"
    ACCEPT_WITHDRAWAL = "accept_withdrawal"
    PROPOSE_STOP = "propose_stop"
    DECLINE_STOP = "decline_stop"
    STOP = "stop"
    EXTEND = "extend"
    REASSIGN = "reassign"
    CORRECT = "correct"
    CANCEL_RECEPTION = "cancel_reception"
    RECALL = "recall"
    GIVE_BACK = "give_back"
    NOTE_ORIGINALS = "note_originals"
    REQUEST_CORRECTION = "ask_correction"
    ACCEPT_CORRECTION = "accept_correction"
    DECLINE_CORRECTION = "decline_correction"
    SEND_CORRECTION = "send_correction"
    LINK = "link"
    CANCEL_ENTRY = "cancel_entry"

    @property
    def segment(self) -> str:
        """The action's URL segment: its name in kebab case."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True)
class Rule:
    """One row of the table; ``target`` None means that the action's own target() decides.

    ``done`` is what the history calls it. An internal action is a step inside
    the authority: the public look-up shows states, not who handed what to whom.
    """

    sources: tuple[Status, ...]
    target: Status | None
    who: tuple[str, ...]
    done: Any
    is_internal: bool = False


S = Status
# In which the owner may correct what was filed, if the commune agrees: before the decision, and nothing is awaited.
CORRECTABLE = (S.SUBMITTED, S.RECEIVED, S.PROCESSING, S.AWAITING_PAYMENT)
TABLE: dict[Action, Rule] = {
    Action.SUBMIT: Rule((S.DRAFT,), S.SUBMITTED, (APPLICANT,), _("Dossier submitted")),
    Action.REGISTER: Rule((S.DRAFT,), S.RECEIVED, (Role.CLERK,), _("Dossier accepted on paper")),
    Action.TAKE_OVER: Rule((S.DRAFT,), S.SUBMITTED, (Role.CLERK,), _("Dossier taken over from the national portal")),
    Action.ATTEST: Rule((S.DRAFT,), S.RETURNED, (Role.CLERK,), _("Settled in one visit and entered in the book")),
    Action.RECEIVE: Rule((S.SUBMITTED,), S.RECEIVED, (Role.CLERK,), _("Dossier received")),
    Action.REFUSE: Rule((S.SUBMITTED,), S.REFUSED, (Role.CLERK,), _("Dossier not received")),
    Action.REQUEST_SUPPLEMENT: Rule(
        (S.SUBMITTED, S.RECEIVED, S.PROCESSING), S.AWAITING_SUPPLEMENT, DESK_ROLES, _("Supplement requested")
    ),
    Action.SUPPLEMENT: Rule((S.AWAITING_SUPPLEMENT,), None, (APPLICANT, Role.CLERK), _("Supplement sent")),
    Action.FORWARD: Rule(
        (S.RECEIVED, S.PROCESSING), S.PROCESSING, DESK_ROLES, _("Dossier forwarded"), is_internal=True
    ),
    Action.REQUIRE_PAYMENT: Rule(
        (S.RECEIVED, S.PROCESSING), S.AWAITING_PAYMENT, (Role.SPECIALIST,), _("Payment required")
    ),
    Action.FEE_SETTLED: Rule((S.AWAITING_PAYMENT,), S.PROCESSING, (SYSTEM,), _("Fee settled")),
    Action.PROPOSE: Rule(
        (S.PROCESSING,), S.PROCESSING, (Role.SPECIALIST,), _("Decision submitted for signature"), is_internal=True
    ),
    Action.SEND_BACK: Rule((S.PROCESSING,), S.PROCESSING, (Role.LEADER,), _("Proposal sent back"), is_internal=True),
    Action.APPROVE: Rule((S.PROCESSING,), S.DECIDED, (Role.LEADER,), _("Decision signed")),
    Action.RETURN_RESULT: Rule((S.DECIDED,), S.RETURNED, (Role.CLERK, APPLICANT, SYSTEM), _("Result handed over")),
    Action.REQUEST_WITHDRAWAL: Rule(
        (S.SUBMITTED, S.RECEIVED, S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT),
        S.WITHDRAWAL_REQUESTED,
        (APPLICANT,),
        _("Withdrawal asked for"),
    ),
    Action.DECLINE_WITHDRAWAL: Rule((S.WITHDRAWAL_REQUESTED,), None, DESK_ROLES, _("Withdrawal declined")),
    Action.ACCEPT_WITHDRAWAL: Rule((S.WITHDRAWAL_REQUESTED,), S.STOPPED, DESK_ROLES, _("Withdrawal accepted")),
    Action.PROPOSE_STOP: Rule(
        (S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT),
        None,
        (Role.CLERK, Role.SPECIALIST),
        _("Stopping proposed"),
        is_internal=True,
    ),
    Action.DECLINE_STOP: Rule(
        (S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT),
        None,
        (Role.LEADER,),
        _("Proposal to stop sent back"),
        is_internal=True,
    ),
    # A withdrawal before reception ends by the system, without an officer.
    Action.STOP: Rule(
        (S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT, S.WITHDRAWAL_REQUESTED),
        S.STOPPED,
        (Role.LEADER, SYSTEM),
        _("Dossier stopped"),
    ),
    Action.EXTEND: Rule((S.RECEIVED, S.PROCESSING), None, (Role.LEADER,), _("New date given, with an apology")),
    Action.REASSIGN: Rule(
        (S.RECEIVED, S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT, S.WITHDRAWAL_REQUESTED),
        None,
        (Role.ADMINISTRATOR,),
        _("Dossier handed on"),
        is_internal=True,
    ),
    Action.CORRECT: Rule((S.RECEIVED, S.PROCESSING), None, (Role.CLERK,), _("Dossier corrected")),
    Action.CANCEL_RECEPTION: Rule((S.RECEIVED,), None, (Role.CLERK,), _("Reception cancelled")),
    Action.RECALL: Rule((S.PROCESSING,), None, DESK_ROLES, _("Dossier recalled"), is_internal=True),
    Action.GIVE_BACK: Rule(
        (S.PROCESSING,), S.PROCESSING, (Role.SPECIALIST,), _("Dossier given back to the desk"), is_internal=True
    ),
    Action.NOTE_ORIGINALS: Rule(OPEN, None, (Role.CLERK, Role.SPECIALIST), _("Originals handed in")),
    Action.REQUEST_CORRECTION: Rule(CORRECTABLE, None, (APPLICANT,), _("Correction asked for")),
    Action.ACCEPT_CORRECTION: Rule(CORRECTABLE, None, DESK_ROLES, _("Correction allowed")),
    Action.DECLINE_CORRECTION: Rule(CORRECTABLE, None, DESK_ROLES, _("Correction declined")),
    Action.SEND_CORRECTION: Rule(CORRECTABLE, None, (APPLICANT,), _("Correction sent")),
    # Whose account it is says nothing about its state.
    Action.LINK: Rule(
        tuple(status for status in S if status != S.DRAFT),
        None,
        (Role.CLERK, SYSTEM),
        _("Dossier linked to an account"),
        is_internal=True,
    ),
    Action.CANCEL_ENTRY: Rule(
        (S.RETURNED,),
        S.RETURNED,
        (Role.CLERK, Role.LEADER),
        _("Entry of the book cancelled"),
    ),
}
