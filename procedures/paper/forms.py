"""The form that begins a declaration on paper."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms.adjusting import choice_of

from ..models import Offering


class PaperUnitForm(forms.Form):
    """Which unit the declaration goes to, when several take it."""

    use_required_attribute = False
    unit = forms.ChoiceField(
        label=_("Which commune do you send it to?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the commune you send it to."),
            "invalid_choice": _("Choose one of the communes listed."),
        },
    )

    def __init__(self, *args: Any, offerings: tuple[Offering, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_of(self, "unit").choices = [(offering.unit.slug, offering.unit.name) for offering in offerings]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.no_error_summary = True
