"""A row that names a file in the store: where it lies, its hash, size and scan."""

import hashlib
from typing import Any, ClassVar

from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from . import store


class ScanState(models.TextChoices):
    """What the antivirus scan says; 'off' when no scanner is configured."""

    OFF = "off", _("No scanner")
    PENDING = "pending", _("Waiting for the scan")
    CLEAN = "clean", _("Clean")
    INFECTED = "infected", _("Infected")


def stored_path(row: "StoredFile", filename: str) -> str:
    """Return a random storage name in the model's folder; the uploader's file name never reaches the disk."""
    extension = filename.rsplit(".", 1)[-1]
    return f"{row.folder}/{get_random_string(2)}/{get_random_string(24)}.{extension}"


class StoredFile(models.Model):
    """Columns of a stored file; ``sha256`` (hex) and ``size`` (bytes) are of what was stored.

    A model names its ``folder`` of the store, and itself to ``hashes`` and ``loose``.
    """

    folder: ClassVar[str]

    file = models.FileField(upload_to=stored_path, blank=True, max_length=120)
    size = models.PositiveIntegerField(default=0, db_default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    scan_state = models.CharField(
        max_length=8, choices=ScanState.choices, default=ScanState.OFF, db_default=ScanState.OFF
    )

    class Meta:
        abstract = True


def store_once(row: StoredFile, filename: str, content: bytes, **conditions: Any) -> bool:
    """Store a file that the portal made unless its row has one; tell whether this call did.

    One UPDATE, which wants ``conditions`` of the row as well. Raises :class:`~common.files.store.NotKept`.
    """
    storage = row.file.storage
    name = store.save(storage, row.file.field.generate_filename(row, filename), content)
    facts = {"file": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    if type(row)._base_manager.filter(pk=row.pk, file="", **conditions).update(**facts):
        return True
    storage.delete(name)
    return False
