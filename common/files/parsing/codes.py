"""The QR on an identity card, read off a photo of the card; nothing of the photo is kept."""

import io
from collections.abc import Iterator
from typing import Any

from .pictures import MAX_PIXELS, ORIENTATIONS, shrunk
from .refused import Refused

# A card fills a photo of this size well enough; finer ones are looked at in pieces.
LONG_SIDE = 2600
# What is looked at in pieces takes two seconds at 12 megapixels when nothing is found, four at this.
LOOKED_AT = 20_000_000
# Sides of the pieces that a photo is cut into, as parts of its own; each overlaps half of the next.
PIECES = (0.5, 0.25)
# A code whose modules are smaller than two pixels is read once it is enlarged to this side.
ENLARGED = 1400
TEXT_BYTES = 2000


def read_card_code(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the text of the code on an identity card as ``{"text"}``; raises Refused('no_code') when none is found."""
    for picture in looks(opened(content)):
        for text in codes_in(picture):
            if is_of_card(text):
                return {"text": text}, b""
    raise Refused("no_code")


def is_of_card(text: str) -> bool:
    """Tell whether a code is that of an identity card: twelve digits, then what stands between bars."""
    return text[:12].isascii() and text[:12].isdigit() and text[12:13] == "|" and len(text.encode()) <= TEXT_BYTES


def codes_in(picture: Any) -> list[str]:
    """Return the texts of the QR codes in a grey picture, at any angle, light on dark too."""
    import zxingcpp

    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [code.text for code in found if code.valid]


def opened(content: bytes) -> Any:
    """Return a photo in grey, turned upright; raises Refused for what is no photo or has too many pixels."""
    import pi_heif
    from PIL import ExifTags, Image, UnidentifiedImageError

    pi_heif.register_heif_opener(thumbnails=False)
    # The measure below is ours.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "HEIF", "WEBP"]) as image:
            kind = "JPEG" if image.format == "MPO" else str(image.format)
            if image.width * image.height > MAX_PIXELS[kind]:
                raise Refused("pixels")
            scale = min(1.0, (LOOKED_AT / (image.width * image.height)) ** 0.5)
            size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
            if kind == "JPEG":
                image.draft("L", size)
            image.load()
            turn = ORIENTATIONS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
            grey = shrunk(image, size).convert("L")
    except UnidentifiedImageError as error:
        raise Refused("content") from error
    except MemoryError as error:
        raise Refused("pixels") from error
    return grey if turn is None else grey.transpose(Image.Transpose(turn))


def looks(grey: Any) -> Iterator[Any]:
    """Yield a photo as it may be read, the cheapest way first: shrunk, whole, evened out, then in enlarged pieces."""
    from PIL import ImageOps

    if max(grey.size) > LONG_SIDE:
        small = grey.copy()
        small.thumbnail((LONG_SIDE, LONG_SIDE))
        yield small
    yield grey
    yield ImageOps.autocontrast(grey, cutoff=2)
    for part in PIECES:
        for piece in pieces(grey, part):
            yield ImageOps.autocontrast(enlarged(piece), cutoff=2)


def pieces(grey: Any, part: float) -> Iterator[Any]:
    """Yield overlapping pieces of a photo, each this part of its sides."""
    wide, high = round(grey.width * part), round(grey.height * part)
    if min(wide, high) < 80:
        return
    for top in range(0, grey.height - high + 1, max(1, high // 2)):
        for left in range(0, grey.width - wide + 1, max(1, wide // 2)):
            yield grey.crop((left, top, left + wide, top + high))


def enlarged(piece: Any) -> Any:
    """Return a piece large enough for its code to be read; one that is large stays as it is."""
    from PIL import Image

    scale = ENLARGED / max(piece.size)
    if scale <= 1:
        return piece
    return piece.resize((round(piece.width * scale), round(piece.height * scale)), Image.Resampling.BICUBIC)
