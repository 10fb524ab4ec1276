"""Reception and assigning at the desk: receive, refuse, forward."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.clock import local_day
from common.forms.adjusting import choice_of
from common.forms.fields import NfcCharField
from common.text import in_order
from dossiers import actions
from dossiers.models import SlipKind, Status
from dossiers.records.papers import AUTHORITY, AUTHORITY_NAME, asks_authority
from dossiers.table import Action
from dossiers.timeline.promises import start_words
from dossiers.workflow import ActionBase
from offices.models import Post, Role
from procedures.catalogue import lacks_specialist
from procedures.models import RequiredPaper
from procedures.papers import is_brought

from .base import ActionForm, DeskAction, ReasonForm
from .reasons import official


class ReceiveForm(ActionForm):
    """Receive: which originals the desk keeps."""

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

    @property
    def lead(self) -> str:
        """From when the term counts; no query while opening hours are kept."""
        return start_words(self.dossier, self.officer.now)

    @property
    def warning(self) -> str:
        """That nobody could go on with the dossier once it is received; one query."""
        unit, sector = self.dossier.unit, self.dossier.version.procedure.sector
        if not lacks_specialist([unit.pk], [sector.code], local_day(self.officer.now)):
            return ""
        text = _("No specialist of %(unit)s covers the field %(field)s: nobody could be given this dossier.")
        return text % {"unit": unit.name, "field": sector.name}

    def action(self) -> ActionBase:
        return actions.Receive(originals=tuple(self.cleaned_data.get("originals", ())))


RECEIVE = DeskAction(
    actions.Receive,
    ReceiveForm,
    gettext_lazy("Receive the dossier"),
    gettext_lazy("The applicant gets the receipt with the return date."),
    gettext_lazy("Receive"),
    key="T",
    slip=SlipKind.RECEIPT,
    next_in=(Status.SUBMITTED,),
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
        dossier = self.dossier
        self.people: dict[str, User] = {}
        choices: list[tuple[str, Any]] = []
        sector = dossier.version.procedure.sector
        posts = (
            Post.objects.valid_on(local_day(self.officer.now)).able().filter(unit=dossier.unit_id, role=Role.SPECIALIST)
        )
        for post in in_order(posts.select_related("user").order_by("pk"), name=lambda post: post.user.full_name):
            if post.covers(sector.code) and post.user_id not in (dossier.holder_id, dossier.owner_id):
                self.people[str(post.user_id)] = post.user
                choices.append((str(post.user_id), f"{post.user.full_name} – {post.title or post.get_role_display()}"))
        choices.append((Role.SPECIALIST, _("Any specialist of the field %(field)s") % {"field": sector.name}))
        choice_of(self, "to").choices = choices
        self.initial.setdefault("to", choices[0][0])

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
