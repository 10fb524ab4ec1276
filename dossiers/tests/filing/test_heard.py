"""What a screen reader is told on the applicant's pages."""

from typing import Any

import pytest

from dossiers.applicant.pages.given import box_of
from tests.pages import checks

from .steps import url

pytestmark = pytest.mark.usefixtures("at_work")


def test_the_state_of_a_part_belongs_to_its_link(mine, draft):
    tree = checks.parse(mine.get(url("dossier", draft)).content.decode())
    words = {node.attrib["id"]: "".join(node.itertext()).strip() for node in tree.iter() if "id" in node.attrib}
    (parts,) = [node for node in tree.iter("ol") if node.attrib.get("class") == "task-list"]
    links = list(parts.iter("a"))
    assert len(links) > 2 and all(words[link.attrib["aria-describedby"]] for link in links)


def test_vietnamese_names_are_marked_on_an_english_page(mine, draft):
    mine.cookies["django_language"] = "en"
    tree = checks.parse(mine.get(url("review", draft)).content.decode())
    marked = {"".join(node.itertext()) for node in tree.iter("span") if node.attrib.get("lang") == "vi"}
    assert {draft.received_by.name, "Giấy chứng sinh"} <= marked and "Birth registration" not in marked


@pytest.mark.parametrize(
    ("key", "box"),
    [("a", "file-a"), ("promised", "paper-promised"), ("section", "paper-section"), ("nobody-asks", ""), ("", "")],
)
def test_the_error_of_a_file_leads_to_what_is_there(key, box):
    cards: list[dict[str, Any]] = [
        {"key": "a", "promise": None},
        {"key": "promised", "promise": object()},
        {"key": "section", "promise": None, "section_url": "/x/"},
    ]
    assert box_of(cards, key) == box
