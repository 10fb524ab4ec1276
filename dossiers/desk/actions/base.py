"""What every action of the desk is made of: a form that builds the action, and one row of words and keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.fields import NfcCharField
from common.forms.screen_forms import ChangeForm
from common.text import page_language
from dossiers.models import Dossier, Status
from dossiers.records.papers import name_in, owed
from dossiers.table import TABLE, Action, Rule
from dossiers.workflow import ActionBase

from ..officer import Officer
from .reasons import chooser, ready_for, whole


class ActionForm(ChangeForm):
    """A form for one action on one dossier; it carries the revision its page was made for."""

    def __init__(self, *args: Any, dossier: Dossier, officer: Officer, **options: Any) -> None:
        super().__init__(*args, revision=dossier.revision, **options)
        self.dossier = dossier
        self.officer = officer

    @property
    def second(self) -> str:
        """What a second button does, which sends ``and_forward``; '' where there is none."""
        return ""

    @property
    def done(self) -> str:
        """What the banner says was done, once the form is checked; '' for the words of the table."""
        return ""

    @property
    def legal_time(self) -> datetime | None:
        """When it happened for the law, None for now."""
        return None

    @property
    def lead(self) -> str:
        """What its page says before the action's own sentence; '' when nothing."""
        return ""

    @property
    def warning(self) -> str:
        """What the officer should know before acting; '' when nothing."""
        return ""

    def action(self) -> ActionBase:
        """Build the action from the cleaned input."""
        raise NotImplementedError


def owed_warning(dossier: Dossier) -> str:
    """Say which promised originals have not come, '' when none is owed; one query."""
    names = [name_in(dossier.version, paper, page_language()) for paper in owed(dossier)]
    if not names:
        return ""
    return _("Originals still to come: %(papers)s.") % {"papers": "; ".join(names)}


class ReadyForm(ActionForm):
    """A form of an action with a box ``reason``, before whose words a ready-made sentence may be put.

    Both together are ``whole_reason`` of the cleaned data.
    """

    for_action: ClassVar[Action]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ready = ready_for(self.for_action, self.dossier, self.officer)
        if self.ready:
            self.fields["reason"].required = False
            self.fields["reason"].label = _("Reason, in your own words")
            words = _("Ready-made reason"), _("None: I write it myself")
            help_text = _("It is put before what you write below.")
            self.fields["ready"] = chooser(self.ready, *words, "id_reason", help_text)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["whole_reason"] = whole(self.ready, cleaned.get("ready"), cleaned.get("reason", ""), "\n")
        if not cleaned["whole_reason"] and self.needs_reason() and not self.errors.keys() & {"reason", "ready"}:
            words = _("Choose a ready-made reason or write one.") if self.ready else _("Write the reason.")
            self.add_error("reason", forms.ValidationError(words, code="required"))
        return cleaned

    def needs_reason(self) -> bool:
        """Tell whether what was chosen besides needs a reason."""
        return True


class ReasonForm(ReadyForm):
    """A compulsory reason for one action."""

    reason = NfcCharField(
        label=gettext_lazy("Reason"),
        lines=True,
        max_length=2000,
        error_messages={"required": gettext_lazy("Write the reason.")},
        help_text=gettext_lazy("The applicant reads this. Say plainly what is wrong and what to do."),
    )
    field_order = ["revision", "ready", "reason"]


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
