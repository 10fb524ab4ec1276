"""The control sheet: one open row, numbered in order, with the step's own time; and who can be given a dossier."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from common.clock import LOCAL
from common.database import append_only
from dossiers import actions
from dossiers.models import Assignment, Dossier, Status
from dossiers.records import assignments, slips
from dossiers.records.applicants import ApplicantData
from dossiers.records.papers import Handed
from dossiers.workflow import perform
from offices.models import Post, Role
from procedures.models import ProcedureStep
from tests import factories

pytestmark = pytest.mark.django_db


def rows(road) -> list[tuple]:
    """Return the control sheet: (n, step, role, whether it is open), in order."""
    columns = road.dossier.assignments.order_by("n").values_list("n", "step", "role", "until")
    return [(n, step, role, until is None) for n, step, role, until in columns]


def test_each_change_of_hands_closes_a_row_and_opens_the_next(road):
    road.proposed().do(actions.SendBack("Sai tên"), road.commune.leader)
    assert rows(road) == [
        (1, 1, Role.CLERK, False),
        (2, 2, Role.SPECIALIST, False),
        (3, 3, Role.LEADER, False),
        (4, 2, Role.SPECIALIST, True),
    ]
    sheet = list(road.dossier.assignments.order_by("n"))
    assert [row.until for row in sheet[:-1]] == [row.since for row in sheet[1:]]
    assert [row.given_by for row in sheet] == [
        road.citizen, road.commune.clerk, road.commune.specialist, road.commune.leader,
    ]  # fmt: skip
    assert [row.person for row in sheet] == [None, road.commune.specialist, None, road.commune.specialist]


def test_only_the_dossiers_own_row_is_closed(road):
    road.submitted()
    mine = road.dossier
    other = factories.draft(road.citizen, road.commune.unit, road.version)
    other.assignments.create(n=1, step=1, unit=road.commune.unit, role=Role.CLERK, since=road.now)
    road.do(actions.Receive(), road.commune.clerk).do(actions.Forward(road.commune.specialist), road.commune.clerk)
    assert other.assignments.get().until is None
    assert mine.assignments.filter(until=None).count() == 1


def test_a_closed_dossier_has_no_open_row(road):
    road.submitted().do(actions.Refuse("Không đúng nơi"), road.commune.clerk)
    assert rows(road) == [(1, 1, Role.CLERK, False)]
    assert Assignment.objects.get().until == road.now


def test_a_step_has_its_own_time_in_working_hours(road):
    road.processing()
    clerk, specialist = road.dossier.assignments.order_by("n")
    assert (clerk.allotted, specialist.allotted) == (Decimal(4), Decimal(16))
    # Sixteen of 8.5 hours a day, from 09:03 on Monday.
    assert specialist.due_at == specialist.since + timedelta(days=2) - timedelta(hours=1)


def test_a_steps_time_runs_from_reception(road):
    road.submitted()
    sheet = road.dossier.assignments
    assert sheet.get().due_at is None
    # Received on Saturday: its four hours begin when the desk opens on Monday.
    road.now = datetime(2026, 3, 28, 8, tzinfo=LOCAL)
    road.do(actions.Receive(), road.commune.clerk)
    assert sheet.get().due_at == datetime(2026, 3, 30, 11, tzinfo=LOCAL)


def test_a_dossier_that_was_never_received_was_late_at_no_step(road):
    road.submitted()
    road.now += timedelta(days=7)
    road.do(actions.Refuse("Không đúng nơi"), road.commune.clerk)
    assert slips.outcome(Assignment.objects.get()) == ""


def test_what_a_former_release_wrote_of_it_is_taken_back(road):
    migration = import_module("dossiers.migrations.0022_no_step_before_reception")
    road.received()
    due = Assignment.objects.get().due_at
    migration.take_back(apps, SimpleNamespace(connection=connection))
    assert Assignment.objects.get().due_at == due is not None
    Dossier.objects.update(received_at=None, term_from=None, due_at=None, status=Status.SUBMITTED)
    migration.take_back(apps, SimpleNamespace(connection=connection))
    assert Assignment.objects.get().due_at is None


def test_the_step_of_papers_entered_later_runs_from_when_they_came(road):
    road.dossier = factories.draft(road.commune.clerk, road.commune.unit, road.version, channel="counter")
    Dossier.objects.update(owner=None)
    came, road.now = road.now, road.now + timedelta(hours=1)
    applicant = ApplicantData(
        kind="citizen", name="Lê Văn Tám", id_kind="personal_number", id_number="001099012345", address={}
    )
    keys = tuple(paper.key for paper in road.version.papers.all())
    register = actions.Register(applicant, tuple(Handed(key) for key in keys), late_reason="Mất điện")
    perform(register, road.dossier, by=road.commune.clerk, now=road.now, at=came)
    assert road.dossier.assignments.get().due_at == road.dossier.received_at + timedelta(hours=5, minutes=30)


def test_a_step_to_which_no_time_is_allotted_is_due_at_no_time(road):
    with append_only.lifted(tables=[ProcedureStep._meta.db_table]):
        ProcedureStep.objects.filter(role=Role.SPECIALIST).update(allotted=0)
    row = road.processing().dossier.assignments.get(until=None)
    assert (row.allotted, row.due_at) == (None, None)


def test_a_roles_next_step_comes_after_the_present_one_else_its_last(commune):
    version = factories.version(commune.unit)
    version.status = "draft"
    version.save(update_fields=["status"])
    ProcedureStep.objects.create(version=version, n=4, role=Role.SPECIALIST, text="Bước 4", allotted=8)
    found = [assignments.step_of(version, Role.SPECIALIST, after) for after in range(6)]
    assert found == [2, 2, 4, 4, 4, 4]
    assert assignments.step_of(version, Role.CASHIER, 3) == 3


def test_who_can_be_given_a_dossier_has_a_post_for_it_in_the_competent_unit(road, commune, other_commune):
    road.received()
    specialist = commune.specialist

    def able(held_as: str, **changes) -> bool:
        fields: dict[str, Any] = {
            "unit": commune.unit,
            "role": Role.SPECIALIST,
            "user": specialist,
            "valid_from": date(2025, 7, 1),
        }
        return assignments.lets_hold(Post(**(fields | changes)), held_as, road.dossier)

    assert able(Role.SPECIALIST)
    assert able(Role.SPECIALIST, sectors=["ho-tich", "dat-dai"])
    assert not able(Role.SPECIALIST, sectors=["dat-dai"])
    assert not able(Role.SPECIALIST, unit=other_commune.unit)
    assert not able(Role.SPECIALIST, role=Role.CLERK)
    assert able(Role.CLERK, role=Role.CLERK, sectors=["dat-dai"])


def test_a_completed_supplement_starts_the_steps_time_anew(road):
    other = factories.draft(road.citizen, road.commune.unit, road.version)
    other.assignments.create(n=1, step=1, unit=road.commune.unit, role=Role.CLERK, since=road.now)
    road.processing()
    before = road.dossier.assignments.get(until=None).due_at
    road.do(actions.RequestSupplement((road.item,)), road.commune.specialist)
    assert road.dossier.assignments.get(until=None).due_at is None
    road.now += timedelta(days=7)
    road.answer().do(actions.Supplement(), road.citizen)
    row = road.dossier.assignments.get(until=None)
    assert row.due_at == before + timedelta(days=7, minutes=2)
    assert row.since < row.due_at - timedelta(days=7)
    assert other.assignments.get().due_at is None
