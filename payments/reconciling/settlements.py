"""Files of providers and the bank: fetched or brought, verified, kept as they came, each once.

A file is of days that are over: a list that still grows would come twice with different content.
"""

import hashlib
import logging
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Min

from accounts.models import User
from common import broker
from common.clock import local_day
from common.files.store import NotKept
from common.files.stored import store_once

from ..books.discrepancies import found_wrong
from ..models import Attempt, DiscrepancyKind, SettlementBatch, SettlementLine
from ..providers import provider, providers
from ..providers.base import NotGenuine, SettlementFile, Unreachable

logger = logging.getLogger(__name__)

# How many past days are asked for as long as their file is missing.
DAYS_BACK = 35
# Who brings a file by hand does not wait for the night.
COMPARE_SECONDS = 3600


def fetch(now: datetime) -> list[SettlementBatch]:
    """Ask every provider for the files that are missing, of yesterday and up to DAYS_BACK days; return what is new.

    Outside transactions. A provider that does not answer is asked again the next time; what is overdue or not
    genuine is kept as a discrepancy. One query a provider, four a file.
    """
    found = []
    today = local_day(now)
    for key, spoken in providers().items():
        if not spoken.capabilities.settlement:
            continue
        for day in missing_days(key, today):
            try:
                content = spoken.fetch_settlement(day)
                taken = take(key, content, now) if content is not None else None
            except Unreachable as error:
                logger.warning("The files of %s cannot be fetched: %s", key, error)
                break
            except (NotGenuine, ValueError) as error:
                logger.warning("The file of %s of %s cannot be taken: %s", key, day, error)
                continue
            if taken is not None and taken[1]:
                found.append(taken[0])
            due_after = spoken.capabilities.file_after_days
            if taken is None and due_after and day + timedelta(days=due_after) < today:
                found_wrong(DiscrepancyKind.MISSING_FILE, None, now, provider=key, reference=f"{day:%Y%m%d}")
    return found


def missing_days(key: str, today: date) -> list[date]:
    """Return the days before today, the oldest first, for which a provider's file is still to come; two queries.

    Nothing is asked of the time before the first attempt with this provider.
    """
    first = Attempt.objects.filter(provider=key).aggregate(first=Min("begun_at"))["first"]
    if first is None:
        return []
    start = max(local_day(first), today - timedelta(days=DAYS_BACK))
    here = set(SettlementBatch.objects.filter(provider=key, day__gte=start).values_list("day", flat=True))
    days = (start + timedelta(days=n) for n in range((today - start).days))
    return [day for day in days if day not in here]


def take(key: str, content: bytes, now: datetime, *, brought_by: User | None = None) -> tuple[SettlementBatch, bool]:
    """Verify and keep a provider's file; return its batch and whether it is new.

    Raises NotGenuine, after keeping that as a discrepancy, for a wrong signature, and ValueError for another file.
    """
    try:
        file = provider(key).parse_settlement(content)
    except NotGenuine:
        found_wrong(DiscrepancyKind.NOT_GENUINE, None, now, provider=key, reference=_sha256(content)[:32])
        raise
    return store(key, file, content, now, brought_by=brought_by)


def store(
    key: str, file: SettlementFile, content: bytes, now: datetime, *, brought_by: User | None = None
) -> tuple[SettlementBatch, bool]:
    """Keep a file with its lines, as it came; return its batch and whether it is new. About six queries.

    The same file again changes nothing. The same name with other content is kept as a discrepancy, and the first stays.
    A stated sum that is not that of the lines is one too. What was brought by hand is compared soon.
    """
    sha256 = _sha256(content)
    with transaction.atomic():
        batch, is_new = SettlementBatch.objects.get_or_create(
            provider=key,
            batch_id=file.batch_id[:60],
            defaults={
                "day": file.day,
                "total_vnd": file.total_vnd,
                "bank_ref": file.bank_ref[:60],
                "is_genuine": brought_by is None,
                "fetched_at": now,
                "sha256": sha256,
                "brought_by": brought_by,
            },
        )
        if is_new:
            SettlementLine.objects.bulk_create(
                SettlementLine(
                    batch=batch,
                    n=n,
                    kind=line.kind,
                    reference=line.reference[:100],
                    provider_ref=line.provider_ref[:60],
                    text=line.text[:200],
                    amount_vnd=line.amount_vnd,
                    withheld_vnd=line.withheld_vnd,
                    day=line.day,
                )
                for n, line in enumerate(file.lines, start=1)
            )
            if file.sum_vnd != file.total_vnd:
                found_wrong(
                    DiscrepancyKind.WRONG_TOTAL,
                    None,
                    now,
                    provider=key,
                    reference=batch.batch_id,
                    ours=file.sum_vnd,
                    theirs=file.total_vnd,
                )
        elif batch.sha256 != sha256:
            note = f"SHA-256: {batch.sha256[:16]}… / {sha256[:16]}…"
            found_wrong(
                DiscrepancyKind.CHANGED_FILE,
                None,
                now,
                provider=key,
                reference=batch.batch_id,
                ours=batch.total_vnd,
                theirs=file.total_vnd,
                note=note,
            )
    if is_new:
        try:
            store_once(batch, "tep-doi-soat.txt", content)
        except NotKept:
            # The lines are here, and the hash of what they were read from.
            logger.error("The file of batch %s could not be stored", batch.pk)
        if brought_by is not None:
            broker.wake("payments.tasks.compare_file", batch.pk, expires=COMPARE_SECONDS)
    return batch, is_new


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
