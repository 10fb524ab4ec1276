"""Forms of the desk: each cleans what an officer types and builds the action to perform."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.clock import local_day
from common.forms.adjusting import choice_of, sent_with
from common.forms.fields import NfcCharField
from common.text import in_order
from dossiers import actions
from dossiers.actions import supplement
from dossiers.models import Dossier
from dossiers.workflow import ActionBase
from offices.models import Post, Role
from procedures.papers import is_brought

REASONS_REFUSED = (
    gettext_lazy("This unit is not competent for this request; file it at the competent authority."),
    gettext_lazy("The applicant is not among those entitled to ask for this procedure."),
    gettext_lazy("The conditions set by the regulation are not met."),
    gettext_lazy("The same request has been filed and is being handled under another code."),
)
REASONS_SUPPLEMENT = (
    gettext_lazy("The copy is blurred or cut off; take the photo or scan again."),
    gettext_lazy("Pages are missing."),
    gettext_lazy("The paper has expired."),
    gettext_lazy("The paper is not on the prescribed form."),
    gettext_lazy("The information does not agree with the declaration."),
    gettext_lazy("A signature or a seal is missing."),
)


def official(text: Any) -> str:
    """Return a ready-made sentence as it goes on slips: in Vietnamese, whatever language the screen has."""
    with translation.override("vi"):
        return str(text)


def numbered(texts: Iterable[Any], nothing: str) -> list[tuple[str, Any]]:
    """Return texts as the choices of a select, the empty one first."""
    return [("", nothing), *((str(n), text) for n, text in enumerate(texts))]


CleanTextField = NfcCharField


class ActionForm(forms.Form):
    """A form for one action on one dossier; it carries the revision its page was made for."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, dossier: Dossier, now: datetime, **options: Any) -> None:
        options.setdefault("initial", {})
        options["initial"] = {"revision": dossier.revision} | options["initial"]
        super().__init__(*args, **options)
        self.dossier = dossier
        self.now = now
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.attrs = {}

    def shown_revision(self) -> int:
        """Return the revision the page was made for; one that never existed when the form does not say."""
        revision = self.cleaned_data.get("revision")
        return -1 if revision is None else revision

    def renew(self, fresh: Dossier) -> None:
        """Keep everything typed and let the next try count from the dossier's newer state."""
        self.data = sent_with(self, {"revision": str(fresh.revision)})

    def action(self) -> ActionBase:
        """Build the action from the cleaned input."""
        raise NotImplementedError


class ReasonForm(ActionForm):
    """A compulsory reason; a ready-made sentence may be put before the officer's own words.

    ``of_procedure``: those that the procedure itself offers come first.
    """

    ready_reasons: Iterable[Any] = ()
    of_procedure = False
    reason = CleanTextField(
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


class ReceiveForm(ActionForm):
    """Receive: which originals the clerk has seen."""

    originals = forms.MultipleChoiceField(
        label=gettext_lazy("Originals shown at the desk"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        version = self.dossier.version
        papers = [paper for paper in version.papers.all() if is_brought(version, paper)]
        choice_of(self, "originals").choices = [(paper.key, paper.name) for paper in papers]
        if not papers:
            del self.fields["originals"]

    def action(self) -> ActionBase:
        return actions.Receive(originals=tuple(self.cleaned_data.get("originals", ())))


class RefuseForm(ReasonForm):
    """Refuse reception: the reason and the rule it rests on."""

    ready_reasons = REASONS_REFUSED
    of_procedure = True
    rule = CleanTextField(
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


@dataclass(frozen=True)
class Line:
    """One line of the supplement form: what may be asked for, as bound fields."""

    label: str
    detail: str
    tick: forms.BoundField
    ready: forms.BoundField
    reason: forms.BoundField


class SupplementForm(ActionForm):
    """Ask for a supplement: ticked papers or sections of the form, each with its reason."""

    other_name = CleanTextField(label=gettext_lazy("Another paper, not in the list"), max_length=400, required=False)
    other_reason = CleanTextField(label=gettext_lazy("Why it is needed"), max_length=500, required=False)
    note = CleanTextField(
        label=gettext_lazy("General advice"),
        lines=True,
        max_length=2000,
        required=False,
        help_text=gettext_lazy("For example where to get a paper, and whom to call."),
    )

    def __init__(self, *args: Any, sections: Iterable[tuple[str, str]], **options: Any) -> None:
        """``sections`` are the form's (key, title) pairs the applicant may be asked to correct."""
        super().__init__(*args, **options)
        self.ready = [*self.dossier.version.reasons, *REASONS_SUPPLEMENT]
        self.wanted: list[tuple[str, str, str, actions.Item]] = []
        for paper in self.dossier.version.papers.all():
            if is_brought(self.dossier.version, paper):
                self._add(f"paper_{paper.pk}", paper.name, paper.condition, actions.Item(paper.pk, "", paper.name, ""))
        for key, title in sections:
            self._add(f"section_{key}", title, _("Part of the declaration"), actions.Item(None, key, title, ""))

    def _add(self, name: str, label: str, detail: str, item: actions.Item) -> None:
        self.fields[name] = forms.BooleanField(label=label, required=False)
        self.fields[f"{name}_ready"] = forms.ChoiceField(
            label=_("Ready-made reason for: %(what)s") % {"what": label},
            required=False,
            choices=numbered(self.ready, _("Ready-made reason")),
        )
        self.fields[f"{name}_reason"] = CleanTextField(
            label=_("Reason for: %(what)s") % {"what": label}, max_length=400, required=False
        )
        self.fields[f"{name}_reason"].widget.attrs["placeholder"] = _("Reason, in your own words")
        self.wanted.append((name, label, detail, item))

    def lines(self) -> list[Line]:
        """Return the lines for the template."""
        return [
            Line(label, detail, self[name], self[f"{name}_ready"], self[f"{name}_reason"])
            for name, label, detail, _item in self.wanted
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        items = []
        for name, _label, _detail, item in self.wanted:
            ready = cleaned.get(f"{name}_ready")
            typed = cleaned.get(f"{name}_reason", "")
            reason = " ".join(part for part in (official(self.ready[int(ready)]) if ready else "", typed) if part)
            if cleaned.get(name) and not reason and f"{name}_reason" not in self.errors:
                self.add_error(
                    f"{name}_reason", _("Write why this must be supplemented: %(what)s") % {"what": item.name}
                )
            elif not cleaned.get(name) and reason:
                self.add_error(name, _("You wrote a reason but did not tick: %(what)s") % {"what": item.name})
            elif cleaned.get(name):
                items.append(actions.Item(item.required_id, item.section, item.name, reason))
        other = cleaned.get("other_name", "")
        if other and not cleaned.get("other_reason") and "other_reason" not in self.errors:
            self.add_error("other_reason", _("Write why this must be supplemented: %(what)s") % {"what": other})
        elif other:
            items.append(actions.Item(None, "", other, cleaned["other_reason"]))
        if not items and not self.errors:
            raise forms.ValidationError(_("Tick at least one paper or part that must be supplemented."))
        cleaned["items"] = tuple(items)
        return cleaned

    def action(self) -> ActionBase:
        return actions.RequestSupplement(items=self.cleaned_data["items"], note=self.cleaned_data["note"])


class SupplementReceivedForm(ActionForm):
    """Take in at the counter what the applicant brings: every item not answered online must be ticked."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("Brought by the applicant"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = self.dossier.supplement_requests.filter(answered_at=None).first()
        states = supplement.states(asked, self.dossier) if asked else []
        self.asked = [state.item for state in states if not state.is_answered]
        choice_of(self, "items").choices = [(str(item.pk), f"{item.name}: {item.reason}") for item in self.asked]

    def clean_items(self) -> list[str]:
        ticked = self.cleaned_data["items"]
        if len(ticked) < len(self.asked):
            raise forms.ValidationError(
                _("Tick everything that was asked for. The term starts anew only when it is complete.")
            )
        return ticked

    def action(self) -> ActionBase:
        return actions.Supplement()


class ForwardForm(ActionForm):
    """Forward to a colleague whose post covers the field, or to a whole role."""

    to = forms.ChoiceField(label=gettext_lazy("Forward to"), widget=forms.RadioSelect)
    note = CleanTextField(
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
        posts = Post.objects.valid_on(local_day(self.now)).filter(
            unit=dossier.unit_id, role=Role.SPECIALIST, user__is_active=True
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
