"""Forms of payers: the way to pay, and what a draft claims not to owe."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms.adjusting import choice_of
from common.forms.fields import NfcCharField
from common.forms.screen_forms import ChangeForm

from ..charges.copies import MOST


class PayForm(ChangeForm):
    """How a sum is paid, and in whose name when that is another person; made for the sums that the page showed."""

    use_required_attribute = False

    way = forms.ChoiceField(
        label=_("How do you want to pay?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you want to pay.")},
    )
    payer_name = NfcCharField(
        label=_("Name of who pays"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    payer_address = NfcCharField(
        label=_("Address of who pays"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, ways: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.act_once()
        self.helper.no_error_summary = True
        offered = list(ways)
        choice_of(self, "way").choices = offered
        if len(offered) == 1:
            self.initial["way"] = offered[0][0]

    def clean(self) -> dict[str, Any]:
        """Want a name where an address is given: the receipt says both."""
        data = super().clean() or self.cleaned_data
        if data.get("payer_address") and not data.get("payer_name"):
            self.add_error("payer_name", _("Enter the name of who pays."))
        return data


class FeeForm(ChangeForm):
    """What a draft claims not to owe, by the primary keys of exemptions, with a file that proves it."""

    use_required_attribute = False

    exemptions = forms.TypedMultipleChoiceField(
        label=_("Who you are exempt as"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among the exemptions listed.")},
    )
    copies = forms.IntegerField(
        label=_("How many paper copies of the result do you want?"),
        help_text=_("You get them at the commune or by post, also when the result itself is online."),
        min_value=0,
        max_value=MOST,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "w4"}),
    )
    proof = forms.FileField(label=_("Proof: take a photo or choose a file"), required=False, widget=forms.FileInput)

    def __init__(self, *args: Any, choices: list[tuple[int, Any]], asks_copies: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.no_error_summary = True
        if choices:
            choice_of(self, "exemptions").choices = choices
        else:
            del self.fields["exemptions"], self.fields["proof"]
        if not asks_copies:
            del self.fields["copies"]
