"""A file that was chosen on a page of papers is taken with whatever button is pressed, or the page says why not."""

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers.desk.actions.decision import ProposeForm
from dossiers.desk.officer import Officer
from tests import factories
from tests.present import present

from ..filing.steps import hidden, photo, url


@pytest.fixture(autouse=True)
def at_work(now):
    with time_machine.travel(now.replace(hour=15), tick=False):
        yield


@pytest.fixture
def draft(citizen, commune):
    made = factories.draft(citizen, commune.unit, factories.version(commune.unit))
    made.papers.all().delete()
    return made


@pytest.fixture
def mine(client, citizen):
    client.force_login(citizen)
    return client


def given(draft) -> set[tuple[str, str]]:
    """Return (key of the paper, name of the file or kind) of what has been given."""
    rows = draft.papers.filter(replaced_at=None).select_related("required")
    return {(paper.required.key, paper.original_name or paper.kind) for paper in rows}


def buttons(page: str) -> list[str]:
    """Return the attributes of the buttons in the page's form of papers."""
    form = page[page.index("data-papers") : page.index("</form>", page.index("data-papers"))]
    return re.findall(r"<button([^>]*)>", form)


def test_every_button_of_the_page_sends_the_files_that_were_chosen(mine, draft):
    mine.post(url("paper_upload", draft, "chung-sinh"), {"file": photo("mot.jpg")})
    page = mine.get(url("papers", draft)).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert main.count("<form") == 1 and 'enctype="multipart/form-data"' in main
    boxes = set(re.findall(r'<input type="file"[^>]* name="([^"]+)"', main))
    assert boxes == {f"replace-{draft.papers.get().ref}", "file-chung-sinh", "file-uy-quyen"}
    assert len(buttons(page)) == 9 and "formaction" not in buttons(page)[0]


@pytest.mark.parametrize(
    ("name", "args", "sent", "leads"),
    [
        ("papers", [], {}, "delivery"),
        ("papers", [], {"later": "1"}, "dossier"),
        ("paper_upload", ["uy-quyen"], {}, "papers"),
        ("paper_promise", ["uy-quyen"], {}, "papers"),
        ("paper_promise", ["chung-sinh"], {}, "papers"),
        ("paper_remove", ["nothing"], {}, "papers"),
    ],
)
def test_another_button_takes_the_chosen_file_first(mine, draft, name, args, sent, leads):
    answer = mine.post(url(name, draft, *args), {"file-chung-sinh": photo("mot.jpg")} | sent, follow=True)
    assert ("chung-sinh", "mot.jpg") in given(draft)
    if args == ["uy-quyen"] and name == "paper_promise":
        assert ("uy-quyen", "promised") in given(draft)
    if name == "paper_upload":
        # Its own card says that nothing was chosen there only when nothing came at all.
        assert answer.status_code == 200
    assert "mot.jpg" in answer.content.decode()
    assert answer.redirect_chain[-1][0].partition("#")[0] == url(leads, draft)


def test_several_files_at_once_and_one_in_place_of_another(mine, draft):
    mine.post(url("paper_upload", draft, "chung-sinh"), {"file": photo("mot.jpg")})
    old = draft.papers.get()
    sent = {f"replace-{old.ref}": photo("hai.jpg"), "file-uy-quyen": photo("ba.jpg")}
    assert mine.post(url("papers", draft), sent).url == url("delivery", draft)
    assert given(draft) == {("chung-sinh", "hai.jpg"), ("uy-quyen", "ba.jpg")}


def test_a_file_that_is_not_taken_stops_the_button_and_says_why_while_the_others_are_kept(mine, draft):
    bad = SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    page = mine.post(url("papers", draft), {"file-chung-sinh": bad, "file-uy-quyen": photo("ba.jpg")})
    assert page.status_code == 422 and 'id="error-chung-sinh"' in page.content.decode()
    assert "ba.jpg" in page.content.decode() and given(draft) == {("uy-quyen", "ba.jpg")}


def test_a_file_for_a_paper_that_is_gone_is_not_lost_in_silence(mine, draft):
    page = mine.post(url("papers", draft), {"replace-khong-con": photo("hai.jpg")}, follow=True).content.decode()
    assert "hai.jpg" in page and "chưa được nhận" in page
    assert mine.post(url("papers", draft), {"file-khong-co": photo("hai.jpg")}).status_code == 404


def test_more_files_than_a_page_sends_at_once_are_refused_with_a_word(mine, draft, settings):
    sent = {f"file-{n}": photo() for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)}
    page = mine.post(url("papers", draft), sent)
    assert page.status_code == 413 and "từng tệp" in page.content.decode() and not given(draft)


def test_uploads_are_counted_one_by_one(mine, draft, settings):
    settings.LIMITS = settings.LIMITS | {"upload_user": (1, 3600)}
    sent = {"file-chung-sinh": photo("mot.jpg"), "file-uy-quyen": photo("ba.jpg")}
    assert mine.post(url("papers", draft), sent).status_code == 429
    assert len(given(draft)) == 1


def test_a_supplement_takes_what_was_chosen_before_it_is_sent(client, road):
    dossier = road.asked().dossier
    client.force_login(road.citizen)
    page = client.get(url("supplement", dossier))
    text = page.content.decode()
    box = present(re.search(r'name="(file-item-\d+)"', text))[1]
    assert text[text.index("<main") : text.index("</main>")].count("<form") == 1
    revision = {"revision": hidden(page, "revision")}
    later = client.post(url("supplement", dossier), revision | {"later": "1", box: photo("rõ.jpg")})
    assert later.url == url("dossier", dossier) and dossier.papers.filter(original_name="rõ.jpg").count() == 1
    bad = SimpleUploadedFile("a.jpg", b"nothing", "image/jpeg")
    refused = client.post(url("supplement", dossier), revision | {box: bad})
    dossier.refresh_from_db()
    assert refused.status_code == 422 and dossier.status == 5
    client.post(url("supplement", dossier), revision | {box: photo("hai.jpg")})
    dossier.refresh_from_db()
    assert dossier.status == 4 and dossier.papers.filter(original_name="hai.jpg", replaced_at=None).exists()


def test_a_result_that_was_chosen_beside_a_letter_is_pointed_out(road):
    road.processing()
    officer = Officer(road.commune.specialist, (), road.now)
    sent = {"upload": photo("ket-qua.pdf")}
    form = ProposeForm({"source": "letter"}, sent, dossier=road.dossier, officer=officer)
    assert "ket-qua.pdf" in form.errors["upload"][0]
