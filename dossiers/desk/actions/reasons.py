"""Ready-made reasons, from wherever they are kept: the unit's own, the procedure's, those that come with the portal."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.refusals import fingerprint
from common.text import page_language
from dossiers.models import Dossier, ReadyReasons
from dossiers.table import Action

from ..officer import Officer

# Those that come with the portal.
OF_PORTAL: dict[Action, tuple[Any, ...]] = {
    Action.REQUEST_SUPPLEMENT: (
        gettext_lazy("The copy is blurred or cut off; take the photo or scan again."),
        gettext_lazy("Pages are missing."),
        gettext_lazy("The paper has expired."),
        gettext_lazy("The paper is not on the prescribed form."),
        gettext_lazy("The information does not agree with the declaration."),
        gettext_lazy("A signature or a seal is missing."),
    ),
    Action.REFUSE: (
        gettext_lazy("This unit is not competent for this request; file it at the competent authority."),
        gettext_lazy("The applicant is not among those entitled to ask for this procedure."),
        gettext_lazy("The conditions set by the regulation are not met."),
        gettext_lazy("The same request has been filed and is being handled under another code."),
    ),
    Action.PROPOSE: (
        gettext_lazy("The applicant is not among those entitled to ask for this procedure."),
        gettext_lazy("The conditions set by the regulation are not met."),
        gettext_lazy("What was declared does not agree with the papers or with the records of the authority."),
    ),
    Action.EXTEND: (
        gettext_lazy("Verification with another authority is not finished."),
        gettext_lazy("The number of dossiers has risen beyond what the staff can handle in time."),
    ),
}
# Actions to which the reasons of a procedure belong.
OF_PROCEDURE = (Action.REQUEST_SUPPLEMENT, Action.REFUSE, Action.PROPOSE, Action.SEND_BACK)
# Actions for which a unit keeps reasons, with what they are called there.
OF_UNIT: dict[Action, Any] = {
    Action.REQUEST_SUPPLEMENT: gettext_lazy("Request a supplement"),
    Action.REFUSE: gettext_lazy("Refuse reception"),
    Action.PROPOSE: gettext_lazy("Propose to deny"),
    Action.SEND_BACK: gettext_lazy("Send the proposal back"),
    Action.EXTEND: gettext_lazy("Apologise and set a new date"),
    Action.DECLINE_WITHDRAWAL: gettext_lazy("Decline the withdrawal"),
    Action.STOP: gettext_lazy("Stop the handling"),
}


def official(text: Any) -> str:
    """Return a ready-made sentence as it goes on slips: in Vietnamese, whatever language the screen has."""
    with translation.override("vi"):
        return str(text)


def ready_for(action: Action, dossier: Dossier, officer: Officer) -> dict[str, Any]:
    """Return the reasons an officer may choose, by the value of their option; one query.

    A unit's texts change: their value is made of the text, so that a page of before chooses nothing else.
    """
    units = {dossier.unit_id, dossier.received_by_id} & officer.unit_ids
    kept = ReadyReasons.objects.filter(unit__in=units, action=action).order_by("unit").values_list("texts", flat=True)
    own = {fingerprint(text): text for texts in kept for text in texts}
    fixed = [*(dossier.version.reasons if action in OF_PROCEDURE else ()), *OF_PORTAL.get(action, ())]
    return own | {str(n): text for n, text in enumerate(fixed)}


def chooser(ready: dict[str, Any], label: str, nothing: str, box: str, help_text: str = "") -> forms.ChoiceField:
    """Return the select of ready-made reasons; with scripts it fills the box with this id, and only the box is sent."""
    attrs = {"data-fills": box}
    if page_language() != "vi":
        attrs["data-texts"] = json.dumps({value: official(text) for value, text in ready.items()}, ensure_ascii=False)
    choices = [("", nothing), *ready.items()]
    return forms.ChoiceField(
        label=label, required=False, choices=choices, help_text=help_text, widget=forms.Select(attrs=attrs)
    )


def whole(ready: dict[str, Any], chosen: str | None, typed: str, joint: str) -> str:
    """Return a reason: the ready-made one, if any, before the officer's own words."""
    parts: Iterable[str] = (official(ready[chosen]) if chosen else "", typed)
    return joint.join(part for part in parts if part)


def too_long(most: int) -> forms.ValidationError:
    """Return the error of a reason that is too long with its ready-made part."""
    return forms.ValidationError(
        _("With the ready-made reason this is too long: at most %(count)d characters.") % {"count": most}
    )
