"""Reception and assigning at the desk: receive, refuse, forward."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms.adjusting import choice_of
from common.forms.fields import NfcCharField
from dossiers import actions
from dossiers.models import SlipKind, Status
from dossiers.records.papers import AUTHORITY, AUTHORITY_NAME, asks_authority
from dossiers.table import Action
from dossiers.timeline.promises import start_words
from dossiers.workflow import ActionBase
from offices.models import Role
from procedures.models import RequiredPaper
from procedures.papers import is_brought

from ..forms.origin import ANYBODY, EarlierPart, ForwardPart, colleagues
from .base import ActionForm, DeskAction, ReasonForm
from .reasons import official


class ReceiveForm(ForwardPart, EarlierPart, ActionForm):
    """Receive: which originals the desk keeps, who goes on at once; seldom, since when and for which other unit."""

    originals = forms.MultipleChoiceField(
        label=gettext_lazy("Originals handed in at the desk"),
        help_text=gettext_lazy("The receipt lists them as kept here. Leave out what was only compared and given back."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        version = self.dossier.version
        papers = [paper for paper in version.papers.all() if is_brought(version, paper)]
        if asks_authority(self.dossier, AUTHORITY):
            papers.append(RequiredPaper(key=AUTHORITY, name=AUTHORITY_NAME))
        choice_of(self, "originals").choices = [(paper.key, paper.name) for paper in papers]
        if not papers:
            del self.fields["originals"]
        self.offer_forward(self.dossier, self.officer)

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """What is looked at with every dossier."""
        return [self[name] for name in ("originals", "forward_to") if name in self.fields]

    @property
    def seldom_fields(self) -> list[forms.BoundField]:
        """What is folded away."""
        return [*self.earlier_fields, *[field for field in self.forward_fields if field.name == "competent"]]

    @property
    def second(self) -> str:
        """What the second button does; '' where nobody could be given the dossier."""
        return _("Receive and forward") if self.can_forward else ""

    @property
    def done(self) -> str:
        if not self.cleaned_data.get("and_forward"):
            return ""
        forward = self.forward()
        to = forward.to.full_name if forward is not None and forward.to is not None else ""
        return _("Received and forwarded to %(name)s") % {"name": to} if to else _("Received and forwarded")

    @property
    def lead(self) -> str:
        """From when the term counts; no query while opening hours are kept."""
        return start_words(self.dossier, self.officer.now)

    @property
    def warning(self) -> str:
        """That nobody could go on with the dossier once it is received; no query of its own."""
        unit, sector = self.dossier.unit, self.dossier.version.procedure.sector
        if self.can_forward:
            return ""
        text = _(
            "No specialist of %(unit)s covers the field %(field)s: nobody could be given this dossier. "
            "It can be received all the same."
        )
        return text % {"unit": unit.name, "field": sector.name}

    def action(self) -> ActionBase:
        return actions.Receive(
            originals=tuple(self.cleaned_data.get("originals", ())),
            competent=self.other_unit(),
            late_reason=self.cleaned_data["late_reason"],
            forward=self.forward(),
        )


RECEIVE = DeskAction(
    actions.Receive,
    ReceiveForm,
    gettext_lazy("Receive the dossier"),
    gettext_lazy("The applicant gets the receipt with the return date."),
    gettext_lazy("Receive"),
    key="T",
    slip=SlipKind.RECEIPT,
    next_in=(Status.SUBMITTED,),
    fields="desk/_receive_fields.html",
)


class RefuseForm(ReasonForm):
    """Refuse reception: the reason and the rule it rests on."""

    for_action = Action.REFUSE
    rule = NfcCharField(
        label=gettext_lazy("Legal basis"),
        max_length=300,
        help_text=gettext_lazy("Article and document, for example: Article 16, Law 60/2014/QH13."),
    )
    field_order = ["revision", "ready", "reason", "rule"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        bases = self.dossier.version.legal_bases
        if bases and not self.is_bound:
            self.initial.setdefault("rule", bases[0])

    def action(self) -> ActionBase:
        rule = official(gettext_lazy("Rule: %(rule)s")) % {"rule": self.cleaned_data["rule"]}
        return actions.Refuse(reason=f"{self.cleaned_data['whole_reason']}\n{rule}")


REFUSE = DeskAction(
    actions.Refuse,
    RefuseForm,
    gettext_lazy("Refuse reception"),
    gettext_lazy("This ends the dossier. The applicant gets the refusal with your reason."),
    gettext_lazy("Refuse"),
    slip=SlipKind.REFUSAL,
    is_danger=True,
)


class ForwardForm(ActionForm):
    """Forward to a colleague whose post covers the field, or to a whole role."""

    to = forms.ChoiceField(label=gettext_lazy("Forward to"), widget=forms.RadioSelect)
    note = NfcCharField(
        label=gettext_lazy("Note for the colleague"),
        lines=True,
        rows=3,
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Only officers read this."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.people, choices, chosen = colleagues(self.dossier, self.officer)
        # Nobody covers the field: the role is offered all the same, and refused with the reason.
        sector = self.dossier.version.procedure.sector.name
        alone = [(ANYBODY, _("Any specialist of the field %(field)s") % {"field": sector})]
        choice_of(self, "to").choices = choices or alone
        self.initial.setdefault("to", chosen or ANYBODY)

    def action(self) -> ActionBase:
        to = self.cleaned_data["to"]
        return actions.Forward(to=self.people.get(to), role=Role.SPECIALIST, note=self.cleaned_data["note"])


FORWARD = DeskAction(
    actions.Forward,
    ForwardForm,
    gettext_lazy("Forward the dossier"),
    gettext_lazy("The colleague finds it under “Mine” at once."),
    gettext_lazy("Forward"),
    key="C",
    next_in=(Status.RECEIVED,),
)
