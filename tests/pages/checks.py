"""What every page must keep, whoever looks at it: valid HTML, nothing inline, a small weight, a title, one h1.

Each function takes the decoded HTML of a page and returns a list of faults in
words; :func:`faults` runs them all. For pages of any role::

    assert checks.faults(client.get(url).content.decode()) == []
"""

import gzip
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from django.conf import settings

KB = 1024
HTML_BUDGET = 14 * KB
CSS_BUDGET = 14 * KB
JS_BUDGET = 10 * KB
BUILDER_JS_BUDGET = 2 * KB
FIRST_VIEW_BUDGET = 60 * KB
STATIC = Path(settings.BASE_DIR) / "static" / "portal"
# Only these may refer to a resource that the browser fetches; all of them stay on this site.
FETCHING = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src", "object": "data"}
LABELLED = {"input", "select", "textarea"}
# What Enter is pressed in.
TYPED = {"text", "search", "email", "tel", "url", "password", "number", "date", "time"}
# Controls that name themselves.
SELF_NAMED = {"hidden", "submit", "button", "reset", "image"}


def faults(html: str, *, is_print: bool = False) -> list[str]:
    """Run every check on a page; ``is_print`` pages need not fit the budget of a first view."""
    tree, errors = _read(html)
    lines = html.splitlines()
    found = [
        *(f"{code} {details} at line {at[0]}: {lines[at[0] - 1][:160]}" for at, code, details in errors),
        *inline_faults(tree),
        *document_faults(tree),
        *reference_faults(tree),
        *label_faults(tree),
        *name_faults(tree),
        *enter_faults(tree),
        *table_faults(tree),
        *undefined_faults(html),
    ]
    return found if is_print else [*found, *weight_faults(html)]


def parse(html: str) -> Element:
    """Parse as a browser does, without namespaces."""
    return _read(html)[0]


def inline_faults(tree: Element) -> list[str]:
    """Styles, scripts and handlers that a strict Content-Security-Policy blocks, and anything from elsewhere."""
    found = []
    for node in _elements(tree):
        attributes = node.attrib
        if node.tag == "style" or "style" in attributes:
            found.append(f"inline style in <{node.tag}>")
        if node.tag == "script" and ("src" not in attributes or (node.text or "").strip()):
            found.append("inline script")
        found += [f"handler {name} in <{node.tag}>" for name in attributes if str(name).startswith("on")]
        source = str(attributes.get(FETCHING.get(node.tag, ""), ""))
        if re.match(r"(?i)\s*(https?:|data:|javascript:|//)", source) and attributes.get("rel") != "canonical":
            found.append(f"<{node.tag}> fetches {source[:60]}")
        if str(attributes.get("href", "")).strip().lower().startswith("javascript:"):
            found.append("javascript: link")
    return found


def document_faults(tree: Element) -> list[str]:
    """Language, title, one h1, one main, headings without gaps, ids used once."""
    found = []
    nodes = list(_elements(tree))
    if tree.attrib.get("lang") not in {"vi", "en"}:
        found.append("html without lang")
    title = "".join(next((node.itertext() for node in nodes if node.tag == "title"), iter(())))
    if not title.strip() or title.strip().startswith("–"):
        found.append("page without a title")
    for tag in ("h1", "main"):
        count = sum(node.tag == tag for node in nodes)
        if count != 1:
            found.append(f"{count} × <{tag}>")
    ids = Counter(node.attrib["id"] for node in nodes if "id" in node.attrib)
    found += [f"id {name!r} used {count} times" for name, count in ids.items() if count > 1]
    viewport = next((node.attrib.get("content", "") for node in nodes if node.attrib.get("name") == "viewport"), "")
    if "width=device-width" not in viewport or "user-scalable" in viewport or "maximum-scale" in viewport:
        found.append("viewport missing or locked")
    return found


def reference_faults(tree: Element) -> list[str]:
    """Labels, descriptions and links within the page that point at nothing; a current item that is none."""
    nodes = list(_elements(tree))
    ids = {node.attrib["id"] for node in nodes if "id" in node.attrib}
    found = []
    for node in nodes:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form"):
            for target in str(node.attrib.get(name, "")).split():
                if target not in ids:
                    found.append(f"{name}={target!r} in <{node.tag}> points at nothing")
        href = str(node.attrib.get("href", ""))
        if href.startswith("#") and href[1:] not in ids:
            found.append(f"link to {href} points at nothing")
        current = node.attrib.get("aria-current", "page")
        if current not in ("page", "step", "date", "true"):
            found.append(f"aria-current={current!r}")
        if node.tag == "a" and href == "":
            found.append("link without an address")
    return found


def label_faults(tree: Element) -> list[str]:
    """Controls without a name and tables without a caption or header."""
    nodes = list(_elements(tree))
    labelled = {node.attrib.get("for") for node in nodes if node.tag == "label"}
    wrapped = {id(inner) for node in nodes if node.tag == "label" for inner in node.iter()}
    found = []
    for node in nodes:
        attributes = node.attrib
        if node.tag in LABELLED and attributes.get("type") not in SELF_NAMED:
            has_name = attributes.get("aria-label") or attributes.get("aria-labelledby")
            if not has_name and attributes.get("id") not in labelled and id(node) not in wrapped:
                found.append(f"<{node.tag} name={attributes.get('name')!r}> without a label")
        if node.tag == "button" and not (attributes.get("aria-label") or "".join(node.itertext()).strip()):
            found.append("button without words")
        if node.tag == "table" and not any(inner.tag == "th" for inner in node.iter()):
            found.append("table without header cells")
        if node.tag == "img" and "alt" not in attributes:
            found.append("picture without alt")
    return found


def name_faults(tree: Element) -> list[str]:
    """Controls whose name lacks the words they show (WCAG 2.5.3), and moments finer than HTML knows."""
    found = []
    for node in _elements(tree):
        words = " ".join("".join(node.itertext()).split())
        name = str(node.attrib.get("aria-label", ""))
        if node.tag in ("a", "button") and name and words.isascii() and words.casefold() not in name.casefold():
            found.append(f"{words!r} is called {name!r}")
        if node.tag == "time" and "." in str(node.attrib.get("datetime", "")):
            found.append(f"<time datetime={node.attrib['datetime']!r}> with fractions of a second")
    return found


def enter_faults(tree: Element) -> list[str]:
    """Forms with a text box in which Enter presses something else than the button that saves."""
    forms: dict[Any, tuple[Element, list[Element]]] = {
        node.attrib.get("id") or id(node): (node, []) for node in _elements(tree) if node.tag == "form"
    }
    inside = {id(inner): key for key, (form, _) in forms.items() for inner in form.iter()}
    for node in _elements(tree):
        is_submit = node.tag == "button" and node.attrib.get("type", "submit") == "submit"
        key = node.attrib.get("form") or inside.get(id(node))
        if is_submit and key in forms:
            forms[key][1].append(node)
    found = []
    for form, buttons in forms.values():
        boxes = [inner for inner in form.iter() if inner.tag == "input" and inner.attrib.get("type", "text") in TYPED]
        saving = [node for node in buttons if {"btn-primary", "btn-danger"} & set(node.attrib.get("class", "").split())]
        if boxes and saving and _effect(buttons[0]) != _effect(saving[0]):
            found.append(f"Enter presses {''.join(buttons[0].itertext()).strip()!r}")
    return found


def table_faults(tree: Element) -> list[str]:
    """Tables whose rows differ in length, and columns in which no cell begins, as the Nu checker reports them."""
    found = []
    for table in (node for node in _elements(tree) if node.tag == "table"):
        rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter() if row.tag == "tr"]
        if any("rowspan" in cell.attrib for row in rows for cell in row):
            continue
        starts, widths = set(), set()
        for row in rows:
            at = 0
            for cell in row:
                starts.add(at)
                at += int(cell.attrib.get("colspan", 1))
            widths.add(at)
        if len(widths) > 1 or starts != set(range(max(widths, default=0))):
            found.append(f"table with rows of {sorted(widths)} columns, cells begin in {sorted(starts)}")
    return found


def undefined_faults(html: str) -> list[str]:
    """Template variables that do not exist, as the test settings show them, and untranslated leftovers."""
    return [f"undefined template variable {name}" for name in re.findall(r"UNDEFINED\(([^)]*)\)", html)]


def weight_faults(html: str) -> list[str]:
    """Compressed sizes over the budget: the page, and the page with everything that its first view fetches."""
    page = compressed(html.encode())
    found = []
    if page > HTML_BUDGET:
        found.append(f"HTML {page} bytes compressed, budget {HTML_BUDGET}")
    if page + _assets() > FIRST_VIEW_BUDGET:
        found.append(f"first view over {FIRST_VIEW_BUDGET} bytes")
    return found


def compressed(content: bytes) -> int:
    """Size after gzip, as a proxy sends it."""
    return len(gzip.compress(content, 6, mtime=0))


@cache
def _assets() -> int:
    return sum(compressed(path.read_bytes()) for path in STATIC.iterdir() if path.is_file())


def _read(html: str) -> tuple[Element, list[Any]]:
    """Return the tree, and the errors of the HTML5 parsing algorithm, each with its place; 1.5 ms a kilobyte."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    return parser.parse(html), parser.errors


def _effect(button: Element) -> tuple[str | None, ...]:
    return tuple(button.attrib.get(name) for name in ("name", "value", "formaction"))


def _elements(tree: Any) -> Any:
    return (node for node in tree.iter() if isinstance(node.tag, str))
