"""Pictures of files: small enough to stand beside data, of every page up to a measure, none of what cannot be shown."""

import io

import pikepdf
import pytest
from PIL import Image

from common.files.parsing import previews
from common.files.previews import pictures_of
from common.refusals import Refused
from tests.papers import encoded, image_bytes, page, pdf_bytes

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"


def made(media_type: str, content: bytes) -> list[Image.Image]:
    """The pictures of a file, each within its measure."""
    pictures, _faults = pictures_of(media_type, content, "giay")
    for n, picture in enumerate(pictures):
        assert len(picture) <= (8 if n == 0 else 40) * 1024
    images: list[Image.Image] = [Image.open(io.BytesIO(picture)) for picture in pictures]
    assert {image.format for image in images} == {"WEBP"}
    assert all(max(image.size) <= (200 if n == 0 else 1200) for n, image in enumerate(images))
    return images


def pages(count: int, size: tuple[float, float] = (595, 842)) -> bytes:
    """A PDF of empty pages."""
    pdf, out = pikepdf.new(), io.BytesIO()
    for _n in range(count):
        pdf.add_blank_page().MediaBox = [0, 0, *size]
    pdf.save(out)
    return out.getvalue()


def test_every_page_of_a_pdf_is_shown_up_to_a_measure(monkeypatch):
    assert [image.size for image in made(PDF, pages(2))] == [(141, 200), (848, 1200), (848, 1200)]
    monkeypatch.setattr(previews, "MAX_PAGES", 2)
    assert len(list(previews.pdf_pages(pages(4)))) == 2
    # What takes long shows at least its first page.
    monkeypatch.setattr(previews, "ENOUGH_SECONDS", 0)
    assert len(list(previews.pdf_pages(pages(4)))) == 1


def test_whatever_a_picture_shows_it_fits():
    noise = Image.effect_noise((1300, 1000), 120).convert("RGB")
    for media_type, content in (
        (JPEG, encoded(page(1000, 1500), "JPEG")),
        (PNG, encoded(noise, "PNG")),
        (PNG, image_bytes("PNG", (1, 5000))),
    ):
        assert len(made(media_type, content)) == 2
    # Nothing is made larger than it came.
    assert made(JPEG, image_bytes(size=(60, 40)))[1].size == (60, 40)


def test_pages_of_odd_sizes_stay_pictures():
    for size in ((1e6, 1e6), (1, 14400), (3, 3)):
        assert len(made(PDF, pages(1, size))) == 2


def locked() -> bytes:
    """A PDF that wants a password."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pages(1))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user="a", owner="b"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("media_type", "content", "code"),
    [
        (PDF, locked(), "encrypted"),
        (PDF, pdf_bytes()[:60], "damaged"),
        (PDF, b"", "damaged"),
        (JPEG, image_bytes()[:80], "damaged"),
        (PNG, b"%PDF-1.7", "damaged"),
    ],
)
def test_what_cannot_be_shown_is_refused(media_type, content, code):
    with pytest.raises(Refused) as refused:
        pictures_of(media_type, content, "giay")
    assert refused.value.code == code
