"""A year whose days off nobody entered is an alert until somebody enters them."""

import pytest

from common.models import Alert, AlertKind
from offices import tasks
from offices.models import CalendarYear
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def missing() -> list[str]:
    return sorted(Alert.objects.filter(kind=AlertKind.YEAR_MISSING).values_list("subject", flat=True))


def test_a_missing_year_is_an_alert_until_it_is_entered(time_machine):
    CalendarYear.objects.create(year=2026, entered_at=NOW)
    time_machine.move_to("2026-09-30T03:00:00Z", tick=False)
    tasks.watch_calendar()
    assert missing() == []
    time_machine.move_to("2026-10-01T03:00:00Z", tick=False)
    tasks.watch_calendar()
    tasks.watch_calendar()
    assert missing() == ["2027"] and Alert.objects.get().count == 2
    CalendarYear.objects.create(year=2027, entered_at=NOW)
    tasks.watch_calendar()
    assert missing() == []
