"""Files as people and attackers send them: good ones that are taken, hostile ones that are refused; all made here."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Dictionary, Name, String
from PIL import Image, ImageDraw, ImageFont

# 64 × 32 pixels as a phone writes them.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAABgAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAIAAAAAEAAAAAAAAAAv///+AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAACBtZGF0AAAAFCgBrwQY+Mpx1//7NrP2Sk5nSEec"
)


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """An upload under exactly this name."""
    made = SimpleUploadedFile("x", content, "application/octet-stream")
    # Set past Django's own cleaning: the check must hold for any name.
    vars(made)["_name"] = name
    return made


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """An image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def image_bytes(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """A plain picture as a file."""
    return encoded(Image.new("RGB", size, "navy"), kind, **options)


def page(width: int, height: int, size: int = 40) -> Image.Image:
    """A grey page with lines of text."""
    sheet = Image.new("L", (width, height), 245)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size)
    for top in range(size, height - size, 2 * size):
        pen.text((size, top), "Giay khai sinh 079 201 000 123 " * (width // (12 * size) + 1), fill=20, font=font)
    return sheet


def pdf_bytes(change: Callable[[pikepdf.Pdf], object] | None = None, **options: Any) -> bytes:
    """A PDF of one page, changed."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    if change:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def locked(user: str) -> bytes:
    """A PDF with an owner's password and a user's, which may be empty."""
    return pdf_bytes(encryption=pikepdf.Encryption(owner="chu", user=user))


def signed() -> bytes:
    """A PDF with the dictionary of a signature."""

    def sign(pdf: pikepdf.Pdf) -> None:
        signature = Dictionary(
            Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=[0, 10, 20, 30], Contents=String("x" * 40)
        )
        field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("ky"), V=pdf.make_indirect(signature)))
        pdf.Root.AcroForm = Dictionary(Fields=[field], SigFlags=3)

    return pdf_bytes(sign)


def zipped() -> bytes:
    """A zip with one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    return out.getvalue()


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


def linking(action: object) -> Callable[[pikepdf.Pdf], None]:
    """Put a link with an action on the page."""

    def change(pdf: pikepdf.Pdf) -> None:
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)
        pdf.pages[0].Annots = pikepdf.Array([link])

    return change


def address(text: str) -> bytes:
    """A PDF with a link to an address."""
    return pdf_bytes(linking(Dictionary(S=Name.URI, URI=String(text))))


def opening(action: object) -> bytes:
    """A PDF that does something when it is opened."""
    return pdf_bytes(lambda pdf: setattr(pdf.Root, "OpenAction", action))


def with_page_action(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.URI, URI="http://evil.example"))


def with_content_elsewhere(pdf: pikepdf.Pdf) -> None:
    stream = pdf.make_stream(b"")
    stream.F = String("http://evil.example/x")
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(X=stream))


def with_annotation(**entries: Any) -> bytes:
    """A PDF with one annotation."""
    return pdf_bytes(lambda pdf: setattr(pdf.pages[0], "Annots", pikepdf.Array([Dictionary(**entries)])))


def bomb(megabytes: int, rounds: int = 1, **entries: object) -> bytes:
    """A PDF whose page unfolds to so many megabytes."""

    def change(pdf: pikepdf.Pdf) -> None:
        packer, piece = zlib.compressobj(1), b" " * (1024 * 1024)
        # After a full flush the same piece is the same bytes: a thousand of them cost nothing to make.
        first, again = (packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH) for _time in range(2))
        packed = first + again * (megabytes - 1)
        for _again in range(rounds - 1):
            packed = zlib.compress(packed)
        filters = [Name.FlateDecode] * rounds
        stream = pikepdf.Stream(pdf, packed, Filter=filters if rounds > 1 else Name.FlateDecode, **entries)
        pdf.pages[0].Contents = pdf.make_indirect(stream)

    return pdf_bytes(change, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)


def nested(levels: int, times: int, *, circle: bool = False) -> bytes:
    """A PDF whose page draws a form that draws a form …, each of them so many times."""

    def change(pdf: pikepdf.Pdf) -> None:
        def form(content: bytes, **inner: object) -> pikepdf.Object:
            stream = pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
            stream.Resources = Dictionary(XObject=Dictionary(inner))
            return stream

        deepest = inner = form(b"0 0 1 1 re f")
        for _level in range(levels):
            inner = form(b"/F#31 Do " * times, **{"/F1": inner})
        if circle:
            deepest.write(b"/F1 Do")
            deepest.Resources = Dictionary(XObject=Dictionary(F1=inner))
        pdf.pages[0].Contents = pdf.make_stream(b"/F1 Do")
        pdf.pages[0].Resources = Dictionary(XObject=Dictionary(F1=inner))

    return pdf_bytes(change)


SCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
FAR_FILE = String(r"\\evil.example\x.pdf")
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"

# What is refused: name, how the file is made, why.
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("a.pdf", lambda: b"", "empty"),
    "large": ("a.jpg", lambda: image_bytes() + b"\0" * (11 * 1024 * 1024), "too_large"),
    "svg": ("a.svg", lambda: SVG, "type"),
    "svg as jpg": ("a.jpg", lambda: SVG, "content"),
    "html": ("a.html", lambda: b"<p>", "type"),
    "html as jpg": ("a.jpg", lambda: b"<!doctype html><script>alert(1)</script>", "content"),
    "program": ("a.exe", lambda: b"MZ\x90", "type"),
    "program as pdf": ("a.pdf", lambda: b"MZ\x90" + b"\0" * 200, "content"),
    "program in front": ("a.pdf", lambda: b"MZ\x90" + b"\0" * 200 + pdf_bytes(), "content"),
    "two extensions": ("a.pdf.exe", lambda: b"MZ", "type"),
    "nothing known": ("khong-duoi", lambda: b"abc", "type"),
    "zip": ("a.zip", zipped, "type"),
    "zip as jfif": ("a.jfif", zipped, "content"),
    "gif": ("a.gif", lambda: image_bytes("GIF"), "type"),
    "gif as png": ("a.png", lambda: image_bytes("GIF"), "content"),
    "tiff as jpg": ("a.jpg", lambda: image_bytes("TIFF"), "content"),
    "avif": ("a.avif", lambda: image_bytes("AVIF"), "type"),
    "half a jpeg": ("a.jpg", lambda: image_bytes(size=(400, 400))[:-300], "damaged"),
    "half a webp": ("a.webp", lambda: encoded(page(300, 300), "WEBP")[:-900], "damaged"),
    "half a pdf": ("a.pdf", lambda: pdf_bytes()[:100], "content"),
    "huge png": ("a.png", lambda: png_claiming(60_000, 60_000), "pixels"),
    "large png": ("a.png", lambda: png_claiming(10_600, 10_600), "pixels"),
    "png without its lines": ("a.png", lambda: png_claiming(3_000, 3_000), "damaged"),
    "script in front": ("a.pdf", lambda: b"<script>alert(1)</script>" + pdf_bytes(), "content"),
    "script behind": ("a.pdf", lambda: pdf_bytes() + b"<script>alert(1)</script>", "content"),
    "page in a pdf": ("a.pdf", lambda: b"%PDF-1.4\n<html><script>1</script></html>\n%%EOF", "content"),
    "nothing in a pdf": ("a.pdf", lambda: b"%PDF-1.4\nnothing here\n%%EOF", "damaged"),
    "zip behind": ("a.pdf", lambda: pdf_bytes() + zipped(), "content"),
    "zip behind, closed": ("a.pdf", lambda: pdf_bytes() + zipped() + b"\n%%EOF\n", "content"),
    "zip in front": ("a.pdf", lambda: zipped() + pdf_bytes(), "content"),
    "picture in front": ("a.pdf", lambda: image_bytes("GIF") + pdf_bytes(), "content"),
    "password": ("a.pdf", lambda: locked("bi-mat"), "encrypted"),
    "signed, script in front": ("a.pdf", lambda: b"\xef\xbb\xbf" + signed(), "signed"),
    "javascript": ("a.pdf", lambda: opening(SCRIPT), "javascript"),
    "javascript after a link": (
        "a.pdf",
        lambda: pdf_bytes(linking(Dictionary(S=Name.URI, URI="x", Next=[Dictionary(S=Name.JavaScript)]))),
        "javascript",
    ),
    "javascript behind a password of the owner": (
        "a.pdf",
        lambda: pdf_bytes(
            lambda pdf: setattr(pdf.Root, "OpenAction", SCRIPT), encryption=pikepdf.Encryption(owner="o", user="")
        ),
        "javascript",
    ),
    "launch": ("a.pdf", lambda: opening(Dictionary(S=Name.Launch, F=String("cmd.exe"))), "launch"),
    "attachment": ("a.pdf", lambda: pdf_bytes(lambda pdf: pdf.attachments.__setitem__("a.exe", b"MZ")), "attachment"),
    "file elsewhere": ("a.pdf", lambda: opening(Dictionary(S=Name.GoToR, F=FAR_FILE)), "launch"),
    "address at once": ("a.pdf", lambda: opening(Dictionary(S=Name.URI, URI="http://evil.example")), "launch"),
    "address with the page": ("a.pdf", lambda: pdf_bytes(with_page_action), "launch"),
    "content elsewhere": ("a.pdf", lambda: pdf_bytes(with_content_elsewhere), "launch"),
    "thread": ("a.pdf", lambda: pdf_bytes(linking(Dictionary(S=Name.Thread, F=FAR_FILE, D=0))), "launch"),
    "thread here": ("a.pdf", lambda: pdf_bytes(linking(Dictionary(S=Name.Thread, D=0))), "launch"),
    "file of a jump": ("a.pdf", lambda: pdf_bytes(linking(Dictionary(S=Name.GoTo, D=[0], F=FAR_FILE))), "launch"),
    "described file of a jump": (
        "a.pdf",
        lambda: pdf_bytes(linking(Dictionary(S=Name.GoTo, D=[0], F=Dictionary(Type=Name.Filespec, F=FAR_FILE)))),
        "launch",
    ),
    "menu command": ("a.pdf", lambda: pdf_bytes(linking(Dictionary(S=Name.Named, N=Name.SaveAs))), "launch"),
    "unknown action": ("a.pdf", lambda: pdf_bytes(linking(Dictionary(S=Name("/Zap")))), "active"),
    "sound": ("a.pdf", lambda: pdf_bytes(linking(Dictionary(S=Name.Sound))), "active"),
    "film": ("a.pdf", lambda: with_annotation(Type=Name.Annot, Subtype=Name.Movie, Rect=[0, 0, 9, 9]), "active"),
    "link to javascript": ("a.pdf", lambda: address("javascript:alert(1)"), "link"),
    "link to a file": ("a.pdf", lambda: address("file:///etc/passwd"), "link"),
    "link to a share": ("a.pdf", lambda: address(r"\\evil.example\x"), "link"),
    "link to data": ("a.pdf", lambda: address("data:text/html,x"), "link"),
    "link to a program": ("a.pdf", lambda: address("ms-word:ofe|u|http://evil.example/x.docm"), "link"),
    "link to a neighbour": ("a.pdf", lambda: address("x.exe"), "link"),
    "link behind a blank": ("a.pdf", lambda: address(" javascript:alert(1)"), "link"),
    "links counted from elsewhere": (
        "a.pdf",
        lambda: pdf_bytes(lambda pdf: setattr(pdf.Root, "URI", Dictionary(Base=String("file://evil.example/")))),
        "link",
    ),
    "page that unfolds": ("a.pdf", lambda: bomb(200), "unfolds"),
    "page that unfolds twice": ("a.pdf", lambda: bomb(400, rounds=2), "unfolds"),
    "picture that unfolds": ("a.pdf", lambda: bomb(1100, Subtype=Name.Image, Width=9, Height=9), "unfolds"),
    "forms in forms": ("a.pdf", lambda: nested(9, 10), "unfolds"),
    "forms in a circle": ("a.pdf", lambda: nested(3, 1, circle=True), "unfolds"),
    "picture of many pixels": ("a.pdf", lambda: bomb(1, Subtype=Name.Image, Width=90_000, Height=90_000), "unfolds"),
}

# What is taken: name as sent, how the file is made, name as shown.
GOOD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "photo": ("Ảnh.JPG", image_bytes, "Ảnh.jpg"),
    "jfif": ("anh.jfif", image_bytes, "anh.jpg"),
    "photo without extension": ("IMG 12.5", image_bytes, "IMG 12.5.jpg"),
    "photo that is called png": ("anh.png", image_bytes, "anh.jpg"),
    "photo that is called pdf": ("anh.pdf", image_bytes, "anh.jpg"),
    "photo without a stem": (".jpg", image_bytes, "giay-to.jpg"),
    "png": ("anh.png", lambda: image_bytes("PNG"), "anh.png"),
    "png that is called jpg": ("anh.jpg", lambda: image_bytes("PNG"), "anh.png"),
    "heic": ("IMG_1.HEIC", lambda: HEIC, "IMG_1.jpg"),
    "webp": ("anh.webp", lambda: image_bytes("WEBP"), "anh.jpg"),
    "webp that is called jpg": ("anh.jpeg", lambda: image_bytes("WEBP"), "anh.jpg"),
    "moving webp": (
        "anh.webp",
        lambda: image_bytes("WEBP", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")]),
        "anh.jpg",
    ),
    "pdf": ("Giấy chứng sinh.pdf", pdf_bytes, "Giấy chứng sinh.pdf"),
    "pdf that is called jpg": ("anh.jpg", pdf_bytes, "anh.pdf"),
    "pdf of the owner": ("a.pdf", lambda: locked(""), "a.pdf"),
    "pdf behind a mark": ("a.pdf", lambda: b"\xef\xbb\xbf\r\n" + pdf_bytes(), "a.pdf"),
    "pdf behind a printer's words": ("a.pdf", lambda: b"\x1b%-12345X@PJL ENTER\r\n" + pdf_bytes(), "a.pdf"),
    "pdf with a scanner's words": ("a.pdf", lambda: pdf_bytes() + b"\n<!-- scanner -->\n", "a.pdf"),
    "signed pdf": ("a.pdf", signed, "a.pdf"),
    "links": (
        "a.pdf",
        lambda: pdf_bytes(
            linking(
                Dictionary(
                    S=Name.URI,
                    URI="https://xuanbac.example/a?b=1",
                    Next=[
                        Dictionary(S=Name.URI, URI="mailto:mot-cua@xuanbac.example"),
                        Dictionary(S=Name.URI, URI="TEL:02513000001"),
                        Dictionary(S=Name.Named, N=Name.NextPage),
                        Dictionary(S=Name.GoTo, D=[0]),
                    ],
                )
            )
        ),
        "a.pdf",
    ),
    "start page": (
        "a.pdf",
        lambda: pdf_bytes(lambda pdf: setattr(pdf.Root, "OpenAction", [pdf.pages[0].obj, Name.Fit])),
        "a.pdf",
    ),
    "a form in a form": ("a.pdf", lambda: nested(3, 20), "a.pdf"),
    "long page": ("a.pdf", lambda: bomb(60), "a.pdf"),
    "large scan in a pdf": ("a.pdf", lambda: bomb(300, Subtype=Name.Image, Width=9921, Height=14031), "a.pdf"),
}
