"""Uploads: what is taken, what is refused and how a stored file is served."""

import base64
import hashlib
import io
import struct
import zipfile
import zlib

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.fields.files import FieldFile
from django.http import Http404
from django.test import RequestFactory
from PIL import Image

from common import files
from dossiers.models import Paper


def upload(name: str, content: bytes, media_type: str = "application/octet-stream") -> SimpleUploadedFile:
    made = SimpleUploadedFile("x", content, media_type)
    # Set past Django's own cleaning: the check must hold for any name.
    made._name = name
    return made


def image_bytes(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **options)
    return out.getvalue()


def pdf_bytes(change=None) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    if change:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(files.FileRefused) as caught:
        files.accept(upload(name, content))
    assert str(caught.value.message)
    return caught.value.code


def png_claiming(width: int, height: int) -> bytes:
    """A tiny PNG whose header claims a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_good_pdf_is_kept_byte_for_byte():
    content = pdf_bytes()
    taken = files.accept(upload("Giấy chứng sinh.pdf", content))
    assert (taken.content, taken.media_type, taken.pages) == (content, "application/pdf", 1)
    assert taken.name == "Giấy chứng sinh.pdf"
    assert taken.size == len(content)
    assert len(taken.sha256) == 64


def test_photo_is_turned_upright_stripped_and_shrunk():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretPhone"
    taken = files.accept(upload("anh.JPG", image_bytes(size=(3000, 1500), exif=exif)))
    with Image.open(io.BytesIO(taken.content)) as image:
        assert image.size == (1000, 2000)
        assert not image.getexif()
    assert b"SecretPhone" not in taken.content
    assert (taken.media_type, taken.name, taken.pages) == ("image/jpeg", "anh.jpg", 1)


def test_png_stays_png_without_transparency():
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    taken = files.accept(upload("dau.png", out.getvalue()))
    with Image.open(io.BytesIO(taken.content)) as image:
        assert (image.format, image.mode, image.getpixel((3, 3))) == ("PNG", "RGB", (255, 255, 255))


def test_palette_and_grey_pictures_are_taken():
    for mode in ("L", "P", "1", "CMYK"):
        out = io.BytesIO()
        Image.new(mode, (30, 30)).save(out, "JPEG" if mode == "CMYK" else "PNG")
        name = "a.jpg" if mode == "CMYK" else "a.png"
        assert files.accept(upload(name, out.getvalue())).pages == 1


# 64 × 32 pixels as a phone writes them.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAABgAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAIAAAAAEAAAAAAAAAAv///+AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAACBtZGF0AAAAFCgBrwQY+Mpx1//7NrP2Sk5nSEec"
)


def test_heic_becomes_jpeg_under_any_picture_name():
    for name in ("IMG_0001.HEIC", "IMG_0001.jpg"):
        taken = files.accept(upload(name, HEIC))
        with Image.open(io.BytesIO(taken.content)) as image:
            assert (image.format, image.size) == ("JPEG", (64, 32))
        assert (taken.name, taken.media_type) == ("IMG_0001.jpg", "image/jpeg")


def test_broken_heic_is_refused():
    assert refusal("anh.heic", HEIC[:-40]) in {"damaged", "content"}
    assert refusal("anh.heic", b"\0" * 200) == "content"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "empty"),
        ("a.jpg", image_bytes() + b"\0" * (11 * 1024 * 1024), "too_large"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "type"),
        ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "content"),
        ("a.jpg", b"<!doctype html><script>alert(1)</script>", "content"),
        ("a.html", b"<p>", "type"),
        ("a.exe", b"MZ\x90", "type"),
        ("a.pdf", b"MZ\x90" + b"\0" * 200, "content"),
        ("a.pdf.exe", b"MZ", "type"),
        ("khong-duoi", b"abc", "type"),
        ("a.gif", image_bytes("GIF"), "type"),
        ("a.png", image_bytes("GIF"), "content"),
        ("a.jpg", image_bytes("TIFF"), "content"),
        ("a.jpg", image_bytes(size=(400, 400))[:-300], "damaged"),
        ("a.pdf", pdf_bytes()[:100], "content"),
        ("a.png", png_claiming(60_000, 60_000), "pixels"),
        ("a.png", png_claiming(7_000, 7_000), "pixels"),
        ("a.png", png_claiming(3_000, 3_000), "damaged"),
        ("a.pdf", b"<script>alert(1)</script>" + pdf_bytes(), "content"),
        ("a.pdf", pdf_bytes() + b"<script>alert(1)</script>", "content"),
        ("a.pdf", b"%PDF-1.4\n<html><script>1</script></html>\n%%EOF", "content"),
        ("a.pdf", b"%PDF-1.4\nnothing here\n%%EOF", "damaged"),
        ("a.pdf", image_bytes(), "content"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_file_is_refused(name, content, code):
    assert refusal(name, content) == code


def test_pdf_with_a_zip_behind_it_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    assert refusal("a.pdf", pdf_bytes() + out.getvalue()) == "content"
    assert refusal("a.pdf", pdf_bytes() + out.getvalue() + b"\n%%EOF\n") == "content"


def javascript(pdf):
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def hidden_javascript(pdf):
    annotation = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="x", Next=[pikepdf.Dictionary(S=pikepdf.Name.JavaScript)]),
    )
    pdf.pages[0].Annots = pikepdf.Array([annotation])


def launch(pdf):
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))


def attachment(pdf):
    pdf.attachments["a.exe"] = b"MZ"


def file_elsewhere(pdf):
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoToR, F=pikepdf.String(r"\\\\evil.example\\x.pdf"))


def address_opened_at_once(pdf):
    pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://evil.example"))


def address_opened_with_the_page(pdf):
    pdf.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://evil.example"))


def content_elsewhere(pdf):
    stream = pdf.make_stream(b"")
    stream.F = pikepdf.String("http://evil.example/x")
    pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=stream))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (javascript, "javascript"),
        (hidden_javascript, "javascript"),
        (launch, "launch"),
        (attachment, "attachment"),
        (file_elsewhere, "launch"),
        (address_opened_at_once, "launch"),
        (address_opened_with_the_page, "launch"),
        (content_elsewhere, "launch"),
    ],
)
def test_active_pdf_is_refused(change, code):
    assert refusal("a.pdf", pdf_bytes(change)) == code


def test_encrypted_pdf_is_refused_with_and_without_a_user_password():
    for user in ("", "bi-mat"):
        pdf = pikepdf.new()
        pdf.add_blank_page()
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user=user))
        assert refusal("a.pdf", out.getvalue()) == "encrypted"


def test_pdf_with_a_plain_link_and_a_start_page_is_taken():
    def change(pdf):
        pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])

    assert files.accept(upload("a.pdf", pdf_bytes(change))).pages == 1


def test_parser_that_hangs_refuses_the_file(monkeypatch, tmp_path):
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(files, "PARSER", sleeper)
    monkeypatch.setattr(files, "PARSE_SECONDS", 0.5)
    assert refusal("a.pdf", pdf_bytes()) == "slow"


def test_parser_that_dies_refuses_the_file(monkeypatch, tmp_path):
    killer = tmp_path / "killer.py"
    killer.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(files, "PARSER", killer)
    assert refusal("a.pdf", pdf_bytes()) == "damaged"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\an\\anh.png", "anh.png"),
        ("a\0b.pdf", "ab.pdf"),
        ("hop\u202efdp.exe.pdf", "hopfdp.exe.pdf"),
        ("Giâ\u0301y.pdf", "Giấy.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("\ud800.pdf", "pdf"),
    ],
)
def test_names_are_made_safe(name, clean):
    assert files.clean_name(name) == clean


def test_missing_upload_is_refused():
    with pytest.raises(files.FileRefused) as caught:
        files.accept(None)
    assert caught.value.code == "missing"


def stored(content: bytes = b"%PDF-") -> FieldFile:
    name = default_storage.save("papers/aa/test.pdf", ContentFile(content))
    return FieldFile(Paper(), Paper._meta.get_field("file"), name)


def served(field_file: FieldFile, media_type: str, name: str, **options):
    """Serve a file whose hash is the one that was kept."""
    with field_file.open("rb") as content:
        sha256 = hashlib.sha256(content.read()).hexdigest()
    return files.serve(RequestFactory().get("/"), field_file, media_type, name, sha256=sha256, **options)


def test_served_file_is_inert():
    response = served(stored(), "application/pdf", "Giấy\r\nX: y.pdf", inline=True)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert "\n" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["Cache-Control"] == "private, no-store"
    assert b"".join(response.streaming_content) == b"%PDF-"
    response.close()


def test_unknown_type_is_served_as_bytes():
    response = served(stored(), "text/html", "a.html", inline=True)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    response.close()


def test_only_images_are_shown_inline():
    response = served(stored(b"x"), "image/png", "a.png", inline=True)
    assert response["Content-Disposition"].startswith("inline")
    response.close()


def test_proxy_sends_the_bytes_when_configured(settings):
    settings.X_ACCEL_PREFIX = "/stored/"
    field_file = stored()
    response = served(field_file, "application/pdf", "a.pdf")
    assert response["X-Accel-Redirect"] == "/stored/" + field_file.name
    assert response.content == b""


@pytest.mark.django_db
def test_file_that_is_gone_answers_404():
    gone = FieldFile(Paper(), Paper._meta.get_field("file"), "papers/aa/nowhere.pdf")
    with pytest.raises(Http404):
        files.serve(RequestFactory().get("/"), gone, "application/pdf", "a.pdf", sha256="0" * 64)


def test_failure_removes_what_was_written():
    field_file = stored()
    with pytest.raises(RuntimeError), files.removed_on_failure() as written:
        written.append(field_file)
        raise RuntimeError
    assert not default_storage.exists(field_file.name)


def test_success_keeps_what_was_written():
    field_file = stored()
    with files.removed_on_failure() as written:
        written.append(field_file)
    assert default_storage.exists(field_file.name)
