"""What the administrators' forms share: cleaned lines, days, a one-time key and the mark of a stale page."""

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.forms.adjusting import sent_with
from common.forms.fields import NfcCharField, PartialDateField
from common.onetime import new_key

from ..changing import Refused

FIRST_YEAR, LAST_YEAR = 2000, 2099


class LineField(NfcCharField):
    """A line, or with ``lines`` a larger box, of the administrators' and publishers' forms."""

    rows = 6


class DayField(PartialDateField):
    """A day in three boxes, between 2000 and 2099."""

    def clean(self, value: Any) -> Any:
        """Return the date, or None when nothing was typed."""
        iso = super().clean(value)
        if not iso:
            return None
        if not FIRST_YEAR <= int(iso[:4]) <= LAST_YEAR:
            raise ValidationError(
                _("Enter a year between %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return date.fromisoformat(iso)

    def prepare_value(self, value: Any) -> Any:
        """Show a date given as initial value."""
        return value.isoformat() if isinstance(value, date) else value


class OfficeForm(forms.Form):
    """A form whose template owns the form tag; refusals of the rules become errors at their box."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def refuse(self, refused: Refused) -> None:
        """Show why the change may not happen."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.message)


class OnceForm(OfficeForm):
    """A form that makes something: it carries a key, so that sending it twice makes one."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].initial = new_key()


class ChangeForm(OfficeForm):
    """A form that changes something: it carries a mark of the values its page was made for."""

    was = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)

    def __init__(self, *args: Any, mark: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["was"].initial = mark

    def renew(self, mark: str) -> None:
        """Keep everything typed and let the next try count from the present values."""
        self.data = sent_with(self, {"was": mark})
