"""How the history of a dossier is sealed: each event carries a keyed hash of itself and of the one before.

Events written before there were keys carry a plain SHA-256; one keyed
:class:`~dossiers.models.HistorySeal` a chain covers them. Stored values of
actions, roles and statuses never change: the hashes cover them.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef

from common.secret import history_key, newest_history_key
from procedures.catalogue import level_at

from .models import Status

BATCH = 1000


def circumstances(move: Any) -> dict[str, Any]:
    """Return what an event keeps of how its move came about.

    The legal time where that is another than the recorded one, for whom a delegate signs, which person did it for the
    organisation that acts. Of what opens a dossier: the level at which its unit then offered the procedure.
    """
    found: dict[str, Any] = {"at": move.at.isoformat()} if move.at != move.now else {}
    if move.from_status == Status.DRAFT:
        found["level"] = level_at(move.dossier.version, move.dossier.unit_id, move.local_day)
    if move.post is not None and move.post.signs_for:
        found["signs_for"] = move.post.signs_for
    if move.by is not None and move.by.acting is not None:
        found |= {"person": move.by.person.pk, "person_name": move.by.person.full_name}
    return found


def seal_event(event: Any) -> None:
    """Set the key and the hash of an event that is about to be written."""
    event.key_id = newest_history_key()
    event.hash = event_hash(event)


def event_hash(event: Any) -> str:
    """Return the hash over an event's content and its predecessor's hash: HMAC-SHA256 under the event's key.

    Without a key it is the SHA-256 of events from before there were keys.
    Raises :class:`~common.secret.HistoryKeyMissing`.
    """
    content = [
        event.dossier_id,
        event.n,
        event.action,
        event.actor_id,
        event.actor_name,
        event.actor_role,
        int(event.from_status),
        int(event.to_status),
        event.at.astimezone(UTC).isoformat(),
        event.public_text,
        event.internal_text,
        event.data,
        event.previous_hash,
    ]
    return _hash(content, event.key_id)


def seal_hash(dossier_id: int, n: int, hash_: str, at: datetime, key_id: str) -> str:
    """Return the keyed hash of a seal over a chain up to event ``n``, whose own hash is ``hash_``."""
    return _hash(["seal", dossier_id, n, hash_, at.astimezone(UTC).isoformat()], key_id)


def _hash(content: list[Any], key_id: str) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    if not key_id:
        return hashlib.sha256(text).hexdigest()
    return hmac.new(history_key(key_id), text, hashlib.sha256).hexdigest()


def unsealed(events: Any, seals: Any) -> Any:
    """Return (dossier_id, n, hash) of the last event of every chain that was written without a key and has no seal.

    ``events`` and ``seals`` are the models, also those of a migration. One query, in the order of the dossiers.
    """
    plain = events.objects.filter(key_id="")
    later = plain.filter(dossier=OuterRef("dossier"), n__gt=OuterRef("n"))
    sealed = seals.objects.filter(dossier=OuterRef("dossier"), n__gte=OuterRef("n"))
    rows = plain.filter(~Exists(later), ~Exists(sealed)).order_by("dossier")
    return rows.values_list("dossier", "n", "hash")


def write_seals(seals: Any, rows: Iterable[tuple[int, int, str]], at: datetime) -> int:
    """Seal chains, given as :func:`unsealed` returns them, with the newest key; returns how many. Batches of 1,000."""
    key_id, written, left = newest_history_key(), 0, iter(rows)
    while batch := list(islice(left, BATCH)):
        seals.objects.bulk_create(
            seals(
                dossier_id=dossier,
                n=n,
                event_hash=last,
                at=at,
                key_id=key_id,
                hash=seal_hash(dossier, n, last, at, key_id),
            )
            for dossier, n, last in batch
        )
        written += len(batch)
    return written
