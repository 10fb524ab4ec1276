"""Pictures that show the files of papers: made by a worker after the upload, by the sweep, or once somebody looks."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from common import broker
from common.files import hashes, quality, store
from common.files.previews import PREVIEWED, pictures_of
from common.files.uploads import delete_after_commit, removed_on_failure
from common.refusals import Refused

from ..models import Paper, Preview

TASK = "dossiers.tasks.render_previews"
# A nudge that waited so long is old news: the next look, or the sweep, asks again.
NUDGE_SECONDS = 600


def wake_for(paper: Paper) -> None:
    """Have the pictures of a new file made once the caller's transaction has committed."""
    broker.wake(TASK, paper.pk, expires=NUDGE_SECONDS)


def wanting() -> QuerySet[Paper]:
    """Return the papers whose file nobody has tried to show yet."""
    return Paper.objects.filter(previewed=None, replaced_at=None, media_type__in=PREVIEWED).exclude(file="")


def ask_for(papers: Iterable[Paper]) -> None:
    """Ask the worker for the pictures of those of a page's papers that have none yet; no query."""
    for paper in papers:
        if paper.previewed is None and paper.file and paper.replaced_at is None and paper.media_type in PREVIEWED:
            broker.nudge(TASK, paper.pk, expires=NUDGE_SECONDS)


def make(paper: Paper) -> None:
    """Make and store the pictures of a paper's file, once; what cannot be shown is noted as such.

    Raises :class:`~common.refusals.Refused` for what passes: many parsers busy, a store that is away, or full, whose
    last room is for slips and results. Four queries.
    """
    if not store.has_room():
        raise store.NotKept
    try:
        # What passes goes into the worker's log, where the name that somebody gave a file has no place.
        pictures, faults = pictures_of(paper.media_type, hashes.content(paper.file, paper.sha256), paper.ref)
    except OSError as error:
        raise store.NotKept from error
    except hashes.FileChanged as change:
        # A store that is away has no file at all, and comes back.
        if change.why == hashes.MISSING:
            raise store.NotKept from change
        pictures, faults = [], []
    except Refused as refusal:
        if refusal.code in ("busy", "store"):
            raise
        pictures, faults = [], []
    with removed_on_failure() as written, transaction.atomic():
        columns: dict[str, Any] = {"previewed": max(len(pictures) - 1, 0)}
        if faults:
            columns["faults"] = quality.kept(faults)
        first = Paper.objects.filter(pk=paper.pk, previewed=None).update(**columns)
        if not first:
            return
        made = []
        for page, content in enumerate(pictures):
            facts = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            row = Preview(paper=paper, page=page, **facts)
            store.keep(row.file, "page.webp", content)
            written.append(row.file)
            made.append(row)
        Preview.objects.bulk_create(made)


def remove(papers: Iterable[Paper]) -> None:
    """Delete the pictures of papers that are about to go, inside the caller's transaction, their files after commit.

    Three queries at most, none for papers without a file.
    """
    pks = [paper.pk for paper in papers if paper.file]
    if not pks:
        return
    # A worker that is just storing some is waited for; one that comes later finds no paper.
    list(Paper.objects.filter(pk__in=pks).select_for_update().values_list("pk"))
    rows = Preview.objects.filter(paper__in=pks)
    if found := list(rows):
        for preview in found:
            delete_after_commit(preview.file)
        rows.delete()
