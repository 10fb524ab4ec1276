"""The clerk's page for what is settled in one visit, and the pages of the books."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from common.onetime import new_key
from dossiers.desk.views import books as book_views
from dossiers.models import AccessRecord, BookEntry, Dossier
from offices.models import AuditEntry, Post, Role
from payments.collecting import cashier
from tests import factories
from tests.cards import CARD
from tests.pages import checks

pytestmark = pytest.mark.django_db
PAGE = "/desk/attest/"


@pytest.fixture(autouse=True)
def morning(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def booked(commune):
    return factories.booked(commune.unit)


@pytest.fixture
def clerk(client, commune, booked):
    client.force_login(commune.clerk)
    return client


@pytest.fixture
def boxes(commune, booked):
    signer = Post.objects.get(unit=commune.unit, role=Role.LEADER).pk
    return {"name": "Phạm Thị Lan", "id_number": "075199000099", "document": "3", "copies": "2", "pages": "4"} | {
        "signer": str(signer),
        "key": new_key(),
    }


def form_of(client, query=""):
    return client.get(PAGE + query).context["form"]


def test_a_page_sent_enters_and_stands_ready_for_the_next(clerk, boxes):
    answer = clerk.post(PAGE, boxes)
    entry = BookEntry.objects.get()
    assert (entry.document, entry.copies, entry.pages, entry.fee_vnd) == ("Bằng tốt nghiệp", 2, 4, 12_000)
    page = clerk.get(answer.url)
    assert page.context["form"]["name"].value() is None
    text = page.content.decode()
    assert "1, quyển số 01/2026-SCT/BS" in text and "12.000 đồng" in text
    assert f"again={entry.dossier.code}" in text


def test_the_same_page_sent_twice_enters_once(clerk, boxes):
    assert [clerk.post(PAGE, boxes).status_code for _try in range(2)] == [302, 302]
    assert BookEntry.objects.count() == 1


def test_the_same_person_comes_again_with_name_and_number(clerk, boxes):
    answer = clerk.post(PAGE, boxes | {"again": "1"})
    form = clerk.get(answer.url).context["form"]
    assert [form[name].value() for name in ("name", "id_number", "copies")] == ["Phạm Thị Lan", "075199000099", 1]
    assert form.fields["document"].widget.attrs["autofocus"]
    assert AccessRecord.objects.get().what == "person"
    # Who signed last is proposed again.
    assert form["signer"].value() == boxes["signer"]


def test_nobody_comes_again_from_a_dossier_that_is_no_entry_or_of_others(clerk, road, other_commune):
    road.submitted()
    foreign = factories.attested(other_commune, factories.booked(other_commune.unit, code="2.000999")).dossier
    for code in (road.dossier.code, foreign.code, "x" * 500):
        assert form_of(clerk, f"?again={code}")["name"].value() is None


def test_a_scanned_card_fills_the_person_in(clerk, boxes):
    page = clerk.post(PAGE, boxes | {"name": CARD, "id_number": "", "document": ""})
    form = page.context["form"]
    assert form["id_number"].value() == CARD.split("|")[0] and form["name"].value() == CARD.split("|")[2]
    assert not form.errors and not BookEntry.objects.exists()


def test_the_fee_can_be_seen_first(clerk, boxes):
    page = clerk.post(PAGE, boxes | {"fee-more": "1"})
    assert page.status_code == 200 and "12.000 đồng" in page.content.decode()
    assert page.context["form"]["name"].value() == "Phạm Thị Lan"
    assert not BookEntry.objects.exists()
    assert clerk.post(PAGE, boxes | {"fee-more": "1", "copies": "hai"}).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "box"),
    [
        ({"name": ""}, "name"),
        ({"document": " "}, "document"),
        ({"copies": "0"}, "copies"),
        ({"copies": ""}, "copies"),
        ({"pages": "100000"}, "pages"),
        ({"copies": "2,5"}, "copies"),
        ({"signer": "0"}, "signer"),
        ({"id_number": "12"}, "id_number"),
        ({"document": "x" * 301}, "document"),
    ],
)
def test_what_has_to_be_mended_stands_at_its_box(clerk, boxes, wrong, box):
    page = clerk.post(PAGE, boxes | wrong)
    assert page.status_code == 422 and list(page.context["form"].errors) == [box]
    assert not Dossier.objects.exists()


def test_accents_typed_apart_are_kept_as_one(clerk, boxes):
    clerk.post(PAGE, boxes | {"name": "Pha\u0323m Thi\u0323 Lan", "document": "Ho\u0323c ba\u0323"})
    assert list(BookEntry.objects.values_list("person", "document")) == [("Phạm Thị Lan", "Học bạ")]


def test_a_signer_whose_post_ended_meanwhile_is_refused(clerk, commune, boxes):
    Post.objects.filter(user=commune.leader).update(valid_until=date(2026, 3, 22))
    page = clerk.post(PAGE, boxes)
    assert page.status_code == 422 and "signer" in page.context["form"].errors


def test_the_box_of_an_officer_without_a_till_asks_for_no_money(clerk, commune, boxes, now):
    assert "paid" not in form_of(clerk).fields
    Post.objects.create(user=commune.clerk, unit=commune.unit, role=Role.CASHIER, valid_from=date(2025, 7, 1))
    shift = cashier.open_shift(commune.unit, commune.clerk, 0, now)
    assert form_of(clerk)["paid"].value() is True
    page = clerk.post(PAGE, boxes | {"paid": "on"}, follow=True)
    assert cashier.taken_vnd(shift) == 12_000
    assert 'accesskey="I"' in page.content.decode()


def test_a_unit_without_such_procedures_is_told_so(client, other_commune):
    client.force_login(other_commune.clerk)
    assert client.get(PAGE).status_code == 200 and "form" not in client.get(PAGE).context


def test_books_stand_as_tabs_and_procedures_of_one_book_are_chosen(clerk, commune):
    deals = [factories.booked(commune.unit, "contracts", code=code) for code in ("2.001035", "2.001406")]
    page = clerk.get(PAGE + "?book=contracts")
    assert [tab[2] for tab in page.context["tabs"]] == [False, True]
    choices = page.context["form"].fields["procedure"].choices
    assert [code for code, _name in choices] == ["", *sorted(deal.procedure.code for deal in deals)]
    factories.attested(commune, deals[1])
    form = form_of(clerk, "?book=contracts")
    assert form["procedure"].value() == "2.001406" and len(form.fields["procedure"].choices) == 2


def test_the_page_costs_the_same_with_few_and_many_entries(clerk, commune, booked):
    costs = []
    for _n in range(2):
        factories.attested(commune, booked)
        clerk.get(PAGE)
        with CaptureQueriesContext(connection) as seen:
            clerk.get(PAGE)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 10


# Books --------------------------------------------------------------------------------------------------------------


def address(name, commune, **extra):
    return reverse(f"desk:{name}", args=[commune.unit.slug, "copies", *extra.values()])


@pytest.fixture
def three(commune, booked, now):
    made = [
        factories.attested(commune, booked, now + timedelta(days=n), note="=1+1" if n else "").dossier for n in range(3)
    ]
    return made


def test_a_book_shows_its_entries_newest_first_with_masked_numbers(clerk, commune, three):
    page = clerk.get(address("book", commune, year=2026))
    assert [row["entry"].number for row in page.context["page"].rows] == [3, 2, 1]
    text = page.content.decode()
    assert "075199000099" not in text and three[0].code in text
    page = clerk.get(address("book", commune, year=2026) + "?since=24/03/2026&until=24/3/2026")
    assert [row["entry"].number for row in page.context["page"].rows] == [2]
    assert clerk.get(address("book", commune, year=2025)).context["page"].rows == []


def test_a_cancelled_entry_is_crossed_out_with_its_reason(clerk, commune, three):
    entry = BookEntry.objects.get(number=2)
    cancel = reverse("desk:act", args=[entry.dossier.code, "cancel-entry"])
    assert cancel in clerk.get(address("book", commune, year=2026)).content.decode()
    revision = entry.dossier.revision
    done = clerk.post(cancel, {"revision": revision, "reason": "Ghi nhầm người"})
    assert done.url == reverse("desk:books")
    text = clerk.get(address("book", commune, year=2026)).content.decode()
    assert "Ghi nhầm người" in text and text.count('class="crossed"') == 1 and cancel not in text
    stale = clerk.post(cancel, {"revision": revision, "reason": "Lần nữa"})
    assert stale.status_code == 409
    page = clerk.get(reverse("desk:dossier", args=[entry.dossier.code]))
    head = page.content.decode().partition('class="dossier-head"')[2].partition("</div>")[0]
    assert "Đã hủy" in head and not page.context["deadline_status"].text and "/deadline/" not in head


def test_excel_has_whole_numbers_and_no_formula_and_stands_in_the_log(clerk, commune, three):
    answer = clerk.post(address("book_export", commune, year=2026), {"format": "xlsx", "since": "24/03/2026"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in rows] == [2, 3] and rows[0][3] == "075199000099" and rows[0][9] == "=1+1"
    assert sheet.cell(2, 10).data_type == "s"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.unit) == ("book.export", commune.clerk, commune.unit)


def test_the_pdf_is_a_pdf_and_too_many_days_are_refused(clerk, commune, three, monkeypatch):
    answer = clerk.post(address("book_export", commune, year=2026), {"format": "pdf"})
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF-")
    monkeypatch.setattr(book_views, "MOST_PRINTED", 2)
    assert clerk.post(address("book_export", commune, year=2026), {"format": "pdf"}).status_code == 302
    assert AuditEntry.objects.count() == 1


def test_the_list_of_books_counts_them(clerk, commune, three):
    factories.booked(commune.unit, "signatures", code="2.000884")
    volumes = clerk.get(reverse("desk:books")).context["volumes"]
    assert [(one.book, one.count, one.last, one.may_begin) for one in volumes] == [
        ("copies", 3, 3, False),
        ("signatures", 0, 0, True),
    ]
    begin = reverse("desk:book_begin", args=[commune.unit.slug, "signatures"])
    answers = [clerk.post(begin, {"number": number, "key": new_key()}).status_code for number in ("1.533", "7", "x")]
    assert answers == [302, 422, 422]
    volumes = clerk.get(reverse("desk:books")).context["volumes"]
    assert [(one.last, one.may_begin) for one in volumes] == [(3, False), (1532, False)]


@pytest.mark.parametrize("slug", ["other", "nowhere"])
def test_books_of_others_and_what_is_no_book_are_hidden(clerk, commune, other_commune, slug):
    unit = {"other": other_commune.unit.slug, "nowhere": "khong-co"}[slug]
    assert clerk.get(reverse("desk:book", args=[unit, "copies", 2026])).status_code == 404
    assert clerk.get(reverse("desk:book", args=[commune.unit.slug, slug, 2026])).status_code in (200, 404)
    assert clerk.get(f"/desk/books/{commune.unit.slug}/khac/2026/").status_code == 404


def test_the_dossier_of_an_entry_opens_and_says_where_it_stands(clerk, commune, three):
    page = clerk.get(reverse("desk:dossier", args=[three[0].code]))
    assert page.context["entry"]["number"] == "1, quyển số 01/2026-SCT/BS"
    # The papers were shown and taken along: none of them is missing.
    assert "file-card" not in page.content.decode()
    with override("en"):
        assert clerk.get(reverse("track:dossier", args=[three[0].code])).status_code == 200


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_keep_the_rules(clerk, commune, boxes, three, language):
    clerk.cookies["django_language"] = language
    factories.booked(commune.unit, "signatures", code="2.000884")
    entry = BookEntry.objects.get(number=2)
    cancel = reverse("desk:act", args=[entry.dossier.code, "cancel-entry"])
    clerk.post(cancel, {"revision": entry.dossier.revision, "reason": "Ghi nhầm"})
    pages = {
        "new": clerk.get(PAGE),
        "wrong": clerk.post(PAGE, boxes | {"name": "", "copies": "x"}),
        "fee": clerk.post(PAGE, boxes | {"fee-more": "1"}),
        "next": clerk.post(PAGE, boxes, follow=True),
        "books": clerk.get(reverse("desk:books")),
        "book": clerk.get(address("book", commune, year=2026)),
        "empty": clerk.get(address("book", commune, year=2025)),
        "begin": clerk.get(reverse("desk:book_begin", args=[commune.unit.slug, "signatures"])),
        "dossier": clerk.get(reverse("desk:dossier", args=[entry.dossier.code])),
    }
    faults = {name: checks.faults(page.content.decode()) for name, page in pages.items()}
    assert {name: found for name, found in faults.items() if found} == {}
