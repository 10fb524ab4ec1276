"""Several pictures of one paper: sent at once, turned, put in order; how well they can be read is said, not judged."""

import io

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from dossiers.models import Paper
from dossiers.records import previews
from tests import factories
from tests.papers import encoded, page

from .steps import content, photo, url

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture
def draft(citizen, commune, version):
    made = factories.draft(citizen, commune.unit, version)
    made.papers.all().delete()
    return made


def sent(name: str, image: Image.Image) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, encoded(image, "PNG"), "image/png")


def names(draft) -> list[str]:
    """The pages of the first paper in the order of its card."""
    return list(draft.papers.filter(required__key="chung-sinh").values_list("original_name", flat=True))


def test_pictures_chosen_together_are_pages_of_one_paper_in_their_order(mine, draft):
    three = [photo("trang-1.jpg"), photo("trang-2.jpg"), photo("trang-3.jpg")]
    assert mine.post(url("papers", draft), {"file-chung-sinh": three}).url == url("delivery", draft)
    assert names(draft) == ["trang-1.jpg", "trang-2.jpg", "trang-3.jpg"]
    shown = mine.get(url("papers", draft)).content.decode()
    assert [f"Trang {n}/3" in shown for n in (1, 2, 3)] == [True] * 3
    first, second, third = draft.papers.all()
    assert url("paper_move_up", draft, first.ref) not in shown
    answer = mine.post(url("paper_move_up", draft, third.ref))
    assert answer.url == f"{url('papers', draft)}#paper-chung-sinh"
    assert names(draft) == ["trang-1.jpg", "trang-3.jpg", "trang-2.jpg"]
    # The first one stays where it is, a page taken again stands where the old one stood, a further one comes last.
    mine.post(url("paper_move_up", draft, first.ref))
    mine.post(url("paper_upload", draft, "chung-sinh"), {"file": photo("lai.jpg"), "replaces": third.ref})
    mine.post(url("paper_upload", draft, "chung-sinh"), {"file": photo("them.jpg")})
    assert names(draft) == ["trang-1.jpg", "lai.jpg", "trang-2.jpg", "them.jpg"]


@pytest.mark.django_db(transaction=True)
def test_a_page_is_turned_in_its_place_and_the_old_file_goes(mine, draft):
    flag = Image.new("RGB", (400, 200), "red")
    flag.paste("blue", (0, 0, 200, 200))
    mine.post(url("papers", draft), {"file-chung-sinh": [sent("a.png", flag), photo("b.jpg")]})
    first = draft.papers.all()[0]
    answer = mine.post(url("paper_turn", draft, first.ref), follow=True)
    assert "Đã xoay." in answer.content.decode()
    turned = draft.papers.all()[0]
    assert (names(draft), turned.ref != first.ref, turned.sha256 != first.sha256) == (["a.png", "b.jpg"], True, True)
    assert not default_storage.exists(first.file.name)
    seen = Image.open(io.BytesIO(content(mine.get(url("paper_file", draft, turned.ref)))))
    assert seen.size == (200, 400)
    assert seen.convert("RGB").getpixel((100, 50)) == (0, 0, 255)
    # The page of another tab still has the old one: said, nothing doubled.
    again = mine.post(url("paper_turn", draft, first.ref), follow=True)
    assert "Tệp này vừa thay đổi" in again.content.decode()
    assert draft.papers.count() == 2
    Paper.objects.filter(pk=turned.pk).update(media_type="application/pdf")
    assert mine.post(url("paper_turn", draft, turned.ref)).status_code == 302
    assert draft.papers.count() == 2


def test_turning_is_limited_per_account(mine, draft, settings):
    mine.post(url("paper_upload", draft, "chung-sinh"), {"file": photo()})
    settings.LIMITS = settings.LIMITS | {"turn_user": (1, 3600)}
    answers = [mine.post(url("paper_turn", draft, draft.papers.get().ref)).status_code for _n in range(2)]
    assert answers == [302, 429]


def test_a_file_that_changed_in_the_store_is_not_turned(mine, draft):
    mine.post(url("paper_upload", draft, "chung-sinh"), {"file": photo()})
    paper = draft.papers.get()
    Paper.objects.filter(pk=paper.pk).update(sha256="0" * 64)
    mine.post(url("paper_turn", draft, paper.ref))
    assert draft.papers.get().ref == paper.ref


def test_pages_of_a_supplement_are_turned_and_moved_too(client, road):
    dossier = road.asked().dossier
    client.force_login(road.citizen)
    request = dossier.supplement_requests.get()
    item, key = request.items.get(), "item-%d"
    pages = dossier.papers.filter(uploaded_at__gte=request.asked_at, kind="file")
    with time_machine.travel(road.now.replace(hour=15), tick=False):
        for name in ("a.jpg", "b.jpg"):
            client.post(url("paper_upload", dossier, key % item.pk), {"file": photo(name)})
        assert [paper.original_name for paper in pages] == ["a.jpg", "b.jpg"]
        answer = client.post(url("paper_move_up", dossier, pages[1].ref))
        assert answer.url == f"{url('supplement', dossier)}#paper-item-{item.pk}"
        client.post(url("paper_turn", dossier, pages[0].ref))
        assert [paper.original_name for paper in pages.all()] == ["b.jpg", "a.jpg"]
        # What was filed is not to be changed any more.
        filed = dossier.papers.exclude(kind="file")[0]
        answer = client.post(url("paper_move_up", dossier, filed.ref), follow=True)
        assert "Tệp này vừa thay đổi" in answer.content.decode()


def test_a_picture_that_is_hard_to_read_is_taken_with_a_word_of_advice(mine, draft, client, commune):
    dark = page(1000, 1400).point(lambda grey: grey // 4)
    answer = mine.post(url("paper_upload", draft, "chung-sinh"), {"file": sent("toi.png", dark)}, follow=True)
    shown = answer.content.decode()
    assert draft.papers.get().faults == "dark"
    assert shown.count("Ảnh hơi tối.") == 2 and "cứ để nguyên" in shown
    assert "paper-chung-sinh" in shown and "has-error" not in shown
    mine.post(url("paper_turn", draft, draft.papers.get().ref))
    assert draft.papers.get().faults == "dark"
    mine.post(
        url("paper_upload", draft, "chung-sinh"),
        {"file": sent("ro.png", page(1000, 1400)), "replaces": draft.papers.get().ref},
    )
    assert draft.papers.get().faults == ""
    assert "Ảnh hơi tối" not in mine.get(url("papers", draft)).content.decode()


def test_the_desk_sees_it_in_few_words(client, road):
    paper = road.dossier.papers.all()[0]
    dossier = road.submitted().dossier
    blurred = {"kind": "file", "media_type": "image/png", "file": "papers/xx/none.png", "faults": "blurred"}
    Paper.objects.filter(pk=paper.pk).update(**blurred)
    client.force_login(road.commune.clerk)
    assert "Ảnh mờ" in client.get(f"/desk/dossiers/{dossier.code}/").content.decode()


def test_a_scan_is_measured_with_its_pictures(mine, draft):
    soft = Image.new("L", (1240, 1754), 60)
    ImageDraw.Draw(soft).text((200, 200), "Giấy", fill=0)
    scan = SimpleUploadedFile("a.pdf", encoded(soft, "PDF"), "application/pdf")
    mine.post(url("paper_upload", draft, "chung-sinh"), {"file": scan})
    paper = draft.papers.get()
    assert paper.faults == ""
    previews.make(paper)
    paper.refresh_from_db()
    assert (paper.faults, paper.previewed) == ("dark", 1)
