"""Ten stories and their control sheets, computed by hand: when each step should have ended, and how it went.

The clerk's and the leader's steps take four desk hours, the specialist's sixteen; a day has eight and a half.
"""

from datetime import date, timedelta

import pytest

from dossiers import actions
from dossiers.desk.views.dossier import control_sheet
from dossiers.models import FeeState
from dossiers.records import slips
from dossiers.records.fees import set_fee_state
from dossiers.timeline.deadlines import OUTCOMES
from offices.models import Holiday, Post, Role
from tests import factories

from ..actions.test_actions import local

SCREEN = {slips.OUTCOMES[key]: words for key, words in OUTCOMES.items()}


class Story:
    """A road on which everything happens at a named moment of March or April 2026."""

    def __init__(self, road):
        self.road = road
        self.people = road.commune
        self.at("03-23 08:00", actions.Submit(), road.citizen)

    def at(self, moment, action, by):
        self.road.now = local(f"2026-{moment}") - timedelta(minutes=1)
        self.road.do(action, by)

    def begin(self, received="03-23 09:00", forwarded="03-23 10:00"):
        self.at(received, actions.Receive(), self.people.clerk)
        self.at(forwarded, actions.Forward(self.people.specialist), self.people.clerk)

    def propose(self, moment):
        self.at(moment, actions.Propose(is_granted=True), self.people.specialist)

    def ask(self, moment):
        self.at(moment, actions.RequestSupplement((self.road.item,)), self.people.specialist)

    def complete(self, moment):
        self.road.answer()
        self.at(moment, actions.Supplement(), self.road.citizen)


def straight(story):
    story.begin()
    story.propose("03-24 09:00")
    story.at("03-24 10:00", actions.Approve(), story.people.leader)


def late_at_the_desk(story):
    story.begin(forwarded="03-23 15:00")


def received_on_saturday(story):
    story.begin(received="03-28 08:00", forwarded="03-30 08:00")


def completed(story):
    story.begin()
    story.ask("03-24 09:00")
    story.complete("03-30 10:00")
    story.propose("03-31 11:00")


def never_completed(story):
    story.begin()
    story.ask("03-24 09:00")
    story.at("04-20 09:00", actions.Stop("Không bổ sung"), story.people.leader)


def paid_in_between(story):
    story.begin()
    set_fee_state(story.road.dossier, FeeState.OWED)
    story.at("03-23 14:00", actions.RequirePayment(date(2026, 3, 30)), story.people.specialist)
    set_fee_state(story.road.dossier, FeeState.PAID)
    story.at("03-24 15:00", actions.FeeSettled(), None)
    story.propose("03-26 11:00")


def sent_back(story):
    story.begin()
    story.propose("03-24 09:00")
    story.at("03-24 15:00", actions.SendBack("Sai tên"), story.people.leader)


def collected_late(story):
    straight(story)
    story.at("04-06 09:00", actions.ReturnResult("Nguyễn Văn An", "1"), story.people.clerk)


def over_a_holiday(story):
    Holiday.objects.create(day=date(2026, 3, 24), name="Lễ")
    story.begin(forwarded="03-23 16:00")
    story.propose("03-26 14:00")


def handed_on_while_awaited(story):
    other = factories.user(full_name="Lê Thị Hai", email="hai@example.com")
    Post.objects.create(user=other, unit=story.people.unit, role=Role.SPECIALIST, valid_from=date(2025, 7, 1))
    story.begin()
    story.ask("03-24 09:00")
    story.at("03-25 09:00", actions.Reassign(story.people.specialist, other), story.people.administrator)
    story.complete("03-26 09:00")


def recalled_and_paid(story):
    """Two hours at the desk, half an hour with a colleague; the specialist works three, waits for the fee, works on."""
    story.begin(forwarded="03-23 11:00")
    story.at("03-23 13:30", actions.Recall(), story.people.clerk)
    story.at("03-23 14:30", actions.Forward(story.people.specialist), story.people.clerk)
    story.at("03-24 09:00", actions.Propose(is_granted=True), story.people.specialist)
    story.at("03-24 10:00", actions.Recall(), story.people.specialist)
    set_fee_state(story.road.dossier, FeeState.OWED)
    story.at("03-24 11:00", actions.RequirePayment(date(2026, 3, 30)), story.people.specialist)
    set_fee_state(story.road.dossier, FeeState.PAID)
    story.at("03-25 11:00", actions.FeeSettled(), None)


def given_back(story):
    story.begin()
    story.at("03-24 09:00", actions.GiveBack("Thiếu bản chính"), story.people.specialist)


@pytest.mark.parametrize(
    ("story", "sheet"),
    [
        (
            straight,
            [
                ("clerk", "03-23 14:30", "Đúng hạn"),
                ("specialist", "03-25 09:00", "Trước hạn"),
                ("leader", "03-24 14:30", "Đúng hạn"),
                ("clerk", "", ""),
            ],
        ),
        (late_at_the_desk, [("clerk", "03-23 14:30", "Quá hạn"), ("specialist", "03-25 14:00", "")]),
        (received_on_saturday, [("clerk", "03-30 11:00", "Đúng hạn"), ("specialist", "03-31 17:00", "")]),
        (
            completed,
            [
                ("clerk", "03-23 14:30", "Đúng hạn"),
                ("specialist", "04-01 09:00", "Trước hạn"),
                ("leader", "03-31 16:30", ""),
            ],
        ),
        (never_completed, [("clerk", "03-23 14:30", "Đúng hạn"), ("specialist", "", "")]),
        (
            paid_in_between,
            [
                ("clerk", "03-23 14:30", "Đúng hạn"),
                ("specialist", "03-26 10:00", "Quá hạn"),
                ("leader", "03-26 16:30", ""),
            ],
        ),
        (
            sent_back,
            [
                ("clerk", "03-23 14:30", "Đúng hạn"),
                ("specialist", "03-25 09:00", "Trước hạn"),
                ("leader", "03-24 14:30", "Quá hạn"),
                ("specialist", "03-26 14:00", ""),
            ],
        ),
        (
            collected_late,
            [
                ("clerk", "03-23 14:30", "Đúng hạn"),
                ("specialist", "03-25 09:00", "Trước hạn"),
                ("leader", "03-24 14:30", "Đúng hạn"),
                ("clerk", "", ""),
            ],
        ),
        (
            over_a_holiday,
            [
                ("clerk", "03-23 14:30", "Quá hạn"),
                ("specialist", "03-26 15:00", "Đúng hạn"),
                ("leader", "03-27 08:00", ""),
            ],
        ),
        (
            recalled_and_paid,
            [
                ("clerk", "03-23 14:30", "Đúng hạn"),
                ("specialist", "03-25 10:00", "Trước hạn"),
                ("clerk", "03-23 15:30", "Đúng hạn"),
                ("specialist", "03-25 13:30", "Trước hạn"),
                ("leader", "03-24 14:30", "Đúng hạn"),
                # 2.5 hours of the first day and 3 of the second are worked: 10.5 of sixteen are left.
                ("specialist", "03-26 14:30", ""),
            ],
        ),
        (
            given_back,
            [
                ("clerk", "03-23 14:30", "Đúng hạn"),
                ("specialist", "03-25 09:00", "Trước hạn"),
                # One hour of four was worked before it was forwarded.
                ("clerk", "03-24 13:30", ""),
            ],
        ),
        (
            handed_on_while_awaited,
            [("clerk", "03-23 14:30", "Đúng hạn"), ("specialist", "", ""), ("specialist", "03-30 08:00", "")],
        ),
    ],
)
def test_the_control_sheet_of_a_story(road, story, sheet):
    story(Story(road))
    rows = control_sheet(road.dossier)
    expected = [(role, local(f"2026-{due}") if due else None, outcome) for role, due, outcome in sheet]
    assert [(row.role, row.due_at, slips.outcome(row)) for row in rows] == expected
    # The screen says what the print says, in the words of the page.
    assert [str(row.outcome) for row in rows] == [str(SCREEN.get(outcome, "")) for _role, _due, outcome in sheet]
