"""Dossiers of the national portal: tried from a file, entered once; their statuses as a file."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from common.clock import LOCAL
from dossiers import actions
from dossiers.desk.national import importing
from dossiers.desk.national.columns import COLUMNS, SHEET, template
from dossiers.desk.national.exporting import HEAD, NATIONAL
from dossiers.models import Channel, Dossier, Status
from dossiers.workflow import perform
from offices.models import AuditEntry, Post, Role
from tests import factories
from tests.pages import checks
from tests.present import present

GOOD = {
    "code": "G22.99-260320-000001",
    "filed_at": "20/03/2026 16:20",
    "procedure": "1.000001",
    "kind": "Công dân",
    "name": "Nguyễn Thị Ổn",
    "number": "075199000011",
    "birth": "1999",
    "sex": "Nữ",
    "phone": "0912 000 001",
    "email": "",
    "address": "Ấp 3, xã Xuân Bắc, tỉnh Đồng Nai",
    "delivery": "tại xã",
    "fee_paid": "",
}
# As Excel keeps it.
MORNING = datetime(2026, 3, 21, 8, 15, tzinfo=LOCAL).replace(tzinfo=None)


@pytest.fixture(autouse=True)
def clock(now):
    """Monday morning."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(client, commune):
    """The clerk's browser; the commune offers one procedure."""
    factories.version(commune.unit)
    client.force_login(commune.clerk)
    return client


def file_of(*rows, sheet=SHEET, columns=COLUMNS) -> bytes:
    """Fill the rows into the template, as a person would."""
    book = Workbook()
    book.active.title = sheet
    book.active.append([column.heading for column in columns.values()])
    for row in rows:
        book.active.append([row.get(name) for name in columns])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def sent(client, *rows, **how):
    upload = SimpleUploadedFile("hồ sơ.xlsx", file_of(*rows, **how))
    return client.post(reverse("desk:national"), {"file": upload})


def state_of(answer) -> dict[int, str]:
    return {row["line"].n: row["line"].state for row in answer.context["lines"]}


def confirm(client, report, **changes):
    values = {"parcel": report.context["form"].initial["parcel"], "key": report.context["form"]["key"].value()}
    return client.post(reverse("desk:national_confirm"), values | changes, follow=True)


def test_rows_of_which_the_right_ones_are_entered_once(clerk, commune):
    rows = (
        GOOD,
        GOOD | {"code": "g22.99-260320-000002", "filed_at": MORNING, "fee_paid": 8000},
        # No time, no name, a number that Excel has robbed of its zero.
        GOOD | {"code": "G3", "filed_at": date(2026, 3, 21), "name": None, "number": 75199000011},
        GOOD | {"code": "G4", "procedure": "9.999999", "kind": "người lớn"},
        GOOD | {"filed_at": "=1+1"},
        GOOD | {"code": "G7", "delivery": "qua bưu điện", "address": ""},
    )
    report = sent(clerk, *rows)
    assert report.status_code == 200
    assert state_of(report) == {2: "new", 3: "new", 4: "fault", 5: "fault", 6: "fault", 7: "fault"}
    faults = {row["line"].n: [heading for heading, _why in row["line"].faults] for row in report.context["lines"]}
    assert faults[4] == ["Nộp lúc", "Người nộp", "Số giấy tờ"]
    assert faults[5] == ["Đối tượng", "Mã thủ tục"]
    assert faults[6] == ["Nộp lúc", "Mã hồ sơ quốc gia"]
    assert faults[7] == ["Địa chỉ"]
    html = report.content.decode()
    assert checks.faults(html) == []
    assert "075199000011" not in html
    assert not Dossier.objects.exists()

    page = confirm(clerk, report)
    assert [row.code for row in page.context["page"].rows] == ["000.00.16.H19-260323-0001", "000.00.16.H19-260323-0002"]
    first, second = Dossier.objects.order_by("code")
    assert (first.status, first.channel, first.owner) == (Status.SUBMITTED, Channel.ONLINE, None)
    assert (first.external_code, second.external_code) == ("G22.99-260320-000001", "G22.99-260320-000002")
    assert f"{first.submitted_at:%d %H:%M}" == "20 09:20"
    assert first.answers == {} and not first.papers.exists()
    applicant = first.applicant
    assert (applicant.birth, applicant.sex, applicant.id_kind) == ("1999", "nu", "personal_number")
    assert second.events.get().data["fee_paid_vnd"] == 8000
    assert AuditEntry.objects.get(action="national.import").unit == commune.unit

    # The same page again, and the same file again.
    confirm(clerk, report)
    again = sent(clerk, *rows)
    assert state_of(again) == {2: "there", 3: "there", 4: "fault", 5: "fault", 6: "fault", 7: "fault"}
    assert first.code in again.content.decode() and not again.context["new"]
    assert Dossier.objects.count() == 2


def test_what_was_entered_between_both_presses_is_left_out(clerk, commune):
    report = sent(clerk, GOOD)
    confirm(clerk, sent(clerk, GOOD))
    page = confirm(clerk, report)
    assert Dossier.objects.count() == 1
    assert page.status_code == 200


def test_a_clerks_own_dossier_is_left_to_a_colleague(clerk, commune):
    commune.clerk.personal_number = GOOD["number"]
    commune.clerk.save()
    page = confirm(clerk, sent(clerk, GOOD, GOOD | {"code": "G2", "number": "075199000012"}))
    assert Dossier.objects.get().external_code == "G2"
    assert "2" in " ".join(str(message) for message in page.context["messages"])


def test_an_organisation_is_known_by_its_tax_code(clerk):
    factories.version(Post.objects.filter(role=Role.CLERK).get().unit, code="1.000002", audience=["enterprise"])
    row = GOOD | {"procedure": "1.000002", "kind": "Doanh nghiệp", "name": "Công ty A"}
    assert state_of(sent(clerk, row | {"number": "0100233489"})) == {2: "fault"}
    assert state_of(sent(clerk, GOOD | {"procedure": "1.000002"})) == {2: "fault"}
    confirm(clerk, sent(clerk, row | {"number": "0100233488"}))
    assert Dossier.objects.get().applicant.id_kind == "tax_code"


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 no",
        b"a;b;c",
        file_of(GOOD, sheet="Khác"),
        file_of(GOOD, columns={name: column for name, column in COLUMNS.items() if name != "code"}),
        file_of(),
        file_of(*[GOOD] * 201),
    ],
)
def test_a_file_that_cannot_be_read_is_said_at_its_box(clerk, content):
    answer = clerk.post(reverse("desk:national"), {"file": SimpleUploadedFile("a.xlsx", content)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert checks.faults(answer.content.decode()) == []


def test_the_template_is_taken_back_once_it_is_filled_in(clerk):
    page = clerk.get(reverse("desk:national"))
    assert checks.faults(page.content.decode()) == []
    answer = clerk.get(reverse("desk:national_template"))
    assert answer["Content-Disposition"].startswith("attachment")
    book = load_workbook(BytesIO(answer.content))
    for n, name in enumerate(COLUMNS, start=1):
        book[SHEET].cell(row=2, column=n).value = GOOD[name] or None
    out = BytesIO()
    book.save(out)
    assert importing.read(out.getvalue()) == [(2, GOOD)]
    assert len(template()) < 60_000


def test_the_rows_of_a_page_are_one_persons_for_half_an_hour(clerk, commune, other_commune, client, clock, now):
    report = sent(clerk, GOOD)
    for parcel in ("", "x", report.context["form"].initial["parcel"][:-2]):
        confirm(clerk, report, parcel=parcel)
    client.force_login(other_commune.clerk)
    confirm(client, report)
    clock.move_to(now + timedelta(minutes=31))
    client.force_login(commune.clerk)
    confirm(client, report)
    assert not Dossier.objects.exists()


def test_a_larger_file_costs_no_more_queries_to_try(clerk, commune, now, settings):
    """Two, whatever it holds, once the procedure is kept."""
    settings.KEPT_SECONDS = 600
    costs = []
    for count in (1, 30):
        rows = [(n, GOOD | {"code": f"G{n}"}) for n in range(count)]
        importing.plan(rows, commune.unit, now.date())
        with CaptureQueriesContext(connection) as seen:
            assert all(line.state == "new" for line in importing.plan(rows, commune.unit, now.date()))
        costs.append(len(seen))
    assert costs == [2, 2]


def filed_here(commune, now) -> Dossier:
    """Submit a dossier that was begun here."""
    made = factories.draft(citizen := factories.citizen(), commune.unit)
    perform(actions.Submit(), made, by=citizen, now=now)
    return made


def exported(client, first: str, last: str) -> list[list]:
    answer = client.post(reverse("desk:national_export"), {"first": first, "last": last})
    assert answer.status_code == 200, answer.context["period"].errors
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.content)).active.iter_rows()]


def test_statuses_are_those_at_the_end_of_the_period(clerk, commune, clock, now):
    filed_here(commune, now)
    confirm(clerk, sent(clerk, GOOD, GOOD | {"code": "G2"}))
    dossier = present(Dossier.objects.filter(external_code=GOOD["code"]).first())
    day = timedelta(days=1)
    perform(actions.Receive(), dossier, by=commune.clerk, now=now + day)
    perform(actions.Forward(commune.specialist), dossier, by=commune.clerk, now=now + 2 * day)
    clock.move_to(now + 3 * day)
    clerk.force_login(commune.clerk)
    found = {last: exported(clerk, "23/3/2026", last) for last in ("23/03/2026", "24/03/2026", "26/03/2026")}
    assert found["23/03/2026"][0] == list(HEAD)
    assert [[row[0], row[3], row[4], row[6], row[7]] for row in found["23/03/2026"][1:]] == [
        [GOOD["code"], 1, "Mới đăng ký", None, None],
        ["G2", 1, "Mới đăng ký", None, None],
    ]
    status, name, since, received, promised = found["24/03/2026"][1][3:8]
    assert (status, name, since, received) == (2, "Được tiếp nhận", "24/03/2026 09:00", "24/03/2026 09:00")
    assert promised == "27/03/2026 09:00"
    assert [row[3] for row in found["26/03/2026"][1:]] == [4, 1]
    assert exported(clerk, "01/01/2026", "22/03/2026") == [list(HEAD)]
    assert AuditEntry.objects.filter(action="national.export").count() == 4
    # What is corrected later stands since it was forwarded.
    corrected = actions.Correct("Gõ nhầm", applicant={"phone": "0912000009"})
    perform(corrected, dossier, by=commune.clerk, now=now + 3 * day)
    assert [row[3:6] for row in exported(clerk, "26/03/2026", "26/03/2026")[1:]] == [
        [4, NATIONAL[4], "25/03/2026 09:00"]
    ]


def test_a_period_that_ends_before_it_begins_is_refused(clerk):
    answer = clerk.post(reverse("desk:national_export"), {"first": "24/3/2026", "last": "23/3/2026"})
    assert answer.status_code == 422
    assert answer.context["period"].errors["last"]
    assert checks.faults(answer.content.decode()) == []


def test_every_status_has_its_national_name():
    assert sorted(NATIONAL) == sorted(set(Status) - {Status.DRAFT}) == list(range(1, 11))


def test_the_desk_tells_them_apart_and_finds_them_by_their_number(clerk, commune, now):
    here = filed_here(commune, now)
    confirm(clerk, sent(clerk, GOOD))
    there = Dossier.objects.exclude(external_code="").get()
    found = {}
    for channel in ("online", "national", "counter"):
        answer = clerk.get(reverse("desk:list"), {"view": "all", "channel": channel})
        found[channel] = {row.code: row.channel for row in answer.context["page"].rows}
    assert found["online"].keys() == {here.code, there.code} and not found["counter"]
    assert found["national"].keys() == {there.code}
    assert len(set(found["online"].values())) == 2
    for typed in ("g22.99-260320-000001", " G22.99-260320-000001 "):
        answer = clerk.post(reverse("desk:search"), {"q": typed})
        assert answer.url == reverse("desk:dossier", args=[there.code])
    page = clerk.get(reverse("desk:dossier", args=[there.code]))
    html = page.content.decode()
    assert GOOD["code"] in html and checks.faults(html) == []
    # Nothing is said of papers and answers that lie there.
    assert page.context["papers"] == [] and page.context["answers"] == []


def test_a_number_elsewhere_opens_nothing_for_another_commune(clerk, client, other_commune):
    confirm(clerk, sent(clerk, GOOD))
    client.force_login(other_commune.clerk)
    assert client.post(reverse("desk:search"), {"q": GOOD["code"]}).url == f"{reverse('desk:list')}?view=all&search=1"


def test_a_moment_is_a_day_with_a_time():
    field = COLUMNS["filed_at"].field
    wanted = datetime(2026, 3, 7, 8, 15, tzinfo=LOCAL)
    for text in ("07/03/2026 08:15", "8h15 7/3/2026", "8:15, 7-3-2026", "2026-03-07 08:15", "7/3/2026 8 giờ 15"):
        assert field.clean(text) == wanted, text
    assert field.clean("7/3/2026 8h").hour == 8
    assert date(2026, 3, 7) == field.clean("7.3.2026 08:15").date()
    for text in ("7/3/2026", "08:15", "31/2/2026 08:15", "7/3/2026 25:00", "x"):
        with pytest.raises(Exception, match="08:15"):
            field.clean(text)
