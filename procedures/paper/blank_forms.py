"""The blank fillable PDF of a version's form: made once, kept in the file store, offered to everybody.

Its name carries the version and a hash of the form and of all that lays it
out, so that a stored file always fits. Several makers at once leave one file.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import Storage, default_storage
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.text import slugify

from common import broker
from common.files import store
from common.files.uploads import delete_quietly
from common.kept import until_changed
from common.pdf import render_pdf
from common.text import digits_in, fold
from eforms import declarations
from eforms import schema as form_schema

from ..levels import PAPER_LEVEL
from ..models import ProcedureVersion

FOLDER = "blank-forms"


@dataclass(frozen=True)
class Offer:
    """What a procedure's page says of its form on paper; ``stored`` is the name of the file, which may not be there."""

    blank_url: str
    fill_url: str
    stored: str


@lru_cache(maxsize=1)
def _layout_revision() -> bytes:
    """Return a hash of everything but the form that decides how a blank form looks."""
    folder = Path(settings.BASE_DIR) / "templates" / "declarations"
    sources = [*sorted(folder.glob("*.html")), Path(str(finders.find("portal/slip.css"))), Path(declarations.__file__)]
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return digest.digest()


def storage_name(pk: int, form: Any, name: str) -> str:
    """Return where the blank form of a version is stored, by its form and the procedure's name."""
    content = json.dumps([form, name], ensure_ascii=False, sort_keys=True).encode()
    return f"{FOLDER}/{pk}/{hashlib.sha256(_layout_revision() + content).hexdigest()[:32]}.pdf"


def file_name(title: str) -> str:
    """Return the name under which a form is saved by people: 'to-khai-dang-ky-khai-sinh.pdf'."""
    return f"{slugify(fold(title))[:80].strip('-') or 'to-khai'}.pdf"


def render(form: Any, name: str) -> bytes:
    """Return the blank fillable PDF of a procedure's form; two to six seconds. Raises PdfFailed."""
    head = declarations.Head(procedure=declarations.plain(name))
    context = declarations.context(form_schema.load(form), None, head)
    fields = declarations.field_labels(context["parts"])
    return render_pdf(declarations.BLANK_TEMPLATE, context, fields=fields)


def ensure(version: ProcedureVersion, storage: Storage = default_storage) -> str:
    """Return the storage name of a version's blank form, made now unless it is there.

    Whoever comes second finds the first one's file and takes its own away. Raises PdfFailed, NotKept.
    """
    name = storage_name(version.pk, version.form, version.name)
    if storage.exists(name):
        return name
    made = store.save(storage, name, render(version.form, version.name))
    if made != name:
        delete_quietly(storage, made)
    _forget_older(version.pk, name, storage)
    return name


def _forget_older(pk: int, name: str, storage: Storage) -> None:
    """Delete the files of the same version that an older layout left."""
    for other in storage.listdir(f"{FOLDER}/{pk}")[1]:
        if f"{FOLDER}/{pk}/{other}" != name:
            delete_quietly(storage, f"{FOLDER}/{pk}/{other}")


def wanted(names: Collection[str]) -> set[str]:
    """Return which of these stored files are a version's blank form as it is today. One query."""
    pks = {pk for pk in (digits_in(name.split("/")[1]) for name in names) if pk is not None}
    rows = ProcedureVersion._base_manager.filter(pk__in=pks, form__isnull=False).values_list("pk", "form", "name")
    return {storage_name(*row) for row in rows} & set(names)


def offers(version: ProcedureVersion, level: int, code: str) -> Offer | None:
    """Return the paper forms of a version offered at a level; None when it has no form or the level has none."""
    if level < PAPER_LEVEL or version.form is None:
        return None
    stored = storage_name(version.pk, version.form, version.name)
    return Offer(reverse("procedures:blank_form", args=[code]), reverse("procedures:fill", args=[code]), stored)


def size_words(stored: str) -> str:
    """Return the size of a stored blank form, in words; '' until the file is there."""
    try:
        return filesizeformat(_size(stored))
    except OSError:
        return ""


@until_changed()
def _size(stored: str) -> int:
    """Return the size of a stored file in bytes, which never changes; raises OSError."""
    return default_storage.size(stored)


def wake(pk: int) -> None:
    """Have the worker make the blank form of a version just published, once the transaction commits."""
    broker.wake("procedures.tasks.make_blank_form", pk)
