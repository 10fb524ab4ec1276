"""What an officer searches for: a code, an ID number, a name; it rests in the session, ID numbers as blind indexes."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from stdnum.vn import mst

from common.text import clean, fold, plain
from common.values.identity import compact, id_kind, masked

from ..records.applicants import number_index

SEARCH_KEY = "desk_search"
# Old and new unit identifiers: 000.00.16.H19-260323-0001 and H19.16-260323-0001.
CODE = re.compile(r"(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d+){0,3})-\d{6}-\d{4,5}")


@dataclass(frozen=True)
class Search:
    """What an officer looks for; ``shown`` is what may be repeated on the page."""

    kind: str
    value: str
    shown: str
    # As a number in another system would be kept; not remembered.
    external: str = ""

    @classmethod
    def read(cls, text: str) -> "Search":
        """Understand what was typed or scanned: a code (also inside a QR address), an ID number or a name.

        An ID number is kept as its blind index; it appears masked from here on.
        """
        typed = " ".join(clean(text).split())[:200]
        return replace(cls._read(typed), external=typed.upper()[:60])

    @classmethod
    def _read(cls, typed: str) -> "Search":
        line, number = plain(typed), compact(typed)
        code = CODE.search(line.upper())
        if code:
            return cls("code", code.group(), code.group())
        if re.fullmatch(r"(?:\d{6}-)?\d{4}", line, re.ASCII):
            return cls("tail", line, line)
        if re.fullmatch(r"\d{9,14}", number, re.ASCII) or id_kind(number):
            # The tax code of a branch is stored with its dash.
            stored = mst.format(number) if len(number) == 13 else number
            return cls("number", number_index(stored), masked(number))
        return cls("name", fold(typed), typed)

    def condition(self) -> Q:
        """Return what it means for rows of the worklist."""
        if self.kind == "code":
            return Q(code=self.value, code_tail=self.value[-4:])
        if self.kind == "number":
            return Q(number_index=self.value) & ~Q(number_index="")
        if self.kind == "tail":
            return Q(code__endswith=self.value, code_tail=self.value[-4:])
        return Q(folded_name__contains=self.value)

    def keep(self, session: Any) -> None:
        """Remember the search for the list pages that follow."""
        session[SEARCH_KEY] = [self.kind, self.value, self.shown]

    @classmethod
    def kept(cls, session: Any) -> "Search | None":
        """Return the search of this session, if there was one."""
        parts = session.get(SEARCH_KEY)
        return cls(*parts) if parts else None
