"""Forms of the cashier's day: opening, counting, bringing cash to the treasury."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.fields import MoneyField, NfcCharField, OneBoxDateField, PlainField, WholeNumberField
from common.forms.screen_forms import ChangeForm, OnceForm
from common.values.money import format_vnd, grouped

# The notes that are in use, in đồng.
NOTES = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500)
MOST_VND = 100_000_000_000


class OpenShiftForm(OnceForm):
    """What lies in the box when a shift begins."""

    opening_vnd = MoneyField(
        label=gettext_lazy("Change in the box"),
        minimum=0,
        maximum=MOST_VND,
        initial=0,
        help_text=gettext_lazy("What you begin with to give change. Count it; 0 when the box is empty."),
    )


class CloseShiftForm(ChangeForm):
    """The count of a box: one sum, or how many of each note; ``note`` explains a difference."""

    counted_vnd = MoneyField(
        label=gettext_lazy("Counted in all"),
        required=False,
        minimum=0,
        maximum=MOST_VND,
        help_text=gettext_lazy("Leave it empty if you enter the notes below: the portal adds them up."),
    )
    note = NfcCharField(
        label=gettext_lazy("Why does the count differ?"),
        lines=True,
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Only where it differs from what should be there."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for value in NOTES:
            self.fields[f"notes_{value}"] = WholeNumberField(
                label=_("Notes of %(amount)s") % {"amount": grouped(value)}, required=False, minimum=0, maximum=100_000
            )
        self.order_fields(["revision", "counted_vnd", *(f"notes_{value}" for value in NOTES), "note"])

    def clean(self) -> dict[str, Any]:
        """Take the sum of the notes for the count; both together must agree."""
        cleaned = super().clean() or self.cleaned_data
        found = [(value, cleaned.get(f"notes_{value}")) for value in NOTES]
        is_by_notes = any(count is not None for _value, count in found)
        total = sum(value * (count or 0) for value, count in found)
        counted = cleaned.get("counted_vnd")
        if is_by_notes and counted is not None and counted != total:
            self.add_error("counted_vnd", _("The notes come to %(amount)s.") % {"amount": format_vnd(total)})
        elif is_by_notes:
            cleaned["counted_vnd"] = total
        elif counted is None and "counted_vnd" not in self.errors:
            self.add_error("counted_vnd", forms.ValidationError(_("Enter what you counted."), code="required"))
        return cleaned


class DepositForm(OnceForm):
    """Cash brought to the treasury, by the treasury's slip."""

    amount_vnd = MoneyField(label=gettext_lazy("Amount"), minimum=1, maximum=MOST_VND)
    slip_number = PlainField(
        label=gettext_lazy("Number of the treasury's slip"),
        max_length=40,
        error_messages={"required": gettext_lazy("Enter the number of the slip.")},
    )
    day = OneBoxDateField(label=gettext_lazy("Day on the slip"))

    def __init__(self, *args: Any, today: date, lies_vnd: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.initial.setdefault("day", today)
        self.initial.setdefault("amount_vnd", lies_vnd or None)

    def clean_day(self) -> date:
        """Refuse a day to come."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("Enter a day that is not after today."))
        return day
