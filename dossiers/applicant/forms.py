"""The applicant's and the public's forms around a dossier; the questions themselves come from the form schema."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from common.forms.adjusting import choice_of, sent_with
from common.forms.checks import check_identity_paper
from common.forms.fields import (
    AddressField,
    AnyIdField,
    FullNameField,
    NfcCharField,
    PartialDateField,
    PhoneField,
    about_self,
)
from common.forms.question import QuestionMixin, draw
from common.forms.widgets import AddressWidget
from common.values.identity import check_any_id, compact
from procedures.forms import PageForm

from ..models import Delivery, Dossier

# What each way of return means for the applicant.
DELIVERY_LABELS = {
    Delivery.ONLINE: _("Online: you download it from this portal"),
    Delivery.DESK: _("At the commune: you collect it at the desk"),
    Delivery.POST: _("By post: the postman brings it, you pay the postage on delivery"),
}


class DeliveryForm(PageForm):
    """How the result travels; name, phone and address count only for the post."""

    delivery = forms.ChoiceField(
        label=_("How do you want to receive the result?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how you want to receive the result."),
            "invalid_choice": _("Choose one of the ways listed."),
        },
    )
    name = about_self(FullNameField(label=_("Who receives the letter?")))
    phone = PhoneField(label=_("Phone number for the postman"))
    address = about_self(AddressField(label=_("Address of delivery"), widget=AddressWidget(allow_elsewhere=False)))

    def __init__(self, *args: Any, ways: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_of(self, "delivery").choices = [(way, DELIVERY_LABELS[Delivery(way)]) for way in ways]

    @staticmethod
    def initial_of(dossier: Dossier, user: User) -> dict[str, Any]:
        """Return what the page shows first: the earlier choice, else the account's own address."""
        address = dossier.delivery_address or {}
        return {
            "delivery": dossier.delivery,
            "name": address.get("name", user.full_name),
            "phone": address.get("phone", user.phone),
            "address": address.get("address", user.address),
        }

    def full_clean(self) -> None:
        """Check everything; what belongs to the post is at fault only when the post was chosen."""
        super().full_clean()
        if self.is_bound and self.cleaned_data.get("delivery") != Delivery.POST:
            for name in ("name", "phone", "address"):
                self.errors.pop(name, None)

    def postal_address(self) -> dict[str, Any] | None:
        """Return where the letter goes, None for the other ways."""
        if self.cleaned_data["delivery"] != Delivery.POST:
            return None
        return {name: self.cleaned_data[name] for name in ("name", "phone", "address")}


class SubmitForm(PageForm):
    """The declaration and the hidden facts of the page it was made on."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    revision = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)
    declared = forms.BooleanField(
        label=_("I declare that the information above is true and take responsibility for it."),
        error_messages={"required": _("Tick the declaration before you submit.")},
    )


class RevisionForm(PageForm):
    """The revision that a page was made for."""

    revision = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)


class WithdrawForm(RevisionForm):
    """Why a dossier is withdrawn."""

    reason = NfcCharField(
        label=_("Why do you withdraw?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say briefly why you withdraw.")},
    )


class LookupForm(PageForm, QuestionMixin):
    """A public look-up with the question in words."""

    def asking_again(self) -> Self:
        """Return the form after a try that found nothing: its question is used up, another one stands there."""
        token, sentence = draw(self.request, self.question_form, clock.now())
        self.ask(sentence)
        self.data = sent_with(self, {self.add_prefix("question_token"): token, self.add_prefix("answer"): ""})
        return self


class TrackByCodeForm(LookupForm):
    """Look a dossier up by its code."""

    question_form = "track_code"
    code = NfcCharField(
        label=_("Dossier code"),
        max_length=60,
        help_text=_("It is printed on the filing slip and on the receipt, for example 000.00.99.H19-260105-0012."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": _("Enter the dossier code.")},
    )


class AnyPaperField(AnyIdField):
    """The number of whatever paper was given when filing; only a personal number is checked."""

    def check_value(self, value: str) -> str:
        """Return the number in its stored form."""
        number = check_identity_paper(value)
        return check_any_id(number) if len(number) == 12 and number.isdigit() else number


class TrackByNumberForm(LookupForm):
    """Look dossiers up by what only the applicant knows together."""

    question_form = "track_number"
    number = AnyPaperField(
        label=_("Number of the applicant's identity paper"),
        help_text=_("Personal number (12 digits), old identity card (9 digits) or passport, as given when filing."),
    )
    birth = PartialDateField(label=_("Date of birth"), partial=True)
    phone_end = NfcCharField(
        label=_("Last 4 digits of the phone number given when filing"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w4"}),
        error_messages={"required": _("Enter the last 4 digits of the phone number.")},
    )

    def clean_phone_end(self) -> str:
        """Require exactly four digits."""
        digits = compact(self.cleaned_data["phone_end"])
        if not (len(digits) == 4 and digits.isascii() and digits.isdigit()):
            raise forms.ValidationError(_("Enter exactly 4 digits."))
        return digits
