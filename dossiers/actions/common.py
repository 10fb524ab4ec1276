"""Guards that several actions share."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.refusals import Refused
from offices.models import Role

from ..models import Status
from ..workflow import Move, holds

REASON_MISSING = _("Give a reason.")


class Stays:
    """Of an action that leaves the status as it is; stands before ``ActionBase``."""

    @classmethod
    def target(cls, move: Move) -> Status:
        return move.from_status


def require_not_signing(move: Move) -> None:
    """Refuse while a proposed decision waits for a signature: what is signed must not change meanwhile."""
    if move.dossier.holder_role == Role.LEADER:
        raise Refused(_("A proposed decision waits for a signature. Sign it or send it back."), code="signing")


def require_text(text: str, message: Any = REASON_MISSING) -> None:
    """Refuse an empty or blank text."""
    if not text.strip():
        raise Refused(message, code="reason")


def require_holder(move: Move) -> None:
    """Refuse an officer who does not hold the dossier; the system passes."""
    if move.by is not None and not holds(move.by, [move.role], move.dossier):
        raise Refused(_("You do not hold this dossier now."), code="holder")


def require_holder_or_leader(move: Move) -> None:
    """Refuse an officer who neither holds the dossier nor leads the unit."""
    if move.role != Role.LEADER:
        require_holder(move)
