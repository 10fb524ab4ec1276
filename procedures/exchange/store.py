"""Where an uploaded file waits between its dry run and its import: encrypted, for half an hour, for one person.

One upload a person: the next one takes its place. Kept in the cache, which web
processes share; when it forgets early, the person sends the file again.
"""

import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.utils.crypto import get_random_string

from accounts.models import User
from common.secret import fernet

from .plan import Options, Plan
from .reading import Fault, Parcel, Row

KEEP_SECONDS = 30 * 60


@dataclass
class Waiting:
    """A dry run: the file's name, what was chosen, the report, and once it is done what was made."""

    token: str
    name: str
    options: Options
    digest: str
    counts: dict[str, int]
    lines: list[dict[str, Any]]
    drafts: list[list[Any]] | None = None

    @property
    def is_done(self) -> bool:
        """Whether it has been imported."""
        return self.drafts is not None


def keep(user: User, name: str, parcels: list[Parcel], options: Options, planned: Plan) -> Waiting:
    """Store a file and its dry run; returns what the report page shows."""
    waiting = Waiting(get_random_string(20), name[:100], options, "", {}, [])
    described = [[parcel.code, parcel.place, parcel.values, parcel.rows, parcel.faults] for parcel in parcels]
    _write(f"{user.pk}:{waiting.token}:parcels", described)
    return renew(user, waiting, planned)


def renew(user: User, waiting: Waiting, planned: Plan) -> Waiting:
    """Store another dry run of the same file."""
    waiting.digest = planned.digest()
    waiting.counts = {state: planned.count(state) for state in ("new", "changed", "same", "fault")}
    waiting.lines = [outcome.report() for outcome in planned.outcomes]
    _write(f"{user.pk}", asdict(waiting))
    return waiting


def finish(user: User, waiting: Waiting, planned: Plan) -> None:
    """Store what an import made, and forget its file."""
    waiting.drafts = [
        [outcome.code, outcome.draft.name, outcome.draft.number]
        for outcome in planned.outcomes
        if outcome.draft is not None and outcome.target is not None
    ]
    _write(f"{user.pk}", asdict(waiting))
    cache.delete(_key(f"{user.pk}:{waiting.token}:parcels"))


def waiting_of(user: User) -> Waiting | None:
    """Return a person's dry run; None when there is none, or it is too old."""
    found = _read(f"{user.pk}")
    return Waiting(**(found | {"options": Options(**found["options"])})) if found else None


def parcels_of(user: User, waiting: Waiting) -> list[Parcel] | None:
    """Return the file of a dry run; None when it is gone."""
    found = _read(f"{user.pk}:{waiting.token}:parcels")
    if found is None:
        return None
    return [
        Parcel(code, place, values, [Fault(**fault) for fault in faults], [tuple(row) for row in rows])
        for code, place, values, rows, faults in found
    ]


def _key(name: str) -> str:
    return f"exchange:{name}"


def _write(name: str, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    cache.set(_key(name), fernet().encrypt(zlib.compress(text.encode(), 1)), KEEP_SECONDS)


def _read(name: str) -> Any:
    stored = cache.get(_key(name))
    if stored is None:
        return None
    try:
        return json.loads(zlib.decompress(fernet().decrypt(stored, ttl=KEEP_SECONDS)))
    except (InvalidToken, zlib.error, ValueError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, Row):
        return dict(value)
    if isinstance(value, Fault):
        return asdict(value)
    raise TypeError(type(value).__name__)
