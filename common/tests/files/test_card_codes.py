"""The QR is read off photos as people take them, in the parser's process; what is no card is refused with a word."""

import pytest

from common.files import uploads
from common.refusals import Refused
from tests.cards import CARD, photo
from tests.papers import HEIC, image_bytes, upload


@pytest.mark.parametrize(
    "taken",
    [
        {"width": 3000, "angle": 17},
        # A card that fills a fifth of a photo of 12 megapixels, lying askew, and one out of focus.
        {"width": 800, "angle": 133},
        {"width": 2500, "angle": 180, "blur": 4},
        {"width": 420, "size": (1000, 800)},
    ],
)
def test_a_photo_is_read_as_it_was_taken(taken):
    assert uploads.text_of_card(upload("the.jpg", photo(**taken))) == CARD


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n%%EOF", "no_code"),
        (b"Nguyen Van An", "no_code"),
        (image_bytes(), "no_code"),
        (HEIC, "no_code"),
        (b"\xff\xd8\xff" + bytes(99), "content"),
    ],
)
def test_what_is_no_card_is_refused(content, code):
    with pytest.raises(Refused) as refused:
        uploads.text_of_card(upload("the.jpg", content))
    assert refused.value.code == code


def test_another_code_than_a_card_s_is_none():
    with pytest.raises(Refused, match="QR"):
        uploads.text_of_card(upload("the.jpg", photo("https://example.com/075190001234|", width=900, size=(1200, 900))))
