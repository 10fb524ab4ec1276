"""Stored files that no row names: left by a process that died before its commit, or by a replaced proposal.

Every package says in ``AppConfig.ready()`` which first folder of the file store
it writes to and who names its files; what lies elsewhere is never touched.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.apps import apps
from django.core.files.storage import Storage, default_storage

from .files import delete_quietly

logger = logging.getLogger(__name__)

# Longer than any request or task: what is younger may still be waiting for its commit.
AGE = timedelta(days=1)
BATCH = 500

# Gets names of stored files and returns those that are wanted.
Wanted = Callable[[Collection[str]], set[str]]
_folders: dict[str, Wanted] = {}
# 'app.Model.field' of every file field that a folder was registered for.
file_fields: set[str] = set()


def register(folder: str, wanted: Wanted) -> None:
    """Have a first folder of the file store swept; what ``wanted`` returns stays."""
    _folders[folder] = wanted


def register_field(folder: str, label: str, field: str) -> None:
    """Have a folder swept whose files a column names: 'papers', 'dossiers.Paper', 'file'."""
    file_fields.add(f"{label}.{field}")

    def wanted(names: Collection[str]) -> set[str]:
        rows = apps.get_model(label)._base_manager.filter(**{f"{field}__in": names})
        return set(rows.values_list(field, flat=True))

    register(folder, wanted)


def sweep(now: datetime, storage: Storage = default_storage) -> int:
    """Delete loose files older than a day; returns how many. One query per 500 files of a folder."""
    removed = 0
    for folder, wanted in _folders.items():
        names = _names(storage, folder)
        while batch := list(islice(names, BATCH)):
            for name in sorted(set(batch) - wanted(batch)):
                if _is_old(storage, name, now):
                    delete_quietly(storage, name)
                    removed += 1
    if removed:
        logger.warning("%d stored files that no row names were deleted", removed)
    return removed


def _names(storage: Storage, folder: str) -> Iterator[str]:
    """Yield the files of a folder and of the folders in it; none when it does not exist."""
    inner, files = _listed(storage, folder)
    yield from (f"{folder}/{name}" for name in files if name)
    for part in inner:
        yield from (f"{folder}/{part}/{name}" for name in _listed(storage, f"{folder}/{part}")[1] if name)


def _listed(storage: Storage, path: str) -> tuple[list[str], list[str]]:
    try:
        return storage.listdir(path)
    except FileNotFoundError:
        return [], []


def _is_old(storage: Storage, name: str, now: datetime) -> bool:
    """Tell whether a file was written more than a day ago; one that is gone meanwhile is not."""
    try:
        return storage.get_modified_time(name) < now - AGE
    except FileNotFoundError:
        return False
