"""On English pages of desk and administration, Vietnamese is marked as Vietnamese: a reader pronounces it as such.

Names of people, units and provinces are names in any language and need no mark inside a sentence.
"""

from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
from django.conf import settings

from common.text import clean
from tests.access.world import World
from tests.faults.answers import client_of, pages
from tests.present import present

OFFICERS = ("clerk", "specialist", "leader", "cashier", "auditor", "publisher", "administrator")
# These take no element inside: a title is one text, a box shows what was typed.
WHOLE = {"title", "textarea"}


def catalogue_names(world: World) -> set[str]:
    """Return what the catalogue and the applicant say in Vietnamese only."""
    version = world.version
    form = present(version.form)["sections"]
    answers = [field["label"]["vi"] for section in form for field in section["fields"] if "en" not in field["label"]]
    rows = [*version.papers.all(), *version.fees.all(), *version.steps.all(), *version.procedure.life_events.all()]
    papers = [paper.condition for paper in version.papers.all()]
    sections = [section["title"]["vi"] for section in form if "en" not in section["title"]]
    names = [version.name, version.procedure.sector.name, version.outcome, *map(str, rows), *papers, *sections]
    return {clean(name) for name in [*names, *answers, "Ảnh mờ", "Đồng ý."] if not name.isascii()}


def unmarked(html: str, names: set[str]) -> Iterator[str]:
    """Yield the texts of an English page that hold one of the names and are not marked as Vietnamese."""
    yield from _unmarked(html5lib.parse(html, namespaceHTMLElements=False), "", names)


def _unmarked(node: Any, language: str, names: set[str]) -> Iterator[str]:
    if not isinstance(node.tag, str) or node.tag in WHOLE:
        return
    language = node.attrib.get("lang", language)
    texts = [node.text, *(child.tail for child in node)]
    if language != "vi":
        for text in (clean(text or "") for text in texts):
            yield from (f"<{node.tag}> {text.strip()}" for name in names if name in text)
    for child in node:
        yield from _unmarked(child, language, names)


@pytest.mark.sqlite
@pytest.mark.parametrize("persona", OFFICERS)
def test_vietnamese_parts_of_english_pages_are_marked(world, persona, monkeypatch):
    names, found, seen = catalogue_names(world), [], 0
    english = client_of(world.people[persona])
    english.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    monkeypatch.setattr("tests.faults.answers.client_of", lambda person: english)
    for address, response in pages(world, persona):
        html = response.content.decode()
        if not address.startswith(("/desk/", "/leader/", "/manage/", "/audit/")) or '<html lang="en"' not in html:
            continue
        seen += 1
        found += [f"{address}: {fault}" for fault in unmarked(html, names)]
    assert seen > 8
    assert not found, "\n".join(dict.fromkeys(found))


def test_the_check_sees_what_is_not_marked():
    page = '<html lang="en"><title>Hộ tịch</title><p>Field: Hộ tịch</p><p lang="vi">Hộ tịch <b>Hộ tịch</b></p>'
    assert list(unmarked(page, {"Hộ tịch"})) == ["<p> Field: Hộ tịch"]
