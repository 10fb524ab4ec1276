"""The worker's side of money; every task may run twice and beside itself."""

import logging

from celery import shared_task

from common.clock import recorded_now

from . import asking

logger = logging.getLogger(__name__)


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
