"""The store of uploaded files: whether it can be written, and whether it has room."""

import os
import shutil

from django.core.files.storage import default_storage

# Below this it would fill up in the middle of somebody's upload.
ROOM_BYTES = 1024**3


def folder() -> str | None:
    """Return the folder that files are stored in; None when they go to an object store."""
    try:
        return default_storage.path("")
    except NotImplementedError:
        return None


def is_writable() -> bool:
    """Tell whether files can be stored now: a folder that takes files, or an object store that answers."""
    place = folder()
    try:
        if place is None:
            default_storage.exists("readyz")
            return True
        os.makedirs(place, mode=0o700, exist_ok=True)
    except Exception:  # Each object store's client has errors of its own.
        return False
    return os.access(place, os.W_OK)


def free_bytes() -> int | None:
    """Return how much room is left; None for an object store, and for a folder that cannot be read."""
    place = folder()
    try:
        if place is None:
            return None
        os.makedirs(place, mode=0o700, exist_ok=True)
        return shutil.disk_usage(place).free
    except OSError:
        return None


def is_full() -> bool:
    """Tell whether uploads have to be refused: less than ``ROOM_BYTES`` are left."""
    free = free_bytes()
    return free is not None and free < ROOM_BYTES
