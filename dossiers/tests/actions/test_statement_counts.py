"""What each action costs in statements: counted, so that none creeps in. The look at what is kept is one of them."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import onetime
from common.clock import local_day
from dossiers import actions
from dossiers.books.rules import assessed
from dossiers.filing import submission
from dossiers.models import Dossier, FeeState
from dossiers.records.fees import set_fee_state
from dossiers.table import Action
from dossiers.workflow import perform
from offices.models import Post, Role
from procedures.catalogue import version_of
from procedures.models import ProcedureVersion
from tests import factories

from ..test_workflow_table import sample

pytestmark = pytest.mark.django_db
# A test's own transaction, and what the worklist needs on SQLite alone.
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "DELETE FROM dossiers_worklist")
# What is settled in one visit.
BOOKED = "2.000815"
COSTS = {
    Action.SUBMIT: 11,
    Action.REGISTER: 16,
    Action.TAKE_OVER: 11,
    Action.ATTEST: 11,
    Action.RECEIVE: 12,
    Action.REFUSE: 11,
    Action.REQUEST_SUPPLEMENT: 14,
    Action.SUPPLEMENT: 18,
    Action.FORWARD: 10,
    Action.REQUIRE_PAYMENT: 10,
    Action.FEE_SETTLED: 10,
    Action.PROPOSE: 11,
    Action.SEND_BACK: 12,
    Action.APPROVE: 13,
    Action.RETURN_RESULT: 10,
    Action.REQUEST_WITHDRAWAL: 7,
    Action.DECLINE_WITHDRAWAL: 8,
    Action.ACCEPT_WITHDRAWAL: 10,
    Action.PROPOSE_STOP: 7,
    Action.DECLINE_STOP: 9,
    Action.STOP: 12,
    Action.EXTEND: 10,
    Action.REASSIGN: 11,
    Action.CORRECT: 14,
    Action.CANCEL_RECEPTION: 11,
    Action.RECALL: 13,
    Action.GIVE_BACK: 14,
    Action.NOTE_ORIGINALS: 10,
    Action.REQUEST_CORRECTION: 11,
    Action.ACCEPT_CORRECTION: 14,
    Action.DECLINE_CORRECTION: 14,
    Action.SEND_CORRECTION: 15,
    Action.LINK: 7,
    Action.CANCEL_ENTRY: 10,
}


@pytest.fixture(autouse=True)
def extra(settings, road, now):
    """A portal that has been running for a while: what is kept has been read, and is looked at once an action.

    Returns a paper of another procedure.
    """
    settings.KEPT_SECONDS = 600
    paper = factories.version(code="1.000009").papers.first()
    factories.version(road.commune.unit, code=BOOKED, book="copies")
    road.received()
    road.dossier = factories.draft(road.citizen, road.commune.unit, road.version)
    with time_machine.travel(road.now, tick=False):
        yield paper


@pytest.fixture
def cost(road):
    """Perform an action; returns its statements without those that a test's own transaction adds."""

    def count(action, by) -> int:
        road.now += timedelta(minutes=1)
        revision = Dossier.objects.get(pk=road.dossier.pk).revision
        with CaptureQueriesContext(connection) as seen:
            perform(action, road.dossier, by=by, now=road.now, revision=revision)
        return len(real(seen))

    return count


def real(seen) -> list[str]:
    found = [query["sql"] for query in seen]
    return [
        sql
        for sql in found
        if not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "DELETE FROM dossiers_worklist"))
    ]


def test_each_action_has_its_price(road, cost):
    commune = road.commune
    found: dict[Action, set[int]] = {}
    other = factories.user(full_name="Lê Thị Hai", email="hai@example.com")
    Post.objects.create(user=other, unit=commune.unit, role=Role.SPECIALIST, valid_from=date(2025, 7, 1))

    def do(action, by) -> None:
        found.setdefault(action.action, set()).add(cost(action, by))

    do(actions.Submit(), road.citizen)
    do(actions.Receive(), commune.clerk)
    do(sample(Action.CORRECT, road.dossier, road.now), commune.clerk)
    do(actions.CancelReception("Nhầm"), commune.clerk)
    do(actions.Receive(), commune.clerk)
    do(sample(Action.NOTE_ORIGINALS, road.dossier, road.now), commune.clerk)
    do(actions.Forward(commune.specialist), commune.clerk)
    do(actions.Recall(), commune.clerk)
    do(actions.Forward(commune.specialist), commune.clerk)
    do(actions.RequestCorrection(road.item), road.citizen)
    do(actions.DeclineCorrection("Không cần"), commune.specialist)
    do(actions.RequestCorrection(road.item), road.citizen)
    do(actions.AcceptCorrection(), commune.specialist)
    paper = road.dossier.papers.first()
    road.dossier.papers.create(required=paper.required, name=paper.name, kind="promised", uploaded_at=road.now)
    do(actions.SendCorrection(), road.citizen)
    do(actions.GiveBack("Thiếu"), commune.specialist)
    do(actions.Forward(commune.specialist), commune.clerk)
    do(actions.Extend(road.now + timedelta(days=14), "Cần xác minh"), commune.leader)
    do(actions.RequestSupplement((road.item,)), commune.specialist)
    road.answer()
    do(actions.Supplement(), road.citizen)
    set_fee_state(road.dossier, FeeState.OWED)
    do(sample(Action.REQUIRE_PAYMENT, road.dossier, road.now), commune.specialist)
    set_fee_state(road.dossier, FeeState.PAID)
    do(actions.FeeSettled(), None)
    do(actions.RequestWithdrawal("Đổi ý"), road.citizen)
    do(actions.DeclineWithdrawal("Đã xong"), commune.specialist)
    do(actions.Reassign(commune.specialist, other), commune.administrator)
    do(actions.Forward(commune.specialist), other)
    do(actions.Propose(is_granted=True), commune.specialist)
    do(actions.SendBack("Sửa lại"), commune.leader)
    do(actions.Propose(is_granted=True), commune.specialist)
    do(actions.Approve(), commune.leader)
    do(actions.ReturnResult("Nguyễn Văn An", "1"), commune.clerk)
    road.dossier = factories.draft(road.citizen, commune.unit, road.version)
    do(actions.Submit(), road.citizen)
    do(actions.Refuse("Sai nơi"), commune.clerk)
    road.dossier = factories.draft(road.citizen, commune.unit, road.version)
    road.processing()
    do(actions.ProposeStop("Hết hạn"), commune.specialist)
    do(actions.DeclineStop("Chờ thêm"), commune.leader)
    do(actions.Stop("Hết hạn"), commune.leader)
    road.dossier = factories.draft(road.citizen, commune.unit, road.version)
    road.withdrawing()
    do(actions.AcceptWithdrawal(), commune.specialist)
    road.dossier = factories.draft(commune.clerk, commune.unit, road.version, channel="counter")
    Dossier.objects.filter(pk=road.dossier.pk).update(owner=None)
    do(sample(Action.REGISTER, road.dossier, road.now), commune.clerk)
    do(actions.Link(road.citizen, "Con đẻ"), commune.clerk)
    road.dossier = factories.draft(commune.clerk, commune.unit, road.version)
    Dossier.objects.filter(pk=road.dossier.pk).update(owner=None)
    do(sample(Action.TAKE_OVER, road.dossier, road.now), commune.clerk)
    booked = version_of(ProcedureVersion.objects.get(procedure__code=BOOKED).pk)
    road.dossier = factories.draft(commune.clerk, commune.unit, booked, channel="counter")
    Dossier.objects.filter(pk=road.dossier.pk).update(owner=None)
    # What is kept of a procedure that nobody has asked for before.
    assessed(booked, commune.unit.pk, local_day(road.now), 1, 1)
    do(sample(Action.ATTEST, road.dossier, road.now), commune.clerk)
    do(sample(Action.CANCEL_ENTRY, road.dossier, road.now), commune.leader)
    assert found == {action: {count} for action, count in COSTS.items()}


def test_a_submission_that_owes_a_fee_costs_four_more(road, cost):
    factories.fee(road.version)
    road.submitted()
    road.dossier = factories.draft(road.citizen, road.commune.unit, road.version)
    assert cost(actions.Submit(), road.citizen) == COSTS[Action.SUBMIT] + 4


def test_papers_that_nobody_asks_for_go_with_one_statement(road, cost, extra):
    for _n in range(5):
        road.dossier.papers.create(required=extra, name="Thừa", kind="promised", uploaded_at=road.now)
    assert cost(actions.Submit(), road.citizen) == COSTS[Action.SUBMIT] + 1
    assert road.dossier.papers.count() == 1


def test_a_submission_with_its_key_costs_one_more(road):
    with CaptureQueriesContext(connection) as seen:
        submission.submit(road.dossier.ref, by=road.citizen, key=onetime.new_key(), revision=0, now=road.now)
    assert len(real(seen)) == COSTS[Action.SUBMIT] + 1


def test_the_page_reads_no_dossier_before_and_none_after(client, road):
    client.force_login(road.citizen)
    # The first page of a session notes when it was seen.
    client.get(reverse("applicant:review", args=[road.dossier.ref]))
    fields = {"key": onetime.new_key(), "revision": "0", "declared": "on"}
    with CaptureQueriesContext(connection) as seen:
        answer = client.post(reverse("applicant:submit", args=[road.dossier.ref]), fields)
    assert answer.url == reverse("applicant:submitted", args=[road.dossier.ref])
    # Beside the key: session and account. The clock is the test's own.
    assert len(real(seen)) == COSTS[Action.SUBMIT] + 3
