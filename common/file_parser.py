"""Parse one uploaded file in a process of its own, with limits.

Run as ``python -I file_parser.py <pdf|image|docx|xlsx|odt>``: the file comes in on stdin; out
goes one line of JSON and, for images, the re-encoded bytes after it. Imports
nothing of the portal: whatever a hostile file does here, it finds no secrets.
"""

import io
import json
import resource
import sys
import warnings
import zipfile
from typing import Any
from xml.etree import ElementTree

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20
MAX_PIXELS = 40_000_000
MAX_SIDE = 2000
MAX_PAGES = 300
MAX_OBJECTS = 200_000

ACTIVE_KEYS = {"/JS": "javascript", "/JavaScript": "javascript", "/EmbeddedFiles": "attachment", "/EF": "attachment"}
ACTIVE_KEYS |= {"/XFA": "active", "/RichMediaContent": "active"}
ACTIONS = {"/JavaScript": "javascript", "/Launch": "launch", "/ImportData": "launch", "/SubmitForm": "launch"}
# A file elsewhere: opening it can hand an officer's password hash to a stranger's server.
ACTIONS |= {"/GoToE": "attachment", "/GoToR": "launch", "/Rendition": "active"}
# What runs by itself, without a click.
AUTOMATIC = {"/OpenAction", "/AA"}
SUBTYPES = {"/FileAttachment": "attachment", "/RichMedia": "active", "/Movie": "active", "/3D": "active"}


# What makes a zip an office document, and what may not be in one.
OFFICE_PARTS = {
    "docx": ("[Content_Types].xml", "word/document.xml"),
    "xlsx": ("[Content_Types].xml", "xl/workbook.xml"),
    "odt": ("mimetype", "content.xml"),
}
OFFICE_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
}
MACROS = ("vbaproject.bin", "vbadata.xml", "/activex/", "/macrosheets/", "/dialogsheets/")
ODT_MACROS = ("basic/", "scripts/")
CARRIED = ("/embeddings/", "/oleobject")
MAX_PARTS = 3000
MAX_UNPACKED = 200 * 1024 * 1024


class Refused(Exception):
    """The file must not be taken; the argument is the reason's code."""


def parse_image(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Decode an image fully, turn it upright, drop its metadata and shrink it to 2000 pixels."""
    import pi_heif
    from PIL import Image, ImageOps, UnidentifiedImageError

    pi_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "HEIF"]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused("pixels")
            kind = image.format
            if kind == "JPEG":
                image.draft("RGB", (MAX_SIDE, MAX_SIDE))
            image.load()
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
            plain = Image.new("RGB", upright.size, "white")
            coloured = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
            plain.paste(coloured, mask=coloured if coloured.mode == "RGBA" else None)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("pixels") from error
    except UnidentifiedImageError as error:
        raise Refused("content") from error
    out = io.BytesIO()
    if kind == "PNG":
        plain.save(out, "PNG", optimize=False)
    else:
        plain.save(out, "JPEG", quality=85)
    return {"media_type": "image/png" if kind == "PNG" else "image/jpeg", "pages": 1}, out.getvalue()


def parse_pdf(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Read every object of a PDF; nothing active, attached, locked or appended may be in it."""
    import pikepdf

    head = content[:1024].lower()
    tail = content[content.rfind(b"%%EOF") + 5 :] if b"%%EOF" in content else b"x"
    if not content.startswith(b"%PDF-") or tail.strip(b"\0\r\n\t ") or zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused("content")
    if any(mark in head for mark in (b"<html", b"<script", b"<!doctype", b"<svg")):
        raise Refused("content")
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Refused("encrypted")
            pages = len(pdf.pages)
            if not 1 <= pages <= MAX_PAGES:
                raise Refused("pages" if pages else "damaged")
            if len(pdf.objects) > MAX_OBJECTS:
                raise Refused("pages")
            inspect(pdf.trailer)
            for thing in pdf.objects:
                inspect(thing)
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    return {"media_type": "application/pdf", "pages": pages}, b""


def parse_office(kind: str, content: bytes) -> tuple[dict[str, Any], bytes]:
    """Unpack every part of an office document; no programs, no files inside, nothing fetched from elsewhere."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        # The old container: a locked file, or one of Word 97 under a new name.
        raise Refused("encrypted")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if not set(OFFICE_PARTS[kind]) <= names or len(parts) > MAX_PARTS:
                raise Refused("content")
            if sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Refused("damaged")
            if any(part.flag_bits & 1 for part in parts):
                raise Refused("encrypted")
            for part in parts:
                inspect_part(kind, part.filename, archive.read(part))
    except zipfile.BadZipFile as error:
        raise Refused("content") from error
    return {"media_type": OFFICE_TYPES[kind], "pages": 1}, b""


def inspect_part(kind: str, name: str, content: bytes) -> None:
    """Refuse a part of an office document that is active, and XML that cannot be read."""
    low = f"/{name.lower()}"
    if any(mark in low for mark in MACROS) or (kind == "odt" and any(low.startswith(f"/{m}") for m in ODT_MACROS)):
        raise Refused("macros")
    if any(mark in low for mark in CARRIED):
        raise Refused("attachment")
    if kind == "odt" and name == "mimetype" and content.decode("ascii", "replace").strip() != OFFICE_TYPES["odt"]:
        raise Refused("content")
    if not low.endswith((".xml", ".rels")):
        return
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise Refused("active")
    try:
        tree = ElementTree.fromstring(content)  # noqa: S314 – without a DOCTYPE there are no entities
    except ElementTree.ParseError as error:
        raise Refused("damaged") from error
    if name == "[Content_Types].xml" and b"macroEnabled" in content:
        raise Refused("macros")
    if low.endswith(".rels"):
        for link in tree.iter():
            is_link = link.get("Type", "").endswith("/hyperlink")
            if link.get("TargetMode") == "External" and not is_link:
                raise Refused("launch")


def inspect(thing: Any) -> None:
    """Refuse an object that is active, walking its direct parts; indirect ones are met on their own."""
    import pikepdf

    waiting = [thing]
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Array):
            waiting += [child for child in part if is_container(child)]
        elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            for key, value in part.items():
                reason = ACTIVE_KEYS.get(key)
                if (key in AUTOMATIC and opens_address(value)) or (key == "/F" and isinstance(part, pikepdf.Stream)):
                    reason = "launch"
                if key == "/S":
                    reason = ACTIONS.get(str(value)) if isinstance(value, pikepdf.Name) else None
                elif key == "/Subtype":
                    reason = SUBTYPES.get(str(value)) if isinstance(value, pikepdf.Name) else None
                elif key == "/Type" and isinstance(value, pikepdf.Name) and str(value) == "/EmbeddedFile":
                    reason = "attachment"
                if reason:
                    raise Refused(reason)
                if is_container(value):
                    waiting.append(value)


def opens_address(value: Any) -> bool:
    """Tell whether an action, or one of a dictionary of actions, leads to an address."""
    import pikepdf

    if not isinstance(value, pikepdf.Dictionary):
        return False
    actions = [value, *(action for action in value.values() if isinstance(action, pikepdf.Dictionary))]
    return any(action.get("/S") == pikepdf.Name.URI for action in actions)


def is_container(value: Any) -> bool:
    """Tell whether a direct value may hold further values."""
    import pikepdf

    return isinstance(value, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream) and not value.is_indirect


def main(kind: str) -> None:
    """Limit this process, parse stdin and answer on stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = sys.stdin.buffer.read()
    body = b""
    try:
        if kind in OFFICE_PARTS:
            answer, body = parse_office(kind, content)
        else:
            answer, body = parse_pdf(content) if kind == "pdf" else parse_image(content)
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except Exception:
        # Whatever a parser stumbles over, the file is of no use to the officer either.
        answer = {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)


if __name__ == "__main__":
    main(sys.argv[1])
