"""Finding dossiers without signing in: two facts asked, few words given, no names.

By code, or by ID number together with birth date and the end of the phone
number. What was found lives in the visitor's session for ten minutes.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from common.database.compiled import Compiled
from common.text import plain
from common.values.partial_date import earliest, latest

from ..models import Applicant, Dossier
from ..records.applicants import number_index

SESSION_KEY = "track_found"
LIFE = timedelta(minutes=10)
MAX_FOUND = 20
# Of a dossier: what no page for the public shows.
UNREAD = ("answers", "typed", "authority", "delivery_address")
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def code_variants(typed: str) -> list[str]:
    """Return the codes that a typed one may mean: without spaces, upper case, O read as 0 and I or L as 1."""
    code = plain(typed).upper().replace(" ", "")
    if not code.isascii() or not code.isprintable() or len(code) > 40:
        return []
    return list(dict.fromkeys([code, code.translate(_LOOKALIKES)]))


def by_code(typed: str) -> Dossier | None:
    """Return the submitted dossier that a typed code names; one query."""
    variants = code_variants(typed)
    return _by_code.first(variants[0], variants[-1]) if variants else None


def with_names() -> Any:
    """Return submitted dossiers with what the public page reads; answers stay unread."""
    related = ("received_by", "unit")
    return Dossier.objects.filter(status__gt=0).select_related(*related).defer(*UNREAD)


_by_code: Compiled[Dossier] = Compiled(
    lambda code, other: with_names().filter(Q(code=code) | Q(code=other)).order_by("pk")
)


def by_number(number: str, birth: str, phone_end: str) -> list[str]:
    """Return the codes of the newest dossiers whose applicant matches all three facts; one query.

    ``birth`` is an ISO prefix; an applicant known by year or month only
    matches when what is told falls into it.
    """
    index = number_index(number)
    if not index:
        return []
    rows = Applicant.objects.filter(number_index=index, dossier__status__gt=0)
    rows = (
        rows.select_related("dossier")
        .order_by("-dossier__submitted_at")
        .only("birth", "phone", "dossier__code", "dossier__submitted_at")
    )
    matching = [row for row in rows[: MAX_FOUND * 5] if is_born(row.birth, birth) and row.phone.endswith(phone_end)]
    return [str(row.dossier.code) for row in matching[:MAX_FOUND] if row.phone]


def is_born(known: str, told: str) -> bool:
    """Tell whether a told day fits a known, possibly partial, birth date."""
    return bool(known) and earliest(known) <= earliest(told) and latest(told) <= latest(known)


def remember(session: Any, codes: list[str], now: datetime) -> None:
    """Let this visitor read some dossiers for ten minutes."""
    until = (now + LIFE).timestamp()
    session[SESSION_KEY] = (found_now(session, now) | dict.fromkeys(codes, until)) if codes else found_now(session, now)


def found_now(session: Any, now: datetime) -> dict[str, float]:
    """Return the codes this visitor may read now, with the end of each as a timestamp."""
    stored = session.get(SESSION_KEY, {})
    return {code: until for code, until in stored.items() if until > now.timestamp()}
