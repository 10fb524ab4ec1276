"""The one way in which a change says no: a sentence for the person who tried."""

import hashlib
import json
from typing import Any

from django.utils.translation import gettext_lazy as _

STALE = _("Somebody else has changed this in the meantime. Look at the present values and send your change again.")
# The change is refused to this person, whatever the state.
FORBIDDEN = frozenset({"who", "own", "holder"})
# The page was made for an earlier state.
OVERTAKEN = frozenset({"stale", "state"})


class Refused(Exception):
    """A change that may not happen now; ``reasons`` say why and what to do, in the active language.

    ``code`` tells the kinds apart ('who', 'stale', …); ``field`` names the box to mend.
    """

    def __init__(self, *reasons: Any, code: str = "refused", field: str | None = None) -> None:
        super().__init__(*reasons)
        self.reasons, self.code, self.field = reasons, code, field

    @property
    def message(self) -> str:
        """The reasons as one text."""
        return " ".join(str(reason) for reason in self.reasons)

    @property
    def is_stale(self) -> bool:
        """Whether the page was made for an earlier state: the same may be sent again from the newer one."""
        return self.code in OVERTAKEN

    @property
    def status(self) -> int:
        """The status of the page that says so: 403 for the wrong person, 409 for an older page, else 422."""
        return 403 if self.code in FORBIDDEN else 409 if self.is_stale else 422


def stale(message: Any = STALE) -> Refused:
    """Return the refusal of a page that somebody else's change has overtaken."""
    return Refused(message, code="stale")


def fingerprint(*values: Any) -> str:
    """Return 16 characters that differ when any of the values differs; a form carries them as ``was``."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def require_fresh(was: str, *values: Any) -> None:
    """Raise :class:`Refused` ('stale') unless a form was made for exactly these values."""
    if was != fingerprint(*values):
        raise stale()
