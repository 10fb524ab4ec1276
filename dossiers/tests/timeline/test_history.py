"""Sentences about a dossier: what each audience reads, and what it must not."""

from datetime import timedelta

import pytest
from django.utils import translation

from accounts.models import User
from common.refusals import Refused
from dossiers import actions
from dossiers.models import Status
from dossiers.timeline import history, next_steps
from dossiers.workflow import Overtaken
from offices.models import Post, Role
from tests import factories
from tests.present import present


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def sentence(road, audience: str) -> str:
    return history.status_sentence(road.dossier, audience, road.now)


def next_step(road) -> str:
    return next_steps.for_applicant(road.dossier, history.timeline(road.dossier, history.OWNER), road.now)


def test_sentence_of_the_issue_in_vietnamese(road):
    User.objects.filter(pk=road.commune.specialist.pk).update(full_name="Trần Văn Nam")
    Post.objects.filter(user=road.commune.specialist).update(title="Tư pháp – Hộ tịch")
    road.processing()
    with translation.override("vi"):
        assert sentence(road, history.OWNER) == (
            "Hồ sơ đang ở bộ phận Tư pháp – Hộ tịch, do công chức chuyên môn Trần Văn Nam giữ từ 09:03 ngày 23/03; "
            "hẹn trả kết quả lúc 09:02 ngày 26/03."
        )


def test_what_the_applicant_withdrew_is_not_said_to_be_stopped_by_the_commune(road):
    road.submitted().do(actions.RequestWithdrawal(), road.citizen)
    assert road.dossier.status == Status.STOPPED
    assert sentence(road, history.OWNER).startswith("You have withdrawn the dossier, ")
    for audience in (history.OFFICER, history.PUBLIC):
        assert sentence(road, audience).startswith("The applicant has withdrawn the dossier, ")


def test_sentence_shows_the_year_when_it_is_another_one(road):
    road.processing()
    road.now += timedelta(days=365)
    assert "since 09:03 on 23/03/2026;" in sentence(road, history.OWNER)


def test_sentence_names_the_desk_while_nobody_in_particular_holds_it(road):
    road.submitted()
    assert sentence(road, history.OWNER) == "The dossier has been at the one-stop desk since 09:01 on 23/03."


def test_public_reads_no_name_and_no_holder(road):
    road.proposed().do(actions.SendBack("Sai tên"), road.commune.leader)
    public = sentence(road, history.PUBLIC) + str(history.timeline(road.dossier, history.PUBLIC))
    names = User.objects.values_list("full_name", flat=True)
    assert not [name for name in names if name in public]
    assert "Sai tên" not in public
    assert "specialist" not in public


def test_public_reads_no_step_inside_the_authority(road):
    road.proposed().do(actions.SendBack("Sai tên"), road.commune.leader)
    other = factories.user(full_name="Lê Văn Tám", email="tam@example.com")
    Post.objects.create(user=other, unit=road.commune.unit, role=Role.SPECIALIST, valid_from=road.now.date())
    road.do(actions.Reassign(leaver=road.commune.specialist, to=other), road.commune.administrator)
    events = set(road.dossier.events.values_list("action", flat=True))
    assert events == {"submit", "receive", "forward", "propose", "send_back", "reassign"}
    shown = [entry.action for entry in history.timeline(road.dossier, history.PUBLIC)]
    assert shown == ["receive", "submit"]


def test_public_reads_no_reason(road):
    road.submitted().do(actions.Refuse("Thiếu giấy của Nguyễn Thị B"), road.commune.clerk)
    public = sentence(road, history.PUBLIC) + str(history.timeline(road.dossier, history.PUBLIC))
    assert "Nguyễn Thị B" not in public


def test_owner_reads_reasons_but_no_internal_notes(road):
    road.proposed().do(actions.SendBack("Ghi chú nội bộ"), road.commune.leader)
    entries = history.timeline(road.dossier, history.OWNER)
    assert entries[0].who.startswith("The leader ")
    assert entries[-1].who == "you"
    assert "Ghi chú nội bộ" not in str(entries)
    officer = history.timeline(road.dossier, history.OFFICER)
    assert officer[0].note == "Ghi chú nội bộ"


def test_timeline_is_newest_first_and_costs_one_query(road, django_assert_num_queries):
    road.decided()
    with django_assert_num_queries(1):
        entries = history.timeline(road.dossier, history.OFFICER)
    assert [entry.action for entry in entries] == ["approve", "propose", "forward", "receive", "submit"]
    assert entries[0].time == "09:05 on 23/03/2026"


def test_officer_reads_to_whom_it_went_and_the_new_date(road):
    road.processing().do(actions.Extend(road.dossier.due_at + timedelta(days=5), "Chờ xác minh"), road.commune.leader)
    notes = [entry.note for entry in history.timeline(road.dossier, history.OFFICER)]
    assert notes[0] == "New date: 09:02 on 31/03/2026"
    assert notes[1] == f"To the specialist {road.commune.specialist.full_name}"


@pytest.mark.parametrize(
    ("stage", "role", "waits_for"),
    [
        ("submitted", "reception clerk", "reception"),
        ("processing", "specialist", "processing"),
        ("proposed", "leader", "signature"),
        ("asked", "specialist", "the applicant's supplement"),
        ("decided", "reception clerk", "handing over the result"),
    ],
)
def test_holder_panel(road, stage, role, waits_for):
    getattr(road, stage)()
    panel = present(history.holder_panel(road.dossier, road.now))
    assert (panel.role, panel.waits_for) == (role, waits_for)
    assert panel.steps == 3


def test_holder_panel_turns_late_after_the_step_time_but_not_while_waiting_for_the_applicant(road):
    road.processing()
    assert not present(history.holder_panel(road.dossier, road.now)).is_late
    assert present(history.holder_panel(road.dossier, road.now + timedelta(days=7))).is_late
    road.do(actions.RequestSupplement((road.item,)), road.commune.specialist)
    assert not present(history.holder_panel(road.dossier, road.now + timedelta(days=7))).is_late


def test_nobody_holds_an_ended_dossier(road):
    road.submitted().do(actions.Refuse("Sai nơi"), road.commune.clerk)
    assert history.holder_panel(road.dossier, road.now) is None
    assert sentence(road, history.OWNER) == "The dossier was not received, 09:02 on 23/03."


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_sentence_and_a_next_step(road, status):
    road.decided()
    road.dossier.status = status
    for audience in (history.OWNER, history.OFFICER, history.PUBLIC):
        assert sentence(road, audience).endswith(".")
    assert next_step(road).endswith((".", "?"))


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (Status.RECEIVED, "Nothing to do now. Keep the receipt with the return date."),
        (Status.PROCESSING, "Nothing to do now. You get a message when the result is ready."),
        (Status.AWAITING_SUPPLEMENT, "Send what was asked for. The reasons are beside each paper."),
        (Status.AWAITING_PAYMENT, "Pay the fee; then the dossier goes on."),
        (Status.WITHDRAWAL_REQUESTED, "Nothing to do now. An officer answers your withdrawal."),
        (Status.REFUSED, "Read the reason. You can start a copy with the same answers and papers."),
        (Status.STOPPED, "This dossier has ended. You can start a copy with the same answers and papers."),
        (Status.RETURNED, "This dossier has ended. Keep the result."),
    ],
)
def test_each_state_names_the_applicants_own_step(road, status, step):
    road.received()
    road.dossier.status = status
    assert next_step(road) == step


def test_the_holder_is_asked_once_while_the_dossier_stands(road, django_assert_num_queries):
    road.processing()
    with django_assert_num_queries(1):
        first = [history.open_assignment(road.dossier) for _n in range(2)]
    assert first[0] is first[1]
    road.do(actions.Propose(is_granted=True), road.commune.specialist)
    assert history.open_assignment(road.dossier).role == Role.LEADER


def test_the_holder_is_told_with_step_and_times(road):
    road.processing()
    row = road.dossier.assignments.get(until=None)
    panel = present(history.holder_panel(road.dossier, road.now))
    assert (panel.step, panel.since, panel.due_at) == (row.step, row.since, row.due_at)


@pytest.mark.parametrize(("delivery", "word"), [("online", "here"), ("post", "postman"), ("desk", "commune")])
def test_next_step_follows_the_way_of_return(road, delivery, word):
    road.decided()
    road.dossier.delivery = delivery
    assert word in next_step(road)


def test_an_officer_reads_who_did_it_also_when_that_was_the_applicant_or_the_system(road):
    road.submitted().do(actions.RequestWithdrawal("Nhầm"), road.citizen)
    assert [entry.who for entry in history.timeline(road.dossier, history.OFFICER)] == [
        "The system",
        "The applicant Nguyễn Văn An",
        "The applicant Nguyễn Văn An",
    ]
    assert [entry.who for entry in history.timeline(road.dossier, history.OWNER)] == ["The system", "you", "you"]
    assert [entry.who for entry in history.timeline(road.dossier, history.PUBLIC)] == ["", "", ""]
    with translation.override("vi"):
        assert history.timeline(road.dossier, history.OFFICER)[1].who == "Người nộp Nguyễn Văn An"


def test_a_refusal_says_who_was_faster_only_when_somebody_was(road):
    road.received()
    with pytest.raises(Refused) as late:
        road.do(actions.Receive(), road.commune.clerk)
    assert history.explain_refusal(late.value) == (
        f"The reception clerk {road.commune.clerk.full_name} has just handled this dossier at 09:02 on 23/03/2026 "
        "(Dossier received). Look at its newer state."
    )
    assert history.explain_refusal(Refused("Một.", "Hai.", code="stale")) == "Một. Hai."
    draft = factories.draft(road.citizen, road.commune.unit, road.version)
    overtaken = Overtaken("state", draft, road.now)
    assert history.explain_refusal(overtaken) == str(overtaken.message)


def test_only_what_happened_lately_has_just_happened(road):
    dossier = road.received().dossier
    last = dossier.events.get(action="receive").at
    for waited, just in ((timedelta(minutes=10), True), (timedelta(minutes=11), False), (timedelta(days=14), False)):
        for code in ("state", "stale"):
            told = history.explain_refusal(Overtaken(code, dossier, last + waited))
            assert ("has just handled" in told) is just
            if just or code == "stale":
                assert told.startswith("The dossier is further on: ") is not just
                assert "at 09:02 on 23/03/2026 (Dossier received). Look at its newer state." in told
            else:
                # What nobody may do yet is no news.
                assert told.startswith("This step is not possible now: the dossier is at “Received” since 09:02 ")
