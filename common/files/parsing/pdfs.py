"""PDFs: every object looked at, every stream measured, then written anew."""

import io
import re
import zipfile
import zlib
from collections import Counter
from typing import Any

from .refused import Refused

MAX_PAGES = 300
MAX_OBJECTS = 200_000

# What a file holds that is something else as well.
FOREIGN = (b"<html", b"<script", b"<!doctype", b"<svg", b"<?php")
PROGRAMS = (b"MZ", b"\x7fELF", b"PK", b"#!", b"GIF8", b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"\xca\xfe\xba\xbe")
# How far the streams of a PDF may unfold: a page of vector maps takes 60 MB, a scan of 20 pages in colour 520.
UNFOLDED_CONTENT = 128 * 1024 * 1024
UNFOLDED_PICTURES = 1024 * 1024 * 1024
PICTURE_PIXELS = 300_000_000
# How much a page may draw, in bytes of content: forms draw forms, each of them many times.
DRAWN_BYTES = 1024 * 1024 * 1024
DEEPEST = 40
DRAWS = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do\b")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
PLAIN_FILTERS = {"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/ASCII85Decode", "/ASCIIHexDecode"}
PLAIN_FILTERS |= {"/Fl", "/LZW", "/RL", "/A85", "/AHx"}

ACTIVE_KEYS = {"/JS": "javascript", "/JavaScript": "javascript", "/EmbeddedFiles": "attachment", "/EF": "attachment"}
ACTIVE_KEYS |= {"/XFA": "active", "/RichMediaContent": "active"}
ACTIONS = {"/JavaScript": "javascript", "/Launch": "launch", "/ImportData": "launch", "/SubmitForm": "launch"}
# A file elsewhere: opening it can hand an officer's password hash to an unknown server.
ACTIONS |= {"/GoToE": "attachment", "/GoToR": "launch", "/Thread": "launch", "/Rendition": "active", "/Sound": "active"}
ACTIONS |= {"/Movie": "active", "/RichMediaExecute": "active"}
# The worst first: one reason is told.
REASONS = ("javascript", "attachment", "active", "launch", "link")
# What may follow a click; any other is refused where an action stands.
CALM_ACTIONS = {"/GoTo", "/GoToDp", "/URI", "/Named", "/Hide", "/ResetForm", "/SetOCGState", "/Trans", "/GoTo3DView"}
CALM_NAMES = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage", "/GoBack", "/GoForward", "/Print"}
CALM_ADDRESS = re.compile(r"(https?|mailto|tel):", re.IGNORECASE)
# Where actions stand.
ACTION_KEYS = {"/A", "/PA", "/Next", "/OpenAction"}
# What runs by itself, without a click.
AUTOMATIC = {"/OpenAction", "/AA"}
SUBTYPES = {"/FileAttachment": "attachment", "/RichMedia": "active", "/Movie": "active", "/3D": "active"}
SUBTYPES |= {"/Sound": "active", "/PS": "active"}


def parse_pdf(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Read every object of a PDF and write it anew, without what stands before, behind or between its objects.

    Nothing active, attached, locked or bottomless may be in it. A signed one
    keeps its bytes; then nothing may stand in front, and what follows is cut off.
    ``as_is`` tells whether the bytes that came would do.
    """
    import pikepdf

    start, end = content.find(b"%PDF-", 0, 1029), content.rfind(b"%%EOF")
    body, after = content[start : end + 5], content[end + 5 :].strip(b"\0\r\n\t ")
    before = content[: max(start, 0)]
    around = (content[:1024] + after).lower()
    if start < 0 or end < start or any(mark in around for mark in FOREIGN) or before.startswith(PROGRAMS):
        raise Refused("content")
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused("content")
    try:
        with pikepdf.open(io.BytesIO(body), suppress_warnings=True) as pdf:
            pages = len(pdf.pages)
            if not 1 <= pages <= MAX_PAGES:
                raise Refused("pages" if pages else "damaged")
            if len(pdf.objects) > MAX_OBJECTS:
                raise Refused("pages")
            inspect(pdf.trailer)
            room, is_signed = Room(), False
            for thing in pdf.objects:
                inspect(thing)
                if isinstance(thing, pikepdf.Stream):
                    room.take(thing)
                is_signed = is_signed or (isinstance(thing, pikepdf.Dictionary) and "/ByteRange" in thing)
            drawing = Drawing()
            for leaf in pdf.pages:
                drawing.take(leaf.resources, leaf.obj.get("/Contents"))
            for thing in pdf.objects:
                if is_form(thing):
                    drawing.form(thing, {})
            if is_signed and (before or pdf.get_warnings()):
                raise Refused("signed")
            as_is = not (before or after or pdf.is_encrypted)
            out = io.BytesIO(body + b"\n" if after else content)
            if not is_signed:
                out = io.BytesIO()
                pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, deterministic_id=True)
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    except pikepdf.PdfError as error:
        raise Refused("encrypted" if "encrypt" in str(error).lower() else "damaged") from error
    except MemoryError as error:
        raise Refused("unfolds") from error
    return {"media_type": "application/pdf", "pages": pages, "as_is": as_is}, out.getvalue()


class Room:
    """How far the streams of a PDF may still unfold, in bytes: pictures, and all the rest."""

    def __init__(self) -> None:
        self.left = {True: UNFOLDED_PICTURES, False: UNFOLDED_CONTENT}

    def take(self, stream: Any) -> None:
        """Count a stream; raises Refused('unfolds') for what no reader should have to open."""
        is_picture = str(stream.get("/Subtype", "")) == "/Image"
        if is_picture:
            sides = [side for side in (stream.get("/Width"), stream.get("/Height")) if isinstance(side, int)]
            if len(sides) == 2 and sides[0] * sides[1] > PICTURE_PIXELS:
                raise Refused("unfolds")
        self.left[is_picture] -= unfolded(stream, self.left[is_picture])
        if self.left[is_picture] < 0:
            raise Refused("unfolds")


class Drawing:
    """What pages and forms draw once the forms in them are counted as often as they are drawn."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int], int] = {}
        self.depth = 0

    def form(self, stream: Any, resources: Any) -> int:
        """Return what a form draws; one in a circle, or too deep, raises Refused('unfolds')."""
        if stream.objgen not in self.known:
            self.depth += 1
            if self.depth > DEEPEST:
                raise Refused("unfolds")
            self.known[stream.objgen] = self.take(stream.get("/Resources", resources), stream)
            self.depth -= 1
        return self.known[stream.objgen]

    def take(self, resources: Any, content: Any) -> int:
        """Return what the content of a page or form draws, in bytes; raises Refused('unfolds') beyond the measure."""
        import pikepdf

        total = 0
        forms: Any = resources.get("/XObject", {}) if isinstance(resources, pikepdf.Dictionary) else {}
        for part in list(content) if isinstance(content, pikepdf.Array) else [content]:
            if not isinstance(part, pikepdf.Stream):
                continue
            text = readable(part)
            total += len(text)
            for name, count in Counter(DRAWS.findall(text)).items() if b"Do" in text else ():
                plain = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), name).decode("utf-8", "replace")
                if is_form(child := forms.get(f"/{plain}")):
                    total += count * self.form(child, resources)
        if total > DRAWN_BYTES:
            raise Refused("unfolds")
        return total


def is_form(thing: Any) -> bool:
    """Tell whether an object is content that others draw."""
    import pikepdf

    return isinstance(thing, pikepdf.Stream) and str(thing.get("/Subtype", "")) == "/Form"


def readable(stream: Any) -> bytes:
    """Return what a content stream says; nothing when it cannot be read, as in a reader."""
    import pikepdf

    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError:
        return b""


def unfolded(stream: Any, maximum: int) -> int:
    """Return how large a stream is when read; counting ends soon after ``most``. Picture codecs count as they are."""
    import pikepdf

    filters = stream.get("/Filter", [])
    names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(name) for name in filters]
    if names and set(names) <= PLAIN_FILTERS and names != ["/FlateDecode"]:
        return len(stream.read_bytes())
    raw = stream.read_raw_bytes()
    if names[:1] not in (["/FlateDecode"], ["/Fl"]):
        return len(raw)
    size, unpacker = 0, zlib.decompressobj()
    try:
        while raw and not unpacker.eof and size <= maximum:
            size += len(unpacker.decompress(raw, 1 << 20))
            raw = unpacker.unconsumed_tail
    except zlib.error:
        # Readers show what came before the damage.
        pass
    return size


def inspect(thing: Any) -> None:
    """Refuse an object that is active, walking its direct parts; indirect ones are met on their own."""
    import pikepdf

    waiting, found = [thing], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Array):
            waiting += [child for child in part if is_container(child)]
        elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            for key, value in part.items():
                found.add(reason_against(part, key, value))
                if is_container(value):
                    waiting.append(value)
    if worst := next((reason for reason in REASONS if reason in found), ""):
        raise Refused(worst)


def reason_against(part: Any, key: str, value: Any) -> str:
    """Return why an entry of a dictionary may not be in a PDF; '' for a harmless one."""
    import pikepdf

    name = str(value) if isinstance(value, pikepdf.Name) else ""
    reason = ACTIVE_KEYS.get(key, "")
    if key == "/S":
        reason = ACTIONS.get(name, "")
        if (name == "/URI" and not is_calm(part.get("/URI"))) or (name in CALM_ACTIONS and "/F" in part):
            reason = "launch" if "/F" in part else "link"
        elif name == "/Named" and str(part.get("/N", "")) not in CALM_NAMES:
            reason = "launch"
    elif key == "/Subtype":
        reason = SUBTYPES.get(name, "")
    elif key == "/Type" and name == "/EmbeddedFile":
        reason = "attachment"
    elif key in ("/F", "/UF") and (isinstance(part, pikepdf.Stream) or isinstance(value, pikepdf.String)):
        # Content, or anything else, that lies in a file elsewhere.
        reason = "launch"
    elif key == "/Base" and isinstance(value, pikepdf.String) and not is_calm(value):
        reason = "link"
    elif key in ACTION_KEYS or key == "/AA":
        actions = actions_at(key, value)
        if key in AUTOMATIC and any(kind == "/URI" for kind in actions):
            reason = "launch"
        elif any(kind not in CALM_ACTIONS and kind not in ACTIONS for kind in actions):
            reason = "active"
    return reason


def actions_at(key: str, value: Any) -> list[str]:
    """Return the kinds of the actions that stand under a key: one, a row of them, or one for each occasion."""
    import pikepdf

    several = [value]
    if isinstance(value, pikepdf.Array):
        several = list(value)
    elif isinstance(value, pikepdf.Dictionary) and key in AUTOMATIC:
        several += [item for _occasion, item in value.items()]
    return [str(item["/S"]) for item in several if isinstance(item, pikepdf.Dictionary) and "/S" in item]


def is_calm(address: Any) -> bool:
    """Tell whether an address leads to a web page, an e-mail address or a phone number."""
    import pikepdf

    return isinstance(address, pikepdf.String) and CALM_ADDRESS.match(str(address)) is not None


def is_container(value: Any) -> bool:
    """Tell whether a direct value may hold further values."""
    import pikepdf

    return isinstance(value, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream) and not value.is_indirect
