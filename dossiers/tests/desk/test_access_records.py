"""Every look of an officer at a dossier, a file or a slip of it leaves a record."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from common.files.stored import store_once
from dossiers.desk import dossier_page
from dossiers.desk.views import dossier as looks
from dossiers.models import AccessRecord, Dossier
from tests import factories
from tests.access.world import PDF, World
from tests.faults.answers import read
from tests.present import present

pytestmark = pytest.mark.django_db
# Writes its record and redirects to the page that shows the numbers.
BY_POST = "desk:unmask"


@pytest.fixture
def world():
    """Dossiers in every state, looked at an hour after they were made; every slip has its PDF."""
    made = World()
    for slip in made.decided.slips.filter(file=""):
        store_once(slip, "slip.pdf", PDF)
    with time_machine.travel(factories.NOW + timedelta(hours=1), tick=False):
        yield made


def addresses(world: World) -> list[tuple[str, str, Dossier, str]]:
    """Return (URL name, address, dossier, what the record says) of each page and file that shows a dossier."""
    decided, lettered, proposed, asked = world.decided, world.lettered, world.proposed, world.asked
    message = world.failed_message()
    paper, slip = present(decided.papers.exclude(file="").first()), present(decided.slips.filter(kind="receipt").get())
    shown: list[tuple[str, list[Any], Dossier, str]] = [
        ("desk:dossier", [decided.code], decided, "dossier"),
        ("desk:history", [decided.code], decided, "history"),
        ("desk:deadline", [decided.code], decided, "deadline"),
        ("desk:declaration", [decided.code], decided, "declaration"),
        ("desk:paper_file", [decided.code, paper.ref], decided, f"paper {paper.ref}"),
        ("desk:paper_preview", [decided.code, paper.ref], decided, f"paper {paper.ref}"),
        ("desk:notice", [asked.code, message.pk], asked, f"notice {message.pk}"),
        ("desk:slip_pdf", [decided.code, slip.pk], decided, f"slip {slip.pk}"),
        ("desk:print", ["receipt", decided.code], decided, f"slip {slip.pk}"),
        ("desk:print", ["control-sheet", decided.code], decided, "control-sheet"),
        ("desk:result_file", [decided.code], decided, "result"),
        ("desk:result_print", [lettered.code], lettered, "result"),
        ("desk:dossier", [proposed.code], proposed, "dossier"),
    ]
    return [(name, reverse(name, args=args), dossier, what) for name, args, dossier, what in shown]


def showing() -> Iterator[str]:
    """Yield the URL names whose views show a dossier at the desk."""
    for pattern in get_resolver().namespace_dict["desk"][1].url_patterns:
        if isinstance(pattern, URLPattern) and pattern.callback.__module__ == looks.__name__:
            yield f"desk:{pattern.name}"


def test_every_page_and_file_that_shows_a_dossier_is_recorded(client: Client, world):
    client.force_login(world.commune.leader)
    unrecorded = []
    for name, url, dossier, what in addresses(world):
        before = AccessRecord.objects.count()
        answer = client.get(url)
        read(answer)
        assert answer.status_code == 200, url
        added = AccessRecord.objects.order_by("pk")[before:].values_list("dossier", "reader", "what", "at")
        if list(added) != [(dossier.pk, world.commune.leader.pk, what, factories.NOW + timedelta(hours=1))]:
            unrecorded.append(name)
    assert not unrecorded


def test_no_page_that_shows_a_dossier_is_missing_here(world):
    assert set(showing()) == {name for name, *_rest in addresses(world)} | {BY_POST}


def test_what_was_looked_at_is_told_in_words(client, world):
    client.force_login(world.commune.leader)
    for _name, url, _dossier, _what in addresses(world):
        read(client.get(url))
    for dossier in (world.decided, world.lettered, world.proposed, world.asked):
        told = [record["what"] for record in dossier_page.access_records(dossier)]
        raw = set(dossier.access_records.values_list("what", flat=True))
        assert told
        assert not raw & set(told)


def test_who_is_not_let_in_leaves_no_record(client, world):
    for user in (world.neighbour.clerk, world.commune.cashier, world.citizen):
        client.force_login(user)
        for _name, url, _dossier, _what in addresses(world):
            assert client.get(url).status_code in (403, 404)
    assert not AccessRecord.objects.exists()
