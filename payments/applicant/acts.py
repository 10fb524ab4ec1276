"""What somebody who acts for an organisation does on the payers' pages, in words, and to which payment."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.hooks import Subject
from accounts.models import User
from common.values.money import format_vnd

from ..models import Attempt

ACTS: dict[str, Any] = {
    "paying:fee": gettext_lazy("Exemption or copies of papers chosen"),
    "paying:proof_remove": gettext_lazy("Proof of an exemption taken back"),
    "paying:pay": gettext_lazy("Payment begun"),
    "paying:together": gettext_lazy("Payment begun"),
    "paying:no_postman": gettext_lazy("Fee taken back from the postman"),
    "paying:check": gettext_lazy("Payment checked again"),
    "paying:give_up": gettext_lazy("Payment given up"),
}


def subjects(owner: User, refs: Collection[str]) -> dict[str, Subject]:
    """Return the payments that an account began and refs name. One query."""
    found = Attempt.objects.filter(begun_by=owner, ref__in=refs).only("ref", "amount_vnd")
    return {
        attempt.ref: Subject(
            _("Payment of %(amount)s") % {"amount": format_vnd(attempt.amount_vnd)},
            reverse("paying:attempt", args=[attempt.ref]),
        )
        for attempt in found
    }
