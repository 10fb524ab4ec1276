"""Comparing what providers and the bank say with the ledger, and keeping what does not agree."""

from datetime import datetime

from .models import Attempt, Discrepancy, DiscrepancyKind


def found_wrong(
    kind: DiscrepancyKind,
    attempt: Attempt,
    now: datetime,
    *,
    ours: int | None = None,
    theirs: int | None = None,
    note: str = "",
) -> Discrepancy:
    """Keep that a provider disagrees about an attempt, once a kind and attempt; two queries."""
    found, _is_new = Discrepancy.objects.get_or_create(
        provider=attempt.provider,
        kind=kind,
        reference=attempt.ref,
        defaults={
            "unit": attempt.unit,
            "attempt": attempt,
            "ours_vnd": ours,
            "theirs_vnd": theirs,
            "found_at": now,
            "note": note,
        },
    )
    return found
