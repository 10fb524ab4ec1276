"""Searches for what other agencies do: the signpost that answers, beside the results, whatever was typed."""

import unicodedata

import pytest

from procedures.models import Signpost
from tests.pages import checks

pytestmark = pytest.mark.django_db
FIND = "/procedures/"


def answered(client, q, **more):
    """Return the names of the signposts that a search shows, the main one first."""
    main = client.get(FIND, {"q": q} | more).content.decode().partition("<main")[2]
    pieces = [piece.partition("</")[0].rpartition(">")[2] for piece in main.split(" signpost")[1:]]
    return [" ".join(piece.split()) for piece in pieces]


def test_whatever_people_type_the_matter_is_known(client, commune):
    cases = {
        "làm sổ đỏ": "so-do-lan-dau",
        "lam so do": "so-do-lan-dau",
        "LÀM SỔ ĐỎ Ở ĐÂU": "so-do-lan-dau",
        unicodedata.normalize("NFD", "làm sổ đỏ"): "so-do-lan-dau",
        "sang tên sổ đỏ xuân bắc": "dat-bien-dong",
        "cccd": "the-can-cuoc",
        "đổi căn cước công dân": "the-can-cuoc",
        "hộ chieeus": "ho-chieu",
        "li lich tu phap": "ly-lich-tu-phap",
        "đăng ký xe": "dang-ky-xe",
        "ly hôn": "ly-hon",
        "li hôn": "ly-hon",
        "vay vốn": "vay-von-chinh-sach",
        "bằng lái xe": "giay-phep-lai-xe",
        "bảo hiểm thất nghiệp": "bao-hiem-that-nghiep",
        "thành lập công ty": "dang-ky-doanh-nghiep",
        "nộp thuế": "nop-thue",
    }
    names = dict(Signpost.objects.values_list("code", "name"))
    found = {q: answered(client, q)[:1] for q in cases}
    assert found == {q: [names[code]] for q, code in cases.items()}


def test_english_words_and_abbreviations_are_known_too(client, commune):
    cases = {
        "driving licence": "giay-phep-lai-xe",
        "driver's license": "giay-phep-lai-xe",
        "driver\u2019s license": "giay-phep-lai-xe",
        "how to renew a driving licence": "giay-phep-lai-xe",
        "passport": "ho-chieu",
        "passports": "ho-chieu",
        "health insurance card": "the-bao-hiem-y-te",
        "vehicle registration": "dang-ky-xe",
        "number plate": "dang-ky-xe",
        "land title": "dat-bien-dong",
        "red book": "so-do-lan-dau",
        "id card": "the-can-cuoc",
        "criminal record": "ly-lich-tu-phap",
        "traffic fine": "vi-pham-giao-thong",
        "divorce": "ly-hon",
        "lawsuit": "khoi-kien",
        "legal aid": "tro-giup-phap-ly",
        "bank loan": "vay-von-chinh-sach",
        "social insurance": "bao-hiem-xa-hoi",
        "unemployment benefit": "bao-hiem-that-nghiep",
        "company registration": "dang-ky-doanh-nghiep",
        "tax code": "nop-thue",
        "notary": "cong-chung",
        "building permit": "giay-phep-xay-dung",
        "military service": "nghia-vu-quan-su",
        "apostille": "hop-phap-hoa-lanh-su",
        "đk xe": "dang-ky-xe",
        "dk xe": "dang-ky-xe",
        "mua bao hiem": "the-bao-hiem-y-te",
        "bhyt": "the-bao-hiem-y-te",
        "bhxh 1 lan": "bao-hiem-xa-hoi",
        "cccd": "the-can-cuoc",
        "blx": "giay-phep-lai-xe",
        "mst": "nop-thue",
        "nvqs": "nghia-vu-quan-su",
        "gpxd": "giay-phep-xay-dung",
    }
    names = dict(Signpost.objects.values_list("code", "name"))
    found = {q: answered(client, q)[:1] for q in cases}
    assert found == {q: [names[code]] for q, code in cases.items()}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_english_words_for_what_the_commune_does_find_the_procedure_first(client, commune, language):
    client.cookies["django_language"] = language
    firsts = {
        "birth registration": "1.001193",
        "marriage registration": "1.000894",
        "marital status": "1.004873",
        "death registration": "1.000656",
        "certified copy": "2.000815",
        "khai sinh": "1.001193",
    }
    pages = {q: client.get(FIND, {"q": q}) for q in firsts}
    assert {q: page.context["found"].rows[0]["code"] for q, page in pages.items()} == firsts
    others = ("birth", "marriage", "residence", "birth certificate", "marriage certificate", "death certificate")
    assert [q for q in (*firsts, *others) if answered(client, q)] == []
    assert all(client.get(FIND, {"q": q}).context["found"].rows for q in others)


def test_what_the_commune_does_is_not_sent_away(client, commune):
    for q in (
        "đăng ký khai sinh",
        "khai sinh",
        "kết hôn",
        "sao y",
        "hộ khẩu",
        "đăng ký",
        "thẻ",
        "ho",
        "điều kiện",
        "registration",
        "card",
        "",
        "zzzz qqqq",
    ):
        assert answered(client, q) == [], q


def test_results_stand_below_whoever_answers(client, commune):
    page = client.get(FIND, {"q": "công chứng"})
    assert page.context["found"].rows
    text = page.content.decode()
    assert text.index(" signpost") < text.index('id="results"')
    assert checks.faults(text) == []
    # A search that a signpost answers is not corrected into another one.
    assert client.get(FIND, {"q": "hộ chiếu"}).context["found"].corrected == ""


def test_a_search_that_finds_neither_keeps_its_help(client, commune):
    nothing = client.get(FIND, {"q": "zzzz qqqq", "exact": "1"}).content.decode()
    assert "khai sinh”" in nothing and " signpost" not in nothing
    answer = client.get(FIND, {"q": "hộ chiếu"}).content.decode()
    assert "hộ khẩu”" not in answer


def test_exact_searches_and_further_pages_are_left_alone(client, commune):
    assert answered(client, "hộ chieeus", exact="1") == []
    assert answered(client, "hộ chiếu", after="x") == []


def test_a_signpost_says_where_and_what_the_commune_can_do(client, commune):
    text = client.get(FIND, {"q": "ly hôn"}).content.decode()
    assert "Tòa án nhân dân khu vực" in text
    assert 'href="/procedures/2.000635/"' in text
    assert 'href="/procedures/2.000635/"' not in client.get(FIND, {"q": "vneid"}).content.decode()
    unsure = client.get(FIND, {"q": "giấy phép xây dựng"}).content.decode()
    assert Signpost.objects.get(code="giay-phep-xay-dung").needs_check
    assert unsure.count("<strong>") > client.get(FIND, {"q": "vneid"}).content.decode().count("<strong>")


def test_english_pages_say_it_in_english_and_mark_what_is_not(client, commune):
    client.cookies["django_language"] = "en"
    text = client.get(FIND, {"q": "passport"}).content.decode()
    assert "Immigration division of the provincial police" in text
    assert 'lang="vi">Luật Xuất cảnh' in text
    Signpost.objects.filter(code="ho-chieu").update(agency_en="")
    assert '<strong lang="vi">Phòng Quản lý xuất nhập cảnh' in client.get(FIND, {"q": "passport"}).content.decode()


def test_what_is_hidden_answers_nobody(client, commune):
    assert answered(client, "hộ chiếu")
    Signpost.objects.filter(code="ho-chieu").update(is_shown=False)
    assert answered(client, "hộ chiếu") == []


def test_texts_of_administrators_are_texts(client, commune):
    Signpost.objects.filter(code="ho-chieu").update(
        name="<b>x</b>", how="<script>alert(1)</script>", words=["hộ chiếu", "…"]
    )
    text = client.get(FIND, {"q": "hộ chiếu"}).content.decode()
    assert "<script>alert" not in text and "<b>x" not in text


def test_hostile_searches_are_searches(client, commune):
    for q in ("sổ đỏ " * 500, "\0", "%", "' OR 1=1", "<script>", "ổ" * 300, "-" * 200):
        assert client.get(FIND, {"q": q}).status_code in (200, 400), q


def test_a_search_costs_one_look(client, commune, django_assert_num_queries):
    for q in ("hộ chiếu", "sổ đỏ", "công chứng"):
        client.get(FIND, {"q": q})
        with django_assert_num_queries(1):
            client.get(FIND, {"q": q})
