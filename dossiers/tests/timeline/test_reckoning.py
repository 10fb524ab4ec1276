"""How a date was computed: each day of the present term, what counts of it, and what moved the date."""

from datetime import date, time

import pytest
from django.utils import translation

from common.database import append_only
from dossiers import actions
from dossiers.models import Dossier, FeeState
from dossiers.records.fees import set_fee_state
from dossiers.timeline.reckoning import reckoning
from offices.models import CalendarYear, Holiday, OpeningHours
from procedures.models import ProcedureVersion
from tests import factories

from ..actions.test_actions import local


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def explained(road):
    return reckoning(Dossier.objects.select_related("version").get(pk=road.dossier.pk))


def test_working_days_are_told_one_by_one(road):
    OpeningHours.objects.create(unit=road.commune.unit, weekday=5, opens=time(7), closes=time(11), counts=False)
    Holiday.objects.create(day=date(2026, 3, 31), name="Lễ")
    road.now = local("2026-03-27 09:00")
    road.received()
    found = explained(road)
    assert road.dossier.due_at == local("2026-04-02 09:02")
    assert [(line.day.day, line.so_far, line.is_off) for line in found.lines] == [
        (27, "begins", False),
        (28, "", True),
        (29, "", True),
        (30, "day 1", False),
        (31, "", True),
        (1, "day 2", False),
        (2, "day 3", False),
    ]
    saturday, holiday = found.lines[1], found.lines[4]
    assert (saturday.receives, saturday.counts) == ("7:00–11:00", "")
    assert (holiday.receives, holiday.name) == ("", "Day off: Lễ")
    assert (found.anew, found.gap) == ("", "")


def test_hours_add_up_to_the_term(road):
    with append_only.lifted(tables=[ProcedureVersion._meta.db_table]):
        ProcedureVersion.objects.update(processing_unit="hours", processing_amount=10)
    road.dossier.version = ProcedureVersion.objects.get()
    road.received()
    found = explained(road)
    assert found.lines[-1].so_far == "10 h 00"


def test_pauses_restarts_and_apologies_are_told(road):
    road.owing()
    road.now = local("2026-03-23 13:59")
    road.do(actions.RequirePayment(date(2026, 3, 30)), road.commune.specialist)
    road.now = local("2026-03-24 14:59")
    set_fee_state(road.dossier, FeeState.PAID)
    road.do(actions.FeeSettled(), None)
    stood = {line.day.day: line.stood for line in explained(road).lines if line.stood}
    assert stood == {23: "3 h 00", 24: "6 h 30"}
    road.do(actions.Extend(local("2026-04-15 09:00"), "Chờ xác minh"), road.commune.leader)
    road.do(actions.RequestSupplement((road.item,)), road.commune.specialist)
    road.now = local("2026-03-30 09:59")
    road.answer().do(actions.Supplement(), road.citizen)
    found = explained(road)
    assert [step.words.split(" at ")[0] for step in found.steps] == [
        "Received",
        "Payment required",
        "Fee settled",
        "Apology",
        "Supplement requested",
        "Completed",
    ]
    assert [bool(step.due) for step in found.steps] == [True, False, True, True, False, True]
    assert found.lines[0].day == date(2026, 3, 30)


def test_another_procedure_and_a_cancelled_reception_are_told(road):
    road.received().do(actions.Correct("Gõ nhầm", applicant={"phone": "0912000009"}), road.commune.clerk)
    version = factories.version(road.commune.unit, code="1.000077", processing_amount=7)
    other = actions.OtherProcedure(version, dict(road.dossier.answers), ["requester"])
    road.do(actions.Correct("Nhầm thủ tục", procedure=other), road.commune.clerk)
    road.do(actions.CancelReception("Nhầm"), road.commune.clerk)
    steps = [(step.words.split(" at ")[0], bool(step.due)) for step in explained(road).steps]
    assert steps == [("Received", True), ("Other procedure", True), ("Reception cancelled", False)]


def test_a_changed_calendar_changes_no_promise_and_is_said(road):
    road.received()
    assert explained(road).anew == ""
    Holiday.objects.create(day=date(2026, 3, 24), name="Lễ")
    found = explained(road)
    assert "27/03/2026" in found.anew
    assert road.dossier.due_at == local("2026-03-26 09:02")


def test_without_a_date_or_a_calendar_it_says_so(road):
    road.submitted()
    assert explained(road).lines == [] and explained(road).gap
    road.do(actions.Receive(), road.commune.clerk)
    CalendarYear.objects.all().delete()
    found = explained(road)
    assert found.lines == [] and found.gap and found.steps
