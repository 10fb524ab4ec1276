"""Finding accounts by what people type when they sign in."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.utils import timezone
from stdnum.vn import mst

from common.identity import compact
from common.secret import blind_index
from common.text import clean

if TYPE_CHECKING:
    from .models import User


class UserManager(BaseUserManager["User"]):
    """Manager without usernames; an account may have no e-mail (made at the desk)."""

    def create_user(self, *, full_name: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account with NFC e-mail, personal number index and hashed password."""
        number = fields.pop("personal_number", "")
        fields.setdefault("date_joined", timezone.now())
        fields["email"] = self.normalize_email(fields.get("email") or "") or None
        user = self.model(full_name=full_name, **fields)
        user.set_personal_number(number)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def find(self, identifier: str) -> "User | None":
        """Return the one active account that an e-mail, personal number or tax code names.

        None when there is none or when a declared number is carried by several.
        At most two queries.
        """
        identifier = clean(identifier).strip()[:254]
        active = self.filter(is_active=True)
        if "@" in identifier:
            return active.filter(email__iexact=identifier).first()
        number = compact(identifier)
        if not number:
            return None
        hits = list(active.filter(personal_number_index=blind_index("personal_number", number))[:2])
        if not hits and number.isascii() and len(number) in (10, 13):
            hits = list(active.filter(tax_code=mst.format(number))[:2])
        return hits[0] if len(hits) == 1 else None
