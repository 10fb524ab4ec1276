"""What money does when a dossier moves, and what it says in the message of a filing: the hooks into the workflow."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy

from dossiers.actions import FeeSettled
from dossiers.actions.payment import UNSETTLED
from dossiers.hooks import Audience, FeeChoice
from dossiers.models import FeeState, Status
from dossiers.table import SYSTEM, Action
from dossiers.workflow import Move, carry_out
from offices.models import Role

from .charges import charging, claiming, copies
from .charges.shown import fee_of
from .collecting import paying, refunding

OPENING = (Action.SUBMIT, Action.REGISTER)
# Entered by a clerk.
AT_DESK = (Action.REGISTER, Action.TAKE_OVER, Action.ATTEST)
ENDED_WITHOUT_RESULT = (Status.REFUSED, Status.STOPPED)
ENDED = gettext_lazy("The dossier ended without a result.")
ENTRY_CANCELLED = gettext_lazy("The entry of the book was cancelled.")
OTHER_PROCEDURE = gettext_lazy("The dossier was moved to another procedure.")


def open_charge(move: Move) -> None:
    """Open the charge of a dossier that is filed, by what an officer says of it at the counter.

    What was paid at the national portal is in nobody's books here.
    """
    if move.recorded.data.get("fee_paid_vnd"):
        return
    by = move.by if move.action in AT_DESK else None
    charging.open_for(move.dossier, move.now, by=by, choice=move.extra.get("fee"))


def follow(move: Move) -> None:
    """Take back what is owed by a dossier that ended without a result; note copies that went with one."""
    dossier = move.dossier
    if move.action == Action.RETURN_RESULT:
        if move.role in (Role.CLERK, SYSTEM) and dossier.version.fees.all():
            # At the desk, or in the parcel that the post has delivered: what was ordered on paper went along.
            copies.hand_over(dossier, by=move.by, now=move.now, to=move.recorded.data.get("receiver", ""))
    elif move.action == Action.CANCEL_ENTRY:
        take_back(move, ENTRY_CANCELLED)
    elif move.to_status in ENDED_WITHOUT_RESULT and move.from_status != move.to_status:
        take_back(move, ENDED)
    elif move.to_status == Status.AWAITING_PAYMENT and move.action == Action.DECLINE_WITHDRAWAL:
        # Paid while the withdrawal was being thought about.
        if dossier.fee_state not in UNSETTLED:
            carry_out(FeeSettled(), dossier, move.written, by=None, now=move.now)


def take_back(move: Move, because: Any) -> None:
    """Ask for nothing any more, and propose that what was paid is paid back."""
    if move.dossier.fee_state != FeeState.NONE:
        charging.cancel_unpaid(move.dossier, move.now)
        refunding.propose(move.dossier, move.now, _in_vietnamese(because))


def charge_anew(move: Move) -> None:
    """Charge what the procedure costs to which a dossier was moved; what was paid before is paid back.

    Nothing is asked for besides what was paid at the national portal; a difference is an officer's to add.
    """
    dossier, reason = move.dossier, _in_vietnamese(OTHER_PROCEDURE)
    charging.cancel_unpaid(dossier, move.now)
    refunding.propose(dossier, move.now, reason)
    if charging.was_paid_elsewhere(dossier):
        return
    claiming.claim_again(dossier, move.now, by=move.person, reason=reason)
    charging.open_anew(dossier, move.now, by=move.person, reason=reason)


def _in_vietnamese(text: Any) -> str:
    with translation.override("vi"):
        return str(text)


def fee_words(move: Move, audience: Audience) -> str:
    """Return what the message of a filing says of the fee: how much it is and how it is paid; '' for any other message.

    Three queries at most, none where the procedure knows no fee.
    """
    dossier = move.dossier
    if move.action not in OPENING or audience != Audience.OWNER or not dossier.version.fees.all():
        return ""
    if move.recorded.data.get("fee_paid_vnd"):
        return ""
    choice: FeeChoice | None = move.extra.get("fee")
    # What was said at the counter stands in the charge; else it is what the answers say.
    found = charging.assessment_of(dossier) if choice is None else fee_of(dossier)
    if not found.total_vnd:
        return ""
    fee = gettext("Fee: %(amount)s.") % {"amount": found.total_words()}
    if choice is not None and choice.is_taken:
        return f"{fee} " + gettext("It has been paid at the counter.")
    return f"{fee} {_how_to_pay(move)}"


def _how_to_pay(move: Move) -> str:
    dossier, unit = move.dossier, move.dossier.received_by
    may_claim = any(line.exemptions.all() for line in dossier.version.fees.all())
    if may_claim and dossier.exemption_claims.filter(granted=None).exists():
        return gettext("You have claimed an exemption. Nothing is to be paid until an officer has decided.")
    if dossier.pays_on_delivery:
        return gettext("You chose to pay the postman who brings the result.")
    at_desk = gettext("You pay it at %(unit)s (%(address)s) in office hours.")
    at_desk %= {"unit": unit.name, "address": unit.address}
    if dossier.owner_id is None or not paying.is_online(dossier, move.local_day):
        return at_desk
    link = settings.SITE_URL + reverse("paying:pay", args=[dossier.ref])
    return gettext("Pay it online, now or later:") + f"\n{link}\n" + gettext("Or at the commune, in office hours.")
