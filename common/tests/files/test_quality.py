"""What makes a picture hard to read is found on both sides of each measure, and good papers are left in peace."""

import io
import random
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from common.files import quality, uploads
from common.files.parsing import pictures
from common.files.parsing.quality import BLURRED, CUT, DARK, EMPTY, FAINT, SMALL, faults_of, faults_of_pages
from common.files.previews import pictures_of
from tests.factories import NOW
from tests.papers import encoded, upload

A4 = (1240, 1754)
TEXT = "Toi ten la Nguyen Thi Hanh, sinh ngay 05/03/1990, tru tai thon Dong, xa Xuan Loc, tinh Dong Nai. "


def sheet(lines: int = 40, ink: int = 25, points: int = 11) -> Image.Image:
    """An A4 page at 150 dots an inch with so many lines."""
    page, size = Image.new("RGB", A4, (250, 250, 250)), round(points * 150 / 72)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size)
    for n in range(lines):
        top = 130 + round(n * size * 1.6)
        if top < A4[1] - 150:
            pen.text((130, top), (TEXT * 2)[n:][: round(900 / size * 2)], fill=(ink,) * 3, font=font)
    return page


def stamped() -> Image.Image:
    """A short letter with a round red stamp."""
    page = sheet(5)
    pen = ImageDraw.Draw(page)
    pen.ellipse((700, 1100, 1000, 1400), outline=(200, 30, 40), width=6)
    pen.text((760, 1230), "UBND XA", fill=(200, 30, 40), font=ImageFont.load_default(36))
    return page


def ruled() -> Image.Image:
    """A form with lines around its boxes."""
    page = sheet(4)
    pen = ImageDraw.Draw(page)
    for top in range(650, 1600, 60):
        pen.line((130, top, 1100, top), fill="black", width=2)
    for left in range(130, 1101, 162):
        pen.line((left, 650, left, 1550), fill="black", width=2)
    return page


def card() -> Image.Image:
    """An identity card: coloured, a pattern behind the letters, a portrait."""
    face = Image.new("RGB", (1011, 638), (190, 215, 205))
    pen = ImageDraw.Draw(face)
    for left in range(0, 1320, 14):
        pen.line((left, 0, left - 300, 638), fill=(175, 205, 195), width=2)
    pen.rectangle((40, 180, 300, 560), fill=(120, 130, 140))
    pen.ellipse((100, 220, 240, 420), fill=(205, 170, 150))
    for n, line in enumerate(("CAN CUOC CONG DAN", "079201000123", "NGUYEN THI HANH", "05/03/1990", "Xuan Loc")):
        pen.text((330, 60 + n * 90), line, fill=(30, 30, 40), font=ImageFont.load_default(38))
    return face


def photo(
    page: Image.Image,
    *,
    share: float = 0.85,
    table: tuple[int, int, int] = (110, 85, 60),
    light: float = 0.9,
    noise: int = 6,
    blur: float = 0.7,
) -> Image.Image:
    """A page as a phone takes it: on a table with a grain, one side in shadow, noise, JPEG."""
    scale = 1150 / max(page.size) / share
    size = (round(page.width * scale), round(page.height * scale))
    seen, chance = Image.new("RGB", size, table), random.Random(1)
    pen = ImageDraw.Draw(seen)
    for top in range(0, size[1], 7):
        darker = chance.randint(-18, 18)
        pen.line((0, top, size[0], top + chance.randint(-15, 15)), fill=tuple(c + darker for c in table), width=4)
    lying = page.resize((round(size[0] * share), round(size[1] * share)), Image.Resampling.LANCZOS)
    edge = Image.new("L", lying.size, 255).rotate(1.5, expand=True)
    lying = lying.rotate(1.5, expand=True, resample=Image.Resampling.BICUBIC)
    seen.paste(lying, ((size[0] - lying.width) // 2, (size[1] - lying.height) // 2), edge)
    shadow = Image.linear_gradient("L").rotate(90).resize(size).point([150 + n * 105 // 255 for n in range(256)])
    seen = ImageChops.multiply(seen, Image.merge("RGB", [shadow] * 3)).point([round(n * light) for n in range(256)] * 3)
    seen = seen.filter(ImageFilter.GaussianBlur(blur))
    grain = Image.effect_noise(size, noise)
    seen = Image.merge("RGB", [ImageChops.add(band, grain, 1, -128) for band in seen.split()])
    return Image.open(io.BytesIO(encoded(seen, "JPEG", quality=80))).convert("RGB")


def shaken(image: Image.Image, pixels: int) -> Image.Image:
    """A picture taken while the hand moved sideways."""
    moved = image
    for n in range(1, pixels):
        moved = Image.blend(moved, ImageChops.offset(image, n, 0), 1 / (n + 1))
    return moved


def blank(grey: int = 225, noise: int = 8) -> Image.Image:
    """A clean sheet that fills the picture."""
    return ImageChops.add(Image.new("L", A4, grey), Image.effect_noise(A4, noise), 1, -128)


GOOD = {"page": sheet(), "two lines": sheet(2), "pencil": sheet(12, ink=130), "stamp": stamped(), "form": ruled()}


@pytest.mark.parametrize("name", [*GOOD, "card"])
def test_good_papers_are_left_in_peace(name: str) -> None:
    page = GOOD.get(name) or card()
    taken = {
        "scan": page,
        "photo": photo(page),
        "in a room": photo(page, light=0.6, noise=9),
        "far on a light table": photo(page, share=0.75, table=(215, 205, 190)),
    }
    assert {how: faults_of(picture) for how, picture in taken.items()} == dict.fromkeys(taken, [])


def test_a_word_on_a_sheet_is_no_empty_page() -> None:
    word = Image.new("L", A4, "white")
    ImageDraw.Draw(word).text((200, 300), "Dong y", fill=20, font=ImageFont.load_default(23))
    assert faults_of(word) == []
    assert faults_of(sheet().convert("1")) == []


@pytest.mark.parametrize("name", ["page", "two lines", "form"])
def test_blur_and_shake_are_found_at_the_measure(name: str) -> None:
    page = GOOD[name]
    assert faults_of(photo(page, blur=1)) == []
    assert faults_of(photo(page, blur=3)) == [BLURRED]
    assert faults_of(shaken(photo(page), 12)) == [BLURRED]


def test_darkness_faint_letters_and_empty_pages_are_found() -> None:
    assert faults_of(photo(sheet(), light=0.5, noise=9)) == []
    assert faults_of(photo(sheet(), light=0.3, noise=9)) == [DARK]
    assert faults_of(Image.new("RGB", (900, 1200), "black")) == [DARK]
    assert faults_of(sheet(ink=160)) == []
    assert faults_of(sheet(ink=212)) == [FAINT]
    assert faults_of(Image.new("RGB", A4, "white")) == [EMPTY]
    assert faults_of(blank()) == faults_of(blank(150, 9)) == [EMPTY]


def test_small_pictures_and_text_at_the_edge_are_found() -> None:
    assert SMALL in faults_of(photo(sheet()).resize((300, 400)))
    assert faults_of(card().resize((700, 442))) == []
    assert faults_of(sheet().crop((220, 0, *A4))) == [CUT]
    assert faults_of(photo(sheet(), share=1).crop((200, 130, 740, 1000))) == [CUT]
    # Lines of a form that end at the edge of the sheet, and a table cloth, are no letters.
    assert CUT not in faults_of(photo(ruled(), share=0.97))


def test_whatever_cannot_be_measured_has_no_faults() -> None:
    for size in ((1, 1), (1, 5000), (5000, 1), (3, 3), (40, 30)):
        for colour in ("white", "black", "red"):
            assert isinstance(faults_of(Image.new("RGB", size, colour)), list)
    broken: Any = None
    assert faults_of(broken) == []


def test_an_empty_page_of_a_pdf_is_the_back_of_a_sheet() -> None:
    assert faults_of_pages([[], [EMPTY]]) == faults_of_pages([]) == faults_of_pages([[SMALL, CUT]]) == []
    assert faults_of_pages([[EMPTY], [EMPTY]]) == [EMPTY]
    assert faults_of_pages([[], [BLURRED], [FAINT]]) == [FAINT, BLURRED]


def test_an_upload_tells_at_once_and_a_pdf_when_it_is_shown(tmp_path: Path) -> None:
    soft = encoded(photo(sheet(), blur=3), "JPEG")
    assert uploads.accept(upload("a.jpg", soft), now=NOW).faults == (BLURRED,)
    assert uploads.accept(upload("a.jpg", encoded(photo(sheet()), "JPEG")), now=NOW).faults == ()
    scan = uploads.accept(upload("a.pdf", encoded(photo(sheet(), blur=3), "PDF")), now=NOW)
    assert scan.faults == ()
    assert pictures_of("application/pdf", scan.content, "a")[1] == [BLURRED]
    clear = uploads.accept(upload("a.pdf", encoded(sheet(), "PDF")), now=NOW)
    assert pictures_of("application/pdf", clear.content, "a")[1] == []


def test_a_stored_picture_is_turned_clockwise_and_stays_what_it_was() -> None:
    flag = Image.new("RGB", (40, 20), "red")
    flag.paste("blue", (0, 0, 20, 20))
    for kind, media_type in (("PNG", "image/png"), ("JPEG", "image/jpeg")):
        facts, content = pictures.turn_image(encoded(flag, kind))
        turned = Image.open(io.BytesIO(content)).convert("RGB")
        assert (facts["media_type"], turned.size) == (media_type, (20, 40))
        top, bottom = turned.getpixel((10, 5)), turned.getpixel((10, 35))
        assert isinstance(top, tuple) and isinstance(bottom, tuple)
        assert top[2] > 200 > bottom[2] and bottom[0] > 200 > top[0]
    assert uploads.turned(encoded(flag, "PNG"), "anh.png", now=NOW).name == "anh.png"


def test_every_fault_has_its_words() -> None:
    found = {DARK, EMPTY, FAINT, BLURRED, SMALL, CUT}
    assert set(quality.ADVICE) == set(quality.BRIEF) == found
    assert len(quality.advice(quality.kept(sorted(found)))) == len(quality.brief(quality.kept(found))) == 6
    assert quality.advice("") == quality.brief("gone,") == []
