"""Stopping: proposed by the holder, decided by the leader; a withdrawal accepted by whoever holds the dossier."""

from datetime import date

from dossiers import actions
from dossiers.models import Status, WorklistRow
from notifications.models import Notification
from offices.models import Post
from tests.present import present

from .test_actions import messages, refused, slips


def test_stop_is_the_leaders_and_the_holder_proposes_it(road):
    road.processing()
    commune = road.commune
    for officer in (commune.clerk, commune.specialist):
        assert refused(road, actions.Stop("x"), officer) == "who"
    assert refused(road, actions.ProposeStop("x"), commune.clerk) == "holder"
    assert refused(road, actions.ProposeStop(" "), commune.specialist) == "reason"
    assert refused(road, actions.DeclineStop("x"), commune.leader) == "proposal"
    road.do(actions.ProposeStop("Hồ sơ giả mạo"), commune.specialist)
    assert refused(road, actions.ProposeStop("x"), commune.specialist) == "twice"
    assert (road.dossier.status, road.dossier.holder) == (Status.PROCESSING, commune.specialist)
    assert WorklistRow.objects.get().stop_proposed
    road.do(actions.DeclineStop("Chờ xác minh"), commune.leader)
    assert road.dossier.stop_proposed_at is None and not WorklistRow.objects.get().stop_proposed
    assert messages()[-1] == "dossier_stop_declined"
    road.do(actions.ProposeStop("Hồ sơ giả mạo"), commune.specialist)
    assert refused(road, actions.Stop(""), commune.leader) == "reason"
    road.do(actions.Stop("Hồ sơ giả mạo"), commune.leader)
    assert (road.dossier.status, road.dossier.stop_proposed_at) == (Status.STOPPED, None)
    assert slips()[-1] == "stop"


def test_who_proposed_to_stop_does_not_decide_it(road):
    road.stopping()
    Post.objects.create(
        user=road.commune.specialist, unit=road.commune.unit, role="leader", valid_from=date(2026, 1, 1)
    )
    assert refused(road, actions.Stop("x"), road.commune.specialist) == "own"


def test_what_goes_on_ends_the_proposal_to_stop(road):
    road.asked().do(actions.ProposeStop("Không bổ sung"), road.commune.specialist)
    road.answer().do(actions.Supplement(), road.citizen)
    assert road.dossier.stop_proposed_at is None
    road.do(actions.ProposeStop("Trùng"), road.commune.specialist)
    road.do(actions.Propose(is_granted=True), road.commune.specialist)
    assert road.dossier.stop_proposed_at is None


def test_a_withdrawal_is_accepted_without_a_notice_of_stopping(road):
    road.withdrawing()
    assert refused(road, actions.Stop("x"), road.commune.leader) == "withdrawal"
    assert refused(road, actions.AcceptWithdrawal(), road.commune.clerk) == "holder"
    road.do(actions.AcceptWithdrawal("Mời đến nhận lại bản chính"), road.commune.specialist)
    assert road.dossier.status == Status.STOPPED
    assert slips()[-1] != "stop"
    assert "Mời đến" in present(Notification.objects.order_by("-pk").first()).body
