"""The fee of a dossier that is being registered, on the counter's page: shown, decided and taken in the same step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.refusals import Refused
from dossiers.desk.officer import Officer
from dossiers.hooks import CounterFee, FeeChoice
from dossiers.models import Dossier
from offices.access import current_posts
from procedures.fees import Assessment, Why
from procedures.models import FeeLine, FeeUnit

from ..charges import charging, claiming
from ..charges.copies import quantities_ordered
from ..collecting import cashier
from ..models import Shift
from .acts import Act, may
from .forms import line_box
from .till import take_into

TAKE, EXEMPTIONS = "fee-take", "fee-exemptions"


def fee_at_counter(imagined: Dossier, user: User, now: datetime) -> CounterFee | None:
    """Return the fee of a dossier as it would be registered now; None where the procedure knows none.

    At most two queries: the copies ordered, and the officer's open box.
    """
    if not imagined.version.fees.all():
        return None
    officer = Officer(user, tuple(current_posts(user, local_day(now))), now)
    is_cashier = may(officer, Act.TAKE, imagined.unit_id)
    return FeeAtCounter(imagined, cashier.shift_of(user, imagined.unit) if is_cashier else None, is_cashier=is_cashier)


class FeeAtCounter(CounterFee):
    """Boxes for what the tariff leaves open, the exemptions whose proof lies there, and taking cash into ``shift``."""

    def __init__(self, imagined: Dossier, shift: Shift | None, *, is_cashier: bool) -> None:
        self.imagined, self.shift = imagined, shift
        self.ordered = quantities_ordered(imagined)
        self.lines = {line_name(line): line for line in imagined.version.fees.all() if is_open(line)}
        if is_cashier and shift is None:
            self.note = _("Your cashier's shift is not open. Open it, or the fee stays owed.")
            self.url = reverse("money:open_shift")
        elif shift is None:
            self.note = _("The cashier takes the fee. The dossier goes on unpaid.")
        self.fields = self._fields()

    def _fields(self) -> dict[str, forms.Field]:
        counted = {line.key: line for line in self._assessed({}).lines}
        found: dict[str, forms.Field] = {}
        for name, line in self.lines.items():
            is_undecided = counted[line.key].why == Why.UNDECIDED
            usual = None if is_undecided else counted[line.key].quantity
            found[name] = line_box(line, required=False, initial=usual)
        claimable = claiming.claimable(self.imagined, local_day(self.imagined.saved_at))
        if claimable:
            found[EXEMPTIONS] = forms.MultipleChoiceField(
                label=_("Exemptions whose proof you have seen"),
                choices=[(str(row.pk), f"{row.who} ({row.line.name})") for row in claimable],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        if self.shift is not None:
            found[TAKE] = forms.BooleanField(label=_("The fee is paid now, in cash"), required=False)
        return found

    def look_at(self, imagined: Dossier) -> None:
        self.imagined = imagined

    def _assessed(self, cleaned: Mapping[str, Any]) -> Assessment:
        choice = self.choice(cleaned)
        return charging.assessment_of(
            self.imagined,
            quantities=self.ordered | dict(choice.quantities),
            exemptions=choice.exemptions,
        )

    def choice(self, cleaned: Mapping[str, Any]) -> FeeChoice:
        """Return the quantities that were filled in, the exemptions and whether cash is taken."""
        quantities = {line.key: cleaned[name] for name, line in self.lines.items() if cleaned.get(name) is not None}
        exemptions = tuple(int(pk) for pk in cleaned.get(EXEMPTIONS) or ())
        return FeeChoice(quantities, exemptions, is_taken=bool(cleaned.get(TAKE)))

    def rows(self, cleaned: Mapping[str, Any]) -> list[tuple[str, str]]:
        return self._assessed(cleaned).rows()

    def total(self, cleaned: Mapping[str, Any]) -> str:
        return self._assessed(cleaned).total_words()

    def require_shown(self, cleaned: Mapping[str, Any], shown: str) -> None:
        """Refuse ('fee') to take another sum than the page said, or none."""
        if not cleaned.get(TAKE):
            return
        found = self._assessed(cleaned)
        if not found.total_vnd:
            raise Refused(_("Nothing is to be paid now. Untick the box."), code="fee", field=TAKE)
        if shown != self.total(cleaned):
            words = _("By what you have entered the fee is %(amount)s. Take it and send the page again.")
            raise Refused(words % {"amount": found.total_words()}, code="fee", field=TAKE)

    def settle(self, dossier: Dossier, cleaned: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
        """Take cash into the open shift; returns its receipts. Refused like ``cashier.take_cash``."""
        return take_into(self.shift, dossier, now) if cleaned.get(TAKE) and self.shift is not None else []


def is_open(line: FeeLine) -> bool:
    """Tell whether an officer says how often a line is due: it is not one fee for each dossier."""
    return bool(line.is_optional or line.applies or line.applies_if or line.unit != FeeUnit.DOSSIER)


def line_name(line: FeeLine) -> str:
    """Return what the box of a line is called."""
    return f"fee-{line.n}"
