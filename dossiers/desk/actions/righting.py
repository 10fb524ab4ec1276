"""Putting right at the desk: cancel a reception, recall, give back, tick off originals, answer a wished correction."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.fields import NfcCharField
from common.text import page_language
from dossiers import actions
from dossiers.models import Channel, Dossier, SlipKind
from dossiers.records.papers import name_in, owed
from dossiers.table import Action
from dossiers.workflow import ActionBase

from .base import ActionForm, DeskAction, ReasonForm


class CancelReceptionForm(ReasonForm):
    """Take a reception back."""

    for_action = Action.CANCEL_RECEPTION

    @property
    def lead(self) -> str:
        """What becomes of the dossier, by the way it came."""
        if self.dossier.channel == Channel.ONLINE:
            return _("The dossier waits for reception again.")
        return _("The dossier ends and counts in no figure; its code is not used again. Give the papers back.")

    def action(self) -> ActionBase:
        return actions.CancelReception(reason=self.cleaned_data["whole_reason"])


CANCEL_RECEPTION = DeskAction(
    actions.CancelReception,
    CancelReceptionForm,
    gettext_lazy("Cancel the reception"),
    gettext_lazy(
        "The receipt becomes void and the applicant is told. What was paid for a dossier that ends is paid back."
    ),
    gettext_lazy("Cancel the reception"),
    slip=SlipKind.RECEIPT,
    is_danger=True,
)


def note_field(*, is_required: bool, label: Any) -> NfcCharField:
    """Return the box of a note that only officers read."""
    return NfcCharField(
        label=label,
        lines=True,
        rows=3,
        max_length=2000,
        required=is_required,
        help_text=gettext_lazy("Only officers read this."),
        error_messages={"required": gettext_lazy("Say what the desk is to do.")},
    )


class RecallForm(ActionForm):
    """Take back what one has handed on."""

    note = note_field(is_required=False, label=gettext_lazy("Note"))

    def action(self) -> ActionBase:
        return actions.Recall(note=self.cleaned_data["note"])


RECALL = DeskAction(
    actions.Recall,
    RecallForm,
    gettext_lazy("Recall the dossier"),
    gettext_lazy("It stands again as before you handed it on. Possible until it has been opened there."),
    gettext_lazy("Recall"),
    key="L",
)


class GiveBackForm(ActionForm):
    """Give a dossier back to the desk."""

    note = note_field(is_required=True, label=gettext_lazy("What the desk is to do"))

    def action(self) -> ActionBase:
        return actions.GiveBack(note=self.cleaned_data["note"])


GIVE_BACK = DeskAction(
    actions.GiveBack,
    GiveBackForm,
    gettext_lazy("Give the dossier back to the desk"),
    gettext_lazy("Every clerk of the desk finds it under “Mine”; whoever forwarded it gets a mail. The term runs on."),
    gettext_lazy("Give back to the desk"),
)


class NoteOriginalsForm(ActionForm):
    """Tick off promised originals that were handed in."""

    refs = forms.MultipleChoiceField(
        label=gettext_lazy("Originals handed in now"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick what was handed in.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        version, language = self.dossier.version, page_language()
        waiting = owed(self.dossier)
        choice_of(self, "refs").choices = [(paper.ref, name_in(version, paper, language)) for paper in waiting]
        if len(waiting) == 1:
            self.initial.setdefault("refs", [waiting[0].ref])

    def action(self) -> ActionBase:
        return actions.NoteOriginals(refs=tuple(self.cleaned_data["refs"]))


NOTE_ORIGINALS = DeskAction(
    actions.NoteOriginals,
    NoteOriginalsForm,
    gettext_lazy("Originals have come"),
    gettext_lazy("Compare them with what was filed. The applicant sees in the history that they came."),
    gettext_lazy("Originals have come"),
    key="G",
)


class Wished:
    """Of a form that answers what the applicant asked for; stands before ``ActionForm``."""

    dossier: Dossier

    @property
    def lead(self) -> str:
        """What is asked for, and why, '' once nothing is; one query."""
        request = self.dossier.corrections.filter(closed_at=None).first()
        return _("“%(name)s”: %(reason)s") % {"name": request.name, "reason": request.reason} if request else ""


class AcceptCorrectionForm(Wished, ActionForm):
    """Open what the applicant wants to correct."""

    note = NfcCharField(
        label=gettext_lazy("Advice for the applicant"), lines=True, rows=3, max_length=1000, required=False
    )

    def action(self) -> ActionBase:
        return actions.AcceptCorrection(note=self.cleaned_data["note"])


ACCEPT_CORRECTION = DeskAction(
    actions.AcceptCorrection,
    AcceptCorrectionForm,
    gettext_lazy("Allow the correction"),
    gettext_lazy("Only this part opens for the applicant. The clock runs on."),
    gettext_lazy("Allow the correction"),
    key="D",
)


class DeclineCorrectionForm(Wished, ReasonForm):
    """Leave the dossier as it is."""

    for_action = Action.DECLINE_CORRECTION

    def action(self) -> ActionBase:
        return actions.DeclineCorrection(reason=self.cleaned_data["whole_reason"])


DECLINE_CORRECTION = DeskAction(
    actions.DeclineCorrection,
    DeclineCorrectionForm,
    gettext_lazy("Decline the correction"),
    gettext_lazy("The dossier stays as it is; the applicant gets your reason."),
    gettext_lazy("Decline the correction"),
)
