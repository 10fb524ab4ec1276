"""Stored files that no row names: left by a process that died before its commit, or by a replaced proposal."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import Storage, default_storage
from django.db.models import Model

from common.files import delete_quietly

from .models import Paper, Result, Slip

logger = logging.getLogger(__name__)

# The first folder of each kind's storage names, and the table that names them.
FOLDERS: dict[str, type[Model]] = {"papers": Paper, "slips": Slip, "results": Result}
# Longer than any request or task: what is younger may still be waiting for its commit.
AGE = timedelta(days=1)
BATCH = 500


def sweep(now: datetime, storage: Storage = default_storage) -> int:
    """Delete loose files older than a day; returns how many. One query per 500 files of a folder."""
    removed = 0
    for top, model in FOLDERS.items():
        for folder in listed(storage, top)[0]:
            names = [f"{top}/{folder}/{name}" for name in listed(storage, f"{top}/{folder}")[1]]
            for name in unknown(names, model):
                if is_old(storage, name, now):
                    delete_quietly(storage, name)
                    removed += 1
    if removed:
        logger.warning("%d stored files that no row names were deleted", removed)
    return removed


def listed(storage: Storage, path: str) -> tuple[list[str], list[str]]:
    """Return folders and files of a folder; none when it does not exist."""
    try:
        return storage.listdir(path)
    except FileNotFoundError:
        return [], []


def unknown(names: list[str], model: type[Model]) -> Iterator[str]:
    """Yield the names that no row of a table holds."""
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        rows = model._default_manager.filter(file__in=batch).values_list("file", flat=True)
        yield from sorted(set(batch) - set(rows))


def is_old(storage: Storage, name: str, now: datetime) -> bool:
    """Tell whether a file was written more than a day ago; one that is gone meanwhile is not."""
    try:
        return storage.get_modified_time(name) < now - AGE
    except FileNotFoundError:
        return False
