"""Files that people send: checked and cleaned when they come in, inert when they go out."""

import hashlib
import json
import logging
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from common.refusals import Refused

from . import hashes, places, store

logger = logging.getLogger(__name__)

PARSER = Path(__file__).with_name("parsing")
PARSE_SECONDS = 30
# What people expect to be taken by its name; what is taken is decided by the content.
EXTENSIONS = frozenset("pdf jpg jpeg jfif jpe png heic heif webp".split())
# What a file picker offers; phones then offer the camera too.
ACCEPT_ATTRIBUTE = ",".join(
    [".pdf,.jpg,.jpeg,.jfif,.png,.heic,.heif,.webp", "image/jpeg,image/png,image/heic,image/webp", "application/pdf"]
)
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
SERVED_TYPES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
NAME_LENGTH = 100
# How people see a file whose name says nothing.
NO_NAME = "giay-to"

REASONS = {
    "missing": _("Choose a file first."),
    "empty": _("The file %(name)s is empty. Take the photo again or choose another file."),
    "too_large": _(
        "The file %(name)s is larger than %(limit)d MB. Take a photo at a lower resolution; scan a PDF at 200 dpi or "
        "split it."
    ),
    "type": _(
        "The file %(name)s is of a kind that the portal does not take. Send a photo (JPEG, PNG, HEIC, WebP) or a PDF."
    ),
    "content": _(
        "The file %(name)s is not what its name says. Save it again as a photo or as a PDF, then send the new file."
    ),
    "damaged": _("The file %(name)s cannot be opened: it is damaged or incomplete. Make it again and send that one."),
    "pixels": _("The photo %(name)s has too many pixels. Retake it at a smaller size."),
    "pages": _("The file %(name)s has too many pages. Split it into several files."),
    "encrypted": _("The file %(name)s is locked with a password. Remove the password, then send it again."),
    "javascript": _("The file %(name)s contains a program (JavaScript). Print it to a new PDF and send that one."),
    "launch": _("The file %(name)s contains commands that start programs. Print it to a new PDF and send that one."),
    "attachment": _("The file %(name)s carries other files inside. Send each of them on its own."),
    "active": _("The file %(name)s contains active content. Print it to a new PDF and send that one."),
    "link": _(
        "The file %(name)s contains a link that leads neither to a web page nor to an email address or phone number. "
        "Print it to a new PDF and send that one."
    ),
    "unfolds": _("The file %(name)s unfolds to far more than its size. Print it to a new PDF and send that one."),
    "signed": _(
        "The file %(name)s is signed, but it holds more than what was signed. Send the file as the signing program "
        "saved it."
    ),
    "macros": _("The file %(name)s contains a program (macros). Save it without them, then send it again."),
    "no_code": _(
        "No QR code of an identity card can be read in the photo %(name)s. Lay the card flat in good light, take the "
        "front from close by, or fill in the boxes yourself."
    ),
    "no_card": _("Choose a photo of the card's front, or scan or paste the text of its QR code."),
    "busy": _("Many files are being checked right now. Send the file %(name)s again in a moment."),
    "store": store.FULL,
    "slow": _("The file %(name)s takes too long to check. Make it smaller or send it in parts."),
}


def not_taken(code: str, name: str = "") -> Refused:
    """Return the refusal of a file; ``code`` is a key of REASONS."""
    return Refused(REASONS[code] % {"name": name, "limit": settings.MAX_PAPER_BYTES // 1024**2}, code=code)


@dataclass(frozen=True)
class Accepted:
    """A checked file: ``content`` is what is stored, ``name`` what people see, ``sha256`` in hex.

    ``faults`` are what makes a picture hard to read, as keys of ``quality.ADVICE``.
    """

    name: str
    content: bytes
    media_type: str
    size: int
    sha256: str
    pages: int
    faults: tuple[str, ...] = ()


def clean_name(name: str) -> str:
    """Return a file name that is safe to show: NFC, no folders, no control or direction marks, ≤ 100 characters.

    One that has nothing before its extension gets a stem.
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    base = "".join(ch for ch in base if unicodedata.category(ch)[0] != "C")
    base = re.sub(r'[<>:"|?*]', "_", base).rstrip(" .")
    stem, extension = split_name(base)
    stem = stem.strip(" .") or NO_NAME
    return f"{stem[: NAME_LENGTH - len(extension)]}{extension}"


def split_name(name: str) -> tuple[str, str]:
    """Return what a file is called and its extension with the dot; '' when what follows the last dot is none."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,10}", extension):
        return name, ""
    return stem, f".{extension}"


def kind_of(content: bytes) -> str:
    """Return 'pdf' or 'image' by how a file begins; '' for every other kind."""
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return "image"
    if (content[:4], content[8:12]) == (b"RIFF", b"WEBP") or (content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS):
        return "image"
    # Readers look for it in the first kilobyte.
    return "pdf" if b"%PDF-" in content[:1029] else ""


def accept(upload: UploadedFile | None, *, now: datetime) -> Accepted:
    """Check an upload by what it is, whatever its name says, and full parse; re-encode images, write PDFs anew.

    The parse runs in a child process with limits on memory, time and CPU
    (about 0.3 s). Raises :class:`~common.refusals.Refused`, first of all when the store is
    short of room (an alert). HEIC and WebP become JPEG.
    """
    if upload is None:
        raise not_taken("missing")
    name = clean_name(upload.name or "")
    if not upload.size:
        raise not_taken("empty", name)
    if upload.size > settings.MAX_PAPER_BYTES:
        raise not_taken("too_large", name)
    try:
        store.require_room(now)
    except store.NotKept as error:
        raise not_taken("store", name) from error
    stem, extension = split_name(name)
    upload.seek(0)
    original = upload.read()
    kind = kind_of(original)
    if not kind:
        raise not_taken("content" if extension[1:].lower() in EXTENSIONS else "type", name)
    return made_of(parse(kind, original, name), stem)


def made_of(parsed: tuple[dict[str, Any], bytes], stem: str) -> Accepted:
    """Return what the parser made of a file that is called so."""
    facts, content = parsed
    digest = hashlib.sha256(content).hexdigest()
    media_type, faults = facts["media_type"], tuple(facts.get("faults", ()))
    return Accepted(stem + SERVED_TYPES[media_type], content, media_type, len(content), digest, facts["pages"], faults)


def turned(content: bytes, name: str, *, now: datetime) -> Accepted:
    """Return a stored picture turned by a quarter, clockwise. Raises like :func:`accept`."""
    try:
        store.require_room(now)
    except store.NotKept as error:
        raise not_taken("store", name) from error
    return made_of(parse("turn", content, name), split_name(name)[0])


def text_of_card(upload: UploadedFile) -> str:
    """Return the text of the QR on a photo of an identity card; the photo is not kept.

    Raises :class:`~common.refusals.Refused`.
    """
    name = clean_name(upload.name or "")
    if not upload.size:
        raise not_taken("empty", name)
    if upload.size > settings.MAX_PAPER_BYTES:
        raise not_taken("too_large", name)
    upload.seek(0)
    content = upload.read()
    if kind_of(content) != "image":
        raise not_taken("no_code", name)
    facts, _body = parse("id_card", content, name)
    return str(facts["text"])


def parse(kind: str, content: bytes, name: str) -> tuple[dict[str, Any], bytes]:
    """Run the parser over a file's bytes; returns its facts and, for images and PDFs, the bytes to store.

    Raises :class:`~common.refusals.Refused`; a parser that dies or hangs refuses the file. At
    most ``PARSERS_AT_ONCE`` run on a machine; a further one waits a little.
    """
    try:
        with places.one_of(
            settings.PARSERS_AT_ONCE, Path(settings.PARSER_FOLDER), settings.PARSER_WAIT_SECONDS
        ) as held:
            done = subprocess.run(
                [sys.executable, "-I", str(PARSER), kind],
                input=content,
                capture_output=True,
                timeout=PARSE_SECONDS,
                env={},
                # A child that outlives this process keeps the place.
                pass_fds=[held],
                check=False,
            )
    except places.NoPlace as error:
        raise not_taken("busy", name) from error
    except OSError as error:
        logger.exception("the parser could not be started")
        raise not_taken("store", name) from error
    except subprocess.TimeoutExpired as error:
        raise not_taken("slow", name) from error
    head, _newline, body = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:
        logger.warning("parser ended with %s on a %s file of %d bytes", done.returncode, kind, len(content))
        raise not_taken("damaged", name)
    facts = json.loads(head)
    if "refused" in facts:
        raise not_taken(facts["refused"], name)
    return facts, body


def serve(
    request: HttpRequest, field_file: FieldFile, media_type: str, name: str, *, sha256: str, inline: bool = False
) -> HttpResponseBase:
    """Answer with a stored file that can do nothing in the reader's browser.

    The view has checked the viewer. Images may be shown ``inline``; everything
    else is an attachment. Behind nginx (``X_ACCEL_PREFIX``) the proxy sends the
    bytes. A file whose hash is not ``sha256`` any more is not given out: a page
    says so with status 503, since it may come back from a backup, and an alert
    tells administrators. Raises Http404 when the file is gone. The file is read
    once for its hash (20 ms for 10 MB).
    """
    if media_type not in SERVED_TYPES:
        media_type, inline = "application/octet-stream", False
    try:
        stored = field_file.open("rb")
        found = hashes.digest(stored)
    except FileNotFoundError as error:
        hashes.report(str(field_file.name), hashes.MISSING)
        raise Http404 from error
    if found != sha256:
        stored.close()
        hashes.report(str(field_file.name), hashes.CHANGED)
        return render(request, "503_file.html", status=503)
    response: HttpResponseBase
    if settings.X_ACCEL_PREFIX:
        stored.close()
        response = HttpResponse(headers={"X-Accel-Redirect": settings.X_ACCEL_PREFIX + str(field_file.name)})
    else:
        response = FileResponse(stored)
    as_attachment = not (inline and media_type.startswith("image/"))
    response["Content-Type"] = media_type
    response["Content-Disposition"] = content_disposition_header(as_attachment, clean_name(name)) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


@contextmanager
def removed_on_failure() -> Iterator[list[FieldFile]]:
    """Delete the files appended to the yielded list when the block raises.

    Wrap it around the transaction: a rollback takes the rows back, this takes the files back.
    """
    written: list[FieldFile] = []
    try:
        yield written
    except BaseException:
        for field_file in written:
            # A store that is down must not hide what went wrong.
            delete_quietly(field_file.storage, str(field_file.name))
        raise


def delete_after_commit(field_file: FieldFile) -> None:
    """Delete a stored file once the transaction that forgets it has committed."""
    if field_file:
        transaction.on_commit(partial(delete_quietly, field_file.storage, str(field_file.name)))


def delete_quietly(storage: Storage, name: str) -> None:
    """Delete a stored file; a store that is down leaves a loose file, not an error for the person."""
    try:
        storage.delete(name)
    except OSError:
        logger.exception("could not delete the stored file %s", name)
