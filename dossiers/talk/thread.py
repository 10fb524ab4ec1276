"""The talk of a dossier as one side reads it, prepared; reading only."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.template.defaultfilters import filesizeformat

from accounts.models import User
from common.database.compiled import Compiled
from common.files.stored import ScanState

from ..models import CALLED, TOLD, Dossier, Side, TalkEntry, TalkFile, TalkKind
from .writing import why_closed

# The newest entries of a talk; nobody reads further back on one page.
MOST = 300
SHUT = (ScanState.PENDING, ScanState.INFECTED)
_entries: Compiled[TalkEntry] = Compiled(
    lambda dossier: TalkEntry.objects.filter(dossier=dossier).order_by("-pk")[:MOST]
)
_files: Compiled[TalkFile] = Compiled(
    lambda dossier: TalkFile.objects.filter(entry__dossier=dossier).select_related("entry").order_by("pk")
)


@dataclass(frozen=True)
class Said:
    """One entry as a page shows it; ``is_new`` when the reader's side has not read it yet."""

    entry: TalkEntry
    is_own: bool
    is_new: bool
    files: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What the entry is, in words; '' for a message, which needs none."""
        return "" if self.entry.kind == TalkKind.MESSAGE else str(self.entry.get_kind_display())


@dataclass(frozen=True)
class Thread:
    """The talk for one side: what was said, oldest first, and how it stands.

    ``last`` is the newest of what was said; ``call`` the call that still waits; ``closed`` why nobody may write.
    """

    said: list[Said]
    last: int
    call: TalkEntry | None
    closed: str

    @property
    def new(self) -> list[Said]:
        """What the reader's side has not read."""
        return [one for one in self.said if one.is_new]


def thread(dossier: Dossier, side: Side, now: datetime, url_of: Callable[[TalkFile], str]) -> Thread:
    """Return the talk of a dossier as a side sees it; one query, one more where files came along."""
    entries = _entries.all(dossier.pk)[::-1]
    seen = max((entry.upto for entry in entries if entry.side == side), default=0)
    given: dict[int, list[dict[str, Any]]] = {}
    if any(entry.file_count for entry in entries):
        for file in _files.all(dossier.pk):
            given.setdefault(file.entry_id, []).append(_row(file, url_of))
    said = [
        Said(entry, entry.side == side, _is_told(entry, side) and entry.pk > seen, given.get(entry.pk, []))
        for entry in entries
        if entry.kind != TalkKind.SEEN
    ]
    calls = [entry for entry in entries if entry.kind in (TalkKind.CALL, *CALLED)]
    call = calls[-1] if calls and calls[-1].kind == TalkKind.CALL else None
    # Not that somebody opened the page: that is noted without the lock, maybe beside a message not yet committed.
    return Thread(said, said[-1].entry.pk if said else 0, call, why_closed(dossier, now))


def _is_told(entry: TalkEntry, reader: Side) -> bool:
    """Tell whether an entry is something that the reader's side has to read."""
    return entry.side != reader and entry.kind in TOLD[Side(entry.side)]


def _row(file: TalkFile, url_of: Callable[[TalkFile], str]) -> dict[str, Any]:
    return {
        "name": file.original_name,
        "size": filesizeformat(file.size),
        "url": "" if file.scan_state in SHUT else url_of(file),
        "scan": file.get_scan_state_display() if file.scan_state in SHUT else "",
    }


def unread_by_owner() -> Exists:
    """Return the condition on dossiers that the office wrote something their owner has not opened."""
    own = TalkEntry.objects.filter(dossier=OuterRef("dossier"), side=Side.OWNER).order_by("-upto").values("upto")[:1]
    told = TalkEntry.objects.filter(dossier=OuterRef("pk"), side=Side.OFFICE, kind__in=TOLD[Side.OFFICE])
    return Exists(told.filter(pk__gt=Coalesce(Subquery(own), 0)))


def may_open(file: TalkFile, reader: User) -> bool:
    """Tell whether who may see the talk may fetch a file of it: until it is clean only who sent it."""
    if file.scan_state == ScanState.INFECTED:
        return False
    return file.scan_state != ScanState.PENDING or file.entry.by_id == reader.pk
