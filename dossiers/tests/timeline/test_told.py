"""What each audience is told of each step and each state, and how the holder is named."""

from datetime import datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from common.clock import LOCAL
from dossiers import actions
from dossiers.models import Dossier, FeeState, Result
from dossiers.timeline import history, next_steps
from offices.models import Post, Role
from tests import factories
from tests.present import present


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def notes(road) -> list[str]:
    """Return what officers read beside the events, newest first."""
    return [entry.note for entry in history.timeline(road.dossier, history.OFFICER)]


@pytest.mark.parametrize(("fields", "note"), [({}, "Grant the request"), ({"is_granted": False}, "Do not grant")])
def test_officers_read_what_was_proposed(road, fields, note):
    road.proposed(**({"reason": "Sai nơi", "text": "Không"} if fields else {}), **fields)
    assert notes(road)[0].startswith(note)
    assert not any("rant" in entry.note for entry in history.timeline(road.dossier, history.OWNER))


def test_officers_read_to_whom_it_went_and_who_took_the_result(road):
    road.processing().do(actions.Forward(None), road.commune.specialist)
    assert notes(road) == ["To every specialist", f"To the specialist {road.commune.specialist.full_name}", "", ""]
    road.do(actions.Forward(road.commune.specialist), road.commune.specialist)
    road.do(actions.Propose(is_granted=True), road.commune.specialist).do(actions.Approve(), road.commune.leader)
    road.do(actions.ReturnResult("Nguyễn Thị Mẹ", "075199000011"), road.commune.clerk)
    assert notes(road)[:2] == ["Handed to Nguyễn Thị Mẹ", ""]


def test_a_result_taken_on_the_portal_was_handed_to_nobody(road):
    road.decided()
    Dossier.objects.update(delivery="online")
    Result.objects.update(file="results/x.pdf")
    road.dossier = Dossier.objects.get()
    road.do(actions.ReturnResult(), road.citizen)
    assert notes(road)[0] == ""


def test_a_note_stands_under_what_was_done(road):
    road.received().do(actions.Forward(road.commune.specialist, note="Gấp"), road.commune.clerk)
    assert notes(road)[0].splitlines() == [f"To the specialist {road.commune.specialist.full_name}", "Gấp"]


def test_each_line_knows_the_state_it_led_to(road):
    road.processing().do(actions.RequestSupplement((road.item,)), road.commune.specialist)
    entries = history.timeline(road.dossier, history.OWNER)
    assert [entry.status for entry in entries] == [5, 4, 2, 1]


def test_officers_read_to_whom_a_leavers_dossier_went(road):
    other = factories.user(full_name="Lê Văn Tám", email="tam@example.com")
    Post.objects.create(user=other, unit=road.commune.unit, role=Role.SPECIALIST, valid_from=road.now.date())
    road.processing().do(actions.Reassign(leaver=road.commune.specialist, to=other), road.commune.administrator)
    assert notes(road)[0].startswith("To the specialist Lê Văn Tám")


def test_the_owner_reads_the_reason_and_the_public_does_not(road):
    road.submitted().do(actions.Refuse("Không đúng nơi"), road.commune.clerk)
    told = [history.timeline(road.dossier, audience)[0].text for audience in (history.OWNER, history.PUBLIC)]
    assert told == ["Không đúng nơi", ""]


def test_a_holder_is_named_by_the_part_of_the_authority(road, other_commune):
    specialist, unit = road.commune.specialist, road.commune.unit
    Post.objects.filter(user=specialist).delete()
    # Titles of other posts of the same person, and of others in the same post, say nothing about this one.
    for user, place, role, title in (
        (specialist, other_commune.unit, Role.SPECIALIST, "Đất đai"),
        (specialist, unit, Role.CASHIER, "Thu ngân"),
        (other_commune.specialist, unit, Role.SPECIALIST, "Xây dựng"),
        (specialist, unit, Role.SPECIALIST, "Tư pháp"),
    ):
        Post.objects.create(user=user, unit=place, role=role, title=title, valid_from=road.now.date())
    Post.objects.filter(user=road.commune.clerk).update(title="Một cửa")
    road.processing()
    panel = present(history.holder_panel(road.dossier, road.now))
    assert (panel.department, panel.name) == ("the Tư pháp section", specialist.full_name)
    road.do(actions.Forward(None), specialist)
    panel = present(history.holder_panel(road.dossier, road.now))
    assert (panel.department, panel.name) == ("the Hộ tịch section", "")
    road.do(actions.Forward(specialist), specialist).do(actions.Propose(is_granted=True), specialist)
    panel = present(history.holder_panel(road.dossier, road.now))
    assert panel.department == "the leadership of xã Xuân Bắc"


def test_a_holder_without_a_title_is_named_by_the_field(road):
    road.processing()
    Post.objects.filter(user=road.commune.specialist).update(title="")
    assert present(history.holder_panel(road.dossier, road.now)).department == "the Hộ tịch section"
    Post.objects.filter(user=road.commune.specialist).delete()
    assert present(history.holder_panel(road.dossier, road.now)).department == "the Hộ tịch section"


def test_a_dossier_that_nobody_holds_is_told_by_its_state(road):
    road.received()
    road.dossier.assignments.update(until=road.now)
    told = history.status_sentence(road.dossier, history.OWNER, road.now)
    assert told == "Received; result promised for 09:02 on 26/03."
    assert history.holder_panel(road.dossier, road.now) is None


def test_a_step_is_late_after_its_time_and_not_while_the_applicant_is_awaited(road):
    road.processing()
    due_at = present(road.dossier.assignments.get(until=None).due_at)
    late = [
        present(history.holder_panel(road.dossier, due_at + timedelta(seconds=second))).is_late for second in (0, 1)
    ]
    assert late == [False, True]
    road.do(actions.RequestSupplement((road.item,)), road.commune.specialist)
    assert not present(history.holder_panel(road.dossier, due_at + timedelta(days=9))).is_late


def test_the_course_names_from_when_a_reception_out_of_hours_counts(road):
    road.submitted()
    road.now = datetime(2026, 3, 28, 8, tzinfo=LOCAL)
    road.do(actions.Receive(), road.commune.clerk)
    told = "08:01 on 28/03/2026, counted from 07:00 on 30/03/2026"
    for audience in (history.OWNER, history.OFFICER, history.PUBLIC):
        received, submitted = history.timeline(road.dossier, audience)
        assert (received.time, "counted" in submitted.time) == (told, False)


def test_the_course_names_from_when_the_term_of_a_completed_dossier_counts(road):
    road.asked().answer()
    road.now = datetime(2026, 3, 28, 8, tzinfo=LOCAL)
    road.do(actions.Supplement(), road.citizen)
    times = [entry.time for entry in history.timeline(road.dossier, history.OWNER)]
    assert times[0] == "08:01 on 28/03/2026, counted from 07:00 on 30/03/2026"
    assert not any("counted" in time for time in times[1:])


def test_before_reception_no_step_is_late(road):
    road.submitted()
    # As rows were written before steps ran from reception.
    road.dossier.assignments.update(due_at=road.now)
    panel = present(history.holder_panel(road.dossier, road.now + timedelta(days=9)))
    assert (panel.due_at, panel.is_late) == (None, False)


def test_a_step_without_a_time_is_never_late(road):
    road.processing()
    road.dossier.assignments.filter(until=None).update(due_at=None)
    panel = present(history.holder_panel(road.dossier, road.now + timedelta(days=99)))
    assert (panel.due_at, panel.is_late) == (None, False)


def test_an_open_dossier_waits_for_an_answer_to_the_withdrawal(road):
    road.processing().do(actions.RequestWithdrawal("Đổi ý"), road.citizen)
    assert history.waits_for(road.dossier) == "an answer to the withdrawal"


@pytest.mark.parametrize("audience", [history.OWNER, history.PUBLIC])
def test_ends_are_told_with_their_time(road, audience):
    def told() -> str:
        return history.status_sentence(road.dossier, audience, road.now)

    road.decided()
    assert told() == "The result is ready, 09:05 on 23/03."
    road.do(actions.ReturnResult("Nguyễn Văn An", "075199000011"), road.commune.clerk)
    assert told() == "The result has been handed over, 09:06 on 23/03."
    Dossier.objects.update(status=8)
    road.dossier = Dossier.objects.get()
    assert told() == "The dossier was stopped, 09:06 on 23/03."
    road.dossier.closed_at = road.dossier.decided_at = None
    assert told() == "The dossier was stopped."


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("processing", "The dossier waits for your supplement; the clock stands still."),
        ("submitted", "The dossier waits for your supplement before it can be received."),
    ],
)
def test_a_supplement_stops_the_clock_only_when_it_ran(road, at, told):
    road.asked(at=at)
    assert history.status_sentence(road.dossier, history.OWNER, road.now) == told


def test_a_draft_is_told_as_one(road, commune):
    draft = factories.draft(road.citizen, commune.unit, road.version)
    assert history.status_sentence(draft, history.OWNER, road.now).startswith("This dossier is a draft")
    assert next_steps.for_applicant(draft, [], road.now) == "Finish the form and submit it."


def test_a_fee_is_told_to_everybody_as_paid_or_not_and_without_one_not_at_all(road):
    said: dict[str, list[FeeState]] = {}
    for state in FeeState:
        road.dossier.fee_state = state
        said.setdefault(history.fee_words(road.dossier), []).append(state)
    assert said == {
        "": [FeeState.NONE, FeeState.WAIVED, FeeState.REFUNDED],
        "not paid yet": [FeeState.CLAIMED, FeeState.OWED, FeeState.ON_DELIVERY],
        "paid": [FeeState.PAID],
    }


@pytest.mark.parametrize(
    ("delivery", "state", "step"),
    [
        ("desk", FeeState.OWED, "Pay the fee; then you get the result."),
        ("online", FeeState.OWED, "Pay the fee; then you get the result."),
        ("post", FeeState.OWED, "Pay the fee; then you get the result."),
        ("post", FeeState.ON_DELIVERY, "Wait for the postman"),
        ("desk", FeeState.PAID, "Collect the result"),
    ],
)
def test_a_result_at_the_desk_or_online_needs_its_fee(road, delivery, state, step):
    road.decided()
    road.dossier.delivery, road.dossier.fee_state = delivery, state
    assert next_steps.for_applicant(road.dossier, [], road.now).startswith(step)


def test_waiting_for_a_fee_names_its_last_day(road):
    road.owing().do(actions.RequirePayment(road.now.date() + timedelta(days=10)), road.commune.specialist)
    told = history.status_sentence(road.dossier, history.OWNER, road.now)
    assert told == "The dossier waits for the fee until 02/04/2026; the clock stands still."


def test_the_desk_has_had_it_since_the_filing_or_since_the_supplement_it_asked_for(road):
    road.submitted()
    filed = road.now
    waits = next_steps.waits_since(road.dossier, history.timeline(road.dossier, history.OWNER))
    assert waits == filed == next_steps.waits_since(road.dossier, [])
    road.do(actions.RequestSupplement((road.item,)), road.commune.clerk).answer()
    road.do(actions.Supplement(), road.citizen)
    assert next_steps.waits_since(road.dossier, history.timeline(road.dossier, history.OWNER)) == road.now > filed


def test_strangers_read_the_state_and_the_promised_day(road):
    told = []
    for step in (
        lambda: road.submitted(),
        lambda: road.do(actions.Receive(), road.commune.clerk),
        lambda: road.do(actions.Forward(road.commune.specialist), road.commune.clerk),
        lambda: road.do(actions.RequestWithdrawal("Đổi ý"), road.citizen),
    ):
        step()
        told.append(history.status_sentence(road.dossier, history.PUBLIC, road.now))
    promised = "; result promised for 09:02 on 26/03."
    assert told == [
        "State: Waiting for reception.",
        f"State: Received{promised}",
        f"State: In progress{promised}",
        f"State: Withdrawal asked for{promised}",
    ]


def test_officers_are_named_by_their_role_in_a_sentence_of_either_language():
    names = {}
    for language in ("en", "vi"):
        with translation.override(language):
            names[language] = [history.role_name(role) for role in history.ROLES]
    assert names["en"] == ["reception clerk", "specialist", "leader", "cashier", "administrator"]
    assert names["vi"] == ["cán bộ tiếp nhận", "công chức chuyên môn", "lãnh đạo", "cán bộ thu phí", "người quản trị"]


def test_whoever_waits_for_reception_is_told_that_nothing_is_to_be_done_until_the_answer_is_late(road):
    road.submitted()
    entries = history.timeline(road.dossier, history.OWNER)
    steps = [next_steps.for_applicant(road.dossier, entries, road.now + timedelta(days=days)) for days in (0, 9)]
    assert [step.startswith("Nothing to do now. ") for step in steps] == [True, False]


def test_a_withdrawal_that_was_asked_for_in_a_pause_promises_no_day(road):
    road.owing().do(actions.RequirePayment(road.now.date() + timedelta(days=3)), road.commune.specialist)
    road.do(actions.RequestWithdrawal("Đổi ý"), road.citizen)
    assert road.dossier.paused_since and road.dossier.due_at
    for audience in (history.OWNER, history.PUBLIC):
        assert "promised" not in history.status_sentence(road.dossier, audience, road.now)
    with translation.override("en"):
        said = render_to_string("applicant/_promised.html", {"dossier": road.dossier})
    assert said.strip() == "Paused until the withdrawal is answered."
