"""What every action of the desk is made of: a form that builds the action, and one row of words and keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.fields import NfcCharField
from common.forms.screen_forms import ChangeForm
from dossiers.models import Dossier, Status
from dossiers.table import TABLE, Rule
from dossiers.workflow import ActionBase

from ..officer import Officer


def official(text: Any) -> str:
    """Return a ready-made sentence as it goes on slips: in Vietnamese, whatever language the screen has."""
    with translation.override("vi"):
        return str(text)


def numbered(texts: Iterable[Any], nothing: str) -> list[tuple[str, Any]]:
    """Return texts as the choices of a select, the empty one first."""
    return [("", nothing), *((str(n), text) for n, text in enumerate(texts))]


class ActionForm(ChangeForm):
    """A form for one action on one dossier; it carries the revision its page was made for."""

    def __init__(self, *args: Any, dossier: Dossier, officer: Officer, **options: Any) -> None:
        super().__init__(*args, revision=dossier.revision, **options)
        self.dossier = dossier
        self.officer = officer

    @property
    def warning(self) -> str:
        """What the officer should know before acting; '' when nothing."""
        return ""

    def action(self) -> ActionBase:
        """Build the action from the cleaned input."""
        raise NotImplementedError


class ReasonForm(ActionForm):
    """A compulsory reason; a ready-made sentence may be put before the officer's own words.

    ``of_procedure``: those that the procedure itself offers come first.
    """

    ready_reasons: Iterable[Any] = ()
    of_procedure = False
    reason = NfcCharField(
        label=gettext_lazy("Reason"),
        lines=True,
        max_length=2000,
        error_messages={"required": gettext_lazy("Write the reason.")},
        help_text=gettext_lazy("The applicant reads this. Say plainly what is wrong and what to do."),
    )
    field_order = ["revision", "ready", "reason"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ready = [*(self.dossier.version.reasons if self.of_procedure else ()), *self.ready_reasons]
        self.fields["reason"].required = not self.ready
        if self.ready:
            self.fields["reason"].label = _("Reason, in your own words")
            self.fields["ready"] = forms.ChoiceField(
                label=_("Ready-made reason"),
                required=False,
                choices=numbered(self.ready, _("None: I write it myself")),
                help_text=_("It is put before what you write below."),
            )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        ready = cleaned.get("ready")
        parts = [official(self.ready[int(ready)])] if ready else []
        if cleaned.get("reason"):
            parts.append(cleaned["reason"])
        cleaned["whole_reason"] = "\n".join(parts)
        if not parts and "reason" not in self.errors:
            self.add_error(
                "reason", forms.ValidationError(_("Choose a ready-made reason or write one."), code="required")
            )
        return cleaned


@dataclass(frozen=True)
class DeskAction:
    """How the desk offers an action; from which statuses and who may stands in the workflow's table.

    ``key`` is the access key of its button and of its page's. ``slip`` is what
    it leaves to print. In the statuses ``next_in`` it is the obvious next step.
    ``fields`` is a template for the form's part, where crispy's is not enough.
    ``leads_to`` names the page after it; else that is the next dossier of the list.
    """

    performs: type[ActionBase]
    form: type[ActionForm]
    title: Any
    lead: Any
    label: Any
    key: str = ""
    slip: str = ""
    next_in: tuple[Status, ...] = ()
    is_danger: bool = False
    fields: str = ""
    leads_to: str = ""

    @property
    def rule(self) -> Rule:
        """The action's row in the workflow's table."""
        return TABLE[self.performs.action]

    @property
    def segment(self) -> str:
        """The action's part of the address."""
        return self.performs.action.segment
