"""Work of the catalogue that runs in the background."""

from celery import shared_task

from common import clock

from . import publishing


@shared_task
def refresh_search_text() -> int:
    """Each night: find procedures by the words of the version that comes into force today."""
    return publishing.refresh_search_text(clock.local_day(clock.now()))
