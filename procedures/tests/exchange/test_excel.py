"""Workbooks out and back in: typed by people, sent by strangers."""

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from openpyxl.utils import get_column_letter

from common.refusals import Refused
from procedures.exchange import apply as exchange_apply
from procedures.exchange import plan as exchange_plan
from procedures.exchange.excel import BOXES, FEES, PAPERS, SHEETS, write_workbook
from procedures.exchange.excel_reading import MAX_UNPACKED, read_excel
from procedures.exchange.outcome import CHANGED, FAULTY, NEW, SAME, Options
from procedures.manage.forms.fees import FeeForm
from procedures.manage.forms.papers import PaperForm
from procedures.manage.forms.procedures import ProcedureForm
from procedures.manage.forms.versions import InfoForm, StepForm
from procedures.models import Procedure, ProcedureVersion
from procedures.seed import import_catalogue
from procedures.versions import serialising as exchange
from tests import factories
from tests.factories import NOW
from tests.present import present

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 23)
PROCEDURE, PAPER, FEE, STEP = (title for title, _columns in SHEETS.values())


@pytest.fixture
def version(commune):
    made = factories.version(
        commune.unit, name='=HYPERLINK("http://x")', legal_bases=["+1", "@cmd"], conditions="- Một\n- Hai"
    )
    return made


@pytest.fixture
def publisher(commune):
    return commune.publisher


def exported():
    target = io.BytesIO()
    write_workbook(exchange.entries(Procedure.objects.all(), TODAY), target)
    return target.getvalue()


def workbook(content=None):
    return openpyxl.load_workbook(io.BytesIO(content or exported()))


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def dry_run(content, by, **options):
    return exchange_plan.plan(read_excel(content), by=by, options=Options(**options), day=TODAY)


def column(sheet, heading):
    return next(cell.column for cell in sheet[1] if cell.value == heading)


def put(book, sheet, row, heading, value):
    book[sheet].cell(row, column(book[sheet], heading)).value = value


def test_texts_stay_texts_and_the_sheet_helps(version):
    book = workbook()
    assert book.sheetnames == [title for title, _columns in SHEETS.values()]
    sheet = book[PROCEDURE]
    name = sheet.cell(3, column(sheet, "Tên thủ tục"))
    assert (name.value, name.data_type, name.quotePrefix) == ('=HYPERLINK("http://x")', "s", True)
    assert sheet.freeze_panes == "B3"
    assert len(sheet.data_validations.dataValidation) == 4
    assert sheet.cell(3, column(sheet, "Có hiệu lực từ")).value.date() == version.effective_from
    with zipfile.ZipFile(io.BytesIO(exported())) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_a_workbook_sent_back_changes_nothing(publisher):
    import_catalogue(now=NOW)
    planned = dry_run(exported(), publisher)
    assert planned.count(SAME) == Procedure.objects.count() >= 57
    rows = [row for outcome in planned.outcomes for row in outcome.rows]
    assert len(rows) > 500 and {row.state for row in rows} == {SAME}


def test_a_procedure_that_was_never_published_can_be_sent_back(publisher):
    factories.version(publisher.posts.get().unit, code="XA-0001", status="draft", published_at=None)
    planned = dry_run(exported(), publisher)
    assert {row.state for outcome in planned.outcomes for row in outcome.rows} == {SAME}


def test_rows_are_reported_and_applied(version, publisher):
    book = workbook()
    put(book, PROCEDURE, 3, "Thời hạn", "2")
    put(book, PROCEDURE, 3, "Mức độ", 3.0)
    put(book, PROCEDURE, 3, "Nhận hồ sơ đến hết ngày", "31/12/2026")
    put(book, PROCEDURE, 3, "Ngày chờ bổ sung", 20)
    put(book, PAPER, 3, "Bản sao", "1")
    book[PAPER].append([version.procedure.code, None, "Giấy mới", None, 1])
    book[FEE].append([version.procedure.code, None, "Lệ phí", "Lệ phí bản sao", None, "8.000 đồng", None, "bản"])
    book[STEP].delete_rows(5)
    put(book, STEP, 3, "Số giờ làm việc", "1,5")
    content = saved(book)
    planned = dry_run(content, publisher)
    outcome = planned.outcomes[0]
    assert outcome.state == CHANGED
    assert [(row.place, row.state) for row in outcome.rows] == [
        ("Thủ tục, dòng 3", CHANGED),
        ("Thành phần hồ sơ, dòng 3", CHANGED),
        ("Thành phần hồ sơ, dòng 4", SAME),
        ("Thành phần hồ sơ, dòng 5", NEW),
        ("Phí, lệ phí, dòng 3", NEW),
        ("Các bước, dòng 3", CHANGED),
        ("Các bước, dòng 4", SAME),
    ] or outcome.rows[0].place.endswith("row 3")
    exchange_apply.apply(read_excel(content), planned.digest(), "", by=publisher, options=Options(), now=NOW)
    draft = ProcedureVersion.objects.open().get()
    assert (draft.processing_amount, draft.level, draft.form) == (2, 3, version.form)
    assert [paper.name for paper in draft.papers.all()] == ["Giấy chứng sinh", "Văn bản ủy quyền", "Giấy mới"]
    assert present(draft.papers.first()).copies == 1
    allotted = present(present(draft.steps.first()).allotted)
    assert (draft.fees.get().amount_vnd, draft.steps.count(), float(allotted)) == (8000, 2, 1.5)
    procedure = Procedure.objects.get()
    assert (procedure.accept_until, procedure.supplement_days) == (date(2026, 12, 31), 20)


def test_new_procedures_from_a_sheet(publisher):
    book = workbook()
    book[PROCEDURE].append(["XA-0001", "Hộ tịch", "Thủ tục mới", None, 2, "Không", "Công dân, tổ chức", "Trực tiếp", 3])
    assert dry_run(saved(book), publisher).outcomes[0].state == FAULTY
    put(book, PROCEDURE, 3, "Đơn vị thời hạn", "Ngày làm việc")
    planned = dry_run(saved(book), publisher)
    exchange_apply.apply(read_excel(saved(book)), planned.digest(), "", by=publisher, options=Options(), now=NOW)
    made = ProcedureVersion.objects.get()
    assert (made.name, made.audience, made.processing_unit) == (
        "Thủ tục mới",
        ["citizen", "organisation"],
        "working_days",
    )


def test_missing_sheets_and_columns_change_nothing(version, publisher):
    book = workbook()
    for title in (PAPER, FEE, STEP):
        del book[title]
    book[PROCEDURE].delete_cols(column(book[PROCEDURE], "Ghi chú"))
    assert dry_run(saved(book), publisher).count(SAME) == 1


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("sheet", "heading", "value"),
    [
        (PROCEDURE, "Mức độ", "bốn"),
        (PROCEDURE, "Mức độ", 7),
        (PROCEDURE, "Mức độ", 10**30),
        (PROCEDURE, "Thời hạn", 2.5),
        (PROCEDURE, "Thời hạn", "=1+1"),
        (PROCEDURE, "Tên thủ tục", "=A1"),
        (PROCEDURE, "Tên thủ tục", "x" * 400),
        (PROCEDURE, "Tên thủ tục", date(2026, 1, 1)),
        (PROCEDURE, "Đơn vị thời hạn", "tuần"),
        (PROCEDURE, "Cần có mặt", "có thể"),
        (PROCEDURE, "Có hiệu lực từ", "31/02/2026"),
        (PROCEDURE, "Đối tượng", "ai cũng được"),
        (PAPER, "Bản chính", "nhiều"),
        (PAPER, "Tên giấy tờ", None),
        (STEP, "Số giờ làm việc", "-1"),
        (STEP, "Người thực hiện", "chủ tịch"),
    ],
)
def test_faulty_cells_are_named(version, publisher, sheet, heading, value):
    book = workbook()
    put(book, sheet, 3, heading, value)
    outcome = dry_run(saved(book), publisher).outcomes[0]
    assert outcome.state == FAULTY
    assert any(fault.place.startswith(f"{sheet}, ") and "3" in fault.place for fault in outcome.faults)


def test_roles_are_read_by_their_former_names_too(version, publisher):
    book = workbook()
    assert book[STEP].cell(4, column(book[STEP], "Người thực hiện")).value == "công chức chuyên môn"
    put(book, STEP, 4, "Người thực hiện", "Chuyên viên")
    (outcome,) = dry_run(saved(book), publisher).outcomes
    assert outcome.state == SAME


def told(book, publisher, **options):
    """Return every fault of a workbook as a person reads it."""
    planned = dry_run(saved(book), publisher, **options)
    return [f"{fault.place}: {fault.reason}" for outcome in planned.outcomes for fault in outcome.faults]


def test_faults_speak_of_what_a_person_sees(version, publisher):
    """Sheet, row, letter and heading of the column, the screen's box: no name of the program."""
    factories.fee(version, **PAGES)
    book = workbook()
    put(book, PROCEDURE, 3, "Căn cứ pháp lý", "Luật\n" + "x" * 600)
    put(book, PROCEDURE, 3, "Lĩnh vực", "x" * 200)
    put(book, PROCEDURE, 3, "Có hiệu lực từ", date(1800, 1, 1))
    put(book, PROCEDURE, 3, "Cần có mặt", "có thể")
    put(book, PAPER, 3, "Tên giấy tờ", None)
    put(book, PAPER, 4, "Mã giấy tờ", book[PAPER].cell(3, column(book[PAPER], "Mã giấy tờ")).value)
    put(book, FEE, 3, "Bậc", "0-2: 2000\n3-: 1000")
    put(book, FEE, 3, "Miễn, giảm", "Trẻ em\n" + "x" * 1200)
    put(book, STEP, 3, "Người thực hiện", "chủ tịch")
    with translation.override("en"):
        faults = told(book, publisher)
    assert len(faults) == 9, faults
    for sign in ("[", ".name", "since", "amount_vnd", "is_required", "2026-07-01", "clerk", "None", "Row"):
        assert not [fault for fault in faults if sign in fault], (sign, faults)
    letter = get_column_letter(column(book[PROCEDURE], "Cần có mặt"))
    assert any(
        f"Thủ tục, row 3, column {letter} “Cần có mặt” (on the screen: “One step needs the applicant in person”)"
        in fault
        for fault in faults
    )
    assert any("Phí, lệ phí, row 3, column" in fault and "“Bậc”, line 1" in fault for fault in faults)
    assert any("Thành phần hồ sơ, row 4, column" in fault and "“Mã giấy tờ”" in fault for fault in faults)


def test_the_boxes_of_columns_are_boxes_of_screens():
    forms = (InfoForm, PaperForm, FeeForm, StepForm, ProcedureForm)
    shown = {box.label for form in forms for box in form.base_fields.values()}
    # The list of exemptions is a box that is made with its form.
    assert {box for named in BOXES.values() for box in named.values()} - shown == {BOXES["fees"]["exemptions"]}


def test_a_column_that_the_sheet_lacks_is_named_by_its_heading(version, publisher):
    book = workbook()
    book[PAPER].delete_cols(column(book[PAPER], "Tên giấy tờ"))
    faults = told(book, publisher)
    assert faults and all("“Tên giấy tờ”" in fault and "name" not in fault.replace("“Tên", "") for fault in faults)


def test_a_new_procedure_lacks_what_its_headings_say(publisher):
    book = workbook()
    book[PROCEDURE].append(["XA-0001", "Hộ tịch", "Thủ tục mới"])
    (fault,) = told(book, publisher)
    assert fault.endswith("Mức độ, Đơn vị thời hạn.")


def test_rows_without_a_code_and_twins_are_faults(version, publisher):
    book = workbook()
    book[PAPER].append([None, "x", "Giấy"])
    book[PROCEDURE].append([version.procedure.code])
    assert [outcome.state for outcome in dry_run(saved(book), publisher).outcomes] == [FAULTY, FAULTY]


def rezipped(content, **more):
    """Return a workbook with further parts, or other ones in their place."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in more:
                new.writestr(info, old.read(info))
        for name, data in more.items():
            new.writestr(name, data)
    return target.getvalue()


HOSTILE = {
    "empty": lambda good: b"",
    "text": lambda good: b"Ma thu tuc;Ten",
    "old xls": lambda good: b"\xd0\xcf\x11\xe0" + b"\0" * 500,
    "zip of nothing": lambda good: rezipped_empty(),
    "cut off": lambda good: good[: len(good) // 2],
    "bomb": lambda good: rezipped(good, **{"xl/media/a.xml": b"\0" * (MAX_UNPACKED // 2)}),
    "many parts": lambda good: rezipped(good, **{f"xl/p{n}.xml": b"x" for n in range(250)}),
    "macros": lambda good: rezipped(good, **{"xl/vbaProject.bin": b"x"}),
    "external links": lambda good: rezipped(good, **{"xl/externalLinks/externalLink1.xml": b"<x/>"}),
    "connections": lambda good: rezipped(good, **{"xl/connections.xml": b"<x/>"}),
    "entities": lambda good: rezipped(
        good, **{"xl/sharedStrings.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><sst>&b;</sst>'}
    ),
    "broken sheet": lambda good: rezipped(good, **{"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}),
    "no sheets": lambda good: saved_other(),
}


def rezipped_empty():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w"):
        pass
    return target.getvalue()


def saved_other():
    book = openpyxl.Workbook()
    book.active.append(["Mã", "Tên"])
    return saved(book)


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused_whole(kind, version):
    with pytest.raises(Refused) as refusal:
        read_excel(HOSTILE[kind](exported()))
    assert refusal.value.message


@pytest.mark.sqlite
def test_endless_sheets_are_refused(version):
    good = exported()
    with zipfile.ZipFile(io.BytesIO(good)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576" t="n"><v>1</v></c></row></sheetData>')
    with pytest.raises(Refused):
        read_excel(rezipped(good, **{"xl/worksheets/sheet1.xml": far}))


def test_papers_without_a_key_are_found_by_name(version, publisher):
    book = workbook()
    sheet = book[PAPER]
    sheet.delete_cols(column(sheet, next(item.heading for item in PAPERS if item.name == "key")))
    assert dry_run(saved(book), publisher).count(SAME) == 1


def test_a_faulty_cell_is_one_fault(version, publisher):
    book = workbook()
    book[FEE].append([version.procedure.code, None, "Lệ phí", "Lệ phí", None, "tám nghìn"])
    outcome = dry_run(saved(book), publisher).outcomes[0]
    assert len(outcome.faults) == 1


PAGES: dict[str, Any] = {
    "unit": "page",
    "amount_vnd": 2000,
    "tiers": [{"from": 1, "to": 2, "amount_vnd": 2000}, {"from": 3, "to": None, "amount_vnd": 1000}],
    "cap_vnd": 200_000,
    "applies_if": {"field": "wants_copy", "op": "filled"},
    "applies": "Khi cần bản sao",
}


def test_tiers_and_exemptions_travel_in_cells(version, publisher):
    dated = {"n": 2, "who": "Công dân số", "since": "2026-08-15", "until": "2027-02-28", "channel": "online"}
    children = {"who_en": "Children", "proof": "Giấy khai sinh", "proof_en": "Birth certificate"}
    factories.fee(version, exemptions=[children, dated, {"n": 3, "until": "2027-01-01"}], **PAGES)
    book = workbook()
    row = {column.name: book[FEE].cell(3, place).value for place, column in enumerate(FEES, start=1)}
    assert row["tiers"] == "1-2: 2000\n3-: 1000"
    assert row["exemptions"].splitlines() == [
        "Trẻ em | Giấy khai sinh",
        "Công dân số |  | 15/08/2026 | 28/02/2027 | trực tuyến",
        "Trẻ em |  |  | 01/01/2027",
    ]
    assert dry_run(exported(), publisher).count(SAME) == 1
    put(book, FEE, 3, "Bậc", "1-5: 2.000\n6-: 1000")
    # As it was called in workbooks of before: what somebody typed there must not be passed over.
    book[FEE].title = "Phí lệ phí"
    planned = dry_run(saved(book), publisher)
    assert planned.count(CHANGED) == 1
    exchange_apply.apply(read_excel(saved(book)), planned.digest(), "", by=publisher, options=Options(), now=NOW)
    line = ProcedureVersion.objects.open().get().fees.get()
    assert (line.tiers[0]["to"], line.applies_if, line.exemptions.count()) == (5, PAGES["applies_if"], 3)
    # What no column holds stays with the words it belongs to.
    first = line.exemptions.order_by("n")[0]
    assert (first.who_en, first.proof_en) == ("Children", "Birth certificate")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("Bậc", "hai trang đầu 2000"),
        ("Bậc", "1-2: 2000"),
        ("Bậc", "1-2: 2000\n4-: 1000"),
        ("Bậc", "1-2: 3000\n3-: 1000"),
        ("Tính cho", "km"),
        ("Tính cho", "bản"),
        ("Tối đa mỗi bản (đồng)", 0),
        ("Miễn, giảm", "| Giấy khai sinh"),
        ("Miễn, giảm", "Trẻ em | | 31/02/2026"),
        ("Miễn, giảm", "Trẻ em | | 02/01/2026 | 01/01/2026"),
        ("Miễn, giảm", "Trẻ em | | | | bưu chính"),
        ("Miễn, giảm", "Trẻ em | | | | trực tuyến | nữa"),
    ],
)
def test_faulty_fees_of_a_sheet_are_named(version, publisher, heading, value):
    factories.fee(version, **PAGES)
    book = workbook()
    put(book, FEE, 3, heading, value)
    outcome = dry_run(saved(book), publisher).outcomes[0]
    assert outcome.state == FAULTY and len(outcome.faults) == 1
