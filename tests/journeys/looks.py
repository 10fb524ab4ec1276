"""The ways of seeing that a reader or a machine chooses, and what must be readable in each of them."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

# A reader's choices, written as the server does, and what the machine asks for.
LOOKS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "light": ({}, {}),
    "dark": ({}, {"data-theme": "dark"}),
    "more": ({}, {"data-contrast": "more"}),
    "system dark": ({"color_scheme": "dark"}, {}),
    "system contrast": ({"contrast": "more"}, {}),
}
PLAIN: dict[str, Any] = {"color_scheme": "light", "contrast": "no-preference", "reduced_motion": "reduce"}
# Everything that takes the focus: where words on their ground are below 4.5, and marks of the current item below 3.
CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const part = (p) => (p <= 10.3 ? p / 3294.6 : ((p / 255 + .055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + .05) / (Math.min(light(a), light(b)) + .05);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] > .9) return colour;
    }
    return [255, 255, 255];
  };
  const shown = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length;
  const faults = [];
  const worded = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  for (const box of document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea")) {
    if (!shown(box) || box.disabled || box.tabIndex < 0) continue;
    box.focus({ focusVisible: true, preventScroll: true });
    if (document.activeElement !== box) continue;
    for (const node of [box, ...box.querySelectorAll("*")].filter((one) => shown(one) && worded(one))) {
      const found = ratio(parse(getComputedStyle(node).color), ground(node));
      if (found < 4.5) faults.push(`${found.toFixed(2)} focused: ${node.tagName} ${node.textContent.trim()}`);
    }
    box.blur();
  }
  for (const link of document.querySelectorAll(":is(.nav, .bar-nav) [aria-current], .tabs [aria-current]")) {
    if (!shown(link)) continue;
    const style = getComputedStyle(link);
    const [words, mark] = [style.color, style.borderBottomColor].map((colour) => ratio(parse(colour), ground(link)));
    if (words < 4.5 || mark < 3) faults.push(`current ${words} ${mark}: ${link.textContent.trim()}`);
  }
  return faults;
}"""


def looks(page: Page) -> Iterator[str]:
    """Dress the open page in each look in turn, by name; the server writes a choice as an attribute of <html> too."""
    for name, (media, attributes) in LOOKS.items():
        page.emulate_media(**PLAIN | media)
        for attribute, value in attributes.items():
            page.evaluate("([name, value]) => document.documentElement.setAttribute(name, value)", [attribute, value])
        yield name
        for attribute in attributes:
            page.evaluate("name => document.documentElement.removeAttribute(name)", attribute)
    page.emulate_media(**PLAIN)


def focus_faults(page: Page) -> list[str]:
    """Name what cannot be read once it has the focus, and a current item that looks like the others."""
    found: list[str] = page.evaluate(CONTRAST)
    return found
