"""A dossier that was handed in on paper gets its account: by the secret on its receipt, else by a clerk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts.models import Assurance, Kind, User
from common.database.writing import insert
from common.refusals import Refused
from common.secret import blind_index
from common.values.identity import compact

from ..models import Dossier, LinkCode, Status
from ..records.applicants import number_index
from ..table import Action
from ..workflow import ActionBase, Move, carry_out, locked

# Without I, L, O and U: twelve signs are 60 bits, which open one dossier to one checked number for a month.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 12, 4
DAYS = 30
_LOOK_ALIKES = str.maketrans("OIL", "011")


def code_index(code: str) -> str:
    """Return the blind index by which a secret is found; look-alikes, spaces and dashes are forgiven."""
    return blind_index("link_code", compact(code[:60]).translate(_LOOK_ALIKES))


def issue_code(move: Move) -> str:
    """Return a new secret for the receipt of a dossier, 'XXXX-XXXX-XXXX'; one statement.

    '' where it could link nothing: the dossier has an account, or its applicant no number.
    """
    dossier = move.dossier
    if dossier.owner_id is not None or not dossier.applicant.number_index:
        return ""
    code = get_random_string(LENGTH, ALPHABET)
    insert(LinkCode(dossier=dossier, index=code_index(code), expires_at=move.now + timedelta(days=DAYS)))
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def checked_number(user: User) -> str:
    """Return the blind index of an account's number where it was checked at the desk, else ''. No query."""
    if user.assurance != Assurance.VERIFIED:
        return ""
    return number_index(user.identity_number if user.kind == Kind.CITIZEN else user.tax_code)


def redeem(typed: str, user: User, now: datetime) -> Dossier:
    """Link the dossier of a secret to an account whose checked number is its applicant's; once.

    Raises Refused ('code') with one answer for a secret that is wrong, over, used, or of somebody else.
    """
    unknown = Refused(
        _("This code opens nothing: check the letters; it works once, for 30 days, for the number on the receipt."),
        code="code",
        field="code",
    )
    with transaction.atomic():
        rows = LinkCode.objects.select_for_update().filter(used_at=None, expires_at__gt=now)
        found = rows.filter(index=code_index(typed)).first()
        dossier = locked(found.dossier_id) if found is not None else None
        if found is None or dossier is None or dossier.owner_id is not None:
            raise unknown
        if not checked_number(user) or dossier.applicant.number_index != checked_number(user):
            raise unknown
        LinkCode.objects.filter(pk=found.pk).update(used_at=now)
        carry_out(Link(user), dossier, [], by=None, now=now)
    return dossier


@dataclass(frozen=True)
class Link(ActionBase):
    """A dossier without an account gets ``owner``, who then follows it and acts on it.

    By the system with the secret of the receipt, else by a clerk who has seen the person's identity paper; ``note``
    says why where the account's checked number is not the applicant's. Refusals: linked, account, note.
    """

    owner: User
    note: str = ""
    action: ClassVar[Action] = Action.LINK

    @classmethod
    def target(cls, move: Move) -> Status:
        return move.from_status

    @classmethod
    def permit(cls, move: Move) -> None:
        if move.dossier.owner_id is not None:
            raise Refused(_("This dossier has an account already."), code="linked")

    def guard(self, move: Move) -> None:
        if not self.owner.is_active or _is_theirs(self.owner, move.by):
            raise Refused(_("This account cannot get the dossier."), code="account", field="account")
        is_same = checked_number(self.owner) == move.dossier.applicant.number_index != ""
        if not is_same and not self.note.strip():
            words = _("The account's checked number is not the applicant's. Say why the dossier belongs to it.")
            raise Refused(words, code="note", field="note")

    def changes(self, move: Move) -> dict[str, Any]:
        return {"owner": self.owner}

    def record(self, move: Move) -> dict[str, Any]:
        return {"internal_text": self.note, "data": {"account": self.owner.get_full_name()}}


def _is_theirs(owner: User, officer: User | None) -> bool:
    """Tell whether an account is the officer's, or an organisation's that they act for; one query for the latter."""
    if officer is None:
        return False
    return owner == officer or (owner.kind != Kind.CITIZEN and owner.pk in officer.acts_for)
