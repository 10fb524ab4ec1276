"""The applicant's and the public's forms around a dossier; the questions themselves come from the form schema."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
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
from common.forms.screen_forms import ChangeForm, ScreenForm
from common.forms.widgets import AddressWidget
from common.values.identity import check_any_id, compact
from procedures.catalogue import Entry
from procedures.forms import PageForm, UnitForm

from ..actions import Item
from ..hooks import DraftStep, PostOffer
from ..models import Acting, Delivery, Dossier
from ..records.applicants import authority_faults

# How the start page calls that somebody files for themselves.
MYSELF = "self"
# What each way of return means for the applicant.
DELIVERY_LABELS = {
    Delivery.ONLINE: _("Online: you download it from this portal"),
    Delivery.DESK: _("At the commune: you collect it at the desk"),
    Delivery.POST: _("By post: the postman brings it, you pay the postage on delivery"),
}


class StartForm(UnitForm):
    """Which unit a dossier goes to, and for whom it is filed; ``for_another`` where that is asked."""

    acting = forms.ChoiceField(
        label=_("For whom do you file?"),
        choices=[(value or MYSELF, label) for value, label in Acting.choices],
        initial=MYSELF,
        error_messages={"invalid_choice": _("Choose one of the answers listed.")},
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, entry: Entry, for_another: bool, **options: Any
    ) -> None:
        super().__init__(data, entry=entry, **options)
        if not for_another:
            del self.fields["acting"]

    def clean_acting(self) -> str:
        """Return the choice as a dossier keeps it."""
        chosen = self.cleaned_data["acting"]
        return "" if chosen == MYSELF else str(chosen)


class AuthorityForm(PageForm):
    """From when, under which number and until when somebody may file for another."""

    day = PartialDateField(
        label=_("Date of the power of attorney"),
        error_messages={"required": _("Enter the date of the power of attorney.")},
    )
    number = NfcCharField(label=_("Number of the paper, if it has one"), max_length=40, required=False)
    until = PartialDateField(
        label=_("Valid until"),
        help_text=_("Leave it empty where the paper names no last day."),
        required=False,
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Require that the paper was signed and has not lapsed."""
        cleaned = super().clean() or {}
        for name, fault in authority_faults(cleaned, self.today).items():
            if name not in self.errors:
                self.add_error(name, fault)
        return cleaned


class DeliveryForm(PageForm):
    """How the result and promised papers travel; name, phone and address count only when the postman comes."""

    delivery = forms.ChoiceField(
        label=_("How do you want to receive the result?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how you want to receive the result."),
            "invalid_choice": _("Choose one of the ways listed."),
        },
    )
    pays_on_delivery = forms.BooleanField(required=False)
    papers_by_post = forms.BooleanField(
        label=_("The postman fetches the papers that I promised to bring"), required=False
    )
    name = about_self(FullNameField(label=_("Who receives the postman?")))
    phone = PhoneField(label=_("Phone number for the postman"))
    address = about_self(AddressField(label=_("Your address"), widget=AddressWidget(allow_elsewhere=False)))
    # Which pages that may be left out are wanted, by their number.
    steps = forms.MultipleChoiceField(required=False)

    def __init__(
        self,
        *args: Any,
        ways: list[str],
        offer: PostOffer | None = None,
        papers: list[str] | None = None,
        steps: Sequence[DraftStep] = (),
        **kwargs: Any,
    ) -> None:
        """``offer`` is what the post does, ``papers`` the names of what was promised and can be fetched."""
        super().__init__(*args, **kwargs)
        self.draft_steps = steps
        choice_of(self, "steps").choices = [(str(n), step.wish) for n, step in enumerate(steps)]
        choice_of(self, "delivery").choices = [(way, DELIVERY_LABELS[Delivery(way)]) for way in ways]
        if offer is None or not offer.fee or Delivery.POST not in ways:
            del self.fields["pays_on_delivery"]
        else:
            label = _("I pay the fee of %(fee)s to the postman who brings the result")
            self.fields["pays_on_delivery"].label = label % {"fee": offer.fee}
        if offer is None or not papers:
            del self.fields["papers_by_post"]
        else:
            self.fields["papers_by_post"].help_text = "; ".join(papers)

    @staticmethod
    def initial_of(dossier: Dossier, user: User, ways: list[str]) -> dict[str, Any]:
        """Return what the page shows first: what was chosen, else as last time, else the account's own address.

        One query while nothing was chosen.
        """
        chosen: Dossier | None = dossier
        if not dossier.delivery:
            filed = Dossier.objects.of_owner(user).filter(status__gt=0).order_by("-saved_at", "-pk")
            chosen = filed.only("delivery", "delivery_address").first()
        way = chosen.delivery if chosen is not None else ""
        address = (chosen.delivery_address if chosen is not None else None) or {}
        return {
            "delivery": way if way in ways or dossier.delivery else "",
            "pays_on_delivery": dossier.pays_on_delivery,
            "papers_by_post": dossier.papers_by_post,
            "name": address.get("name", user.full_name),
            "phone": address.get("phone", user.phone),
            "address": address.get("address", user.address),
        }

    def full_clean(self) -> None:
        """Check everything; what belongs to the post is at fault only when it has to come."""
        super().full_clean()
        if self.is_bound and not self.needs_post:
            for name in ("name", "phone", "address"):
                self.errors.pop(name, None)

    @property
    def needs_post(self) -> bool:
        """Whether a postman comes, with the result or for the papers."""
        return self.cleaned_data.get("delivery") == Delivery.POST or bool(self.cleaned_data.get("papers_by_post"))

    @property
    def when_post(self) -> str:
        """The condition under which the postman's boxes are asked, as the page's script reads it."""
        rule: dict[str, Any] = {"field": "delivery", "op": "eq", "value": Delivery.POST}
        if "papers_by_post" in self.fields:
            rule = {"any": [rule, {"field": "papers_by_post", "op": "filled"}]}
        return json.dumps(rule)

    def wanted_step(self) -> DraftStep | None:
        """Return the first page that is wanted of those that may be left out."""
        wanted = self.cleaned_data.get("steps", [])
        return next((step for n, step in enumerate(self.draft_steps) if str(n) in wanted), None)

    def choices_made(self) -> dict[str, Any]:
        """Return what ``drafts.set_delivery`` takes."""
        cleaned = self.cleaned_data
        by_post = cleaned["delivery"] == Delivery.POST
        return {
            "delivery": cleaned["delivery"],
            "address": self.postal_address(),
            "papers_by_post": bool(cleaned.get("papers_by_post")),
            "pays_on_delivery": by_post and bool(cleaned.get("pays_on_delivery")),
        }

    def postal_address(self) -> dict[str, Any] | None:
        """Return where the postman comes, None when none does."""
        if not self.needs_post:
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


class LinkCodeForm(ScreenForm):
    """The secret on the receipt of a dossier that was handed in on paper."""

    code = NfcCharField(
        label=_("Code on the receipt"),
        max_length=60,
        help_text=_("Twelve letters and digits in three groups, for example 7K3M-Q2ZD-84TX."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": _("Enter the code on the receipt.")},
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


class CorrectionForm(ChangeForm):
    """What of a filed dossier its owner wants to correct, and why; ``items`` may be chosen, by their key."""

    what = forms.ChoiceField(
        label=_("What do you want to correct?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you want to correct."),
            "invalid_choice": _("Choose what you want to correct."),
        },
    )
    reason = NfcCharField(
        label=_("What is wrong, and what should it be?"),
        lines=True,
        rows=4,
        max_length=500,
        help_text=_("Do not write whole ID numbers here: you correct them on the form."),
        error_messages={"required": _("Say what is wrong and what it should be.")},
    )

    def __init__(self, *args: Any, items: Mapping[str, tuple[str, Item]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.items = items
        choice_of(self, "what").choices = [(key, label) for key, (label, _item) in items.items()]

    def item(self) -> Item:
        """Return what was chosen, with its reason."""
        return replace(self.items[self.cleaned_data["what"]][1], reason=self.cleaned_data["reason"])


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
        return four_digits(self.cleaned_data["phone_end"])


def four_digits(typed: str) -> str:
    """Return the last digits of a phone number as they are compared. Raises ValidationError unless there are four."""
    digits = compact(typed)
    if not (len(digits) == 4 and digits.isascii() and digits.isdigit()):
        raise forms.ValidationError(_("Enter exactly 4 digits."))
    return digits
