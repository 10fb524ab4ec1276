"""The file store: checks for room, and writes that raise NotKept and leave nothing behind when they fail."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.db.models.fields.files import FieldFile
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from common.refusals import Refused

from ..alerts import raise_alert
from ..models import AlertKind

logger = logging.getLogger(__name__)


FULL = _("The portal cannot keep files at the moment. What was saved before is safe. Try again later.")


class NotKept(Refused):
    """A file could not be written to the store, or there is no room left for uploads."""

    def __init__(self) -> None:
        super().__init__(FULL, code="store")


class DiskStorage(FileSystemStorage):
    """A folder on a disk in which a file is there whole or not at all."""

    def _save(self, name: str, content: File) -> str:
        """Write under a name of its own first, so that what a full disk cut short can be found and taken away."""
        part, claimed = f"{name}.{get_random_string(12)}.part", ""
        try:
            super()._save(part, content)  # type: ignore[misc]  # the stubs leave it out
            while not claimed:
                try:
                    os.close(os.open(self.path(name), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                    claimed = name
                except FileExistsError:
                    name = self.get_available_name(name)
            os.replace(self.path(part), self.path(name))
        except BaseException:
            for left in filter(None, (part, claimed)):
                with suppress(OSError):
                    os.remove(self.path(left))
            raise
        return name


def is_there(storage: Storage = default_storage) -> bool:
    """Tell whether the store can be written to: a folder that is writable, or a service that answers."""
    try:
        folder = _folder(storage)
        if folder is None:
            storage.exists("readyz")
            return True
        return os.access(folder, os.W_OK)
    except Exception:  # Each object store's client has errors of its own.
        return False


def has_room(storage: Storage = default_storage) -> bool:
    """Tell whether more than ``STORE_FREE_BYTES`` are free; a service on the network is taken to have room."""
    try:
        folder = _folder(storage)
        return folder is None or shutil.disk_usage(folder).free >= settings.STORE_FREE_BYTES
    except OSError:
        return False


def keep(field_file: FieldFile, name: str, content: bytes) -> None:
    """Store what a person sent under its column's path; the row is the caller's to save.

    Raises :class:`NotKept` when little room is left or the store fails. The
    portal's own papers use what these leave free: see :func:`save`.
    """
    if not has_room(field_file.storage):
        raise NotKept
    with told():
        field_file.save(name, ContentFile(content), save=False)


def save(storage: Storage, name: str, content: bytes) -> str:
    """Store a paper that the portal made; returns the name it got. Raises :class:`NotKept`."""
    with told():
        return storage.save(name, ContentFile(content))


def require_room(now: datetime) -> None:
    """Refuse an upload before the store is full, so that the rest goes on working: an alert, and :class:`NotKept`."""
    if not watch(now):
        raise NotKept


def watch(now: datetime) -> bool:
    """Tell whether there is room for uploads; raises an alert when there is none."""
    if has_room():
        return True
    raise_alert(AlertKind.STORE_FULL, now=now)
    return False


@contextmanager
def told() -> Iterator[None]:
    """Turn whatever a store raises into :class:`NotKept`; the reason goes to the log.

    Around nothing but calls of the store.
    """
    try:
        yield
    except SuspiciousFileOperation:
        raise
    except Exception as error:
        logger.exception("the file store failed")
        raise NotKept from error


def _folder(storage: Storage) -> str | None:
    """Return the folder of a store on a disk, made when it is missing; None for any other. Raises OSError."""
    try:
        folder = storage.path("")
    except NotImplementedError:
        return None
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return folder
