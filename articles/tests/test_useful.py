"""How useful pages were: counted once for each key, without cookies, summed by page and day, few never told."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from articles.guides.contents import GUIDES
from articles.models import UsefulCount
from tests import factories
from tests.pages import checks

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 23)
ORIGIN = {"HTTP_ORIGIN": "http://testserver"}


@pytest.fixture(autouse=True)
def today(now):
    with time_machine.travel(now, tick=False):
        yield


def rate(client, path, value):
    key = client.get(path).context["form"]["key"].value()
    return client.post(path, {"value": value, "key": key}, **ORIGIN)


def test_a_reader_of_a_procedure_rates_it_once_without_a_cookie(commune, client, django_assert_num_queries):
    code = factories.version(commune.unit).procedure.code
    page = client.get(f"/procedures/{code}/").content.decode()
    path = f"/useful/procedure/{code}/"
    assert f'action="{path}"' in page and page.count('name="value"') == 5 and checks.faults(page) == []
    asked = client.get(path, {"value": "4"})
    html = asked.content.decode()
    assert asked.context["form"]["value"].value() == "4" and html.count(" checked") == 1 and checks.faults(html) == []
    sent = {"value": "4", "key": asked.context["form"]["key"].value()}
    for _n in range(2):
        assert client.post(path, sent, **ORIGIN).url == f"{path}thanks/"
    assert UsefulCount.objects.values_list("kind", "ref", "day", "value", "count").get() == (
        "procedure", code, DAY, 4, 1,
    )  # fmt: skip
    assert not client.cookies
    assert "trung bình" not in client.get(f"{path}thanks/").content.decode()
    # The page itself asks the database only whether anything changed.
    with django_assert_num_queries(1):
        client.get(f"/procedures/{code}/")


def test_from_five_on_everybody_reads_the_average_and_publishers_read_it_before(client, commune):
    for n in range(4):
        assert rate(client, "/useful/guide/file/", 5 if n else 2).status_code == 302
    assert client.get("/useful/guide/file/thanks/").context["outcome"] is None
    rate(client, "/useful/guide/file/", 4)
    told = client.get("/useful/guide/file/thanks/")
    assert (told.context["outcome"].count, told.context["outcome"].average_words) == (5, "4,2")
    assert checks.faults(told.content.decode()) == []
    UsefulCount.objects.create(kind="guide", ref="file", day=DAY - timedelta(days=400), value=1, count=1000)
    UsefulCount.objects.create(kind="guide", ref="track", day=DAY, value=1, count=1)
    publisher = Client()
    publisher.force_login(commune.publisher)
    listed = publisher.get("/manage/useful/")
    assert [(row.ref, row.count) for row in listed.context["outcomes"]] == [("track", 1), ("file", 5)]
    assert checks.faults(listed.content.decode()) == []


@pytest.mark.parametrize("value", ["", "0", "6", "x", "4.5"])
def test_a_wrong_value_is_told(client, value):
    answer = rate(client, "/useful/guide/file/", value)
    assert answer.status_code == 422 and not UsefulCount.objects.exists()
    assert checks.faults(answer.content.decode()) == []


def test_other_sites_forged_keys_and_unknown_pages_count_nothing(client):
    path = "/useful/guide/file/"
    key = client.get(path).context["form"]["key"].value()
    assert client.post(path, {"value": 5, "key": key}, HTTP_ORIGIN="http://evil.example").status_code == 403
    assert client.post(path, {"value": 5, "key": key}).status_code == 403
    assert client.post(path, {"value": 5, "key": "x"}, **ORIGIN).status_code == 422
    for unknown in ("/useful/guide/x/", "/useful/procedure/x/", "/useful/x/file/", "/useful/guide/x/thanks/"):
        assert client.get(unknown).status_code == 404
    assert not UsefulCount.objects.exists()


def test_one_address_does_not_outvote_all_others(client, settings):
    settings.LIMITS = settings.LIMITS | {"useful_page": (3, 3600)}
    codes = [rate(client, "/useful/guide/file/", 1).status_code for _n in range(5)]
    assert codes == [302, 302, 302, 429, 429]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_guide_is_whole(client, language):
    client.cookies["django_language"] = language
    assert checks.faults(client.get("/guides/").content.decode()) == []
    for guide in GUIDES.values():
        html = client.get(f"/guides/{guide.ref}/").content.decode()
        assert checks.faults(html) == []
        pictures = [step.picture for step in guide.steps()]
        assert pictures and all(f"guides/{name}.webp" in html for name in pictures)
        for name in pictures:
            file = checks.STATIC.parent / "guides" / f"{name}.webp"
            assert 2_000 < file.stat().st_size <= 40 * checks.KB, name
    assert client.get("/guides/khong-co/").status_code == 404
