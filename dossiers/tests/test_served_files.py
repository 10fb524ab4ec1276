"""Every stored file is given out only while it is what was stored; else a page says so and administrators are told."""

import hashlib
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from common.files.stored import store_once
from common.files.uploads import Accepted
from common.models import Alert, AlertKind
from dossiers import actions
from dossiers.filing.papers import copy_paper
from dossiers.models import Delivery, Paper, PaperKind, Result, Slip, TalkFile
from dossiers.talk import writing
from tests import factories
from tests.present import present

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 that"
SHA256 = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def world(road, now):
    """A returned dossier with a paper, a slip's PDF and an uploaded result; its version with a template."""
    road.dossier.delivery = Delivery.ONLINE
    road.dossier.save(update_fields=["delivery"])
    paper = road.dossier.papers.create(
        required=road.version.papers.get(key="chung-sinh"),
        name="Giấy chứng sinh",
        kind=PaperKind.FILE,
        original_name="a.pdf",
        media_type="application/pdf",
        sha256=SHA256,
        uploaded_by=road.citizen,
        uploaded_at=road.now,
    )
    paper.file.save("a.pdf", ContentFile(PDF))
    factories.previews(paper, PDF)
    road.decided(upload=Accepted("a.pdf", PDF, "application/pdf", len(PDF), SHA256, 1))
    road.do(actions.ReturnResult(), road.citizen)
    sent = Accepted("a.pdf", PDF, "application/pdf", len(PDF), SHA256, 1)
    writing.write(road.dossier, "Hỏi", [sent], by=road.citizen, key="k" * 32, shown=0, now=road.now)
    store_once(present(Slip.objects.first()), "slip.pdf", PDF)
    factories.template_file(road.version.papers.first(), PDF)
    with time_machine.travel(now.replace(hour=10)):
        yield road


def addresses(road) -> dict[str, tuple[str, object, str]]:
    """Return for each address that gives a file out: (URL, who asks, the file's name)."""
    dossier, paper, slip = road.dossier, Paper.objects.exclude(file="").get(), Slip.objects.exclude(file="").get()
    result, required = Result.objects.get(), road.version.papers.exclude(template_file="").get()
    preview = paper.previews
    said = TalkFile.objects.get()
    clerk, citizen, publisher = road.commune.clerk, road.citizen, road.commune.publisher
    code, ref, procedure = dossier.code, dossier.ref, road.version.procedure.code
    numbers = [procedure, road.version.number, required.n]
    return {
        "desk paper": (reverse("desk:paper_file", args=[code, paper.ref]), clerk, paper.file.name),
        "desk preview": (reverse("desk:paper_preview", args=[code, paper.ref]), clerk, preview.get(page=1).file.name),
        "own preview": (
            reverse("applicant:paper_preview", args=[ref, paper.ref]),
            citizen,
            preview.get(page=0).file.name,
        ),
        "desk slip": (reverse("desk:slip_pdf", args=[code, slip.pk]), clerk, slip.file.name),
        "desk result": (reverse("desk:result_file", args=[code]), clerk, result.file.name),
        "own paper": (reverse("applicant:paper_file", args=[ref, paper.ref]), citizen, paper.file.name),
        "own slip": (reverse("applicant:slip", args=[ref, slip.pk]) + "?pdf", citizen, slip.file.name),
        "own result": (reverse("applicant:result_file", args=[ref]), citizen, result.file.name),
        "desk talk": (reverse("desk:talk_file", args=[code, said.ref]), clerk, said.file.name),
        "own talk": (reverse("applicant:talk_file", args=[ref, said.ref]), citizen, said.file.name),
        "template": (reverse("procedures:template", args=[procedure, required.n]), None, required.template_file.name),
        "template of a draft": (reverse("manage:paper_template", args=numbers), publisher, required.template_file.name),
    }


NAMES = [
    "desk paper", "desk preview", "own preview", "desk slip",
    "desk result", "own paper", "own slip", "own result", "template", "template of a draft",
    "desk talk", "own talk",
]  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "/stored/"])
@pytest.mark.parametrize("name", NAMES)
def test_a_changed_file_is_not_given_out(client, world, settings, name, prefix):
    settings.X_ACCEL_PREFIX = prefix
    url, user, stored = addresses(world)[name]
    if user is not None:
        client.force_login(user)
    whole = client.get(url)
    assert whole.status_code == 200
    assert whole.headers.get("X-Accel-Redirect") == (f"{prefix}{stored}" if prefix else None)
    assert prefix or b"".join(whole.streaming_content) == PDF
    default_storage.delete(stored)
    assert default_storage.save(stored, ContentFile(b"%PDF-1.7 this")) == stored
    answer = client.get(url)
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "Chưa thể đưa tệp này ra" in page
    assert "%PDF" not in page
    assert "X-Accel-Redirect" not in answer.headers
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject) == (AlertKind.FILE_TAMPERED, stored)
    default_storage.delete(stored)
    assert client.get(url).status_code == 404
    assert Alert.objects.get().count == 2


@pytest.mark.parametrize("sha256", ["", "0" * 64])
def test_a_file_whose_hash_was_taken_away_is_not_given_out(client, world, sha256):
    Paper.objects.update(sha256=sha256)
    url, user, _stored = addresses(world)["desk paper"]
    client.force_login(user)
    assert client.get(url).status_code == 503


def test_a_changed_paper_is_not_copied_into_a_new_draft(world, now):
    paper = Paper.objects.exclude(file="").get()
    paper.required = world.version.papers.first()
    draft = factories.draft(world.citizen, world.commune.unit, world.version)
    written: list[Any] = []
    copy_paper(paper, draft, by=world.citizen, now=now, written=written)
    assert len(written) == 1
    default_storage.delete(present(paper.file.name))
    default_storage.save(paper.file.name, ContentFile(b"khac"))
    copy_paper(paper, draft, by=world.citizen, now=now, written=written)
    assert len(written) == 1
    assert Alert.objects.get().subject == paper.file.name
