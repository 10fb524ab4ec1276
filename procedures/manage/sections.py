"""What the pages of one version show: its sections with their state, its values in words, who may do what next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.text import in_order

from .. import access
from ..catalogue import lacks_specialist
from ..models import Offering, Procedure, ProcedureVersion, VersionStatus
from ..versions.checking import OFFERINGS, SECTIONS, Fault

STATUS_TAGS = {
    VersionStatus.DRAFT.value: "soon",
    VersionStatus.IN_REVIEW.value: "info",
    VersionStatus.PUBLISHED.value: "ok",
    VersionStatus.RETIRED.value: "neutral",
}
# So many points of a section are named in the task list; the check has them all.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a version: its page, how many faults block it, what the first of them say, whether it is empty."""

    key: str
    title: str
    url: str
    faults: int
    warnings: int
    missing: tuple[str, ...] = ()
    is_empty: bool = False

    @property
    def tag(self) -> str:
        """The look of its state."""
        return "late" if self.faults else "neutral" if self.is_empty else "ok"


@dataclass(frozen=True, slots=True)
class Doing:
    """What a person may do with a version now."""

    can_edit: bool
    can_send: bool
    can_take_back: bool
    can_publish: bool


def link(name: str, *arguments: Any) -> str:
    """Return an address."""
    return reverse(name, args=arguments)


def section_titles() -> dict[str, str]:
    """Return the names of the sections in their order."""
    return {
        "info": _("Information"),
        "papers": _("Papers"),
        "fees": _("Fees"),
        "form": _("Online form"),
        "workflow": _("Steps of the work"),
        "documents": _("Slips and letters"),
    }


def sections(version: ProcedureVersion, faults: Iterable[Fault]) -> list[Section]:
    """Return the sections with their state; no query when papers, fees and steps are prefetched."""
    found = list(faults)
    contents = {
        "papers": version.papers.all(),
        "fees": version.fees.all(),
        "form": version.form,
        "workflow": version.steps.all(),
        "documents": version.reasons or version.receipt_note or version.letter_text,
    }
    titles, at = section_titles(), (version.procedure.code, version.number)
    return [
        Section(
            key,
            titles[key],
            link(f"manage:{key}", *at),
            sum(fault.section == key and fault.is_blocking for fault in found),
            sum(fault.section == key and not fault.is_blocking for fault in found),
            tuple(fault.message for fault in found if fault.section == key and fault.is_blocking)[:NAMED],
            is_empty=key in contents and not contents[key],
        )
        for key in SECTIONS
    ]


def fault_lines(version: ProcedureVersion, faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Return the faults with the address of their place; those that block come first."""
    code = version.procedure.code
    titles = section_titles() | {OFFERINGS: _("Who offers it")}
    pages = {key: link(f"manage:{key}", code, version.number) for key in SECTIONS}
    pages[OFFERINGS] = link("manage:procedure", code)
    return sorted(
        (
            {
                "section": titles[fault.section],
                "message": fault.message,
                "is_blocking": fault.is_blocking,
                "url": pages[fault.section] + (f"#{fault.anchor}" if fault.anchor else ""),
            }
            for fault in faults
        ),
        key=lambda line: not line["is_blocking"],
    )


def is_offered(procedure: Procedure, day: date) -> bool:
    """Tell whether some unit offers a procedure on a day or later. One query."""
    return Offering.objects.filter(procedure=procedure, unit__is_active=True).exclude(until__lt=day).exists()


def uncovered_units(procedure: Procedure, day: date) -> list[str]:
    """Return the units that offer a procedure on a day or later and have no specialist for its field. Two queries."""
    offerings = Offering.objects.filter(procedure=procedure, unit__is_active=True).exclude(until__lt=day)
    names = dict(offerings.values_list("unit_id", "unit__name"))
    bare = lacks_specialist(names, [procedure.sector.code], day)
    return in_order(names[pk] for pk in bare)


def second_person(user: Any, version: ProcedureVersion, day: date) -> str:
    """Return what a publisher should know of who can still publish an open version; '' when nothing. Two queries."""
    if version.status not in (VersionStatus.DRAFT, VersionStatus.IN_REVIEW):
        return ""
    left = access.may_still_publish(version, day)
    if not left:
        return _("Every publisher had a hand in this version: another one is needed before it can be published.")
    if version.status == VersionStatus.DRAFT and [person.pk for person in left] == [user.pk]:
        return _("Only you can still publish this version. If you change it, nobody is left who may.")
    return ""


def doing(user: Any, version: ProcedureVersion, day: date) -> Doing:
    """Return what a publisher may do with a version. One query, in review only."""
    is_draft, waits = version.status == VersionStatus.DRAFT, version.status == VersionStatus.IN_REVIEW
    may_publish = waits and access.can_publish(user, version, day)
    return Doing(
        can_edit=is_draft,
        can_send=is_draft,
        can_take_back=waits and not may_publish,
        can_publish=may_publish,
    )


def state_words(version: ProcedureVersion, day: date) -> tuple[str, str]:
    """Return the state of a version in words and the look of its tag."""
    if version.status in (VersionStatus.DRAFT, VersionStatus.IN_REVIEW):
        return version.get_status_display(), STATUS_TAGS[version.status]
    if version.effective_until is not None and version.effective_until < max(day, version.effective_from):
        retired = version.status == VersionStatus.RETIRED
        return (_("Retired") if retired else _("Replaced")), "neutral"
    if version.effective_from > day:
        return _("Applies from %(date)s") % {"date": f"{version.effective_from:%d/%m/%Y}"}, "info"
    if version.status == VersionStatus.RETIRED:
        return _("In force until %(date)s") % {"date": f"{version.effective_until:%d/%m/%Y}"}, "soon"
    return _("In force"), "ok"


def rows_of(form: forms.Form) -> list[tuple[str, str]]:
    """Return the values of an unsent form as label and text: what people who may not change them read."""
    return [
        (str(bound.label), text)
        for bound in form
        if not bound.is_hidden and (text := _text(bound.field, bound.initial)) != ""
    ]


def _text(field: forms.Field, value: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in field.choices}  # type: ignore[misc, union-attr]  # plain pairs
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(key), str(key)) for key in chosen)
    if isinstance(value, list):
        return "\n".join(str(line) for line in value)
    if isinstance(value, date):
        return date_format(value, "d/m/Y")
    return str(value)
