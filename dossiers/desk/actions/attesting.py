"""Crossing out an entry of a book."""

from django.utils.translation import gettext_lazy

from common.forms.fields import NfcCharField
from dossiers import actions
from dossiers.workflow import ActionBase

from .base import ActionForm, DeskAction


class CancelEntryForm(ActionForm):
    """Why an entry is cancelled; it is printed in the book."""

    reason = NfcCharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        error_messages={"required": gettext_lazy("Write the reason.")},
        help_text=gettext_lazy("It is printed in the book beside the entry, for example: wrong number of copies."),
    )

    def action(self) -> ActionBase:
        return actions.CancelEntry(reason=self.cleaned_data["reason"])


CANCEL_ENTRY = DeskAction(
    actions.CancelEntry,
    CancelEntryForm,
    gettext_lazy("Cancel the entry of the book"),
    gettext_lazy(
        "The entry stays in the book, crossed out; its number is not given again. What was paid is proposed to be paid "
        "back. Enter it anew if it was only wrong."
    ),
    gettext_lazy("Cancel the entry"),
    is_danger=True,
    leads_to="desk:books",
)
