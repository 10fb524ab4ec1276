"""Forms around the national portal's files: a file to be tried, the second press, a period."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.fields import OneBoxDateField
from common.forms.screen_forms import ScreenForm
from offices.models import Unit
from procedures.exchange.item import MAX_BYTES, too_large

from ..officer import Officer


class FileForm(ScreenForm):
    """A file of dossiers to be tried, and for which of the clerk's units."""

    use_required_attribute = False
    unit = forms.ChoiceField(
        label=gettext_lazy("Received by"), widget=forms.RadioSelect(attrs={"class": "inline"}), required=False
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("The filled-in template (.xlsx), at most 200 dossiers."),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("The file is empty. Choose another one."),
            "max_length": gettext_lazy("The name of the file is too long. Shorten it."),
        },
    )

    def __init__(self, *args: Any, units: Sequence[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        self.units = {unit.slug: unit for unit in units}
        choice_of(self, "unit").choices = [(unit.slug, unit.name) for unit in units]
        self.initial.setdefault("unit", units[0].slug)
        if len(units) == 1:
            del self.fields["unit"]

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(too_large())
        return upload

    def chosen(self) -> Unit:
        """Return the unit that receives the dossiers."""
        return self.units.get(self.cleaned_data.get("unit", "")) or next(iter(self.units.values()))


class ConfirmForm(ScreenForm):
    """The second press: the rows that were tried, encrypted."""

    parcel = forms.CharField(widget=forms.HiddenInput, max_length=2_000_000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.act_once()


class PeriodForm(ScreenForm):
    """From which day to which; the last seven days unless another is asked for."""

    use_required_attribute = False
    first = OneBoxDateField(label=gettext_lazy("First day"))
    last = OneBoxDateField(label=gettext_lazy("Last day"))

    def __init__(self, *args: Any, officer: Officer, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.update(first=officer.day - timedelta(days=6), last=officer.day)

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first one."))
        return cleaned
