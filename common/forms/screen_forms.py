"""Forms of a screen that changes something: a one-time key, the mark of a stale page, refusals at their box."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from common.forms.adjusting import sent_with
from common.onetime import new_key
from common.refusals import Refused, revision_of


class ScreenForm(forms.Form):
    """A form whose template owns the form tag; refusals of the rules become errors at their box.

    ``asks_more`` says that a POST only asks for the same page with more boxes.
    """

    asks_more = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def refuse(self, refused: Refused) -> None:
        """Show why the change may not happen."""
        for reason in refused.reasons:
            self.add_error(refused.field if refused.field in self.fields else None, str(reason))


class OnceForm(ScreenForm):
    """A form that makes something: it carries a key, so that sending it twice makes one."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].initial = new_key()


class ChangeForm(ScreenForm):
    """A form that changes something: it carries the mark of the state its page was made for.

    The mark is a fingerprint of the values, or the revision of a row that counts its changes.
    """

    was = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)

    def __init__(self, *args: Any, mark: str | int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["was"] = str(mark)

    def shown_revision(self) -> int:
        """Return the mark as the revision the page was made for; one that never existed when it is none."""
        return revision_of(self.cleaned_data.get("was", ""))

    def renew(self, mark: str | int) -> None:
        """Keep everything typed and let the next try count from the present state."""
        self.data = sent_with(self, {self.add_prefix("was"): str(mark)})
