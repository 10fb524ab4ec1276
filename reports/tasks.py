"""The worker's side of figures; each task may run twice, and at any time."""

import logging
from typing import Any

from celery import shared_task

from common.clock import local_day, now, recorded_now
from common.database import purging

from .counting import procedures, rollup, steps
from .indicators import measuring
from .ratings import figures as rating_figures

logger = logging.getLogger(__name__)

MEND_SECONDS = 3600
# Of what looks at every dossier or step of a year: a million take minutes.
LONG: dict[str, Any] = {"acks_late": False, "time_limit": MEND_SECONDS, "soft_time_limit": MEND_SECONDS - 60}


@shared_task(name="reports.tasks.count_days")
def count_days() -> int:
    """Every few minutes: bring the figures up to now; returns how many dossiers were looked at."""
    return rollup.count(recorded_now())


@shared_task(name="reports.tasks.mend_figures", **LONG)
def mend_figures() -> int:
    """Each night: write anew what the figures say otherwise than the dossiers; returns how many rows that were."""
    moment = recorded_now()
    mended = sum(1 for _difference in rollup.rebuild(moment))
    mended += sum(1 for _day in rating_figures.rebuild(local_day(moment)))
    logger.log(logging.WARNING if mended else logging.INFO, "%d rows of the figures differed", mended)
    return mended


@shared_task(name="reports.tasks.count_procedures", **LONG)
def count_procedures() -> int:
    """Each night: count how every procedure went this year, for the catalogue; returns how many have figures."""
    return procedures.count(now())


@shared_task(name="reports.tasks.forget_comments")
def forget_comments() -> int:
    """Each night: forget the words of comments given two years ago; returns how many."""
    return purging.run("rating_comments", now())


@shared_task(name="reports.tasks.measure_steps", **LONG)
def measure_steps() -> int:
    """Each night: measure how long steps took lately; returns how many rows say so."""
    return steps.measure(now())


@shared_task(name="reports.tasks.forget_feedback")
def forget_feedback() -> int:
    """Each night: empty feedback that ended years ago of who gave it and what was said; returns how many."""
    return purging.run("feedback", recorded_now())


@shared_task(name="reports.tasks.measure_indicators", **LONG)
def measure_indicators() -> int:
    """Each night: measure what indicators need and days do not say; returns how many units have any."""
    return measuring.measure(now())
