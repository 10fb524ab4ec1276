"""How a unit offers a procedure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.fields import DayField, LineField
from common.forms.screen_forms import ChangeForm
from procedures.fees import amount_words
from procedures.models import FeeLine, Offering
from procedures.versions.procedure_editing import OwnFee, newest_fees

from .choosing import level_choices
from .fees import FeeField


class OfferingForm(ChangeForm):
    """How a unit offers a procedure.

    Each fee line has four boxes, filled with the unit's newest amount for it.
    """

    level = forms.TypedChoiceField(label=gettext_lazy("Level of service"), coerce=int, widget=forms.RadioSelect)
    since = DayField(label=gettext_lazy("Since"))
    until = DayField(label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: without an end."))

    def __init__(
        self,
        *args: Any,
        offering: Offering | None,
        maximum: int,
        today: date,
        lines: Iterable[FeeLine] = (),
        **options: Any,
    ) -> None:
        self.offering, self.lines, self.today = offering, list(lines), today
        self.newest = newest_fees(offering)
        initial: dict[str, Any] = {"level": maximum, "since": today}
        if offering is not None:
            initial |= {"since": offering.since, "until": offering.until, "level": min(offering.level, maximum)}
        super().__init__(*args, initial=initial, revision=revision_of(offering), **options)
        choice_of(self, "level").choices = level_choices(maximum)
        sets = [Fieldset(line.name, *self._boxes(n, line)) for n, line in enumerate(self.lines)]
        self.helper.layout = Layout("level", "since", "until", *sets)

    def _boxes(self, n: int, line: FeeLine) -> list[str]:
        """Add the boxes of one fee line; returns their names."""
        present = self.newest.get(line.key)
        amount = FeeField(
            label=_("The unit's own amount, in đồng"),
            required=False,
            help_text=_("Empty: %(amount)s. 0: free here.") % {"amount": amount_words(line)},
        )
        online = FeeField(label=_("Amount when filed online"), required=False)
        resolution = LineField(
            label=_("By the resolution"),
            required=False,
            max_length=200,
            help_text=_("For example: NQ 12/2026/NQ-HĐND. Without it the amount does not count."),
        )
        since = DayField(
            label=_("It counts from"),
            required=False,
            help_text=_("A later day than before keeps the present amount until then."),
        )
        boxes = {"amount_vnd": amount, "amount_online_vnd": online, "resolution": resolution, "since": since}
        for name, field in boxes.items():
            self.fields[box(n, name)] = field
            if present is not None:
                self.initial[box(n, name)] = getattr(present, name)
        return [box(n, name) for name in boxes]

    def clean(self) -> dict[str, Any]:
        """Compare both days; an amount needs its resolution and its first day."""
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day comes before the first day."))
        for n in range(len(self.lines)):
            if cleaned.get(box(n, "amount_vnd")) is None:
                continue
            for name, message in (
                ("resolution", _("Name the resolution that sets the amount.")),
                ("since", _("Say from which day the amount counts.")),
            ):
                if not cleaned.get(box(n, name)) and box(n, name) not in self.errors:
                    self.add_error(box(n, name), message)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what was typed as :func:`set_offering` takes it."""
        data = self.cleaned_data
        fees = []
        for n, line in enumerate(self.lines):
            typed = {name: data[box(n, name)] for name in ("amount_vnd", "amount_online_vnd", "resolution", "since")}
            fees.append(OwnFee(line.key, **(typed | {"since": typed["since"] or self.today})))
        return {name: data[name] for name in ("level", "since", "until")} | {"fees": fees}


def box(n: int, name: str) -> str:
    """Return the name of a box of the fee line with a number."""
    return f"fee_{n}_{name}"


def revision_of(offering: Offering | None) -> str:
    """Return what tells one state of an offering from another."""
    return "" if offering is None else f"{offering.pk}-{offering.revision}"
