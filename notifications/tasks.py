"""The worker's side of the outbox; tasks take ids and may run twice."""

from celery import shared_task

from common import clock

from . import delivery


@shared_task(name="notifications.tasks.deliver")
def deliver(pk: int) -> None:
    """Send one message, if it still waits."""
    delivery.deliver(pk, clock.now())


@shared_task(name="notifications.tasks.sweep")
def sweep() -> None:
    """Send what a crash, a lost nudge or a failed attempt left waiting."""
    delivery.sweep(clock.now())


@shared_task(name="notifications.tasks.watch")
def watch() -> None:
    """Each minute: tell administrators when messages do not leave, and when they do again."""
    delivery.watch(clock.now())
