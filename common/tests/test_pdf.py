"""PDF: only the portal's own files, the paper font embedded, limits that hold."""

import io
import time
from pathlib import Path

import fontpkg_noto_serif
import pikepdf
import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.template import engines
from fontTools.ttLib import TTFont

from common import pdf
from common.pdf import NotOurs, PdfFailed, own_file, render_pdf
from common.qr import qr_svg

PAGE = "<html lang='vi'><head><title>Thử</title></head><body class='slip'>{}</body></html>"


def variable(file: str) -> TTFont:
    """Open a font as it comes."""
    return TTFont(Path(fontpkg_noto_serif.__file__).parent / "files" / file)


@pytest.fixture
def render(monkeypatch):
    """Render a body given as HTML instead of a template's name."""

    def from_text(template: str, context: dict) -> str:
        return engines["django"].from_string(PAGE.format(template)).render(context)

    monkeypatch.setattr(pdf, "render_to_string", from_text)
    return lambda body, **context: render_pdf(body, context)


def test_pdf_embeds_the_paper_font_and_says_what_it_is(render, tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(render("<h1>Giấy tiếp nhận</h1><p>Được <strong>đậm</strong></p>"))
    with pikepdf.open(path) as document:
        fonts = {str(font["/BaseFont"]) for font in document.pages[0].Resources.Font.values()}
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "vi"
    assert all("Noto-Serif" in font for font in fonts)
    assert len(fonts) == 2


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "https://example.com/x.css", "file:///etc/passwd", "static:../manage.py", "font:x", "/etc/x"],
)
def test_nothing_else_is_read(url):
    with pytest.raises((NotOurs, SuspiciousFileOperation)):
        own_file(url)


def test_own_files_are_found():
    assert b".slip" in own_file("static:portal/slip.css")
    assert own_file("font:regular")[:4] == own_file("font:fields")[:4] == b"\x00\x01\x00\x00"


def test_faces_of_the_paper_font_are_cut_once_and_hold_every_letter(monkeypatch):
    whole = set(variable("NotoSerif[wdth,wght].ttf").getBestCmap())
    for name, weight in (("regular", 400), ("bold", 700)):
        face = TTFont(io.BytesIO(own_file(f"font:{name}")))
        assert set(face.getBestCmap()) == whole
        assert "fvar" not in face
        assert face["OS/2"].usWeightClass == weight
    monkeypatch.setattr(pdf, "_cut", lambda source, name: pytest.fail("cut again"))
    assert own_file("font:bold")


def test_foreign_images_are_left_out_not_fetched(render, monkeypatch):
    import socket

    def refuse(*args, **kwargs):
        raise AssertionError("no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert render("<img alt='x' src='http://127.0.0.1:9/x.png'><p>Được</p>").startswith(b"%PDF-")


def test_document_that_is_too_long_is_refused(render):
    with pytest.raises(PdfFailed, match="too long"):
        render("{{ text }}", text="x" * (pdf.MAX_HTML + 1))


def test_layout_that_takes_too_long_is_ended(render, monkeypatch):
    monkeypatch.setattr(pdf, "SECONDS", 1)
    monkeypatch.setattr(pdf, "write_pdf", lambda html, target, fields: time.sleep(30))
    began = time.monotonic()
    with pytest.raises(PdfFailed, match="too long"):
        render("<p>x</p>")
    assert time.monotonic() - began < 10


def test_layout_that_takes_too_much_memory_is_ended(render, monkeypatch):
    monkeypatch.setattr(pdf, "EXTRA_BYTES", 32 * 1024**2)
    monkeypatch.setattr(pdf, "write_pdf", lambda html, target, fields: target.write(bytes(256 * 1024**2)))
    with pytest.raises(PdfFailed):
        render("<p>x</p>")


def test_qr_has_an_alternative_text_in_the_pdf(render, tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(render("<div class='slip-qr'>{{ qr }}</div>", qr=qr_svg("http://localhost/track/x/")))
    with pikepdf.open(path) as document:
        figures = [
            thing
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Figure"
        ]
        assert [str(figure.Alt) for figure in figures] == ["Mã QR: http://localhost/track/x/"]


def test_qr_is_one_inline_element_without_style():
    svg = qr_svg("http://localhost/track/x/")
    assert svg.startswith("<svg ")
    assert 'role="img"' in svg and "<title>Mã QR: http://localhost/track/x/</title>" in svg
    assert "style=" not in svg
    assert "<?xml" not in svg
