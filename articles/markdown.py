"""Markdown of notices: headings, lists, emphasis, links, quotes and rules; nothing else becomes HTML.

No tag that somebody typed is ever written: the parser knows no HTML and no pictures, addresses are web, mail,
telephone or this site's own, and what it does not know it escapes.
"""

import re
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

# The page has the h1.
_BELOW = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_TAGS = frozenset(
    ("p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "hr", "code", "pre", "")
)
_SAFE = re.compile(r"(?:https?://|mailto:|tel:|/(?!/)|#)[^\s\\]*", re.IGNORECASE)
_HTML = re.compile(r"<[a-z/!][^>@:]*>", re.IGNORECASE)
_PICTURE = re.compile(r"!\[[^\]]*\]\(")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")


class _Parser(MarkdownIt):
    """A parser that knows some of Markdown, and takes safe addresses only."""

    def validateLink(self, url: str) -> bool:
        """Tell whether a link may lead there."""
        return _SAFE.fullmatch(url) is not None


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    known = ["heading", "list", "emphasis", "link", "autolink", "newline", "escape", "hr", "blockquote", "entity"]
    return _Parser("zero", {"html": False, "breaks": True, "maxNesting": 20}).enable(known)


def html_of(text: str) -> SafeString:
    """Return a text as HTML of known tags; its largest heading is an h2."""
    parser = _parser()
    tokens = parser.parse(text)
    for token in tokens:
        token.tag = _BELOW.get(token.tag, token.tag)
        for each in (token, *(token.children or ())):
            assert each.tag in _TAGS, each.tag
    return mark_safe(parser.renderer.render(tokens, parser.options, {}))  # noqa: S308


def check(text: str) -> str:
    """Return the text; raises ValidationError for what would not be shown as it was meant."""
    faults = []
    if _HTML.search(text):
        faults.append(_("HTML is not taken. Use **bold**, lists with “-” and links as [words](https://…)."))
    if _PICTURE.search(text):
        faults.append(_("Pictures are not taken. Describe in words what the picture would show."))
    faults += [
        _("This link leads nowhere: %(url)s. Write it as https://…, mailto:…, tel:… or /….") % {"url": url}
        for url in _LINK.findall(text)
        if not _SAFE.fullmatch(url)
    ]
    if faults:
        raise ValidationError(faults)
    return text
