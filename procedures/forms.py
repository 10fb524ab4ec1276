"""Forms of the pages for everybody, and the one that begins a filing: which unit it goes to."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms.adjusting import choice_of
from common.forms.screen_forms import ScreenForm

from .catalogue import Entry


class PageForm(ScreenForm):
    """A form whose template shows what is wrong above the heading."""

    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper.no_error_summary = True


class UnitForm(PageForm):
    """Which unit shall receive the dossier, when several offer the procedure; a single one need not be chosen."""

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
        super().__init__(data if data is None or len(units) > 1 else {**data, "unit": units[0].slug}, **options)
        choice_of(self, "unit").choices = [(unit.slug, unit.name) for unit in units]


class PaperUnitForm(UnitForm):
    """Which unit the declaration goes to, when several take it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].label = _("Which commune do you send it to?")
        self.fields["unit"].error_messages["required"] = _("Choose the commune you send it to.")
