"""Each action: what it leaves behind, and what its own guards refuse."""

import hashlib
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from common.clock import LOCAL
from common.files.uploads import Accepted
from common.refusals import Refused
from dossiers import actions
from dossiers.models import Applicant, Assignment, Dossier, Pause, Result, Slip, Status
from dossiers.records.applicants import ApplicantData
from dossiers.records.papers import Handed
from dossiers.workflow import perform
from notifications.models import Notification
from offices.models import CalendarYear, Post, Role
from procedures.models import Offering
from tests import factories
from tests.present import present

PDF = b"%PDF-1.7\n%%EOF\n"


def accepted(content: bytes = PDF, media_type: str = "application/pdf") -> Accepted:
    return Accepted("ket-qua.pdf", content, media_type, len(content), hashlib.sha256(content).hexdigest(), 1)


def refused(road, action, by) -> str:
    """Return the code with which an action is refused; asserts that the dossier did not move."""
    revision = road.dossier.revision
    with pytest.raises(Refused) as caught:
        perform(action, road.dossier, by=by, now=road.now + timedelta(minutes=1))
    assert Dossier.objects.get(pk=road.dossier.pk).revision == revision
    assert str(caught.value.message)
    return caught.value.code


def messages() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("kind", flat=True))


def slips() -> list[str]:
    return list(Slip.objects.order_by("pk").values_list("kind", flat=True))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def check_sheet(dossier: Dossier) -> None:
    """Exactly one open row while the dossier is open, none afterwards; the columns repeat it."""
    open_rows = list(dossier.assignments.filter(until=None))
    assert len(open_rows) == dossier.is_open
    for row in open_rows:
        shown = (dossier.holder_unit_id, dossier.holder_role, dossier.holder_id, dossier.step)
        assert (row.unit_id, row.role, row.person_id, row.step) == shown


# Filing -------------------------------------------------------------------------------------------------------------


def test_submit_gives_code_freezes_applicant_and_writes_mail(road):
    road.submitted()
    dossier = Dossier.objects.get()
    assert (dossier.status, dossier.code) == (Status.SUBMITTED, "000.00.16.H19-260323-0001")
    assert dossier.submitted_at == road.now
    assert (dossier.holder_role, dossier.holder, dossier.step) == (Role.CLERK, None, 1)
    assert dossier.due_at is None
    assert Applicant.objects.get().name == "Nguyễn Văn An"
    assert (messages(), slips()) == (["dossier_submitted"], ["filing"])
    check_sheet(dossier)


def test_submit_freezes_the_applicant_against_later_changes(road):
    road.submitted()
    road.citizen.full_name = "Tên Khác"
    road.citizen.email = "khac@example.com"
    road.citizen.save()
    road.do(actions.Receive(), road.commune.clerk)
    assert Applicant.objects.get().name == "Nguyễn Văn An"
    assert present(Notification.objects.last()).to_address == "an@example.com"


def test_submit_drops_answers_to_hidden_questions(road):
    Dossier.objects.update(answers=factories.ANSWERS | {"wants_copy": "khong", "copies": 5})
    road.submitted()
    assert road.dossier.answers == {"requester_name": "Nguyễn Văn An", "wants_copy": "khong"}


@pytest.mark.parametrize(
    ("columns", "code"),
    [({"delivery": ""}, "delivery"), ({"answers": {"wants_copy": "co"}}, "answers")],
)
def test_submit_refuses_an_unfinished_draft(road, columns, code):
    Dossier.objects.update(**columns)
    road.dossier.refresh_from_db()
    assert refused(road, actions.Submit(), road.citizen) == code


def test_submit_refuses_missing_papers(road):
    road.dossier.papers.all().delete()
    assert refused(road, actions.Submit(), road.citizen) == "papers"


def test_submit_refuses_where_the_level_is_too_low(road):
    Offering.objects.update(level=2)
    assert refused(road, actions.Submit(), road.citizen) == "level"


def test_submit_refuses_a_version_no_longer_in_force(road):
    road.version.effective_until = road.now.date() - timedelta(days=1)
    type(road.version).objects.filter(pk=road.version.pk).update(effective_until=road.version.effective_until)
    assert refused(road, actions.Submit(), road.citizen) == "version"


def test_filing_works_when_the_calendar_is_not_entered(road):
    """A citizen files around the clock; a missing calendar is the officers' matter."""
    CalendarYear.objects.all().delete()
    road.submitted()
    assert Assignment.objects.get().due_at is None


@pytest.fixture
def counter_draft(road):
    """A draft that the clerk makes for a person at the counter."""
    clerk = road.commune.clerk
    road.dossier.delete()
    road.dossier = factories.draft(clerk, road.commune.unit, road.version, channel="counter")
    road.dossier.papers.all().delete()
    Dossier.objects.update(owner=None)
    road.dossier.refresh_from_db()
    return road


PERSON = ApplicantData(kind="citizen", name="Phạm Thị Lan", id_kind="personal_number", id_number="075199000099")


def test_take_in_receives_at_once(counter_draft):
    road = counter_draft.do(actions.Register(PERSON, (Handed("chung-sinh"),)), counter_draft.commune.clerk)
    dossier = road.dossier
    assert (dossier.status, dossier.received_at) == (Status.RECEIVED, road.now)
    assert dossier.due_at == local("2026-03-26 09:01")
    assert dossier.papers.get().kind == "received"
    assert slips() == ["receipt"]
    assert Notification.objects.get().state == "to_call"
    check_sheet(dossier)


def test_take_in_refuses_missing_papers_and_unknown_ones(counter_draft):
    clerk = counter_draft.commune.clerk
    assert refused(counter_draft, actions.Register(PERSON, ()), clerk) == "papers"
    assert refused(counter_draft, actions.Register(PERSON, (Handed("chung-sinh"), Handed("la"))), clerk) == "papers"


def test_take_in_refuses_the_drafts_of_others(road):
    assert refused(road, actions.Register(PERSON, (Handed("chung-sinh"),)), road.commune.clerk) == "channel"


def test_take_in_refuses_the_clerks_own_request(counter_draft):
    clerk = counter_draft.commune.clerk
    clerk.set_personal_number(PERSON.id_number)
    clerk.save()
    assert refused(counter_draft, actions.Register(PERSON, (Handed("chung-sinh"),)), clerk) == "own"


# Reception ----------------------------------------------------------------------------------------------------------


def test_receive_starts_the_term(road):
    road.received()
    dossier = Dossier.objects.get()
    assert dossier.status == Status.RECEIVED
    assert dossier.received_at == dossier.recorded_at == dossier.term_from == road.now
    assert dossier.due_at == local("2026-03-26 09:02")
    assert slips()[-1] == "receipt"
    assert messages()[-1] == "dossier_received"
    check_sheet(dossier)


def test_receive_at_night_counts_from_the_next_opening(road):
    road.submitted()
    road.now = local("2026-03-27 21:00")
    road.do(actions.Receive(), road.commune.clerk)
    assert road.dossier.received_at == local("2026-03-30 07:00")
    assert road.dossier.recorded_at == local("2026-03-27 21:01")
    assert road.dossier.due_at == local("2026-04-02 07:00")


def test_receive_notes_originals(road):
    road.submitted().do(actions.Receive(originals=("chung-sinh", "uy-quyen")), road.commune.clerk)
    assert dict(road.dossier.papers.values_list("required__key", "kind")) == {
        "chung-sinh": "received",
        "uy-quyen": "received",
    }


def test_receive_refuses_papers_of_other_procedures(road):
    road.submitted()
    assert refused(road, actions.Receive(originals=("la",)), road.commune.clerk) == "papers"


def test_receive_refuses_without_a_calendar(road):
    road.submitted()
    CalendarYear.objects.all().delete()
    assert refused(road, actions.Receive(), road.commune.clerk) == "calendar"
    CalendarYear.objects.create(year=2026, entered_at=road.now)
    road.commune.unit.opening_hours.all().delete()
    assert refused(road, actions.Receive(), road.commune.clerk) == "calendar"


def test_refuse_ends_the_dossier_with_a_reason(road):
    road.submitted().do(actions.Refuse("Không thuộc thẩm quyền"), road.commune.clerk)
    dossier = road.dossier
    assert (dossier.status, dossier.closed_at) == (Status.REFUSED, road.now)
    assert road.event.public_text == "Không thuộc thẩm quyền"
    assert slips()[-1] == "refusal"
    assert messages()[-1] == "dossier_refused"
    check_sheet(dossier)


def test_refuse_needs_a_reason(road):
    road.submitted()
    assert refused(road, actions.Refuse("  "), road.commune.clerk) == "reason"


def test_forward_hands_over_to_a_person_at_the_next_step(road):
    road.processing()
    dossier = road.dossier
    assert (dossier.status, dossier.holder, dossier.holder_role) == (
        Status.PROCESSING,
        road.commune.specialist,
        Role.SPECIALIST,
    )
    assert dossier.step == 2
    row = dossier.assignments.get(until=None)
    assert (row.n, row.allotted, row.given_by) == (2, 16, road.commune.clerk)
    assert row.due_at == local("2026-03-25 08:03")  # 16 desk hours after 9:03
    check_sheet(dossier)


def test_forward_to_a_role_lets_one_of_it_take_the_dossier(road):
    road.received().do(actions.Forward(role=Role.SPECIALIST), road.commune.clerk)
    assert road.dossier.holder is None
    road.do(actions.Forward(road.commune.specialist), road.commune.specialist)
    assert (road.dossier.holder, road.dossier.step) == (road.commune.specialist, 2)
    check_sheet(road.dossier)


def test_forward_refuses_who_cannot_hold(road, other_commune):
    road.received()
    clerk = road.commune.clerk
    assert refused(road, actions.Forward(road.commune.leader), clerk) == "to"
    assert refused(road, actions.Forward(other_commune.specialist), clerk) == "to"
    assert refused(road, actions.Forward(role=Role.LEADER), clerk) == "to"
    Post.objects.filter(user=road.commune.specialist).update(sectors=["dat-dai"])
    assert refused(road, actions.Forward(road.commune.specialist), clerk) == "to"
    assert refused(road, actions.Forward(role=Role.SPECIALIST), clerk) == "to"


def test_forward_refuses_the_applicant_as_holder(road):
    road.received()
    Post.objects.create(user=road.citizen, unit=road.commune.unit, role=Role.SPECIALIST, valid_from=road.now.date())
    assert refused(road, actions.Forward(road.citizen), road.commune.clerk) == "to"


def test_forward_is_for_the_holder(road):
    road.processing()
    assert refused(road, actions.Forward(role=Role.SPECIALIST), road.commune.clerk) == "holder"


def test_leader_reassigns_what_somebody_else_holds(road):
    """An officer who is ill must not stop a dossier; the step stays, the control sheet says who had it how long."""
    road.processing()
    leader = road.commune.leader
    step = road.dossier.step
    road.do(actions.Forward(role=Role.SPECIALIST, note="Anh Nam nghỉ ốm"), leader)
    assert (road.dossier.holder, road.dossier.holder_role, road.dossier.step) == (None, Role.SPECIALIST, step)
    row = road.dossier.assignments.get(until=None)
    assert (row.given_by, row.person) == (leader, None)
    assert road.dossier.events.order_by("-n").first().actor_role == Role.LEADER
    check_sheet(road.dossier)


def test_leader_forwards_what_lies_at_the_desk(road):
    road.received().do(actions.Forward(road.commune.specialist), road.commune.leader)
    assert (road.dossier.status, road.dossier.holder) == (Status.PROCESSING, road.commune.specialist)


def test_proposal_is_signed_or_sent_back_not_forwarded(road):
    road.proposed()
    assert refused(road, actions.Forward(road.commune.specialist), road.commune.leader) == "signing"


def test_leader_of_another_unit_forwards_nothing(road, other_commune):
    road.processing()
    assert refused(road, actions.Forward(role=Role.SPECIALIST), other_commune.leader) == "who"


# Supplement ---------------------------------------------------------------------------------------------------------


def test_supplement_before_reception_runs_no_clock(road):
    road.asked(at="submitted")
    assert (road.dossier.status, road.dossier.paused_since) == (Status.AWAITING_SUPPLEMENT, None)
    assert not Pause.objects.exists()
    assert slips()[-1] == "supplement"
    assert messages()[-1] == "dossier_supplement_asked"
    road.answer().do(actions.Supplement(), road.citizen)
    assert (road.dossier.status, road.dossier.due_at) == (Status.SUBMITTED, None)
    check_sheet(road.dossier)


@pytest.mark.parametrize("at", ["received", "processing"])
def test_supplement_after_reception_pauses_and_starts_the_term_anew(road, at):
    road.asked(at=at)
    received, holder = road.dossier.received_at, road.dossier.holder
    assert road.dossier.paused_since == road.now
    road.now = local("2026-03-30 10:00")
    road.answer().do(actions.Supplement(), road.citizen)
    dossier = road.dossier
    assert (dossier.status, dossier.holder) == (Status.PROCESSING, holder)
    assert (dossier.received_at, dossier.term_from) == (received, local("2026-03-30 10:01"))
    assert dossier.due_at == local("2026-04-02 10:01")
    assert dossier.paused_since is None
    assert Pause.objects.get().until == road.now
    assert messages()[-1] == "dossier_supplement_received"
    check_sheet(dossier)


def test_supplement_must_be_complete(road):
    road.asked()
    assert refused(road, actions.Supplement(), road.citizen) == "items"


def test_one_paper_does_not_answer_for_another(road):
    road.submitted()
    items = tuple(actions.Item(paper.pk, "", paper.name, "Mờ") for paper in road.version.papers.all())
    beyond = tuple(actions.Item(None, "", name, "Thiếu") for name in ("Ảnh", "Sổ"))
    road.do(actions.RequestSupplement(items + beyond), road.commune.clerk)
    for left in (3, 2, 1, 0):
        assert refused(road, actions.Supplement(), road.citizen) == "items"
        item = road.dossier.supplement_requests.get().items.all()[left]
        road.dossier.papers.create(required=item.required, name=item.name, kind="promised", uploaded_at=road.now)
    road.do(actions.Supplement(), road.citizen)
    assert road.dossier.status == Status.SUBMITTED


def test_supplement_of_a_section_waits_until_it_is_saved_again(road):
    item = actions.Item(None, "requester", "Người yêu cầu", "Sai họ tên")
    road.submitted().do(actions.RequestSupplement((item,)), road.commune.clerk)
    assert road.dossier.completed_sections == []
    assert refused(road, actions.Supplement(), road.citizen) == "items"
    Dossier.objects.update(completed_sections=["requester"])
    road.do(actions.Supplement(), road.citizen)
    assert road.dossier.status == Status.SUBMITTED


def test_clerk_takes_in_a_supplement_at_the_counter(road):
    road.asked().do(actions.Supplement(), road.commune.clerk)
    assert road.dossier.status == Status.PROCESSING
    assert road.dossier.papers.filter(kind="received").count() == 1


def test_second_request_needs_a_leader_and_counts_as_late(road):
    road.asked().answer().do(actions.Supplement(), road.citizen)
    ask = actions.RequestSupplement((road.item,))
    assert refused(road, ask, road.commune.specialist) == "second"
    assert not road.dossier.counts_late
    road.do(ask, road.commune.leader)
    assert road.dossier.counts_late
    assert road.dossier.supplements_asked == 2


def test_asking_needs_items_with_reasons_from_this_procedure(road):
    road.submitted()
    clerk = road.commune.clerk
    assert refused(road, actions.RequestSupplement(()), clerk) == "items"
    assert refused(road, actions.RequestSupplement((actions.Item(None, "", "Ảnh", " "),)), clerk) == "reason"
    assert refused(road, actions.RequestSupplement((actions.Item(10**9, "", "Ảnh", "Mờ"),)), clerk) == "items"
    assert refused(road, actions.RequestSupplement((actions.Item(None, "la", "Ảnh", "Mờ"),)), clerk) == "items"


def test_asking_is_for_the_holder_or_a_leader(road):
    road.processing()
    assert refused(road, actions.RequestSupplement((road.item,)), road.commune.clerk) == "holder"
    road.do(actions.RequestSupplement((road.item,)), road.commune.leader)
    assert road.dossier.status == Status.AWAITING_SUPPLEMENT


# Decision -----------------------------------------------------------------------------------------------------------


def test_propose_gives_the_dossier_to_the_leaders(road):
    road.proposed()
    dossier = road.dossier
    assert (dossier.status, dossier.holder_role, dossier.holder, dossier.step) == (
        Status.PROCESSING,
        Role.LEADER,
        None,
        3,
    )
    assert Result.objects.get().kind == "letter"
    check_sheet(dossier)


def test_propose_needs_a_reason_to_deny_and_a_pdf(road):
    road.processing()
    specialist = road.commune.specialist
    assert refused(road, actions.Propose(False), specialist) == "reason"
    assert refused(road, actions.Propose(True, upload=accepted(media_type="image/png")), specialist) == "upload"


def test_send_back_returns_to_the_proposer_and_a_new_proposal_replaces(road):
    road.proposed(text="một").do(actions.SendBack("Sai tên"), road.commune.leader)
    assert (road.dossier.holder, road.dossier.step) == (road.commune.specialist, 2)
    assert (road.event.public_text, road.event.internal_text) == ("", "Sai tên")
    road.do(actions.Propose(True, text="hai"), road.commune.specialist)
    assert Result.objects.get().text == "hai"
    check_sheet(road.dossier)


def test_send_back_needs_a_reason(road):
    road.proposed()
    assert refused(road, actions.SendBack(""), road.commune.leader) == "reason"


def test_approve_freezes_a_letter_with_number_and_check_code(road):
    road.decided()
    result = Result.objects.get()
    assert (result.approved_by, result.approved_at) == (road.commune.leader, road.now)
    assert result.number == "1/TB-UBND"
    assert len(result.check_code) == 12
    assert present(result.data)["check_code"] == result.check_code
    assert road.event.data["content_sha256"]
    assert (road.dossier.status, road.dossier.holder_role) == (Status.DECIDED, Role.CLERK)
    assert messages()[-1] == "dossier_decided"
    check_sheet(road.dossier)


def test_approve_keeps_the_uploaded_file_and_its_hash(road):
    upload = accepted()
    road.decided(upload=upload)
    result = Result.objects.get()
    assert result.sha256 == upload.sha256 == road.event.data["sha256"]
    with result.file.open("rb") as stored:
        assert stored.read() == PDF


def test_approve_refuses_a_file_that_changed_in_the_store(road):
    road.proposed(upload=accepted())
    result = Result.objects.get()
    with open(result.file.path, "ab") as stored:
        stored.write(b"x")
    assert refused(road, actions.Approve(), road.commune.leader) == "file"


def test_approve_needs_a_proposal(road):
    road.processing()
    Dossier.objects.update(holder=road.commune.leader, holder_role=Role.LEADER)
    assert refused(road, actions.Approve(), road.commune.leader) == "proposal"


def test_nobody_approves_their_own_proposal(road):
    road.proposed()
    Result.objects.update(proposed_by=road.commune.leader)
    assert refused(road, actions.Approve(), road.commune.leader) == "own"


def test_denied_request_tells_the_reason(road):
    road.decided(is_granted=False, reason="Đã đăng ký ở xã khác")
    assert road.event.public_text == "Đã đăng ký ở xã khác"
    assert "Đã đăng ký ở xã khác" in present(Notification.objects.last()).body


def test_extend_moves_the_date_once_and_apologises(road):
    road.processing()
    old = road.dossier.due_at
    road.do(actions.Extend(local("2026-03-31 20:00"), "Chờ xác minh"), road.commune.leader)
    assert road.dossier.due_at == local("2026-03-31 17:00")
    assert (road.dossier.status, road.dossier.holder) == (Status.PROCESSING, road.commune.specialist)
    assert road.event.data["old_due_at"] == old.isoformat()
    assert slips()[-1] == "apology"
    assert messages()[-1] == "dossier_extended"
    assert refused(road, actions.Extend(local("2026-04-01 10:00"), "Lại chậm"), road.commune.leader) == "once"


@pytest.mark.parametrize(
    ("moment", "due", "reason", "code"),
    [
        ("2026-03-24 09:00", "2026-03-31 10:00", "", "reason"),
        ("2026-03-24 09:00", "2026-03-28 10:00", "x", "due"),
        ("2026-03-24 09:00", "2026-03-25 10:00", "x", "due"),
        ("2026-03-30 10:00", "2026-03-30 10:00", "x", "due"),
        ("2026-03-24 09:00", "2030-03-31 10:00", "x", "calendar"),
    ],
)
def test_extend_refuses_impossible_dates(road, moment, due, reason, code):
    road.processing()
    road.now = local(moment)
    assert refused(road, actions.Extend(local(due), reason), road.commune.leader) == code


# Ending -------------------------------------------------------------------------------------------------------------


def test_return_at_the_counter_notes_the_receiver(road):
    road.decided().do(actions.ReturnResult("Nguyễn Văn An", "075199000011"), road.commune.clerk)
    result = Result.objects.get()
    assert (result.receiver_name, result.receiver_id) == ("Nguyễn Văn An", "075199000011")
    assert "075199000011" not in str(road.event.data)
    assert (road.dossier.status, road.dossier.closed_at) == (Status.RETURNED, road.now)
    assert messages()[-1] == "dossier_returned"
    check_sheet(road.dossier)


def test_return_at_the_counter_needs_a_receiver(road):
    road.decided()
    assert refused(road, actions.ReturnResult(), road.commune.clerk) == "reason"


def test_return_online_needs_the_file_and_the_choice(road):
    road.decided()
    assert refused(road, actions.ReturnResult(), road.citizen) == "delivery"
    Dossier.objects.update(delivery="online")
    assert refused(road, actions.ReturnResult(), road.citizen) == "file"
    Result.objects.update(file="results/x.pdf")
    road.do(actions.ReturnResult(), road.citizen)
    assert road.dossier.status == Status.RETURNED


def test_withdrawal_before_reception_ends_at_once(road):
    road.submitted().do(actions.RequestWithdrawal("Nộp nhầm"), road.citizen)
    dossier = road.dossier
    assert (dossier.status, dossier.closed_at) == (Status.STOPPED, road.now)
    assert [(event.action, event.actor_role) for event in dossier.events.order_by("n")][-2:] == [
        ("ask_withdrawal", "applicant"),
        ("stop", "system"),
    ]
    assert dossier.revision == dossier.events.count()
    assert slips()[-1] == "stop"
    assert messages()[-1] == "dossier_stopped"
    assert dossier == Dossier.objects.get()
    check_sheet(dossier)


@pytest.mark.parametrize("stage", ["received", "processing", "asked"])
def test_withdrawal_later_waits_for_an_officer_who_may_decline(road, stage):
    getattr(road, stage)()
    status, holder = road.dossier.status, road.dossier.holder
    road.do(actions.RequestWithdrawal("Không cần nữa"), road.citizen)
    assert (road.dossier.status, road.dossier.former_status) == (Status.WITHDRAWAL_REQUESTED, status)
    road.do(actions.DeclineWithdrawal("Đã trình ký"), road.commune.leader)
    assert (road.dossier.status, road.dossier.former_status, road.dossier.holder) == (status, None, holder)
    assert messages()[-2:] == ["dossier_withdrawal_asked", "dossier_withdrawal_declined"]
    check_sheet(road.dossier)


def test_granted_withdrawal_stops_the_dossier(road):
    road.asked().do(actions.RequestWithdrawal(), road.citizen).do(actions.AcceptWithdrawal(), road.commune.leader)
    assert road.dossier.status == Status.STOPPED
    assert not Pause.objects.filter(until=None).exists()
    assert "dossier_stopped" == messages()[-1]
    check_sheet(road.dossier)


def test_repeated_action_is_refused(road):
    road.received()
    assert refused(road, actions.Receive(), road.commune.clerk) == "state"
    assert slips() == ["filing", "receipt"]
    assert messages() == ["dossier_submitted", "dossier_received"]


def test_approved_result_is_frozen_by_the_database(road):
    road.decided()
    for columns in ({"is_granted": False}, {"reason": "khác"}, {"number": "9/TB-UBND"}, {"check_code": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Result.objects.update(**columns)
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.all().delete()
    assert Result.objects.update(file="results/a.pdf", sha256="a") == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.update(sha256="b")


def test_history_is_kept_by_the_database(road):
    road.submitted()
    with pytest.raises(IntegrityError), transaction.atomic():
        road.dossier.events.update(public_text="khác")
    with pytest.raises(IntegrityError), transaction.atomic():
        road.dossier.events.all().delete()
