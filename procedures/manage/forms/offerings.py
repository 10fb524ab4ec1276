"""How a unit offers a procedure."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.fields import DayField, MoneyField
from common.forms.screen_forms import ChangeForm
from common.refusals import fingerprint
from procedures.models import Offering

from .choosing import level_choices

MAX_FEE = 2_000_000_000


class OfferingForm(ChangeForm):
    """How a unit offers a procedure."""

    level = forms.TypedChoiceField(label=gettext_lazy("Level of service"), coerce=int, widget=forms.RadioSelect)
    since = DayField(label=gettext_lazy("Since"))
    until = DayField(label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: without an end."))
    fee_vnd = MoneyField(
        label=gettext_lazy("The unit's own fee, in đồng"),
        required=False,
        help_text=gettext_lazy("Empty: the fees of the procedure. 0: free here."),
    )

    def __init__(self, *args: Any, offering: Offering | None, maximum: int, today: date, **options: Any) -> None:
        initial: dict[str, Any] = {"level": maximum, "since": today}
        if offering is not None:
            initial |= {name: getattr(offering, name) for name in ("since", "until", "fee_vnd")}
            initial["level"] = min(offering.level, maximum)
        super().__init__(*args, initial=initial, revision=revision_of(offering), **options)
        choice_of(self, "level").choices = level_choices(maximum)

    def clean_fee_vnd(self) -> int | None:
        """Keep the amount within what is stored."""
        amount = self.cleaned_data["fee_vnd"]
        if amount is not None and not 0 <= amount <= MAX_FEE:
            raise ValidationError(_("Enter an amount between 0 and 2.000.000.000 đồng."))
        return amount

    def clean(self) -> dict[str, Any]:
        """Compare both days."""
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day comes before the first day."))
        return cleaned


def revision_of(offering: Offering | None) -> str:
    """Return the fingerprint of the present values of an offering."""
    return fingerprint(offering and (offering.level, offering.since, offering.until, offering.fee_vnd))
