"""The portal's clock: UTC stored, Asia/Ho_Chi_Minh shown.

Only views, tasks and commands read it; rules take the moment as an argument.
What is recorded about dossiers, accounts and the installation bears the
database's time, :func:`recorded_now`: web processes on machines whose clocks
differ then agree on what came first.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return timezone.now()


def recorded_now() -> datetime:
    """Return the database's present moment, aware, in UTC: for what will be recorded.

    One query on PostgreSQL; SQLite lives on this machine and has its clock.
    """
    return database_now() if connection.vendor == "postgresql" else now()


def database_now() -> datetime:
    """Ask PostgreSQL what time it is at this moment, not when its transaction began."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)


def local_day(moment: datetime) -> date:
    """Return the calendar day of a moment in Vietnam."""
    return moment.astimezone(LOCAL).date()
