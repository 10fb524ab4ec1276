"""What people do again and again on a journey, each through the page that offers it.

Every function takes a page of a signed-in visitor and leaves it on the page
that the portal shows next.
"""

import io
import re
import secrets
import time
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Locator, Page, expect

from common.text import fold

CODE = re.compile(r"\d{3}(?:\.\d{2}){2}\.H\d{2}-\d{6}-\d{4}")
CITIZEN = "cong-dan@example.com"
CLERK = "tiep-nhan@example.com"
NEIGHBOUR = "tiep-nhan-2@example.com"
SPECIALIST = "chuyen-mon@example.com"
LEADER = "lanh-dao@example.com"
CASHIER = "thu-ngan@example.com"
AUDITOR = "kiem-toan@example.com"
PUBLISHER = "cong-bo@example.com"
ADMINISTRATOR = "quan-tri@example.com"
BIRTH, COPY = "1.001193", "2.000635"
# Of accounts that are registered on a journey.
NEW_PASSWORD = "Chuối-xanh-2026"
NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9}
HOME = {"province": "75", "commune": "xuan bac", "detail": "Ấp 2"}
REQUESTER = {
    "requester_name": "Nguyễn Thị Mai",
    "requester_dob": "12/04/1999",
    "requester_residence_type": "thuong_tru",
    "requester_residence": HOME,
    "requester_id_type": "can_cuoc",
    "requester_id_number": "075199000011",
    "requester_id_date": "10/05/2022",
    "requester_id_place": "Bộ Công an",
    "requester_phone": "0901000011",
    "requester_email": CITIZEN,
}
COPY_ANSWERS: dict[str, dict[str, Any]] = {
    "requester": REQUESTER | {"relation": "ban_than"},
    "event": {
        "event_kind": "khai_sinh",
        "subject_name": "Nguyễn Thị Mai",
        "subject_dob": "12/04/1999",
        "subject_gender": "nu",
        "subject_ethnicity": "kinh",
        "subject_nationality": "VN",
        "subject_residence": HOME,
        "registered_at": "Ủy ban nhân dân xã Xuân Bắc",
    },
    "copies": {"copy_count": "2", "copy_form": "giay"},
}
# The same of the second citizen: what the first one owes changes while a cashier looks at it.
SECOND_COPY: dict[str, dict[str, Any]] = COPY_ANSWERS | {
    "requester": COPY_ANSWERS["requester"]
    | {"requester_name": "Lê Văn Hòa", "requester_dob": "03/11/1999", "requester_id_number": "075099000022"},
    "event": COPY_ANSWERS["event"]
    | {"subject_name": "Lê Văn Hòa", "subject_dob": "03/11/1999", "subject_gender": "nam"},
}


def token() -> str:
    """Return a few letters that no other journey uses."""
    return "".join(secrets.choice("abcdefghiklmnopqrstuvxy") for _ in range(8))


def photo(text: str, kind: str = "PNG", size: tuple[int, int] = (600, 800)) -> FilePayload:
    """Make a picture of a paper: PNG, JPEG or PDF."""
    paper = Image.new("RGB", size, "#f6f4ef")
    pen = ImageDraw.Draw(paper)
    pen.rectangle((20, 20, size[0] - 20, size[1] - 20), outline="#5a5349", width=4)
    for n in range(12):
        pen.line((60, 140 + 50 * n, size[0] - 60 - 37 * (n % 4), 140 + 50 * n), fill="#857b6e", width=6)
    pen.text((60, 60), text, fill="#1f1b16")
    content = io.BytesIO()
    paper.save(content, kind)
    ending = {"PNG": "png", "JPEG": "jpg", "PDF": "pdf"}[kind]
    media_type = {"PNG": "image/png", "JPEG": "image/jpeg", "PDF": "application/pdf"}[kind]
    return {"name": f"{text}.{ending}", "mimeType": media_type, "buffer": content.getvalue()}


def answer_question(form: Locator) -> None:
    """Answer the question in words by reading it, as a person does."""
    box = form.locator("input[name$=answer]")
    sentence = fold(form.locator(f"label[for={box.get_attribute('id')}]").inner_text())
    first, second = (NUMBERS[word] for word in re.findall(r"[a-z]+", sentence) if word in NUMBERS)
    if "cong" in sentence:
        result = first + second
    elif "tru" in sentence:
        result = first - second
    else:
        result = max(first, second)
    box.fill(str(result))


def fill(page: Page, answers: dict[str, Any]) -> None:
    """Fill in the questions of a page by the names of their boxes; dates are typed into three boxes."""
    main = page.locator("main")
    unfold(page)
    for key, answer in answers.items():
        # A page that a click leads to may still be on its way.
        names = (key, f"{key}_day", f"{key}_province")
        main.locator(", ".join(f"[name={name}]" for name in names)).first.wait_for(state="attached")
        if isinstance(answer, dict):
            main.locator(f"[name={key}_province]").select_option(answer["province"])
            main.locator(f"[name={key}_commune_name]").fill(answer["commune"])
            main.locator(f"[name={key}_detail]").fill(answer["detail"])
        elif main.locator(f"[name={key}_day]").count():
            for part, text in zip(("day", "month", "year"), answer.split("/"), strict=True):
                main.locator(f"[name={key}_{part}]").fill(text)
        elif (box := main.locator(f"[name={key}]").first).get_attribute("type") in ("radio", "checkbox"):
            main.locator(f"[name={key}][value='{answer}']").check()
        elif box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(answer)
        else:
            box.fill(answer)


def unfold(page: Page) -> None:
    """Open what is answered beforehand."""
    page.locator("main").evaluate("main => main.querySelectorAll('[role=group] > details').forEach(d => d.open = true)")


def answer(page: Page, answers: dict[str, Any]) -> None:
    """Answer questions of a procedure's form by their keys."""
    fill(page, {f"answer-{key}": given for key, given in answers.items()})


def save(page: Page) -> None:
    """Press *Lưu và tiếp tục*."""
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    page.wait_for_load_state()


def fill_sections(page: Page, sections: dict[str, dict[str, Any]]) -> None:
    """Fill in the parts of a form, those that share a page together, from the page on show or the task list on."""
    if page.locator(".task-list").count():
        page.locator("main .actions .btn-primary").click()
    left = list(sections)
    while left:
        expect(page).to_have_url(re.compile(f"/sections/{left[0]}/"))
        shown = page.locator("main form [name=sections]").evaluate_all("boxes => boxes.map(box => box.value)")
        for key in set(shown) & set(left):
            answer(page, sections[key])
        left = [key for key in left if key not in shown]
        save(page)


def draft_of(page: Page) -> str:
    """Return the address of the draft whose part is on show."""
    return page.url.partition("sections/")[0]


def start(page: Page, procedure: str, unit: str = "xuan-bac") -> None:
    """Begin a draft on the page *Trước khi nộp hồ sơ*."""
    page.goto(f"/procedures/{procedure}/apply/")
    choose_unit(page, unit)


def choose_unit(page: Page, unit: str = "xuan-bac") -> None:
    """Choose the commune, when there is a choice, and press *Bắt đầu*."""
    if page.locator("[name=unit]").count():
        page.locator(f"[name=unit][value={unit}]").check()
    page.get_by_role("button", name="Bắt đầu").click()
    expect(page).to_have_url(re.compile("/my/dossiers/[^/]+/"))


def submit(page: Page) -> str:
    """Declare and submit from the review page; returns the dossier's code."""
    page.locator("[name=declared]").check()
    page.locator("form[action$='/submit/'] .btn-primary").click()
    expect(page.locator(".panel-confirm")).to_be_visible()
    return code_on(page)


def code_on(page: Page) -> str:
    """Return the dossier code shown on a page."""
    found = CODE.search(page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found.group()


def file_copy(
    page: Page,
    *,
    answers: dict[str, dict[str, Any]] = COPY_ANSWERS,
    delivery: str = "desk",
    paper: bool = True,
    pays_postman: bool = False,
) -> str:
    """File a small dossier, a copy of a civil status record, from start to code."""
    start(page, COPY)
    fill_sections(page, answers)
    expect(page).to_have_url(re.compile("/papers/"))
    if paper:
        upload(page, page.locator(".file-card").last, photo("can-cuoc", "JPEG"))
    page.locator("main .actions .btn-primary").click()
    page.locator(f"[name=delivery][value={delivery}]").check()
    if pays_postman:
        page.locator("[name=pays_on_delivery]").check()
    # The exemptions from the fee: none is claimed.
    save(page)
    expect(page).to_have_url(re.compile("/review/"))
    return submit(page)


def send_chosen(card: Locator) -> None:
    """Press *Tải lên*, which stands there only without scripts: with them a file is on its way once it is chosen."""
    button = card.locator("> p > [data-uploads]")
    if button.is_visible():
        button.click()


def upload(page: Page, card: Locator, file: FilePayload) -> None:
    """Send one file for the paper of a card."""
    card.locator("> .field input[type=file]").set_input_files(file)
    send_chosen(card)
    expect(page.get_by_role("link", name=re.compile(file["name"].split(".")[0])).first).to_be_visible()


def mail_about(page: Page, *needles: str) -> str:
    """Return the newest message on /demo/mail/ whose card or body holds all the texts."""
    page.goto("/demo/mail/")
    addresses = page.locator("main .card h2 a").evaluate_all("links => links.slice(0, 30).map(a => a.href)")
    for address in addresses:
        page.goto(address)
        text = page.locator("main").inner_text()
        if all(needle in text for needle in needles):
            return text
    raise AssertionError(f"no message with {needles}")


def register_citizen(page: Page, email: str) -> None:
    """Create an account from the start page of a procedure and confirm the address with the code from the mail."""
    page.get_by_role("main").get_by_role("link", name="Tạo tài khoản").click()
    page.get_by_role("main").get_by_role("link", name="Công dân").click()
    values = {
        "full_name": "Lê Thị Mai",
        "birth": "5/9/1990",
        "id_number": "075190004321",
        "phone": "0912345678",
        "email": email,
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    }
    fill(page, values)
    form = page.locator("main form").first
    form.locator("input[name$=answer]").fill("bốn mươi hai")
    page.get_by_role("main").get_by_role("button", name="Tạo tài khoản").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("[name=full_name]")).to_have_value("Lê Thị Mai")
    fill(page, {"password1": values["password1"], "password2": values["password2"]})
    answer_question(page.locator("main form").first)
    page.get_by_role("main").get_by_role("button", name="Tạo tài khoản").click()
    confirm_address(page, email)


def confirm_address(page: Page, email: str) -> None:
    """Read the code on the demo's mail page, in another tab, and type it in."""
    expect(page).to_have_url(re.compile("/accounts/verify/"))
    other = page.context.new_page()
    found = re.search(r"\b\d{6}\b", mail_about(other, email).replace(email, ""))
    other.close()
    assert found
    page.locator("[name=code]").fill(found.group())
    page.get_by_role("button", name="Xác nhận").first.click()
    page.wait_for_load_state()


def receive(page: Page, code: str) -> None:
    """Receive a dossier at the desk."""
    page.goto(f"/desk/dossiers/{code}/receive/")
    act(page)


def forward(page: Page, code: str) -> None:
    """Forward to the specialist who is offered first."""
    page.goto(f"/desk/dossiers/{code}/forward/")
    act(page)


def propose(page: Page, code: str) -> None:
    """Propose to grant, with a letter."""
    page.goto(f"/desk/dossiers/{code}/propose/")
    page.locator("textarea[name=text]").fill("Thông tin đã được đối chiếu với sổ gốc.")
    act(page)


def approve(page: Page, code: str, password: str) -> None:
    """Sign a proposal."""
    page.goto(f"/desk/dossiers/{code}/approve/")
    page.locator("[name=password]").fill(password)
    act(page)


def act(page: Page) -> None:
    """Press the first button of an action page and see the banner of the next page."""
    page.locator("main form[method=post] .actions button:not([name])").click()
    expect(page.locator("main .banner-ok").first).to_be_visible()


def go_to_gateway(page: Page, way: str = "vnpay") -> str:
    """From a pay page to the gateway; returns the address of the payment's page."""
    expect(page.locator("main form.panel .btn-primary")).to_be_visible()
    if page.locator(f"[name=way][value={way}]").count() > 0:
        page.locator(f"[name=way][value={way}]").check()
    page.locator("main form.panel .btn-primary").click()
    expect(page).to_have_url(re.compile(r"/my/payments/[2-9A-HJKMNP-Z]{14}/"))
    payment = page.url.partition("?")[0]
    page.get_by_role("link", name="Đến cổng thanh toán").click()
    expect(page.get_by_role("heading", name="Cổng thanh toán mô phỏng")).to_be_visible()
    return payment


def choose(page: Page, what: str, *, ipn: str = "", closes: bool = False) -> None:
    """Let something happen at the gateway: paid, cancelled, failed; the notification comes, or is lost."""
    page.locator(f"[name=ipn][value='{ipn}']").check()
    page.locator("[name=return]").set_checked(closes)
    page.locator(f"button[value={what}]").click()
    page.wait_for_load_state()


def until(page: Page, address: str, text: str | re.Pattern[str], seconds: float = 30) -> None:
    """Look at a page again and again, as a person does, until a text stands in it."""
    deadline, pause = time.monotonic() + seconds, 0.1
    while True:
        page.goto(address)
        found = page.locator("main").inner_text()
        if re.search(text, found):
            return
        assert time.monotonic() < deadline, found
        time.sleep(pause)
        pause = min(2, 2 * pause)


def pay_online(page: Page) -> None:
    """Pay the fee of the dossier or confirmation on show at the gateway, to the end."""
    page.get_by_role("link", name="Nộp phí", exact=True).first.click()
    payment = go_to_gateway(page)
    choose(page, "paid")
    until(page, payment, "Đã nộp")
