"""Finding: what comes first, typing errors, life events, and what it costs."""

from datetime import date, datetime

import pytest
from django.db import transaction

from common.clock import LOCAL
from offices.models import Unit, UnitKind
from procedures import seed
from procedures.catalogue import offer_all
from procedures.finding import search, spelling
from procedures.finding.search import Filters
from procedures.models import LifeEvent, Procedure, TitleWord
from tests.pages import checks

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 23)
FIND = "/procedures/"


@pytest.fixture(scope="module", autouse=True)
def catalogue(django_db_setup, django_db_blocker):
    """The catalogue that comes with the portal, offered by two communes, once for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed.import_catalogue(now=datetime(2026, 3, 23, 9, tzinfo=LOCAL))
        for name in ("Xuân Bắc", "Xuân Lộc"):
            slug = name.lower().replace(" ", "-").replace("â", "a").replace("ắ", "a").replace("ộ", "o")
            unit = Unit.objects.create(
                kind=UnitKind.COMMUNE,
                slug=slug,
                name=f"UBND xã {name}",
                short_name=f"Xã {name}",
                identifier=slug,
                filing_since=datetime(2025, 7, 1, tzinfo=LOCAL),
            )
            if name == "Xuân Bắc":
                offer_all(unit, since=date(2025, 7, 1))
        spelling.recount(DAY)
        yield
        transaction.set_rollback(True)


def found(q, **more):
    filters = Filters.read({"q": q} | more)
    options, filters = search.choices(filters)
    return search.find(filters, options, DAY, FIND)


BIRTH, MARRIAGE, DEATH, SINGLE, COPY, STAY = "1.001193", "1.000894", "1.000656", "1.004873", "2.000815", "1.004194"


@pytest.mark.parametrize(
    ("q", "code"),
    [
        ("tam chu", STAY),
        ("dkkh", MARRIAGE),
        ("truong mam non", "1.004492"),
        ("dong cua quan", "1.001266"),
        ("tien tuat", "1.001731"),
        ("nhập khẩu cho con", "1.004222"),
        ("kết hôn với người nước ngoài", MARRIAGE),
        ("giấy khai sinh", BIRTH),
        ("khai sinh", BIRTH),
        ("đẻ con", BIRTH),
        ("làm giấy khai sinh cho con", BIRTH),
        ("xin làm giấy khai sinh", BIRTH),
        ("đăng ký khai sinh", BIRTH),
        ("Thủ tục đăng ký khai sinh", BIRTH),
        ("đăng ký kết hôn", MARRIAGE),
        ("dang ki ket hon", MARRIAGE),
        ("ĐĂNG KÍ KẾT HÔN", MARRIAGE),
        ("cưới", MARRIAGE),
        ("xin xác nhận độc thân", SINGLE),
        ("giấy độc thân", SINGLE),
        ("báo tử", DEATH),
        ("giấy chứng tử", DEATH),
        ("sao y", COPY),
        ("công chứng", COPY),
        ("hộ khẩu", "1.004222"),
        ("mở quán ăn", "1.001612"),
        ("người khuyết tật", "1.001699"),
        ("001193", BIRTH),
        ("1.001193", BIRTH),
    ],
)
def test_the_right_one_comes_first(q, code):
    assert found(q).rows[0]["code"] == code


@pytest.mark.parametrize(
    ("q", "code", "meant"),
    [
        ("khia sinh", BIRTH, "khai sinh"),
        ("kêt hôm", MARRIAGE, "kết hôn"),
        ("chứng thưc bản xao", COPY, "chứng thực bản sao"),
        ("ddang kys ket hon", MARRIAGE, "đăng ký kết hôn"),
        ("khai xinh", BIRTH, "khai sinh"),
        ("khia tử", DEATH, "khai tử"),
        ("giấy khai sinh zzzzqq", BIRTH, "giấy khai sinh"),
        ("thuwowngf tru", "1.004222", "thường trú"),
    ],
)
def test_typing_errors_are_forgiven(q, code, meant):
    result = found(q)
    assert (result.rows[0]["code"], result.corrected) == (code, meant)
    assert found(q, exact="1").rows == []


@pytest.mark.parametrize("q", ["zzzz", "%", "_", "100%", "khai_sinh zz", "???", "'; DROP TABLE x", "9.999999"])
def test_what_nothing_resembles_finds_nothing(q):
    assert found(q).rows == []


def test_a_page_tells_what_was_searched_instead(client):
    html = client.get(FIND, {"q": "khia sinh"}).content.decode()
    assert "“khai sinh”" in html and 'href="/procedures/?q=khia+sinh&amp;exact=1"' in html
    exactly = client.get(FIND, {"q": "khia sinh", "exact": "1"})
    assert not exactly.context["found"].rows and not exactly.context["found"].corrected


def test_a_unit_is_found_by_its_name():
    assert found("khai sinh xuân bắc").rows[0]["code"] == BIRTH
    assert found("Xã Xuân Bắc").count == "57"
    assert found("khai sinh xuân lộc").rows == []


def test_name_before_synonym_before_field():
    assert ["khai tử" in row["title"] for row in found("khai tử").rows[:2]] == [True, True]
    # 'hộ tịch' stands in three names; the other procedures of the field come after them.
    titles = ["hộ tịch" in row["title"].lower() for row in found("hộ tịch").rows]
    assert titles.count(True) == 3 and titles == sorted(titles, reverse=True)


def test_whole_words_come_before_longer_ones():
    titles = [row["title"].lower() for row in found("con").rows]
    assert "con" in titles[0].replace(",", "").split() and any("công nhận" in title for title in titles)


def test_pages_of_a_ranked_search_hold_each_procedure_once(client):
    seen, url = [], f"{FIND}?q=dang+ky"
    while url:
        response = client.get(url)
        seen += [row["code"] for row in response.context["found"].rows]
        last, url = response, response.context["next_url"]
    assert len(seen) == len(set(seen)) == int(last.context["found"].count) > 20
    back = client.get(last.context["previous_url"]).context["found"].rows
    assert [row["code"] for row in back] == seen[len(seen) - len(last.context["found"].rows) - 20 :][:20]


def test_life_events_lead_to_their_procedures(client):
    response = client.get(FIND, {"event": "ket-hon"})
    codes = [row["code"] for row in response.context["found"].rows]
    assert MARRIAGE in codes and SINGLE in codes and DEATH not in codes
    html = response.content.decode()
    assert "Kết hôn" in html[html.index("<h1") : html.index("</h1>")]
    assert not response.context["found"].groups


def test_every_shipped_procedure_has_a_life_event_and_synonyms():
    assert not Procedure.objects.filter(life_events=None).exists()
    assert not Procedure.objects.filter(synonyms=[]).exists()
    assert LifeEvent.objects.count() == 11


def test_loading_again_changes_no_life_event():
    event = LifeEvent.objects.get(code="ket-hon")
    event.procedures.clear()
    seed.import_catalogue(now=datetime(2026, 3, 23, 9, tzinfo=LOCAL))
    assert not event.procedures.exists()


def test_a_whole_list_is_grouped_and_a_longer_one_counts_its_events():
    groups = found("con").groups
    assert len(groups) > 1 and sum(len(group["rows"]) for group in groups) == len(found("con").rows)
    everything = found("")
    assert not everything.groups
    counts = {event["name"]: event["count"] for event in everything.events}
    assert counts["Kết hôn"] == "6"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "query", [{}, {"q": "con"}, {"q": "khia sinh"}, {"q": "zzzz"}, {"event": "ket-hon"}, {"q": "<b>", "level": "3"}]
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_are_sound(client, query, language):
    client.cookies["django_language"] = language
    assert checks.faults(client.get(FIND, query).content.decode()) == []


def test_a_search_costs_one_look_once_its_rows_are_written(client, django_assert_num_queries):
    for queries in (18, 1):
        with django_assert_num_queries(queries):
            client.get(FIND, {"q": "khai sinh"})
    # In which titles those words stand together that may have been meant.
    for _time in range(2):
        with django_assert_num_queries(2):
            client.get(FIND, {"q": "khia sinh"})


def test_title_words_follow_the_titles():
    assert TitleWord.objects.get(word="khai").titles > 5
    Procedure.objects.filter(code=BIRTH).update(search_text="\n mot ten la \n\n rest\n")
    spelling.recount(DAY)
    assert TitleWord.objects.filter(word="la").exists()
    assert not TitleWord.objects.filter(word="rest").exists()
    assert not TitleWord.objects.filter(word="birth").exists()


@pytest.mark.parametrize("q", ["\0khai", "a" * 3000, "kh\ufffdai", "sinh " * 40, "\u202ekhai", "🙂"])
def test_hostile_words_are_harmless(client, q):
    assert client.get(FIND, {"q": q}).status_code in (200, 400)
