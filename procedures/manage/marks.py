"""How publishers see what of a version is unverified: each part by its name, with its place, source and note."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from eforms.builder.raw import columns_of, fields_of, name_of, sections_of

from ..marks import SECTIONS
from ..models import Mark, ProcedureVersion


@dataclass(frozen=True, slots=True)
class Line:
    """One mark: the name of the part and the address of its place."""

    mark: Mark
    words: str
    url: str

    @property
    def key(self) -> str:
        """The question (of a column its table), paper or fee that is meant; '' for a part without a key."""
        return self.mark.part.partition(":")[2].partition(".")[0]


def lines(version: ProcedureVersion, section: str = "") -> list[Line]:
    """Return the open marks of a version, or of one of its sections; three queries at most."""
    marks = version.marks.filter(cleared_at=None).order_by("id")
    return _lines(version, [mark for mark in marks if section in ("", SECTIONS[_kind(mark.part)])])


def checked_lines(version: ProcedureVersion) -> list[Line]:
    """Return the marks that somebody has cleared, the latest first; three queries at most."""
    marks = version.marks.exclude(cleared_at=None).select_related("cleared_by").order_by("-cleared_at", "id")
    return _lines(version, list(marks))


def _lines(version: ProcedureVersion, marks: list[Mark]) -> list[Line]:
    places = _places(version, {_kind(mark.part) for mark in marks})
    made = []
    for mark in marks:
        page = reverse(f"manage:{SECTIONS[_kind(mark.part)]}", args=[version.procedure.code, version.number])
        # A part that is gone is called by its key.
        words, anchor = places.get(mark.part, (mark.part.partition(":")[2], ""))
        made.append(Line(mark, words, page + anchor))
    return made


def _kind(part: str) -> str:
    return part.partition(":")[0]


def _places(version: ProcedureVersion, kinds: set[str]) -> dict[str, tuple[str, str]]:
    """Return the names of the parts of some kinds, and where each stands on the page of its section."""
    found = {
        "code": (_("Code"), ""),
        "info": (_("Information"), ""),
        "audience": (_("Who may file"), "#id_audience_0"),
        "time": (_("Processing time"), "#id_processing_amount"),
        "legal": (_("Legal bases"), "#id_legal_bases"),
        "form": (_("The form as a whole"), ""),
    }
    if "paper" in kinds:
        for key, name in version.papers.values_list("key", "name"):
            found[f"paper:{key}"] = name, f"#paper-{key}"
    if "fee" in kinds:
        for key, name, n in version.fees.values_list("key", "name", "n"):
            found[f"fee:{key}"] = name, f"#fee-{n}"
    for field in [field for section in sections_of(version.form or {}) for field in fields_of(section)]:
        question, anchor = f"form:{field.get('key')}", f"#field-{field.get('key')}"
        found[question] = name_of(field), anchor
        for column in columns_of(field):
            found[f"{question}.{column.get('key')}"] = f"{name_of(field)}: {name_of(column)}", anchor
    return found
