"""Uploads: what is taken, what is refused, how they are called and how a stored file is served."""

import hashlib
import io
import os
import subprocess
import sys
import threading
import time

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from django.http import Http404
from django.test import RequestFactory

from common.files import places, uploads
from common.refusals import Refused
from dossiers.models import Paper
from tests.factories import NOW
from tests.papers import GOOD, HOSTILE, image_bytes, pdf_bytes, signed, upload
from tests.present import present


def taken(name: str, content: bytes) -> uploads.Accepted:
    return uploads.accept(upload(name, content), now=NOW)


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        uploads.accept(upload(name, content), now=NOW)
    assert str(caught.value.message)
    return caught.value.code


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_file_is_refused(label):
    name, make, code = HOSTILE[label]
    assert refusal(name, make()) == code


@pytest.mark.parametrize("label", GOOD)
def test_good_file_is_taken_and_called_what_it_is(label):
    name, make, shown = GOOD[label]
    made = taken(name, make())
    assert (made.name, made.pages, made.size) == (shown, 1, len(made.content))
    assert uploads.SERVED_TYPES[made.media_type] == f".{shown.rpartition('.')[2]}"
    assert uploads.kind_of(made.content) and len(made.sha256) == 64


def test_pdf_is_written_anew_without_what_stands_around_it():
    content = pdf_bytes()
    loose = content.replace(b"trailer", b"% cast off\ntrailer")
    for sent in (content, b"\xef\xbb\xbf" + content, content + b"\n<!-- scanner -->\n", loose):
        made = taken("a.pdf", sent)
        assert made.content.startswith(b"%PDF-") and made.content.rstrip().endswith(b"%%EOF")
        assert b"scanner" not in made.content and b"cast off" not in made.content
        assert made.sha256 == taken("a.pdf", sent).sha256
        with pikepdf.open(io.BytesIO(made.content)) as pdf:
            assert len(pdf.pages) == 1 and not pdf.get_warnings()


def test_signed_pdf_keeps_its_bytes_and_loses_what_follows_them():
    content = signed()
    assert taken("a.pdf", content).content == content
    assert taken("a.pdf", content + b"<!-- scanner -->").content == content
    assert refusal("a.pdf", content + b"\n%%EOF" + b"x" * 2000 + b"%%EOF") == "signed"


def test_restrictions_of_the_owner_are_lifted():
    name, make, _shown = GOOD["pdf of the owner"]
    with pikepdf.open(io.BytesIO(taken(name, make()).content)) as pdf:
        assert not pdf.is_encrypted


def test_lack_of_room_refuses_before_anything_else(settings, monkeypatch, db):
    settings.STORE_FREE_BYTES = 1 << 62
    monkeypatch.setattr(uploads, "parse", None)
    assert refusal("a.pdf", pdf_bytes()) == "store"


def test_parsers_share_their_places_and_the_last_is_told_to_wait(settings, monkeypatch, tmp_path):
    sleeper, started = tmp_path / "sleeper.py", tmp_path / "started"
    sleeper.write_text(f"import pathlib, time; pathlib.Path({str(started)!r}).touch(); time.sleep(20)")
    monkeypatch.setattr(uploads, "PARSER", sleeper)
    monkeypatch.setattr(uploads, "PARSE_SECONDS", 3)
    settings.PARSERS_AT_ONCE, settings.PARSER_WAIT_SECONDS = 1, 0.3
    first = threading.Thread(target=lambda: refusal("a.pdf", pdf_bytes()))
    first.start()
    while not started.exists():
        time.sleep(0.01)
    assert refusal("b.pdf", pdf_bytes()) == "busy"
    first.join()
    settings.PARSER_WAIT_SECONDS = 10
    monkeypatch.undo()
    assert taken("a.pdf", pdf_bytes()).pages == 1


def test_place_of_a_killed_process_is_free_again(tmp_path):
    code = (
        "import sys, time, pathlib; sys.path.insert(0, '.'); from common.files.places import one_of\n"
        f"with one_of(1, pathlib.Path({str(tmp_path)!r}), 0): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=os.getcwd())
    assert present(holder.stdout).readline() == b"held\n"
    with pytest.raises(places.NoPlace), places.one_of(1, tmp_path, 0.2):
        pass
    holder.kill()
    holder.wait()
    present(holder.stdout).close()
    with places.one_of(1, tmp_path, 0.2), pytest.raises(places.NoPlace), places.one_of(1, tmp_path, 0):
        pass


def test_folder_of_the_places_that_cannot_be_made_refuses_the_file(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.PARSER_FOLDER = tmp_path / "file" / "parsers"
    assert refusal("a.jpg", image_bytes()) == "store"


def test_parser_that_hangs_refuses_the_file(monkeypatch, tmp_path):
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(uploads, "PARSER", sleeper)
    monkeypatch.setattr(uploads, "PARSE_SECONDS", 0.5)
    assert refusal("a.pdf", pdf_bytes()) == "slow"


def test_parser_that_dies_refuses_the_file(monkeypatch, tmp_path):
    killer = tmp_path / "killer.py"
    killer.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(uploads, "PARSER", killer)
    assert refusal("a.pdf", pdf_bytes()) == "damaged"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\an\\anh.png", "anh.png"),
        ("a\0b.pdf", "ab.pdf"),
        ("hop\u202efdp.exe.pdf", "hopfdp.exe.pdf"),
        ("Giâ\u0301y.pdf", "Giấy.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("\ud800.pdf", "giay-to.pdf"),
        (".pdf", "giay-to.pdf"),
        ("....pdf", "giay-to.pdf"),
        (" .jpg", "giay-to.jpg"),
        ("...", "giay-to"),
        ("", "giay-to"),
        ("anh . jpg", "anh . jpg"),
        ("Tờ khai số 12.5", "Tờ khai số 12.5"),
        ("a." + "x" * 300, "a." + "x" * 98),
    ],
)
def test_names_are_made_safe(name, clean):
    assert uploads.clean_name(name) == clean


def test_missing_upload_is_refused():
    with pytest.raises(Refused) as caught:
        uploads.accept(None, now=NOW)
    assert caught.value.code == "missing"


def stored(content: bytes = b"%PDF-") -> FieldFile:
    name = default_storage.save("papers/aa/test.pdf", ContentFile(content))
    return FieldFile(Paper(), Paper._meta.get_field("file"), name)


def served(field_file: FieldFile, media_type: str, name: str, **options):
    """Serve a file whose hash is the one that was kept."""
    with field_file.open("rb") as content:
        sha256 = hashlib.sha256(content.read()).hexdigest()
    return uploads.serve(RequestFactory().get("/"), field_file, media_type, name, sha256=sha256, **options)


@pytest.mark.django_db
def test_served_file_is_inert():
    response = served(stored(), "application/pdf", "Giấy\r\nX: y.pdf", inline=True)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert "\n" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["Cache-Control"] == "private, no-store"
    assert b"".join(response.streaming_content) == b"%PDF-"
    response.close()


@pytest.mark.django_db
def test_unknown_type_is_served_as_bytes():
    response = served(stored(), "text/html", "a.html", inline=True)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    response.close()


@pytest.mark.django_db
def test_only_images_are_shown_inline():
    response = served(stored(b"x"), "image/png", "a.png", inline=True)
    assert response["Content-Disposition"].startswith("inline")
    response.close()


def test_proxy_sends_the_bytes_when_configured(settings):
    settings.X_ACCEL_PREFIX = "/stored/"
    field_file = stored()
    response = served(field_file, "application/pdf", "a.pdf")
    assert response["X-Accel-Redirect"] == f"/stored/{field_file.name}"
    assert response.content == b""


@pytest.mark.django_db
def test_file_that_is_gone_answers_404():
    gone = FieldFile(Paper(), Paper._meta.get_field("file"), "papers/aa/nowhere.pdf")
    with pytest.raises(Http404):
        uploads.serve(RequestFactory().get("/"), gone, "application/pdf", "a.pdf", sha256="0" * 64)


def test_failure_removes_what_was_written():
    field_file = stored()
    with pytest.raises(RuntimeError), uploads.removed_on_failure() as written:
        written.append(field_file)
        raise RuntimeError
    assert not default_storage.exists(present(field_file.name))


def test_success_keeps_what_was_written():
    field_file = stored()
    with uploads.removed_on_failure() as written:
        written.append(field_file)
    assert default_storage.exists(present(field_file.name))
