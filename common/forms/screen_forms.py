"""Forms of a screen that changes something: a one-time key, the mark of a stale page, refusals at their box."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from common.forms.adjusting import sent_with
from common.onetime import new_key
from common.refusals import Refused


class ScreenForm(forms.Form):
    """A form whose template owns the form tag; refusals of the rules become errors at their box."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def refuse(self, refused: Refused) -> None:
        """Show why the change may not happen."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.message)


class OnceForm(ScreenForm):
    """A form that makes something: it carries a key, so that sending it twice makes one."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].initial = new_key()


class ChangeForm(ScreenForm):
    """A form that changes something: it carries a mark of the values its page was made for."""

    was = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)

    def __init__(self, *args: Any, mark: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["was"].initial = mark

    def renew(self, mark: str) -> None:
        """Keep everything typed and let the next try count from the present values."""
        self.data = sent_with(self, {"was": mark})
