"""The decision at the desk: propose, send back, sign, and the date it was promised for."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.password_again import PasswordAgain
from common.clock import LOCAL, local_day
from common.files.uploads import Accepted, accept
from common.forms.fields import NfcCharField, OneBoxDateField
from common.refusals import Refused
from dossiers import actions
from dossiers.actions.decision import PDF
from dossiers.models import Dossier, SlipKind, Status
from dossiers.standing import standing_of
from dossiers.table import Action
from dossiers.workflow import ActionBase

from .base import ActionForm, DeskAction, ReadyForm, ReasonForm, owed_warning


def before_decision(dossier: Dossier) -> str:
    """Say what is still open before a decision: originals owed, a correction that the applicant wants; two queries."""
    standing = standing_of(dossier)
    open_words = _("The applicant asked for a correction; it has not been answered or has not come.")
    return " ".join(filter(None, (owed_warning(dossier), open_words if standing.correction else "")))


class ProposeForm(ReadyForm):
    """Propose a decision: granted or denied, as an uploaded file or a letter made here."""

    for_action = Action.PROPOSE
    is_granted = forms.ChoiceField(
        label=gettext_lazy("Proposed decision"),
        choices=[("1", gettext_lazy("Grant")), ("0", gettext_lazy("Deny"))],
        widget=forms.RadioSelect(attrs={"class": "short"}),
        initial="1",
    )
    reason = NfcCharField(
        label=gettext_lazy("Reason"),
        lines=True,
        rows=3,
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Compulsory when denied; the applicant reads it."),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Result document"),
        choices=[
            ("letter", gettext_lazy("Letter made by the portal")),
            ("upload", gettext_lazy("PDF that I upload")),
        ],
        widget=forms.RadioSelect,
        initial="letter",
    )
    text = NfcCharField(
        label=gettext_lazy("Text of the letter"),
        lines=True,
        rows=6,
        max_length=10_000,
        required=False,
        help_text=gettext_lazy(
            "The letter names dossier, procedure, decision and reason by itself; add what else it must say."
        ),
    )
    upload = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        help_text=gettext_lazy("PDF, at most 10 MB. Choose it again if the page comes back with an error."),
    )

    field_order = ["revision", "is_granted", "ready", "reason"]

    @property
    def warning(self) -> str:
        """What is still open; two queries."""
        return before_decision(self.dossier)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The procedure's own beginning of the letter; the specialist goes on writing.
        self.initial.setdefault("text", self.dossier.version.letter_text)

    def clean_upload(self) -> Accepted | None:
        upload = self.cleaned_data["upload"]
        if upload is None:
            return None
        if self.data.get("source") != "upload":
            text = _(
                "You chose the file %(name)s beside the letter. Say which one is the result; choose the file again."
            )
            raise forms.ValidationError(text % {"name": upload.name})
        try:
            accepted = accept(upload, now=self.officer.now)
        except Refused as refused:
            raise forms.ValidationError(refused.message, code=refused.code) from refused
        if accepted.media_type != PDF:
            raise forms.ValidationError(_("A result must be a PDF. Save the scan as PDF and choose it again."))
        return accepted

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("source") == "upload" and not cleaned.get("upload") and "upload" not in self.errors:
            self.add_error("upload", _("Choose the file of the result."))
        return cleaned

    def needs_reason(self) -> bool:
        return self.cleaned_data.get("is_granted") == "0"

    def action(self) -> ActionBase:
        cleaned = self.cleaned_data
        is_letter = cleaned["source"] == "letter"
        return actions.Propose(
            is_granted=cleaned["is_granted"] == "1",
            reason=cleaned["whole_reason"],
            text=cleaned["text"] if is_letter else "",
            upload=None if is_letter else cleaned["upload"],
        )


PROPOSE = DeskAction(
    actions.Propose,
    ProposeForm,
    gettext_lazy("Propose a decision"),
    gettext_lazy("The leader reads the draft and signs it, or sends it back."),
    gettext_lazy("Submit for signature"),
    key="K",
    next_in=(Status.PROCESSING,),
)


class SendBackForm(ReasonForm):
    """Give a proposal back to the specialist."""

    for_action = Action.SEND_BACK

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = _("Only officers read this.")

    def action(self) -> ActionBase:
        return actions.SendBack(reason=self.cleaned_data["whole_reason"])


SEND_BACK = DeskAction(
    actions.SendBack,
    SendBackForm,
    gettext_lazy("Send the proposal back"),
    gettext_lazy("It returns to the specialist who made it."),
    gettext_lazy("Send back"),
)


class ApproveForm(PasswordAgain, ActionForm):
    """Sign: the leader's password again."""

    too_many = gettext_lazy("Too many wrong passwords. Nothing was signed. Try again in 15 minutes.")
    wrong = gettext_lazy("The password is not right. Nothing was signed.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].help_text = _("Asked again because a signature cannot be taken back.")

    @property
    def warning(self) -> str:
        """Which originals are still owed, and that a correction is open; two queries."""
        return before_decision(self.dossier)

    def asker(self) -> tuple[User, datetime]:
        """Return the signer."""
        return self.officer.user, self.officer.now

    def action(self) -> ActionBase:
        return actions.Approve()


APPROVE = DeskAction(
    actions.Approve,
    ApproveForm,
    gettext_lazy("Sign the decision"),
    gettext_lazy("The decision becomes final and the applicant gets a message."),
    gettext_lazy("Sign"),
    key="K",
    next_in=(Status.PROCESSING,),
    fields="desk/_approve_fields.html",
)


class ExtendForm(ReasonForm):
    """Apologise and set a new date; the time of day stays."""

    for_action = Action.EXTEND
    day = OneBoxDateField(
        label=gettext_lazy("New date"),
        help_text=gettext_lazy("Day, month, year, for example 27/03/2026. Only one new date may be set."),
    )
    field_order = ["revision", "day", "ready", "reason"]

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        due_at = self.dossier.due_at
        if due_at is None or day <= local_day(due_at):
            raise forms.ValidationError(_("The new date must be after the current one."))
        if day < self.officer.day:
            raise forms.ValidationError(_("The new date lies in the past."))
        if day.year > local_day(due_at).year + 1:
            raise forms.ValidationError(_("The new date is too far away."))
        return day

    def action(self) -> ActionBase:
        due_at = self.dossier.due_at
        assert due_at is not None, "a dossier without a date passes no check of the day"
        later = datetime.combine(self.cleaned_data["day"], due_at.astimezone(LOCAL).time(), tzinfo=LOCAL)
        return actions.Extend(due_at=later, reason=self.cleaned_data["whole_reason"])


EXTEND = DeskAction(
    actions.Extend,
    ExtendForm,
    gettext_lazy("Apologise and set a new date"),
    gettext_lazy(
        "Only once, if possible a working day before the current date. After it has passed the dossier stays late. "
        "The applicant gets the letter of apology."
    ),
    gettext_lazy("Apologise, new date"),
    slip=SlipKind.APOLOGY,
)
