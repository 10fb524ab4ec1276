"""Pictures to look at in place of a file: a small one of its first page, then one of each page."""

import io
import time
from collections.abc import Iterator
from typing import Any

from .pictures import flat, without_colour
from .quality import faults_of, faults_of_pages
from .refused import Refused

# Long side in pixels, and bytes, of the small picture and of a page.
SMALL = (200, 8 * 1024)
PAGE = (1200, 40 * 1024)
MAX_PAGES = 20
# No further page is begun after so long: what is there by then is shown.
ENOUGH_SECONDS = 15
QUALITIES = (70, 45, 25)
# At less than this letters fall apart: better a smaller picture.
LEAST_QUALITY = 12
SMALLER = 0.85


def preview(kind: str, content: bytes) -> tuple[dict[str, Any], bytes]:
    """Return pictures (WebP) of a stored PDF or image, one after the other; ``sizes`` tells how long each is.

    ``faults`` tell what makes the pages of a PDF hard to read; those of an image were found when it came.
    """
    made: list[bytes] = []
    faults: list[list[str]] = []
    for sheet in pdf_pages(content) if kind == "pdf" else [picture(content)]:
        if not made:
            made.append(fitted(sheet, *SMALL))
        made.append(fitted(sheet, *PAGE))
        if kind == "pdf":
            faults.append(faults_of(sheet))
    return {"sizes": [len(one) for one in made], "faults": faults_of_pages(faults)}, b"".join(made)


def picture(content: bytes) -> Any:
    """Return a stored picture, plain."""
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as image:
        image.draft("RGB", (PAGE[0], PAGE[0]))
        return flat(image)


def pdf_pages(content: bytes) -> Iterator[Any]:
    """Yield the first pages of a PDF as pictures, filled-in boxes too; raises Refused for a locked or broken one."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Refused("encrypted" if "password" in str(error).lower() else "damaged") from error
    begun = time.monotonic()
    if pdf.get_formtype():
        pdf.init_forms()
    for n in range(min(len(pdf), MAX_PAGES)):
        if n and time.monotonic() - begun > ENOUGH_SECONDS:
            return
        leaf = pdf[n]
        longest = max(leaf.get_size())
        if longest <= 0:
            raise Refused("damaged")
        yield leaf.render(scale=PAGE[0] / longest).to_pil().convert("RGB")
        leaf.close()


def fitted(image: Any, edge: int, most: int) -> bytes:
    """Return a picture whose long side is at most ``edge`` and that takes at most ``most`` bytes.

    Made smaller until the least quality fits, then as good as still fits.
    """
    plain = without_colour(image)
    while True:
        scale = min(1.0, edge / max(plain.size))
        plain = plain.resize([max(1, round(side * scale)) for side in plain.size]) if scale < 1 else plain
        least = webp(plain, LEAST_QUALITY)
        if len(least) <= most:
            better = (webp(plain, quality) for quality in QUALITIES)
            return next((made for made in better if len(made) <= most), least)
        edge = int(max(plain.size) * SMALLER)


def webp(image: Any, quality: int) -> bytes:
    """Return a picture as WebP, quality from 0 to 100."""
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality)
    return out.getvalue()
