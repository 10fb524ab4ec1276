"""What search engines read."""

from datetime import date
from xml.etree import ElementTree

import pytest
import time_machine

from portal import sitemaps
from procedures.models import ProcedureVersion
from tests import factories

pytestmark = pytest.mark.django_db
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(autouse=True)
def today(now, settings):
    settings.SITE_URL = "https://motcua.example"
    with time_machine.travel(now, tick=False):
        yield


def locations(client, path):
    response = client.get(path)
    assert response.status_code == 200 and response["Content-Type"] == "application/xml"
    assert not response.cookies
    return [found.text for found in ElementTree.fromstring(response.content).iter(LOC)]  # noqa: S314 – our own text


def test_the_site_map_leads_to_every_procedure_in_force(client, commune, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(sitemaps, "PART", 2)
    codes = [f"1.00000{n}" for n in range(5)]
    versions = [factories.version(commune.unit, code=code) for code in codes]
    ProcedureVersion.objects.filter(pk=versions[0].pk).update(status="retired", effective_until=date(2026, 1, 1))
    with django_assert_num_queries(1):
        parts = locations(client, "/sitemap.xml")
    found = [url for part in parts for url in locations(client, part.removeprefix("https://motcua.example"))]
    assert "https://motcua.example/procedures/" in found
    assert [url for url in found if "/1.0" in url] == [
        f"https://motcua.example/procedures/{code}/" for code in codes[1:]
    ]


def test_parts_that_do_not_exist_are_not_found(client, commune):
    for n in (1, 999, 2**31, 10**30):
        assert client.get(f"/sitemap-{n}.xml").status_code == 404


def test_a_part_is_kept_for_an_hour(client, commune, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 60
    factories.version(commune.unit)
    client.get("/sitemap.xml")
    with django_assert_num_queries(0):
        client.get("/sitemap.xml")


def test_robots_stay_out_of_what_is_private(client, settings):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /manage/\n" in text and "Disallow: /my/\n" in text
    assert "Sitemap: https://motcua.example/sitemap.xml\n" in text and "Disallow: /\n" not in text
    settings.DEMO = True
    assert "Disallow: /\n" in client.get("/robots.txt").content.decode()
