"""The one way in which a change says no: a sentence for the person who tried."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.clock import LOCAL
from common.text import digits_in

# Larger revisions do not fit the column.
MAX_REVISION = 2**31 - 1
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


def stale(who: str = "", at: datetime | None = None) -> Refused:
    """Return the refusal of a page that another change has overtaken; it says who was first where that is known."""
    if who and at is not None:
        text = _(
            "%(name)s changed this on %(when)s, after you opened it. "
            "What you typed is kept: compare it, then save again."
        ) % {"name": who, "when": f"{at.astimezone(LOCAL):%d/%m/%Y %H:%M}"}
    else:
        text = _("This was changed after you opened it. What you typed is kept: compare it, then save again.")
    return Refused(text, code="stale")


def fingerprint(*values: Any) -> str:
    """Return 16 characters that differ when any of the values differs; a form carries them as ``revision``."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def require_fresh(revision: str, *values: Any, overtaken: Callable[[], Refused] = stale) -> None:
    """Raise :class:`Refused` ('stale') unless a form was made for exactly these values."""
    if revision != fingerprint(*values):
        raise overtaken()


def revision_of(text: Any) -> int:
    """Return the revision that a form was sent with; -1, which no row has, when it is none."""
    number = digits_in(text)
    return -1 if number is None else min(number, MAX_REVISION)
