"""The worker's side of money; every task may run twice and beside itself."""

import logging
from datetime import timedelta

from celery import shared_task

from common.clock import local_day, recorded_now
from common.files.store import NotKept
from common.files.stored import store_once
from common.pdf import PdfFailed, render_pdf
from dossiers.records import slips
from offices.models import Unit

from .books import checking, receipting
from .collecting import crediting
from .models import Attempt, Parcel, Receipt, SettlementLine
from .post import carrying
from .reconciling import asking, matching, reporting, settlements

logger = logging.getLogger(__name__)
# One sweep renders at most so many; the next one takes the rest.
RENDERED = 20
CHECK_SECONDS = 1800
RECONCILE_SECONDS = 3600


@shared_task(name="payments.tasks.ask_about_attempts")
def ask_about_attempts() -> int:
    """Every minute: ask about the attempts that are due; one that fails does not hold up the others."""
    found = asking.due(recorded_now())
    for attempt in found:
        try:
            asking.ask(attempt, recorded_now())
        except Exception:
            logger.exception("Attempt %s could not be settled", attempt.ref)
    return len(found)


@shared_task(name="payments.tasks.ask_about_attempt")
def ask_about_attempt(pk: int) -> None:
    """At somebody's wish: ask about one attempt that has not been asked about meanwhile."""
    moment = recorded_now()
    attempt = Attempt.objects.filter(pk=pk, ask_at__lte=moment).first()
    if attempt is not None:
        asking.ask(attempt, moment)


@shared_task(name="payments.tasks.fetch_credits")
def fetch_credits() -> int:
    """Every few minutes: read what the bank credited today and yesterday."""
    moment = recorded_now()
    today = local_day(moment)
    return crediting.fetch([today - timedelta(days=1), today], moment)


@shared_task(name="payments.tasks.render_receipt")
def render_receipt(pk: int) -> None:
    """Make and store the PDF of a receipt that has none."""
    receipt = Receipt.objects.select_related("series", "attempt").filter(pk=pk, file="").first()
    if receipt is None:
        return
    with slips.in_vietnamese():
        template, context = receipting.page(receipt, slips.PDF_LAYOUT)
        store_once(receipt, "receipt.pdf", render_pdf(template, context))


@shared_task(name="payments.tasks.render_waiting_receipts")
def render_waiting_receipts() -> None:
    """Every minute: make the PDFs that a lost nudge left out, the oldest first; one that fails holds up no other."""
    for pk in list(Receipt.objects.filter(file="").order_by("pk").values_list("pk", flat=True)[:RENDERED]):
        try:
            render_receipt(pk)
        except (PdfFailed, NotKept) as error:
            logger.error("Receipt %s failed: %s", pk, error)


@shared_task(name="payments.tasks.check_money", time_limit=CHECK_SECONDS, soft_time_limit=CHECK_SECONDS - 60)
def check_money() -> int:
    """Each night: look whether the books agree; returns how many kinds of findings stand as alerts."""
    return len(checking.check(recorded_now()))


@shared_task(name="payments.tasks.settle_refunds")
def settle_refunds() -> int:
    """Every minute: send approved repayments, ask about those whose end is not known."""
    found = asking.due_refunds(recorded_now())
    for refund in found:
        try:
            asking.settle_refund(refund, recorded_now())
        except Exception:
            logger.exception("Repayment %s could not be settled", refund.request_id)
    return len(found)


@shared_task(name="payments.tasks.compare_file", time_limit=CHECK_SECONDS, soft_time_limit=CHECK_SECONDS - 60)
def compare_file(pk: int) -> None:
    """Soon after somebody brought a file: compare its lines."""
    matching.compare_all(SettlementLine.objects.filter(batch=pk), recorded_now())


@shared_task(
    name="payments.tasks.reconcile",
    acks_late=False,
    time_limit=RECONCILE_SECONDS,
    soft_time_limit=RECONCILE_SECONDS - 60,
)
def reconcile() -> None:
    """At night: fetch the files that are missing, compare what came, write the report of yesterday."""
    day = local_day(recorded_now()) - timedelta(days=1)
    settlements.fetch(recorded_now())
    matching.reconcile(recorded_now())
    moment = recorded_now()
    reporting.make(day, moment, [*checking.invariants(moment), *matching.half_settled()])


@shared_task(name="payments.tasks.move_parcels")
def move_parcels() -> int:
    """Every minute: hear what carriers hinted at, then place, cancel and read the parcels that are due."""
    carrying.hear_hints(recorded_now())
    found = carrying.due(recorded_now())
    for parcel in found:
        _move(parcel)
    return len(found)


@shared_task(name="payments.tasks.hear_hint")
def hear_hint(pk: int) -> None:
    """At once: hear what a carrier has hinted at."""
    move_parcels()


@shared_task(name="payments.tasks.move_parcel")
def move_parcel(pk: int) -> None:
    """At once: speak to the carrier about one parcel that is due."""
    for parcel in Parcel.objects.filter(pk=pk, ask_at__lte=recorded_now()):
        _move(parcel)


def _move(parcel: Parcel) -> None:
    try:
        carrying.move(parcel, recorded_now())
    except Exception:
        logger.exception("Parcel %s could not be moved", parcel.order_code)


@shared_task(name="payments.tasks.ask_postage")
def ask_postage(pair: int) -> None:
    """Ask what a letter costs between a unit and a province: the unit's key times 100 and the province's code."""
    unit, province = divmod(pair, 100)
    for found in Unit.objects.filter(pk=unit):
        carrying.ask_postage(found, f"{province:02d}")
