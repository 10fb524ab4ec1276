"""Deadline lights: working days, words, and no colour without a shape."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.utils import translation

from common.clock import LOCAL
from dossiers.models import Status
from dossiers.timeline.deadlines import deadline_status, waiting_status
from offices.calendar.office_calendar import calendar_of
from offices.models import Holiday


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.fixture
def calendar(commune):
    Holiday.objects.create(day="2026-03-25", name="Ngày nghỉ thử")
    return calendar_of(commune.unit, around=local("2026-03-23 09:00"))


@pytest.mark.parametrize(
    ("now", "kind", "text"),
    [
        ("2026-03-20 09:00", "ok", "5 days left"),
        ("2026-03-24 09:00", "ok", "3 days left"),
        ("2026-03-26 09:00", "soon", "Due soon: 2 days left"),
        ("2026-03-27 09:00", "soon", "Due soon: 1 day left"),
        ("2026-03-28 09:00", "soon", "Due soon: 1 day left"),
        ("2026-03-30 09:00", "soon", "Due today"),
        ("2026-03-30 10:01", "late", "Overdue since today"),
        ("2026-03-31 08:00", "late", "Overdue by 1 day"),
        ("2026-04-06 08:00", "late", "Overdue by 5 days"),
        ("2029-04-06 08:00", "late", "Overdue by 789 days"),
    ],
)
@pytest.mark.parametrize(
    "status", [Status.RECEIVED, Status.PROCESSING, Status.AWAITING_PAYMENT, Status.WITHDRAWAL_REQUESTED]
)
def test_light_counts_working_days(calendar, status, now, kind, text):
    dossier = SimpleNamespace(
        status=status, due_at=local("2026-03-30 10:00"), paused_since=None, was_late=False, decided_at=None
    )
    with translation.override("en"):
        found = deadline_status(dossier, calendar, local(now))
    assert (found.kind, found.text) == (kind, text)


def test_supplement_stands_still(calendar):
    dossier = SimpleNamespace(
        status=Status.AWAITING_SUPPLEMENT, due_at=None, paused_since=None, was_late=False, decided_at=None
    )
    with translation.override("en"):
        found = deadline_status(dossier, calendar, local("2026-03-30 09:00"))
    assert (found.kind, found.text) == ("paused", "Paused: waiting for the supplement")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.DECIDED, Status.RETURNED, Status.STOPPED])
def test_no_light_where_no_clock_runs(calendar, status):
    dossier = SimpleNamespace(
        status=status, due_at=local("2026-03-30 10:00"), paused_since=None, was_late=False, decided_at=None
    )
    assert deadline_status(dossier, calendar, local("2026-03-31 09:00")).kind == "none"


def test_without_a_calendar_weekdays_count(calendar):
    dossier = SimpleNamespace(
        status=Status.PROCESSING, due_at=local("2026-03-30 10:00"), paused_since=None, was_late=False, decided_at=None
    )
    with translation.override("en"):
        assert deadline_status(dossier, None, local("2026-03-24 09:00")).text == "4 days left"


def test_list_of_lights_needs_no_query(calendar, django_assert_num_queries):
    dossier = SimpleNamespace(
        status=Status.PROCESSING, due_at=local("2026-03-30 10:00"), paused_since=None, was_late=False, decided_at=None
    )
    with django_assert_num_queries(0):
        deadline_status(dossier, calendar, local("2026-03-24 09:00"))


@pytest.mark.parametrize(
    ("now", "kind", "text"),
    [
        ("2026-03-23 09:30", "ok", "Just filed"),
        ("2026-03-23 10:00", "ok", "Waits for 1 working hour"),
        ("2026-03-23 16:30", "soon", "Waits for 6 working hours"),
        ("2026-03-24 08:29", "soon", "Waits for 7 working hours"),
        ("2026-03-24 08:30", "late", "Beyond 8 hours: waits for 8 hours"),
        ("2026-03-30 09:00", "late", "Beyond 8 hours"),
    ],
)
def test_waiting_for_reception_counts_working_hours(calendar, now, kind, text):
    with translation.override("en"):
        found = waiting_status(local("2026-03-23 09:00"), calendar, local(now))
    assert found.kind == kind
    assert found.text.startswith(text)


@pytest.mark.parametrize(
    ("decided", "was_late", "kind", "text"),
    [
        ("2026-03-27 16:00", False, "ok", "Early"),
        ("2026-03-30 08:00", False, "ok", "On time"),
        ("2026-03-30 10:00", False, "ok", "On time"),
        ("2026-03-30 10:01", False, "late", "Late"),
        # The date that was promised in the end was kept; the first one was not.
        ("2026-03-27 16:00", True, "late", "Late"),
    ],
)
@pytest.mark.parametrize("status", [Status.DECIDED, Status.RETURNED])
def test_how_it_went_shows_after_the_decision(status, decided, was_late, kind, text):
    dossier = SimpleNamespace(
        status=status,
        due_at=local("2026-03-30 10:00"),
        paused_since=None,
        was_late=was_late,
        decided_at=local(decided),
    )
    with translation.override("en"):
        found = deadline_status(dossier, None, local("2026-06-30 10:00"))
    assert (found.kind, found.text) == (kind, text)


def test_late_before_is_said_beside_the_new_date():
    dossier = SimpleNamespace(
        status=Status.PROCESSING,
        due_at=local("2026-03-30 10:00"),
        paused_since=None,
        was_late=True,
        decided_at=None,
    )
    with translation.override("en"):
        found = deadline_status(dossier, None, local("2026-03-24 09:00"))
    assert (found.kind, found.text) == ("ok", "4 days left; late before")
