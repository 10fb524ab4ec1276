"""The end of a dossier at the desk: hand over the result, answer a withdrawal, stop."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.fields import NfcCharField
from dossiers import actions
from dossiers.actions.ending import proposal_to_stop
from dossiers.models import SlipKind, Status
from dossiers.table import Action
from dossiers.workflow import ActionBase

from .base import ActionForm, DeskAction, ReasonForm, owed_warning


class ReturnForm(ActionForm):
    """Hand over the result at the counter: who takes it."""

    receiver_name = NfcCharField(label=gettext_lazy("Receiver's full name"), max_length=160)
    receiver_id = NfcCharField(
        label=gettext_lazy("Number of the identity paper shown"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.is_bound:
            self.initial.setdefault("receiver_name", self.dossier.applicant.name)

    @property
    def warning(self) -> str:
        """Which originals are still owed; one query."""
        return owed_warning(self.dossier)

    def action(self) -> ActionBase:
        return actions.ReturnResult(
            receiver_name=self.cleaned_data["receiver_name"], receiver_id=self.cleaned_data["receiver_id"]
        )


RETURN_RESULT = DeskAction(
    actions.ReturnResult,
    ReturnForm,
    gettext_lazy("Hand over the result"),
    gettext_lazy("Check the identity paper of the person who takes it."),
    gettext_lazy("Hand over result"),
    key="T",
    next_in=(Status.DECIDED,),
    # The person has left; whoever stands at the counter next has a receipt to scan.
    leads_to="desk:home",
)


class DeclineWithdrawalForm(ReasonForm):
    """Decline a withdrawal the applicant asked for."""

    for_action = Action.DECLINE_WITHDRAWAL

    def action(self) -> ActionBase:
        return actions.DeclineWithdrawal(reason=self.cleaned_data["whole_reason"])


DECLINE_WITHDRAWAL = DeskAction(
    actions.DeclineWithdrawal,
    DeclineWithdrawalForm,
    gettext_lazy("Decline the withdrawal"),
    gettext_lazy("The dossier goes on from where it stood."),
    gettext_lazy("Decline the withdrawal"),
)


class AcceptWithdrawalForm(ActionForm):
    """Accept a withdrawal; nothing more has to be said."""

    note = NfcCharField(
        label=gettext_lazy("Word to the applicant"),
        lines=True,
        rows=3,
        max_length=2000,
        required=False,
        help_text=gettext_lazy("For example where to fetch papers that were handed in."),
    )

    def action(self) -> ActionBase:
        return actions.AcceptWithdrawal(note=self.cleaned_data["note"])


ACCEPT_WITHDRAWAL = DeskAction(
    actions.AcceptWithdrawal,
    AcceptWithdrawalForm,
    gettext_lazy("Accept the withdrawal"),
    gettext_lazy("This ends the dossier as the applicant asked."),
    gettext_lazy("Accept the withdrawal"),
    next_in=(Status.WITHDRAWAL_REQUESTED,),
)


class ProposeStopForm(ReasonForm):
    """Propose to the leader that the dossier be stopped."""

    for_action = Action.STOP

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = _(
            "The notice would say this. The applicant reads it once a leader has signed."
        )

    def action(self) -> ActionBase:
        return actions.ProposeStop(reason=self.cleaned_data["whole_reason"])


PROPOSE_STOP = DeskAction(
    actions.ProposeStop,
    ProposeStopForm,
    gettext_lazy("Propose to stop"),
    gettext_lazy("The leader reads your reason and signs the notice of stopping, or sends the proposal back."),
    gettext_lazy("Propose to stop"),
)


class DeclineStopForm(ReasonForm):
    """Send a proposal to stop back."""

    for_action = Action.SEND_BACK

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = _("Only officers read this.")

    def action(self) -> ActionBase:
        return actions.DeclineStop(reason=self.cleaned_data["whole_reason"])


DECLINE_STOP = DeskAction(
    actions.DeclineStop,
    DeclineStopForm,
    gettext_lazy("Do not stop the dossier"),
    gettext_lazy("The proposal goes back to the holder, and the dossier goes on."),
    gettext_lazy("Do not stop"),
)


class StopForm(ReasonForm):
    """Stop the handling; the reason of the proposal stands there to be kept or changed."""

    for_action = Action.STOP

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.dossier.stop_proposed_at is not None and not self.is_bound:
            self.initial.setdefault("reason", proposal_to_stop(self.dossier).internal_text)

    def action(self) -> ActionBase:
        return actions.Stop(reason=self.cleaned_data["whole_reason"])


STOP = DeskAction(
    actions.Stop,
    StopForm,
    gettext_lazy("Stop the handling"),
    gettext_lazy("This ends the dossier. The applicant gets the notice with your reason."),
    gettext_lazy("Stop"),
    slip=SlipKind.STOP,
    is_danger=True,
)
