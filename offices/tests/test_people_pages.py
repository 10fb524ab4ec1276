"""Officers: who sees them, what may be done to them, and what the log says afterwards."""

from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.pages import checks

TODAY = date(2026, 3, 23)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(factories.NOW, tick=False):
        yield


@pytest.fixture
def admin(commune):
    client = Client()
    client.force_login(commune.administrator)
    return client


def page(client, name, *args):
    response = client.get(reverse(f"administer:{name}", args=args))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def day(prefix, value):
    return {f"{prefix}_day": str(value.day), f"{prefix}_month": str(value.month), f"{prefix}_year": str(value.year)}


def key_of(html):
    return html.split('name="key" value="')[1].split('"')[0]


def mark_of(html):
    return html.split('name="was" value="')[1].split('"')[0]


def invitation(admin, commune, **changes):
    html = page(admin, "invite")
    data = {
        "key": key_of(html),
        "name": "Lý Thị Hương",
        "email": "huong@example.com",
        "unit": commune.unit.slug,
        "roles": ["specialist", "clerk"],
        "title": "Địa chính",
        "sectors": [],
        **day("since", TODAY),
    }
    return data | changes


def test_the_list_shows_officers_of_the_units_only(admin, commune, other_commune):
    html = page(admin, "people")
    assert commune.clerk.full_name in html
    assert other_commune.clerk.full_name not in html
    assert checks.faults(html) == []


@pytest.mark.parametrize("query", ["?q=CAN BO CLERK", "?q=clerk.xuan-bac@", "?role=clerk", "?unit=xuan-bac&role=clerk"])
def test_the_list_is_narrowed(admin, commune, query):
    html = admin.get(reverse("administer:people") + query).content.decode()
    assert commune.clerk.full_name in html
    assert commune.leader.full_name not in html


@pytest.mark.parametrize("query", ["?q=%F0%9F%98%80&unit=x&role=y", "?after=~~&before=x~9" + "9" * 30, "?state=closed"])
def test_the_list_takes_anything(admin, query):
    assert admin.get(reverse("administer:people") + query).status_code == 200
