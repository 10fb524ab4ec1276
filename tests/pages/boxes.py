"""The boxes of a page, read as a browser reads them."""

from html.parser import HTMLParser


class Boxes(HTMLParser):
    """What a browser would send from a form as it stands."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.data: dict[str, list[str]] = {}
        self.select: str | None = None
        self.picked: str | None = None
        self.area: list[str] | None = None
        self.feed(html)

    def put(self, name: str, value: str) -> None:
        """Note one more value of a name."""
        self.data.setdefault(name, []).append(value)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read one box."""
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "input" and name:
            if found.get("type") not in ("checkbox", "radio"):
                self.put(name, found.get("value") or "")
            elif "checked" in found:
                self.put(name, (found["value"] or "") if "value" in found else "on")
        elif tag == "select":
            self.select, self.picked = name, None
        elif tag == "option" and self.select and (self.picked is None or "selected" in found):
            self.picked = found.get("value", "")
        elif tag == "textarea":
            self.area = [name, ""]

    def handle_data(self, data: str) -> None:
        """Read a part of a text box."""
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag: str) -> None:
        """Close a list or a text box."""
        if tag == "select":
            self.put(self.select or "", self.picked or "")
            self.select = None
        elif tag == "textarea" and self.area:
            self.put(self.area[0], self.area[1].removeprefix("\n"))
            self.area = None


def form_around(html: str, needle: str) -> dict[str, list[str]]:
    """Return what a browser would send from the form of a page that holds a text."""
    start = html.rindex("<form", 0, html.index(needle))
    return Boxes(html[start : html.index("</form>", start)]).data
