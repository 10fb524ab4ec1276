"""Each check finds the fault that it is there for."""

import pytest

from tests.pages import checks

GOOD = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Trang</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1 id="top">Trang</h1><label for="a">Tên</label><input id="a" name="a">%s</main></body></html>"""


def test_a_good_page_has_no_faults():
    assert checks.faults(GOOD % "") == []


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("<p style='color:red'>x</p>", "inline style"),
        ("<style>p{}</style>", "inline style"),
        ("<script>1</script>", "inline script"),
        ("<p onclick='x()'>x</p>", "handler onclick"),
        ("<a href='javascript:x()'>x</a>", "javascript: link"),
        ("<img src='https://example.com/x.png' alt=''>", "fetches https://example.com"),
        ("<img src='/x.png'>", "without alt"),
        ("<p id='top'>x</p>", "used 2 times"),
        ("<h1>x</h1>", "2 × <h1>"),
        ("<main>x</main>", "2 × <main>"),
        ("<a href='#nowhere'>x</a>", "points at nothing"),
        ("<a href=''>x</a>", "without an address"),
        ("<a href='#main' aria-current='&quot;page&quot;'>x</a>", "aria-current="),
        ("<input name='b'>", "without a label"),
        ("<p aria-describedby='nowhere'>x</p>", "points at nothing"),
        ("<button></button>", "button without words"),
        ("<table><tr><td>x</td></tr></table>", "without header cells"),
        ("<button aria-label='Smaller text'>A-</button>", "is called"),
        ("<time datetime='2026-03-27T14:05:00.123456+07:00'>x</time>", "fractions of a second"),
        (
            "<form><input aria-label='x'><button name='more'>+</button><button class='btn-primary'>x</button></form>",
            "Enter",
        ),
        (
            "<form id='f'></form><button form='f' formaction='/up/'>x</button><form><input aria-label='x'>"
            "<button formaction='/up/'>+</button><button class='btn-danger'>x</button></form>",
            "Enter presses '+'",
        ),
        ("<table><tr><th>x</th></tr><tr><td>x</td><td>y</td></tr></table>", "rows of [1, 2] columns"),
        ("<table><tr><th colspan=2>x</th></tr></table>", "cells begin in [0]"),
        ("<p>UNDEFINED(user.name)</p>", "undefined template variable"),
        ("<div><p></div>x</p>", "unexpected-end-tag"),
        ("".join(f"<p>{n * 7919}</p>" for n in range(9000)), "bytes compressed"),
    ],
)
def test_a_fault_is_found(extra, words):
    assert any(words in fault for fault in checks.faults(GOOD % extra))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('lang="vi"', "", "without lang"),
        ("<title>Trang</title>", "<title> – Cổng</title>", "without a title"),
        ("initial-scale=1", "user-scalable=no", "viewport"),
    ],
)
def test_a_fault_of_the_document_is_found(old, new, words):
    assert any(words in fault for fault in checks.faults(GOOD.replace(old, new) % ""))
