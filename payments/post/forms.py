"""Forms of the desk's screens of the post."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms.adjusting import choice_of
from common.forms.fields import NfcCharField
from common.forms.screen_forms import OnceForm
from offices.models import Unit


class HandOverForm(OnceForm):
    """Which parcels the postman takes, ticked in the list, and who the postman is.

    Anything may be ticked that has the shape of an order code: what has left meanwhile is refused with its reason.
    """

    unit = forms.ChoiceField(label=_("Desk"))
    parcels = forms.MultipleChoiceField(
        label=_("Parcels"), error_messages={"required": _("Tick the parcels that the postman takes.")}
    )
    postman = NfcCharField(label=_("Name of the postman"), max_length=160, required=False)

    def __init__(self, *args: Any, units: Iterable[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        self.units = {unit.slug: unit for unit in units}
        choice_of(self, "unit").choices = [(slug, unit.short_name) for slug, unit in self.units.items()]
        self.fields["unit"].initial = next(iter(self.units), "")
        if len(self.units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
        sent = self.data.getlist("parcels") if self.is_bound and hasattr(self.data, "getlist") else []
        known = [code for code in sent if len(code) <= 20 and code.isascii() and code.isalnum()]
        choice_of(self, "parcels").choices = [(code, code) for code in known]

    @property
    def chosen_unit(self) -> Unit:
        """The desk that hands over."""
        return self.units[self.cleaned_data["unit"]]

    @property
    def ticked(self) -> set[str]:
        """What was ticked, whether it may be handed over or not."""
        return set(self["parcels"].value() or [])


class FindForm(forms.Form):
    """What was scanned or typed: an item number, an order code or a dossier code."""

    q = NfcCharField(max_length=60)
