"""Publishers and administrators at work: a procedure from an empty page to its end, forms from home, officers."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PASSWORD, PHONE
from tests.journeys.publisher_steps import SECOND_PUBLISHER, Draft, press, today
from tests.journeys.steps import (
    CITIZEN,
    CLERK,
    HOME,
    LEADER,
    PUBLISHER,
    SPECIALIST,
    act,
    answer,
    approve,
    draft_of,
    fill,
    fill_sections,
    forward,
    photo,
    propose,
    receive,
    save,
    start,
    submit,
    token,
    upload,
)

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]
BASES = "35/2024/QH15\n165/2024/NĐ-CP"
# Who files: a household, so that what only organisations are asked stays away.
ABOUT: dict[str, Any] = {
    "nguoi_de_nghi_la": "ca_nhan_ho_gia_dinh",
    "ho_va_ten": "Nguyễn Thị Mai",
    "ngay_sinh": "12/04/1999",
    "so_dinh_danh_ca_nhan": "075199000011",
    "noi_o_hien_nay": HOME,
    "so_dien_thoai": "0901000011",
}
USE: dict[str, Any] = {
    "muc_dich_su_dung": "dam_cuoi",
    "ten_duong": "Đường Xuân Bắc 3, trước nhà số 12",
    "chieu_dai_de_nghi": "20",
    "be_rong_con_lai": "2",
    "tu_ngay": "",
    "den_ngay": "",
    "co_dung_rap_khong": "co",
    "mo_ta_rap": "Rạp khung sắt, mái bạt, cao 4 m.",
    "tien_dat_coc": "500000",
}


def build(draft: Draft) -> None:
    """Write a procedure that no catalogue has: what citizens read, papers, fee, steps, and a form of 22 questions."""
    draft.fill(
        "info/",
        audience=["citizen", "organisation"],
        channels=["online", "direct"],
        processing_amount="5",
        outcome="Giấy phép sử dụng tạm thời lòng đường, vỉa hè",
        legal_bases=BASES,
        conditions="Phần vỉa hè còn lại cho người đi bộ rộng ít nhất 1,5 m.",
        effective_from=today(),
    )
    draft.fill("fees/new/", kind="phi", name="Phí sử dụng lòng đường, vỉa hè", amount_vnd="20000", is_guide=True)
    for role, text, hours in (
        ("clerk", "Tiếp nhận, kiểm tra hồ sơ", "4"),
        ("specialist", "Thẩm định, khảo sát thực địa", "24"),
        ("leader", "Ký giấy phép", "8"),
        ("clerk", "Trả kết quả", "4"),
    ):
        draft.fill("workflow/new/", role=role, text=text, allotted=hours)
    draft.open("form/")
    draft.page.locator("main .card .btn-primary").first.click()
    build_form(draft)
    draft.fill(
        "papers/new/",
        name="Đơn đề nghị sử dụng tạm thời lòng đường, vỉa hè",
        originals="1",
        copies="0",
        is_required="True",
        from_form=True,
    )
    draft.open("papers/new/")
    fill(draft.page, {"name": "Bản vẽ vị trí dựng rạp", "originals": "0", "copies": "1", "condition": "Khi dựng rạp."})
    draft.page.locator("[name=show_if-0-field]").select_option("co_dung_rap_khong")
    draft.page.locator("[name=show_if-0-option]").select_option("co_dung_rap_khong:co")
    draft.page.locator("[name=is_required][value=True]").check()
    press(draft.page)
    draft.fill("documents/", reasons="Vị trí đề nghị thuộc đường cấm đỗ.\nHồ sơ thiếu bản vẽ vị trí.")


def build_form(draft: Draft) -> None:
    """Three sections: who asks, what for, which things stand on the street."""
    who = draft.section("Người đề nghị")
    draft.question(
        who, "choice", "Người đề nghị là", required=True, options="Cá nhân, hộ gia đình\nTổ chức, doanh nghiệp"
    )
    firm = "nguoi_de_nghi_la:to_chuc_doanh_nghiep"
    draft.question(who, "text", "Tên tổ chức", required=True, only_if=firm)
    draft.question(who, "tax_code", "Mã số thuế", only_if=firm)
    draft.question(who, "full_name", "Họ và tên", required=True, prefill="full_name")
    draft.question(who, "date", "Ngày sinh", required=True, partial=True, rule_not_future=True)
    draft.question(who, "id_number", "Số định danh cá nhân", required=True)
    draft.question(who, "address", "Nơi ở hiện nay", required=True)
    draft.question(who, "phone", "Số điện thoại", required=True, help="Cán bộ gọi khi hẹn khảo sát.")
    draft.question(who, "email", "Thư điện tử")
    use = draft.section("Việc sử dụng", intro="Chỉ phần đường trước nhà hoặc trụ sở của bạn.")
    purposes = "Đám cưới\nĐám tang\nHoạt động văn hóa, thể thao\nTập kết vật liệu xây dựng\nViệc khác"
    draft.question(use, "choice", "Mục đích sử dụng", required=True, options=purposes)
    draft.question(use, "text", "Việc khác là gì", required=True, only_if="muc_dich_su_dung:viec_khac")
    draft.question(use, "text", "Tên đường", required=True, example="Đường Xuân Bắc 3, trước nhà số 12")
    draft.question(use, "number", "Chiều dài đề nghị", required=True, rule_min="1", rule_max="100")
    draft.question(use, "number", "Bề rộng còn lại", required=True, rule_min="1")
    draft.question(use, "date", "Từ ngày", required=True, rule_not_past=True)
    draft.question(use, "date", "Đến ngày", required=True, rule_not_past=True)
    draft.question(use, "yes_no", "Có dựng rạp không", required=True)
    draft.question(use, "long_text", "Mô tả rạp", required=True, only_if="co_dung_rap_khong:co")
    draft.question(use, "money", "Tiền đặt cọc")
    draft.question(use, "note", "Dọn dẹp", help="Trả lại mặt đường sạch sẽ trong ngày cuối cùng.")
    things = draft.section("Vật dụng trên đường")
    draft.question(things, "table", "Vật dụng", required=True, rows_min="1", rows_max="5")
    draft.column("vat_dung", "text", "Tên vật dụng", required=True)
    draft.column("vat_dung", "number", "Số lượng", required=True, rule_min="1")
    draft.question(things, "choices", "Biện pháp an toàn", options="Rào chắn\nĐèn báo ban đêm\nNgười hướng dẫn")


def answers() -> dict[str, dict[str, Any]]:
    """Return what a citizen fills in."""
    things = {
        "vat_dung_0_ten_vat_dung": "Bàn tròn",
        "vat_dung_0_so_luong": "20",
        "vat_dung_1_ten_vat_dung": "Ghế nhựa",
        "vat_dung_1_so_luong": "200",
        "bien_phap_an_toan": "rao_chan",
    }
    days = {"tu_ngay": today(), "den_ngay": today()}
    return {"nguoi_de_nghi": ABOUT, "viec_su_dung": USE | days, "vat_dung_tren_duong": things}


def test_a_procedure_from_an_empty_page_to_its_end(visit: Visit, picture: Picture) -> None:
    """Without scripts: built, checked, tried, reviewed, published, filed, changed under way, processed, retired."""
    code = f"XA-{int(token().encode().hex(), 16) % 8000 + 1000}"
    name = f"Cấp phép sử dụng tạm thời lòng đường, vỉa hè {code}"
    publisher = visit(js=False, size=DESK, who=PUBLISHER)
    publisher.goto("/manage/procedures/")
    publisher.locator("main a[href='/manage/procedures/new/']").click()
    fill(publisher, {"code": code, "name": name, "sector": "ho-tich", "level": "4"})
    press(publisher)
    draft = Draft(publisher, code)
    expect(publisher).to_have_url(re.compile(draft.address))
    # An empty draft says what is missing, and cannot be handed on.
    draft.open("check/")
    assert publisher.locator("main .tag-late").count() >= 4
    expect(publisher.locator("main a[href$='/review/']")).to_have_count(0)
    build(draft)
    assert len(draft.keys()) == 22
    draft.open("check/")
    expect(publisher.locator("main .tag-late")).to_have_count(0)
    picture(publisher, "version-check")
    try_out(draft)
    second = visit(js=False, size=DESK, who=SECOND_PUBLISHER)
    draft.send_to_review("Thủ tục mới theo Luật Đường bộ.")
    # Nobody publishes their own work.
    draft.open("publish/")
    expect(publisher.locator("main [name=effective_from_day]")).to_have_count(0)
    draft.publish(second)
    offer(second, code)

    citizen = visit(js=False, size=PHONE, who=CITIZEN)
    filed = file_it(citizen, code)
    waiting = start_another(citizen, code)
    change_it(publisher, second, code)
    renew(citizen, waiting)
    process(visit, filed)
    follow_to_the_end(publisher, second, citizen, code)


def try_out(draft: Draft) -> None:
    """Look at the form as a citizen does: what is wrong is said, a right answer leads on."""
    page = draft.page
    draft.open("preview/")
    page.locator("main .phone .btn-primary").click()
    page.locator("main form.phone .btn-primary").click()
    expect(page.locator(".error-summary")).to_be_visible()
    answer(page, ABOUT)
    page.locator("main form.phone .btn-primary").click()
    expect(page.locator("[name=answer-muc_dich_su_dung]").first).to_be_visible()


def offer(page: Page, code: str) -> None:
    """Let the commune offer a procedure from today on."""
    page.goto(f"/manage/procedures/{code}/offerings/xuan-bac/")
    fill(page, {"since": today()})
    press(page)


def file_it(page: Page, code: str) -> str:
    """File a dossier; returns its code."""
    start(page, code)
    fill_sections(page, answers())
    upload(page, page.locator(".file-card").first, photo(f"ban-ve-{token()}", "PDF"))
    page.locator("main .actions .btn-primary").click()
    page.locator("[name=delivery][value=desk]").check()
    save(page)
    expect(page.locator("main")).to_contain_text("Ghế nhựa")
    return submit(page)


def start_another(page: Page, code: str) -> str:
    """Begin a draft and leave it; returns its address."""
    start(page, code)
    address = draft_of(page)
    fill_sections(page, {"nguoi_de_nghi": ABOUT})
    return address


def change_it(publisher: Page, second: Page, code: str) -> None:
    """Draft version 2, ask one thing more and another less, and publish it today."""
    publisher.goto(f"/manage/procedures/{code}/")
    publisher.locator(f"form[action$='/{code}/draft/'] button").click()
    draft = Draft(publisher, code, 2)
    expect(publisher).to_have_url(re.compile(draft.address))
    draft.open("form/fields/thu_dien_tu/delete/")
    press(publisher)
    draft.question("nguoi_de_nghi", "text", "Tên tổ dân phố", required=True)
    draft.open("compare/")
    expect(publisher.locator("main")).to_contain_text("Tên tổ dân phố")
    expect(publisher.locator("main")).to_contain_text("Thư điện tử")
    draft.send_to_review("Hỏi thêm tổ dân phố.")
    draft.publish(second)


def renew(page: Page, draft: str) -> None:
    """Meet the new version with a draft of the old one: what changes is said, what fits is kept, and it is filed."""
    page.goto(draft)
    expect(page.locator("main")).to_contain_text("Tên tổ dân phố")
    page.locator("form[action$='/renew/'] .btn-primary").click()
    page.goto(draft + "sections/nguoi_de_nghi/")
    expect(page.locator("[name=answer-ho_va_ten]")).to_have_value("Nguyễn Thị Mai")
    expect(page.locator("[name=answer-thu_dien_tu]")).to_have_count(0)
    answer(page, {"ten_to_dan_pho": "Tổ 5"})
    save(page)
    page.goto(draft)
    fill_sections(page, {key: part for key, part in answers().items() if key != "nguoi_de_nghi"})
    upload(page, page.locator(".file-card").first, photo(f"ban-ve-{token()}", "PDF"))
    page.locator("main .actions .btn-primary").click()
    page.locator("[name=delivery][value=desk]").check()
    save(page)
    expect(page.locator("main")).to_contain_text("Tổ 5")
    submit(page)


def process(visit: Visit, code: str) -> None:
    """Take a dossier of the first version to its result; its officers see the questions of that version."""
    clerk = visit(js=False, who=CLERK)
    receive(clerk, code)
    forward(clerk, code)
    specialist = visit(js=False, who=SPECIALIST)
    specialist.goto(f"/desk/dossiers/{code}/")
    expect(specialist.locator("main")).to_contain_text("Ghế nhựa")
    expect(specialist.locator("main")).not_to_contain_text("Tên tổ dân phố")
    propose(specialist, code)
    approve(visit(js=False, who=LEADER), code, PASSWORD)
    clerk.goto(f"/desk/dossiers/{code}/return-result/")
    clerk.locator("[name=receiver_id]").fill("075199000011")
    act(clerk)


def follow_to_the_end(publisher: Page, second: Page, citizen: Page, code: str) -> None:
    """Retire the procedure: its page stays with the reason, and nobody can file any more."""
    publisher.goto(f"/manage/procedures/{code}/retire/")
    fill(publisher, {"on": today(), "reason": "Được thay thế bởi thủ tục cấp tỉnh.", "successor": "1.001193"})
    press(publisher)
    second.goto(f"/manage/procedures/{code}/")
    second.locator("main form[action$='/confirm/'] button").click()
    second.wait_for_load_state()
    citizen.goto(f"/procedures/{code}/")
    expect(citizen.locator("main")).to_contain_text("Được thay thế bởi thủ tục cấp tỉnh.")
    expect(citizen.locator("main a[href$='/apply/']")).to_have_count(0)
    answer = citizen.goto(f"/procedures/{code}/apply/")
    assert answer is not None
    assert answer.status == 410


def test_the_builder_with_scripts(visit: Visit, picture: Picture) -> None:
    """A copy of a form: dragged and moved by buttons, a condition with matching answers, the preview in step."""
    page = visit(size=DESK, who=PUBLISHER)
    code = f"XA-{int(token().encode().hex(), 16) % 900 + 100:04d}"
    page.goto("/manage/procedures/1.001193/duplicate/")
    fill(page, {"code": code, "name": f"Đăng ký khai sinh {code}"})
    press(page)
    draft = Draft(page, code)
    before = draft.keys()
    picture(page, "builder-desk")
    first, third = page.locator(f"#field-{before[0]}"), page.locator(f"#field-{before[2]}")
    with page.expect_navigation():
        third.drag_to(first, target_position={"x": 40, "y": 2})
    assert draft.keys() == [before[2], before[0], before[1], *before[3:]]
    page.locator(f"#field-{before[2]} button[name=down]").click()
    page.locator(f"#field-{before[2]} button[name=down]").click()
    assert draft.keys() == before
    # A condition offers the answers of the chosen question only.
    draft.open("form/fields/relation_other/")
    row = page.locator(".conditions li").first
    expect(row.locator("[name=show_if-0-field]")).to_have_value("relation")
    groups = row.locator("[name=show_if-0-option] optgroup")
    offered = groups.evaluate_all(
        "groups => groups.filter(group => !group.hidden && !group.disabled).map(group => group.dataset.of)"
    )
    assert offered == ["relation"]
    # What is changed stands in the preview beside the form.
    draft.open(f"form/fields/{before[0]}/")
    fill(page, {"label": "Tên của bạn là gì?"})
    press(page)
    expect(page.locator("#preview")).to_contain_text("Tên của bạn là gì?")
    draft.open("discard/")
    press(page)


def test_the_builder_by_keyboard_alone(visit: Visit) -> None:
    """Tab, arrows and Enter: a section, a question, one place up, each found by its focus."""
    page = visit(size=DESK, who=PUBLISHER)
    code = f"XA-{int(token().encode().hex(), 16) % 900 + 8100}"
    page.goto("/manage/procedures/new/")
    type_at(page, "[name=code]", code)
    type_at(page, "[name=name]", f"Xác nhận {code}")
    step_to(page, "[name=level]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=level][value='3']")).to_be_checked()
    enter(page, "main .btn-primary")
    draft = Draft(page, code)
    draft.open("form/")
    enter(page, "main .card .btn-primary")
    enter(page, "main a[href$='/add-section/']")
    type_at(page, "[name=title]", "Người đề nghị")
    enter(page, "main .actions .btn-primary")
    for label in ("Họ và tên", "Nơi sinh"):
        enter(page, "main a[href$='/add-field/']")
        enter(page, "main a[href='?type=text']")
        type_at(page, "[name=label]", label)
        step_to(page, "[name=required]")
        page.keyboard.press("Space")
        enter(page, "main form[method=post] .actions .btn-primary")
    assert draft.keys() == ["ho_va_ten", "noi_sinh"]
    enter(page, "#field-noi_sinh button[name=up]")
    assert draft.keys() == ["noi_sinh", "ho_va_ten"]
    draft.open("discard/")
    press(page)


def step_to(page: Page, selector: str) -> None:
    """Press Tab until something that fits has the focus."""
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{page.url}: {selector} cannot be reached by Tab")


def type_at(page: Page, selector: str, text: str) -> None:
    """Go to a box and type."""
    step_to(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def enter(page: Page, selector: str) -> None:
    """Go to a link or button and press Enter."""
    step_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")
