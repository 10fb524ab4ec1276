"""Forms of officers about a dossier's money; each is one act of the domain."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.files.uploads import ACCEPT_ATTRIBUTE, Accepted, accept
from common.forms.adjusting import choice_of
from common.forms.fields import MoneyField, NfcCharField, PlainField, WholeNumberField
from common.forms.screen_forms import ChangeForm, OnceForm
from common.refusals import Refused, fingerprint, require_fresh
from common.values.money import format_vnd
from procedures.fees import Quantity, Why
from procedures.models import FeeExemption, FeeLine

from ..models import Attempt, Charge

# More of anything is a slip of the finger.
MOST_OF_A_LINE = 10_000


def reason_field(**options: Any) -> NfcCharField:
    """Return the box for a reason that officers and auditors read."""
    return NfcCharField(
        label=options.pop("label", gettext_lazy("Reason")),
        lines=True,
        max_length=1000,
        error_messages={"required": gettext_lazy("Enter the reason.")},
        help_text=options.pop("help_text", gettext_lazy("It stays with the fee and is shown to auditors.")),
        **options,
    )


class ChargeForm(ChangeForm):
    """A form about one charge as it was shown."""

    def __init__(self, *args: Any, charge: Charge, **options: Any) -> None:
        super().__init__(*args, revision=state_of(charge), **options)

    def require_fresh(self, charge: Charge) -> None:
        """Raise Refused ('stale') when the charge is not as it was shown."""
        require_fresh(self.cleaned_data["revision"], *_facts(charge))


class ReasonForm(ChargeForm):
    """A reason, for one charge."""

    reason = reason_field()


class FollowForm(ChangeForm):
    """Why the fee follows answers that were corrected."""

    reason = reason_field(help_text=gettext_lazy("The applicant reads this. It stays with the fee."))


def line_box(line: FeeLine, **options: Any) -> WholeNumberField:
    """Return the box for how often a line of the tariff is due."""
    label = _("%(name)s: how many (%(unit)s)") % {"name": line.name, "unit": line.get_unit_display()}
    return WholeNumberField(label=label, minimum=0, maximum=MOST_OF_A_LINE, help_text=line.applies, **options)


class ReassessForm(ReasonForm):
    """How often each line of a charge is due, and which exemptions are granted with it.

    A line that nobody has decided about yet is an empty box, for the officer to decide.
    """

    def __init__(
        self,
        *args: Any,
        charge: Charge,
        lines: Sequence[FeeLine],
        exemptions: Sequence[FeeExemption] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, charge=charge, **options)
        self.names = {f"line_{line.pk}": line.key for line in lines}
        counted = {line.key: None if line.why == Why.UNDECIDED else line.quantity for line in charge.lines.all()}
        for line in lines:
            self.fields[f"line_{line.pk}"] = line_box(line, initial=counted.get(line.key, 0))
        if exemptions:
            self.fields["exemptions"] = forms.MultipleChoiceField(
                label=_("Exemptions whose proof you have seen"),
                choices=[(str(row.pk), f"{row.who} ({row.line.name})") for row in exemptions],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        self.order_fields(["revision", *self.names, "exemptions", "reason"])

    def quantities(self) -> dict[str, Quantity]:
        """Return how often each line is due, by its key."""
        return {key: self.cleaned_data[name] for name, key in self.names.items()}

    def granted(self) -> list[int]:
        """Return the exemptions that are granted, by their primary keys."""
        return [int(pk) for pk in self.cleaned_data.get("exemptions", [])]


class AddForm(OnceForm):
    """Lines of the tariff that are charged besides: how many of each, empty for none."""

    reason = reason_field()

    def __init__(self, *args: Any, lines: Sequence[FeeLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self.names = {f"line_{line.pk}": line.key for line in lines}
        for line in lines:
            self.fields[f"line_{line.pk}"] = line_box(line, required=False)
        self.order_fields([*self.names, "reason"])

    def quantities(self) -> dict[str, Quantity]:
        """Return how often each line that was filled in is due, by its key."""
        return {key: self.cleaned_data[name] for name, key in self.names.items() if self.cleaned_data[name]}


class PayerForm(ChargeForm):
    """Who pays instead of the applicant; the receipt names them."""

    payer_name = NfcCharField(
        label=gettext_lazy("Payer's name"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("A person or an organisation. Empty: the applicant pays."),
    )
    payer_address = NfcCharField(label=gettext_lazy("Payer's address"), max_length=300, required=False)

    def __init__(self, *args: Any, charge: Charge, **options: Any) -> None:
        super().__init__(*args, charge=charge, **options)
        self.initial.update(payer_name=charge.payer_name, payer_address=charge.payer_address)


class CopiesForm(ChangeForm):
    """Who takes paper copies."""

    receiver = NfcCharField(label=gettext_lazy("Receiver's full name"), max_length=160)


class ClaimForm(ChangeForm):
    """Grant or decline a claimed exemption."""

    granted = forms.ChoiceField(
        label=gettext_lazy("Grant or decline?"),
        choices=[("1", gettext_lazy("Grant: the proof is in order")), ("0", gettext_lazy("Decline the exemption"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a decision.")},
    )
    reason = reason_field(
        required=False,
        help_text=gettext_lazy("Needed when you decline; the applicant reads it."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("granted") == "0" and not cleaned.get("reason"):
            self.add_error("reason", _("Enter the reason."))
        return cleaned


class TakeForm(ChangeForm):
    """Which of the charges shown are paid now, once; the sums are those of the page, or nothing is taken."""

    def __init__(self, *args: Any, owed: Sequence[Charge], also: Sequence[Charge] = (), **options: Any) -> None:
        self.offered = [*owed, *also]
        super().__init__(*args, revision=self.present(), **options)
        self.act_once()
        choices = [(str(charge.pk), f"{charge.dossier.code}: {format_vnd(charge.owed_vnd)}") for charge in self.offered]
        self.fields["charges"] = forms.MultipleChoiceField(
            label=_("Fees paid now"),
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            initial=[str(charge.pk) for charge in owed],
            error_messages={"required": _("Choose what is paid.")},
            help_text=_("The same applicant owes for other dossiers too: tick what is paid together.") if also else "",
        )
        if len(self.offered) == 1:
            self.fields["charges"].widget = forms.MultipleHiddenInput()
        self.order_fields(["charges"])

    def chosen(self) -> list[Charge]:
        """Return the chosen charges; raises Refused ('stale') when one owes something else than was shown."""
        require_fresh(self.cleaned_data["revision"], *(_facts(charge) for charge in self.offered))
        return [charge for charge in self.offered if str(charge.pk) in self.cleaned_data["charges"]]

    def present(self) -> str:
        """Return the fingerprint of what is offered now."""
        return fingerprint(*(_facts(charge) for charge in self.offered))


class CashForm(TakeForm):
    """Cash over the counter."""

    given_vnd = MoneyField(
        label=gettext_lazy("Amount handed over"),
        required=False,
        help_text=gettext_lazy("If you enter it, the portal says how much to give back."),
    )

    def change(self, owed_vnd: int) -> int | None:
        """Return how much is given back; None when nobody said how much was handed over.

        Raises Refused ('amount') when that is too little.
        """
        given: int | None = self.cleaned_data["given_vnd"]
        if given is None:
            return None
        if given < owed_vnd:
            message = _("That is too little: %(amount)s is due.") % {"amount": format_vnd(owed_vnd)}
            raise Refused(message, code="amount", field="given_vnd")
        return given - owed_vnd


class TransferForm(TakeForm):
    """A transfer that arrived on the unit's account, with a picture of its proof."""

    reference = PlainField(
        label=gettext_lazy("Reference of the bank"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("As it stands in the account's list. The bank's statement settles it later."),
        error_messages={"required": gettext_lazy("Enter the reference of the bank.")},
    )
    upload = forms.FileField(
        label=gettext_lazy("Picture of the transfer"),
        widget=forms.FileInput(attrs={"accept": ACCEPT_ATTRIBUTE}),
        help_text=gettext_lazy("A photo or PDF of what the payer shows, at most 10 MB."),
        error_messages={"required": gettext_lazy("Choose the picture of the transfer.")},
    )

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now

    def clean_upload(self) -> Accepted:
        """Check the file as every upload is."""
        try:
            return accept(self.cleaned_data["upload"], now=self.now)
        except Refused as refused:
            raise forms.ValidationError(refused.message, code=refused.code) from refused


class ResolveForm(ChangeForm):
    """How an attempt ended that the provider looks into: told by letter or by the account's list."""

    ended = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        choices=[
            ("paid", gettext_lazy("The money has arrived")),
            ("failed", gettext_lazy("No money comes: the provider has given it back or refused it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how it ended.")},
    )
    reason = reason_field(label=gettext_lazy("What the provider or the bank has told, with its number"))

    def __init__(self, *args: Any, attempt: Attempt, **options: Any) -> None:
        super().__init__(*args, revision=fingerprint(attempt.status, attempt.came_vnd), **options)
        if attempt.came_vnd:
            came = _("The %(came)s that came are booked; what is missing stays owed")
            none = _("Nothing is booked: the bank has given the money back")
            came %= {"came": format_vnd(attempt.came_vnd)}
            choice_of(self, "ended").choices = [("paid", came), ("failed", none)]


class AskRefundForm(OnceForm):
    """How much of each charge that an attempt paid is given back."""

    reason = reason_field()

    def __init__(self, *args: Any, attempt: Attempt, left: dict[int | None, int], **options: Any) -> None:
        super().__init__(*args, **options)
        codes = {line.charge_id: line.charge.dossier.code for line in attempt.lines.select_related("charge__dossier")}
        self.names = {f"amount_{pk or 0}": pk for pk in left}
        for name, pk in self.names.items():
            most = left[pk]
            what = codes[pk] if pk else _("Paid beyond what was owed")
            self.fields[name] = MoneyField(
                label=_("%(what)s: pay back") % {"what": what},
                minimum=0,
                maximum=most,
                initial=most,
                help_text=_("At most %(amount)s.") % {"amount": format_vnd(most)},
            )
        self.order_fields([*self.names, "reason"])

    def amounts(self) -> dict[int | None, int]:
        """Return what is given back, by charge."""
        found = {pk: self.cleaned_data[name] for name, pk in self.names.items()}
        return {pk: amount for pk, amount in found.items() if amount}


class DecideRefundForm(ChangeForm):
    """Approve or decline a repayment."""

    approved = forms.ChoiceField(
        label=gettext_lazy("Approve or decline?"),
        choices=[("1", gettext_lazy("Approve the repayment")), ("0", gettext_lazy("Decline it"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a decision.")},
    )


class TransferredForm(ChangeForm):
    """A repayment that was transferred outside the portal: the bank's reference."""

    bank_ref = PlainField(
        label=gettext_lazy("Reference of the bank"),
        max_length=40,
        error_messages={"required": gettext_lazy("Enter the reference of the bank.")},
    )


class ReplaceReceiptForm(ChangeForm):
    """Another payer's name or address: the receipt is cancelled and another one takes its place."""

    payer_name = NfcCharField(label=gettext_lazy("Payer's name"), max_length=160)
    payer_address = NfcCharField(label=gettext_lazy("Payer's address"), max_length=300, required=False)
    reason = reason_field(label=gettext_lazy("Why is the receipt cancelled?"), help_text="")


def _facts(charge: Charge) -> tuple[Any, ...]:
    return charge.pk, charge.status, charge.amount_vnd, charge.paid_vnd, charge.payer_name


def state_of(charge: Charge) -> str:
    """Return the fingerprint of what pages show of a charge."""
    return fingerprint(*_facts(charge))
