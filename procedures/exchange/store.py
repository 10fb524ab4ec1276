"""Where an uploaded file waits between its dry run and its import: encrypted, for half an hour, for one person.

One upload a person: the next one takes its place. Kept in the database, which all web processes share.
"""

import json
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.db.models import QuerySet
from django.utils.crypto import get_random_string

from accounts.models import User
from common.secret import fernet

from ..models import WaitingImport
from .item import Fault, ImportItem, Row
from .outcome import Options, Plan

KEPT = timedelta(minutes=30)


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


def keep(user: User, name: str, parcels: list[ImportItem], options: Options, planned: Plan, now: datetime) -> Waiting:
    """Store a file and its dry run; returns what the report page shows. Two queries."""
    waiting = Waiting(get_random_string(20), name[:100], options, "", {}, [])
    described = [[parcel.code, parcel.place, parcel.values, parcel.rows, parcel.faults] for parcel in parcels]
    _report(waiting, planned)
    kept = {"kept_at": now, "report": _packed(asdict(waiting)), "parcels": _packed(described)}
    WaitingImport.objects.update_or_create(user=user, defaults=kept)
    return waiting


def renew(user: User, waiting: Waiting, planned: Plan) -> None:
    """Store another dry run of the same file. One query."""
    _report(waiting, planned)
    WaitingImport.objects.filter(user=user).update(report=_packed(asdict(waiting)))


def finish(user: User, waiting: Waiting, planned: Plan) -> None:
    """Store what an import made, in its transaction, and forget its file. One query."""
    waiting.drafts = [
        [outcome.code, outcome.draft.name, outcome.draft.number]
        for outcome in planned.outcomes
        if outcome.draft is not None and outcome.target is not None
    ]
    WaitingImport.objects.filter(user=user).update(report=_packed(asdict(waiting)), parcels=None)


def waiting_of(user: User, now: datetime) -> Waiting | None:
    """Return a person's dry run; None when there is none, or it is too old. One query."""
    found = _unpacked(_rows(user, now).values_list("report", flat=True).first())
    return Waiting(**(found | {"options": Options(**found["options"])})) if found else None


def parcels_of(user: User, waiting: Waiting, now: datetime) -> list[ImportItem] | None:
    """Return the file of a dry run; None when it is gone or another one took its place. One query."""
    row = _rows(user, now).first()
    report, found = (_unpacked(row.report), _unpacked(row.parcels)) if row else (None, None)
    if not report or report["token"] != waiting.token or found is None:
        return None
    return [
        ImportItem(code, place, values, [Fault(**fault) for fault in faults], [tuple(row) for row in rows])
        for code, place, values, rows, faults in found
    ]


def forget_old(now: datetime) -> int:
    """Delete the files whose half hour is over; returns how many."""
    return WaitingImport.objects.filter(kept_at__lte=now - KEPT).delete()[0]


def _rows(user: User, now: datetime) -> QuerySet[WaitingImport]:
    return WaitingImport.objects.filter(user=user, kept_at__gt=now - KEPT)


def _report(waiting: Waiting, planned: Plan) -> None:
    waiting.digest = planned.digest()
    waiting.counts = {state: planned.count(state) for state in ("new", "changed", "same", "fault")}
    waiting.lines = [outcome.report() for outcome in planned.outcomes]


def _packed(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    return fernet().encrypt(zlib.compress(text.encode(), 1))


def _unpacked(stored: Any) -> Any:
    """Return what was packed; None for nothing, and for what a key that is gone has locked."""
    if stored is None:
        return None
    try:
        return json.loads(zlib.decompress(fernet().decrypt(bytes(stored))))
    except (InvalidToken, zlib.error, ValueError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, Row):
        return dict(value)
    if isinstance(value, Fault):
        return asdict(value)
    raise TypeError(type(value).__name__)
