"""Signs of life of the workers: every queue gets a task each minute, and whoever takes one notes it.

A worker that is dead raises no alert, so nobody waits for one: administrators' pages compare these moments with the
clock, whatever else has stopped.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from .models import Alert, AlertKind, Heartbeat

# The queues of settings.CELERY_TASK_ROUTES.
QUEUES = ("celery", "mail", "money", "pdf")
# Longer than any task may run, so that a busy worker is not called silent.
SILENCE = timedelta(minutes=5)


def note(queue: str, now: datetime) -> None:
    """Note that a worker serves a queue. One query."""
    Heartbeat.objects.update_or_create(queue=queue, defaults={"at": now})


def expect(queues: Iterable[str], now: datetime) -> None:
    """Begin to wait for signs of life: called before the processes start."""
    for queue in queues:
        note(queue, now)


def overdue(now: datetime) -> QuerySet[Heartbeat]:
    """Return the queues that no worker has served for ``SILENCE``.

    A moment in the future was written while the clock was wrong and proves nothing.
    """
    return Heartbeat.objects.filter(Q(at__lt=now - SILENCE) | Q(at__gt=now + SILENCE))


def silent(now: datetime) -> list[Alert]:
    """Return an unsaved alert for each queue that no worker has served for ``SILENCE``. One query."""
    rows = overdue(now).order_by("queue")
    return [Alert(kind=AlertKind.WORKER_SILENT, subject=row.queue, since=min(row.at, now), last_at=now) for row in rows]
