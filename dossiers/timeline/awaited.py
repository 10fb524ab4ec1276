"""Supplements that are awaited: the applicant is reminded before the last day, the holder told once it has passed.

Nothing else happens by itself: what becomes of the dossier an officer proposes and a leader decides.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from common.clock import local_day

from ..models import Dossier, Status, SupplementRequest
from ..records import notices
from ..records.terms import is_over

# So long before the last day somebody is reminded, unless asked no longer than that ago.
REMINDED = timedelta(days=4)
FRESH = timedelta(days=2)
# At most so many messages of a kind at a time; the next hour takes the rest.
BATCH = 500


def awaited_until(dossier: Dossier) -> date | None:
    """Return the last day on which the open supplement is awaited; None when none is. One query while one is."""
    if not dossier.is_awaiting_supplement:
        return None
    return dossier.supplement_requests.filter(answered_at=None).values_list("answer_by", flat=True).first()


def remind(now: datetime) -> int:
    """Remind applicants of supplements that are awaited for a few days more, once each; returns how many.

    One query, and four for each reminded.
    """
    waiting = _open().filter(reminded_at=None, answer_by__lte=local_day(now) + REMINDED, asked_at__lt=now - FRESH)
    return sum(_remind(request, now) for request in waiting.filter(answer_by__gte=local_day(now))[:BATCH])


def tell_lapsed(now: datetime) -> int:
    """Tell holders of supplements that did not come, from the closing of the last day on, once each; returns how many.

    One query, and four for each told.
    """
    waiting = _open().filter(lapsed_at=None, answer_by__lte=local_day(now))[:BATCH]
    return sum(
        _tell_lapsed(request, now)
        for request in waiting
        if request.answer_by is not None and is_over(request.dossier.received_by, request.answer_by, now)
    )


def _open() -> QuerySet[SupplementRequest]:
    rows = SupplementRequest.objects.filter(answered_at=None, dossier__status=Status.AWAITING_SUPPLEMENT)
    return rows.order_by("answer_by", "pk").select_related(
        "dossier__received_by", "dossier__owner", "dossier__applicant", "dossier__holder"
    )


def _remind(request: SupplementRequest, now: datetime) -> bool:
    with transaction.atomic():
        # Answered, or told by another worker, in the meantime.
        if not SupplementRequest.objects.filter(pk=request.pk, answered_at=None, reminded_at=None).update(
            reminded_at=now
        ):
            return False
        notices.remind(request.dossier, request.answer_by, now)
    return True


def _tell_lapsed(request: SupplementRequest, now: datetime) -> bool:
    with transaction.atomic():
        if not SupplementRequest.objects.filter(pk=request.pk, answered_at=None, lapsed_at=None).update(lapsed_at=now):
            return False
        holder = request.dossier.holder
        if holder is None or not holder.is_active:
            return False
        notices.tell_lapsed(request.dossier, holder, request.answer_by, now)
    return True
