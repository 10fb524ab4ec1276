"""What a correction changed, as the history keeps it and as people read it: old → new."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Sex
from common.values import partial_date

from ..models import Delivery, PaperKind

LABELS: dict[str, Any] = {
    "name": gettext_lazy("Name of the applicant"),
    "birth": gettext_lazy("Date of birth"),
    "sex": gettext_lazy("Sex"),
    "id_number": gettext_lazy("Number of the identity paper"),
    "phone": gettext_lazy("Phone number"),
    "email": gettext_lazy("Email"),
    "address": gettext_lazy("Address"),
    "representative": gettext_lazy("Representative"),
    "delivery": gettext_lazy("Receiving the result"),
    "postal_address": gettext_lazy("Address for the postman"),
    "pays_on_delivery": gettext_lazy("Fee paid to the postman"),
    "procedure": gettext_lazy("Procedure"),
}
YES_NO = {"0": gettext_lazy("No"), "1": gettext_lazy("Yes")}


@dataclass(frozen=True)
class Change:
    """One thing that was corrected: a key of :data:`LABELS`, or 'paper' with its ``name``.

    ``old`` and ``new`` are as stored; both empty where the values are not for the history (an address).
    """

    what: str
    old: str = ""
    new: str = ""
    name: str = ""

    def kept(self) -> dict[str, str]:
        """Return it as an event keeps it."""
        return asdict(self)


def lines(changes: Iterable[Change]) -> list[str]:
    """Return changes in words, one line each, in the active language."""
    return [_line(change) for change in changes]


def of_event(data: Mapping[str, Any]) -> list[str]:
    """Return in words what an event's data say was changed; nothing for one that corrected nothing."""
    return lines(Change(**each) for each in data.get("changes", ()))


def _line(change: Change) -> str:
    label = change.name if change.what == "paper" else str(LABELS.get(change.what, change.what))
    if not change.old and not change.new and change.what != "paper":
        return _("%(what)s: changed") % {"what": label}
    old, new = (_value(change.what, value) for value in (change.old, change.new))
    return f"{label}: {old} → {new}"


def _value(what: str, value: str) -> str:
    if what == "paper":
        return str(PaperKind(value).label) if value else _("Not there")
    if not value:
        return "–"
    if what == "birth":
        return partial_date.display(value)
    choices: dict[str, Any] = {
        "sex": dict(Sex.choices),
        "delivery": dict(Delivery.choices),
        "pays_on_delivery": YES_NO,
    }.get(what, {})
    return str(choices.get(value, value))
