"""Forms of the talk: a message with files, and the wish to be called."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.files.uploads import ACCEPT_ATTRIBUTE
from common.forms.fields import NfcCharField, PhoneField
from common.forms.screen_forms import ChangeForm

from ..models import DayPart
from .writing import MOST_FILES

# Said of a form that is sent again, whatever stands in it by then.
SENT_BEFORE = gettext_lazy("This page had sent its message already: nothing was sent twice.")


class SeveralFiles(forms.FileInput):
    """A box that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to three files; what each of them is, is looked at when it is taken."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the files that were chosen."""
        chosen = list(data or [])
        if len(chosen) > MOST_FILES:
            raise forms.ValidationError(_("Choose at most %(count)d files.") % {"count": MOST_FILES})
        return chosen


def files_field() -> FilesField:
    """Return a box for up to three photos or PDFs."""
    return FilesField(
        label=gettext_lazy("Photos or files"),
        required=False,
        widget=SeveralFiles(attrs={"accept": ACCEPT_ATTRIBUTE, "multiple": True}),
        help_text=gettext_lazy("At most 3. Choose them again if the page comes back with an error."),
    )


class TalkForm(ChangeForm):
    """A form of the talk; its revision is the last entry that its page showed, its key lets it act once."""

    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.act_once()
        self.helper.no_error_summary = True


class MessageForm(TalkForm):
    """A message and up to three files."""

    text = NfcCharField(
        label=gettext_lazy("Message"),
        lines=True,
        rows=4,
        max_length=2000,
        error_messages={"required": gettext_lazy("Write your message.")},
    )
    attached = files_field()


class CallForm(TalkForm):
    """Where and when somebody wants to be called."""

    phone = PhoneField(label=gettext_lazy("Phone number"))
    day_part = forms.ChoiceField(
        label=gettext_lazy("When may the commune call?"),
        choices=DayPart.choices,
        initial=DayPart.ANY,
        widget=forms.RadioSelect(attrs={"class": "short"}),
    )
    text = NfcCharField(label=gettext_lazy("What is it about?"), max_length=300, required=False)


class CalledForm(forms.Form):
    """How a call ended, and what was said."""

    outcome = forms.ChoiceField(choices=[("reached", ""), ("not_reached", "")])
    text = NfcCharField(lines=True, max_length=300, required=False)
