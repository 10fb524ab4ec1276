"""Password validators beside Django's own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.text import fold

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
        plain = _plain(password)
        known = list(_WORDS)
        if user is not None:
            known += _known_of(user)
            acting = getattr(user, "representative", None)
            known += [acting.personal_number, *acting.full_name.split()] if acting is not None else []
        for word in sorted((_plain(word) for word in known), key=len, reverse=True):
            plain = plain.replace(word, "") if len(word) > 1 else plain
        if len(plain) < 4 or (plain.isdigit() and len(plain) <= 4):
            raise ValidationError(
                _("This password is easy to guess. Choose one that others cannot think of."), code="known_word"
            )

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return _("Do not use your own numbers or the portal's name.")


def _plain(text: str) -> str:
    return "".join(ch for ch in fold(text) if ch.isalnum())


def _known_of(user: Any) -> list[str]:
    numbers = [str(getattr(user, name, "") or "") for name in ("personal_number", "id_number", "tax_code", "phone")]
    mailbox = (user.email or "").partition("@")[0]
    return [*numbers, *_birth_spellings(user.birth), *(user.full_name or "").split(), mailbox]


def _birth_spellings(birth: str) -> list[str]:
    """Return a partial ISO date as people write it: 27031990, 270390, 19900327 and 1990."""
    parts = birth.split("-")
    year = parts[0]
    return ["".join(parts), "".join(reversed(parts)), "".join([*reversed(parts[1:]), year[2:]]), year]
