"""Publishers see what is unverified in the list, on the version and at its place, and say what they have checked."""

import pytest
from django.urls import reverse

from procedures import marks
from procedures.manage.marks import lines
from procedures.models import Mark
from procedures.versions import drafting
from tests import factories
from tests.factories import NOW
from tests.pages import checks

pytestmark = pytest.mark.django_db
ROWS = [
    {"part": "legal", "confidence": "memory", "note": "Tên <b>chưa</b> đối chiếu."},
    {"part": "form:copies", "confidence": "partial", "source": "bản lưu"},
    {"part": "paper:chung-sinh", "confidence": "older", "source": "https://trang-cu.example/"},
    {"part": "paper:da-bo", "confidence": "older", "source": "trang cũ"},
]


@pytest.fixture
def version(commune):
    made = factories.version(commune.unit)
    marks.write_marks(made, ROWS)
    return made


@pytest.fixture
def desk(client, commune):
    client.force_login(commune.publisher)
    return client


def page(desk, name, version, status=200):
    answer = desk.get(reverse(f"manage:{name}", args=[version.procedure.code, version.number]))
    html = answer.content.decode()
    assert answer.status_code == status and checks.faults(html) == []
    return html


def test_each_part_leads_to_its_place(version):
    found = {line.mark.part: (line.words, line.url.partition("v1/")[2]) for line in lines(version)}
    assert found["form:copies"] == ("Số bản sao", "form/#field-copies")
    assert found["paper:chung-sinh"] == ("Giấy chứng sinh", "papers/#paper-chung-sinh")
    assert found["paper:da-bo"] == ("da-bo", "papers/")
    assert found["legal"][1] == "info/#id_legal_bases"


@pytest.mark.parametrize(
    ("name", "count"), [("info", 1), ("papers", 2), ("fees", 0), ("form", 1), ("workflow", 0), ("documents", 0)]
)
def test_a_section_names_its_own_marks(version, desk, name, count):
    html = page(desk, name, version)
    address = reverse("manage:marks", args=[version.procedure.code, version.number])
    assert html.count(f'href="{address}"') == bool(count)
    section = lines(version, name)
    assert len(section) == count and all(f'href="{line.url}"' in html for line in section)
    # A paper that is gone has no row to be tagged.
    assert html.count('class="tag tag-soon"') == sum(line.key not in ("", "da-bo") for line in section)


def test_the_list_and_the_version_count_them(version, desk):
    other = factories.version(code="1.000002", name="Khai tử")
    row, clean = sorted(desk.get("/manage/procedures/").context["found"].rows, key=lambda row: row["code"])
    assert any("4" in words and look == "soon" for words, look in row["tags"])
    assert not any(look == "soon" for _words, look in clean["tags"])
    found = desk.get("/manage/procedures/", {"state": "marked"}).context["found"].rows
    assert [row["code"] for row in found] == [version.procedure.code]
    address = reverse("manage:marks", args=[version.procedure.code, 1])
    assert address in page(desk, "version", version)
    assert "/marks/" not in page(desk, "version", other)


def test_a_publisher_says_what_has_been_checked(version, desk, commune):
    html = page(desk, "marks", version)
    assert "Tên &lt;b&gt;chưa&lt;/b&gt; đối chiếu." in html and html.count('name="mark"') == 4
    legal = version.marks.get(part="legal")
    address = reverse("manage:marks", args=[version.procedure.code, version.number])
    assert desk.post(address, {"mark": [str(legal.pk)]}).status_code == 302
    legal.refresh_from_db()
    assert legal.cleared_by == commune.publisher and legal.cleared_at
    html = page(desk, "marks", version)
    assert html.count('name="mark"') == 3 and commune.publisher.full_name in html


@pytest.mark.parametrize("ticked", [[], ["x"], ["-1"], ["9" * 30], ["²"]])
def test_nothing_ticked_changes_nothing(version, desk, ticked):
    address = reverse("manage:marks", args=[version.procedure.code, version.number])
    assert desk.post(address, {"mark": ticked}).status_code == 302
    assert not Mark.objects.exclude(cleared_at=None).exists()


def test_marks_of_another_version_are_not_touched_from_here(version, desk, commune):
    other = factories.version(code="1.000002")
    marks.write_marks(other, ROWS[:1])
    address = reverse("manage:marks", args=[version.procedure.code, version.number])
    desk.post(address, {"mark": [other.marks.get().pk]})
    assert other.marks.get().cleared_at is None


def test_the_page_costs_the_same_for_few_and_many(version, desk, commune, django_assert_max_num_queries):
    draft = drafting.draft_from(version.procedure, commune.publisher, NOW)
    marks.write_marks(draft, [{"part": f"form:x{n}", "confidence": "memory", "note": "y"} for n in range(60)] + ROWS)
    page(desk, "marks", version)
    for one in (version, draft):
        with django_assert_max_num_queries(11):
            page(desk, "marks", one)
