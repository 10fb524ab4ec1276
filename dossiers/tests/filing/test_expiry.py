"""Old drafts go at night; one that somebody saves in that moment stays, with its papers."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from dossiers.filing import drafts
from dossiers.models import Delivery, Dossier, Paper
from tests.present import present

LATE = timedelta(days=drafts.DRAFT_DAYS)


@pytest.fixture
def paper(draft) -> Paper:
    """The first paper of the draft, as a file."""
    found = present(draft.papers.first())
    found.kind = "file"
    found.file.save("giay.pdf", ContentFile(b"%PDF-1.7"))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "is_left"), [(-1, True), (0, True), (1, False)])
def test_a_draft_is_kept_for_thirty_days_from_its_last_saving(draft, seconds, is_left):
    night = drafts.expires(draft) + timedelta(seconds=seconds)
    due = drafts.due_for_expiry(night)
    assert (due.count, due.standing) == (int(not is_left), 1)
    assert due.delete() == due.count
    assert Dossier.objects.exists() is is_left


@pytest.mark.django_db
def test_a_submitted_dossier_never_expires(road):
    road.submitted()
    due = drafts.due_for_expiry(road.now + 10 * LATE)
    assert (due.count, due.standing, due.delete()) == (0, 0, 0)
    assert Dossier.objects.exists()


@pytest.mark.django_db
def test_a_draft_saved_after_the_list_was_read_stays(draft, paper, now, django_capture_on_commit_callbacks):
    night = now + LATE + timedelta(hours=1)
    asked: list[str] = []

    def save_after_the_first(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        result = execute(sql, *rest)
        if len(asked) == 1:
            Dossier.objects.filter(pk=draft.pk).update(saved_at=night)
        return result

    due = drafts.due_for_expiry(night)
    with django_capture_on_commit_callbacks(execute=True), connection.execute_wrapper(save_after_the_first):
        assert due.delete() == 0
    assert asked[0].startswith("SELECT")
    assert Paper.objects.get(pk=paper.pk).file == paper.file
    assert default_storage.exists(str(paper.file.name))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_being_saved_stays(draft, paper, now):
    """The clean-up waits for the one who saves, and then looks again."""
    night = now + LATE + timedelta(hours=1)
    outcome: list[int] = []

    def clean_up() -> None:
        outcome.append(drafts.due_for_expiry(night).delete())
        connection.close()

    cleaner = threading.Thread(target=clean_up)
    with transaction.atomic():
        drafts.set_delivery(draft, Delivery.DESK, None, now=night)
        cleaner.start()
        cleaner.join(timeout=0.5)
        assert cleaner.is_alive()
    cleaner.join(timeout=10)
    assert outcome == [0]
    assert Paper.objects.get(pk=paper.pk).dossier == Dossier.objects.get(pk=draft.pk)
    assert default_storage.exists(str(paper.file.name))
