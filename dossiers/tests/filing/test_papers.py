"""Papers of a draft: uploaded, promised, replaced, refused, removed with their files."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from common.database import append_only
from dossiers.actions.readiness import Readiness
from dossiers.filing import papers
from dossiers.models import Dossier, Paper
from dossiers.tasks import expire_drafts
from tests import factories
from tests.present import present

from .steps import content, photo, ready, url

pytestmark = pytest.mark.usefixtures("at_work")


def test_upload_promise_replace_and_remove(mine, draft):
    upload = url("paper_upload", draft, "chung-sinh")
    mine.post(upload, {"file": photo("mot.jpg")})
    paper = draft.papers.get()
    assert (paper.kind, paper.original_name) == ("file", "mot.jpg")
    first = paper.file.name
    assert default_storage.exists(first)
    mine.post(upload, {"file": photo("hai.png", "PNG")})
    assert draft.papers.count() == 2
    mine.post(upload, {"file": photo("ba.jpg"), "replaces": paper.ref})
    assert sorted(draft.papers.values_list("original_name", flat=True)) == ["ba.jpg", "hai.png"]
    for paper in draft.papers.all():
        answer = mine.post(url("paper_remove", draft, paper.ref), follow=True)
        assert answer.redirect_chain[0][0].endswith("#paper-chung-sinh")
        assert paper.original_name in " ".join(map(str, answer.context["messages"]))
    assert mine.post(url("paper_remove", draft, "nothing")).url == url("papers", draft)
    assert not draft.papers.exists()
    mine.post(url("paper_promise", draft, "chung-sinh"))
    mine.post(url("paper_promise", draft, "chung-sinh"))
    assert draft.papers.get().kind == "promised"


@pytest.mark.django_db(transaction=True)
def test_replaced_and_discarded_files_leave_the_store_after_commit(mine, draft):
    upload = url("paper_upload", draft, "chung-sinh")
    mine.post(upload, {"file": photo()})
    first = draft.papers.get()
    mine.post(upload, {"file": photo(), "replaces": first.ref})
    second = draft.papers.get()
    assert not default_storage.exists(first.file.name)
    assert default_storage.exists(second.file.name)
    assert mine.get(url("discard", draft)).status_code == 200
    mine.post(url("discard", draft))
    assert not Dossier.objects.exists()
    assert not default_storage.exists(second.file.name)


@pytest.mark.django_db(transaction=True)
def test_file_is_removed_when_its_transaction_fails(mine, draft, monkeypatch):
    stored = []
    save = papers.store_file

    def note(*args, **kwargs):
        paper = save(*args, **kwargs)
        stored.append(present(paper.file.name))
        return paper

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(papers, "store_file", note)
    monkeypatch.setattr(papers, "write_draft", fail)
    with pytest.raises(RuntimeError):
        mine.post(url("paper_upload", draft, "chung-sinh"), {"file": photo()})
    assert stored
    assert not default_storage.exists(stored[0])
    assert not draft.papers.filter(kind="file").exists()


def test_refused_upload_says_why_on_its_card(mine, draft):
    upload = url("paper_upload", draft, "chung-sinh")
    hostile = SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    page = mine.post(upload, {"file": hostile})
    assert page.status_code == 422
    text = page.content.decode()
    assert 'href="#paper-chung-sinh"' in text
    assert 'id="error-chung-sinh"' in text
    assert mine.post(upload).status_code == 422
    assert not draft.papers.filter(kind="file").exists()


def test_number_and_size_of_files_are_limited(mine, draft, settings):
    upload = url("paper_upload", draft, "chung-sinh")
    settings.MAX_PAPERS = 1
    mine.post(upload, {"file": photo()})
    assert mine.post(upload, {"file": photo()}).status_code == 422
    # Replacing needs no further room.
    assert mine.post(upload, {"file": photo(), "replaces": draft.papers.get().ref}).status_code == 302
    settings.MAX_PAPERS, settings.MAX_DOSSIER_BYTES = 20, draft.papers.get().size + 10
    assert mine.post(upload, {"file": photo()}).status_code == 422
    assert draft.papers.count() == 1


def test_uploads_are_limited_per_account(mine, draft, settings):
    settings.LIMITS = settings.LIMITS | {"upload_user": (1, 3600)}
    upload = url("paper_upload", draft, "chung-sinh")
    assert mine.post(upload, {"file": photo()}).status_code == 302
    answer = mine.post(upload, {"file": photo()})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_unknown_paper_is_not_found(mine, draft):
    assert mine.post(url("paper_upload", draft, "nothing"), {"file": photo()}).status_code == 404
    assert mine.get(url("paper_file", draft, "nothing")).status_code == 404


def test_only_papers_asked_for_are_required(mine, draft):
    condition = {"field": "wants_copy", "op": "eq", "value": "co"}
    with append_only.lifted():
        draft.version.papers.filter(key="uy-quyen").update(is_required=True, show_if=condition)
    assert [gap for gap in Readiness(draft, draft.created_at.date()).gaps if gap.code == "papers"]
    mine.post(url("section", draft, "requester"), factories.boxes(requester_name="Lê An", wants_copy="khong"))
    draft.refresh_from_db()
    assert "Văn bản ủy quyền" not in mine.get(url("papers", draft)).content.decode()
    mine.post(url("submit", draft), ready(mine, draft))
    draft.refresh_from_db()
    assert draft.status == 1


def test_files_are_sent_inert_to_their_owner_only(client, mine, other_citizen, draft):
    mine.post(url("paper_upload", draft, "chung-sinh"), {"file": photo()})
    paper = draft.papers.get()
    answer = mine.get(url("paper_file", draft, paper.ref))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert content(answer)
    Paper.objects.update(scan_state="infected")
    assert mine.get(url("paper_file", draft, paper.ref)).status_code == 404
    Paper.objects.update(scan_state="pending", uploaded_by=other_citizen)
    assert mine.get(url("paper_file", draft, paper.ref)).status_code == 404
    Paper.objects.update(scan_state="clean")
    client.force_login(other_citizen)
    assert client.get(url("paper_file", draft, paper.ref)).status_code == 404


def test_expired_drafts_go_with_their_files(draft, mine, now, django_capture_on_commit_callbacks):
    mine.post(url("paper_upload", draft, "chung-sinh"), {"file": photo()})
    stored = draft.papers.get().file.name
    expire_drafts()
    assert Dossier.objects.exists()
    with time_machine.travel(now + timedelta(days=31)), django_capture_on_commit_callbacks(execute=True):
        expire_drafts()
    assert not Dossier.objects.exists()
    assert not default_storage.exists(stored)
