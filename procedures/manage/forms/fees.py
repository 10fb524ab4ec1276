"""The form of one fee: how much for what, when it is due, who is exempt."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.fields import LineField, MoneyField, PartialDateField, TableField, TickField, WholeNumberField
from procedures.fees import cap_fault, tier_fault
from procedures.models import FeeKind, FeeLine, FeeUnit, ProcedureVersion
from procedures.versions.fee_lines import plain_exemptions

from .conditions import condition_field
from .versions import DraftForm, initial_of

LARGEST_FEE = 2_000_000_000
MAX_TIERS, MAX_EXEMPTIONS = 10, 20
ONLINE = "online"


class FeeField(MoneyField):
    """An amount of a fee."""

    def clean(self, value: Any) -> int | None:
        """Return the amount; raises ValidationError beyond what is stored."""
        amount = super().clean(value)
        if amount is not None and not 0 <= amount <= LARGEST_FEE:
            raise ValidationError(_("Enter an amount between 0 and 2.000.000.000 đồng."))
        return amount


def tiers_field() -> TableField:
    """Return the rows of tiers: up to which unit, and how much each costs."""
    return TableField(
        label=gettext_lazy("Tiers"),
        required=False,
        max_rows=MAX_TIERS,
        help_text=gettext_lazy("Only where later units cost less or more. The last one goes on without an end."),
        columns={
            "to": WholeNumberField(label=gettext_lazy("Up to number"), required=False),
            "amount_vnd": FeeField(label=gettext_lazy("Amount in đồng"), required=False),
        },
    )


def exemptions_field() -> TableField:
    """Return the rows of those who are exempt."""
    return TableField(
        label=gettext_lazy("Who is exempt"),
        required=False,
        max_rows=MAX_EXEMPTIONS,
        columns={
            "who": LineField(label=gettext_lazy("Who need not pay"), max_length=1000, required=False),
            "who_en": LineField(label=gettext_lazy("Who, in English"), max_length=1000, required=False),
            "proof": LineField(label=gettext_lazy("By which paper"), max_length=1000, required=False),
            "proof_en": LineField(label=gettext_lazy("By which paper, in English"), max_length=1000, required=False),
            "since": PartialDateField(label=gettext_lazy("From (optional)"), required=False),
            "until": PartialDateField(label=gettext_lazy("Until (optional)"), required=False),
            "channel": forms.ChoiceField(
                label=gettext_lazy("How it is filed"),
                required=False,
                choices=[("", gettext_lazy("In any way")), (ONLINE, gettext_lazy("Online only"))],
            ),
        },
    )


class FeeForm(DraftForm):
    """One fee."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=FeeKind.choices, widget=forms.RadioSelect)
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("As the law calls it, for example: Phí cấp bản sao trích lục hộ tịch."),
        error_messages={"required": gettext_lazy("Write the name of the fee.")},
    )
    name_en = LineField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    amount_vnd = FeeField(
        label=gettext_lazy("Amount in đồng"), help_text=gettext_lazy("0 when nothing is due in the usual case.")
    )
    amount_online_vnd = FeeField(
        label=gettext_lazy("Amount when filed online"),
        required=False,
        help_text=gettext_lazy("Leave it empty when it is the same."),
    )
    unit = forms.ChoiceField(label=gettext_lazy("For each"), choices=FeeUnit.choices, widget=forms.RadioSelect)
    cap_vnd = FeeField(
        label=gettext_lazy("At most for one copy, in đồng"),
        required=False,
        help_text=gettext_lazy("Only for pages. Leave it empty when there is no limit."),
    )
    is_optional = TickField(
        label=gettext_lazy("Charged only for what is asked"), help_text=gettext_lazy("For example copies on request.")
    )
    applies = LineField(
        label=gettext_lazy("When it is due, in words"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Leave it empty when it is always due. For example: Đăng ký sau 60 ngày từ ngày sinh."),
    )
    applies_en = LineField(label=gettext_lazy("When it is due, in English"), max_length=300, required=False)
    is_guide = TickField(
        label=gettext_lazy("The provincial council sets the amount"),
        help_text=gettext_lazy("The amount above is a guide: nobody pays it before a unit has entered its own."),
    )
    note = LineField(label=gettext_lazy("Note"), lines=True, rows=2, max_length=2000, required=False)
    note_en = LineField(label=gettext_lazy("Note in English"), lines=True, rows=2, max_length=2000, required=False)

    def __init__(self, *args: Any, version: ProcedureVersion, line: FeeLine | None = None, **options: Any) -> None:
        initial = dict(initial_of(line, FeeForm)) if line else {"unit": FeeUnit.DOSSIER}
        initial |= {"exemptions": plain_exemptions(line), "tiers": line.tiers} if line else {}
        super().__init__(*args, revision=version.revision, initial=initial, **options)
        self.fields |= {"tiers": tiers_field(), "exemptions": exemptions_field()}
        condition = condition_field(
            version,
            line.applies_if if line else None,
            label=_("When it is due, by the answers of the form"),
            help_text=_("Without a condition it is due whatever is answered."),
        )
        if condition is not None:
            self.fields["applies_if"] = condition
            self.initial["applies_if"] = condition.stored
        self.order_fields(
            "revision kind name amount_vnd amount_online_vnd unit tiers cap_vnd is_optional applies_if applies "
            "is_guide exemptions note".split()
        )
        self.fold_english()

    def clean_amount_vnd(self) -> int:
        """Take an empty box for nothing due."""
        return self.cleaned_data["amount_vnd"] or 0

    def clean_tiers(self) -> list[dict[str, int | None]]:
        """Number the tiers from where the one before ends."""
        start, tiers = 1, []
        for row in self.cleaned_data["tiers"]:
            if "amount_vnd" not in row:
                raise ValidationError(_("Every tier needs its amount."))
            tiers.append({"from": start, "to": row.get("to"), "amount_vnd": row["amount_vnd"]})
            start = row.get("to", 0) + 1
        if fault := tier_fault(tiers, self.cleaned_data.get("amount_vnd", 0)):
            raise ValidationError(fault)
        return tiers

    def clean_exemptions(self) -> list[dict[str, Any]]:
        """Return the rows in the exchange format."""
        rows = []
        for n, row in enumerate(self.cleaned_data["exemptions"], start=1):
            made = {name: row.get(name) for name in ("since", "until", "channel")}
            made |= {name: row.get(name, "") for name in ("who", "who_en", "proof", "proof_en")}
            if not made["who"]:
                raise ValidationError(_("Row %(n)d: say who is exempt.") % {"n": n})
            days = [made[name] for name in ("since", "until") if made[name]]
            if any(len(day) != len("2026-01-01") for day in days):
                raise ValidationError(_("Row %(n)d: enter whole days.") % {"n": n})
            if len(days) == 2 and days[1] < days[0]:
                raise ValidationError(_("Row %(n)d: the last day comes before the first day.") % {"n": n})
            rows.append(made)
        return rows

    def clean(self) -> dict[str, Any]:
        """Compare the unit with the cap; a condition needs its words."""
        cleaned = super().clean() or self.cleaned_data
        if fault := cap_fault(cleaned.get("unit", FeeUnit.PAGE), cleaned.get("cap_vnd")):
            self.add_error("cap_vnd", fault)
        if cleaned.get("applies_if") is not None and not cleaned.get("applies") and "applies" not in self.errors:
            self.add_error("applies", _("Say in words when it is due."))
        return cleaned
