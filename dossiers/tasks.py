"""The worker's side of dossiers; tasks take ids, re-read, and may run twice."""

import logging
import time
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db.models import Count, QuerySet

from common.clock import now, recorded_now
from common.database import purging
from common.files.stored import store_once
from common.pdf import PdfFailed, render_pdf
from common.refusals import Refused
from procedures.finding.indexing import rank_by_filings

from . import verifying, worklist
from .models import Dossier, Result, Slip
from .records import previews, readings, results, slips
from .timeline import awaited

logger = logging.getLogger(__name__)

# One sweep renders at most so many, newest first; the next one takes the rest.
SWEEP_BATCH = 20
# Older slips have long been printed from their page; a portal filled with past dossiers stays quiet.
SWEEP_DAYS = 7
# Well below the time limit of a task.
SWEEP_SECONDS = 45
VERIFY_SECONDS = 4 * 3600
MEND_SECONDS = 3600
# Long enough to be calm, short enough to follow the school year.
POPULAR_DAYS = 90


@shared_task(name="dossiers.tasks.render_slip")
def render_slip(pk: int) -> None:
    """Make and store the PDF of a slip that has none."""
    slip = Slip.objects.filter(pk=pk, file="").first()
    if slip is None:
        return
    template, context = slips.page(slip, slips.PDF_LAYOUT)
    store_once(slip, "slip.pdf", render_pdf(template, context))


@shared_task(name="dossiers.tasks.render_result")
def render_result(pk: int) -> None:
    """Make and store the PDF of an approved letter that has none."""
    result = Result.objects.filter(pk=pk, file="", approved_at__isnull=False).first()
    if result is None:
        return
    template, context = results.page(result, slips.PDF_LAYOUT)
    store_once(result, "result.pdf", render_pdf(template, context), approved_at__isnull=False)


@shared_task(name=previews.TASK)
def render_previews(pk: int) -> None:
    """Make and store the pictures of a paper's file unless somebody has tried before."""
    paper = previews.wanting().filter(pk=pk).first()
    if paper is not None:
        previews.make(paper)


@shared_task(name="dossiers.tasks.render_waiting_slips")
def render_waiting_slips() -> None:
    """Make the PDFs and pictures that a lost nudge or a crash left out; one that fails does not hold up the others."""
    deadline = time.monotonic() + SWEEP_SECONDS
    since = now() - timedelta(days=SWEEP_DAYS)
    waiting: tuple[tuple[Any, QuerySet[Any]], ...] = (
        (render_result, Result.objects.filter(file="", approved_at__isnull=False).order_by("-pk")),
        (render_slip, Slip.objects.filter(file="", issued_at__gt=since).order_by("-pk")),
        (render_previews, previews.wanting().filter(uploaded_at__gt=since).order_by("-uploaded_at")),
    )
    for task, rows in waiting:
        for pk in list(rows.values_list("pk", flat=True)[:SWEEP_BATCH]):
            if time.monotonic() > deadline:
                return
            try:
                task(pk)
            except (PdfFailed, Refused) as error:
                logger.error("%s %s failed: %s", task.name, pk, error)


@shared_task(name="dossiers.tasks.expire_drafts")
def expire_drafts() -> int:
    """Delete the drafts that nobody saved for 30 days, with their files; return how many went."""
    return purging.run("drafts", now())


# Reads every stored file: acknowledged at once, because a broker hands out again what takes longer than an hour.
@shared_task(
    name="dossiers.tasks.verify_record", acks_late=False, time_limit=VERIFY_SECONDS, soft_time_limit=VERIFY_SECONDS - 60
)
def verify_record() -> int:
    """Each night: verify the history of every dossier and every stored file; returns how many faults stand."""
    report = verifying.verify(recorded_now())
    logger.info("%d dossiers and %d events verified, %d faults", report.dossiers, report.events, report.count)
    return report.count


# Compares every dossier with its rows: a million take minutes.
@shared_task(
    name="dossiers.tasks.mend_worklist", acks_late=False, time_limit=MEND_SECONDS, soft_time_limit=MEND_SECONDS - 60
)
def mend_worklist() -> int:
    """Each night: write anew what the lists say otherwise than the dossiers; returns how many rows that were."""
    mended = sum(1 for _difference in worklist.rebuild())
    logger.log(logging.WARNING if mended else logging.INFO, "%d rows of the worklist differed", mended)
    return mended


@shared_task(name="dossiers.tasks.rank_procedures")
def rank_procedures() -> None:
    """Each night: put first what people filed most in the last 90 days; one pass over the dossiers."""
    since = now() - timedelta(days=POPULAR_DAYS)
    filed = Dossier.objects.filter(submitted_at__gte=since).values_list("version__procedure")
    changed = rank_by_filings(dict(filed.annotate(count=Count("pk")).order_by()))
    logger.info("%d procedures changed their place", changed)


@shared_task(name="dossiers.tasks.watch_supplements")
def watch_supplements() -> None:
    """Each hour: remind of supplements that are awaited, and tell holders of those that did not come."""
    moment = now()
    reminded, lapsed = awaited.remind(moment), awaited.tell_lapsed(moment)
    logger.info("%d applicants reminded, %d holders told of supplements", reminded, lapsed)


@shared_task(name="dossiers.tasks.watch_reading")
def watch_reading() -> None:
    """Four times an hour: tell administrators of an officer who has opened unusually many dossiers today."""
    readings.watch(now())
