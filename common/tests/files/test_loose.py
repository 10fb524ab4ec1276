"""Files that no row names go after a day; every other file stays."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import FileField
from django.utils import timezone

from common.files import loose as loose_files
from common.tasks import sweep_loose_files
from dossiers.models import Paper
from procedures.models import RequiredPaper
from procedures.paper import blank_forms
from tests import factories
from tests.present import present

pytestmark = pytest.mark.django_db
FOLDERS = ("papers", "slips", "results", "blank-forms", "templates")


@pytest.fixture
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }
    return default_storage


def put(store, name):
    return store.save(name, ContentFile(b"x"))


def test_only_old_files_without_a_row_are_deleted(store, commune, citizen):
    draft = factories.draft(citizen, commune.unit)
    paper = present(draft.papers.first())
    paper.file.save("a.pdf", ContentFile(b"%PDF-"))
    loose = [put(store, f"{top}/ab/loose.pdf") for top in FOLDERS]
    loose += [put(store, f"{top}/loose.pdf") for top in FOLDERS]
    foreign = [put(store, name) for name in ("form.pdf", "backup/form.pdf", "papers/ab/deeper/form.pdf")]
    today, tomorrow = timezone.now(), timezone.now() + timedelta(days=1, minutes=1)
    assert loose_files.found(today, store).delete() == 0
    assert loose_files.found(tomorrow, store).delete() == len(loose)
    assert not any(store.exists(name) for name in loose)
    assert store.exists(Paper.objects.get(pk=paper.pk).file.name) and all(map(store.exists, foreign))
    assert loose_files.found(tomorrow, store).delete() == 0


@pytest.mark.parametrize("status", ["draft", "in_review", "published"])
def test_templates_of_every_version_stay(store, commune, status):
    published = {"published_at": factories.NOW} if status == "published" else {"published_at": None}
    version = factories.version(commune.unit, status="draft", published_at=None)
    row = present(version.papers.first())
    row.template_file.save("mau.docx", ContentFile(b"x"))
    type(version).objects.filter(pk=version.pk).update(status=status, **published)
    kept = present(RequiredPaper.objects.get(pk=row.pk).template_file.name)
    put(store, "templates/loose.docx")
    assert loose_files.found(timezone.now() + timedelta(days=400), store).delete() == 1
    assert kept.startswith("templates/") and store.exists(kept)


def test_a_blank_form_stays_while_its_version_would_offer_it(store, commune):
    version = factories.version(commune.unit, level=2, status="draft", published_at=None)
    name = put(store, blank_forms.storage_name(version.pk, version.form, version.name))
    older = put(store, f"blank-forms/{version.pk}/{'0' * 32}.pdf")
    odd = [put(store, f"blank-forms/{folder}/x.pdf") for folder in ("²", "9" * 30, "99999999", "-1")]
    later = timezone.now() + timedelta(days=2)
    assert loose_files.found(later, store).delete() == 1 + len(odd)
    assert store.exists(name) and not store.exists(older)
    type(version).objects.filter(pk=version.pk).update(name="Tên khác")
    assert loose_files.found(later, store).delete() == 1


def test_every_file_field_is_swept():
    fields = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, FileField)
    }
    assert fields == loose_files.file_fields


def test_a_store_without_files_is_swept_too(store):
    assert sweep_loose_files() == 0


def test_a_file_that_cannot_be_deleted_does_not_stop_the_sweep(store, monkeypatch):
    for n in range(2):
        put(store, f"papers/ab/loose{n}.pdf")

    def refuse(storage, name):
        raise OSError

    monkeypatch.setattr(type(store._wrapped), "delete", refuse)
    assert loose_files.found(timezone.now() + timedelta(days=2), store).delete() == 2


def test_names_are_asked_for_in_batches(store, commune, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(loose_files, "BATCH", 2)
    for n in range(5):
        put(store, f"papers/a{n}/loose.pdf")
    with django_assert_num_queries(3):
        assert loose_files.found(timezone.now() + timedelta(days=2), store).delete() == 5
