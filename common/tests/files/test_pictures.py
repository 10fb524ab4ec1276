"""Pictures: every kind of pixel arrives readable, upright, on white and at a sensible size."""

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from common.files import uploads
from common.refusals import Refused
from tests.factories import NOW
from tests.papers import HEIC, encoded, image_bytes, page, upload


def stored(name: str, content: bytes) -> Image.Image:
    """The picture that is stored for an upload."""
    made = uploads.accept(upload(name, content), now=NOW)
    image = Image.open(io.BytesIO(made.content))
    image.load()
    assert f"image/{str(image.format).lower()}" == made.media_type
    return image


def colour(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """The bands of one pixel."""
    pixel = image.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return pixel


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures in grey levels."""
    assert one.size == other.size
    return float(ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).mean[0])


def test_photo_is_turned_upright_stripped_and_shrunk_by_its_short_side():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretPhone"
    content = image_bytes(size=(4000, 3000), exif=exif)
    made = uploads.accept(upload("anh.JPG", content), now=NOW)
    image = stored("anh.JPG", content)
    assert image.size == (2000, 2667)
    assert not image.getexif()
    assert b"SecretPhone" not in made.content


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_orientation_ends_upright(turn):
    half = Image.new("RGB", (64, 40), "white")
    half.paste("navy", (0, 0, 20, 10))
    exif = Image.Exif()
    exif[0x0112] = turn
    lying = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turn]
    sent = half if lying is None else half.transpose(Image.Transpose(lying))
    assert difference(stored("a.png", encoded(sent, "PNG", exif=exif)), half) < 1


def test_16_bit_scan_keeps_its_text():
    sheet = page(1000, 500)
    deep = Image.frombytes("I;16", sheet.size, b"".join(bytes((level, level)) for level in sheet.tobytes()))
    image = stored("scan.png", encoded(deep, "PNG"))
    assert image.format == "PNG"
    assert difference(image, sheet) < 1
    darkest, _lightest = image.getextrema()
    assert isinstance(darkest, int) and darkest < 40


def test_1_bit_and_palette_scans_are_shrunk_with_half_tones():
    sheet = page(2480, 3508, size=24)
    smooth = sheet.resize((2000, 2829), Image.Resampling.LANCZOS)
    for mode in ("1", "P"):
        sent = sheet.convert("1", dither=Image.Dither.NONE) if mode == "1" else sheet.convert("P")
        image = stored("scan.png", encoded(sent, "PNG"))
        assert (image.format, image.size) == ("PNG", (2000, 2829))
        tones = image.convert("L").getcolors()
        assert tones is not None and len(tones) > 30, mode
        assert difference(image, smooth) < 12
        assert len(encoded(image, "PNG")) < 2 * 1024 * 1024


def test_long_screenshot_keeps_its_width():
    assert stored("man-hinh.png", encoded(page(1080, 14_000), "PNG")).size == (1080, 14_000)
    assert stored("man-hinh.png", encoded(Image.new("L", (2600, 30_000), 255), "PNG")).size == (1178, 13_587)
    assert stored("dai.png", encoded(Image.new("L", (9000, 1), 255), "PNG")).size == (9000, 1)


@pytest.mark.parametrize(
    ("mode", "ink", "seen"),
    [
        ("L", 90, (90, 90, 90)),
        ("1", 0, (0, 0, 0)),
        ("P", 3, None),
        ("LA", (0, 128), (127, 127, 127)),
        ("LA", (0, 0), (255, 255, 255)),
        ("PA", (0, 0), (255, 255, 255)),
        ("RGBA", (0, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (200, 0, 0, 255), (200, 0, 0)),
        ("RGB", (1, 2, 3), (1, 2, 3)),
    ],
)
def test_every_kind_of_png_arrives_as_it_looks(mode, ink, seen):
    for size in ((30, 20), (4200, 4100)):
        sent = Image.new(mode, size, ink)
        if mode == "PA":
            content = encoded(Image.new("P", size, 0), "PNG", transparency=0)
        else:
            content = encoded(sent, "PNG")
        expected = seen or colour(sent.convert("RGB"), 0, 0)
        image = stored("a.png", content).convert("RGB")
        assert max(abs(a - b) for a, b in zip(colour(image, 9, 9), expected, strict=True)) <= 1
        assert min(image.size) == min(2000, *size)


def test_cmyk_photo_keeps_its_colours():
    sent = Image.new("CMYK", (40, 30), (0, 255, 255, 0))
    red, green, blue = colour(stored("a.jpg", encoded(sent, "JPEG", quality=95)), 5, 5)
    assert red > 240 and green < 15 and blue < 15


@pytest.mark.parametrize(("width", "height"), [(8160, 6120), (12_000, 9000)])
@pytest.mark.parametrize("progressive", [False, True])
def test_photos_of_50_and_108_megapixels_are_taken(width, height, progressive):
    mode = "L" if progressive else "RGB"
    content = encoded(Image.new(mode, (width, height), 228 if mode == "L" else "navy"), "JPEG", progressive=progressive)
    image = stored("anh.jpg", content)
    assert image.size == (2667, 2000)
    assert abs(colour(image.convert("RGB"), 9, 9)[2] - (228 if mode == "L" else 128)) <= 2


def test_photo_with_a_second_picture_behind_it_is_taken():
    content = encoded(
        Image.new("RGB", (6000, 4000), "navy"), "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")]
    )
    image = stored("anh.jpg", content)
    assert (image.format, image.size) == ("JPEG", (3000, 2000))
    assert colour(image, 5, 5)[2] > 100


def test_png_that_is_a_photo_becomes_a_jpeg():
    content = encoded(Image.effect_noise((1600, 1400), 80), "PNG")
    assert len(content) > 2 * 1024 * 1024
    assert stored("anh.png", content).format == "JPEG"


def test_first_picture_of_a_moving_webp_is_taken():
    content = image_bytes("WEBP", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")], lossless=True)
    image = stored("anh.webp", content)
    assert image.format == "JPEG" and colour(image, 5, 5)[2] > 100


def test_heic_becomes_jpeg_under_any_name():
    for name in ("IMG_0001.HEIC", "IMG_0001.jpg", "IMG_0001"):
        assert stored(name, HEIC).size == (64, 32)
    for broken in (HEIC[:-40], HEIC[:60]):
        with pytest.raises(Refused):
            uploads.accept(upload("anh.heic", broken), now=NOW)
