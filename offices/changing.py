"""How rows are changed on the administrators' screens: refusals with a sentence, and stale pages told apart."""

import hashlib
import json
from typing import Any

from django.utils.translation import gettext_lazy as _

STALE = _("Somebody else has changed this in the meantime. Look at the present values and send your change again.")


class Refused(Exception):
    """A change that may not happen, with a sentence for the person who tried; ``field`` names the box to mend."""

    def __init__(self, message: Any, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Stale(Refused):
    """The page was made before somebody else's change."""

    def __init__(self) -> None:
        super().__init__(STALE)


def fingerprint(*values: Any) -> str:
    """Return 16 characters that differ when any of the values differs; a form carries them as ``was``."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def require_fresh(was: str, *values: Any) -> None:
    """Raise :class:`Stale` unless a form was made for exactly these values."""
    if was != fingerprint(*values):
        raise Stale
