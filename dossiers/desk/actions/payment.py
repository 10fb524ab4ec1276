"""Requiring the fee at the desk before the work goes on."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from common.forms.fields import OneBoxDateField
from dossiers import actions
from dossiers.workflow import ActionBase

from .base import ActionForm, DeskAction

DAYS_TO_PAY = 7


class RequirePaymentForm(ActionForm):
    """Ask for the fee until a day."""

    pay_by = OneBoxDateField(
        label=gettext_lazy("Last day to pay"),
        help_text=gettext_lazy("After this day you may propose to stop the dossier. Nothing happens by itself."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("pay_by", self.officer.day + timedelta(days=DAYS_TO_PAY))

    def action(self) -> ActionBase:
        return actions.RequirePayment(pay_by=self.cleaned_data["pay_by"])


REQUIRE_PAYMENT = DeskAction(
    actions.RequirePayment,
    RequirePaymentForm,
    gettext_lazy("Require the fee first"),
    gettext_lazy("The clock stands still until the fee is paid or waived. Then the dossier goes on with you."),
    gettext_lazy("Require payment"),
)
