"""What an applicant may rely on: the answer's time, the reception out of hours, the stages, who comes to sign."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template.loader import render_to_string

from accounts.models import User
from common.clock import LOCAL
from common.templatetags.ui import vi_soon, vi_weekday
from dossiers import actions
from dossiers.models import Dossier, Slip, SlipKind, Status
from dossiers.records import slips
from dossiers.timeline import history, next_steps, promises
from offices.models import CalendarYear, Holiday, OpeningHours
from tests.present import present

from .conftest import message

pytestmark = pytest.mark.usefixtures("english_reader")

FRIDAY = datetime(2026, 3, 27, 16, 30, tzinfo=LOCAL)
SATURDAY = datetime(2026, 3, 28, 1, 27, tzinfo=LOCAL)


def next_step(road) -> str:
    return next_steps.for_applicant(road.dossier, history.timeline(road.dossier, history.OWNER), road.now)


def test_a_moment_is_told_with_its_weekday():
    moment = datetime(2026, 11, 29, 17, tzinfo=UTC)
    assert (vi_soon(moment), vi_weekday(moment)) == ("00:00 on Monday 30/11", "00:00 on Monday 30/11/2026")
    assert vi_soon(None) == vi_weekday(None) == ""


def test_the_answer_is_promised_for_eight_desk_hours_later(road):
    road.now = FRIDAY - timedelta(minutes=1)
    road.submitted()
    assert next_step(road) == "Nothing to do now. Xã Xuân Bắc answers by 16:00 on Monday 30/03 at the latest."
    assert "answers by 16:00 on Monday 30/03 at the latest" in message("submitted")
    road.now = datetime(2026, 3, 30, 16, 0, tzinfo=LOCAL)
    assert "answers by" in next_step(road)
    road.now += timedelta(seconds=1)
    assert next_step(road).startswith("Xã Xuân Bắc should have answered by 16:00 on Monday 30/03. Call it")


def test_days_off_count_for_the_answer(road):
    Holiday.objects.create(day=date(2026, 3, 30), kind="off", name="Nghỉ bù")
    road.now = FRIDAY - timedelta(minutes=1)
    assert "16:00 on Tuesday 31/03" in next_step(road.submitted())


def test_after_a_supplement_the_answer_counts_from_it(road):
    road.submitted().do(actions.RequestSupplement((road.item,)), road.commune.clerk).answer()
    road.now = FRIDAY - timedelta(minutes=1)
    road.do(actions.Supplement(), road.citizen)
    assert road.dossier.status == Status.SUBMITTED
    assert "16:00 on Monday 30/03" in next_step(road)
    assert "16:00" in message("supplement_received")


@pytest.mark.parametrize("missing", [OpeningHours, CalendarYear])
def test_without_a_calendar_only_the_hours_are_promised(road, missing):
    missing.objects.all().delete()
    road.submitted()
    assert next_step(road) == ("Nothing to do now. Xã Xuân Bắc checks your papers and answers within 8 working hours.")
    assert "within 8 working hours" in message("submitted")
    assert Slip.objects.get(kind=SlipKind.FILING).data["answer_by"] == ""
    assert "trong 8 giờ làm việc" in filing_slip()


def test_the_filing_slip_names_the_time_of_the_answer(road):
    road.now = FRIDAY - timedelta(minutes=1)
    road.submitted()
    assert "chậm nhất 16:00" in filing_slip()


def filing_slip() -> str:
    with slips.in_vietnamese():
        return render_to_string(*slips.page(Slip.objects.get(kind=SlipKind.FILING)))


def test_a_reception_out_of_hours_says_from_when_it_counts(road, client):
    road.submitted()
    road.now = SATURDAY - timedelta(minutes=1)
    road.do(actions.Receive(), road.commune.clerk)
    dossier = road.dossier
    assert (present(dossier.came_at), present(dossier.counts_from).astimezone(LOCAL).isoformat()) == (
        SATURDAY,
        "2026-03-30T07:00:00+07:00",
    )
    told = "01:27 on 28/03/2026, counted from 07:00 on 30/03/2026"
    assert promises.received_words(dossier) == told
    with slips.in_vietnamese():
        receipt = " ".join(render_to_string(*slips.page(Slip.objects.get(kind=SlipKind.RECEIPT))).split())
    assert "01 giờ 27 phút, ngày 28/03/2026, tính từ 07 giờ 00 phút, ngày 30/03/2026" in receipt
    assert f"Received: {told}" in message("received")
    for user, page in (
        (road.citizen, f"/my/dossiers/{dossier.ref}/"),
        (road.commune.clerk, f"/desk/dossiers/{dossier.code}/"),
    ):
        client.force_login(user)
        assert told in client.get(page).content.decode()


def test_a_reception_in_hours_says_one_time(road):
    road.received()
    assert road.dossier.counts_from is None
    assert promises.received_words(road.dossier) == "09:02 on 23/03/2026"
    with slips.in_vietnamese():
        assert "tính từ" not in render_to_string(*slips.page(Slip.objects.get(kind=SlipKind.RECEIPT)))
    assert "counted from" not in message("received")


def test_before_reception_there_is_nothing_to_say_of_it(road):
    road.submitted()
    assert road.dossier.came_at is road.dossier.counts_from is None
    assert promises.received_words(road.dossier) == ""


def shown(dossier: Dossier) -> str:
    """Return the stages in signs: x done, o present, w waiting for the applicant, - to come."""
    return "".join(
        "x" if stage.is_done else "w" if stage.is_waiting else "o" if stage.is_current else "-"
        for stage in promises.stages(dossier)
    )


def test_stages_follow_a_whole_dossier(road):
    assert shown(road.dossier) == ""
    assert shown(road.submitted().dossier) == "xo---"
    assert shown(road.do(actions.Receive(), road.commune.clerk).dossier) == "xxo--"
    assert shown(road.do(actions.Forward(road.commune.specialist), road.commune.clerk).dossier) == "xxo--"
    assert shown(road.do(actions.Propose(is_granted=True), road.commune.specialist).dossier) == "xxxo-"
    assert shown(road.do(actions.SendBack("Sai tên"), road.commune.leader).dossier) == "xxo--"
    road.do(actions.Propose(is_granted=True), road.commune.specialist)
    assert shown(road.do(actions.Approve(), road.commune.leader).dossier) == "xxxxo"
    assert shown(road.do(actions.ReturnResult("Nguyễn Văn An", "0751"), road.commune.clerk).dossier) == "xxxxx"


@pytest.mark.parametrize(("at", "signs"), [("submitted", "xw---"), ("processing", "xxw--")])
def test_a_stage_waits_for_the_applicant(road, at, signs):
    assert shown(road.asked(at=at).dossier) == signs


def test_who_leaves_the_way_has_no_stages(road):
    road.decided()
    for status in (Status.REFUSED, Status.STOPPED, Status.WITHDRAWAL_REQUESTED):
        road.dossier.status = status
        assert promises.stages(road.dossier) == []
    road.dossier.status = Status.AWAITING_PAYMENT
    assert shown(road.dossier) == "xxw--"


def test_messages_tell_the_stages_to_the_applicant_only(road):
    road.proposed()
    stages = "Submitted (done), Reception (done), Processing (now), Signature, Return of the result\n"
    assert stages in message("received")
    User.objects.update(language="en")
    road.do(actions.SendBack("Sai tên"), road.commune.leader)
    assert "Submitted (done)" not in message("sent_back")
    road.do(actions.Stop("Không đủ điều kiện"), road.commune.leader)
    assert "Submitted (done)" not in message("stopped")


def test_pages_of_owner_and_look_up_show_the_stages(road, client):
    road.processing()
    client.force_login(road.citizen)
    html = client.get(f"/my/dossiers/{road.dossier.ref}/").content.decode()
    assert html.count('class="is-done"') == 2
    assert html.count('aria-current="step"') == 1
