"""The dossier's fee state: one column, told by the package that charges."""

from ..models import Dossier, FeeState


def set_fee_state(dossier: Dossier, state: FeeState) -> None:
    """Set what is owed for a dossier, if that is news; at most one query. Belongs to the caller's transaction."""
    if dossier.fee_state != state:
        Dossier.objects.filter(pk=dossier.pk).update(fee_state=state)
        dossier.fee_state = state
