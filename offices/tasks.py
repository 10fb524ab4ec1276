"""What offices look after in the background."""

from celery import shared_task

from common import alerts
from common.clock import local_day, now
from common.models import AlertKind

from .calendar.office_calendar import missing_years


@shared_task
def watch_calendar() -> None:
    """Each hour: tell administrators of years whose days off should have been entered, and when they are."""
    moment = now()
    missing = {str(year) for year in missing_years(local_day(moment))}
    for year in missing:
        alerts.raise_alert(AlertKind.YEAR_MISSING, year, now=moment)
    for year in alerts.subjects(AlertKind.YEAR_MISSING) - missing:
        alerts.clear_alert(AlertKind.YEAR_MISSING, year)
