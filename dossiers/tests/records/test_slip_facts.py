"""What a slip freezes of its dossier: who signs as what, which papers, how the result goes, when it is due."""

from datetime import timedelta

import pytest

from dossiers import actions
from dossiers.models import Assignment, Dossier, PaperKind, Slip, SlipKind
from dossiers.records import slips
from dossiers.tasks import render_slip
from offices.models import Post, Role, Unit
from procedures.models import TimeUnit


@pytest.mark.parametrize(
    ("unit", "amount", "told"),
    [
        (TimeUnit.HOURS, 4, "4 giờ làm việc"),
        (TimeUnit.DAYS, 15, "15 ngày"),
        (TimeUnit.WORKING_DAYS, 3, "3 ngày làm việc"),
        (TimeUnit.WORKING_DAYS, None, "Trong ngày làm việc (tiếp nhận sau 15 giờ: ngày làm việc tiếp theo)"),
        (TimeUnit.SAME_DAY, 1, "Trong ngày làm việc (tiếp nhận sau 15 giờ: ngày làm việc tiếp theo)"),
    ],
)
def test_the_time_is_told_in_official_words(road, unit, amount, told):
    road.version.processing_unit, road.version.processing_amount = unit, amount
    assert slips.processing_text(road.version) == told


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Xã Xuân Bắc", "Xuân Bắc"),
        ("Phường Long Khánh", "Long Khánh"),
        ("Đặc khu Phú Quốc", "Phú Quốc"),
        ("Tỉnh Đồng Nai", "Đồng Nai"),
        ("Thành phố Huế", "Huế"),
        ("Văn phòng", "Văn phòng"),
    ],
)
def test_a_paper_is_dated_at_the_place_without_its_kind(name, place):
    assert slips.place_of(Unit(short_name=name)) == place


@pytest.mark.parametrize(
    ("delivery", "address", "told"),
    [
        ("online", None, "Trên Cổng dịch vụ công trực tuyến"),
        ("desk", None, "Tại Bộ phận Tiếp nhận và Trả kết quả"),
        ("", None, "Tại Bộ phận Tiếp nhận và Trả kết quả"),
        ("post", None, "Qua dịch vụ bưu chính công ích"),
        ("post", {"name": "An"}, "Qua dịch vụ bưu chính công ích"),
        ("post", {"address": {"elsewhere": "Lào"}}, "Qua dịch vụ bưu chính công ích, đến: Lào"),
        # An address that was typed before another way was chosen is not told.
        ("desk", {"address": {"elsewhere": "Lào"}}, "Tại Bộ phận Tiếp nhận và Trả kết quả"),
    ],
)
def test_how_the_result_is_returned(delivery, address, told):
    assert slips.delivery_text(Dossier(delivery=delivery, delivery_address=address)) == told


def test_an_officer_signs_under_the_title_of_the_post_in_which_they_acted(road, other_commune):
    clerk, unit = road.commune.clerk, road.commune.unit
    Post.objects.filter(user=clerk).delete()
    for user, place, role, title in (
        (clerk, other_commune.unit, Role.CLERK, "Nơi khác"),
        (clerk, unit, Role.CASHIER, "Thu ngân"),
        (road.commune.leader, unit, Role.CLERK, "Người khác"),
        (clerk, unit, Role.CLERK, "Công chức Một cửa"),
    ):
        Post.objects.create(user=user, unit=place, role=role, title=title, valid_from=road.now.date())
    road.received()
    signed = Slip.objects.get(kind=SlipKind.RECEIPT).data["officer"]
    assert signed == {"name": clerk.get_full_name(), "title": "Công chức Một cửa", "lines": ["CÔNG CHỨC MỘT CỬA"]}


def test_an_officer_without_a_title_signs_by_name_and_an_applicant_not_at_all(road):
    Post.objects.filter(user=road.commune.clerk).update(title="")
    road.received()
    filing, receipt = (Slip.objects.get(kind=kind).data["officer"] for kind in (SlipKind.FILING, SlipKind.RECEIPT))
    assert filing == {"name": "", "title": "", "lines": []}
    assert receipt == {"name": road.commune.clerk.get_full_name(), "title": "", "lines": []}


def test_a_slip_freezes_who_asked_for_what_and_where(road):
    parent = Unit.objects.create(
        kind="province", slug="dong-nai", name="UBND tỉnh Đồng Nai", short_name="Tỉnh Đồng Nai"
    )
    Unit.objects.filter(pk=road.commune.unit.pk).update(parent=parent, email="mot-cua@xuanbac.example")
    road.dossier = Dossier.objects.get()
    road.received()
    data = Slip.objects.get(kind=SlipKind.RECEIPT).data
    assert data["unit"] == {
        "name": "UBND Xã Xuân Bắc",
        "parent": "UBND tỉnh Đồng Nai",
        "short_name": "Xã Xuân Bắc",
        "address": "Trung tâm Xã Xuân Bắc, tỉnh Đồng Nai",
        "phone": "0251 3000 001",
        "email": "mot-cua@xuanbac.example",
    }
    assert (data["place"], data["code"], data["procedure_code"]) == ("Xuân Bắc", road.dossier.code, "1.000001")
    assert (data["procedure"], data["subject"]) == ("Đăng ký khai sinh", "đăng ký khai sinh")
    person = data["applicant"]
    assert (person["name"], person["phone"], person["email"]) == ("Nguyễn Văn An", "0912000001", "an@example.com")
    assert person["address"].startswith("Ấp 3, ") and person["representative"] == ""
    assert "075199000011" not in str(data)
    assert data["received_at"] == road.dossier.received_at.isoformat()
    assert data["due_at"] == road.dossier.due_at.isoformat()


def test_a_receipt_repeats_the_note_and_the_sets_of_the_procedure(road):
    dossier = road.received().dossier
    dossier.version.receipt_note, dossier.version.dossier_sets = "Mang theo bản chính", 2
    facts = slips.receipt_facts(dossier)
    assert (facts["note"], facts["sets"]) == ("Mang theo bản chính", 2)


def test_papers_stand_in_the_order_of_the_list_and_own_ones_last(road):
    road.dossier.papers.all().delete()
    first, second = road.version.papers.order_by("n")[:2]
    given = {"uploaded_by": road.citizen, "uploaded_at": road.now}
    road.dossier.papers.create(required=None, name="Giấy khác", kind=PaperKind.FILE, **given)
    road.dossier.papers.create(required=second, name=second.name, kind=PaperKind.FILE, **given)
    road.dossier.papers.create(required=second, name=second.name, kind=PaperKind.FILE, copies=2, **given)
    road.dossier.papers.create(required=first, name=first.name, kind=PaperKind.ORIGINAL_PROMISED, originals=1, **given)
    road.dossier.papers.create(
        required=first, name=first.name, kind=PaperKind.FILE, replaced_at=road.now + timedelta(minutes=1), **given
    )
    assert slips.receipt_facts(road.dossier)["papers"] == [
        {"name": first.name, "files": 0, "originals": 1, "copies": 0, "promised": True},
        {"name": second.name, "files": 2, "originals": 0, "copies": 2},
        {"name": "Giấy khác", "files": 1, "originals": 0, "copies": 0},
    ]


@pytest.mark.parametrize(
    ("until", "due", "told"),
    [(None, 0, ""), (0, None, ""), (1, 0, "Quá hạn"), (0, 0, "Đúng hạn"), (-30, 0, "Trước hạn")],
)
def test_a_step_ended_before_on_or_after_its_time(now, until, due, told):
    row = Assignment(
        until=None if until is None else now + timedelta(hours=until),
        due_at=None if due is None else now + timedelta(hours=due),
    )
    assert slips.outcome(row) == told


def test_the_control_sheet_tells_each_step_from_whom_to_whom(road, settings):
    road.decided()
    _template, context = slips.control_sheet(road.dossier, road.dossier.assignments.order_by("n"), road.now)
    data, rows = context["data"], context["rows"]
    assert data["title"] == "Phiếu kiểm soát quá trình giải quyết hồ sơ"
    assert (data["code"], data["agency"], data["procedure"]) == (
        road.dossier.code,
        "UBND Xã Xuân Bắc",
        "Đăng ký khai sinh",
    )
    assert (data["form"], data["place"], data["due_at"]) == ("06", "Xuân Bắc", road.dossier.due_at)
    assert [row["n"] for row in rows] == list(range(1, len(rows) + 1))
    specialist = road.commune.specialist.get_full_name()
    held = next(row for row in rows if row["person"] == specialist)
    assert held["given_by"] == road.commune.clerk.get_full_name()
    assert (held["unit"], held["since"] < held["until"]) == ("Xã Xuân Bắc", True)
    assert held["due_at"] == road.dossier.assignments.get(n=held["n"]).due_at is not None
    settings.SLIP_SET = "2018"
    assert slips.control_sheet(road.dossier, [], road.now)[1]["data"]["form"] == "05"


def test_a_notice_is_a_letter_about_the_dossier_without_a_number(road):
    road.received()
    code = road.dossier.code
    message = f"Xin chào,\n\nMời ông đến\n\nMã hồ sơ: {code}\n\n-- \nXã Xuân Bắc"
    template, context = slips.notice(road.dossier, f"Hồ sơ {code}: mời đến", message, road.now)
    assert template == "slips/notice.html"
    data = context["data"]
    assert (data["title"], data["text"]) == ("Thông báo hồ sơ mời đến", "Mời ông đến")
    assert (data["number"], data["circular"], data["code"]) == ("", "", code)
    assert context["issued_at"] == road.now


def test_the_worker_is_woken_for_the_slip_that_was_made(road, monkeypatch):
    woken = []
    monkeypatch.setattr(slips.broker, "wake", lambda *task, **options: woken.append((task, options)))
    road.submitted()
    slip = Slip.objects.get(kind=SlipKind.FILING)
    assert (("dossiers.tasks.render_slip", slip.pk), {"expires": slips.PDF_SECONDS}) in woken
    assert render_slip.name == "dossiers.tasks.render_slip"


def test_papers_beyond_the_list_stand_behind_it_each_on_its_own_line(road):
    road.submitted()
    first = road.dossier.papers.first()
    for name in ("Giấy thứ nhất", "Giấy thứ hai"):
        road.dossier.papers.create(name=name, kind="file", uploaded_at=road.now)
    rows = slips.paper_rows(road.version, reversed(list(road.dossier.papers.all())))
    assert [row["name"] for row in rows] == [first.name, "Giấy thứ nhất", "Giấy thứ hai"]
    assert [row["files"] for row in rows] == [0, 1, 1]


def test_an_organisations_slip_names_who_acts_for_it(road):
    road.submitted()
    applicant = road.dossier.applicant
    applicant.representative = {"name": "Lê Văn Chung"}
    assert slips.identity(road.dossier)["applicant"]["representative"] == "Lê Văn Chung"


def test_a_supplement_slip_names_each_paper_with_its_reason(road):
    road.asked()
    (row,) = Slip.objects.get(kind=SlipKind.SUPPLEMENT).data["items"]
    assert row == {"name": road.item.name, "reason": "Ảnh mờ, không đọc được"}


def test_a_filing_note_bears_the_code_and_the_others_a_number_of_the_year(road):
    road.received().do(actions.Forward(road.commune.specialist), road.commune.clerk)
    numbers = dict(Slip.objects.values_list("kind", "number"))
    assert numbers[SlipKind.FILING] == road.dossier.code
    assert numbers[SlipKind.RECEIPT].startswith("1/")


def test_each_form_is_numbered_by_its_own_letters():
    suffixes = {kind: form.suffix for kind, form in slips.FORMS.items() if kind != SlipKind.FILING}
    assert suffixes == {
        SlipKind.RECEIPT: "TNHS",
        SlipKind.SUPPLEMENT: "HDHS",
        SlipKind.REFUSAL: "TCHS",
        SlipKind.APOLOGY: "PXL",
        SlipKind.STOP: "TBD",
    }


def test_moments_are_read_from_what_was_frozen(now):
    names = ("came_at", "received_at", "due_at", "old_due_at", "submitted_at", "answer_by")
    frozen = {"link": "x", "sets": 1} | dict.fromkeys(names, now.isoformat())
    read = slips.context_of(Slip(kind=SlipKind.RECEIPT, issued_at=now, data=frozen))["data"]
    assert read == frozen | dict.fromkeys(names, now)
    assert slips.context_of(Slip(issued_at=now, data=frozen | {"came_at": ""}))["data"]["came_at"] is None
