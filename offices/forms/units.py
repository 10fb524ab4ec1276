"""Forms about units: what is known about one, and its opening hours."""

import re
from collections.abc import Mapping
from datetime import date, time
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.fields import AddressField, LineField, MailField, PhoneField
from common.forms.screen_forms import ChangeForm, OnceForm, ScreenForm
from common.forms.widgets import AddressWidget
from common.text import plain
from common.values import divisions
from common.values.identity import check_tax_code

from .. import hooks
from ..models import OpeningHours, Unit, UnitKind
from ..units.checks import check_identifier, check_link
from ..units.opening import UNREADY
from .people import AccessForm, unit_choices

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
# What both forms of a unit ask besides what stands above it.
COLUMNS = (
    "name",
    "short_name",
    "identifier",
    "division_code",
    "tax_code",
    "address",
    "phone",
    "email",
    "map_url",
)
_CLOCK = re.compile(r"(\d{1,2})(?:[:hg.](\d{2})?)?", re.ASCII)
# Which kinds may stand above which.
ABOVE = {
    UnitKind.PROVINCE: (),
    UnitKind.COMMUNE: (UnitKind.PROVINCE,),
    UnitKind.DEPARTMENT: (UnitKind.COMMUNE, UnitKind.PROVINCE),
}


class CommuneWidget(AddressWidget):
    """Province and commune, without a house."""

    template_name = "motcua/widgets/commune.html"
    PARTS = ("province", "commune_name", "commune")


class DivisionField(AddressField):
    """The place of a unit; value: the code of a commune (5 digits), of a province (2), or ''."""

    widget = CommuneWidget

    def clean(self, value: Any) -> str:  # type: ignore[override]  # its value is a code, not an address
        """Return the code; raises ValidationError when the commune is unknown or one of several."""
        typed = dict(value or {})
        province, name = typed.get("province", ""), typed.get("commune_name", "")
        if not province and not name:
            return ""
        if not name and divisions.province(province) is not None:
            return province
        return self._commune(province, name[:200], typed.get("commune", "")).code

    def prepare_value(self, value: Any) -> Any:
        """Show a stored code."""
        if not isinstance(value, str):
            return value
        commune = divisions.commune(value)
        if commune is not None:
            return {"province": commune.province, "commune": commune.code}
        return {"province": value}


class UnitForm(ScreenForm):
    """What is known about a unit; mixed into the forms of adding and changing."""

    parent = forms.ChoiceField(label=gettext_lazy("Parent unit"), required=False)
    name = LineField(
        label=gettext_lazy("Full name of the unit"),
        max_length=120,
        help_text=gettext_lazy("As in letterheads, for example: Ủy ban nhân dân xã Xuân Bắc."),
    )
    short_name = LineField(
        label=gettext_lazy("Short name"), max_length=80, help_text=gettext_lazy("For lists, for example: Xã Xuân Bắc.")
    )
    identifier = LineField(
        label=gettext_lazy("Identifier"),
        max_length=20,
        required=False,
        help_text=gettext_lazy(
            "The first part of dossier codes, for example 000.00.16.H19. Only a unit that takes dossiers needs one."
        ),
    )
    sure = forms.BooleanField(label=gettext_lazy("Change the identifier all the same"), required=False)
    division_code = DivisionField(label=gettext_lazy("Place"), required=False)
    tax_code = LineField(
        label=gettext_lazy("Tax code"), max_length=14, required=False, help_text=gettext_lazy("Stands on receipts.")
    )
    address = LineField(label=gettext_lazy("Address of the desk"), max_length=200, required=False)
    phone = PhoneField(label=gettext_lazy("Phone"), required=False, max_length=20)
    email = MailField(label=gettext_lazy("Email address"), required=False)
    map_url = LineField(
        label=gettext_lazy("Link to a map"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Begins with https://."),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )

    def prepare(self, parents: list[Unit], *, unit: Unit | None, may_be_top: bool, today: date) -> None:
        """Set which units may stand above; without any the question is left out."""
        self.unit, self.today, self.may_be_top = unit, today, may_be_top
        self.parents = {one.slug: one for one in parents}
        choices = unit_choices(parents)
        if may_be_top:
            choices = [("", _("None")), *choices]
        if choices == [("", _("None"))] or not choices:
            del self.fields["parent"]
        else:
            choice_of(self, "parent").choices = choices
        if "sure" not in self.data:
            self.fields["sure"].widget = forms.HiddenInput()

    def clean_identifier(self) -> str | None:
        """Check the form, and that no other unit has it."""
        typed = self.cleaned_data["identifier"]
        if not typed:
            return None
        identifier = check_identifier(typed)
        taken = Unit.objects.filter(identifier=identifier)
        if self.unit is not None:
            taken = taken.exclude(pk=self.unit.pk)
        if taken.exists():
            raise ValidationError(_("Another unit has this identifier. Every unit needs its own."))
        return identifier

    def clean_tax_code(self) -> str:
        """Take a tax code in its form."""
        typed = self.cleaned_data["tax_code"]
        return check_tax_code(typed) if typed else ""

    def clean_map_url(self) -> str:
        """Take https only."""
        typed = self.cleaned_data["map_url"]
        return check_link(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        """Compare the unit above with the kind; ask before an identifier changes on a day with codes."""
        cleaned = super().clean() or self.cleaned_data
        self._check_parent(cleaned)
        new = cleaned.get("identifier")
        if "identifier" not in self.errors and new != (self.unit.identifier if self.unit else None):
            self._check_change(new or "", cleaned)
        return cleaned

    def _check_parent(self, cleaned: dict[str, Any]) -> None:
        if "parent" not in self.fields or "parent" in self.errors:
            return
        parent = self.parents.get(cleaned.get("parent", ""))
        kind = UnitKind(cleaned["kind"]) if cleaned.get("kind") else UnitKind(self.unit.kind) if self.unit else None
        if kind is None:
            return
        if parent is None and (kind == UnitKind.DEPARTMENT or not self.may_be_top):
            self.add_error("parent", _("Choose the unit above."))
        if parent is not None and UnitKind(parent.kind) not in ABOVE[kind]:
            allowed = {
                UnitKind.PROVINCE: _("A province has no unit above it."),
                UnitKind.COMMUNE: _("A commune's parent unit is a province, or none."),
                UnitKind.DEPARTMENT: _("A department belongs to a commune or a province."),
            }
            self.add_error("parent", allowed[kind])

    def _check_change(self, new: str, cleaned: dict[str, Any]) -> None:
        try:
            notes = [note for ask in hooks.identifier_checks if (note := ask(self.unit, new, self.today))]
        except ValidationError as error:
            self.add_error("identifier", error)
            return
        if notes and not cleaned.get("sure"):
            self.fields["sure"].widget = forms.CheckboxInput()
            self.add_error("sure", " ".join(notes))

    def values(self) -> dict[str, Any]:
        """Return the columns as typed."""
        found = {name: self.cleaned_data[name] for name in COLUMNS}
        if "parent" in self.fields:
            found["parent"] = self.parents.get(self.cleaned_data["parent"])
        return found


class UnitAddForm(UnitForm, OnceForm):
    """Add a unit."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("", "–"), *UnitKind.choices],
        help_text=gettext_lazy("The kind stays as it is once the unit exists."),
    )
    field_order = ["kind", "parent", "name", "short_name", "identifier", "sure", "division_code"]


class UnitChangeForm(UnitForm, ChangeForm):
    """Change a unit."""

    field_order = ["revision", "parent", "name", "short_name", "identifier", "sure", "division_code"]

    def __init__(self, *args: Any, unit: Unit, parent_slug: str, **options: Any) -> None:
        initial = {name: getattr(unit, name) for name in COLUMNS} | {"parent": parent_slug}
        super().__init__(*args, initial=initial, **options)


class DayHoursWidget(forms.MultiWidget):
    """Four boxes: opens, closes, opens again, closes again."""

    template_name = "motcua/widgets/day_hours.html"
    use_fieldset = True

    def use_required_attribute(self, initial: Any) -> bool:
        """Leave every box free: a day may be closed."""
        return False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 12}
        names = ("opens", "closes", "again", "ends")
        super().__init__({name: forms.TextInput(attrs=box) for name in names}, attrs)

    def id_for_label(self, id_: str) -> str:
        """Return the first box, where an error link leads."""
        return f"{id_}_0" if id_ else id_

    def decompress(self, value: Any) -> list[str]:
        """Return four empty boxes: stored hours come as texts already."""
        return [""] * 4


class DayHoursField(forms.Field):
    """The opening hours of one weekday; value: a list of at most two (opens, closes)."""

    widget: Any = DayHoursWidget

    def clean(self, value: Any) -> list[tuple[time, time]]:
        """Return the stretches; raises ValidationError saying which box to mend."""
        boxes = [plain(str(text or "")) for text in (value if isinstance(value, list) else [])]
        boxes = (boxes + [""] * 4)[:4]
        stretches = []
        for opens, closes in (boxes[:2], boxes[2:]):
            if not opens and not closes:
                continue
            if not opens or not closes:
                raise ValidationError(_("%(day)s: enter both when it opens and when it closes.") % {"day": self.label})
            stretches.append((self._clock(opens), self._clock(closes)))
        moments = [moment for stretch in stretches for moment in stretch]
        if any(later <= earlier for earlier, later in zip(moments, moments[1:], strict=False)):
            raise ValidationError(_("%(day)s: the times are not in order.") % {"day": self.label})
        return stretches

    def prepare_value(self, value: Any) -> list[str]:
        """Return the texts of the boxes, also of stored (opens, closes)."""
        texts: list[str] = []
        for part in value or []:
            is_typed = part is None or isinstance(part, str)
            texts += [part or ""] if is_typed else [f"{moment.hour}:{moment.minute:02}" for moment in part]
        return (texts + [""] * 4)[:4]

    def _clock(self, text: str) -> time:
        match = _CLOCK.fullmatch(text)
        try:
            if match is None:
                raise ValueError(text)
            return time(int(match[1]), int(match[2] or 0))
        except ValueError as error:
            raise ValidationError(_("%(day)s: enter times like 7:00 or 13:30.") % {"day": self.label}) from error


class HoursForm(ChangeForm):
    """The opening hours of a week."""

    def __init__(self, *args: Any, unit: Unit, hours: list[OpeningHours], **options: Any) -> None:
        super().__init__(*args, **options)
        self.unit = unit
        by_day: Mapping[int, list[tuple[time, time]]] = {
            day: [(row.opens, row.closes) for row in rows] for day, rows in groupby(hours, key=lambda row: row.weekday)
        }
        for day, name in enumerate(WEEKDAYS):
            self.fields[f"day{day}"] = DayHoursField(label=name, initial=by_day.get(day, []))
        receiving = {row.weekday for row in hours if not row.counts}
        for day, name in enumerate(WEEKDAYS):
            self.fields[f"receiving{day}"] = forms.BooleanField(
                label=_("%(day)s: the desk receives, but the day does not count in terms") % {"day": name},
                initial=day in receiving,
                required=False,
            )
        self.order_fields(["revision", *(f"{part}{day}" for day in range(7) for part in ("day", "receiving"))])

    def rows(self) -> list[OpeningHours]:
        """Return unsaved hours as typed."""
        return [
            OpeningHours(
                unit=self.unit,
                weekday=day,
                opens=opens,
                closes=closes,
                counts=not self.cleaned_data[f"receiving{day}"],
            )
            for day in range(7)
            for opens, closes in self.cleaned_data[f"day{day}"]
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse an empty week for a unit that takes dossiers: no term could be counted."""
        cleaned = super().clean() or self.cleaned_data
        if (
            not self.errors
            and not any(row.counts for row in self.rows())
            and self.unit.identifier
            and self.unit.parent_id is None
        ):
            raise ValidationError(_("A unit that takes dossiers needs opening hours: terms are counted in them."))
        return cleaned


class OpeningForm(AccessForm):
    """Open a unit to filing; what is missing has to be accepted."""

    anyway = forms.BooleanField(label=gettext_lazy("Open it all the same; what is missing is done at once afterwards"))
    field_order = ["anyway"]

    def __init__(self, *args: Any, is_ready: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["anyway"].error_messages["required"] = UNREADY
        if is_ready:
            del self.fields["anyway"]
