"""Watching the file store, and daily tidying of the ground tables."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session

from . import alerts
from .clock import now
from .database import purging
from .files import store
from .models import AlertKind, AttemptCounter, OneTimeKey

# Longer than the longest window that limits count in.
COUNTERS_KEPT = timedelta(days=2)
QUESTIONS_KEPT = timedelta(days=1)


@shared_task
def sweep_loose_files() -> int:
    """Delete stored files that no row names; return how many went."""
    return purging.run("loose_files", now())


@shared_task
def watch_store() -> None:
    """Every few minutes: tell administrators that the file store is short of room, and when it is over."""
    if store.watch(now()):
        alerts.clear_alert(AlertKind.STORE_FULL)


@shared_task
def tidy() -> int:
    """Delete counters, answered questions, sessions and old alerts whose time is over; return how many rows went."""
    moment = now()
    return alerts.forget_old(moment) + sum(
        rows.delete()[0]
        for rows in (
            AttemptCounter.objects.filter(window__lt=moment - COUNTERS_KEPT),
            OneTimeKey.objects.filter(purpose="question", at__lt=moment - QUESTIONS_KEPT),
            Session.objects.filter(expire_date__lt=moment),
        )
    )
