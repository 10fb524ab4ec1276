"""What officers' pages of a dossier show of its money: a panel, and the way to take or decide what is due."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.clock import local_day, now
from dossiers.desk.officer import Officer
from dossiers.hooks import Button
from dossiers.models import Dossier, FeeState, Status
from offices.access import current_posts

from .acts import Act, may
from .fees_page import money_of

TEMPLATE = "payments/desk/_panel.html"
# The access keys of buttons here and on the page of a dossier's fees.
KEYS = [
    ("F", gettext_lazy("Take the fee")),
    ("X", gettext_lazy("Decide the exemption")),
    ("T", gettext_lazy("Take cash")),
    ("K", gettext_lazy("Record a transfer")),
    ("C", gettext_lazy("Hand over paper copies")),
]


def _reader(user: User) -> Officer:
    moment = now()
    return Officer(user, tuple(current_posts(user, local_day(moment))), moment)


def fees_panel(dossier: Dossier, user: User) -> tuple[str, dict[str, Any]] | None:
    """Return the panel of a dossier's charges; at most ten queries, twice as many once answers were corrected.

    None, without a query, where the procedure knows no fee. A charge that was cancelled, an exemption that was granted
    and money that came for either are shown, though nothing is owed any more.
    """
    if dossier.fee_state == FeeState.NONE and not dossier.version.fees.all():
        return None
    money = money_of(dossier, _reader(user))
    return None if money is None else (TEMPLATE, {"money": money, "url": reverse("money:fees", args=[dossier.code])})


def take_button(dossier: Dossier, user: User) -> Button | None:
    """Return the way to take what is owed, for an officer who is a cashier too; no query of its own.

    Others see it where nothing goes on without it.
    """
    if dossier.fee_state != FeeState.OWED:
        return None
    if may(_reader(user), Act.TAKE, dossier.received_by_id):
        return Button(reverse("money:take_cash", args=[dossier.code]), _("Take the fee"), "F")
    if dossier.status not in (Status.DECIDED, Status.AWAITING_PAYMENT):
        return None
    return Button(reverse("money:fees", args=[dossier.code]), _("Fee not paid: see the fees"), "F")


def claim_button(dossier: Dossier, user: User) -> Button | None:
    """Return the way to decide a claimed exemption; no query of its own."""
    if dossier.fee_state != FeeState.CLAIMED or not may(_reader(user), Act.DECIDE_CLAIM, dossier.unit_id):
        return None
    return Button(reverse("money:fees", args=[dossier.code]), _("Decide the exemption"), "X")
