"""Files that no row names go after a day; every other file stays."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from dossiers import loose_files
from dossiers.models import Paper
from dossiers.tasks import sweep_loose_files
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }
    return default_storage


def test_only_old_files_without_a_row_are_deleted(store, commune, citizen):
    draft = factories.draft(citizen, commune.unit)
    paper = draft.papers.first()
    paper.file.save("a.pdf", ContentFile(b"%PDF-"))
    loose = [store.save(f"{top}/ab/loose.pdf", ContentFile(b"x")) for top in ("papers", "slips", "results")]
    foreign = store.save("templates/form.pdf", ContentFile(b"x"))
    today, tomorrow = timezone.now(), timezone.now() + timedelta(days=1, minutes=1)
    assert loose_files.sweep(today, store) == 0
    assert loose_files.sweep(tomorrow, store) == 3
    assert not any(store.exists(name) for name in loose)
    assert store.exists(Paper.objects.get(pk=paper.pk).file.name) and store.exists(foreign)
    assert loose_files.sweep(tomorrow, store) == 0


def test_a_store_without_files_is_swept_too(store):
    sweep_loose_files()


def test_a_file_that_cannot_be_deleted_does_not_stop_the_sweep(store, monkeypatch):
    for n in range(2):
        store.save(f"papers/ab/loose{n}.pdf", ContentFile(b"x"))

    def refuse(storage, name):
        raise OSError

    monkeypatch.setattr(type(store._wrapped), "delete", refuse)
    assert loose_files.sweep(timezone.now() + timedelta(days=2), store) == 2


def test_names_are_asked_for_in_batches(store, commune, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(loose_files, "BATCH", 2)
    for n in range(5):
        store.save(f"papers/ab/loose{n}.pdf", ContentFile(b"x"))
    with django_assert_num_queries(3):
        assert loose_files.sweep(timezone.now() + timedelta(days=2), store) == 5
