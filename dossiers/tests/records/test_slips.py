"""Slips and results: frozen with the action, rendered by the worker, the same on screen and on paper."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from unittest import mock

import pytest
from celery import current_app
from django.db import transaction
from django.template.loader import render_to_string

from common.files.hashes import stored_digest
from common.files.stored import store_once
from common.pdf import PdfFailed
from dossiers import actions, tasks
from dossiers.models import Assignment, Paper, PaperKind, Result, Slip, SlipKind
from dossiers.records import results, slips
from offices.models import Unit
from tests import factories
from tests.present import present


def html_of(slip: Slip) -> str:
    template, context = slips.page(slip)
    with slips.in_vietnamese():
        return render_to_string(template, context)


@pytest.fixture
def every_slip(road):
    """A road on which every kind of slip has been issued, by kind."""
    province = Unit.objects.create(kind="province", slug="dong-nai", name="UBND tỉnh Đồng Nai", short_name="Đồng Nai")
    Unit.objects.filter(pk=road.commune.unit.pk).update(parent=province)
    # Brought to the counter: the new receipt names the clerk; sent online it names no officer.
    road.asked().do(actions.Supplement(), road.commune.clerk)
    road.do(
        actions.Extend(road.dossier.due_at + timedelta(days=5), "Chờ cơ quan khác trả lời"), road.commune.leader
    ).do(actions.Stop("Người nộp đã chuyển đi"), road.commune.leader)
    found = {slip.kind: slip for slip in Slip.objects.all()}
    found[SlipKind.REFUSAL] = Slip(
        dossier=road.dossier,
        kind=SlipKind.REFUSAL,
        number="1/TCHS",
        issued_at=road.now,
        data=found[SlipKind.STOP].data | {"title": slips.FORMS[SlipKind.REFUSAL].title, "reason": "Sai nơi nộp"},
    )
    return found


EXPECTED = {
    SlipKind.FILING: ["Phiếu nộp hồ sơ trực tuyến", "chưa phải giấy tiếp nhận", "Giấy chứng sinh", "trả lời"],
    SlipKind.RECEIPT: [
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "Mẫu số 01, Thông tư số 03/2025/TT-VPCP",
        "2/TNHS",
        "3 ngày làm việc",
        "Phí, lệ phí",
        "09 giờ 02 phút, ngày 23/03/2026",
        # The old date, why it is another one, and the new one.
        "09 giờ 02 phút, ngày 26/03/2026",
        "tính lại từ đầu",
        "09 giờ 05 phút, ngày 26/03/2026",
        "Tại Bộ phận Tiếp nhận và Trả kết quả",
        "Cán bộ clerk xuan-bac",
        "NGƯỜI NỘP HỒ SƠ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
    ],
    SlipKind.SUPPLEMENT: [
        "Phiếu yêu cầu bổ sung",
        "Ảnh mờ, không đọc được",
        "Cán bộ specialist xuan-bac",
        "1/HDHS",
        "13/04/2026",
    ],
    SlipKind.REFUSAL: ["Phiếu từ chối tiếp nhận", "Sai nơi nộp", "NGƯỜI NỘP HỒ SƠ"],
    SlipKind.APOLOGY: [
        "Văn bản xin lỗi và đề nghị gia hạn",
        "Mẫu số 04",
        "Chờ cơ quan khác trả lời",
        "09 giờ 05 phút, ngày 26/03/2026",
        "09 giờ 05 phút, ngày 31/03/2026",
    ],
    SlipKind.STOP: ["Thông báo dừng giải quyết hồ sơ", "Mẫu số 05", "Người nộp đã chuyển đi"],
}
EVERYWHERE = [
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "UBND TỈNH ĐỒNG NAI",
    "UBND XÃ XUÂN BẮC",
    "Xuân Bắc, ngày 23 tháng 03 năm 2026",
    "000.00.16.H19-260323-0001",
    "Nguyễn Văn An",
    # Inside a sentence with a small letter.
    "ăng ký khai sinh",
]


def test_every_kind_has_its_fields_on_the_page(every_slip):
    assert set(every_slip) == set(SlipKind.values) == set(EXPECTED)
    for kind, texts in EXPECTED.items():
        html = " ".join(html_of(every_slip[kind]).split())
        for text in [*texts, *EVERYWHERE]:
            assert text in html, (kind, text)
        assert "UNDEFINED" not in html
        assert "075199000011" not in html


def test_qr_leads_to_the_look_up(every_slip):
    slip = every_slip[SlipKind.RECEIPT]
    assert slip.data["link"] == "http://testserver/track/000.00.16.H19-260323-0001/"
    assert "<svg" in html_of(slip)


@pytest.mark.parametrize(
    ("form_set", "title", "form"),
    [
        ("2018", "Phiếu xin lỗi và hẹn lại ngày trả kết quả", "Mẫu số 04, Thông tư số 01/2018/TT-VPCP"),
        ("2025", "Văn bản xin lỗi và đề nghị gia hạn", "Mẫu số 04, Thông tư số 03/2025/TT-VPCP"),
    ],
)
def test_both_sets_of_forms(road, settings, form_set, title, form):
    settings.SLIP_SET = form_set
    road.processing().do(actions.Extend(road.dossier.due_at + timedelta(days=4), "Chờ xác minh"), road.commune.leader)
    html = html_of(Slip.objects.get(kind=SlipKind.APOLOGY))
    assert title in html
    assert form in html


def test_stop_notice_has_no_form_in_the_set_of_2018(road, settings):
    settings.SLIP_SET = "2018"
    road.submitted().do(actions.RequestWithdrawal(), road.citizen)
    assert "Mẫu số" not in html_of(Slip.objects.get(kind=SlipKind.STOP))


def test_slip_does_not_follow_later_changes(road):
    road.received()
    slip = Slip.objects.get(kind=SlipKind.RECEIPT)
    before = html_of(slip)
    Unit.objects.update(name="UBND phường Mới", phone="1")
    road.dossier.papers.all().delete()
    assert html_of(Slip.objects.get(pk=slip.pk)) == before


def test_numbers_run_per_year_and_kind(road):
    road.received()
    assert Slip.objects.get(kind=SlipKind.RECEIPT).number == "1/TNHS"
    with transaction.atomic():
        assert slips.yearly_number(road.commune.unit, road.now, SlipKind.RECEIPT, "TNHS") == "2/TNHS"
        assert slips.yearly_number(road.commune.unit, road.now.replace(year=2027), SlipKind.RECEIPT, "TNHS") == "1/TNHS"


def test_typed_text_is_escaped_on_paper(road):
    road.submitted().do(actions.Refuse('<img src="http://evil.example/x"> & <script>'), road.commune.clerk)
    html = html_of(Slip.objects.get(kind=SlipKind.REFUSAL))
    assert "&lt;script&gt;" in html
    assert "<img" not in html


def test_worker_stores_the_pdf_once(road):
    road.received()
    slip = Slip.objects.get(kind=SlipKind.RECEIPT)
    tasks.render_slip(slip.pk)
    slip.refresh_from_db()
    name = slip.file.name
    with slip.file.open("rb") as stored:
        content = stored.read()
    assert content.startswith(b"%PDF-")
    assert slip.sha256 == hashlib.sha256(content).hexdigest()
    tasks.render_slip(slip.pk)
    slip.refresh_from_db()
    assert slip.file.name == name


def test_second_renderer_loses_and_leaves_no_file(road):
    road.received()
    slip = Slip.objects.get(kind=SlipKind.RECEIPT)
    assert store_once(slip, "slip.pdf", b"%PDF-1")
    storage = slip.file.storage
    with mock.patch.object(storage, "delete", wraps=storage.delete) as deleted:
        assert not store_once(slip, "slip.pdf", b"%PDF-2")
    assert deleted.call_count == 1
    slip.refresh_from_db()
    assert slip.sha256 == hashlib.sha256(b"%PDF-1").hexdigest()


def test_sweep_renders_what_lately_waits_and_one_failure_holds_up_nobody(road, monkeypatch):
    road.received()
    bad = present(Slip.objects.order_by("pk").first())

    def render(template, context):
        if context["slip"].pk == bad.pk:
            raise PdfFailed("too long")
        return b"%PDF-1"

    monkeypatch.setattr(tasks, "render_pdf", render)
    monkeypatch.setattr(tasks, "now", lambda: road.now + timedelta(days=tasks.SWEEP_DAYS + 1))
    tasks.render_waiting_slips()
    assert Slip.objects.filter(file="").count() == 2
    monkeypatch.setattr(tasks, "now", lambda: road.now + timedelta(minutes=5))
    tasks.render_waiting_slips()
    assert list(Slip.objects.filter(file="")) == [bad]


def test_sweep_ends_in_time_and_leaves_the_rest_to_the_next(road, monkeypatch):
    road.received()
    monkeypatch.setattr(tasks, "SWEEP_SECONDS", -1)
    tasks.render_waiting_slips()
    assert Slip.objects.filter(file="").count() == 2


def test_broker_that_is_down_does_not_stop_an_action(road, django_capture_on_commit_callbacks, monkeypatch):
    def fail(*args, **kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(current_app, "send_task", fail)
    with django_capture_on_commit_callbacks(execute=True):
        road.submitted()
    assert Slip.objects.filter(file="").count() == 1


def test_letter_pdf_is_made_from_the_frozen_content_and_hashed_as_stored(road):
    road.decided(text="Mời ông (bà) mang theo căn cước.")
    result = Result.objects.get()
    tasks.render_result(result.pk)
    result.refresh_from_db()
    assert result.sha256 == stored_digest(result.file.storage, present(result.file.name))
    template, context = results.page(result)
    html = render_to_string(template, context)
    for text in ("chưa ký số", "1/TB-UBND", "Mời ông (bà)", "Cán bộ leader xuan-bac"):
        assert text in html
    assert result.check_code and result.check_code not in html
    tasks.render_result(result.pk)
    assert Result.objects.get().file.name == result.file.name


def test_proposed_letter_can_be_seen_before_it_is_signed(road):
    road.proposed(is_granted=False, reason="Đã đăng ký nơi khác")
    template, context = results.preview(road.dossier, Result.objects.get(), road.now)
    html = render_to_string(template, context)
    assert "Đã đăng ký nơi khác" in html
    assert "UNDEFINED" not in html


def test_unsigned_letter_is_not_rendered(road):
    road.proposed()
    tasks.render_result(Result.objects.get().pk)
    assert not Result.objects.get().file


@pytest.mark.parametrize(
    ("line", "own", "words"),
    [
        (None, None, "Không"),
        ({}, None, "Lệ phí: 8.000 đồng"),
        ({"is_optional": True}, None, "Không"),
        ({"applies": "Quá hạn", "applies_if": {"field": "requester_name", "op": "empty"}}, None, "Không"),
        ({"applies": "Quá hạn"}, None, "Lệ phí: cán bộ xác định có phải nộp hay không"),
        ({}, {}, "Lệ phí: 5.000 đồng"),
        ({}, {"amount_vnd": 0}, "Lệ phí: Không mất phí"),
        ({}, {"since": date(2027, 1, 1)}, "Lệ phí: 8.000 đồng"),
        ({"is_guide": True}, {}, "Lệ phí: 5.000 đồng"),
    ],
)
def test_receipt_states_the_fee(road, line, own, words):
    """The unit's own amount, else what the version says for the answers, else that there is none."""
    dossier = road.submitted().dossier
    made = None if line is None else factories.fee(dossier.version, **line)
    if made and own is not None:
        factories.own_fee(made, dossier.unit, **own)
    told = slips.fee_text(dossier)
    assert told == words if words == "Không" else words in told


def test_receipt_states_no_amount_of_the_province(road):
    dossier = road.submitted().dossier
    factories.fee(dossier.version, is_guide=True)
    assert "8.000" not in slips.fee_text(dossier)


def test_control_sheet_is_a_form_of_the_desk(road):
    """Who gave it to whom, when, and how each step ended; the open step has no outcome yet."""
    dossier = road.proposed().dossier
    rows = dossier.assignments.select_related("unit", "person", "given_by")
    with slips.in_vietnamese():
        template, context = slips.control_sheet(dossier, rows, road.now)
        html = render_to_string(template, context)
    for text in ["Mẫu số 06", "CỘNG HÒA XÃ HỘI", dossier.code, road.commune.specialist.get_full_name(), "hạn</td>"]:
        assert text in html
    assert [row["outcome"] for row in context["rows"]][-1] == ""


@pytest.mark.parametrize(("hours", "words"), [(-30, "Trước hạn"), (-1, "Đúng hạn"), (1, "Quá hạn")])
def test_outcome_of_a_step(road, hours, words):
    row = Assignment(due_at=road.now, until=road.now + timedelta(hours=hours))
    assert slips.outcome(row) == words


def test_a_slip_prints_as_it_was_issued(road, monkeypatch):
    old = present(road.submitted().dossier.slips.first())
    assert (old.form_set, old.revision, slips.template_of(old)) == ("2025", 1, "slips/filing.html")
    monkeypatch.setitem(slips.FORMS, SlipKind.RECEIPT, replace(slips.FORMS[SlipKind.RECEIPT], revision=2))
    road.do(actions.Receive(), road.commune.clerk)
    new = road.dossier.slips.get(kind=SlipKind.RECEIPT)
    assert (new.revision, slips.template_of(new)) == (2, "slips/receipt-2.html")


def test_the_receipt_says_how_many_of_each_paper_and_which(road):
    paper = road.version.papers.first()
    Paper.objects.create(
        dossier=road.dossier,
        required=paper,
        name=paper.name,
        kind=PaperKind.COPY_RECEIVED,
        copies=2,
        number="15/CNKH",
        dated="2020-05",
        uploaded_at=road.now,
    )
    (row,) = slips.paper_rows(road.version, road.dossier.papers.all())
    assert (row["copies"], row["number"], row["dated"]) == (2, "15/CNKH", "05/2020")
    assert row["promised"]
    # What lies on the desk is not awaited.
    (there,) = slips.paper_rows(road.version, road.dossier.papers.filter(kind=PaperKind.COPY_RECEIVED))
    assert "promised" not in there
    text = " ".join(render_to_string("slips/_papers.html", {"data": {"papers": [row]}}).split())
    assert f"{paper.name}, số 15/CNKH, 05/2020" in text and "(2 bản sao)" in text
