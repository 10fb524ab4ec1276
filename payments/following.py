"""What money does when a dossier moves: the hook after every action of the workflow."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dossiers.models import Status
from dossiers.table import Action
from dossiers.workflow import Move

from . import charging, refunding

OPENING = (Action.SUBMIT, Action.REGISTER)
ENDED_WITHOUT_RESULT = (Status.REFUSED, Status.STOPPED)
ENDED = _("The dossier ended without a result.")


def follow(move: Move) -> None:
    """Open the charge of a dossier that was filed; take back what is owed by one that ended without a result."""
    if move.action in OPENING:
        charging.open_for(move.dossier, move.now, by=move.by if move.action == Action.REGISTER else None)
    elif move.to_status in ENDED_WITHOUT_RESULT and move.from_status != move.to_status:
        charging.cancel_unpaid(move.dossier, move.now)
        with translation.override("vi"):
            reason = str(ENDED)
        refunding.propose(move.dossier, move.now, reason)
