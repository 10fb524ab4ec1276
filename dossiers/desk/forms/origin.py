"""Parts of the clerk's forms: where a dossier was entered before, when it was received, who decides, who goes on.

A form takes a part by inheriting from it, calls its ``offer_…`` once it is made, and shows its ``…_fields``.
"""

import re
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from common.clock import LOCAL, local_day
from common.forms.adjusting import choice_of
from common.forms.fields import MoneyField, NfcCharField, PlainField
from common.values import partial_date
from dossiers.actions import Forward
from dossiers.filing.origins import BRINGING_OVER, HERE, Origin, brings_over, competent_units
from dossiers.models import Dossier, System
from dossiers.records import assignments
from offices.models import Role, Unit

from ..officer import Officer

# '8:15', '8h15', '8 giờ 15', '8h'.
_TIME = re.compile(r"(?<!\d)(\d{1,2})\s*(?::|giờ|gio|h|g)\s*(\d{2})?(?!\d)", re.IGNORECASE)
# A letter that lay longer was handed over on another day than the one typed.
LETTER_DAYS = 30
# Every specialist of the field.
ANYBODY = Role.SPECIALIST.value


class MomentField(NfcCharField):
    """A day and a clock time of Vietnam in one box, in either order; the value is the moment, None for an empty box."""

    default_error_messages = {
        "moment": gettext_lazy("Enter the day and the time, for example 27/03/2026 08:15."),
        "required": gettext_lazy("Enter the day and the time, for example 27/03/2026 08:15."),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 40)
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        options.setdefault("help_text", gettext_lazy("Day and time, for example 27/03/2026 08:15."))
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        """Return the moment; raises ValidationError for anything but a day with a time."""
        text = super().clean(value)
        if not text:
            return None
        found = _TIME.search(text)
        try:
            if found is None:
                raise ValueError("no time")
            clock = time(int(found[1]), int(found[2] or 0))
            iso = partial_date.parse(f"{text[: found.start()]} {text[found.end() :]}".strip())
            return datetime.combine(datetime.fromisoformat(iso).date(), clock, tzinfo=LOCAL)
        except ValueError as error:
            raise ValidationError(self.error_messages["moment"], code="moment") from error


class OriginPart(forms.Form):
    """Another system in which the dossier was entered first."""

    external_system = forms.ChoiceField(
        label=gettext_lazy("Where was this dossier entered first?"),
        required=False,
        widget=forms.RadioSelect,
        initial=System.HERE,
    )
    external_code = NfcCharField(
        label=gettext_lazy("Its number there"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    external_at = MomentField(label=gettext_lazy("Filed there at"), required=False)
    external_paid = MoneyField(
        label=gettext_lazy("Fee paid at the national portal, in đồng"),
        required=False,
        help_text=gettext_lazy("Empty: nothing was paid there. What was paid there is not asked for again."),
    )

    def offer_origin(self, unit: Unit, now: datetime) -> None:
        """Offer the national portal, and what was under way before the unit opened while that may be brought over."""
        choices: list[tuple[str, Any]] = [(each.value, each.label) for each in (System.HERE, System.NATIONAL)]
        if unit.filing_since is not None and brings_over(unit, now):
            last = f"{local_day(unit.filing_since + BRINGING_OVER):%d/%m/%Y}"
            words = _("Before the portal opened here: in another system or a book (until %(day)s)") % {"day": last}
            choices.append((System.BEFORE.value, words))
        choice_of(self, "external_system").choices = choices

    @property
    def origin_fields(self) -> list[forms.BoundField]:
        """The part's boxes, in order."""
        return [self[name] for name in ("external_system", "external_code", "external_at", "external_paid")]

    def origin(self) -> Origin:
        """Return where it was entered first, once the form is checked."""
        cleaned = self.cleaned_data
        if not cleaned.get("external_system"):
            return HERE
        code = " ".join(cleaned.get("external_code", "").upper().split())
        return Origin(cleaned["external_system"], code, cleaned.get("external_at"))

    def paid_there(self) -> int:
        """Return what was paid at the national portal, in đồng."""
        is_national = self.cleaned_data.get("external_system") == System.NATIONAL
        return (self.cleaned_data.get("external_paid") or 0) if is_national else 0


class LetterPart(forms.Form):
    """How papers came by post: from whom, in which item, and when the post handed them over."""

    sender = NfcCharField(
        label=gettext_lazy("Sender"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("As on the envelope. Empty: the applicant."),
    )
    item = PlainField(label=gettext_lazy("Number of the postal item"), max_length=40, required=False)
    came_at = MomentField(
        label=gettext_lazy("Hand-over signed at"),
        required=False,
        help_text=gettext_lazy("Day and time, for example 27/03/2026 08:15. The term counts from then. Empty: now."),
    )
    now: datetime

    @property
    def letter_fields(self) -> list[forms.BoundField]:
        """The part's boxes, in order."""
        return [self[name] for name in ("sender", "item", "came_at")]

    def clean_letter(self, *, is_letter: bool) -> None:
        """Refuse a hand-over that is to come, or that lies longer back than a letter does."""
        came = self.cleaned_data.get("came_at")
        if not is_letter or came is None:
            return
        if came > self.now:
            self.add_error("came_at", _("Enter a time that has passed."))
        elif (local_day(self.now) - local_day(came)).days > LETTER_DAYS:
            words = _("This lies more than %(count)d days back. Check the day of the hand-over.")
            self.add_error("came_at", words % {"count": LETTER_DAYS})


class EarlierPart(forms.Form):
    """When the dossier was received, where that was before it is entered."""

    at = MomentField(
        label=gettext_lazy("Received earlier, at"),
        required=False,
        help_text=gettext_lazy(
            "Day and time, for example 27/03/2026 08:15. Only where it could not be entered at once, as after a "
            "power cut. The term counts from then."
        ),
    )
    late_reason = NfcCharField(
        label=gettext_lazy("Why it is entered later"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("It stands in the history, where the applicant reads it."),
    )

    @property
    def earlier_fields(self) -> list[forms.BoundField]:
        """The part's boxes, in order."""
        return [self["at"], self["late_reason"]]

    @property
    def legal_time(self) -> datetime | None:
        """When it was received, None for now."""
        return self.cleaned_data.get("at")


class ForwardPart(forms.Form):
    """Which unit decides, and who goes on at once if the second button is pressed."""

    competent = forms.ChoiceField(
        label=gettext_lazy("Unit that decides"),
        required=False,
        help_text=gettext_lazy("Another one: the dossier goes there, and the result comes back here to be returned."),
    )
    forward_to = forms.ChoiceField(
        label=gettext_lazy("If forwarded at once: to"), required=False, widget=forms.RadioSelect
    )
    # Pressed, not ticked.
    and_forward = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)

    def offer_forward(self, dossier: Dossier, officer: Officer) -> None:
        """Offer the units and the colleagues for a dossier, or for one that is about to be made; one query.

        Who works on the fewest dossiers is chosen. Where nobody covers the field, nothing is offered.
        """
        self.units = {unit.slug: unit for unit in competent_units(dossier, officer.day)}
        here = [("", dossier.received_by.name)]
        choice_of(self, "competent").choices = here + [(slug, unit.name) for slug, unit in self.units.items()]
        if not self.units:
            del self.fields["competent"]
        self.people, choices, chosen = colleagues(dossier, officer)
        self.can_forward = bool(choices)
        if self.can_forward:
            choice_of(self, "forward_to").choices = choices
            self.initial.setdefault("forward_to", chosen)
        else:
            del self.fields["forward_to"]

    @property
    def forward_fields(self) -> list[forms.BoundField]:
        """The part's boxes that are offered, in order."""
        return [self[name] for name in ("forward_to", "competent") if name in self.fields]

    def other_unit(self) -> Unit | None:
        """Return the unit that decides instead of the receiving one, None for that."""
        return self.units.get(self.cleaned_data.get("competent", ""))

    def forward(self) -> Forward | None:
        """Return the forwarding that goes with the reception, None where the other button was pressed.

        In another unit the dossier goes to every specialist of its field.
        """
        if not self.cleaned_data.get("and_forward"):
            return None
        if self.other_unit() is not None:
            return Forward(role=Role.SPECIALIST)
        return Forward(to=self.people.get(self.cleaned_data.get("forward_to", "")), role=Role.SPECIALIST)


def colleagues(dossier: Dossier, officer: Officer) -> tuple[dict[str, User], list[tuple[str, Any]], str]:
    """Return who may take a dossier, by key: the people, the choices, and the key of who works on the fewest.

    The last choice is every specialist of the field. Nothing where nobody covers it. One query.
    """
    sector = dossier.version.procedure.sector
    posts = assignments.specialists(dossier.unit_id, sector.code, officer.day)
    fitting = [post for post in posts if post.user_id not in (dossier.holder_id, dossier.owner_id)]
    if not posts:
        return {}, [], ""
    people = {str(post.user_id): post.user for post in fitting}
    choices: list[tuple[str, Any]] = [(str(post.user_id), _said(post)) for post in fitting]
    choices.append((ANYBODY, _("Any specialist of the field %(field)s") % {"field": sector.name}))
    chosen = min(fitting, key=_load, default=None)
    return people, choices, str(chosen.user_id) if chosen is not None else ANYBODY


def _load(post: Any) -> int:
    load: int = post.load
    return load


def _said(post: Any) -> str:
    """Return a colleague with title and load."""
    load = ngettext("%(count)d dossier in hand", "%(count)d dossiers in hand", post.load) % {"count": post.load}
    return f"{post.user.full_name} – {post.title or post.get_role_display()} ({load})"
