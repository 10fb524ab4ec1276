"""Forms about targets."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.screen_forms import ChangeForm, OnceForm, ScreenForm
from offices.forms.people import unit_choices
from offices.models import Unit
from procedures.labels import LEVELS, level_set_words

from ..models import Measure, Target
from .reaching import FIRST_YEAR, LAST_YEAR

MOST = 10_000_000


class _ValueForm(ScreenForm):
    value = forms.IntegerField(
        label=gettext_lazy("Target"),
        min_value=1,
        max_value=MOST,
        help_text=gettext_lazy("A number of dossiers, or percent (1 to 100)."),
        error_messages={
            "required": gettext_lazy("Enter the target."),
            "invalid": gettext_lazy("Enter a whole number."),
            "min_value": gettext_lazy("Enter a number from 1 on."),
        },
    )


class TargetAddForm(_ValueForm, OnceForm):
    """Set a target of a unit."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"), error_messages={"required": gettext_lazy("Choose the unit.")})
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages={"required": gettext_lazy("Enter the year."), "invalid": gettext_lazy("Enter the year.")},
    )
    level = forms.TypedChoiceField(label=gettext_lazy("Level"), coerce=int)
    measure = forms.ChoiceField(label=gettext_lazy("What is counted"), choices=Measure.choices)

    field_order = ["unit", "year", "level", "measure", "value"]

    def __init__(self, *args: Any, units: list[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        self.units = {unit.slug: unit for unit in units}
        choice_of(self, "unit").choices = [("", _("Choose")), *unit_choices(units)]
        choice_of(self, "level").choices = [(level, level_set_words(int(level))) for level in reversed(LEVELS)]

    def clean_unit(self) -> Unit:
        """Return the unit."""
        return self.units[self.cleaned_data["unit"]]

    def clean(self) -> dict[str, Any]:
        """Keep a share within its hundred percent."""
        cleaned = super().clean() or self.cleaned_data
        check_share(self, cleaned.get("measure", ""), cleaned.get("value"))
        return cleaned


class TargetChangeForm(_ValueForm, ChangeForm):
    """Change how much is to be reached."""

    field_order = ["revision", "value"]

    def __init__(self, *args: Any, target: Target, **options: Any) -> None:
        self.target = target
        super().__init__(*args, initial={"value": target.value}, revision=target.revision, **options)

    def clean(self) -> dict[str, Any]:
        """Keep a share within its hundred percent."""
        cleaned = super().clean() or self.cleaned_data
        check_share(self, self.target.measure, cleaned.get("value"))
        return cleaned


def check_share(form: ScreenForm, measure: str, value: int | None) -> None:
    """Say that a share is at most a hundred percent."""
    if measure == Measure.SHARE and value is not None and value > 100:
        form.add_error("value", ValidationError(_("A share is at most 100 percent.")))
