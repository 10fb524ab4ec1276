"""The desk's pages: who may open them, what they show, what they write down, what they cost."""

import hashlib
import re
import unicodedata
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.clock import LOCAL
from dossiers import actions
from dossiers.models import AccessRecord, Applicant, Dossier
from dossiers.records.applicants import number_index
from tests import factories
from tests.present import present

from ..steps import address, copies

PAGES = ["desk:home", "desk:list", "desk:results", "desk:messages_failed", "desk:shortcuts", "leader:home"]
# Who besides clerk, specialist and leader gets in: nobody. These pages are for one role only.
ONLY = {"desk:results": {"clerk"}, "leader:home": {"leader"}}


@pytest.fixture(autouse=True)
def clock(now):
    """Monday morning, an hour after the road's steps began."""
    with time_machine.travel(now.replace(hour=10), tick=False):
        yield


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", ["clerk", "specialist", "leader", "cashier", "publisher", "administrator"])
def test_page_opens_for_the_right_posts_only(client, road, commune, name, role):
    road.submitted()
    client.force_login(getattr(commune, role))
    allowed = role in ONLY.get(name, {"clerk", "specialist", "leader"})
    assert client.get(reverse(name)).status_code == (200 if allowed else 403)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_closed_to_citizens_and_strangers(client, citizen, name):
    assert client.get(reverse(name)).status_code == 302
    client.force_login(citizen)
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("state", ["submitted", "received", "processing", "proposed", "decided", "asked"])
@pytest.mark.parametrize("role", ["clerk", "specialist", "leader"])
def test_dossier_page_shows_data_papers_and_writes_a_reading(client, road, commune, state, role):
    dossier = getattr(road, state)().dossier
    officer = getattr(commune, role)
    client.force_login(officer)
    page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert "UNDEFINED" not in page
    assert dossier.applicant.name in page
    assert "Giấy chứng sinh" in page
    assert "075199000011" not in page
    assert AccessRecord.objects.get(dossier=dossier).reader == officer


def test_other_commune_and_drafts_are_not_found(client, road, commune, other_commune):
    client.force_login(other_commune.clerk)
    dossier = road.submitted().dossier
    for where in ("", "history/", "receive/"):
        assert client.get(reverse("desk:dossier", args=[dossier.code]) + where).status_code == 404
    for code in ("khong-co", "x" * 500, "Mã"):
        assert client.get(f"/desk/dossiers/{code}/").status_code == 404


def test_unmasking_shows_the_number_once_and_is_noted(client, road, commune):
    dossier = road.submitted().dossier
    client.force_login(commune.clerk)
    assert client.get(reverse("desk:unmask", args=[dossier.code])).status_code == 405
    answer = client.post(reverse("desk:unmask", args=[dossier.code]))
    assert "075199000011" not in answer.url
    assert "075199000011" in client.get(answer.url).content.decode()
    assert "075199000011" not in client.get(answer.url).content.decode()
    assert AccessRecord.objects.filter(dossier=dossier, reader=commune.clerk, what="number").count() == 1


def test_paper_opens_when_no_scanner_doubts_it(client, road, commune):
    dossier = road.submitted().dossier
    paper = dossier.papers.create(
        required=road.version.papers.first(),
        name="Giấy chứng sinh",
        kind="file",
        original_name="chứng sinh.jpg",
        media_type="image/jpeg",
        sha256=hashlib.sha256(b"\xff\xd8\xff").hexdigest(),
        uploaded_at=road.now,
    )
    paper.file.save("x.jpg", ContentFile(b"\xff\xd8\xff"))
    address = reverse("desk:paper_file", args=[dossier.code, paper.ref])
    client.force_login(commune.clerk)
    answer = client.get(address + "?inline=1")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("inline")
    assert b"".join(answer.streaming_content) == b"\xff\xd8\xff"
    assert AccessRecord.objects.filter(what=f"paper {paper.ref}").count() == 1
    dossier.papers.filter(pk=paper.pk).update(scan_state="pending")
    assert client.get(address).status_code == 302


def test_slip_prints_at_once(client, road, commune):
    dossier = road.received().dossier
    client.force_login(commune.clerk)
    page = client.get(reverse("desk:print", args=["receipt", dossier.code]))
    assert page.status_code == 200
    assert dossier.code in page.content.decode()
    assert client.get(reverse("desk:print", args=["apology", dossier.code])).status_code == 404
    assert client.get(reverse("desk:print", args=["control-sheet", dossier.code])).status_code == 200


def test_draft_letter_is_readable_before_and_after_the_signature(client, road, commune):
    dossier = road.proposed(text="Đồng ý cấp trích lục.").dossier
    client.force_login(commune.leader)
    assert "Đồng ý cấp trích lục." in client.get(reverse("leader:home")).content.decode()
    page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert page.index("Đồng ý cấp trích lục.") < page.index(address(dossier, "approve"))
    letter = reverse("desk:result_print", args=[dossier.code])
    assert "Đồng ý cấp trích lục." in client.get(letter).content.decode()
    road.do(actions.Approve(), commune.leader)
    assert "1/TB-UBND" in client.get(letter).content.decode()
    assert client.get(reverse("desk:result_file", args=[dossier.code])).status_code == 302


@pytest.mark.parametrize(
    "typed",
    ["{code}", "http://testserver/track/{code}/", " {code} "],
    ids=["code", "receipt QR", "code with spaces"],
)
def test_full_code_opens_the_dossier(client, road, commune, typed):
    dossier = road.submitted().dossier
    client.force_login(commune.clerk)
    answer = client.post(reverse("desk:search"), {"q": typed.format(code=dossier.code)})
    assert answer.url == reverse("desk:dossier", args=[dossier.code])


@pytest.mark.parametrize(
    "typed",
    ["nguyen van", unicodedata.normalize("NFD", "Nguyễn Văn An"), "075199000011", "075 199 000 011", "260323-0001"],
    ids=["without accents", "NFD", "number", "number with spaces", "end of the code"],
)
def test_search_finds_without_a_trace_in_the_address(client, road, commune, typed):
    dossier = road.submitted().dossier
    factories.applicant(
        Dossier.objects.create(
            version=road.version,
            unit=commune.unit,
            received_by=commune.unit,
            code="000.00.16.H19-260322-0009",
            status=1,
            created_at=road.now,
            saved_at=road.now,
        ),
        name="Lê Thị Hoa",
    )
    Applicant.objects.filter(dossier=dossier).update(number_index=number_index("075199000011"))
    client.force_login(commune.clerk)
    answer = client.post(reverse("desk:search"), {"q": typed})
    assert typed not in answer.url and answer.url.endswith("?view=all&search=1")
    page = client.get(answer.url).content.decode()
    assert dossier.code in page
    assert "Lê Thị Hoa" not in page
    assert "075199000011" not in page
    assert "075199000011" not in str(dict(client.session))


def test_search_never_reaches_another_commune(client, road, commune, other_commune):
    dossier = road.submitted().dossier
    client.force_login(other_commune.clerk)
    for typed in (dossier.code, "Nguyễn Văn An", "075199000011"):
        page = client.post(reverse("desk:search"), {"q": typed}, follow=True).content.decode()
        assert reverse("desk:dossier", args=[dossier.code]) not in page


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "x" * 5000, "'; --"])
def test_any_search_is_answered(client, commune, typed):
    client.force_login(commune.clerk)
    assert client.post(reverse("desk:search"), {"q": typed}, follow=True).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "view=nichts",
        "view=all&after=x",
        "view=all&after=none_9",
        "sort=zz",
        "field=%27--",
        "channel=x&deadline=y",
        "before=~",
    ],
)
def test_made_up_list_is_answered(client, road, commune, query):
    road.submitted()
    client.force_login(commune.clerk)
    assert client.get(f"{reverse('desk:list')}?{query}").status_code == 200


def test_every_tab_and_filter_is_answered(client, road, commune):
    road.processing()
    client.force_login(commune.clerk)
    filters = ("", "&deadline=late", "&deadline=week&channel=online&field=ho-tich", "&sort=-due")
    for view in ("waiting", "mine", "processing", "signing", "supplement", "results", "done", "all"):
        for extra in filters:
            assert client.get(f"{reverse('desk:list')}?view={view}{extra}").status_code == 200, (view, extra)


def test_tabs_hold_what_they_say(client, road, commune):
    dossier = road.submitted().dossier
    client.force_login(commune.clerk)

    def tabs_with():
        keys = ("waiting", "mine", "processing", "signing", "supplement", "results", "done", "all")
        pages = {key: client.get(f"{reverse('desk:list')}?view={key}").content.decode() for key in keys}
        return {key for key, page in pages.items() if f"/{dossier.code}/" in page}

    assert tabs_with() == {"waiting", "all"}
    road.do(actions.Receive(), commune.clerk)
    assert tabs_with() == {"mine", "processing", "all"}
    road.do(actions.Forward(commune.specialist), commune.clerk)
    assert tabs_with() == {"processing", "all"}
    road.do(actions.Propose(is_granted=True), commune.specialist)
    assert tabs_with() == {"processing", "signing", "all"}
    road.do(actions.Approve(), commune.leader)
    assert tabs_with() == {"results", "all"}
    road.do(actions.ReturnResult("Nguyễn Văn An", "1"), commune.clerk)
    assert tabs_with() == {"done", "all"}


def test_sent_back_proposal_is_counted_for_the_specialist(client, road, commune):
    road.proposed().do(actions.SendBack("Sai tên"), commune.leader)
    client.force_login(commune.specialist)
    page = client.get(f"{reverse('desk:list')}?view=sent-back").content.decode()
    assert road.dossier.code in page


def test_pages_follow_each_other_without_gap_or_double(client, road, commune):
    copies(road, 120)
    client.force_login(commune.clerk)
    seen, address = [], f"{reverse('desk:list')}?view=waiting"
    while address:
        page = client.get(address)
        seen += [row.code for row in page.context["page"].rows]
        found = re.search(r'href="([^"]+)" rel="next"', page.content.decode())
        address = reverse("desk:list") + found.group(1).replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 120


def test_neighbours_lead_along_the_list(client, road, commune):
    copies(road, 3)
    client.force_login(commune.clerk)
    code = "000.00.16.H19-260322-0001"
    page = client.get(reverse("desk:dossier", args=[code]) + "?view=waiting").content.decode()
    assert "000.00.16.H19-260322-0000/?view=waiting" in present(re.search(r'href="([^"]+)" rel="prev"', page)).group(1)
    assert "000.00.16.H19-260322-0002/?view=waiting" in present(re.search(r'href="([^"]+)" rel="next"', page)).group(1)


def test_neighbours_of_a_dossier_without_a_term_are_the_last_of_the_list(client, road, commune, citizen):
    """It was refused since: it stands in the list of what waits for a signature no more, and behind all of it."""
    waiting = road.proposed().dossier
    road.dossier = factories.draft(citizen, commune.unit, road.version)
    refused = road.submitted().do(actions.Refuse("Không đủ"), commune.clerk).dossier
    assert refused.due_at is None
    client.force_login(commune.leader)
    page = client.get(f"{reverse('desk:dossier', args=[refused.code])}?view=signing").content.decode()
    assert f"{waiting.code}/?view=signing" in present(re.search(r'href="([^"]+)" rel="prev"', page)).group(1)
    assert 'rel="next"' not in page


def queries(client, address):
    """Count the queries of one request."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    ("name", "status", "count"), [("desk:home", 1, 9), ("desk:list", 1, 8), ("desk:results", 9, 5)]
)
def test_queue_costs_the_same_queries_for_one_row_and_fifty(client, road, commune, name, status, count):
    client.force_login(commune.clerk)
    copies(road, 1, status=status)
    client.get(reverse(name))
    assert queries(client, reverse(name)) == count
    Dossier.objects.filter(code__isnull=False).delete()
    copies(road, 50, status=status)
    assert queries(client, reverse(name)) == count


def test_the_wait_for_reception_counts_from_when_the_dossier_was_completed(client, road, commune):
    road.submitted().do(actions.RequestSupplement((road.item,)), commune.clerk).answer()
    road.now += timedelta(days=7)
    road.do(actions.Supplement(), road.citizen)
    with time_machine.travel(road.now + timedelta(hours=1), tick=False):
        client.force_login(commune.clerk)
        for address in (reverse("desk:list"), reverse("desk:dossier", args=[road.dossier.code])):
            html = client.get(address, {"view": "waiting"}).content.decode()
            assert "Đã chờ 1 giờ làm việc" in html
            assert "Quá 8 giờ" not in html


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 3, 24, 10, tzinfo=LOCAL), "Thời hạn giải quyết tính từ bây giờ."),
        (datetime(2026, 3, 28, 10, tzinfo=LOCAL), "thời hạn giải quyết tính từ 07:00 thứ Hai 30/03."),
    ],
)
def test_before_receiving_the_clerk_reads_from_when_the_term_counts(client, road, commune, at, told):
    road.submitted()
    with time_machine.travel(at, tick=False):
        client.force_login(commune.clerk)
        html = client.get(address(road.dossier, "receive")).content.decode()
    assert told in html
    road.now = at - timedelta(minutes=1)
    road.do(actions.Receive(), commune.clerk)
    assert ("bây giờ" in html) is (road.dossier.counts_from is None)


def test_what_may_be_scanned_or_typed_is_read_whole(client, commune):
    """A placeholder is cut on a phone: the words stand above the box."""
    client.force_login(commune.clerk)
    html = client.get(reverse("desk:home")).content.decode()
    box = present(re.search(r"<input id=.start-search.[^>]*>", html)).group()
    assert "placeholder" not in box
    assert '<label for="start-search">' in html


def test_a_stopped_dossier_waits_for_no_supplement(client, road, commune):
    road.asked()
    client.force_login(commune.clerk)
    page = reverse("desk:dossier", args=[road.dossier.code])
    html = client.get(page).content.decode()
    assert "Chờ người nộp" in html
    # The date that stood before the pause is no promise now.
    assert "hẹn trả kết quả lúc" not in html
    road.do(actions.Stop("Quá hạn bổ sung"), commune.leader)
    html = client.get(page).content.decode()
    assert "Chờ người nộp" not in html
    assert "Chưa bổ sung" in html


def test_second_dossier_of_a_person_is_found_by_number_too(client, road, commune, citizen):
    road.submitted()
    road.dossier = factories.draft(citizen, commune.unit, road.version)
    road.do(actions.Submit(), citizen)
    client.force_login(commune.clerk)
    page = client.post(reverse("desk:search"), {"q": "075199000011"}, follow=True)
    assert len(page.context["page"].rows) == 2


def test_after_hours_today_is_the_next_working_day(client, road, commune):
    """At night nothing is due any more; what the next morning brings is what counts."""
    dossier = road.received().dossier
    for moment, words, count in (
        (dossier.due_at.replace(hour=1), "Đến hạn hôm nay", 1),
        (dossier.due_at - timedelta(days=1), "Đến hạn hôm nay", 0),
        (dossier.due_at.replace(hour=20) - timedelta(days=1), "Đến hạn vào ngày làm việc tiếp theo", 1),
    ):
        with time_machine.travel(moment, tick=False):
            client.force_login(commune.clerk)
            card = client.get(reverse("desk:home")).context["counts"][1]
        assert (card.count, card.label) == (str(count), words), moment


@pytest.mark.parametrize(
    ("role", "state", "view"),
    [
        ("clerk", "submitted", "waiting"),
        ("clerk", "received", "mine"),
        ("clerk", "decided", "results"),
        ("specialist", "processing", "mine"),
        ("leader", "proposed", "signing"),
    ],
)
def test_next_dossier_is_offered_whatever_waits(client, road, commune, role, state, view):
    """An officer without anything new still opens what is held or waits to be handed over."""
    dossier = getattr(road, state)().dossier
    client.force_login(getattr(commune, role))
    page = client.get(reverse("desk:home"))
    assert page.context["next_url"] == f"{reverse('desk:dossier', args=[dossier.code])}?view={view}"
    assert 'accesskey="N"' in page.content.decode()


def test_menu_marks_the_page_shown_and_no_other(client, road, commune):
    """Declarations on paper are current on their own pages only."""
    dossier = road.decided().dossier
    client.force_login(commune.clerk)
    names = ("desk:home", "desk:list", "desk:results", "desk:counter", "desk:shortcuts")
    own = {reverse(name): [reverse(name)] for name in names}
    for shown in (*own, reverse("desk:dossier", args=[dossier.code]), reverse("desk:messages_failed")):
        page = client.get(shown).content.decode()
        menu = page[page.index('<nav class="nav"') :]
        marked = re.findall(r'href="([^"]*)" aria-current=', menu[: menu.index("</nav>")])
        assert marked == own.get(shown, []), shown


@pytest.mark.parametrize("role", ["clerk", "specialist", "leader"])
def test_menu_leads_to_no_refusal(client, commune, role):
    """Every address in an officer's menu opens for that officer."""
    client.force_login(getattr(commune, role))
    page = client.get(reverse("desk:home")).content.decode()
    menu = page[page.index('<nav class="nav"') :]
    addresses = set(re.findall(r'href="(/(?:desk|leader)/[^"]*)"', menu[: menu.index("</nav>")]))
    assert reverse("desk:list") in addresses
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
