"""The script shows and hides questions as the server's rules do: both pass the vectors of the forms' tests."""

import json
from html import escape
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import ROOT

pytestmark = pytest.mark.journey
VECTORS: list[dict[str, Any]] = json.loads((ROOT / "eforms" / "tests" / "conditions.json").read_text())
SCRIPT = (ROOT / "static" / "portal" / "portal.js").read_text()


def boxes(name: str, typed: Any) -> str:
    """Draw the boxes of one answer: ticks for a list, one line for anything else."""
    if isinstance(typed, list):
        values = dict.fromkeys([*typed, "another", "one more"])
        box = '<input type="checkbox" name="{}" value="{}"{}>'
        return "".join(box.format(name, value, " checked" if value in typed else "") for value in values)
    return f'<input name="{name}" value="{escape(str(typed))}">'


def form(vector: dict[str, Any]) -> str:
    """Draw a form with what was typed and a part under the condition; ``a`` and ``b`` are always on it."""
    typed = {"a": "", "b": ""} | vector["answers"] | vector.get("typed", {})
    drawn = "".join(boxes(name, value) for name, value in typed.items())
    return f"<form>{drawn}<div data-conditional='{escape(json.dumps(vector['condition']))}'></div></form>"


def test_script_passes_the_vectors_of_the_server(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("".join(map(form, VECTORS)))
    page.add_script_tag(content=SCRIPT, type="module")
    page.wait_for_selector("[data-conditional][hidden]", state="attached")
    hidden = page.locator("[data-conditional]").evaluate_all("parts => parts.map(part => part.hidden)")
    page.close()
    wrong = [vector for vector, is_hidden in zip(VECTORS, hidden, strict=True) if is_hidden is vector["holds"]]
    assert wrong == []


def test_what_is_hidden_counts_as_unanswered_and_takes_its_title_along(chromium: Browser) -> None:
    first = escape(json.dumps({"field": "a", "op": "eq", "value": "co"}))
    second = escape(json.dumps({"field": "b", "op": "filled"}))
    page = chromium.new_page()
    page.set_content(
        f"<form><input name='a' value='co'><h2 data-conditional='{second}'>Giấy tờ</h2>"
        f"<div data-conditional='{first}'><input name='b' value='x'></div>"
        f"<div data-conditional='{second}'><input name='c'></div></form>"
    )
    page.add_script_tag(content=SCRIPT, type="module")
    seen = []
    for typed in ("co", "khong", "co"):
        page.locator("[name=a]").fill(typed)
        seen.append(page.locator("[data-conditional]").evaluate_all("parts => parts.map(part => part.hidden)"))
    page.close()
    assert seen == [[False] * 3, [True] * 3, [False] * 3]
