"""The report of each day's reconciliation: what came, what the files say of it, what is open; stored with a seal."""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Sum

from common.clock import LOCAL
from common.secret import HistoryKeyMissing, history_key, newest_history_key

from ..books.checking import Finding
from ..models import Booking, DayReport, Discrepancy, LedgerEntry, SettlementBatch, SettlementLine


def make(day: date, now: datetime, faults: Iterable[Finding] = ()) -> DayReport:
    """Store the report of a local day and return it; the same content again is not stored again.

    ``faults`` are what the nightly check of the books found. About eight queries.
    """
    content = content_of(day, faults)
    last = DayReport.objects.filter(day=day).first()
    if last is not None and last.content == content:
        return last
    key_id = newest_history_key()
    n = (DayReport.objects.filter(day=day).aggregate(last=Max("n"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            return DayReport.objects.create(
                day=day, n=n, made_at=now, content=content, key_id=key_id, seal=seal(day, n, content, key_id)
            )
    except IntegrityError:
        # Another worker has just written it.
        return DayReport.objects.filter(day=day)[0]


def seal(day: date, n: int, content: Any, key_id: str) -> str:
    """Return the keyed hash of a report. Raises HistoryKeyMissing."""
    text = json.dumps(["day report", f"{day}", n, content], ensure_ascii=False, sort_keys=True)
    return hmac.new(history_key(key_id), text.encode(), hashlib.sha256).hexdigest()


def is_intact(report: DayReport) -> bool:
    """Tell whether a report is what was sealed."""
    try:
        made = seal(report.day, report.n, report.content, report.key_id)
    except HistoryKeyMissing:
        return False
    return hmac.compare_digest(made, report.seal)


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the moments where local days begin and end: from the first one up to, not including, the second."""
    return (
        datetime.combine(first, time(), LOCAL),
        datetime.combine(last + timedelta(days=1), time(), LOCAL),
    )


def content_of(day: date, faults: Iterable[Finding]) -> dict[str, Any]:
    """Return what a report of a day says, as JSON: amounts in đồng, units by their slug.

    ``files``: each with its lines by result, [count, sum]. ``units``: what came (``captured``) and was paid back by
    account, and all balances at the end of the day. ``open``: discrepancies not closed, [unit, kind, count].
    """
    start, end = bounds(day, day)
    units: dict[str, dict[str, Any]] = defaultdict(lambda: {"captured": {}, "paid_back": {}, "balances": {}})
    moved = LedgerEntry.objects.filter(transaction__at__gte=start, transaction__at__lt=end).order_by("unit", "account")
    for name, kind, column in (
        ("captured", Booking.CAPTURE, "debit_vnd"),
        ("paid_back", Booking.REFUND_DONE, "credit_vnd"),
    ):
        rows = moved.filter(transaction__kind=kind, **{f"{column}__gt": 0}).exclude(account__startswith="liability:")
        for slug, account, count, vnd in rows.values_list("unit__slug", "account").annotate(Count("pk"), Sum(column)):
            units[slug][name][account] = [count, vnd]
    balances = LedgerEntry.objects.filter(transaction__at__lt=end).order_by("unit", "account")
    for slug, account, debit, credit in balances.values_list("unit__slug", "account").annotate(
        Sum("debit_vnd"), Sum("credit_vnd")
    ):
        if debit != credit:
            units[slug]["balances"][account] = debit - credit
    open_ = Discrepancy.objects.filter(closed_at=None)
    counts = open_.order_by("unit__slug", "kind").values_list("unit__slug", "kind").annotate(Count("pk"))
    return {
        "day": f"{day}",
        "files": _files(day),
        "units": dict(units),
        "open": [[slug or "", kind, count] for slug, kind, count in counts],
        "not_compared": SettlementLine.objects.filter(result="").count(),
        "faults": sorted([fault.kind, fault.unit, fault.detail] for fault in faults),
    }


def _files(day: date) -> list[dict[str, Any]]:
    batches = {batch.pk: batch for batch in SettlementBatch.objects.filter(day=day).order_by("provider", "batch_id")}
    results: dict[int, dict[str, list[int]]] = {pk: {} for pk in batches}
    rows = SettlementLine.objects.filter(batch__in=batches).order_by("batch", "result")
    for pk, result, count, vnd in rows.values_list("batch", "result").annotate(Count("pk"), Sum("amount_vnd")):
        results[pk][result] = [count, vnd]
    return [
        {
            "provider": batch.provider,
            "batch": batch.batch_id,
            "sha256": batch.sha256,
            "total": batch.total_vnd,
            "lines": results[pk],
        }
        for pk, batch in batches.items()
    ]
