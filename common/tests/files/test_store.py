"""The file store: room, whole files, and failures told in words."""

import errno
import os
import shutil
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db.models.fields.files import FieldFile
from django.test import RequestFactory

from common.clock import now
from common.files import store
from common.models import Alert, AlertKind
from common.tasks import watch_store
from dossiers.models import Paper


class Cut(ContentFile):
    """A file that fills the disk when half of it is written."""

    def chunks(self, chunk_size=None):
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def disk(tmp_path):
    return store.DiskStorage(location=str(tmp_path / "files"))


def left(disk) -> list[str]:
    return [name for _folder, _inner, names in os.walk(disk.location) for name in names]


def test_file_cut_short_by_a_full_disk_leaves_nothing(disk):
    with pytest.raises(store.NotKept):
        with store.told():
            disk.save("papers/aa/x.pdf", Cut(b"half and half"))
    assert left(disk) == []


def test_disk_that_turns_read_only_before_the_name_is_claimed_leaves_nothing(disk, monkeypatch):
    def refuse(source, target):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(store.NotKept):
        store.save(disk, "papers/aa/x.pdf", b"whole")
    assert left(disk) == []


def test_second_file_of_a_name_gets_another_one(disk):
    first, second = (store.save(disk, "slips/aa/x.pdf", content) for content in (b"one", b"two"))
    assert first == "slips/aa/x.pdf" and first != second
    assert [Path(disk.path(name)).read_bytes() for name in (first, second)] == [b"one", b"two"]
    assert len(left(disk)) == 2
    assert os.stat(disk.path(first)).st_mode & 0o777 == 0o600


def test_names_that_leave_the_store_are_no_trouble_of_the_store(disk):
    with pytest.raises(SuspiciousFileOperation):
        store.save(disk, "../x.pdf", b"x")


def test_room_ends_at_the_measure_and_a_store_elsewhere_has_room(disk, settings, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1000))
    settings.STORE_FREE_BYTES = 1000
    assert store.has_room(disk)
    settings.STORE_FREE_BYTES = 1001
    assert not store.has_room(disk)
    assert store.has_room(Storage())


@pytest.mark.django_db
def test_want_of_room_is_an_alert_that_ends_with_it(settings):
    settings.STORE_FREE_BYTES = 1 << 62
    for _again in range(2):
        with pytest.raises(store.NotKept) as caught:
            store.require_room(now())
        assert str(caught.value.message)
    watch_store()
    assert Alert.objects.get().kind == AlertKind.STORE_FULL and Alert.objects.get().count == 3
    settings.STORE_FREE_BYTES = 0
    store.require_room(now())
    assert Alert.objects.exists()
    watch_store()
    assert not Alert.objects.exists()


def test_nothing_is_kept_below_the_measure_but_the_papers_of_the_portal(settings):
    settings.STORE_FREE_BYTES = 1 << 62
    paper = FieldFile(Paper(), Paper._meta.get_field("file"), "")
    with pytest.raises(store.NotKept):
        store.keep(paper, "a.pdf", b"%PDF-")
    assert not paper
    assert default_storage.exists(store.save(default_storage, "slips/aa/measure.pdf", b"%PDF-"))


def test_folder_that_cannot_be_made_is_neither_there_nor_roomy(tmp_path):
    (tmp_path / "file").write_text("")
    nowhere = store.DiskStorage(location=str(tmp_path / "file" / "store"))
    assert not store.is_there(nowhere)
    assert not store.has_room(nowhere)


def test_upload_rests_in_memory_with_its_true_size(settings):
    settings.MAX_PAPER_BYTES = 100_000
    for size, kept in ((0, 0), (99_999, 99_999), (100_001, 100_001), (3_000_000, 100_001)):
        posted = RequestFactory().post("/", {"file": SimpleUploadedFile("a.pdf", b"x" * size)})
        upload = posted.FILES["file"]
        assert isinstance(upload, UploadedFile) and isinstance(upload.file, BytesIO)
        assert (upload.size, len(upload.file.getvalue())) == (size, kept)
        assert not hasattr(upload, "temporary_file_path")
