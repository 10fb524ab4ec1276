"""Pictures of papers: made once, after the upload or when asked for; gone with their paper."""

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from PIL import Image

from common import broker
from common.files import places, uploads
from common.models import Alert
from dossiers.filing.papers import store_file
from dossiers.models import AccessRecord, Paper, Preview
from dossiers.records import previews
from dossiers.records.papers import remove
from dossiers.tasks import expire_drafts, render_previews, render_waiting_slips
from tests import factories
from tests.papers import image_bytes, pdf_bytes, upload
from tests.present import present

pytestmark = pytest.mark.django_db


def given(dossier: Any, content: bytes, name: str = "giay.pdf") -> Paper:
    """A file that a citizen sent for the first paper of a dossier's list."""
    accepted = uploads.accept(upload(name, content), now=factories.NOW)
    required = dossier.version.papers.first()
    return store_file(dossier, required, required.name, accepted, by=dossier.owner, now=factories.NOW, written=[])


def three_pages(pdf: Any) -> None:
    pdf.add_blank_page()
    pdf.add_blank_page()


def nudged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What the worker is asked for, as it is asked."""
    asked: list[tuple[str, int]] = []
    monkeypatch.setattr(broker, "nudge", lambda task, pk, **_more: asked.append((task, pk)))
    return asked


def only_previews(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sweep of this day make pictures, without the slips that it makes before."""
    monkeypatch.setattr("dossiers.tasks.now", lambda: factories.NOW)
    monkeypatch.setattr("dossiers.tasks.render_slip", lambda _pk: None)


def in_store() -> set[str]:
    """Every stored picture."""
    folders = default_storage.listdir("previews")[0] if default_storage.exists("previews") else []
    return {
        f"previews/{folder}/{name}" for folder in folders for name in default_storage.listdir(f"previews/{folder}")[1]
    }


def test_an_upload_wakes_the_worker_which_makes_them_once(road, monkeypatch, django_capture_on_commit_callbacks):
    dossier, asked = road.submitted().dossier, nudged(monkeypatch)
    with django_capture_on_commit_callbacks(execute=True):
        paper = given(dossier, pdf_bytes(three_pages))
    assert asked == [(previews.TASK, paper.pk)]
    before = in_store()
    render_previews(paper.pk)
    first = dict(paper.previews.values_list("page", "file"))
    assert sorted(first) == [0, 1, 2, 3]
    render_previews(paper.pk)
    # Two workers at once: the second finds it done when it would write.
    previews.make(paper)
    assert dict(paper.previews.values_list("page", "file")) == first
    assert in_store() - before == set(first.values())


def test_what_a_killed_worker_left_is_made_by_the_sweep(road, monkeypatch):
    paper = given(road.submitted().dossier, image_bytes(), "anh.jpg")
    saved: list[str] = []
    kept = default_storage.save
    with monkeypatch.context() as broken:

        def fail_second(name: str, content: Any, **options: Any) -> str:
            if saved:
                raise KeyboardInterrupt
            saved.append(kept(name, content, **options))
            return saved[0]

        broken.setattr(Preview._meta.get_field("file").storage, "save", fail_second, raising=False)
        with pytest.raises(KeyboardInterrupt):
            render_previews(paper.pk)
    assert not Preview.objects.exists()
    assert not default_storage.exists(saved[0])
    only_previews(monkeypatch)
    render_waiting_slips()
    assert paper.previews.count() == 2


def test_many_parsers_at_once_leave_it_for_later_and_what_cannot_be_shown_is_said(client, road, monkeypatch, caplog):
    dossier = road.submitted().dossier
    paper = given(dossier, pdf_bytes(), "Nguyễn Văn A.pdf")
    only_previews(monkeypatch)
    with monkeypatch.context() as busy:

        def full(*_any: Any) -> None:
            raise places.NoPlace

        busy.setattr(places, "one_of", full)
        render_waiting_slips()
    paper.refresh_from_db()
    assert paper.previewed is None
    assert f"render_previews {paper.pk} failed" in caplog.text and "Nguyễn" not in caplog.text
    default_storage.delete(present(paper.file.name))
    default_storage.save(paper.file.name, ContentFile(b"%PDF-1.7 khac"))
    render_waiting_slips()
    paper.refresh_from_db()
    assert paper.previewed == 0
    assert Alert.objects.get().subject == paper.file.name
    client.force_login(road.commune.clerk)
    page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert reverse("desk:paper_file", args=[dossier.code, paper.ref]) in page
    assert reverse("desk:paper_preview", args=[dossier.code, paper.ref]) not in page


@pytest.mark.parametrize("away", [FileNotFoundError, PermissionError, TimeoutError])
def test_a_store_that_is_away_leaves_it_for_later(road, monkeypatch, caplog, away):
    paper = given(road.submitted().dossier, pdf_bytes())
    only_previews(monkeypatch)
    with monkeypatch.context() as store:

        def fail(*_any: Any, **_more: Any) -> None:
            raise away

        store.setattr(present(paper.file.storage), "open", fail, raising=False)
        render_waiting_slips()
        paper.refresh_from_db()
        assert paper.previewed is None
    assert f"render_previews {paper.pk} failed" in caplog.text
    render_waiting_slips()
    paper.refresh_from_db()
    assert paper.previewed == 1


def test_the_desk_shows_pages_and_asks_for_those_of_older_papers(client, road, monkeypatch):
    dossier = road.submitted().dossier
    paper = given(dossier, pdf_bytes(three_pages))
    client.force_login(road.commune.clerk)
    asked = nudged(monkeypatch)
    page, picture = (
        reverse("desk:dossier", args=[dossier.code]),
        reverse("desk:paper_preview", args=[dossier.code, paper.ref]),
    )
    assert f'src="{picture}' not in client.get(page).content.decode()
    assert client.get(picture).status_code == 404
    assert asked == [(previews.TASK, paper.pk)]
    render_previews(paper.pk)
    shown = client.get(page).content.decode()
    assert shown.count(picture) == 3
    assert len(asked) == 1
    answer = client.get(f"{picture}?page=3")
    assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).format == "WEBP"
    assert answer["Content-Disposition"].startswith("inline")
    assert [client.get(f"{picture}?page={n}").status_code for n in ("4", "0", "-1", "", "²", "9" * 30)] == [404] * 6
    assert AccessRecord.objects.filter(what=f"paper {paper.ref}").count() == 1
    Paper.objects.filter(pk=paper.pk).update(scan_state="pending")
    assert client.get(picture).status_code == 404
    assert f'src="{picture}' not in client.get(page).content.decode()


def test_the_owner_sees_a_small_one_beside_the_file(client, road):
    draft = factories.draft(road.citizen, road.commune.unit, road.version)
    paper = given(draft, image_bytes(size=(900, 600)), "anh.jpg")
    client.force_login(road.citizen)
    page, picture = (
        reverse("applicant:papers", args=[draft.ref]),
        reverse("applicant:paper_preview", args=[draft.ref, paper.ref]),
    )
    assert f'src="{picture}' not in client.get(page).content.decode()
    render_previews(paper.pk)
    assert picture in client.get(page).content.decode()
    assert Image.open(io.BytesIO(b"".join(client.get(picture).streaming_content))).size == (200, 133)


@pytest.mark.django_db(transaction=True)
def test_they_leave_with_their_paper(road, monkeypatch):
    nudged(monkeypatch)
    for leave in (lambda paper: remove([paper]), lambda _paper: expire_drafts()):
        draft = factories.draft(road.citizen, road.commune.unit, road.version)
        paper = given(draft, image_bytes(), "anh.jpg")
        render_previews(paper.pk)
        names = list(paper.previews.values_list("file", flat=True))
        type(draft).objects.filter(pk=draft.pk).update(saved_at=factories.NOW.replace(year=2020))
        with transaction.atomic():
            leave(paper)
        assert not Preview.objects.exists()
        assert not any(default_storage.exists(name) for name in names)


def test_they_leave_the_last_room_of_the_store_to_slips(road, monkeypatch, settings):
    paper, before = given(road.dossier, pdf_bytes()), in_store()
    only_previews(monkeypatch)
    enough, settings.STORE_FREE_BYTES = settings.STORE_FREE_BYTES, 1 << 60
    render_waiting_slips()
    paper.refresh_from_db()
    assert (paper.previewed, in_store()) == (None, before)
    settings.STORE_FREE_BYTES = enough
    render_waiting_slips()
    assert paper.previews.count() == 2


def test_a_replaced_paper_is_not_asked_for(road, monkeypatch):
    paper = given(road.submitted().dossier, pdf_bytes())
    Paper.objects.filter(pk=paper.pk).update(replaced_at=factories.NOW)
    asked = nudged(monkeypatch)
    previews.ask_for(Paper.objects.all())
    render_previews(paper.pk)
    assert not asked
    assert not Preview.objects.exists()
