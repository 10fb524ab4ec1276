"""The promised date as a calendar file: RFC 5545 to the letter, in the reader's language, and only while it stands."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import translation

from common.calendar_file import OCTETS
from dossiers import actions
from dossiers.applicant.pages import calendar_file
from dossiers.models import Dossier, Status
from offices.models import Unit
from tests.present import present


def fetch(client, road):
    with time_machine.travel(road.now, tick=False):
        client.force_login(road.citizen)
        return client.get(f"/my/dossiers/{road.dossier.ref}/calendar/")


def unfolded(content: bytes) -> dict[str, str]:
    """Return the properties of a file as a calendar reads them; of two with one name the last."""
    lines = content.decode().replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in lines if line)


def test_the_file_holds_the_promised_date_and_a_reminder(client, road):
    answer = fetch(client, road.processing())
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{road.dossier.code}.ics"'
    told = unfolded(answer.content)
    # 09:02 in Vietnam.
    assert (told["DTSTART"], told["DTEND"]) == ("20260326T020200Z", "20260326T023200Z")
    assert told["TRIGGER"] == "-P1D"
    assert told["SEQUENCE"] == str(road.dossier.revision)
    assert told["UID"].startswith(f"{road.dossier.ref}@")
    assert told["URL"].endswith(f"/my/dossiers/{road.dossier.ref}/")
    assert "Nguyễn Văn An" not in answer.content.decode()


def test_the_file_keeps_the_rules_of_its_format(client, road):
    Unit.objects.update(name="UBND xã Xuân Bắc, huyện; cũ \\ mới " + "ờ" * 60, address="Ấp 1\nđường 2")
    content = fetch(client, road.processing()).content
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= OCTETS
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in lines:
        line.decode()
    told = unfolded(content)
    assert told["LOCATION"].startswith("UBND xã Xuân Bắc\\, huyện\\; cũ \\\\ mới ờ")
    assert told["LOCATION"].endswith("\\, Ấp 1\\nđường 2")
    names = re.findall(rb"(?m)^(BEGIN|END):(\w+)", content)
    assert names == [
        (b"BEGIN", b"VCALENDAR"), (b"BEGIN", b"VEVENT"), (b"BEGIN", b"VALARM"),
        (b"END", b"VALARM"), (b"END", b"VEVENT"), (b"END", b"VCALENDAR"),
    ]  # fmt: skip


def test_a_later_date_replaces_the_earlier_one(client, road):
    first = unfolded(fetch(client, road.processing()).content)
    road.do(actions.Extend(road.dossier.due_at + timedelta(days=5), "Chờ"), road.commune.leader)
    second = unfolded(fetch(client, road).content)
    assert first["UID"] == second["UID"]
    assert int(first["SEQUENCE"]) < int(second["SEQUENCE"])
    assert second["DTSTART"] == "20260331T020200Z"


def test_the_file_speaks_the_readers_language(road):
    road.processing()
    with translation.override("en"):
        assert "SUMMARY:Result promised: Birth registration" in calendar_file.write(road.dossier, road.now).decode()
    with translation.override("vi"):
        assert "Đăng ký khai sinh" in calendar_file.write(road.dossier, road.now).decode()


@pytest.mark.parametrize("state", ["submitted", "asked", "decided"])
def test_without_a_date_that_stands_there_is_no_file(client, road, state):
    getattr(road, state)()
    page = client_page(client, road)
    assert fetch(client, road).status_code == 404
    assert f'href="/my/dossiers/{road.dossier.ref}/calendar/"' not in page


def test_the_page_offers_the_file_while_the_clock_runs(client, road):
    road.received()
    assert f'href="/my/dossiers/{road.dossier.ref}/calendar/"' in client_page(client, road)
    Dossier.objects.update(status=Status.WITHDRAWAL_REQUESTED)
    assert fetch(client, road).status_code == 200


def test_a_date_that_has_passed_is_no_promise(client, road):
    road.processing()
    road.now = present(road.dossier.due_at) + timedelta(minutes=1)
    page = client_page(client, road)
    assert fetch(client, road).status_code == 404
    assert "Bạn chưa cần làm gì" not in page.partition("Hồ sơ đang ở đâu")[0]
    assert "Lẽ ra đã có kết quả chậm nhất 09:02 thứ Năm 26/03." in page


def test_a_draft_has_no_date(client, road):
    assert fetch(client, road).status_code == 404


def client_page(client, road) -> str:
    with time_machine.travel(road.now, tick=False):
        client.force_login(road.citizen)
        return client.get(f"/my/dossiers/{road.dossier.ref}/").content.decode().partition("<main")[2]
