"""Lists that people read stand in Vietnamese order: Đ after D, accents after letters, on both engines."""

import ast
from datetime import date
from pathlib import Path

import pytest

from common.text import in_order
from offices.access import units_below
from offices.models import Post, Role, Unit
from offices.people.lists import PAGE_SIZE, PeopleFilter, officer_page
from procedures.finding.search import Filters, choices
from procedures.manage import lists
from procedures.manage.forms.procedures import NewForm
from procedures.models import Procedure, Sector
from tests import factories

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    *("portal", "reports", "articles", "payments", "dossiers", "procedures", "notifications", "offices", "eforms"),
    *("accounts", "common"),
)
DAY = date(2026, 3, 23)
ORDERED = ["An ninh", "Ăn uống", "Âm nhạc", "Cư trú", "Dân số", "Đất đai", "Đê điều", "Em bé", "Ô nhiễm", "Ơn", "Y tế"]


def test_nothing_is_ordered_by_a_name_in_the_database():
    """Its collation puts Đ after Z or among D: common.text.in_order, or a column with sort_key, orders names."""
    names = {"name", "full_name", "short_name", "title", "search_name"}
    faults = []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if {"tests", "migrations"} & set(path.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "order_by":
                    continue
                given = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                if any(name.lstrip("-").split("__")[-1] in names for name in given):
                    faults.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert faults == []


@pytest.mark.django_db
def test_sectors_stand_in_order_everywhere(commune):
    for n, name in enumerate(reversed(ORDERED)):
        sector = Sector.objects.create(code=f"o-{n}", name=name)
        Procedure.objects.create(code=f"8.{n:06}", sector=sector)
    offered, _filters = choices(Filters())
    own = [sector.name for sector in offered.sectors if sector.code.startswith("o-")]
    managed = [sector.name for sector in lists.sectors() if sector.code.startswith("o-")]
    form = [str(option.choice_label) for option in NewForm()["sector"].subwidgets]
    assert own == managed == ORDERED == [name for name in form if name in ORDERED]


@pytest.mark.django_db
def test_units_stand_in_order(commune):
    for n, name in enumerate(reversed(ORDERED)):
        Unit.objects.create(kind="department", parent=commune.unit, slug=f"o-{n}", name=name, short_name=name)
    assert [unit.name for unit in units_below([commune.unit.pk]) if unit.slug.startswith("o-")] == ORDERED


@pytest.mark.django_db
def test_officers_are_listed_in_order_page_by_page(commune):
    people = [f"{name} {n:02}" for name in ("Dương Văn", "Đặng Thị", "Em Y", "Ân Văn", "An Thị") for n in range(30)]
    for name in reversed(people):
        user = factories.user(full_name=name)
        Post.objects.create(user=user, unit=commune.unit, role=Role.CLERK, valid_from=date(2025, 7, 1))
    listed, after, pages = [], "", []
    while True:
        page = officer_page([commune.unit], PeopleFilter(), DAY, after=after)
        pages.append([row.user.full_name for row in page.rows])
        listed += pages[-1]
        if not page.next:
            break
        after = page.next
    assert listed == in_order(listed) and set(people) <= set(listed) and len(listed) == len(set(listed))
    assert listed.index("Dương Văn 00") < listed.index("Đặng Thị 00") < listed.index("Em Y 00")
    back = officer_page([commune.unit], PeopleFilter(), DAY, before=page.previous)
    assert [row.user.full_name for row in back.rows] == pages[-2] and len(pages[0]) == PAGE_SIZE


@pytest.mark.django_db
def test_procedures_are_ordered_and_paged_by_their_key_on_either_engine(commune):
    for n, name in enumerate(reversed(ORDERED)):
        factories.version(commune.unit, name=name, code=f"8.{n:06}")
    found = list(Procedure.objects.filter(code__startswith="8.").order_by("sort_key", "id"))
    assert [row.versions.get().name for row in found] == ORDERED
    key = found[4].sort_key
    assert list(Procedure.objects.filter(code__startswith="8.", sort_key__gt=key).order_by("sort_key")) == found[5:]
