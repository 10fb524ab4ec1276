"""From a wish to a dossier: birth registration at level 4, level 3, an enterprise, and what stays on paper."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PASSWORD, PHONE, fill_sign_in
from tests.journeys.steps import (
    BIRTH,
    CITIZEN,
    HOME,
    REQUESTER,
    answer,
    answer_question,
    choose_unit,
    code_on,
    confirm_address,
    draft_of,
    fill,
    fill_sections,
    mail_about,
    photo,
    register_citizen,
    save,
    send_chosen,
    start,
    submit,
    token,
    upload,
)

pytestmark = pytest.mark.journey
OPEN = re.compile("0?7:00–11:30")
BIRTH_ANSWERS: dict[str, dict[str, Any]] = {
    "requester": REQUESTER | {"relation": "khac", "relation_other": "Bác ruột"},
    "child": {
        "birth_case": "chua_xac_dinh_cha",
        "child_name": "Nguyễn Minh An",
        "child_dob": "05/11/2026",
        "child_gender": "nam",
        "child_ethnicity": "kinh",
        "child_nationality": "VN",
        "birth_place_facility": "Bệnh viện đa khoa Định Quán",
        "birth_place": HOME,
        "hometown": HOME,
    },
    "mother": {
        "mother_name": "Nguyễn Thị Mai",
        "mother_birth": "12/04/1999",
        "mother_ethnicity": "kinh",
        "mother_nationality": "VN",
        "mother_residence_type": "thuong_tru",
        "mother_residence": HOME,
        "mother_id_type": "can_cuoc",
        "mother_id_number": "075199000011",
    },
    "copies": {"want_copy": "co", "copy_count": "3"},
}


def hand_in_papers(page: Page, picture: Callable[[Page, str], None], variant: str) -> None:
    """Upload, replace and remove papers; promise an original."""
    birth_note = page.locator("#paper-giay-chung-sinh-neu-khong-co-van-ban")
    mandate = page.locator("#paper-van-ban-uy-quyen-chung-thuc-tru-khi")
    expect(page.locator("#paper-bien-ban-ve-viec-tre-bi-bo-roi")).to_have_count(0)
    birth_note.locator("> .field input[type=file]").set_input_files(
        {"name": "giay.pdf", "mimeType": "application/pdf", "buffer": b"MZ this is no paper"}
    )
    send_chosen(birth_note)
    expect(page.locator(".error-summary")).to_be_visible()
    upload(page, birth_note, photo("mo-qua"))
    birth_note.locator(".given details summary").click()
    birth_note.locator(".given input[type=file]").set_input_files(photo("giay-chung-sinh", "JPEG", (2400, 3200)))
    if (replace := birth_note.locator(".given details button")).is_visible():
        replace.click()
    expect(birth_note.locator(".given li")).to_have_count(1)
    expect(birth_note.get_by_role("link", name="giay-chung-sinh")).to_be_visible()
    upload(page, mandate, photo("uy-quyen", "PDF"))
    picture(page, f"papers-{variant}")
    mandate.locator(".given-acts > button").click()
    expect(mandate.locator(".given li")).to_have_count(0)
    identity = page.locator("#paper-giay-to-tuy-than-the-can-cuoc-cccd-h")
    identity.get_by_role("button", name="Tôi sẽ nộp bản giấy tại xã").click()
    expect(identity.get_by_text("Bạn sẽ nộp bản giấy tại xã")).to_be_visible()


def test_birth_registration_at_level_4(
    visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool
) -> None:
    """Journey 1 on a phone: a newcomer registers in the plain variant, an account exists in the other."""
    variant = "phone" if js else "plain"
    page = visit(js=js, size=PHONE)
    page.goto("/")
    picture(page, f"home-{variant}")
    page.locator("main [name=q]").fill("dang ky khai sinh")
    page.get_by_role("main").get_by_role("button", name="Tìm").click()
    picture(page, f"find-{variant}")
    exact = page.get_by_role("link", name="Đăng ký khai sinh", exact=True)
    page.locator(".results > li", has=exact).get_by_role("heading").get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/procedures/{BIRTH}/"))
    picture(page, f"procedure-{variant}")
    page.get_by_role("link", name="Nộp hồ sơ").first.click()
    picture(page, f"apply-{variant}")
    email = CITIZEN
    if js:
        page.get_by_role("main").get_by_role("link", name="Đăng nhập").click()
        picture(page, f"sign-in-{variant}")
        fill_sign_in(page, CITIZEN)
    else:
        email = f"hanh-trinh-{token()}@example.com"
        register_citizen(page, email)
    expect(page).to_have_url(re.compile(f"/procedures/{BIRTH}/apply/"))
    choose_unit(page)
    first = page.url
    page.goto(draft_of(page))
    picture(page, f"task-list-new-{variant}")
    page.goto(first)
    expect(page.locator("[name=answer-requester_name]")).to_have_value("Nguyễn Thị Mai" if js else "Lê Thị Mai")
    expect(page.locator("[name=answer-relation_other]")).to_be_visible(visible=not js)
    fill_sections(page, {key: BIRTH_ANSWERS[key] for key in ("requester", "child")})
    picture(page, f"step-{variant}")
    # A forgotten name: the fault is said, and nothing typed is lost.
    answer(page, BIRTH_ANSWERS["mother"] | {"mother_name": ""})
    save(page)
    expect(page).to_have_title(re.compile("^Lỗi:"))
    expect(page.locator(".error-summary a").first).to_have_attribute("href", re.compile("mother_name"))
    expect(page.locator("[name=answer-mother_id_number]")).to_have_value("075199000011")
    picture(page, f"step-error-{variant}")
    # Nothing is asked of a father who is not known: the copies share the page.
    expect(page.locator("[name=answer-copy_count]")).to_be_visible(visible=not js)
    answer(page, {"mother_name": "Nguyễn Thị Mai"} | BIRTH_ANSWERS["copies"])
    page.get_by_role("button", name="Lưu, làm tiếp sau").click()
    picture(page, f"task-list-{variant}")
    page.locator("main .actions .btn-primary").click()
    hand_in_papers(page, picture, variant)
    page.locator("main .actions .btn-primary").click()
    if js:
        page.locator("[name=delivery][value=post]").check()
        fill(page, {"name": "Nguyễn Thị Mai", "phone": "0901000011", "address": HOME})
    else:
        page.locator("[name=delivery][value=online]").check()
    picture(page, f"delivery-{variant}")
    save(page)
    picture(page, f"review-{variant}")
    # Sửa, and back again.
    page.get_by_role("link", name="Sửa Người được khai sinh").click()
    name = f"Nguyễn Minh {token().capitalize()}"
    answer(page, {"child_name": name})
    save(page)
    page.goto(re.sub(r"/sections/.*|/(papers|delivery|fee|review)/.*", "/review/", page.url))
    expect(page.get_by_text(name)).to_be_visible()
    page.locator("form[action$='/submit/'] .btn-primary").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("[name=declared]").check()
    page.locator("form[action$='/submit/'] .btn-primary").dblclick()
    expect(page.locator(".panel-confirm")).to_be_visible()
    code = code_on(page)
    picture(page, f"submitted-{variant}")
    # Once more with the browser's back button: it leads to the one dossier, without scripts by way of its button.
    page.go_back()
    if js:
        expect(page).to_have_url(re.compile(r"/my/dossiers/\w+/$"))
        expect(page.get_by_text(code).first).to_be_visible()
    elif page.locator("[name=declared]").count():
        page.locator("[name=declared]").check()
        page.locator("form[action$='/submit/'] .btn-primary").click()
        expect(page.get_by_text(code).first).to_be_visible()
    page.goto("/my/dossiers/")
    expect(page.get_by_text(code)).to_have_count(1)
    picture(page, f"my-dossiers-{variant}")
    page.locator("li.card", has_text=code).get_by_role("heading").get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("Chờ tiếp nhận")
    picture(page, f"track-{variant}")
    assert email in mail_about(page, code)


def test_level_3_says_where_to_go(visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool) -> None:
    """Journey 2: the confirmation says where to bring what, when it is open, and what it costs."""
    page = visit(js=js, size=PHONE, who="cong-dan-2@example.com")
    start(page, "2.001406")
    wish = {"request": "Đề nghị chứng thực văn bản phân chia di sản của bố mẹ tôi."}
    fill_sections(page, {"requester": {}, "request": wish})
    expect(page).to_have_url(re.compile("/papers/"))
    for card in page.locator(".file-card").all():
        upload(page, card, photo(f"don-{token()}", "PDF"))
    page.locator("main .actions .btn-primary").click()
    expect(page.locator("[name=delivery][value=online]")).to_have_count(0)
    page.locator("[name=delivery][value=desk]").check()
    save(page)
    submit(page)
    text = page.locator("main").inner_text()
    assert "Ủy ban nhân dân xã Xuân Bắc" in text
    assert OPEN.search(text), text
    picture(page, f"submitted-level-3-{'phone' if js else 'plain'}")


def test_an_enterprise_registers_and_files(
    visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool
) -> None:
    """A new enterprise: tax code checked, address confirmed, first page of its dossier filled in beforehand."""
    page = visit(js=js, size=DESK)
    page.goto("/accounts/register/enterprise/")
    email = f"doanh-nghiep-{token()}@example.com"
    values = {
        "full_name": "Công ty TNHH Hạt điều Xuân Bắc",
        "tax_code": "3600000011",
        "phone": "0251 3 853 101",
        "representative_name": "Phạm Văn Đức",
        "representative_position": "Giám đốc",
        "representative_number": "075080001234",
        "email": email,
        "password1": "Hạt-điều-rang-26",
        "password2": "Hạt-điều-rang-26",
    }
    fill(page, values)
    answer_question(page.locator("main form").first)
    page.get_by_role("main").get_by_role("button", name="Tạo tài khoản").click()
    expect(page.locator(".error-summary a")).to_have_attribute("href", re.compile("tax_code"))
    picture(page, f"register-enterprise-{'desk' if js else 'plain'}")
    # The answer to the question was right and is not asked again.
    fill(page, {name: values[name] for name in ("password1", "password2")} | {"tax_code": "0100109106"})
    page.get_by_role("main").get_by_role("button", name="Tạo tài khoản").click()
    confirm_address(page, email)
    start(page, "1.008004")
    save_known = page.locator("[name=answer-requester_name]")
    expect(save_known).to_have_value("Phạm Văn Đức")


@pytest.mark.parametrize(
    ("procedure", "level", "leads_to"),
    [("2.001019", "Mức 2", "#on-paper|/fill/"), ("1.003583", "Mức 1", "#units")],
)
def test_paper_procedures_explain_the_way(
    visit: Callable[..., Page],
    picture: Callable[[Page, str], None],
    js: bool,
    procedure: str,
    level: str,
    leads_to: str,
) -> None:
    """Journey 3: no *Nộp hồ sơ*; how to file on paper, where, and when it is open."""
    page = visit(js=js, size=PHONE)
    page.goto(f"/procedures/{procedure}/")
    main = page.get_by_role("main")
    expect(main).to_contain_text(level)
    expect(main.get_by_role("link", name="Nộp hồ sơ")).to_have_count(0)
    main.locator("p.actions a").first.click()
    expect(page).to_have_url(re.compile(leads_to))
    page.goto(f"/procedures/{procedure}/")
    expect(main.locator(leads_to.partition("|")[0])).to_be_visible()
    expect(main).to_contain_text(OPEN)
    picture(page, f"{level.replace(' ', '-').lower()}-{'phone' if js else 'plain'}")
    answer = page.goto(f"/procedures/{procedure}/apply/")
    assert answer is not None
    expect(main.get_by_role("button", name="Bắt đầu")).to_have_count(0)


def test_password_is_never_in_a_page(visit: Callable[..., Page], js: bool) -> None:
    """A failed sign-in keeps the name and drops the password."""
    page = visit(js=js, size=PHONE)
    page.goto("/accounts/login/")
    fill(page, {"login": "nobody@example.com", "password": PASSWORD})
    page.locator("main form button").first.click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("[name=login]")).to_have_value("nobody@example.com")
    expect(page.locator("[name=password]")).to_have_value("")
