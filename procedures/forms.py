"""The form that begins a filing: which unit it goes to."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms.adjusting import choice_of

from .catalogue import Entry


class UnitForm(forms.Form):
    """Which unit shall receive the dossier, when several offer the procedure; a single one need not be chosen."""

    use_required_attribute = False
    unit = forms.ChoiceField(
        label=_("Which commune do you file with?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the commune you file with."),
            "invalid_choice": _("Choose one of the communes listed."),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, entry: Entry, **options: Any) -> None:
        units = [offering.unit for offering in entry.offerings]
        super().__init__(data if data is None or len(units) > 1 else {"unit": units[0].slug}, **options)
        choice_of(self, "unit").choices = [(unit.slug, unit.name) for unit in units]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        # The template shows it above the heading.
        self.helper.no_error_summary = True


class PaperUnitForm(UnitForm):
    """Which unit the declaration goes to, when several take it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].label = _("Which commune do you send it to?")
        self.fields["unit"].error_messages["required"] = _("Choose the commune you send it to.")
