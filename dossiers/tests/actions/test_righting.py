"""Putting a step right: a reception cancelled, a dossier recalled or given back, originals that come late."""

from datetime import timedelta

import pytest

from dossiers import actions
from dossiers.models import AccessRecord, Dossier, PaperKind, Slip, Status, WorklistRow
from dossiers.records.applicants import ApplicantData
from dossiers.records.papers import AUTHORITY, AUTHORITY_NAME, Handed
from dossiers.timeline.history import OWNER, PUBLIC, status_sentence, timeline
from notifications.models import Notification
from offices.models import Post, Role
from procedures.models import ProcedureFigures
from reports.counting import procedures, rollup
from tests import factories
from tests.present import present

from .test_actions import check_sheet, messages, refused

pytestmark = pytest.mark.django_db
LAN = ApplicantData(kind="citizen", name="Phạm Thị Lan", id_kind="personal_number", id_number="075199000099")


def colleague(road, role=Role.CLERK):
    """Return a second officer of the commune in a role."""
    other = factories.user(full_name="Lê Thị Hai", email="hai@example.com")
    Post.objects.create(user=other, unit=road.commune.unit, role=role, valid_from=road.now.date().replace(day=1))
    return other


def at_counter(road):
    """Status 2, taken in on paper."""
    road.dossier = factories.draft(road.commune.clerk, road.commune.unit, road.version, channel="counter")
    Dossier.objects.filter(pk=road.dossier.pk).update(owner=None)
    return road.do(actions.Register(LAN, (Handed("chung-sinh"),)), road.commune.clerk)


# Cancel a reception ---------------------------------------------------------------------------------------------------


def test_a_cancelled_reception_leads_an_online_dossier_back_to_reception(road):
    road.received().do(actions.CancelReception("Nhầm hồ sơ"), road.commune.clerk)
    dossier = Dossier.objects.get()
    assert (dossier.status, dossier.received_at, dossier.due_at, dossier.cancelled_at) == (1, None, None, None)
    assert dossier.code == road.dossier.code and present(dossier.assignments.get()).due_at is None
    check_sheet(dossier)
    assert present(Slip.objects.get(kind="receipt")).voided_at == road.now
    message = present(Notification.objects.last())
    assert message.kind == "dossier_reception_cancelled"
    assert "Nhầm hồ sơ" in message.body and Slip.objects.get(kind="receipt").number in message.body
    assert timeline(dossier, PUBLIC)[0].action == "cancel_reception" and not timeline(dossier, PUBLIC)[0].text
    # Received again, it has a receipt that counts, and the term begins then.
    road.do(actions.Receive(), road.commune.clerk)
    assert list(Slip.objects.filter(kind="receipt").order_by("pk").values_list("voided_at", flat=True))[-1] is None
    assert road.dossier.received_at == road.now


def test_a_cancelled_reception_on_paper_ends_and_counts_in_no_figure(road):
    at_counter(road)
    rollup.count(road.now)
    procedures.count(road.now)
    assert present(ProcedureFigures.objects.get()).received == 1
    road.do(actions.CancelReception("Nhầm thủ tục"), road.commune.clerk)
    dossier = Dossier.objects.get(pk=road.dossier.pk)
    assert (dossier.status, dossier.received_at, dossier.cancelled_at) == (Status.STOPPED, None, road.now)
    check_sheet(dossier)
    assert "hủy" in status_sentence(dossier, OWNER, road.now) or "cancelled" in status_sentence(
        dossier, OWNER, road.now
    )
    rollup.count(road.now)
    procedures.count(road.now)
    assert not ProcedureFigures.objects.exists()
    # The next dossier gets another code.
    at_counter(road)
    assert road.dossier.code != dossier.code


def test_a_reception_is_cancelled_on_its_day_by_whoever_made_it_before_others_act(road):
    road.received()
    cancel = actions.CancelReception("Nhầm")
    assert refused(road, cancel, colleague(road)) == "acted"
    assert refused(road, actions.CancelReception(" "), road.commune.clerk) == "reason"
    road.do(actions.RequestCorrection(road.item), road.citizen)
    assert refused(road, cancel, road.commune.clerk) == "acted"


def test_a_reception_of_yesterday_is_not_cancelled(road):
    road.received()
    road.now += timedelta(days=1)
    assert refused(road, actions.CancelReception("Nhầm"), road.commune.clerk) == "day"


def test_a_reception_can_be_cancelled_after_a_recall(road):
    road.processing().do(actions.Recall(), road.commune.clerk)
    assert road.do(actions.CancelReception("Nhầm"), road.commune.clerk).dossier.status == Status.SUBMITTED


# Recall, give back ----------------------------------------------------------------------------------------------------


def test_a_recalled_dossier_stands_as_before_until_the_receiver_has_opened_it(road):
    before = present(road.received().dossier.assignments.get())
    road.do(actions.Forward(road.commune.specialist), road.commune.clerk)
    # Neither a look before the forwarding nor one of somebody else counts.
    for reader, at in ((road.commune.specialist, road.now - timedelta(minutes=1)), (road.commune.leader, road.now)):
        AccessRecord.objects.create(dossier=road.dossier, reader=reader, at=at, what="dossier")
    told = len(messages())
    road.do(actions.Recall("Chọn nhầm người"), road.commune.clerk)
    check_sheet(road.dossier)
    after = present(road.dossier.assignments.get(until=None))
    # It lay there for a minute: what was left of the step goes on.
    due_at = present(before.due_at) + timedelta(minutes=1)
    assert (road.dossier.status, after.role, after.person, after.due_at) == (2, "clerk", None, due_at)
    assert len(messages()) == told and not [
        entry for entry in timeline(road.dossier, PUBLIC) if entry.action == "recall"
    ]
    road.do(actions.Forward(road.commune.specialist), road.commune.clerk)
    AccessRecord.objects.create(dossier=road.dossier, reader=road.commune.specialist, at=road.now, what="dossier")
    assert refused(road, actions.Recall(), road.commune.clerk) == "opened"


def test_of_a_dossier_given_to_a_role_anyone_of_it_opens_it(road):
    road.received().do(actions.Forward(None), road.commune.clerk)
    assert refused(road, actions.Recall(), colleague(road)) == "forwarded"
    AccessRecord.objects.create(dossier=road.dossier, reader=road.commune.specialist, at=road.now, what="paper x")
    assert refused(road, actions.Recall(), road.commune.clerk) == "opened"


def test_a_proposal_is_recalled_by_its_specialist(road):
    road.proposed().do(actions.Recall(), road.commune.specialist)
    assert (road.dossier.holder, road.dossier.status) == (road.commune.specialist, Status.PROCESSING)
    assert refused(road, actions.Recall(), road.commune.specialist) == "forwarded"
    road.do(actions.Propose(is_granted=True), road.commune.specialist).do(actions.Approve(), road.commune.leader)
    check_sheet(road.dossier)


def test_who_signs_for_a_leader_recalls_a_proposal_after_a_look_and_signs_none_that_is_not_there(road):
    specialist, day = road.commune.specialist, road.now.date()
    for person in (specialist, colleague(road, Role.SPECIALIST)):
        Post.objects.create(
            user=person, unit=road.commune.unit, role=Role.LEADER, valid_from=day, valid_until=day, signs_for="An"
        )
    other = Post.objects.get(user__email="hai@example.com", role=Role.SPECIALIST).user
    road.processing()
    assert refused(road, actions.SendBack("x"), specialist) == "proposal"
    road.do(actions.Propose(is_granted=True), specialist)
    AccessRecord.objects.create(dossier=road.dossier, reader=specialist, at=road.now, what="dossier")
    road.do(actions.Recall(), specialist).do(actions.Forward(other), specialist)
    # The colleague has it to work on; what was proposed earlier has been taken back.
    for action in (actions.Approve(), actions.SendBack("x")):
        assert refused(road, action, other) == "proposal"


def test_a_dossier_given_back_waits_at_the_desk_and_whoever_forwarded_it_is_told(road):
    road.processing()
    assert refused(road, actions.GiveBack(" "), road.commune.specialist) == "reason"
    assert refused(road, actions.GiveBack("x"), colleague(road, Role.SPECIALIST)) == "holder"
    road.do(actions.GiveBack("Thiếu bản chính"), road.commune.specialist)
    check_sheet(road.dossier)
    assert (road.dossier.holder_role, road.dossier.holder, road.dossier.status) == ("clerk", None, Status.PROCESSING)
    message = present(Notification.objects.last())
    assert (message.kind, message.recipient) == ("dossier_given_back", road.commune.clerk)
    assert "Thiếu bản chính" not in message.body
    assert (
        road.do(actions.Forward(road.commune.specialist), road.commune.clerk).dossier.holder == road.commune.specialist
    )


# Originals ------------------------------------------------------------------------------------------------------------


def owes(road) -> bool:
    return present(WorklistRow.objects.get(dossier=road.dossier)).owes_original


def test_a_promised_original_is_ticked_off_whenever_it_comes(road):
    assert not owes(road.submitted())
    road.do(actions.Receive(), road.commune.clerk)
    assert owes(road)
    ref = present(road.dossier.papers.get()).ref
    assert refused(road, actions.NoteOriginals((ref, "x")), road.commune.clerk) == "papers"
    road.do(actions.Forward(road.commune.specialist), road.commune.clerk)
    road.do(actions.NoteOriginals((ref,)), road.commune.clerk)
    paper = present(road.dossier.papers.get())
    assert (paper.kind, paper.originals, paper.uploaded_by) == (PaperKind.ORIGINAL_RECEIVED, 1, road.commune.clerk)
    assert not owes(road)
    assert timeline(road.dossier, OWNER)[0].text == "Giấy chứng sinh"
    assert refused(road, actions.NoteOriginals((ref,)), road.commune.clerk) == "nothing"


def test_a_promised_paper_beyond_the_list_is_ticked_off_at_the_desk(road):
    road.submitted().dossier.papers.create(name=AUTHORITY_NAME, kind="promised", uploaded_at=road.now)
    # Nobody files for another here: no key stands for the paper.
    assert refused(road, actions.Receive((AUTHORITY,)), road.commune.clerk) == "papers"
    road.do(actions.Receive(("chung-sinh",)), road.commune.clerk)
    paper = present(road.dossier.papers.get(name=AUTHORITY_NAME))
    road.do(actions.NoteOriginals((paper.ref,)), road.commune.clerk)
    assert not road.dossier.papers.filter(kind="promised").exists()


def test_a_power_of_attorney_is_ticked_off_with_the_reception(road, monkeypatch):
    monkeypatch.setattr("dossiers.actions.reception.asks_authority", lambda dossier, key: key == AUTHORITY)
    road.submitted().dossier.papers.create(name=AUTHORITY_NAME, kind="promised", uploaded_at=road.now)
    road.do(actions.Receive((AUTHORITY, "chung-sinh")), road.commune.clerk)
    assert set(road.dossier.papers.values_list("kind", "originals")) == {("received", 1)}


def test_an_original_that_lies_at_the_desk_is_not_noted_twice(road):
    road.submitted().do(actions.Receive(("chung-sinh",)), road.commune.clerk)
    road.do(actions.CancelReception("Nhầm"), road.commune.clerk).do(
        actions.Receive(("chung-sinh",)), road.commune.clerk
    )
    assert present(road.dossier.papers.get()).kind == PaperKind.ORIGINAL_RECEIVED
