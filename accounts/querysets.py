"""Finding accounts by what people type when they sign in."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from stdnum.vn import mst

from common.forms.checks import check_email
from common.secret import blind_index
from common.text import clean
from common.values.identity import compact

if TYPE_CHECKING:
    from .models import Member, User


class UserManager(BaseUserManager["User"]):
    """Manager without usernames; an account may have no e-mail (made at the desk)."""

    def create_user(self, *, full_name: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account with a checked e-mail, personal number index and hashed password.

        Raises ``ValidationError`` for an address that nobody can be mailed at.
        """
        number = fields.pop("personal_number", "")
        fields.setdefault("date_joined", timezone.now())
        email = fields.get("email") or ""
        fields["email"] = self.normalize_email(check_email(email)) if email else None
        user = self.model(full_name=full_name, **fields)
        user.set_personal_number(number)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def find(self, identifier: str) -> "User | None":
        """Return the one active account that an e-mail, the number of an identity paper or a tax code names.

        None when there is none or when a declared number is carried by several.
        At most two queries.
        """
        typed = identifier[:1000].strip()
        identifier = clean(identifier[:1000]).strip()[:254]
        active = self.filter(is_active=True)
        if "@" in identifier:
            return self._by_email(active, identifier, typed)
        number = compact(identifier)
        if not number:
            return None
        carries = Q(personal_number_index=blind_index("personal_number", number))
        hits = list(active.filter(carries | Q(id_number_index=blind_index("id_number", number)))[:2])
        if not hits and number.isascii() and len(number) in (10, 13):
            hits = list(active.filter(tax_code=mst.format(number))[:2])
        return hits[0] if len(hits) == 1 else None

    @staticmethod
    def _by_email(active: Any, identifier: str, typed: str) -> "User | None":
        """Return the account of an address, however it was pasted; one query.

        An address stored before all were cleaned is found as it stands, after the clean one.
        """
        try:
            email = check_email(identifier)
        except ValidationError:
            email = identifier
        found = list(active.filter(Q(email__iexact=email) | Q(email__iexact=typed))[:2])
        clean = [user for user in found if (user.email or "").casefold() == email.casefold()]
        return next(iter(clean or found), None)


class MemberQuerySet(QuerySet["Member"]):
    """Who may act for whom."""

    def standing(self) -> Self:
        """Members and open invitations that nobody has ended."""
        return self.filter(ended_at=None)

    def acting(self) -> Self:
        """Members who may act now: accepted, not ended, of an organisation whose account is open."""
        return self.standing().filter(accepted_at__isnull=False, organisation__is_active=True)
