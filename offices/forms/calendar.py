"""Forms about days off: one day, and a list of them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.fields import DayField, LineField
from common.forms.screen_forms import ChangeForm, OnceForm, ScreenForm
from common.text import is_broken

from ..models import DayKind, Holiday, Unit
from .people import unit_choices

MOST_BYTES = 100_000
ALL = gettext_lazy("All units")
# Stands for all units; no unit is named so.
EVERY = "*"


class _WhoseForm(ScreenForm):
    """For which unit days count, or for all of them."""

    unit = forms.ChoiceField(
        label=gettext_lazy("For"), error_messages={"required": gettext_lazy("Choose for whom the day counts.")}
    )

    def __init__(self, *args: Any, units: list[Unit], may_all: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.units = {unit.slug: unit for unit in units}
        first: tuple[str, Any] = (EVERY, ALL) if may_all else ("", _("Choose"))
        choice_of(self, "unit").choices = [first, *unit_choices(units)]

    def clean_unit(self) -> Unit | None:
        """Return the unit, None for all of them."""
        return self.units.get(self.cleaned_data["unit"])


class _DayForm(ScreenForm):
    day = DayField(label=gettext_lazy("Day"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=DayKind.choices,
        help_text=gettext_lazy(
            "That the desk receives and that the day counts are two things: many Saturday mornings receive only."
        ),
    )
    replaces = DayField(
        label=gettext_lazy("Replaces the day"),
        required=False,
        help_text=gettext_lazy(
            "For a working day instead of a day off: it has the full hours of that day; of a Friday when left empty."
        ),
    )
    name = LineField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("For example: Giỗ Tổ Hùng Vương.")
    )

    def clean(self) -> dict[str, Any]:
        """Let only a working day replace another one, and not itself."""
        cleaned = super().clean() or self.cleaned_data
        replaced = cleaned.get("replaces")
        if replaced and cleaned.get("kind") != DayKind.WORKING:
            self.add_error("replaces", _("Only a working day instead of a day off replaces another day."))
        elif replaced and replaced == cleaned.get("day"):
            self.add_error("replaces", _("A day does not replace itself."))
        return cleaned


class DayAddForm(_WhoseForm, _DayForm, OnceForm):
    """Add a day, for one unit or for all."""

    field_order = ["unit", "day", "kind", "replaces", "name"]


class DayChangeForm(_DayForm, ChangeForm):
    """Change a day."""

    field_order = ["revision", "day", "kind", "replaces", "name"]

    def __init__(self, *args: Any, holiday: Holiday, **options: Any) -> None:
        initial = {name: getattr(holiday, name) for name in ("day", "kind", "replaces", "name")}
        super().__init__(*args, initial=initial, **options)


class ImportForm(_WhoseForm):
    """A list of days, pasted or from a file."""

    lines = LineField(
        label=gettext_lazy("Days, one per line"),
        lines=True,
        rows=14,
        max_length=20_000,
        required=False,
        help_text=gettext_lazy(
            "dd/mm/yyyy; kind; name – for example 30/04/2026; nghỉ; Ngày Chiến thắng. Kinds: nghỉ, nghỉ sáng, "
            "nghỉ chiều, làm bù, làm bù cho 31/08/2026, chỉ tiếp nhận, chỉ tính hạn."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a CSV file"),
        required=False,
        help_text=gettext_lazy("The same three columns, in UTF-8, at most 100 KB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def clean_file(self) -> str:
        """Return the text of the file, '' without one."""
        file = self.cleaned_data.get("file")
        if not file:
            return ""
        if file.size > MOST_BYTES:
            raise ValidationError(_("This file is too large: 100 KB at most."))
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError(_("This file is not in UTF-8. Save it as CSV UTF-8 and choose it again.")) from error
        if is_broken(text) or len(text) > 20_000:
            raise ValidationError(_("This file cannot be read, or holds more than a list of days."))
        return text

    def clean(self) -> dict[str, Any]:
        """Ask for lines or a file, not both."""
        cleaned = super().clean() or self.cleaned_data
        typed, file = cleaned.get("lines", ""), cleaned.get("file", "")
        if not self.errors:
            if bool(typed) == bool(file):
                self.add_error("lines", _("Paste the lines here, or choose a file: one of both."))
            cleaned["text"] = typed or file
        return cleaned
