"""Finding officers who open unusually many dossiers, from the access records."""

from datetime import datetime, time

from django.conf import settings
from django.db.models import Count

from accounts.models import User
from common import alerts
from common.clock import LOCAL, local_day
from common.logs import Event, note
from common.models import AlertKind

from ..models import AccessRecord


def watch(now: datetime) -> None:
    """Raise one alert for each officer who has opened more than ``MASS_READING_DOSSIERS`` dossiers since midnight.

    Two queries, and those of an alert for each officer found.
    """
    day = local_day(now)
    today = AccessRecord.objects.filter(at__gte=datetime.combine(day, time.min, LOCAL), at__lte=now)
    counted = today.values("reader").annotate(count=Count("dossier", distinct=True)).order_by()
    found = dict(counted.filter(count__gt=settings.MASS_READING_DOSSIERS).values_list("reader", "count"))
    told = alerts.subjects(AlertKind.MASS_READING)
    for reader in User.objects.filter(pk__in=found).order_by("pk"):
        subject = f"{reader.full_name} ({reader.pk}), {day:%d/%m/%Y}"
        if subject not in told:
            note(Event.MASS_READING, user=reader.pk, dossiers=found[reader.pk])
            alerts.raise_alert(AlertKind.MASS_READING, subject, now=now, detail=f"{found[reader.pk]} dossiers")
