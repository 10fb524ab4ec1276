"""What is late stays late: supplements in time, new dates, steps that rest, and what is told of them."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import translation

from common.database import append_only
from dossiers import actions
from dossiers.actions.decision import Extend
from dossiers.models import Assignment, FeeState, Slip, Status, SupplementRequest, WorklistRow
from dossiers.records import slips as slip_pages
from dossiers.records.fees import set_fee_state
from dossiers.timeline import awaited
from dossiers.timeline.deadlines import deadline_status
from notifications.models import Notification
from offices.models import Holiday
from procedures.models import ProcedureVersion
from tests.present import present

from .test_actions import local, messages, refused, slips

# The road's dossier is received on Monday 23 March at 9:02, due on Thursday 26 March at 9:02.
DUE = local("2026-03-26 09:02")


def take_twenty_days(road):
    with append_only.lifted(tables=[ProcedureVersion._meta.db_table]):
        ProcedureVersion.objects.update(processing_amount=20)
    road.version = road.dossier.version = ProcedureVersion.objects.get()


def asking(road):
    return actions.RequestSupplement((road.item,))


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-03-23 10:00", ""),
        ("2026-03-26 09:00", ""),
        # Within three working days, and overdue already.
        ("2026-03-26 09:02", "overdue"),
        ("2026-03-27 08:00", "overdue"),
    ],
)
def test_whoever_holds_it_asks_within_three_working_days_unless_overdue(road, moment, code):
    road.processing()
    assert road.dossier.due_at == road.dossier.first_due_at == DUE
    road.now = local(moment)
    if code:
        assert refused(road, asking(road), road.commune.specialist) == code
    else:
        road.do(asking(road), road.commune.specialist)
        assert not road.dossier.was_late


@pytest.mark.parametrize(
    ("moment", "code"),
    [("2026-03-26 16:58", ""), ("2026-03-26 23:00", ""), ("2026-03-27 07:00", "days"), ("2026-03-28 09:00", "days")],
)
def test_the_third_working_day_counts_to_its_end(road, moment, code):
    take_twenty_days(road)
    road.processing()
    road.now = local(moment)
    if code:
        assert refused(road, asking(road), road.commune.specialist) == code
    road.do(asking(road), road.commune.leader if code else road.commune.specialist)
    assert road.dossier.status == Status.AWAITING_SUPPLEMENT


def test_days_off_lengthen_the_time_to_ask(road):
    Holiday.objects.create(day=date(2026, 3, 25), name="Lễ")
    take_twenty_days(road)
    road.processing()
    road.now = local("2026-03-27 16:00")
    road.do(asking(road), road.commune.specialist)


def test_before_reception_the_desk_asks_at_any_time(road):
    road.submitted()
    road.now = local("2026-04-20 09:00")
    road.do(asking(road), road.commune.clerk)
    assert road.dossier.status == Status.AWAITING_SUPPLEMENT


def test_late_once_is_late_for_ever_though_the_term_starts_anew(road):
    road.processing()
    road.now = local("2026-03-27 10:00")
    road.do(asking(road), road.commune.leader)
    assert road.dossier.was_late and WorklistRow.objects.get().was_late
    road.now = local("2026-04-01 09:59")
    road.answer().do(actions.Supplement(), road.citizen)
    dossier = road.dossier
    assert (dossier.first_due_at, dossier.due_at) == (DUE, local("2026-04-06 10:00"))
    assert datetime.fromisoformat(road.event.data["old_due_at"]) == DUE
    with translation.override("en"):
        light = deadline_status(dossier, None, road.now)
    assert light.kind == "ok" and "late before" in light.text
    # A new receipt with the old date, the new one and why.
    assert slips()[-1] == "receipt"
    template, context = slip_pages.page(present(Slip.objects.order_by("pk").last()))
    assert (context["data"]["old_due_at"], context["data"]["due_at"]) == (DUE, dossier.due_at)
    assert context["data"]["completed_at"] == road.now
    road.do(actions.Propose(is_granted=True), road.commune.specialist).do(actions.Approve(), road.commune.leader)
    assert deadline_status(road.dossier, None, road.now).kind == "late"
    assert WorklistRow.objects.get().was_late


def test_a_receipt_of_before_shows_no_old_date(road):
    road.received()
    _template, context = slip_pages.page(Slip.objects.get(kind="receipt"))
    assert "old_due_at" not in context["data"]


@pytest.mark.parametrize(
    ("moment", "kind", "was_late"),
    [("2026-03-25 15:00", "ok", False), ("2026-03-26 09:00", "ok", False), ("2026-03-26 09:10", "late", True)],
)
def test_lateness_shows_after_the_decision(road, moment, kind, was_late):
    road.proposed()
    road.now = local(moment)
    road.do(actions.Approve(), road.commune.leader)
    assert road.dossier.was_late is was_late
    shown = deadline_status(road.dossier, None, road.now + timedelta(days=90))
    assert shown.kind == kind
    assert deadline_status(WorklistRow.objects.get(), None, road.now) == shown


# The apology


@pytest.mark.parametrize(
    ("moment", "was_late"),
    [("2026-03-24 10:00", False), ("2026-03-26 09:01", False), ("2026-03-26 10:00", True), ("2026-04-10 10:00", True)],
)
def test_an_apology_is_possible_before_and_after_the_date(road, moment, was_late):
    road.processing()
    road.now = local(moment)
    road.do(Extend(local("2026-04-15 09:00"), "Chờ xác minh"), road.commune.leader)
    dossier = road.dossier
    assert (dossier.due_at, dossier.first_due_at, dossier.was_late) == (local("2026-04-15 09:00"), DUE, was_late)
    assert slips()[-1] == "apology"
    assert refused(road, Extend(local("2026-05-15 09:00"), "x"), road.commune.leader) == "once"


def test_a_late_apology_names_no_day_that_has_passed(road):
    road.processing()
    road.now = local("2026-04-10 10:00")
    assert refused(road, Extend(local("2026-04-08 09:00"), "x"), road.commune.leader) == "due"


# Steps


def step():
    return Assignment.objects.get(until=None)


def test_a_step_rests_while_the_applicant_is_awaited_and_after_the_decision(road):
    road.processing()
    assert step().due_at is not None
    road.do(asking(road), road.commune.specialist)
    assert step().due_at is None
    road.now = local("2026-03-30 10:00")
    road.answer().do(actions.Supplement(), road.citizen)
    assert step().due_at > road.now
    road.do(actions.Propose(is_granted=True), road.commune.specialist).do(actions.Approve(), road.commune.leader)
    assert step().due_at is None
    road.now = local("2026-04-20 10:00")
    road.do(actions.ReturnResult("Nguyễn Văn An", "1"), road.commune.clerk)
    row = present(Assignment.objects.order_by("-n").first())
    assert slip_pages.outcome(row) == ""


def test_a_step_goes_on_after_a_payment_later_by_the_pause(road):
    road.owing()
    before = step().due_at
    road.now = local("2026-03-23 13:59")
    road.do(actions.RequirePayment(date(2026, 3, 30)), road.commune.specialist)
    assert step().due_at is None
    road.now = local("2026-03-24 14:59")
    set_fee_state(road.dossier, FeeState.PAID)
    road.do(actions.FeeSettled(), None)
    # Monday 14:00 to Tuesday 15:00: three hours and six and a half.
    assert road.dossier.due_at == local("2026-03-27 10:02")
    assert step().due_at == local("2026-03-26 09:03") == before + timedelta(days=1, hours=1)


def test_a_step_that_was_late_stays_late(road):
    road.processing()
    due = step().due_at
    road.now = due + timedelta(hours=1)
    road.do(asking(road), road.commune.leader)
    assert step().due_at == due


# The supplement that is awaited


def test_an_answer_is_awaited_for_the_working_days_of_the_procedure(road):
    road.asked()
    request = SupplementRequest.objects.get()
    assert request.answer_by == date(2026, 4, 13)
    assert road.event.data["answer_by"] == "2026-04-13"
    assert "13/04/2026" in present(Notification.objects.order_by("-pk").first()).body
    procedure = road.version.procedure
    procedure.supplement_days = 2
    procedure.save(update_fields=["supplement_days"])
    road.answer().do(actions.Supplement(), road.citizen)
    road.do(asking(road), road.commune.leader)
    assert SupplementRequest.objects.get(n=2).answer_by == date(2026, 3, 25)


def test_the_applicant_is_reminded_once_and_the_holder_told_once(road):
    road.asked()
    assert awaited.remind(local("2026-04-08 08:00")) == 0
    assert awaited.remind(local("2026-04-09 08:00")) == 1
    assert awaited.remind(local("2026-04-10 08:00")) == 0
    assert messages()[-1] == "dossier_supplement_reminder"
    # At the closing of the last day, not before.
    assert awaited.tell_lapsed(local("2026-04-13 16:59")) == 0
    assert awaited.tell_lapsed(local("2026-04-13 17:00")) == 1
    assert awaited.tell_lapsed(local("2026-04-14 08:00")) == 0
    assert messages()[-1] == "dossier_supplement_lapsed"
    road.dossier.refresh_from_db()
    assert road.dossier.status == Status.AWAITING_SUPPLEMENT


def test_what_came_or_has_ended_is_not_awaited(road):
    road.asked().answer().do(actions.Supplement(), road.citizen)
    assert awaited.remind(local("2026-04-10 08:00")) == awaited.tell_lapsed(local("2026-04-20 08:00")) == 0
    road.do(asking(road), road.commune.leader).do(actions.Stop("x"), road.commune.leader)
    assert awaited.remind(local("2026-04-10 08:00")) == awaited.tell_lapsed(local("2026-04-20 08:00")) == 0


def test_nobody_is_told_where_a_whole_role_holds_it_and_nothing_repeats(road):
    road.received().do(asking(road), road.commune.clerk)
    assert road.dossier.holder is None or road.dossier.holder == road.commune.clerk
    SupplementRequest.objects.update(answer_by=date(2026, 3, 23))
    awaited.tell_lapsed(local("2026-03-24 08:00"))
    assert awaited.tell_lapsed(local("2026-03-24 09:00")) == 0
