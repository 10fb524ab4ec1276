"""Pictures: decoded, turned upright, made plain and shrunk; encoded anew without anything beside the pixels."""

import io
from typing import Any

from .quality import faults_of
from .refused import Refused

# What fits in that memory, measured: a JPEG is shrunk while it is decoded (a progressive one of 200 megapixels takes
# 670 MB), the others unfold whole (HEIC of 108 megapixels 840 MB, PNG 450, WebP of 49 megapixels 800).
MAX_PIXELS = {"JPEG": 220_000_000, "PNG": 110_000_000, "HEIF": 110_000_000, "WEBP": 50_000_000}
# The short side bounds what is stored, so that the text of a long screenshot can still be read.
SHORT_SIDE = 2000
STORED_PIXELS = 16_000_000
# Larger than this a PNG is a photo; it becomes a JPEG.
PNG_BYTES = 2 * 1024 * 1024
STRIP = 256


def parse_image(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Decode an image fully, turn it upright, drop its metadata and shrink it to a short side of 2000 pixels."""
    import pi_heif
    from PIL import ExifTags, Image, UnidentifiedImageError

    pi_heif.register_heif_opener(thumbnails=False)
    # The measure below is ours.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "HEIF", "WEBP"]) as image:
            # Phones append a second picture to their JPEGs (MPO); the first one is the photo.
            kind = "JPEG" if image.format == "MPO" else str(image.format)
            pixels = image.width * image.height
            if pixels > MAX_PIXELS[kind]:
                raise Refused("pixels")
            scale = min(1.0, SHORT_SIDE / min(image.size), (STORED_PIXELS / pixels) ** 0.5)
            size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
            if kind == "JPEG":
                image.draft("RGB", size)
            image.load()
            turn = ORIENTATIONS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
            plain = shrunk(image, size)
    except UnidentifiedImageError as error:
        raise Refused("content") from error
    except MemoryError as error:
        raise Refused("pixels") from error
    if turn is not None:
        plain = plain.transpose(Image.Transpose(turn))
    return stored(plain, kind)


def turn_image(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Turn a stored picture by a quarter, clockwise."""
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as image:
        return stored(flat(image).transpose(Image.Transpose.ROTATE_270), str(image.format))


def stored(plain: Any, kind: str) -> tuple[dict[str, Any], bytes]:
    """Return a plain picture as it is stored, with what makes it hard to read."""
    faults = faults_of(plain)
    out = io.BytesIO()
    if kind == "PNG":
        plain = without_colour(plain)
        plain.save(out, "PNG")
    if kind != "PNG" or out.tell() > PNG_BYTES:
        out, kind = io.BytesIO(), "JPEG"
        plain.save(out, "JPEG", quality=85)
    media_type = "image/png" if kind == "PNG" else "image/jpeg"
    return {"media_type": media_type, "pages": 1, "faults": faults}, out.getvalue()


# What the EXIF orientation asks for, in the numbers of Image.Transpose.
ORIENTATIONS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}


def shrunk(image: Any, size: tuple[int, int]) -> Any:
    """Return an image of another size in plain grey or colour on white.

    Strip by strip, because a large one does not fit in memory twice; each is
    made plain before it is averaged: palettes and single bits have no half tones.
    """
    from PIL import Image

    factor = max(1, min(image.width // size[0], image.height // size[1]))
    small = None
    for top in range(0, image.height, STRIP * factor):
        strip = flat(image.crop((0, top, image.width, min(top + STRIP * factor, image.height))))
        if factor > 1:
            strip = strip.reduce(factor)
        if small is None:
            small = Image.new(strip.mode, (strip.width, -(-image.height // factor)), "white")
        small.paste(strip, (0, top // factor))
    assert small is not None
    return small if small.size == size else small.resize(size, Image.Resampling.LANCZOS)


def without_colour(image: Any) -> Any:
    """Return a picture in grey when it has no colour; scans often say grey in three numbers."""
    from PIL import ImageChops

    bands = image.split()
    is_grey = all(ImageChops.difference(bands[0], band).getextrema() == (0, 0) for band in bands[1:])
    return bands[0] if is_grey else image


def flat(image: Any) -> Any:
    """Return an image as 8-bit grey or colour; what is see-through becomes white paper."""
    from PIL import Image

    if image.mode.startswith("I;16"):
        # The upper of both bytes; Pillow's own conversion cuts everything above 255 off.
        upper = image.tobytes()[0 if image.mode.endswith("B") else 1 :: 2]
        return Image.frombytes("L", image.size, upper)
    if image.mode in ("I", "F"):
        return image.convert("F").point(lambda value: value * (1 / 257) + 0).convert("L")
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(seen, mask=seen.getchannel("A"))
        return paper
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
