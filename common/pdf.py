"""PDF from HTML templates with WeasyPrint: no network, only the portal's own styles and one font.

About 100 ms warm and two seconds cold, so only workers call it. The HTML is
made in the calling process; layout runs in a forked child with limits on time
and memory, because its cost depends on the text.
"""

import os
import resource
import signal
import tempfile
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

# Variable fonts: each carries every weight.
FONT_FILES = {"upright": "NotoSerif[wdth,wght].ttf", "italic": "NotoSerif-Italic[wdth,wght].ttf"}
FONT_FACES = """
@font-face { font-family: "Noto Serif"; src: url("font:upright") }
@font-face { font-family: "Noto Serif"; font-style: italic; src: url("font:italic") }
"""
MAX_HTML = 400_000
SECONDS = 10
# Added to what the process maps already; fonts and libraries are shared with the parent.
EXTRA_BYTES = 512 * 1024**2


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
            return URLFetcherResponse(url, own_file(url).read_bytes())

    return OwnFiles(allowed_protocols=[], allow_redirects=False)


@lru_cache(maxsize=1)
def _style() -> tuple[Any, Any]:
    """Return this process's one stylesheet and one font configuration."""
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    css = Path(str(finders.find("portal/slip.css"))).read_text(encoding="utf-8") + FONT_FACES
    return _engine().CSS(string=css, font_config=fonts, url_fetcher=_fetcher(), base_url="static:"), fonts


def own_file(url: str) -> Path:
    """Return the file behind an address; raises NotOurs for every address but ours."""
    scheme, _colon, name = url.partition(":")
    if scheme == "font" and name in FONT_FILES:
        import fontpkg_noto_serif

        return Path(fontpkg_noto_serif.__file__).parent / "files" / FONT_FILES[name]
    found = finders.find(name) if scheme == "static" else None
    if not found:
        raise NotOurs(url)
    return Path(found)


def render_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """Return a template as a tagged PDF (PDF/UA-1), always in Vietnamese.

    Raises :class:`PdfFailed` for more than 400,000 characters of HTML, and
    after 10 seconds or 512 MB.
    """
    with translation.override("vi"):
        html = render_to_string(template, dict(context))
    if len(html) > MAX_HTML:
        raise PdfFailed("the document is too long")
    _style()
    with tempfile.TemporaryFile() as target:
        _write_in_child(html, target)
        target.seek(0)
        content = target.read()
    if not content.startswith(b"%PDF-"):
        raise PdfFailed("no PDF came out")
    return content


def write_pdf(html: str, target: BinaryIO) -> None:
    """Lay out HTML and write the PDF into an open file."""
    stylesheet, fonts = _style()
    document = _engine().HTML(string=html, base_url="static:", url_fetcher=_fetcher())
    document.write_pdf(target, stylesheets=[stylesheet], font_config=fonts, pdf_variant="pdf/ua-1")


def _write_in_child(html: str, target: BinaryIO) -> None:
    """Run :func:`write_pdf` in a forked child with limits; raises PdfFailed when it does not end well."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _limit()
            write_pdf(html, target)
            target.flush()
            status = 0
        finally:
            # Never back into the caller's code, connections or exit handlers.
            os._exit(status)
    deadline = time.monotonic() + SECONDS
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


def _limit() -> None:
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + EXTRA_BYTES, mapped + EXTRA_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
