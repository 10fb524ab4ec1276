"""Password validators beside Django's own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.text import fold
from common.values.identity import compact

# Words that anybody guessing at this portal would try first.
_WORDS = ("motcua", "dichvucong", "matkhau", "congdan", "vietnam", "dongnai", "xuanbac", "xuanloc", "password")


class LengthValidator:
    """Keep a password between 8 and 128 characters: hashing a book would only slow the portal down."""

    def __init__(self, min_length: int = 8, max_length: int = 128) -> None:
        self.min_length = min_length
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ``ValidationError`` when the password is too short or too long."""
        if len(password) < self.min_length:
            raise ValidationError(
                _("Use at least %(min)d characters.") % {"min": self.min_length}, code="password_too_short"
            )
        if len(password) > self.max_length:
            raise ValidationError(
                _("Use at most %(max)d characters.") % {"max": self.max_length}, code="password_too_long"
            )

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return _("Use %(min)d to %(max)d characters.") % {"min": self.min_length, "max": self.max_length}


class ContextWordsValidator:
    """Refuse what is known about the account or the portal, with or without accents, dressed up by a few digits."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ``ValidationError`` when little is left after taking known words out."""
        plain = "".join(ch for ch in fold(password) if ch.isalnum())
        known = list(_WORDS)
        if user is not None:
            numbers = ("personal_number", "id_number", "tax_code", "phone")
            known += [compact(str(getattr(user, name, "") or "")) for name in numbers]
            known.append(compact(user.birth).replace("-", "") if user.birth else "")
        for word in sorted(filter(None, known), key=len, reverse=True):
            plain = plain.replace(word.casefold(), "")
        if len(plain) < 4 or (plain.isdigit() and len(plain) <= 4):
            raise ValidationError(
                _("This password is easy to guess. Choose one that others cannot think of."), code="known_word"
            )

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return _("Do not use your own numbers or the portal's name.")
