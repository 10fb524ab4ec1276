"""The dossier's fee: its state is one column, told by the package that charges, which also says what it costs."""

from datetime import date

from common.database.writing import update
from procedures.fees import Assessment

from .. import hooks, worklist
from ..models import Dossier, FeeState


def set_fee_state(dossier: Dossier, state: FeeState, *, is_followed: bool = False) -> None:
    """Set what is owed for a dossier, if that is news; at most two statements. Belongs to the caller's transaction.

    ``is_followed``: the caller writes the worklist, as ``workflow.perform`` does at its end; one statement then.
    """
    if dossier.fee_state != state:
        update(Dossier, {"fee_state": state}, id=dossier.pk)
        dossier.fee_state = state
        if not is_followed:
            worklist.follow_fee(dossier)


def take_from_postman(dossier: Dossier) -> bool:
    """Let a fee that was left to the postman be paid to the commune; tell whether it was his. At most two statements.

    Not one that a parcel collects already: its end decides.
    """
    rows = Dossier.objects.filter(pk=dossier.pk, pays_on_delivery=True, fee_state=FeeState.OWED)
    if not rows.update(pays_on_delivery=False):
        return False
    dossier.pays_on_delivery = False
    worklist.follow_fee(dossier)
    return True


def fee_of(dossier: Dossier, day: date | None = None) -> Assessment:
    """Return what a dossier costs, the same on every page and paper: as frozen when filed, before that by its answers.

    ``day`` is the present one for a draft. At most three queries.
    """
    return hooks.fees[0](dossier, day)
