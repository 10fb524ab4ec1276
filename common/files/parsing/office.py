"""Office documents: every part unpacked; no programs, no files inside, nothing fetched from elsewhere."""

import io
import zipfile
from typing import Any
from xml.etree import ElementTree

from .refused import Refused

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
