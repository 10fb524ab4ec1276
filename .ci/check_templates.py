"""Check what the strict content security policy and the house style ask of every page's template.

Plain text messages (``.txt``) are left out: a line break in them is sent to the recipient.
Prints one line per finding and ends with 1 when there is any.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FREE_IN_FRAMES = ("|safe or autoescape off", "include without `only`")
RULES = (
    ("script inside the page", re.compile(r"<script\b(?![^>]*\bsrc=)", re.I)),
    ("style inside the page", re.compile(r"<style\b", re.I)),
    ("style attribute", re.compile(r"<[^>]*\sstyle\s*=", re.I)),
    ("event handler attribute", re.compile(r"<[^>]*\son[a-z]+\s*=", re.I)),
    ("javascript: address", re.compile(r"(?:href|action|src)\s*=\s*[\"']?\s*javascript:", re.I)),
    (
        "address of a third party",
        re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//", re.I),
    ),
    ("line over 160 characters", re.compile(r"^.{161,}$", re.M)),
    ("status or level as a number", re.compile(r"{%[^%]*\b(?:status|level|rank)\s*(?:[=!<>]=?|in)\s*\d")),
    (FREE_IN_FRAMES[0], re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off")),
    (FREE_IN_FRAMES[1], re.compile(r"{%\s*include\s+(?:(?!%}|\bonly\b).)*%}")),
)
# Frames of pages, sheets of slips and widgets hand their whole context on; a field's help text is ours, never typed.
FRAMES = re.compile(r"^templates/(allauth|django|motcua|slips)/|base\.html$")


def findings(path: Path) -> list[str]:
    """Return the findings of one template as `file:line: what`."""
    name = path.relative_to(ROOT).as_posix()
    text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"))
    found = []
    for what, pattern in RULES:
        if what in FREE_IN_FRAMES and FRAMES.search(name):
            continue
        found += [f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {what}" for hit in pattern.finditer(text)]
    return found


def main() -> int:
    """Check every template of the project."""
    found = [line for path in sorted((ROOT / "templates").rglob("*.html")) for line in findings(path)]
    print("\n".join(found) if found else "Templates keep the rules.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
