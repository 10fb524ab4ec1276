"""Forms of a screen that changes something: a one-time key, the revision a page was made for, refusals at their box."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from common.forms.adjusting import sent_with
from common.onetime import new_key
from common.refusals import Refused, revision_of


class ScreenForm(forms.Form):
    """A form whose template owns the form tag; refusals of the rules become errors at their box."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        # Hidden boxes come along when a layout names only the others.
        self.helper.render_hidden_fields = True

    def act_once(self) -> None:
        """Carry a key, so that sending the form twice acts once."""
        self.fields["key"] = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False, initial=new_key())

    @property
    def asks_more(self) -> bool:
        """Whether a POST only asks for the same page with more boxes; nothing is checked then."""
        return self.is_bound and any(name.endswith(("-more", "_more")) for name in self.data)

    def full_clean(self) -> None:
        """Check what was sent; report nothing when only more boxes were asked for."""
        super().full_clean()
        if self.asks_more:
            self.errors.clear()

    def is_valid(self) -> bool:
        """Whether the change may be made."""
        return super().is_valid() and not self.asks_more

    def refuse(self, refused: Refused) -> None:
        """Show why the change may not happen."""
        for reason in refused.reasons:
            self.add_error(refused.field if refused.field in self.fields else None, str(reason))


class OnceForm(ScreenForm):
    """A form that makes something: it carries a key, so that sending it twice makes one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.act_once()


class ChangeForm(ScreenForm):
    """A form that changes something: it carries the revision that its page was made for.

    That is the number of a row which counts its changes, or else the fingerprint of the values shown.
    """

    revision = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, revision: str | int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["revision"] = str(revision)

    def shown_revision(self) -> int:
        """Return the number that the page was made for; -1, which no row has, when it is none."""
        return revision_of(self.cleaned_data.get("revision", ""))

    def renew(self, revision: str | int) -> None:
        """Keep everything typed and let the next try count from the present state."""
        self.data = sent_with(self, {self.add_prefix("revision"): str(revision)})
