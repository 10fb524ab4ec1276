"""The catalogue's pages as anybody sees them."""

import unicodedata
from datetime import date

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from procedures import seed
from procedures.catalogue import offer_all
from procedures.models import Offering, Procedure, ProcedureVersion, RequiredPaper
from procedures.public import written
from tests import factories

pytestmark = pytest.mark.django_db
FIND = "/procedures/"


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """Two communes, of which the first offers the whole catalogue; once for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        communes = factories.commune(), factories.commune("xuan-loc", "Xã Xuân Lộc", "000.00.17.H19")
        seed.import_catalogue(now=factories.NOW)
        offer_all(communes[0].unit, since=date(2025, 7, 1))
        yield communes
        transaction.set_rollback(True)


@pytest.fixture
def catalogue(built, db):
    return built[0]


@pytest.fixture
def commune(catalogue):
    return catalogue


def found(client, **query):
    response = client.get(FIND, query)
    assert response.status_code == 200
    return [row["code"] for row in response.context["found"].rows]


@pytest.mark.parametrize(
    "q",
    [
        "đăng ký khai sinh",
        "dang ky khai sinh",
        "DANG KY KHAI SINH",
        unicodedata.normalize("NFD", "đăng ký khai sinh"),
        "  khai   sinh ",
        "đẻ con",
        "de con",
        "1.001193",
        "birth registration",
        "giay khai sinh",
    ],
)
def test_birth_registration_is_found(client, catalogue, q):
    assert "1.001193" in found(client, q=q)


def test_synonyms_lead_to_the_official_names(client, catalogue):
    assert "2.000815" in found(client, q="sao y")
    assert "2.000815" in found(client, q="công chứng")
    assert "1.004222" in found(client, q="hộ khẩu")


@pytest.mark.parametrize("q", ["%", "_", "100%", "khai_sinh", "\\", "'; DROP TABLE x", "nichts dergleichen", "<b>"])
def test_signs_are_searched_as_they_are(client, catalogue, q):
    assert found(client, q=q) == []


def test_a_megabyte_of_words_is_refused(client, catalogue):
    assert client.get(FIND, {"q": "a " * 500_000}).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"level": "9"},
        {"level": "x"},
        {"level": "²"},
        {"agency": "nirgends"},
        {"field": "x" * 500},
        {"audience": "kings"},
        {"after": "x~y~z"},
        {"after": "999999999999999999999~a~1"},
        {"before": "~~"},
        {"page": "-1"},
    ],
)
def test_filters_that_make_no_sense_are_as_if_not_set(client, catalogue, query):
    assert len(found(client, **query)) == 20


def test_filters(client, catalogue):
    assert found(client, field="nuoi-con-nuoi") == ["2.001263"]
    assert found(client, agency="xuan-loc") == []
    assert len(found(client, agency="xuan-bac")) == 20
    assert found(client, level="1", audience="organisation") == ["1.003596"]
    enterprises = found(client, audience="enterprise", level="4")
    assert "1.010736" in enterprises and "1.001193" not in enterprises


def test_every_procedure_is_on_exactly_one_page(client, catalogue):
    seen, url = [], FIND
    while url:
        response = client.get(url)
        seen += [row["code"] for row in response.context["found"].rows]
        url = response.context["next_url"]
    assert len(seen) == len(set(seen)) == 57


def test_pages_go_back(client, catalogue):
    first = client.get(FIND)
    second = client.get(first.context["next_url"])
    back = client.get(second.context["previous_url"])
    assert [row["code"] for row in back.context["found"].rows] == [row["code"] for row in first.context["found"].rows]


def test_results_lead_to_the_procedure_and_say_how_much_is_done_online(client, catalogue):
    html = client.get(FIND, {"q": "chứng thực chữ ký"}).content.decode()
    assert 'href="/procedures/2.000884/"' in html and '<span class="level information">Làm tại xã</span>' in html
    assert '<span class="level wholly">Làm trọn trên mạng</span>' in client.get(FIND, {"q": "đẻ con"}).content.decode()


def test_an_empty_result_offers_to_drop_each_filter(client, catalogue):
    response = client.get(FIND, {"q": "zzz", "level": "4", "field": "ho-tich"})
    urls = [item["url"] for item in response.context["active"]]
    assert urls == [
        "/procedures/?field=ho-tich&level=4",
        "/procedures/?q=zzz&level=4",
        "/procedures/?q=zzz&field=ho-tich",
    ]
    html = response.content.decode()
    assert all(url.replace("&", "&amp;") in html for url in urls)


def test_a_unit_that_lowered_the_level_is_believed(client, commune):
    version = factories.version(commune.unit)
    Offering.objects.update(level=2)
    row = client.get(FIND).context["found"].rows[0]
    assert row["scheme"] == "information"
    html = client.get(f"{FIND}{version.procedure.code}/").content.decode()
    assert "/apply/" not in html


def test_the_page_of_a_procedure_costs_one_look_once_it_is_written(client, catalogue, django_assert_num_queries):
    # One query for the exemptions, where there are fees.
    # What every page says besides is kept by itself.
    client.get("/help/")
    for code, queries in (("1.003677", 12), ("1.001193", 13)):
        with django_assert_num_queries(queries):
            first = client.get(f"{FIND}{code}/").content
        with django_assert_num_queries(1):
            assert client.get(f"{FIND}{code}/").content == first


def test_processes_share_what_one_has_written(client, catalogue, django_assert_num_queries):
    first = client.get(f"{FIND}1.001193/").content
    written._texts.forget()
    with django_assert_num_queries(1):
        assert client.get(f"{FIND}1.001193/").content == first
    Procedure.objects.filter(code="1.001193").update(notice="Nghỉ lễ")
    assert "Nghỉ lễ" in client.get(f"{FIND}1.001193/").content.decode()


def test_the_page_tells_everything(client, catalogue):
    html = client.get(f"{FIND}2.000635/").content.decode()
    for text in (
        "8.000 đồng/",
        "Giấy chứng nhận hộ nghèo",
        "Luật Hộ tịch số 60/2014/QH13 ngày 20/11/2014",
        "Trích lục",
    ):
        assert text in html
    assert html.count('href="/procedures/2.000635/apply/"') == 2


def test_fees_of_the_province_are_shown_as_a_guide(client, catalogue):
    rows = client.get(FIND, {"q": "xác nhận tình trạng hôn nhân"}).context["found"].rows
    assert "15.000" not in rows[0]["fee"]
    assert "15.000 đồng/" in client.get(rows[0]["url"]).content.decode()


def test_low_levels_explain_the_way_on_paper(client, catalogue):
    for code, way in (("1.003583", 'href="#units"'), ("2.000815", 'id="on-paper"'), ("XA-0001", 'id="on-paper"')):
        html = client.get(f"{FIND}{code}/").content.decode()
        assert "/apply/" not in html and way in html and "7:00–11:30" in html


def test_a_retired_procedure_stays_readable(client, commune):
    version = factories.version(commune.unit)
    ProcedureVersion.objects.update(status="retired", effective_until=date(2026, 1, 31))
    response = client.get(f"{FIND}{version.procedure.code}/")
    html = response.content.decode()
    assert response.status_code == 200 and "01/02/2026" in html and "/apply/" not in html
    assert found(client) == []


def test_a_procedure_that_takes_no_more_dossiers_says_so(client, commune):
    version = factories.version(commune.unit)
    Procedure.objects.update(accept_until=date(2026, 1, 31), notice="Chuyển sang thủ tục khác")
    html = client.get(f"{FIND}{version.procedure.code}/").content.decode()
    assert "01/02/2026" in html and "Chuyển sang thủ tục khác" in html and "/apply/" not in html


@pytest.mark.parametrize("code", ["nope", "1.00119", "%25", "x" * 300, "đ"])
def test_unknown_codes_are_not_found(client, catalogue, code):
    assert client.get(f"{FIND}{code}/").status_code == 404


def test_drafts_are_nobodys_business(client, commune):
    version = factories.version(commune.unit, status="draft", published_at=None)
    assert client.get(f"{FIND}{version.procedure.code}/").status_code == 404


def test_templates_are_served_as_attachments(client, commune, settings, tmp_path):
    version = factories.version(commune.unit)
    paper = RequiredPaper.objects.get(key="chung-sinh")
    factories.template_file(paper, b"%PDF-1.7 mau")
    url = reverse("procedures:template", args=[version.procedure.code, paper.n])
    assert url in client.get(f"{FIND}{version.procedure.code}/").content.decode()
    response = client.get(url)
    assert b"".join(response) == b"%PDF-1.7 mau"
    assert response["Content-Disposition"].startswith("attachment")
    for n in (2, 99, 2**40):
        assert client.get(f"{FIND}{version.procedure.code}/templates/{n}/").status_code == 404


@pytest.mark.parametrize("path", ["", "1.001193/"])
def test_pages_only_read_and_set_no_cookie(client, catalogue, path):
    response = client.get(FIND + path)
    assert not response.cookies and "csrfmiddlewaretoken" not in response.content.decode()
    assert client.post(FIND + path).status_code == 405
    again = client.get(FIND + path, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304 and again.content == b""


def test_a_page_is_kept_for_people_who_are_not_signed_in(
    client, catalogue, settings, django_assert_num_queries, citizen
):
    settings.PAGE_CACHE_SECONDS = 60
    cache.clear()
    first = client.get(FIND)
    # Whether every page says something else by now.
    with django_assert_num_queries(1):
        assert client.get(FIND).content == first.content
    client.cookies["theme"] = "dark"
    assert client.get(FIND).content != first.content
    client.force_login(citizen)
    assert "ETag" not in client.get(FIND)
    cache.clear()


def test_invented_addresses_fill_no_cache(client, catalogue, settings, monkeypatch):
    settings.PAGE_CACHE_SECONDS = 60
    cache.clear()
    kept: list[str] = []
    remember = cache.set

    def watched(name, *args, **options):
        # The written page itself goes beside them once, whatever its address was.
        if not name.startswith("kept:"):
            kept.append(name)
        return remember(name, *args, **options)

    monkeypatch.setattr(cache, "set", watched)
    detail = f"{FIND}1.001193/"
    known = [FIND, f"{FIND}?level=4", f"{FIND}?audience=citizen", detail]
    for path in known:
        client.get(path)
    assert len(kept) == len(known)
    for junk in ("?", "?x=1", "?level=9", "?level=4&x=1", "?level=%34", "?level=4&level=4", "?agency=junk", "?&&"):
        client.get(FIND + junk)
    client.get(f"{FIND}?level=4&audience=citizen")
    for junk in ("?x", "?&", "?utm=1", "?level=4"):
        client.get(detail + junk)
    assert len(kept) == len(known)
    cache.clear()


def test_english_pages_mark_what_is_vietnamese(client, catalogue):
    client.cookies["django_language"] = "en"
    html = client.get(f"{FIND}1.001193/").content.decode()
    assert "Birth registration" in html and '<span itemprop="name">Birth certificate</span>' in html
    client.cookies["django_language"] = "vi"
    html = client.get(f"{FIND}1.001193/").content.decode()
    assert '"https://schema.org/Thing"><span itemprop="name">Giấy khai sinh' in html
