"""Official templates that publishers upload: checked like everything that comes in, kept under safe names."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from common.files import store
from common.files.store import require_room
from common.files.uploads import clean_name, parse
from common.refusals import Refused

from ..models import RequiredPaper

KINDS = ("docx", "pdf", "xlsx", "odt")
ACCEPT_ATTRIBUTE = ",".join(f".{kind}" for kind in KINDS)
MAX_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Template:
    """A checked template: ``name`` as it is stored, its bytes as they came, those of a PDF written anew."""

    name: str
    content: bytes


def accept(upload: UploadedFile, key: str, *, now: datetime) -> Template:
    """Check a template by extension and full parse in a child process (0.3 s); raises Refused at its box.

    ``key`` of its paper begins the stored name, random letters make it one of its own.
    Nothing is taken while the store is short of room.
    """
    try:
        return _checked(upload, key, now)
    except Refused as refused:
        raise Refused(refused.message, code="template", field="template_file") from refused


def _checked(upload: UploadedFile, key: str, now: datetime) -> Template:
    shown = clean_name(upload.name or "")
    stem, _dot, kind = shown.lower().rpartition(".")
    if not stem or kind not in KINDS:
        raise Refused(_("Upload a DOCX, PDF, XLSX or ODT file."))
    if not upload.size:
        raise Refused(_("The file %(name)s is empty.") % {"name": shown})
    if upload.size > MAX_BYTES:
        raise Refused(_("The file %(name)s is larger than 10 MB.") % {"name": shown})
    require_room(now)
    upload.seek(0)
    content = upload.read()
    try:
        _facts, rewritten = parse(kind, content, shown)
    except Refused as refused:
        if refused.code == "content":
            message = _("The file %(name)s is not what its name says. Save it again as DOCX, PDF, XLSX or ODT.")
            raise Refused(message % {"name": shown}) from refused
        raise
    return Template(f"{key}-{get_random_string(8).lower()}.{kind}", rewritten or content)


def keep(row: RequiredPaper, name: str, content: bytes, written: list[FieldFile]) -> None:
    """Store a template under a paper with its hash and note it in ``written``; the caller saves the row.

    Raises NotKept.
    """
    store.keep(row.template_file, name, content)
    row.template_sha256 = hashlib.sha256(content).hexdigest()
    written.append(row.template_file)
