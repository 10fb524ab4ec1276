"""Between portal and paper, portal and file, portal and new colleague."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PASSWORD, PHONE, fill_sign_in
from tests.journeys.publisher_steps import Draft, press
from tests.journeys.steps import (
    ADMINISTRATOR,
    CLERK,
    COPY,
    COPY_ANSWERS,
    PUBLISHER,
    answer,
    fill,
    mail_about,
    save,
    token,
)

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]
RETRIEVAL = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,}\b")


def test_filled_in_at_home_and_taken_in_at_the_desk(visit: Visit, picture: Picture, js: bool) -> None:
    """A stranger fills in and prints; the clerk scans the code and has every answer, types none, prints the receipt."""
    page = visit(js=js, size=PHONE)
    page.goto(f"/procedures/{COPY}/fill/")
    page.locator("main [name=unit][value=xuan-bac]").check()
    page.locator("main .actions .btn-primary").click()
    for section, values in COPY_ANSWERS.items():
        expect(page).to_have_url(re.compile(f"/fill/parts/{section}/"))
        answer(page, values)
        save(page)
    expect(page.locator("main")).to_contain_text("Nguyễn Thị Mai")
    page.locator("form[action$='/fill/print/'] .btn-primary").click()
    expect(page.locator("article.slip svg").first).to_be_visible()
    expect(page.locator("[data-print]")).to_be_visible(visible=js)
    picture(page, f"prepared-{'phone' if js else 'plain'}")
    code = page.locator("main strong.code").inner_text()
    assert RETRIEVAL.search(code), code
    clerk = visit(js=js, size=DESK, who=CLERK)
    clerk.goto("/desk/counter/new/")
    fill(clerk, {"what": code.lower()})
    clerk.locator("main form .actions .btn-primary").click()
    expect(clerk.locator("main")).to_contain_text("075199000011")
    picture(clerk, f"prepared-{'desk' if js else 'open'}")
    register(clerk)
    expect(clerk.locator("main")).to_contain_text(re.compile(r"H\d\d-\d{6}-\d{4}"))
    # Once is enough: the code opens, but is not taken in again.
    clerk.goto("/desk/counter/new/")
    fill(clerk, {"what": code})
    clerk.locator("main form .actions .btn-primary").click()
    expect(clerk.locator(".error-summary")).to_be_visible()


def register(page: Page) -> None:
    """Compare with the identity paper, tick what is on the counter, take it in."""
    page.locator("main [name=checked]").check()
    for group in page.locator("main fieldset:has(input[type=radio])").all():
        if not group.locator("input:checked").count():
            group.locator("input[type=radio]").first.check()
    page.locator("main form .actions .btn-primary").click()
    page.wait_for_load_state()
    again = page.locator("main [name=again]")
    if again.count():
        # Other journeys have left open dossiers of the same person.
        again.check()
        page.locator("main form .actions .btn-primary").click()
        page.wait_for_load_state()
    expect(page.locator("main .error-summary")).to_have_count(0)


def test_a_new_officer_is_invited_and_works(visit: Visit, picture: Picture, js: bool) -> None:
    """The administrator invites, the mail carries a link, the officer chooses a password and stands at the desk."""
    administrator = visit(js=js, size=DESK, who=ADMINISTRATOR)
    administrator.goto("/manage/people/")
    picture(administrator, f"people-{'desk' if js else 'plain'}")
    administrator.locator("main a[href='/manage/people/invite/']").click()
    name, email = f"Phan Thị {token().capitalize()}", f"can-bo-{token()}@example.com"
    administrator.locator("main form .actions .btn-primary").click()
    expect(administrator.locator(".error-summary")).to_be_visible()
    who = {"name": name, "email": email, "roles": "clerk", "title": "Bộ phận Một cửa"}
    fill(administrator, who | {"password": PASSWORD})
    press(administrator)
    expect(administrator.locator("main")).to_contain_text(name)

    officer = visit(js=js, size=DESK)
    link = re.search(r"/accounts/invitation/\S+", mail_about(officer, email, "/accounts/invitation/"))
    assert link
    officer.goto(link.group())
    fill(officer, {"password1": "Sen-hồng-giữa-đầm-26", "password2": "Sen-hồng-giữa-đầm-26"})
    officer.locator("main form .btn-primary").click()
    officer.wait_for_load_state()
    fill_sign_in(officer, email, "Sen-hồng-giữa-đầm-26")
    officer.goto("/desk/dossiers/?view=waiting")
    expect(officer.locator("main table, main .empty").first).to_be_visible()
    # The link worked once.
    stranger = visit(js=js)
    stranger.goto(link.group())
    expect(stranger.locator("main [name=password1]")).to_have_count(0)
    # Closed, the account ends at once, wherever it is signed in.
    administrator.locator("main a[href$='/close/']").click()
    fill(administrator, {"password": PASSWORD})
    press(administrator)
    officer.goto("/desk/")
    expect(officer).to_have_url(re.compile("/accounts/login/"))


def test_a_procedure_travels_in_a_file(visit: Visit, js: bool) -> None:
    """Exported as JSON and Excel and brought back: nothing is new; with a word changed, a draft comes of it."""
    page = visit(js=js, size=DESK, who=PUBLISHER)
    code = f"XA-{int(token().encode().hex(), 16) % 900 + 9100}"
    page.goto("/manage/procedures/2.000815/duplicate/")
    fill(page, {"code": code, "name": f"Chứng thực bản sao {code}"})
    press(page)
    for form in ("json", "xlsx"):
        content = exported(page, code, form)
        check_file(page, f"{code}.{form}", content)
        expect(page.locator("form[action$='/import/confirm/']")).to_have_count(0)
    changed = exported(page, code, "json").decode().replace(f"bản sao {code}", f"bản sao từ bản chính {code}")
    check_file(page, f"{code}.json", changed.encode())
    expect(page.locator("main")).to_contain_text("từ bản chính")
    page.locator("form[action$='/import/confirm/'] .btn-primary").click()
    page.wait_for_load_state()
    draft = Draft(page, code)
    draft.open()
    expect(page.locator("main h1")).to_contain_text("từ bản chính")
    draft.open("discard/")
    press(page)


def exported(page: Page, code: str, form: str) -> bytes:
    """Download a procedure."""
    page.goto(f"/manage/procedures/{code}/export/")
    fill(page, {"format": form})
    with page.expect_download() as caught:
        page.locator("main form .btn-primary").click()
    return caught.value.path().read_bytes()


def check_file(page: Page, name: str, content: bytes) -> None:
    """Send a file to the dry run."""
    page.goto("/manage/import/")
    media_type = "application/octet-stream"
    page.locator("main [name=file]").set_input_files({"name": name, "mimeType": media_type, "buffer": content})
    page.locator("main form .btn-primary").first.click()
    expect(page).to_have_url(re.compile("/manage/import/report/"))
