"""Stored files that no row names: left by a process that died before its commit, or by a replaced proposal.

Every package says in ``AppConfig.ready()`` which first folder of the file store
it writes to and who names its files; what lies elsewhere is never touched.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from django.apps import apps
from django.core.files.storage import Storage, default_storage

from ..database.purging import Due
from .uploads import delete_quietly

logger = logging.getLogger(__name__)

# Longer than any request or task: what is younger may still be waiting for its commit.
AGE = timedelta(days=1)
BATCH = 500
# Hardly any file is ever loose; many are when the database was put back from an older copy.
PART = 0.01

# Gets names of stored files and returns those that are wanted.
Wanted = Callable[[Collection[str]], set[str]]
_folders: dict[str, Wanted] = {}
# Folders of files that are made again when somebody asks: a new release leaves all the old ones loose.
_made_again: set[str] = set()
# 'app.Model.field' of every file field that a folder was registered for.
file_fields: set[str] = set()


def register(folder: str, wanted: Wanted, *, is_made_again: bool = False) -> None:
    """Have a first folder of the file store swept; what ``wanted`` returns stays.

    With ``is_made_again`` its files do not count towards the measure of a clean-up.
    """
    _folders[folder] = wanted
    if is_made_again:
        _made_again.add(folder)


def register_field(folder: str, label: str, field: str) -> None:
    """Have a folder swept whose files a column names: 'papers', 'dossiers.Paper', 'file'."""
    file_fields.add(f"{label}.{field}")

    def wanted(names: Collection[str]) -> set[str]:
        rows = apps.get_model(label)._base_manager.filter(**{f"{field}__in": names})
        return set(rows.values_list(field, flat=True))

    register(folder, wanted)


def found(now: datetime, storage: Storage = default_storage) -> Due:
    """Return the loose files older than a day, for the nightly clean-up. One query per 500 files of a folder."""
    loose: list[str] = []
    count = standing = 0
    for folder, wanted in _folders.items():
        names = _names(storage, folder)
        while batch := list(islice(names, BATCH)):
            old = [name for name in sorted(set(batch) - wanted(batch)) if _is_old(storage, name, now)]
            loose += old
            if folder not in _made_again:
                count += len(old)
                standing += len(batch)
    return Due(count, standing, partial(_delete, storage, loose), PART)


def _delete(storage: Storage, names: list[str]) -> int:
    for name in names:
        delete_quietly(storage, name)
    if names:
        logger.warning("%d stored files that no row names were deleted", len(names))
    return len(names)


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
