"""One difference between two versions: a sentence, with the wording before and after."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eforms import schema as form_schema

from ..serialising import Plain

# Beyond this many words texts are compared by sentences: the time grows with the square.
MAX_WORDS = 600
# Texts that share less than this are shown one after the other: scattered common words would only confuse.
ALIKE = 0.4
# A shorter text is shown whole, before and after.
LONG_TEXT = 60
SECTIONS = {
    "procedure": gettext_lazy("The whole procedure"),
    "info": gettext_lazy("Information"),
    "papers": gettext_lazy("Papers"),
    "fees": gettext_lazy("Fees"),
    "form": gettext_lazy("Form"),
    "workflow": gettext_lazy("Steps"),
    "documents": gettext_lazy("Slips and letters"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence; a changed wording has ``before`` and ``after``, a long one also the ``pieces`` of both.

    ``pieces`` are (kind, text), kind being 'same', 'del' or 'ins'.
    """

    text: str
    before: str = ""
    after: str = ""
    pieces: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.text} {self.before} → {self.after}" if self.before or self.after else self.text


@dataclass(frozen=True, slots=True)
class ChangedSection:
    """The changes of one section; ``key`` is one of SECTIONS."""

    key: str
    changes: list[Change] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The section's name."""
        return str(SECTIONS[self.key])


def changed(what: str, before: str, after: str) -> Change:
    """Return the sentence of a changed value; long texts with the pieces in which they differ."""
    if max(len(before), len(after)) <= LONG_TEXT or not (before and after):
        return Change(f"{what}:", before or _("(empty)"), after or _("(empty)"))
    return Change(f"{what}:", before, after, tuple(pieces(before, after)))


def pieces(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield what stayed, went and came between two texts, word by word; texts of many words sentence by sentence."""
    old, new = (re.findall(r"\s+|\S+", text) for text in (before, after))
    if max(len(old), len(new)) > 2 * MAX_WORDS:
        old, new = (re.findall(r"[^.;\n]+[.;\n]*\s*", text) for text in (before, after))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    shared = sum(not word.isspace() for i, _j, size in matcher.get_matching_blocks() for word in old[i : i + size])
    if 2 * shared < ALIKE * sum(not word.isspace() for word in [*old, *new]):
        yield from (("del", before), ("ins", after))
        return
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            yield "same", "".join(old[i:j])
            continue
        if j > i:
            yield "del", "".join(old[i:j])
        if m > k:
            yield "ins", "".join(new[k:m])


def schema_of(version: Plain) -> Any:
    """Return the form of a version; None when there is none or it cannot be read."""
    try:
        return form_schema.load(version["form"]) if version["form"] is not None else None
    except form_schema.SchemaError:
        return None
