"""What several actions share: guards, and telling of a filing."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.refusals import Refused
from offices.models import Role

from .. import hooks
from ..models import Channel, Status
from ..records.applicants import TAX_CODE, ApplicantData, number_index
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


def require_proposed(move: Move) -> None:
    """Refuse to answer a proposal where none waits: who signs for a leader may hold the dossier in another role."""
    if move.dossier.holder_role != Role.LEADER:
        raise Refused(_("Nothing has been proposed yet."), code="proposal")


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


def require_made_at_counter(move: Move) -> None:
    """Refuse a draft that was not begun at the counter by whoever acts ('channel')."""
    if move.dossier.channel == Channel.ONLINE or move.dossier.filed_by_id != move.person.pk:
        raise Refused(_("This draft was not made at the counter by you."), code="channel")


def require_other_person(person: User, applicant: ApplicantData) -> None:
    """Refuse an officer who would take in a dossier of their own, by the number of the identity paper ('own')."""
    own = number_index(person.identity_number)
    if own and applicant.id_kind != TAX_CODE and number_index(applicant.id_number) == own:
        raise Refused(_("You may not handle your own dossier. Ask a colleague."), code="own")


def tell_filed(move: Move) -> None:
    """Let the packages above take part in a filing before its slip and its message say what they made of it."""
    for hook in hooks.filed:
        hook(move)
