"""Those who come to sign: what they are told, which days they may choose, and the day as a calendar file."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from common.clock import LOCAL
from common.refusals import Refused
from dossiers import actions
from dossiers.actions.readiness import Readiness
from dossiers.models import Dossier, Status
from dossiers.timeline import next_steps
from dossiers.timeline.meeting import day_fault, meeting
from dossiers.track.views import public_page
from offices.models import Holiday, OpeningHours
from tests import factories
from tests.present import present

from .conftest import message

pytestmark = pytest.mark.usefixtures("english_reader")

FORM = {
    "schema": 1,
    "title": {"vi": "Kết hôn", "en": "Marriage"},
    "sections": [
        {
            "key": "pair",
            "title": {"vi": "Hai bên", "en": "Both"},
            "fields": [
                {"key": "bride_name", "type": "full_name", "label": {"vi": "Họ tên cô dâu", "en": "Bride"}},
                {"key": "groom_name", "type": "full_name", "label": {"vi": "Họ tên chú rể", "en": "Groom"}},
                {"key": "signing_date", "type": "date", "label": {"vi": "Ngày đến ký", "en": "Day"}},
            ],
        }
    ],
}
PAIR = {"bride_name": "Trần Thị Bình", "groom_name": "Nguyễn Văn An", "signing_date": "2026-04-01"}


def fetch(client, road, tail: str = ""):
    """Fetch a page of the dossier at the road's moment as its owner."""
    with time_machine.travel(road.now, tick=False):
        client.force_login(road.citizen)
        return client.get(f"/my/dossiers/{road.dossier.ref}/{tail}")


def page(client, road, tail: str = "") -> str:
    return " ".join(fetch(client, road, tail).content.decode().split())


def marriage(road, **answers):
    """Make the road's dossier one of a procedure at which both come to sign."""
    road.version = factories.version(road.commune.unit, code="1.000894", level=3, form=FORM, needs_presence=True)
    road.dossier = factories.draft(
        road.citizen,
        road.commune.unit,
        road.version,
        answers=PAIR | answers,
        completed_sections=["pair"],
        created_at=road.now,
        saved_at=road.now,
    )
    return road


def test_both_are_told_day_hours_and_originals(road, client):
    marriage(road).submitted()
    told = present(meeting(road.dossier, ["Giấy chứng sinh"], road.now))
    assert (told.people, hours := present(told.hours)) == (
        ("Trần Thị Bình", "Nguyễn Văn An"),
        "7:00–11:30, 13:00–17:00",
    )
    assert (told.both, told.day_words) == ("Trần Thị Bình and Nguyễn Văn An", "Wednesday 01/04/2026")
    html = page(client, road, "submitted/")
    for text in (*told.people, "01/04/2026", hours, "Giấy chứng sinh"):
        assert text in html
        assert text in message("submitted")
    road.do(actions.Receive(), road.commune.clerk)
    for text in (*told.people, "01/04/2026", hours):
        assert text in message("received")
    road.do(actions.Forward(road.commune.specialist), road.commune.clerk)
    road.do(actions.Propose(is_granted=True), road.commune.specialist).do(actions.Approve(), road.commune.leader)
    assert meeting(road.dossier, [], road.now) is None


def test_a_day_on_which_the_desk_is_closed_has_no_hours(road, client):
    marriage(road).submitted()
    Holiday.objects.create(day=date(2026, 4, 1), kind="off", name="Mất điện")
    told = present(meeting(road.dossier, [], road.now))
    assert (told.hours, told.is_closed) == ("", True)
    html = page(client, road)
    assert "01/04/2026: the commune is closed on this day." in html
    assert "Call the commune for another day to sign: it is closed on Wednesday 01/04/2026." in html
    assert fetch(client, road, "calendar/signing/").status_code == 404


def test_a_day_that_has_passed_is_told_as_passed(road, client):
    marriage(road).submitted().do(actions.Receive(), road.commune.clerk)
    road.now = datetime(2026, 4, 2, 9, tzinfo=LOCAL)
    html = page(client, road)
    assert fetch(client, road, "calendar/signing/").status_code == 404
    assert "The day to sign, Wednesday 01/04/2026, has passed. If you have not signed, call the commune." in html
    assert "Wednesday 01/04/2026, which has passed." in html
    assert "Nothing to do now" not in html


def test_whoever_comes_to_sign_has_something_to_do(road, client):
    marriage(road).submitted()
    told = "Come to the commune to sign on Wednesday 01/04/2026."
    assert f"{told} Xã Xuân Bắc answers by" in page(client, road)
    assert f"What you do now: {told} Keep the dossier code." in message("submitted")
    road.do(actions.Receive(), road.commune.clerk)
    assert f"{told} Keep the receipt" in page(client, road)
    assert f"What you do now: {told} The receipt" in message("received")
    road.do(actions.Forward(road.commune.specialist), road.commune.clerk)
    html = page(client, road)
    assert f"{told} You get a message" in html
    for text in (html, message("submitted"), message("received")):
        assert "nothing" not in text.split("What you do now")[-1][:60]
        assert "Nothing to do now" not in text


def test_no_message_says_nothing_while_both_are_still_to_come(road):
    marriage(road).submitted().do(actions.Receive(), road.commune.clerk)
    road.do(actions.Forward(road.commune.specialist), road.commune.clerk)
    road.do(actions.RequestSupplement((road.item,)), road.commune.specialist).answer()
    road.do(actions.Supplement(), road.citizen)
    road.do(actions.RequestWithdrawal("Đổi ý"), road.citizen)
    road.do(actions.DeclineWithdrawal("Đã xong"), road.commune.specialist)
    road.do(actions.Extend(road.now + timedelta(days=14), "Cần xác minh"), road.commune.leader)
    for kind in ("supplement_received", "withdrawal_declined", "extended"):
        assert "What you do now: Come to the commune to sign on Wednesday 01/04/2026." in message(kind)


def test_the_look_up_names_no_day_of_theirs(road):
    marriage(road).submitted()
    with time_machine.travel(road.now, tick=False):
        told = public_page(Dossier.objects.get(pk=road.dossier.pk))["next_step"]
    assert told.startswith("Those who sign come to the commune on the day that was chosen.")
    assert "01/04" not in told


def test_the_result_is_signed_for_by_both(road):
    marriage(road).submitted()
    road.dossier.status = Status.DECIDED
    assert "together" in next_steps.for_applicant(road.dossier, [], road.now)


def test_who_takes_it_back_need_not_come(road):
    marriage(road).submitted().do(actions.Receive(), road.commune.clerk)
    road.do(actions.RequestWithdrawal("Đổi ý"), road.citizen)
    assert meeting(road.dossier, [], road.now) is None


# Filed on Monday 23/03: answered by Tuesday at the latest.
@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ("2026-03-23", "first checks your papers, until Tuesday 24/03/2026 at the latest. Choose Wednesday 25/03/2026"),
        ("2026-03-24", "Choose Wednesday 25/03/2026 or a later day."),
        ("2026-03-25", ""),
        ("2026-03-28", "Xã Xuân Bắc is closed on Saturday 28/03/2026. Choose another day."),
        ("2026-03-26", "Xã Xuân Bắc is closed on Thursday 26/03/2026."),
        ("2031-03-26", ""),
    ],
)
def test_the_day_is_one_on_which_the_desk_is_open_and_has_answered(road, client, chosen, told):
    Holiday.objects.create(day=date(2026, 3, 26), kind="off", name="Nghỉ bù")
    marriage(road, signing_date="")
    year, month, day = chosen.split("-")
    typed = {f"answer-{key}": PAIR[key] for key in ("bride_name", "groom_name")}
    typed |= {"answer-signing_date_day": day, "answer-signing_date_month": month, "answer-signing_date_year": year}
    with time_machine.travel(road.now, tick=False):
        client.force_login(road.citizen)
        answer = client.post(f"/my/dossiers/{road.dossier.ref}/sections/pair/", typed)
        kept = client.get(f"/my/dossiers/{road.dossier.ref}/sections/pair/").content.decode()
    assert answer.status_code == (200 if told else 302)
    if told:
        html = answer.content.decode()
        assert told in html
        assert told in kept
        assert f'value="{year}"' in html and f'value="{year}"' in kept


def test_a_day_that_has_become_impossible_is_not_submitted(road):
    marriage(road, signing_date="2026-03-24")
    with pytest.raises(Refused) as caught:
        road.submitted()
    assert caught.value.code == "answers"
    ready = Readiness(road.dossier, date(2026, 3, 23))
    assert "Choose Wednesday 25/03/2026" in ready.form.errors["pair"]["signing_date"]


def test_without_a_calendar_every_day_may_be_chosen(road):
    OpeningHours.objects.all().delete()
    assert marriage(road, signing_date="2026-03-24").submitted().dossier.status == Status.SUBMITTED


def test_after_reception_a_corrected_day_need_only_be_open(road):
    marriage(road).submitted().do(actions.Receive(), road.commune.clerk)
    assert day_fault(road.dossier, date(2026, 3, 23), "2026-03-23") == ""
    assert "is closed" in day_fault(road.dossier, date(2026, 3, 23), "2026-03-28")


def test_the_day_is_a_calendar_file(road, client):
    marriage(road).submitted()
    address = f"/my/dossiers/{road.dossier.ref}/calendar/signing/"
    assert f'href="{address}"' in page(client, road)
    assert address in message("submitted")
    answer = fetch(client, road, "calendar/signing/")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    told = answer.content.decode().replace("\r\n ", "")
    for line in (
        "DTSTART;VALUE=DATE:20260401\r\n",
        "SUMMARY:Come to sign: ",
        "DESCRIPTION:7:00–11:30\\, 13:00–17:00\\nBring the originals: Identity paper of each person",
        "DESCRIPTION:Come to sign tomorrow: ",
        f"UID:{road.dossier.ref}-signing@",
    ):
        assert line in told
    assert "Nguyễn Văn An" not in told
    road.do(actions.Receive(), road.commune.clerk)
    assert address in message("received")


def test_who_need_not_sign_gets_no_such_file(road, client):
    road.submitted()
    assert fetch(client, road, "calendar/signing/").status_code == 404


def test_without_a_day_or_a_calendar_nothing_is_made_up(road):
    marriage(road, signing_date="").submitted()
    told = present(meeting(road.dossier, [], road.now))
    assert (told.day, told.day_words, told.hours, told.is_closed) == (None, "", None, False)
    assert told.to_do == "Come to the commune to sign; call first."
    road.dossier.answers = PAIR | {"signing_date": "2031-01-08"}
    told = present(meeting(road.dossier, [], road.now))
    assert (told.hours, told.is_closed) == (None, False)


def test_names_are_told_only_of_two(road):
    marriage(road, groom_name="").submitted()
    told = present(meeting(road.dossier, [], road.now))
    assert (told.people, told.both) == ((), "")


def test_where_nobody_comes_nothing_is_told(road):
    assert meeting(road.submitted().dossier, [], road.now) is None
