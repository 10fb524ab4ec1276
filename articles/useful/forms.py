"""The form in which a reader confirms a value."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.screen_forms import OnceForm

from .asking import value_words


class UsefulForm(OnceForm):
    """One value from 1 to 5."""

    value = forms.TypedChoiceField(
        label=gettext_lazy("How useful was the page?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose an answer.")),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice_of(self, "value").choices = value_words()
