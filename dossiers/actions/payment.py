"""A fee that has to be paid before the work goes on, and that it was."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from common.refusals import Refused

from ..models import FeeState, Pause
from ..records import assignments, notices, slips
from ..records.terms import after_pause
from ..table import APPLICANT, Action
from ..workflow import ActionBase, Move
from .common import require_holder

PAUSE_REASON = "payment"
# What is still to be settled before a result is given at the desk or online.
UNSETTLED = (FeeState.OWED, FeeState.CLAIMED)


def require_settled(move: Move) -> None:
    """Refuse to give a result at the desk or online while its fee is neither paid nor waived."""
    if move.dossier.fee_state == FeeState.ON_DELIVERY:
        raise Refused(_("The postman is to collect the fee. Cancel the parcel first, then take the fee."), code="fee")
    if move.dossier.fee_state in UNSETTLED:
        is_own = move.role == APPLICANT
        words = (
            _("Pay the fee; then you get the result.")
            if is_own
            else _("The fee has not been paid. Take it or waive it first.")
        )
        raise Refused(words, code="fee")


@dataclass(frozen=True)
class RequirePayment(ActionBase):
    """The holder asks for the fee before going on; the clock stands still until it is settled.

    ``pay_by`` is the last day; past it, stopping is proposed and nothing happens by itself. Refusals: holder, fee, day.
    """

    pay_by: date
    action: ClassVar[Action] = Action.REQUIRE_PAYMENT

    @classmethod
    def permit(cls, move: Move) -> None:
        require_holder(move)
        if move.dossier.fee_state != FeeState.OWED:
            raise Refused(_("There is nothing to pay for this dossier now."), code="fee")

    def guard(self, move: Move) -> None:
        if self.pay_by <= move.local_day:
            raise Refused(_("Enter a day after today."), code="day", field="pay_by")

    def changes(self, move: Move) -> dict[str, Any]:
        return {"paused_since": move.now, "pay_by": self.pay_by}

    def record(self, move: Move) -> dict[str, Any]:
        return {"data": {"pay_by": self.pay_by.isoformat()}}

    def effects(self, move: Move) -> None:
        Pause.objects.create(dossier=move.dossier, since=move.now, reason=PAUSE_REASON)
        assignments.rest(move)
        notices.tell(move, "payment_required", pay_by=self.pay_by)


@dataclass(frozen=True)
class FeeSettled(ActionBase):
    """Nothing is owed any more: the work goes on with its holder, the term shifted by the pause."""

    action: ClassVar[Action] = Action.FEE_SETTLED

    @classmethod
    def permit(cls, move: Move) -> None:
        if move.dossier.fee_state in UNSETTLED:
            raise Refused(_("The fee has not been paid."), code="fee")

    def changes(self, move: Move) -> dict[str, Any]:
        return {"paused_since": None, "pay_by": None, **after_pause(move.dossier, move.now)}

    def record(self, move: Move) -> dict[str, Any]:
        return {"data": {"due_at": slips.iso(move.dossier.due_at)}}

    def effects(self, move: Move) -> None:
        Pause.objects.filter(dossier=move.dossier, until=None).update(until=move.now)
        assignments.go_on(move)
        if move.dossier.fee_state != FeeState.PAID:
            # That it was paid is told with the receipt.
            notices.tell(move, "fee_settled", due_at=move.dossier.due_at)
