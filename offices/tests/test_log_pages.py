"""The log: what an administrator sees of it, and the file."""

import csv
import io
from datetime import timedelta

import pytest

from offices.log import audit, labels
from offices.models import AuditEntry
from tests import factories
from tests.pages import checks

from .steps import address


def write(commune, action="post.give", name="Lan", unit=True, at=factories.NOW, by=None, changes=()):
    return audit.record(
        action,
        commune.clerk,
        by=by or commune.administrator,
        now=at,
        ref="1",
        unit=commune.unit if unit else None,
        name=name,
        changes=changes,
    )


def listed(admin, query=""):
    response = admin.get(address("log") + query)
    assert response.status_code == 200
    return response.content.decode()


def test_lines_of_the_units_and_of_the_installation_are_seen(admin, commune, other_commune):
    write(commune, name="Của xã mình")
    write(commune, name="Của cả hệ thống", unit=False)
    write(other_commune, name="Của xã khác")
    html = listed(admin)
    assert "Của xã mình" in html
    assert "Của cả hệ thống" in html
    assert "Của xã khác" not in html
    assert checks.faults(html) == []
    assert "Của cả hệ thống" not in listed(admin, "?unit=xuan-bac")
    assert "Của xã khác" not in listed(admin, "?unit=xuan-loc")


def test_changes_are_told_in_words(admin, commune):
    write(commune, changes=[("role", "", "clerk"), ("valid_until", None, "2026-03-27"), ("unheard_of", "a", "b")])
    html = listed(admin)
    assert "27/03/2026" in html
    assert "unheard_of: a → b" in html
    assert "valid_until" not in html


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("?who=can bo administrator", True),
        ("?who=ai đó", False),
        ("?area=post", True),
        ("?area=unit", False),
        ("?area=hack", True),
        ("?since=2026-03-23&until=2026-03-23", True),
        ("?since=2026-03-24", False),
        ("?until=2026-03-22", False),
        ("?since=9999-99-99&until=x&ref=abc&after=~", True),
        ("?ref=1", True),
        ("?ref=2", False),
    ],
)
def test_the_log_is_narrowed(admin, commune, query, hits):
    write(commune, name="Lan")
    assert ("<strong>Lan</strong>" in listed(admin, query)) is hits


def test_pages_are_walked_by_key(admin, commune, django_assert_max_num_queries):
    for n in range(60):
        write(commune, name=f"Dòng {n:02}")
    listed(admin)
    with django_assert_max_num_queries(10):
        first = listed(admin)
    assert "Dòng 59" in first
    assert "Dòng 09" not in first
    after = first.split("after=")[1].split('"')[0]
    assert "Dòng 09" in listed(admin, f"?after={after}")


@pytest.mark.parametrize("name", ["=1+1", "\n=1+1", "  @x", "＝1", "-1"])
def test_no_cell_of_the_file_is_a_formula(admin, commune, name):
    write(commune, name=name)
    text = b"".join(admin.post(address("log_export"), {"since": "2026-03-23"}).streaming_content).decode()
    assert list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))[1][4] == f"'{name}"


def test_the_file_holds_what_the_filter_leaves_and_is_noted(admin, commune):
    write(commune, name="=1+1", changes=[("title", "@x", "-y")])
    write(commune, name="Cũ", at=factories.NOW - timedelta(days=5))
    response = admin.post(address("log_export"), {"since": "2026-03-23"})
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][4] == "'=1+1"
    assert "@x → -y" in rows[1][5]
    assert AuditEntry.objects.get(action="log.export").changes[-1]["after"] == "1"
    assert admin.get(address("log_export")).status_code == 405


def test_every_action_and_field_written_here_has_words():
    import re
    from pathlib import Path

    from django.conf import settings

    written = set()
    for path in (Path(settings.BASE_DIR) / "offices").rglob("*.py"):
        written |= set(re.findall(r'"((?:person|post|unit|calendar|log)\.\w+)"', path.read_text(encoding="utf-8")))
    assert written <= set(labels.ACTIONS)
    assert written
