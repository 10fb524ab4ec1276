"""Verifies the record: every chain of events, what the dossiers say of their last event, results and files.

Reads everything once and writes nothing but alerts. A tail that was cut off
together with the dossier's own columns, or a dossier removed as a whole, leaves
nothing here to find; backups and printed slips tell of those.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from common.alerts import clear_alert, raise_alert
from common.files import hashes as file_hashes
from common.models import Alert, AlertKind
from common.secret import HistoryKeyMissing

from . import chain
from .actions.decision import content_hash
from .models import Dossier, DossierEvent, HistorySeal, Result, ResultKind, Status
from .table import Action

BATCH = 500
# More than anybody reads; the rest is counted.
MOST = 200
UNSEALED = "unsealed"
DOSSIER_COLUMNS = ("pk", "ref", "code", "status", "revision", "due_at")
EVENT_COLUMNS = (
    "n",
    "action",
    "actor_id",
    "actor_name",
    "actor_role",
    "from_status",
    "to_status",
    "at",
    "public_text",
    "internal_text",
    "data",
    "previous_hash",
    "hash",
    "key_id",
)


@dataclass(frozen=True)
class Fault:
    """What is not as it was recorded: ``subject`` is a dossier's code (a draft's ref) or a stored file's name."""

    kind: AlertKind
    subject: str
    why: str
    code: str


@dataclass
class Report:
    """What a verification found; ``faults`` holds the first :data:`MOST`."""

    dossiers: int
    events: int
    faults: list[Fault]
    count: int


def words(code: str) -> str:
    """Return in a sentence what is wrong."""
    return {
        "none": _("The dossier has no recorded step."),
        "draft": _("A draft has recorded steps."),
        "gap": _("A recorded step is missing."),
        "link": _("The recorded steps do not follow each other."),
        "hash": _("A recorded step was changed."),
        "key": _("A recorded step names a key that is not among HISTORY_KEYS."),
        UNSEALED: _("A recorded step carries no key and no seal."),
        "seal": _("The seal over the older steps does not fit."),
        "last": _("The dossier's state is not that of its last recorded step."),
        "due": _("The return date is not the one that was recorded."),
        "result": _("The result is not the one that was signed."),
        file_hashes.MISSING: _("The stored file is missing."),
        file_hashes.CHANGED: _("The stored file was changed."),
    }[code]


def verify(now: datetime) -> Report:
    """Verify the whole record; raise an alert for each fault and clear those that are found whole.

    About three queries and two alerts' queries for 500 dossiers, one for 500 files; memory does not grow.
    """
    report = Report(0, 0, [], 0)
    # Stored, and read by every administrator: not in the language of whoever ran it.
    with translation.override("vi"):
        for fault in _all_faults(report):
            report.count += 1
            if len(report.faults) < MOST:
                report.faults.append(fault)
                raise_alert(fault.kind, fault.subject, now=now, detail=fault.why)
    if report.count <= MOST:
        found = {(fault.kind, fault.subject[:120]) for fault in report.faults}
        kinds = (AlertKind.RECORD_TAMPERED, AlertKind.FILE_TAMPERED)
        for kind, subject in Alert.objects.filter(kind__in=kinds, last_at__lte=now).values_list("kind", "subject"):
            if (kind, subject) not in found:
                clear_alert(AlertKind(kind), subject)
    return report


def seal_loose_chains(now: datetime) -> int:
    """Seal what the former release wrote without a key while this one was installed; returns how many chains.

    Only chains that are whole otherwise. Run by hand: whoever runs it vouches for them.
    """
    broken = {fault.subject for fault in chain_faults(Report(0, 0, [], 0)) if fault.code != UNSEALED}
    rows = list(chain.unsealed(DossierEvent, HistorySeal))
    codes = dict(Dossier.objects.filter(pk__in=[row[0] for row in rows]).values_list("pk", "code"))
    return chain.write_seals(HistorySeal, (row for row in rows if codes[row[0]] not in broken), now)


def _all_faults(report: Report) -> Iterator[Fault]:
    yield from chain_faults(report)
    yield from result_faults()
    for name, why in file_hashes.faults():
        yield Fault(AlertKind.FILE_TAMPERED, name, words(why), why)


def chain_faults(report: Report) -> Iterator[Fault]:
    """Yield one fault for each dossier whose chain is not whole; counts into ``report``. Three queries for 500."""
    last = 0
    while pks := list(Dossier.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = pks[-1]
        seals = defaultdict(list)
        for seal in HistorySeal.objects.filter(dossier__in=pks):
            seals[seal.dossier_id].append(seal)
        # Dossiers and their events in one statement: what happens meanwhile is in both or in neither.
        rows = Dossier.objects.filter(pk__in=pks).order_by("pk", "events__n")
        joined = rows.values_list(*DOSSIER_COLUMNS, *(f"events__{name}" for name in EVENT_COLUMNS))
        for facts, group in groupby(joined.iterator(chunk_size=BATCH), key=lambda row: row[: len(DOSSIER_COLUMNS)]):
            dossier = SimpleNamespace(**dict(zip(DOSSIER_COLUMNS, facts, strict=True)))
            events = [_event(dossier.pk, row[len(DOSSIER_COLUMNS) :]) for row in group]
            events = [event for event in events if event.n is not None]
            report.dossiers += 1
            report.events += len(events)
            if code := fault_of(dossier, events, seals.get(dossier.pk, [])):
                yield Fault(AlertKind.RECORD_TAMPERED, dossier.code or dossier.ref, words(code), code)


def _event(dossier_id: int, values: Iterable[Any]) -> SimpleNamespace:
    return SimpleNamespace(dossier_id=dossier_id, **dict(zip(EVENT_COLUMNS, values, strict=True)))


def fault_of(dossier: Any, events: list[Any], seals: Iterable[Any]) -> str:
    """Return what is wrong with a dossier's chain, '' when nothing is; no query.

    ``dossier`` has :data:`DOSSIER_COLUMNS`, ``events`` are in order.
    """
    if dossier.status == Status.DRAFT:
        return "draft" if events else ""
    if not events:
        return "none"
    try:
        return _fault_of_events(events, _sealed_to(dossier.pk, events, seals)) or _fault_of_state(dossier, events)
    except HistoryKeyMissing:
        return "key"


def _sealed_to(pk: int, events: list[Any], seals: Iterable[Any]) -> int | None:
    """Return up to which event the chain is sealed, 0 without a seal, None when a seal does not fit."""
    hashes, sealed = {event.n: event.hash for event in events}, 0
    for seal in seals:
        made = chain.seal_hash(pk, seal.n, seal.event_hash, seal.at, seal.key_id)
        if not seal.key_id or not hmac.compare_digest(made, seal.hash) or hashes.get(seal.n) != seal.event_hash:
            return None
        sealed = max(sealed, seal.n)
    return sealed


def _fault_of_events(events: list[Any], sealed_to: int | None) -> str:
    if sealed_to is None:
        return "seal"
    before: Any = None
    for event in events:
        if before is None:
            if event.from_status != Status.DRAFT or event.previous_hash:
                return "gap"
        elif event.n != before.n + 1:
            return "gap"
        elif event.previous_hash != before.hash or event.from_status != before.to_status:
            return "link"
        if not hmac.compare_digest(chain.event_hash(event), event.hash):
            return "hash"
        if not event.key_id and event.n > sealed_to:
            return UNSEALED
        before = event
    return ""


def _fault_of_state(dossier: Any, events: list[Any]) -> str:
    last = events[-1]
    if (last.n, last.to_status) != (dossier.revision, dossier.status):
        return "last"
    dated = [event.data["due_at"] for event in events if event.data.get("due_at")]
    if dated and (dossier.due_at is None or datetime.fromisoformat(dated[-1]) != dossier.due_at):
        return "due"
    return ""


def result_faults() -> Iterator[Fault]:
    """Yield a fault for each signed result that is not what its event says. Two queries for 500."""
    signed = DossierEvent.objects.filter(action=Action.APPROVE)
    rows = Result.objects.filter(Exists(signed.filter(dossier=OuterRef("dossier")))).select_related("dossier")
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        events = signed.filter(dossier__in=[result.dossier_id for result in batch]).order_by("n")
        data = dict(events.values_list("dossier", "data"))
        for result in batch:
            if not _is_as_signed(result, data[result.dossier_id]):
                subject = result.dossier.code or result.dossier.ref
                yield Fault(AlertKind.RECORD_TAMPERED, subject, words("result"), "result")


def _is_as_signed(result: Result, said: dict[str, Any]) -> bool:
    if (result.kind, result.number, result.is_granted) != (
        said.get("kind"),
        said.get("number"),
        said.get("is_granted"),
    ):
        return False
    if result.kind == ResultKind.UPLOAD and result.sha256 != said.get("sha256"):
        return False
    return result.data is not None and content_hash(result.data) == said.get("content_sha256")
