"""What money does when a dossier moves, and what it says in the message of a filing: the hooks into the workflow."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy

from dossiers.actions import FeeSettled
from dossiers.actions.payment import UNSETTLED
from dossiers.hooks import Audience
from dossiers.models import FeeState, Status
from dossiers.table import SYSTEM, Action
from dossiers.workflow import Move, carry_out
from offices.models import Role

from .charges import charging, copies
from .collecting import paying, refunding

OPENING = (Action.SUBMIT, Action.REGISTER, Action.ATTEST)
ENDED_WITHOUT_RESULT = (Status.REFUSED, Status.STOPPED)
ENDED = gettext_lazy("The dossier ended without a result.")
ENTRY_CANCELLED = gettext_lazy("The entry of the book was cancelled.")


def follow(move: Move) -> None:
    """Open the charge of a dossier that was filed; take back what is owed by one that ended without a result."""
    dossier = move.dossier
    if move.action in OPENING:
        by_officer = None if move.action == Action.SUBMIT else move.by
        charging.open_for(dossier, move.now, by=by_officer, granted=move.extra.get("exemptions", ()))
    elif move.action == Action.RETURN_RESULT:
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
        with translation.override("vi"):
            reason = str(because)
        refunding.propose(move.dossier, move.now, reason)


def fee_words(move: Move, audience: Audience) -> str:
    """Return what the message of a filing says of the fee: how much it is and how it is paid; '' for any other message.

    Messages are written before the charge is opened. Two queries at most, none where the procedure knows no fee.
    """
    dossier = move.dossier
    if move.action not in OPENING or audience != Audience.OWNER or not dossier.version.fees.all():
        return ""
    found = charging.assessment_of(dossier)
    if not found.total_vnd:
        return ""
    fee = gettext("Fee: %(amount)s.") % {"amount": found.total_words()}
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
