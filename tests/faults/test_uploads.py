"""Every field that takes a file: hostile files, good ones, and a store that is full, read-only or gone."""

import base64
import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from common.files import uploads
from common.models import Alert, AlertKind
from common.refusals import Refused
from dossiers import actions, tasks
from dossiers.models import Dossier, Paper, Result, Slip
from dossiers.workflow import perform
from procedures.exchange import files as exchange_files
from procedures.manage.forms import exchange as exchange_forms
from procedures.models import ProcedureVersion, RequiredPaper
from procedures.versions import drafting, template_files
from tests.access.test_matrix import undone
from tests.access.world import World
from tests.factories import NOW
from tests.faults.answers import client_of, read
from tests.papers import GOOD, HOSTILE, pdf_bytes, signed, upload
from tests.present import present

# Send a file to one field; returns the answer.
Send = Callable[[Any], Any]


# What the parser said of a file, by kind and content.
known: dict[tuple[str, str], Any] = {}


@pytest.fixture(autouse=True)
def often(settings):
    """Let one person send as often as this file does."""
    settings.LIMITS = settings.LIMITS | {"upload_user": (10_000, 3600)}


@pytest.fixture
def remembered(monkeypatch):
    """Parse each file once, however many fields it is sent to."""

    def parse(kind: str, content: bytes, name: str) -> Any:
        key = (kind, hashlib.sha256(content).hexdigest())
        if key not in known:
            try:
                known[key] = real(kind, content, name)
            except Refused as refused:
                known[key] = refused
        if isinstance(known[key], Refused):
            raise uploads.not_taken(known[key].code, name)
        return known[key]

    real = uploads.parse
    for module in (uploads, template_files, exchange_files):
        monkeypatch.setattr(module, "parse", parse)


def fields(world: World) -> dict[str, Send]:
    """Return every field of the portal that stores a file, each as a form of its page sends it."""
    citizen, specialist = client_of(world.citizen), client_of(world.commune.specialist)
    publisher = client_of(world.commune.publisher)
    item = present(present(world.asked.supplement_requests.first()).items.first())
    version = drafting.draft_from(world.version.procedure, world.commune.publisher, NOW)
    code = version.procedure.code
    row = {"name": "Giấy chứng sinh", "originals": "1", "copies": "", "is_required": "True"}
    proposal = {"is_granted": "1", "source": "upload", "reason": "Đủ điều kiện"}

    def propose(file: Any) -> Any:
        revision = Dossier.objects.get(pk=world.processing.pk).revision
        address = reverse("desk:act", args=[world.processing.code, "propose"])
        return specialist.post(address, proposal | {"revision": revision, "upload": file})

    def edit(file: Any) -> Any:
        revision = ProcedureVersion.objects.get(pk=version.pk).revision
        address = reverse("manage:papers_edit", args=[code, version.number, 1])
        return publisher.post(address, row | {"revision": revision, "template_file": file})

    def register(file: Any) -> Any:
        paper = {
            "key": "uy-quyen",
            "name": "Văn bản ủy quyền",
            "template_file": {"name": file.name, "content": base64.b64encode(file.read()).decode()},
        }
        wording = {"code": code, "version": {"papers": [paper]}}
        catalogue = json.dumps({"portal": "mot-cua", "exchange": 1, "procedures": [wording]}).encode()
        form = {"file": SimpleUploadedFile("danh-muc.json", catalogue), "overwrite": "on"}
        answer = publisher.post(reverse("manage:import"), form)
        if answer.status_code != 302:
            return answer
        page = publisher.get(reverse("manage:import_report"))
        return publisher.post(reverse("manage:import_confirm"), page.context["form"].initial, follow=True)

    return {
        "paper": lambda file: citizen.post(
            reverse("applicant:paper_upload", args=[world.draft.ref, "chung-sinh"]), {"file": file}
        ),
        "supplement": lambda file: citizen.post(
            reverse("applicant:paper_upload", args=[world.asked.ref, f"item-{item.pk}"]), {"file": file}
        ),
        "result": propose,
        "template": edit,
        "import": register,
    }


def stored() -> set[str]:
    """Return every file of the store."""
    root = default_storage.path("")
    return {os.path.join(folder, name) for folder, _inner, names in os.walk(root) for name in names}


def named() -> set[tuple[str, Any]]:
    """Return every stored file that a row names."""
    rows = [
        ("paper", Paper.objects.values_list("file", flat=True)),
        ("result", Result.objects.values_list("file", flat=True)),
        ("template", RequiredPaper.objects.values_list("template_file", flat=True)),
    ]
    return {(kind, name) for kind, names in rows for name in names if name}


@cache
def content_of(label: str) -> bytes:
    """Make a file of :mod:`tests.papers` once: made again, most would differ by their dates and be parsed again."""
    return (HOSTILE | GOOD)[label][1]()


FIELDS = ("paper", "supplement", "result", "template", "import")


@pytest.mark.sqlite
@pytest.mark.parametrize("field", FIELDS)
def test_no_hostile_file_is_taken_anywhere(world, remembered, field):
    send, taken = fields(world)[field], []
    before, there = named(), stored()
    for label, (name, _make, code) in HOSTILE.items():
        if code == "unfolds":
            # A second each, and the same parser: common/tests tries them.
            continue
        with undone():
            answer = send(upload(name, content_of(label)))
            page = read(answer).decode()
            if answer.status_code >= 500 or "UNDEFINED(" in page or named() != before or stored() != there:
                taken.append((label, answer.status_code))
            elif field != "import":
                assert answer.status_code == 422 and 'id="main"' in page, (label, answer.status_code)
    assert not taken


@pytest.mark.sqlite
@pytest.mark.parametrize("field", ("paper", "supplement"))
def test_every_good_file_is_taken_and_given_out_inert(world, remembered, field):
    send, browser = fields(world)[field], client_of(world.citizen)
    dossier = world.draft if field == "paper" else world.asked
    for label, (name, _make, shown) in GOOD.items():
        if "large" in label or "long" in label:
            continue
        with undone():
            answer = send(upload(name, content_of(label)))
            assert answer.status_code == 302, (label, answer.status_code)
            paper = present(Paper.objects.filter(dossier=dossier).order_by("-pk").first())
            assert paper.original_name == shown, label
            served = browser.get(reverse("applicant:paper_file", args=[dossier.ref, paper.ref]))
            content = read(served)
            assert hashlib.sha256(content).hexdigest() == paper.sha256, label
            assert served["Content-Type"] in uploads.SERVED_TYPES and served["X-Content-Type-Options"] == "nosniff"
            assert served["Content-Security-Policy"].startswith("sandbox")
            default_storage.delete(present(paper.file.name))


def test_a_result_keeps_a_signed_pdf_and_a_template_is_written_anew(world):
    sending = fields(world)
    # Made once: every PDF carries an identifier of its own.
    paper = signed()
    assert sending["result"](upload("ket-qua.pdf", paper)).status_code == 302
    with Result.objects.get(dossier=world.processing).file.open("rb") as kept:
        assert kept.read() == paper
    content = b"\xef\xbb\xbf" + pdf_bytes()
    assert sending["template"](upload("mau.pdf", content)).status_code == 302
    version = ProcedureVersion.objects.open().get()
    with version.papers.get(n=1).template_file.open("rb") as kept:
        assert kept.read().startswith(b"%PDF-")


# The store ------------------------------------------------------------------------------------------------------------


def failing(number: int) -> Callable[..., Any]:
    """Return how a disk fails after half a file."""

    def write(content: Any, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"half"
        raise OSError(number, os.strerror(number))

    return write


def sentence() -> str:
    return str(uploads.REASONS["store"])


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_full_or_read_only_store_is_a_sentence_and_leaves_no_half_file(world, remembered, monkeypatch, field, number):
    send = fields(world)[field]
    before, there = named(), stored()
    name, content = "mau.pdf" if field in ("template", "import") else "giay.pdf", pdf_bytes()
    with monkeypatch.context() as broken:
        broken.setattr("django.core.files.base.ContentFile.chunks", failing(number), raising=False)
        answer = send(upload(name, content))
    page = answer.content.decode()
    assert answer.status_code in (200, 409, 422)
    assert sentence() in page
    assert named() == before and stored() == there
    if field == "paper":
        card = page.split('id="paper-chung-sinh"')[1].split("</section>")[0]
        assert sentence() in card
    # The disk is well again: the same file is taken.
    assert send(upload(name, content)).status_code in (200, 302)
    assert named() != before


@pytest.mark.parametrize("field", FIELDS)
def test_uploads_are_refused_before_the_store_is_full(world, settings, monkeypatch, field):
    settings.STORE_FREE_BYTES = 1 << 62
    for module in (uploads, template_files, exchange_files):
        monkeypatch.setattr(module, "parse", None)
    before, there = named(), stored()
    answer = fields(world)[field](upload("giay.pdf", pdf_bytes()))
    assert answer.status_code == 422 and sentence() in answer.content.decode()
    assert named() == before and stored() == there
    assert Alert.objects.get().kind == AlertKind.STORE_FULL


def test_everything_else_works_while_uploads_are_refused(world, settings):
    settings.STORE_FREE_BYTES = 1 << 62
    slip = present(Slip.objects.filter(file="").first())
    tasks.render_slip(slip.pk)
    slip.refresh_from_db()
    assert default_storage.exists(present(slip.file.name))
    perform(actions.Receive(), world.submitted, by=world.commune.clerk, now=NOW)
    browser = client_of(world.citizen)
    address = reverse("applicant:section", args=[world.draft.ref, "requester"])
    assert browser.get(address).status_code == 200
    for address in ("/", reverse("applicant:papers", args=[world.draft.ref])):
        assert browser.get(address).status_code == 200


@pytest.mark.parametrize("size", [1000, 3_000_000])
def test_full_temporary_folder_stops_no_upload(world, monkeypatch, size):
    def full(*args: Any, **options: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, full)
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", full)
    content = pdf_bytes(lambda pdf: setattr(pdf.Root, "Stuff", pdf.make_stream(os.urandom(size))))
    assert fields(world)["paper"](upload("giay.pdf", content)).status_code == 302
    # A workbook needs the folder.
    publisher = client_of(world.commune.publisher)
    monkeypatch.setattr("procedures.manage.views.exchange.TemporaryFile", full)
    answer = publisher.post(reverse("manage:export"), {"scope": "*.1", "format": "xlsx"})
    assert answer.status_code == 422 and "JSON" in answer.content.decode()
    assert read(publisher.post(reverse("manage:export"), {"scope": "*.1", "format": "json"})).startswith(b"{")


def test_papers_of_the_portal_are_made_later_when_the_store_fails(world, monkeypatch):
    slip, there = present(Slip.objects.filter(file="").order_by("-pk").first()), stored()
    monkeypatch.setattr(tasks, "render_pdf", lambda template, context: b"%PDF-made")
    with monkeypatch.context() as broken:
        broken.setattr("django.core.files.base.ContentFile.chunks", failing(errno.ENOSPC), raising=False)
        tasks.render_waiting_slips()
    slip.refresh_from_db()
    assert not slip.file and stored() == there
    tasks.render_waiting_slips()
    slip.refresh_from_db()
    assert slip.file


def test_blank_form_is_given_out_even_when_it_cannot_be_kept(world, monkeypatch):
    monkeypatch.setattr("procedures.paper.blank_forms.render", lambda form, name: b"%PDF-blank")
    monkeypatch.setattr("procedures.paper.blank_forms.storage_name", lambda pk, form, name: f"blank-forms/{pk}/x.pdf")
    monkeypatch.setattr("django.core.files.base.ContentFile.chunks", failing(errno.EROFS), raising=False)
    answer = Client().get(reverse("procedures:blank_form", args=[world.version.procedure.code]))
    assert (answer.status_code, answer.content) == (200, b"%PDF-blank")


def test_copy_of_a_dossier_whose_files_cannot_be_written_says_so(world, monkeypatch):
    perform(actions.Refuse("Sai thẩm quyền, Điều 1"), world.submitted, by=world.commune.clerk, now=NOW)
    browser, drafts = client_of(world.citizen), Dossier.objects.count()
    page = browser.get(reverse("applicant:dossier", args=[world.submitted.ref])).content.decode()
    key = page.split('name="key" value="')[1].split('"')[0]
    address = reverse("applicant:copy", args=[world.submitted.ref])
    there = stored()
    with monkeypatch.context() as broken:
        broken.setattr("django.core.files.base.ContentFile.chunks", failing(errno.ENOSPC), raising=False)
        answer = browser.post(address, {"key": key}, follow=True)
    assert sentence() in answer.content.decode()
    assert Dossier.objects.count() == drafts and stored() == there
    browser.post(address, {"key": key})
    assert Dossier.objects.count() == drafts + 1


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "full"), OSError(errno.EROFS, "read-only")])
def test_disk_that_fails_where_nobody_expects_it_is_a_page_that_says_so(world, monkeypatch, fault):
    def fail(*args: Any, **options: Any) -> Any:
        raise fault

    monkeypatch.setattr(default_storage.__class__, "exists", fail)
    address = reverse("procedures:blank_form", args=[world.version.procedure.code])
    answer = Client(raise_request_exception=False).get(address)
    assert answer.status_code == 503 and answer["Retry-After"]


def test_object_store_that_is_away_is_a_sentence(world, monkeypatch):
    class Away(Exception):
        """As S3 clients raise it: no OSError."""

    def save(*args: Any, **options: Any) -> Any:
        raise Away

    monkeypatch.setattr(default_storage.__class__, "save", save)
    answer = fields(world)["paper"](upload("giay.pdf", pdf_bytes()))
    assert answer.status_code == 422 and sentence() in answer.content.decode()


def test_memory_keeps_the_largest_file_that_is_taken_whole(settings):
    assert max(exchange_forms.MAX_BYTES, template_files.MAX_BYTES) <= settings.MAX_PAPER_BYTES
