"""Markdown of notices: what becomes HTML, what never does, and what is refused at once."""

import pytest
from django.core.exceptions import ValidationError

from articles import markdown
from tests.pages import checks

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//evil.example)",
    "[x](vbscript:x)",
    '[x](/a" onclick="alert(1))',
    "<javascript:alert(1)>",
    "![x](https://evil.example/x.png)",
    "[x]: javascript:alert(1)\n\n[x]",
    "**" * 3000,
    "> " * 500 + "x",
    "- " * 400 + "x",
    "[" * 2000,
)


def test_what_may_be_written_becomes_html_below_the_pages_heading():
    text = "# Nghỉ lễ\n\nTừ **02/9**, *cả ngày*.\nGọi [số này](tel:0251)\n\n- một\n- hai\n\n1. ba\n\n> dặn\n\n---\n<https://a.vn>"
    html = markdown.html_of(text)
    for part in (
        "<h2>Nghỉ lễ</h2>",
        "<strong>02/9</strong>",
        "<em>cả ngày</em>",
        "<br",
        '<a href="tel:0251">số này</a>',
    ):
        assert part in html
    assert html.count("<li>") == 3 and "<blockquote>" in html and "<hr" in html and 'href="https://a.vn"' in html
    assert markdown.check(text) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_somebody_typed_acts_as_html(text):
    tree = checks.parse(f"<!DOCTYPE html><title>x</title><main>{markdown.html_of(text)}</main>")
    for node in tree.iter():
        assert node.tag not in ("script", "img", "style", "iframe"), text
        assert not [name for name in node.attrib if name.startswith("on") or name == "style"], text
        assert node.get("href", "/").startswith(("/a", "https://evil.example/x.png", "/")), text
        assert not node.get("href", "").startswith("//"), text


@pytest.mark.parametrize("text", [*HOSTILE[:7], HOSTILE[9]])
def test_what_would_not_be_shown_as_meant_is_refused(text):
    with pytest.raises(ValidationError):
        markdown.check(text)


def test_signs_of_less_and_mail_addresses_are_no_html():
    for text in ("Dưới 5 < 6", "a < b > c", "<an@example.vn>", "<https://a.vn>"):
        assert markdown.check(text) == text
