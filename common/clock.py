"""The portal's clock: UTC stored, Asia/Ho_Chi_Minh shown.

Only views, tasks and commands call :func:`now`; rules take the moment as an argument.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return timezone.now()


def local_day(moment: datetime) -> date:
    """Return the calendar day of a moment in Vietnam."""
    return moment.astimezone(LOCAL).date()
