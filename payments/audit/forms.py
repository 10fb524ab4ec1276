"""Forms about discrepancies, and about statements brought by hand."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.fields import NfcCharField
from common.forms.screen_forms import ChangeForm, ScreenForm
from offices.models import Unit

from ..labels import provider_words
from ..models import Resolution

MAX_BYTES = 5_000_000


class NoteForm(ChangeForm):
    """Take a discrepancy over and say what is known."""

    note = NfcCharField(label=gettext_lazy("Note"), lines=True, rows=4, max_length=2000, required=False)


class ProposeForm(ChangeForm):
    """Propose how a discrepancy is closed; ``units`` where the books of one have to be chosen."""

    resolution = forms.ChoiceField(
        label=gettext_lazy("How it is closed"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how it is closed.")},
    )
    booked_in = forms.ChoiceField(label=gettext_lazy("In the books of"))
    reason = NfcCharField(
        label=gettext_lazy("Reason"),
        lines=True,
        rows=4,
        max_length=2000,
        error_messages={"required": gettext_lazy("Enter the reason.")},
    )

    def __init__(self, *args: Any, options: list[Resolution], units: list[Unit], **others: Any) -> None:
        super().__init__(*args, **others)
        choice_of(self, "resolution").choices = [(option.value, option.label) for option in options]
        self.units = {unit.slug: unit for unit in units}
        if units:
            choice_of(self, "booked_in").choices = [(unit.slug, unit.name) for unit in units]
        else:
            del self.fields["booked_in"]

    def unit(self) -> Unit | None:
        """Return the unit that was chosen, None where there was nothing to choose."""
        return self.units.get(self.cleaned_data.get("booked_in", ""))


class SendBackForm(ChangeForm):
    """Decline a proposal."""

    reason = NfcCharField(
        label=gettext_lazy("Reason"),
        lines=True,
        rows=4,
        max_length=2000,
        error_messages={"required": gettext_lazy("Enter the reason.")},
    )


class CloseForm(ChangeForm):
    """Close a discrepancy as proposed: nothing to type."""


class BringForm(ScreenForm):
    """Bring a file that could not be fetched; the same file again makes nothing, so the form needs no key."""

    provider = forms.ChoiceField(label=gettext_lazy("What it is"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy(
            "A bank's statement as CSV has the columns id, time, amount and description; other files as the provider"
            " gives them. At most 5 MB."
        ),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def __init__(self, *args: Any, keys: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        statement = _("Statement of the bank (CSV)")
        choice_of(self, "provider").choices = [
            (key, statement if key in ("transfer", "vietqr") else provider_words(key)) for key in keys
        ]

    def clean_file(self) -> bytes:
        """Return what the file holds."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("The file is larger than 5 MB."), code="size")
        content: bytes = file.read()
        if not content:
            raise ValidationError(_("The file is empty."), code="empty")
        return content
