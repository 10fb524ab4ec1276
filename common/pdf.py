"""PDF from HTML templates with WeasyPrint: no network, only the portal's own styles and one font.

About 100 ms warm and a second cold, some more where nobody has cut the font's
faces yet, so workers make what can wait; a web process lays out one document
at a time. The HTML is made in the calling
process; layout runs in a forked child with limits on time and memory, because
its cost depends on the text.
"""

import gc
import hashlib
import io
import os
import re
import resource
import signal
import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import translation

# The paper font comes as variable fonts. Each face that papers use is cut out of them once: done for every document,
# that would be two thirds of its time.
FACES = {
    "regular": ("NotoSerif[wdth,wght].ttf", 400, "normal"),
    "bold": ("NotoSerif[wdth,wght].ttf", 700, "normal"),
    "italic": ("NotoSerif-Italic[wdth,wght].ttf", 400, "italic"),
    "bold-italic": ("NotoSerif-Italic[wdth,wght].ttf", 700, "italic"),
}
FONT_FACES = "".join(
    f'@font-face {{ font-family: "Noto Serif"; font-weight: {weight}; font-style: {style}; src: url("font:{name}") }}\n'
    for name, (_file, weight, style) in FACES.items()
)
FIELD_FACE = '@font-face { font-family: "Noto Serif Fields"; src: url("font:fields") }'
# What may be typed into a field: Latin with every Vietnamese letter, combining marks, punctuation, the đồng.
FIELD_LETTERS = (range(0x20, 0x180), range(0x1A0, 0x1B1), range(0x300, 0x324), range(0x1EA0, 0x1EFA),
                 range(0x2010, 0x2027), (0x20AB, 0x20AC, 0x2116, 0x2122, 0xFFFD))  # fmt: skip
# Upright, bold and italic letters, a table, a list and a page's number.
FIRST_PAGE = (
    '<html lang="vi"><head><title>.</title></head><body><main class="slip"><h1>Ạ</h1><p>Ạ <b>Ạ</b> <i>Ạ</i></p>'
    "<table><tr><th>Ạ</th><td>Ạ</td></tr></table><ol><li>Ạ</li></ol></main></body></html>"
)
MAX_HTML = 400_000
SECONDS = 10
# A fillable document carries the font of its fields whole, so that every letter can be typed.
FORM_SECONDS = 30
# Added to what the process maps already; fonts and libraries are shared with the parent.
EXTRA_BYTES = 512 * 1024**2

# One layout at a time in a process of several threads: the machine also serves pages.
_one_at_a_time = threading.Lock()
_GRAPHICS_STATE = re.compile(rb"/\S+ gs\s*")


class PdfFailed(Exception):
    """The PDF could not be made within its limits."""


class NotOurs(ValueError):
    """A document asked for something that is neither a style nor a font of the portal."""


@lru_cache(maxsize=1)
def _engine() -> Any:
    """Return WeasyPrint; imported late, because it takes more than a second."""
    import weasyprint

    return weasyprint


@lru_cache(maxsize=1)
def _fetcher() -> Any:
    """Return the only source of styles, fonts and images: ``static:<path>`` and ``font:<name>``.

    Every other address is an error: nothing is read from the network or from
    elsewhere on the disk, and no redirect is followed.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        """Knows the portal's static files and its paper font by name."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            return URLFetcherResponse(url, own_file(url))

    return OwnFiles(allowed_protocols=[], allow_redirects=False)


def own_file(url: str) -> bytes:
    """Return what is behind an address; raises NotOurs for every address but ours."""
    scheme, _colon, name = url.partition(":")
    if scheme == "font" and name in FACES:
        return _face(name)
    if url == "font:fields":
        return _field_font()
    found = finders.find(name) if scheme == "static" else None
    if not found:
        raise NotOurs(url)
    return Path(found).read_bytes()


def _face(name: str) -> bytes:
    """Return a face of the paper font, 0.5 MB; kept in the shared cache."""
    import fontpkg_noto_serif
    import fontTools

    source = (Path(fontpkg_noto_serif.__file__).parent / "files" / FACES[name][0]).read_bytes()
    key = f"paper-font:{name}:{hashlib.sha256(source).hexdigest()}:{fontTools.version}"
    content: bytes | None = cache.get_or_set(key, lambda: _cut(source, name), None)
    return content or _cut(source, name)


def _cut(source: bytes, name: str) -> bytes:
    """Cut a face out of its variable font: a second or two, more on a slow machine."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    made = io.BytesIO()
    instantiateVariableFont(TTFont(io.BytesIO(source)), {"wght": FACES[name][1], "wdth": 100}, static=True).save(made)
    return made.getvalue()


@lru_cache(maxsize=1)
def _field_font() -> bytes:
    """Return the paper font for form fields: regular only, and only what may be typed."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(_face("regular")))
    options = subset.Options(layout_features=["ccmp", "kern", "locl", "mark", "mkmk"], name_IDs=["*"])
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=[letter for letters in FIELD_LETTERS for letter in letters])
    chosen.subset(font)
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


@lru_cache(maxsize=2)
def _style(with_fields: bool = False) -> tuple[Any, Any]:
    """Return this process's stylesheet and font configuration for documents, or for those with fields."""
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    css = Path(str(finders.find("portal/slip.css"))).read_text(encoding="utf-8") + FONT_FACES
    css += FIELD_FACE if with_fields else ""
    style = _engine().CSS(string=css, font_config=fonts, url_fetcher=_fetcher(), base_url="static:")
    # What a first document loads and parses is there then, and not in each child anew.
    _lay_out(FIRST_PAGE, io.BytesIO(), (style, fonts), with_fields=with_fields)
    return style, fonts


def render_pdf(template: str, context: Mapping[str, Any], *, fields: Mapping[str, str] | None = None) -> bytes:
    """Return a template as a tagged PDF (PDF/UA-1), always in Vietnamese.

    With ``fields`` its inputs become form fields (AcroForm): the mapping gives
    what each name is called by screen readers and in tooltips. Raises
    :class:`PdfFailed` for more than 400,000 characters of HTML, after 10
    seconds (30 with fields) or 512 MB, and when other documents keep this
    process busy for as long.
    """
    with translation.override("vi"):
        html = render_to_string(template, dict(context))
    if len(html) > MAX_HTML:
        raise PdfFailed("the document is too long")
    seconds = SECONDS if fields is None else FORM_SECONDS
    if not _one_at_a_time.acquire(timeout=seconds):
        raise PdfFailed("other documents are being laid out")
    try:
        _style(fields is not None)
        # In memory: a full temporary folder does not stop it.
        with os.fdopen(os.memfd_create("pdf"), "w+b") as target:
            _write_in_child(html, target, fields, seconds)
            target.seek(0)
            content = target.read()
    except OSError as error:
        # The fonts are kept in a temporary folder while this process lives.
        raise PdfFailed("the system did not give what a document needs") from error
    finally:
        _one_at_a_time.release()
    if not content.startswith(b"%PDF-"):
        raise PdfFailed("no PDF came out")
    return content


def write_pdf(html: str, target: BinaryIO, fields: Mapping[str, str] | None = None) -> None:
    """Lay out HTML and write the PDF into an open file; with ``fields`` a fillable one."""
    laid_out = target if fields is None else io.BytesIO()
    _lay_out(html, laid_out, _style(fields is not None), with_fields=fields is not None)
    if fields is not None:
        _finish_fields(laid_out, target, fields)


def _lay_out(html: str, target: BinaryIO, style: tuple[Any, Any], *, with_fields: bool) -> None:
    document = _engine().HTML(string=html, base_url="static:", url_fetcher=_fetcher())
    document.write_pdf(
        target, stylesheets=[style[0]], font_config=style[1], pdf_variant="pdf/ua-1", pdf_forms=with_fields
    )


def _finish_fields(source: BinaryIO, target: BinaryIO, fields: Mapping[str, str]) -> None:
    """Put right what WeasyPrint leaves open in form fields: labels, radio groups, what an appearance may say.

    A radio button belongs to its group and is no field of its own; a default
    appearance holds colour and font, nothing of the page's graphics. Boxes are
    shown as they were drawn: a reader that is told to draw them anew lacks their font.
    """
    import pikepdf

    with pikepdf.open(source) as pdf:
        form = pdf.Root.get("/AcroForm")
        if form is not None:
            kept = []
            for field in form.Fields:
                if "/DA" in field:
                    field["/DA"] = pikepdf.String(_GRAPHICS_STATE.sub(b"", bytes(field["/DA"])))
                if "/Parent" in field:
                    own = str(field["/TU"])
                    del field["/T"]
                    field["/TU"] = pikepdf.String(f"{fields.get(str(field['/Parent']['/T']), '')}: {own}")
                    continue
                name = str(field["/T"])
                field["/TU"] = pikepdf.String(fields.get(name, name))
                kept.append(field)
            form.Fields = pikepdf.Array(kept)
            if "/NeedAppearances" in form:
                del form["/NeedAppearances"]
        pdf.save(target)


def _write_in_child(html: str, target: BinaryIO, fields: Mapping[str, str] | None, seconds: int) -> None:
    """Run :func:`write_pdf` in a forked child with limits; raises PdfFailed when it does not end well."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _limit(seconds)
            # What the parent has stays unread by the collector, which would copy it; the rest does not live long.
            gc.freeze()
            gc.set_threshold(50_000)
            write_pdf(html, target, fields)
            target.flush()
            status = 0
        finally:
            # Never back into the caller's code, connections or exit handlers.
            os._exit(status)
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise PdfFailed("laying out the document took too long")
        time.sleep(0.01)
    if status != 0:
        raise PdfFailed(f"laying out the document failed (status {status})")


def _limit(seconds: int) -> None:
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + EXTRA_BYTES, mapped + EXTRA_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
