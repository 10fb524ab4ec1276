"""At the desk: reception, supplement, processing, decision and the result, as the people on both sides see them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PASSWORD, PHONE
from tests.journeys.steps import (
    CITIZEN,
    CLERK,
    LEADER,
    SPECIALIST,
    act,
    approve,
    code_on,
    file_copy,
    forward,
    mail_about,
    pay_online,
    photo,
    propose,
    receive,
    upload,
)
from tests.present import present

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]
Picture = Callable[[Page, str], None]


def follow(page: Page, code: str) -> None:
    """Open one dossier from *Hồ sơ của tôi*."""
    page.goto("/my/dossiers/")
    card = page.locator("li.card", has_text=code)
    while not card.count():
        page.locator(".pagination [rel=next]").click()
        page.wait_for_load_state()
    card.get_by_role("heading").get_by_role("link").click()


def press_access_key(page: Page, key: str) -> None:
    """Press Alt and a key as a keyboard does; Playwright's own press() leaves out the text an access key matches."""
    session = page.context.new_cdp_session(page)
    stroke = {"modifiers": 1, "key": key.lower(), "code": f"Key{key}", "windowsVirtualKeyCode": ord(key)}
    session.send("Input.dispatchKeyEvent", stroke | {"type": "rawKeyDown"})
    # Access keys answer to the character that follows the stroke.
    session.send(
        "Input.dispatchKeyEvent", stroke | {"type": "char", "text": key.lower(), "unmodifiedText": key.lower()}
    )
    session.send("Input.dispatchKeyEvent", stroke | {"type": "keyUp"})
    session.detach()


def test_supplement(visit: Visit, picture: Picture, js: bool) -> None:
    """Journey 5: two papers asked for, only these shown, replaced and sent; the same officer holds it again."""
    variant = "phone" if js else "plain"
    citizen = visit(js=js, size=PHONE, who=CITIZEN)
    code = file_copy(citizen)
    clerk = visit(js=js, size=DESK, who=CLERK)
    receive(clerk, code)
    clerk.goto(f"/desk/dossiers/{code}/")
    clerk.get_by_role("link", name="Yêu cầu bổ sung").click()
    lines = clerk.locator(".supplement-line")
    for n, reason in ((0, "Giấy ủy quyền chưa chứng thực."), (1, "Ảnh thẻ căn cước bị mờ.")):
        lines.nth(n).locator("input[type=checkbox]").check()
        lines.nth(n).locator("input[type=text], textarea").last.fill(reason)
    # Ticked without a reason: the fault is said, the reasons stay.
    lines.nth(2).locator("input[type=checkbox]").check()
    clerk.locator("main form .actions button").click()
    expect(clerk.locator(".error-summary")).to_be_visible()
    expect(lines.nth(0).locator("input[type=text], textarea").last).to_have_value("Giấy ủy quyền chưa chứng thực.")
    lines.nth(2).locator("input[type=checkbox]").uncheck()
    picture(clerk, f"supplement-desk-{variant}")
    act(clerk)
    clerk.goto(f"/desk/dossiers/{code}/")
    expect(clerk.locator("main")).to_contain_text("Tạm dừng: chờ bổ sung")

    assert "Ảnh thẻ căn cước bị mờ." in mail_about(citizen, code, "Giấy ủy quyền")
    follow(citizen, code)
    expect(citizen.locator("main")).to_contain_text("chờ bạn bổ sung")
    picture(citizen, f"track-supplement-{variant}")
    citizen.get_by_role("link", name="Bổ sung hồ sơ").first.click()
    cards = citizen.locator(".file-card")
    expect(cards).to_have_count(2)
    picture(citizen, f"supplement-{variant}")
    citizen.get_by_role("button", name="Gửi bổ sung").click()
    expect(citizen.locator(".error-summary, .banner-error, .banner-warn").first).to_be_visible()
    upload(citizen, cards.nth(0), photo("uy-quyen-moi", "PDF"))
    upload(citizen, cards.nth(1), photo("can-cuoc-ro", "JPEG"))
    citizen.get_by_role("button", name="Gửi bổ sung").click()
    expect(citizen.locator(".banner-ok").first).to_be_visible()
    expect(citizen.locator("main")).to_contain_text("Đang xử lý")
    clerk.goto(f"/desk/dossiers/{code}/")
    expect(clerk.locator("main")).not_to_contain_text("Tạm dừng: chờ bổ sung")
    expect(clerk.locator("main")).to_contain_text("can-cuoc-ro")
    expect(clerk.get_by_role("link", name="Chuyển xử lý")).to_be_visible()


def test_reception_in_three_key_actions(visit: Visit, picture: Picture, js: bool) -> None:
    """Journey 7: a complete online dossier is received by keyboard alone; the slip and the next dossier follow."""
    variant = "desk" if js else "plain"
    code = file_copy(visit(js=False, size=PHONE, who=CITIZEN))
    clerk = visit(js=js, size=DESK, who=CLERK)
    clerk.goto("/desk/")
    picture(clerk, f"work-{variant}")
    clerk.goto("/desk/dossiers/")
    picture(clerk, f"queue-{variant}")
    # The receipt's code in the search box, which has the focus on /desk/: as a scanner types it.
    clerk.goto("/desk/")
    expect(clerk.locator("#start-search")).to_be_focused()
    clerk.keyboard.type(code)
    clerk.keyboard.press("Enter")
    expect(clerk).to_have_url(re.compile(f"/desk/dossiers/{re.escape(code)}/"))
    picture(clerk, f"dossier-{variant}")
    actions = 0
    for key, place in (("T", "/receive/"), ("T", "/desk/dossiers/")):
        press_access_key(clerk, key)
        actions += 1
        clerk.wait_for_url(re.compile(place))
        clerk.wait_for_load_state()
    assert actions <= 3
    banner = clerk.locator("main .banner-ok")
    expect(banner).to_contain_text(code)
    assert code not in clerk.url
    picture(clerk, f"received-{variant}")
    banner.get_by_role("link").last.click()
    expect(clerk.locator("main")).to_contain_text("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", ignore_case=True)
    expect(clerk.locator("main")).to_contain_text(code)
    expect(clerk.locator("main svg").first).to_be_visible()
    picture(clerk, f"slip-01-{variant}")
    clerk.goto(f"/desk/dossiers/{code}/")
    pdf, preview = clerk.get_by_role("link", name=re.compile("^PDF")), clerk.get_by_role("img", name="Xem trước:")
    for _try in range(60):
        if pdf.count() and preview.count():
            break
        clerk.wait_for_timeout(500)
        clerk.reload()
    address = pdf.first.get_attribute("href")
    assert clerk.request.get(address or "").body().startswith(b"%PDF-")
    preview.first.scroll_into_view_if_needed()
    clerk.wait_for_function("image => image.naturalWidth > 0", arg=preview.first.element_handle())
    assert code in mail_about(clerk, code, "tiếp nhận")


def test_next_dossier_by_key(visit: Visit) -> None:
    """From *Việc của tôi*, one key opens the dossier that is due first."""
    clerk = visit(size=DESK, who=CLERK)
    clerk.goto("/desk/")
    address = clerk.locator("[accesskey=N]").get_attribute("href")
    press_access_key(clerk, "N")
    clerk.wait_for_url(re.compile("/desk/dossiers/0"))
    assert address is not None
    assert clerk.url.endswith(address)


def test_refusal_has_a_reason(visit: Visit, picture: Picture, js: bool) -> None:
    """Journey 7: without a reason nothing is refused; with one the applicant reads it."""
    citizen = visit(js=js, size=PHONE, who=CITIZEN)
    code = file_copy(citizen, paper=False)
    clerk = visit(js=js, size=DESK, who=CLERK)
    clerk.goto(f"/desk/dossiers/{code}/refuse/")
    clerk.locator("main form[method=post] .actions button").click()
    expect(clerk.locator(".error-summary")).to_be_visible()
    clerk.locator("[name=reason]").fill("Hồ sơ nộp trùng với hồ sơ đã có.")
    picture(clerk, f"refuse-{'desk' if js else 'plain'}")
    act(clerk)
    follow(citizen, code)
    expect(citizen.locator("main")).to_contain_text("Hồ sơ nộp trùng với hồ sơ đã có.")
    picture(citizen, f"refused-{'phone' if js else 'plain'}")


def test_two_officers_at_once(visit: Visit, picture: Picture, js: bool) -> None:
    """A stale page: the second officer reads who did what when, and keeps what was typed."""
    code = file_copy(visit(js=False, size=PHONE, who=CITIZEN), paper=False)
    first, second = visit(js=js, size=DESK, who=CLERK), visit(js=js, size=DESK, who=CLERK)
    second.goto(f"/desk/dossiers/{code}/refuse/")
    second.locator("[name=reason]").fill("Thiếu giấy tờ theo quy định.")
    receive(first, code)
    second.locator("main form[method=post] .actions button").click()
    expect(second.locator(".error-summary")).to_be_visible()
    expect(second.locator(".error-summary")).to_contain_text(re.compile(r"\d{2}:\d{2}"))
    expect(second.locator("[name=reason]")).to_have_value("Thiếu giấy tờ theo quy định.")
    picture(second, f"stale-{'desk' if js else 'plain'}")
    second.goto(f"/desk/dossiers/{code}/receive/")
    expect(second.locator("main .banner-warn").first).to_contain_text(re.compile(r"\d{2}:\d{2}"))


def at_stage(page: Page, done: int) -> None:
    """Expect so many of the five stages to be done, and the next one to be the present one."""
    expect(page.locator("ol.stages > li")).to_have_count(5)
    expect(page.locator("ol.stages > .is-done")).to_have_count(done)
    expect(page.locator(f"ol.stages > li:nth-child({done + 1})[aria-current=step]")).to_have_count(int(done < 5))


def test_from_specialist_to_counter(visit: Visit, picture: Picture, js: bool) -> None:
    """Journeys 8, 9 and 10: a PDF proposed, sent back, proposed again, signed, handed over at the counter."""
    variant = "desk" if js else "plain"
    citizen = visit(js=js, size=PHONE, who=CITIZEN)
    code = file_copy(citizen)
    pay_online(citizen)
    clerk = visit(js=js, size=DESK, who=CLERK)
    receive(clerk, code)
    forward(clerk, code)
    follow(citizen, code)
    # Submitted and received; now it is worked on, and the promised day goes into a calendar.
    at_stage(citizen, 2)
    with citizen.expect_download() as caught:
        citizen.locator("main a[href$='/calendar/']").click()
    file = caught.value.path().read_bytes()
    assert caught.value.suggested_filename == f"{code}.ics"
    assert file.startswith(b"BEGIN:VCALENDAR\r\n")
    assert code in file.decode().replace("\r\n ", "")
    specialist = visit(js=js, size=DESK, who=SPECIALIST)
    specialist.goto("/desk/")
    specialist.goto(f"/desk/dossiers/{code}/")
    if (claim := specialist.get_by_role("button", name="Nhận xử lý")).count():
        claim.click()
    specialist.goto(f"/desk/dossiers/{code}/propose/")
    specialist.locator("[name=source][value=upload]").check()
    specialist.locator("main form .actions button").click()
    expect(specialist.locator(".error-summary")).to_be_visible()
    specialist.locator("[name=upload]").set_input_files(photo("trich-luc", "PDF"))
    picture(specialist, f"propose-{variant}")
    act(specialist)

    leader = visit(js=js, size=PHONE, who=LEADER)
    leader.goto(f"/desk/dossiers/{code}/")
    picture(leader, f"leader-dossier-{variant}")
    leader.get_by_role("link", name="Trả lại").click()
    leader.locator("[name=reason]").fill("Ghi rõ số trích lục.")
    act(leader)
    specialist.goto(f"/desk/dossiers/{code}/")
    expect(specialist.locator("main")).to_contain_text("Ghi rõ số trích lục.")
    propose(specialist, code)
    leader.goto(f"/desk/dossiers/{code}/approve/")
    leader.locator("[name=password]").fill("mat-khau-sai")
    leader.locator("main form[method=post] .actions button").click()
    expect(leader.locator(".error-summary")).to_be_visible()
    picture(leader, f"approve-{variant}")
    approve(leader, code, PASSWORD)
    expect(leader.locator("main .banner-ok")).to_contain_text(code)
    leader.goto("/leader/")
    expect(leader.locator("main")).not_to_contain_text(code)
    picture(leader, f"leader-{variant}")

    follow(citizen, code)
    expect(citizen.locator("main")).to_contain_text("Đã có kết quả")
    at_stage(citizen, 4)
    clerk.goto("/desk/results/")
    expect(clerk.locator("main")).to_contain_text(code)
    clerk.goto(f"/desk/dossiers/{code}/return-result/")
    expect(clerk.locator("[name=receiver_name]")).to_have_value("Nguyễn Thị Mai")
    clerk.locator("[name=receiver_id]").fill("075199000011")
    picture(clerk, f"return-{variant}")
    act(clerk)
    citizen.reload()
    expect(citizen.locator("main")).to_contain_text("Đã trả kết quả")
    at_stage(citizen, 5)
    picture(citizen, f"track-done-{'phone' if js else 'plain'}")

    # Whoever holds the receipt scans its code and rates, once; the leader reads it.
    clerk.goto(f"/desk/print/receipt/{code}/")
    address = present(re.search(r"http\S+/rate/[\w-]+/", clerk.locator("main").text_content() or ""))[0]
    anybody = visit(js=js, size=PHONE)
    anybody.goto(address)
    for name, grade in (("overall", 1), ("convenience", 3), ("attitude", 1)):
        anybody.locator(f"[name={name}][value='{grade}']").check()
    anybody.locator("[name=comment]").fill("Phải chờ hơi lâu.")
    picture(anybody, f"rate-{'phone' if js else 'plain'}")
    anybody.get_by_role("button", name="Gửi đánh giá").click()
    expect(anybody.locator("h1")).to_have_text("Cảm ơn bạn đã đánh giá")
    anybody.goto(address)
    expect(anybody.locator("main form")).to_have_count(0)
    leader.goto("/leader/ratings/")
    rated = leader.locator("article", has_text=code)
    expect(rated).to_contain_text("Phải chờ hơi lâu.")
    rated.get_by_role("link", name="Ghi việc xử lý").click()
    leader.locator("[name=noted]").fill("Đã gọi điện xin lỗi.")
    picture(leader, f"rating-note-{variant}")
    act(leader)
    expect(leader.locator("article", has_text=code)).to_have_count(0)


def test_result_online(visit: Visit, picture: Picture, js: bool) -> None:
    """Journey 10: *Nhận kết quả* ends the dossier and gives the file; looking again only reads."""
    citizen = visit(js=js, size=PHONE, who=CITIZEN)
    code = file_copy(citizen, delivery="online", paper=False)
    pay_online(citizen)
    receive(clerk := visit(js=js, who=CLERK), code)
    forward(clerk, code)
    specialist = visit(js=js, who=SPECIALIST)
    propose(specialist, code)
    approve(visit(js=js, size=PHONE, who=LEADER), code, PASSWORD)
    follow(citizen, code)
    citizen.get_by_role("link", name="Nhận kết quả").click()
    # The letter is a PDF once the worker has made it; the page says so until then.
    button = citizen.get_by_role("button", name="Nhận kết quả")
    for _second in range(60):
        if button.is_visible():
            break
        citizen.wait_for_timeout(1000)
        citizen.reload()
    picture(citizen, f"result-{'phone' if js else 'plain'}")
    with citizen.expect_download() as caught:
        citizen.get_by_role("button", name="Nhận kết quả").click()
    assert caught.value.path().read_bytes().startswith(b"%PDF-")
    follow(citizen, code)
    expect(citizen.locator("main")).to_contain_text("Đã trả kết quả")
    events = citizen.locator("ol.timeline > li").count()
    citizen.get_by_role("link", name="Xem kết quả").click()
    with citizen.expect_download() as caught:
        citizen.get_by_role("link", name="Tải kết quả").click()
    assert caught.value.path().read_bytes().startswith(b"%PDF-")
    follow(citizen, code)
    assert code_on(citizen) == code
    assert citizen.locator("ol.timeline > li").count() == events
