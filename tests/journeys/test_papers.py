"""Papers on a phone: a blurred photo and a good one, several pictures of one paper, a paper filed before used again."""

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.journeys.conftest import PHONE
from tests.journeys.steps import CITIZEN, COPY, COPY_ANSWERS, fill_sections, photo, send_chosen, start, submit
from tests.journeys.test_pages import axe_faults
from tests.papers import encoded
from tests.papers import page as page_of_text

pytestmark = pytest.mark.journey


def taken(name: str, *, blur: float = 0, size: tuple[int, int] = (1240, 1754)) -> FilePayload:
    """A photo of a page of text, sharp or not."""
    image = page_of_text(*size).filter(ImageFilter.GaussianBlur(blur))
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": encoded(image, "JPEG")}


def names(card: Locator) -> list[str]:
    """What the pages of a card are called, in order."""
    return card.locator(".given li .given-name a").all_inner_texts()


def height(page: Page, link: Locator) -> int:
    """How high the picture is that a link leads to."""
    answer = page.request.get(str(link.get_attribute("href")))
    return Image.open(io.BytesIO(answer.body())).height


def test_papers_of_a_dossier(visit: Callable[..., Page], picture: Callable[[Page, str], None], js: bool) -> None:
    """A blurred photo is taken with advice and taken anew; pages are turned and ordered; filed, they serve again."""
    page = visit(js=js, size=PHONE, who=CITIZEN)
    start(page, COPY)
    fill_sections(page, COPY_ANSWERS)
    expect(page).to_have_url(re.compile("/papers/"))
    card = page.locator(".file-card").last
    box = card.locator("> .field input[type=file]")

    box.set_input_files(taken("mo", blur=5))
    send_chosen(card)
    advice = card.locator(".given .banner-warn")
    expect(advice).to_contain_text("Ảnh hơi mờ")
    expect(page.locator(".messages .banner-warn")).to_contain_text("Đã lưu")
    assert not axe_faults(page) if js else True
    picture(page, f"papers-blurred-{'phone' if js else 'plain'}")
    card.locator(".given details summary").click()
    card.locator(".given input[type=file]").set_input_files(taken("ro"))
    if (replace := card.locator(".given details button")).is_visible():
        replace.click()
    expect(card.get_by_role("link", name="ro.jpg")).to_be_visible()
    expect(advice).to_have_count(0)

    box.set_input_files([taken("hai", size=(1754, 1240)), taken("ba")])
    send_chosen(card)
    expect(card.locator(".given li")).to_have_count(3)
    expect(card.get_by_text("Trang 2/3")).to_be_visible()
    assert names(card) == ["ro.jpg", "hai.jpg", "ba.jpg"]
    second = card.get_by_role("link", name="hai.jpg")
    assert height(page, second) == 1240
    card.locator(".given li").nth(1).get_by_role("button", name="Xoay").click()
    expect(page.locator(".messages")).to_contain_text("Đã xoay")
    assert height(page, second) == 1754
    card.locator(".given li").nth(2).get_by_role("button", name="Đưa lên trước").click()
    expect(page.locator(".messages")).to_contain_text("Đã đưa lên trước")
    assert names(card) == ["ro.jpg", "ba.jpg", "hai.jpg"]
    picture(page, f"papers-pages-{'phone' if js else 'plain'}")
    assert not axe_faults(page) if js else True

    page.locator("main .actions .btn-primary").click()
    page.locator("[name=delivery][value=desk]").check()
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    expect(page).to_have_url(re.compile("/review/"))
    code = submit(page)

    start(page, COPY)
    page.goto(re.sub(r"(/my/dossiers/[^/]+/).*", r"\1papers/", page.url))
    card = page.locator(".file-card").last
    expect(card.locator(".banner-info")).to_contain_text(code)
    expect(card.locator(".banner-info")).to_contain_text("và 2 trang nữa")
    picture(page, f"papers-again-{'phone' if js else 'plain'}")
    assert not axe_faults(page) if js else True
    card.get_by_role("button", name="Dùng lại giấy này").click()
    expect(card.locator(".given li")).to_have_count(3)
    assert names(card) == ["ro.jpg", "ba.jpg", "hai.jpg"]
    assert height(page, card.get_by_role("link", name="ro.jpg")) == 1754
    page.goto(re.sub(r"papers/.*", "discard/", page.url))
    page.locator("main form .btn").first.click()
    expect(page).to_have_url(re.compile("/my/dossiers/$"))


def test_a_photo_goes_as_soon_as_it_is_chosen(visit: Callable[..., Page]) -> None:
    """With scripts nothing has to be pressed, by camera or file; what is pressed meanwhile is done afterwards."""
    page = visit(size=PHONE, who=CITIZEN)
    start(page, COPY)
    fill_sections(page, COPY_ANSWERS)
    expect(page).to_have_url(re.compile("/papers/"))
    card = page.locator(".file-card").last
    expect(card.locator("> p > [data-uploads]")).to_be_hidden()
    card.locator("> .by-phone input[capture]").set_input_files(taken("chup"))
    expect(card.locator(".given li")).to_have_count(1)
    held: list[Route] = []
    page.route("**/upload/", lambda route: held.append(route))
    card.locator("> .field input[type=file]").set_input_files([photo("mot", "JPEG"), photo("hai", "JPEG")])
    page.locator("main .actions .btn-primary").click()
    page.wait_for_timeout(200)
    assert held
    page.unroute("**/upload/")
    expect(page).to_have_url(re.compile("/delivery/"), timeout=20_000)
    page.go_back()
    expect(card.locator(".given li")).to_have_count(3)
    page.goto(re.sub(r"papers/.*", "discard/", page.url))
    page.locator("main form .btn").first.click()
